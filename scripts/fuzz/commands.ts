import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { disk } from "../../src/disk/fs.ts";
import { main } from "../../src/main.ts";
import { mutated, type Random } from "./mutate.ts";
import type { Reader } from "./readers.ts";
import { ledgerText, outputs, specFiles, toolFiles } from "./samples.ts";

const pick = <T>(all: readonly T[], r: Random): T => all[r(all.length)]!;

/** Paths that were written outside of the repository of the moment. */
let allowed: string | undefined;
const written = (path: string): void => {
  const real = resolve(path);
  if (allowed !== undefined && real !== allowed && !real.startsWith(`${allowed}/`))
    throw new Error(`wrote outside of the root: ${path.slice(0, 200)}`);
};
/** The real place of what is about to be written, whatever links stand on the way. */
const placed = (path: string): string => {
  try {
    return join(fs.realpathSync(dirname(path)), path.slice(dirname(path).length + 1));
  } catch {
    return path;
  }
};
const watch = (): void => {
  const { open, mkdir, rename, rmdir, unlink, link } = disk;
  disk.open = (file, flags, mode) => {
    const writes =
      typeof flags === "number"
        ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
        : flags !== "r";
    if (writes) written(placed(file));
    return open(file, flags, mode);
  };
  const checked =
    <A extends string[]>(act: (...paths: A) => void, from = 0) =>
    (...paths: A): void => {
      for (const path of paths.slice(from)) written(placed(path));
      act(...paths);
    };
  disk.mkdir = checked(mkdir);
  disk.rename = checked(rename);
  disk.link = checked(link, 1);
  disk.unlink = checked(unlink);
  disk.rmdir = checked(rmdir);
};
let isWatched = false;

const plant = (root: string, path: string, text: string): void => {
  const file = join(root, path);
  try {
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  } catch (e) {
    // two samples may want a file and a folder of one name
    if (!["EEXIST", "ENOTDIR", "EISDIR"].includes((e as NodeJS.ErrnoException).code ?? "")) throw e;
  }
};
const LINKS = ["../outside", "..", "/nonexistent", "AGENTS.md", ".git", "nowhere", ".", "../outside/new.md"];
const LINKED = [
  "CLAUDE.md",
  ".claude",
  ".cursor/rules",
  ".mcp.json",
  "AGENTS.md",
  ".portable/rules",
  "portable.lock",
  ".roo",
];

/** A repository of files changed by chance, with links that lead elsewhere now and then. */
const plantSome = (root: string, r: Random): void => {
  fs.mkdirSync(root, { recursive: true });
  const isBuilt = r(2) === 0;
  const change = (text: string, odds: number, other: string): string =>
    r(odds) ? text : mutated(text, other, r);
  // mostly a spec that loads: what follows is reached only then
  const odds = r(2) ? 1000 : 4;
  for (const [path, text] of specFiles)
    if (r(4)) plant(root, path, change(text, odds, pick(toolFiles, r)[1]));
  if (!r(4)) fs.rmSync(join(root, ".portable/rules"), { recursive: true, force: true });
  if (!r(8)) fs.rmSync(join(root, "portable.yaml"), { force: true });
  if (isBuilt) {
    for (const [path, text] of outputs) if (r(8)) plant(root, path, change(text, 5, pick(toolFiles, r)[1]));
    plant(root, "portable.lock", change(ledgerText, 3, pick(toolFiles, r)[1]));
  } else
    for (const [path, text] of toolFiles)
      if (!r(4)) plant(root, path, change(text, 3, pick(toolFiles, r)[1]));
  if (r(4)) return;
  const path = pick(LINKED, r);
  fs.rmSync(join(root, path), { recursive: true, force: true });
  fs.mkdirSync(dirname(join(root, path)), { recursive: true });
  fs.symlinkSync(pick(LINKS, r), join(root, path));
};

const LINES = [
  ["verify"],
  ["verify", "--json"],
  ["build"],
  ["build", "--force"],
  ["import"],
  ["import", "--move", "--split"],
];
const MORE = [
  ["status"],
  ["diff"],
  ["explain"],
  ["explain", "--file", "AGENTS.md"],
  ["init"],
  ["verify", "--strict"],
];

/** Everything beside the repository. */
const listing = (outer: string): string =>
  [".", "outside"]
    .flatMap((folder) => fs.readdirSync(join(outer, folder)).map((name) => join(folder, name)))
    .filter((path) => path !== "repo")
    .sort()
    .map((path) => {
      const at = join(outer, path);
      return `${path} ${fs.lstatSync(at).isFile() ? fs.readFileSync(at, "utf8") : ""}`;
    })
    .join("\n");

const runIn = async (outer: string, r: Random): Promise<void> => {
  const root = join(outer, "repo");
  plantSome(root, r);
  fs.mkdirSync(join(outer, "outside"));
  fs.writeFileSync(join(outer, "outside/theirs.md"), "theirs\n");
  fs.writeFileSync(join(outer, "portable.lock"), "theirs\n");
  // a Git folder, so that nobody looks for a spec above
  fs.mkdirSync(join(root, ".git"), { recursive: true });
  const before = listing(outer);
  for (const argv of [pick(LINES, r), pick([...LINES, ...MORE], r)]) {
    let said = "";
    const say = (text: string): void => void (said += text);
    allowed = root;
    const status = await main(argv, { cwd: root, out: say, err: say }).finally(() => (allowed = undefined));
    if (said.includes("this is a fault of portable, please report it") && status === 3)
      throw new Error(`portable ${argv.join(" ")}: ${said}`);
    if (![0, 1, 2, 3].includes(status)) throw new Error(`portable ${argv.join(" ")}: exit status ${status}`);
    if (argv.includes("--json")) JSON.parse(said);
  }
  if (listing(outer) !== before) throw new Error("wrote outside of the root");
};

/** Whole commands over a repository on the disk. */
export const commands: readonly Reader[] = [
  {
    name: "commands",
    run: async (r) => {
      if (!isWatched) watch();
      isWatched = true;
      const outer = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "portable-fuzz-")));
      try {
        await runIn(outer, r);
      } finally {
        fs.rmSync(outer, { recursive: true, force: true });
      }
    },
  },
];
