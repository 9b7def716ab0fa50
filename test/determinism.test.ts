import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { disk } from "../src/disk/fs.ts";
import { targetIds } from "../src/targets/index.ts";
import { type Planted, plant, treeOf } from "./disk/trees.ts";
import { wholeSpec } from "./injuries/whole-spec.ts";
import { type Packed, pack } from "./packed.ts";
import { portable } from "./spec/run.ts";

const repository = join(import.meta.dirname, "..");
/** Examples that are whole repositories. */
const examples = readdirSync(join(repository, "examples"))
  .filter((name) => existsSync(join(repository, "examples", name, "portable.yaml")))
  .sort();

/** Names that some locale sorts or folds another way: dotless i, umlauts, digits, case, parts of words. */
const names = ["i", "ı", "x", "z", "ä", "Å", "o", "ö", "a10", "a9", "B", "co-op", "coop", "INDEX", "æ", "ß"];
const generated = (): Record<string, Planted> => ({
  ...wholeSpec(targetIds),
  ...Object.fromEntries(
    names.flatMap((n, i): [string, Planted][] => [
      [`.portable/rules/${n}.md`, `Rule ${n}.\n`],
      [`.portable/commands/${n}-command.md`, `---\ndescription: I ${n}\n---\nDo ${n}: {{arguments}}\n`],
      [`packages/${n}/.portable/rules/part.md`, `---\nglobs: ["${i}/**"]\n---\nPart ${n}.\n`],
    ]),
  ),
});

/** An example without what a build makes, so that a build has everything to do. */
const plantExample = (name: string, root: string): void => {
  cpSync(join(repository, "examples", name), root, { recursive: true });
  const lock = join(root, "portable.lock");
  // where outputs are ignored, a fresh clone has neither them nor the ledger
  if (!existsSync(lock)) return;
  const wholes = readFileSync(lock, "utf8")
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [at = "", id = ""] = line.split("\t");
      return at && !at.includes("#") && id !== "-" ? [at] : [];
    });
  for (const path of wholes) rmSync(join(root, path), { force: true });
  rmSync(lock);
};
const inputs: [name: string, plant: (root: string) => void][] = [
  ...examples.map((name): [string, (root: string) => void] => [name, (root) => plantExample(name, root)]),
  [
    "a generated spec of every kind for every target",
    (root) => {
      mkdirSync(root, { recursive: true });
      plant(root, generated());
    },
  ],
];

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed.remove());

interface Setting {
  env?: Record<string, string>;
  /** Where the repository stands, below the folder of the test. */
  place?: string;
  /** The current folder and arguments, from where the repository stands. */
  from?: (root: string) => { cwd: string; argv: string[] };
  node?: string;
}
interface Made {
  tree: Record<string, string>;
  said: string[];
}

/** All inputs and commands, as `npm run determinism` has it; else the largest inputs. */
const full = process.env["PORTABLE_NODES"] !== undefined;
const COMMANDS = full
  ? [["build"], ["verify", "--json"], ["explain"], ["status", "--json"]]
  : [["build"], ["status", "--json"]];

let runs = 0;
/** Builds an input in a new place; gives the tree and what the commands said, without the place. */
const made = (plantInput: (root: string) => void, setting: Setting = {}): Made => {
  const outer = join(packed.folder, String(runs++));
  const root = join(outer, setting.place ?? "repo");
  plantInput(root);
  const { cwd, argv } = setting.from?.(root) ?? { cwd: root, argv: [] };
  const { NO_COLOR: _, ...inherited } = process.env;
  const said = COMMANDS.map((command) => {
    const ran = spawnSync(setting.node ?? process.execPath, [packed.cli, ...command, ...argv], {
      cwd,
      encoding: "utf8",
      env: { ...inherited, ...setting.env },
    });
    expect(ran.status, ran.stdout + ran.stderr).toBeLessThan(2);
    return (ran.stdout + ran.stderr).replaceAll(root, "/repo");
  });
  const tree = treeOf(root);
  rmSync(outer, { recursive: true });
  return { tree, said };
};

const plain = new Map<string, Made>();
const expectSame = (setting: Setting): void => {
  for (const [name, plantInput] of full ? inputs : inputs.slice(-2)) {
    const wanted = plain.get(name) ?? made(plantInput, { env: { LANG: "en_US.UTF-8", TZ: "UTC" } });
    plain.set(name, wanted);
    expect(Object.keys(wanted.tree).length, name).toBeGreaterThan(4);
    expect(made(plantInput, setting), name).toEqual(wanted);
  }
};

const locale = (tag: string): Record<string, string> => ({ LANG: tag, LC_ALL: tag, LANGUAGE: tag });
const fromFolder = (root: string): { cwd: string; argv: string[] } => {
  const inner = join(root, ".portable");
  return { cwd: existsSync(inner) ? inner : root, argv: [] };
};
const bare = { HOME: "/nonexistent", TERM: "dumb", COLUMNS: "20", TMPDIR: "/nonexistent", CI: "1" };

describe("the same bytes, and the same words", () => {
  test.each<[string, Setting]>([
    ["LC_ALL=C, far in the east", { env: { ...locale("C"), TZ: "Pacific/Kiritimati" } }],
    [
      "LC_ALL=tr_TR.UTF-8, in a Turkish folder",
      { env: { ...locale("tr_TR.UTF-8"), TZ: "America/St_Johns" }, place: "İstanbul/IŞIK" },
    ],
    [
      "LC_ALL=sv_SE.UTF-8, by a relative --cwd",
      {
        env: locale("sv_SE.UTF-8"),
        place: "a b/ç/repo",
        from: (root) => ({ cwd: join(root, ".."), argv: ["--cwd", relative(join(root, ".."), root)] }),
      },
    ],
    [
      "LC_ALL=ar_EG.UTF-8, by an absolute --cwd",
      {
        env: { ...locale("ar_EG.UTF-8"), TZ: "nonsense" },
        from: (root) => ({ cwd: "/", argv: ["--cwd", root] }),
      },
    ],
    [
      "from a folder of the repository, below node_modules",
      { place: "node_modules/%41#b", from: fromFolder },
    ],
    ["without home, terminal and temporary folder", { env: { ...bare, ...locale("de_DE.UTF-8") } }],
  ])("under %s", (_, setting) => expectSame(setting));
});

describe("the order in which the disk lists a folder does not count", () => {
  const { list } = disk;
  afterEach(() => {
    disk.list = list;
  });
  const build = async (plantInput: (root: string) => void): Promise<Made> => {
    const outer = mkdtempSync(join(tmpdir(), "portable-order-"));
    const root = join(outer, "repo");
    try {
      plantInput(root);
      const said: string[] = [];
      for (const command of COMMANDS) {
        const { out, err } = await portable(root, ...command);
        said.push((out + err).replaceAll(root, "/repo"));
      }
      return { tree: treeOf(root), said };
    } finally {
      rmSync(outer, { recursive: true });
    }
  };
  /** Fisher and Yates, by a generator of fixed seed. */
  const shuffled = <T>(all: T[], seed: number): T[] => {
    let state = seed;
    for (let i = all.length - 1; i > 0; i--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const j = state % (i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all;
  };
  test.each(inputs)("%s", async (_, plantInput) => {
    const wanted = await build(plantInput);
    let shuffles = 0;
    for (const order of full ? [1, 2, 3, 4] : [1, 2]) {
      disk.list = (folder) => {
        shuffles++;
        return order === 1 ? list(folder).reverse() : shuffled(list(folder), order * 7919);
      };
      expect(await build(plantInput)).toEqual(wanted);
    }
    expect(shuffles).toBeGreaterThan(0);
  });
});

describe("every version of Node that is supported", () => {
  const place = process.env["PORTABLE_NODES"];
  const nodes = place && existsSync(place) ? readdirSync(place).sort() : [];
  if (!nodes.length)
    test.skip("20, 22 and 24 (skipped: `npm run determinism` brings them and runs this)", () => undefined);
  for (const name of nodes)
    test(`Node ${name}`, () => {
      const node = join(place!, name, "bin/node");
      console.log(`ran under Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim()}`);
      expectSame({ node });
    });
});

/** What starts and watches the proxy tells the time, and makes no output. */
const isTimed = (part: string, path: string): boolean =>
  part === "commands" && /^(?:proxy-[\w-]+|run)\.ts$/.test(path);

test("nothing that a locale or the clock decides is called where outputs are made", () => {
  const decided = /\blocaleCompare\b|\btoLocale[A-Z]\w*|\bIntl\b|\bDate\b|\bgetTimezoneOffset\b/;
  const found = ["core", "formats", "targets", "spec", "providers", "disk", "report", "commands"].flatMap(
    (part) =>
      readdirSync(join(repository, "src", part), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts") && !isTimed(part, path))
        .flatMap((path) =>
          readFileSync(join(repository, "src", part, path), "utf8")
            .split("\n")
            .flatMap((line, i) =>
              decided.test(line) && !/^\s*(?:\/?\*|\/\/)/.test(line)
                ? [`src/${part}/${path}:${i + 1}: ${line.trim()}`]
                : [],
            ),
        ),
  );
  expect(found).toEqual([]);
  for (const line of ["a.localeCompare(b)", "s.toLocaleLowerCase()", "new Date()", "new Intl.Collator()"])
    expect(line).toMatch(decided);
});
