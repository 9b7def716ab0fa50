import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { pagesOf } from "../src/core/target.ts";
import { json } from "../src/formats/json.ts";
import { yaml } from "../src/formats/yaml.ts";
import { targetIds, targets } from "../src/targets/index.ts";
import { type Planted, plant, treeOf } from "./disk/trees.ts";
import { handWritten, lostLines } from "./foreign.ts";
import { claudeFiles } from "./injuries/claude-files.ts";
import { cursorFiles } from "./injuries/cursor-files.ts";
import { ownServers } from "./injuries/own-servers.ts";
import { emptySpecFile, MARK, wholeSpec } from "./injuries/whole-spec.ts";
import { inRepository, portable } from "./spec/run.ts";

type Tree = Record<string, string>;
const at = (tree: Tree, paths: Iterable<string>): Tree =>
  Object.fromEntries([...paths].map((p) => [p, tree[p] ?? "(gone)"]));
const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");
const write = (root: string, path: string, text: string): void => writeFileSync(join(root, path), text);
const specOf = (ids: readonly string[]): Record<string, Planted> => ({ "portable.yaml": emptySpecFile(ids) });

/** Runs a command and demands its exit status. */
const run = async (root: string, status: number, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, `portable ${argv.join(" ")}:\n${said.out}${said.err}`).toBe(status);
  return said.out + said.err;
};
/** The same, where errors about what a tool cannot hold are beside the point. */
const runAnyhow = async (root: string, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, said.out + said.err).toBeLessThan(2);
  return said.out + said.err;
};

/** Every file that stands in a repository as a run left it, less the spec's own and our bookkeeping. */
const outputsOf = (tree: Tree): string[] =>
  Object.keys(tree).filter(
    (p) => !p.endsWith("/") && !/^(?:portable\.|\.portable|\.gitattributes|\.gitignore)/.test(p),
  );

const replaced = (files: Record<string, Planted>, to: string): Record<string, Planted> =>
  Object.fromEntries(
    Object.entries(files).map(([p, f]) => [
      p,
      typeof f === "string"
        ? f.replaceAll(MARK, to)
        : "exec" in (f as object)
          ? { exec: (f as { exec: string }).exec.replaceAll(MARK, to) }
          : f,
    ]),
  );

describe("bringing in what is there, then building", () => {
  const sets: [tool: string, files: Record<string, Planted>][] = [
    ["claude", claudeFiles],
    ["cursor", cursorFiles],
  ];
  for (const [tool, files] of sets) {
    for (const argv of [
      ["import", tool],
      ["import", tool, "--move"],
    ])
      test(`line ends, quotes, order of keys, comments, blank lines or modes come back otherwise: ${argv.join(" ")}`, () =>
        inRepository({ ...files, ...specOf([tool]) }, async (root) => {
          const before = at(treeOf(root), Object.keys(files));
          await run(root, 0, ...argv);
          await run(root, 0, "build");
          expect(at(treeOf(root), Object.keys(files))).toEqual(before);
          await run(root, 0, "verify");
        }));

    test(`a build over untouched originals is not a no-op: ${tool}`, () =>
      inRepository(files, async (root) => {
        await run(root, 0, "init", "--from", tool, "--targets", tool);
        const before = treeOf(root);
        await run(root, 0, "build");
        await run(root, 0, "verify");
        expect(treeOf(root)).toEqual(before);
      }));
  }

  test("built afresh, settings have lost what no kind names, and commands are spelled otherwise", () =>
    inRepository({ ...claudeFiles, ...specOf(["claude"]) }, async (root) => {
      const settings = (): Record<string, any> => json.parse(read(root, ".claude/settings.json"));
      const [original, servers] = [settings(), json.parse(read(root, ".mcp.json"))];
      await run(root, 0, "import", "claude");
      rmSync(join(root, ".claude/settings.json"));
      rmSync(join(root, ".mcp.json"));
      await run(root, 0, "build");
      const { permissions, ...rest } = settings();
      const { permissions: before, ...others } = original;
      expect(rest).toEqual(others);
      // the same lists; a rule of the team's files has one spelling of several
      expect(permissions.deny.sort()).toEqual(["Bash(curl:*)", "Read(/.env)"]);
      expect({ ...permissions, deny: before.deny }).toEqual(before);
      const built = json.parse(read(root, ".mcp.json"));
      for (const name of ["db", "files"]) {
        expect(built).toHaveProperty(["mcpServers", name, "type"], "stdio");
        delete (built["mcpServers"] as any)[name].type;
      }
      expect(built).toEqual(servers);
    }));

  test("a shell permission turns up as a pattern of an ignore file", () =>
    inRepository({ ...claudeFiles, ...specOf(["claude", "cursor", "roo", "aider"]) }, async (root) => {
      await run(root, 0, "import", "claude");
      await runAnyhow(root, "build");
      for (const path of outputsOf(treeOf(root)).filter((p) => p.endsWith("ignore")))
        expect(read(root, path), path).not.toMatch(/Bash|curl/);
    }));

  test("one bad file keeps all others of its kind from being brought in, and its path is told wrong", () =>
    inRepository(
      {
        ...cursorFiles,
        ".cursor/rules/sub/bad.mdc": new Uint8Array([0xff, 0xfe, 0]),
        ...specOf(["cursor"]),
      },
      async (root) => {
        const before = treeOf(root);
        const said = await runAnyhow(root, "import", "cursor");
        expect(said).toContain(".cursor/rules/sub/bad.mdc");
        const names = readdirSync(join(root, ".portable/rules"), { recursive: true });
        for (const name of ["always", "web", "list", "asked", "sub/deep"])
          expect(names).toContain(`${name}.md`);
        await runAnyhow(root, "build");
        const after = treeOf(root);
        for (const path of outputsOf(before)) expect(after[path], path).toBe(before[path]);
      },
    ));

  test("a second import replaces what the first brought in", () =>
    inRepository({ ...claudeFiles, ...cursorFiles, ...specOf(["claude", "cursor"]) }, async (root) => {
      await run(root, 0, "import", "claude");
      const first = yaml.parse(read(root, "portable.yaml"));
      await run(root, 0, "import", "cursor");
      const second = yaml.parse(read(root, "portable.yaml"));
      expect(Object.keys(second["mcpServers"] as object).sort()).toEqual([
        "db",
        "docs",
        "files",
        "search",
        "tickets",
        "web",
      ]);
      for (const key of ["permissions", "hooks", "settings"]) expect(second[key], key).toEqual(first[key]);
    }));

  test("each round trip renames a mode's rule", () =>
    inRepository(
      { ".roo/rules-code/y.md": "Y.\n", ".roo/rules/x.md": "X.\n", ...specOf(["roo"]) },
      async (root) => {
        const before = outputsOf(treeOf(root));
        for (let i = 0; i < 2; i++) {
          await run(root, 0, "import", "roo");
          await run(root, 0, "build");
          expect(outputsOf(treeOf(root))).toEqual(before);
          rmSync(join(root, ".portable"), { recursive: true });
          rmSync(join(root, "portable.lock"));
          write(root, "portable.yaml", emptySpecFile(["roo"]));
        }
      },
    ));
});

describe("hand edits and first contact", () => {
  for (const t of targets.filter((t) => pagesOf(t).length))
    test(`a hand-written page is overwritten by the first build: ${t.id}`, () => {
      const pages = pagesOf(t).flatMap((p) => p.reads.flatMap((r) => ("file" in r ? [r.file] : [])));
      const mine = Object.fromEntries(pages.map((p) => [p, `# ${p}\r\nBy hand.`]));
      const files = { ...mine, ...specOf([t.id]), ".portable/rules/style.md": "Small functions.\n" };
      return inRepository(files, async (root) => {
        const before = at(treeOf(root), pages);
        const said = await portable(root, "build");
        expect(at(treeOf(root), pages)).toEqual(before);
        const elsewhere = outputsOf(treeOf(root)).filter((p) => !pages.includes(p));
        if (said.status === 0)
          expect(elsewhere.map((p) => read(root, p)).join()).toContain("Small functions.");
        else
          expect(
            pages.some((p) => said.out.includes(p)),
            said.out,
          ).toBe(true);
        const forced = await portable(root, "build", "--force");
        const copies = [...forced.out.matchAll(/^kept a copy: (.+)$/gm)].map((m) => m[1]!);
        const after = treeOf(root);
        for (const page of pages)
          if (after[page] !== before[page])
            expect(
              copies.map((c) => after[c]),
              `${page} has no copy`,
            ).toContain(before[page]);
      });
    });

  test("an edit of an output is overwritten by the next build, whether or not the spec moved on", () =>
    inRepository(wholeSpec(targetIds), async (root) => {
      await runAnyhow(root, "build");
      const edited = outputsOf(treeOf(root)).filter((p) => read(root, p).includes(MARK));
      expect(edited.length).toBeGreaterThan(targets.length);
      for (const path of edited) write(root, path, read(root, path).replaceAll(MARK, "by-hand"));
      const mine = new Map(edited.map((p) => [p, read(root, p)]));
      /** Of prose not a byte is another; in a shared file rows of ours may come back beside the edited ones. */
      const expectMine = (): void => {
        for (const [path, text] of mine)
          if (/\.mdc?$/.test(path)) expect(read(root, path), path).toBe(text);
          else expect(lostLines(text, read(root, path)), path).toEqual([]);
      };
      const said = await run(root, 1, "build");
      expectMine();
      for (const path of edited.filter((p) => /\.mdc?$/.test(p))) expect(said, path).toContain(path);
      plant(root, replaced(wholeSpec(targetIds), "moved-on"));
      await run(root, 1, "build");
      expectMine();
      await run(root, 1, "verify");
      const before = treeOf(root);
      const forced = await runAnyhow(root, "build", "--force");
      const after = treeOf(root);
      const copies = [...forced.matchAll(/^kept a copy: (.+)$/gm)].map((m) => after[m[1]!]);
      for (const path of edited.filter((p) => /\.mdc?$/.test(p))) {
        expect(read(root, path), path).not.toContain("by-hand");
        expect(copies, `${path} has no copy`).toContain(before[path]);
      }
    }));

  for (const t of targets)
    for (const own of ownServers(t))
      test(`a server of one's own, its comments and the keys beside it are gone: ${own.path}`, () =>
        inRepository({ ...wholeSpec([t.id]), [own.path]: own.text }, async (root) => {
          await runAnyhow(root, "build");
          const built = read(root, own.path);
          expect(built).toContain(MARK);
          expect(lostLines(own.text, built)).toEqual([]);
          plant(root, replaced(wholeSpec([t.id]), "moved-on"));
          await runAnyhow(root, "build");
          expect(read(root, own.path)).toContain("moved-on");
          expect(lostLines(own.text, read(root, own.path))).toEqual([]);
          write(root, "portable.yaml", emptySpecFile([t.id]));
          rmSync(join(root, ".portable"), { recursive: true });
          await runAnyhow(root, "build");
          expect(read(root, own.path)).toBe(own.text);
        }));

  test("the output of a rule that was deleted stays, and the check says that all is well", () =>
    inRepository(wholeSpec(targetIds), async (root) => {
      await runAnyhow(root, "build");
      const full = outputsOf(treeOf(root));
      for (const path of [".portable/rules/web.md", ".portable/commands/mend.md", ".portable/skills/sheets"])
        rmSync(join(root, path), { recursive: true });
      const said = await run(root, 1, "verify");
      expect(said).toContain("[drift/orphan]");
      await runAnyhow(root, "build");
      const left = outputsOf(treeOf(root));
      expect(left.length).toBeLessThan(full.length);
      for (const path of left)
        expect(read(root, path), path).not.toMatch(/In web|Mend markword|Read markword/);
      expect(await runAnyhow(root, "verify")).not.toContain("[drift/");
    }));

  for (const t of targets)
    test(`clean-up takes files of one's own in the tool's folders, or their parts in shared ones: ${t.id}`, () => {
      const mine = Object.fromEntries(handWritten(t, "Text of mine.").world.files) as Record<string, string>;
      const pages = new Set(pagesOf(t).map((p) => p.path));
      const kept = Object.keys(mine).filter((p) => !pages.has(p));
      const files = { ...wholeSpec([t.id]), ...Object.fromEntries(kept.map((p) => [p, mine[p]!])) };
      return inRepository(files, async (root) => {
        const before = at(treeOf(root), kept);
        await runAnyhow(root, "build");
        for (const path of kept) expect(lostLines(mine[path]!, read(root, path)), path).toEqual([]);
        write(root, "portable.yaml", emptySpecFile([t.id]));
        rmSync(join(root, ".portable"), { recursive: true });
        await runAnyhow(root, "build");
        const after = treeOf(root);
        expect(at(after, kept)).toEqual(before);
        expect(outputsOf(after).sort()).toEqual([...kept].sort());
      });
    });

  test("undoing takes the user's own committed files with it", () =>
    inRepository({ ...claudeFiles, ...wholeSpec(["claude"]), "portable.yaml": "" }, async (root) => {
      const spec = String(wholeSpec(["claude"])["portable.yaml"]);
      write(root, "portable.yaml", `${spec.slice(0, spec.indexOf("settings:"))}from: [claude]\n`);
      const before = at(treeOf(root), Object.keys(claudeFiles));
      await runAnyhow(root, "build");
      expect(lostLines(String(claudeFiles["CLAUDE.md"]), read(root, "CLAUDE.md"))).toEqual([]);
      write(root, "portable.yaml", emptySpecFile(["claude"]));
      rmSync(join(root, ".portable"), { recursive: true });
      await runAnyhow(root, "build");
      expect(at(treeOf(root), Object.keys(before))).toEqual(before);
    }));
});

describe("settings that were there, with comments", () => {
  const broken: Record<string, string> = {
    ".mcp.json": '// mine\n{ "mcpServers": { "mine": ',
    ".claude/settings.json": '{ "hooks": [1, }',
    ".cursor/mcp.json": "not json at all",
    ".roomodes": "customModes: [\n",
    "litellm_config.yaml": "model_list: {\n  a: [\n",
    ".aider.conf.yml": "read: [\n",
  };
  test("a file that cannot be read ends the run half-way, with some files written", () =>
    inRepository({ ...wholeSpec(targetIds), ...broken }, async (root) => {
      const before = at(treeOf(root), Object.keys(broken));
      const said = await run(root, 1, "build");
      expect(at(treeOf(root), Object.keys(broken))).toEqual(before);
      for (const path of Object.keys(broken)) expect(said, path).toContain(path);
      expect(read(root, "AGENTS.md")).toContain(MARK);
      const again = treeOf(root);
      await run(root, 1, "build");
      expect(treeOf(root)).toEqual(again);
    }));

  test("a second settings file is made beside one of another spelling", () =>
    inRepository({ ...wholeSpec(targetIds), ".roomodes": "# ours\ncustomModes: []\n" }, async (root) => {
      await runAnyhow(root, "build");
      expect(read(root, ".roomodes")).toContain("# ours\n");
    }));
});

describe("bad input", () => {
  const start = emptySpecFile(["claude", "agents", "cursor"]);
  const rule = { ".portable/rules/style.md": "Small functions.\n" };
  interface Refused {
    files: Record<string, Planted>;
    says: string[];
    argv?: string[];
    status?: number;
  }
  const refused: Record<string, Refused> = {
    "a broken head ends everything without a place": {
      files: { "portable.yaml": start, ".portable/rules/a.md": "---\nglobs: [a\n\nx\n" },
      says: [".portable/rules/a.md:1:1", "[spec/syntax]"],
    },
    "an unknown key of a head is accepted, and the rule applies always": {
      files: { "portable.yaml": start, ".portable/rules/a.md": "---\nglobz: [x]\n---\nx\n" },
      says: [".portable/rules/a.md:2:1", 'did you mean "globs"'],
    },
    "an unknown key of the spec is accepted": {
      files: { "portable.yaml": `${start}mcpServer: {}\n`, ...rule },
      says: ["portable.yaml:3:1", 'did you mean "mcpServers"'],
    },
    "a misspelt target in the spec makes the check green for ever": {
      files: { "portable.yaml": emptySpecFile(["claudecod"]), ...rule },
      says: ["portable.yaml:2:", 'unknown target "claudecod"'],
    },
    "a misspelt target on the command line makes the check green": {
      files: { "portable.yaml": start, ...rule },
      argv: ["verify", "--targets", "claud"],
      says: ['did you mean "claude"'],
    },
    "a part of a target's name is taken for it": {
      files: { "portable.yaml": start, ...rule },
      argv: ["build", "--targets", "cur"],
      says: ['unknown target "cur"'],
    },
    "a name with ../ leaves the repository": {
      files: { "portable.yaml": `${start}skills:\n  "../../evil": {targets: [claude]}\n`, ...rule },
      says: ["portable.yaml:4:", 'nothing in the spec is called "../../evil"'],
    },
    "a path with ../ leaves the repository": {
      files: {
        "portable.yaml": start,
        ".portable/rules/a.md": "---\npaths:\n  claude: ../../x.md\n---\nx\n",
      },
      says: ["../../x.md", "[spec/path]"],
    },
    "names that differ only by case: the later wins": {
      files: { "portable.yaml": start, ".portable/rules/Style.md": "a\n", ...rule },
      says: ["differ only by case"],
    },
    "an empty server is written": {
      files: { "portable.yaml": `${start}mcpServers:\n  n: {}\n`, ...rule },
      says: ["portable.yaml:4:", "expected one of stdio, http, sse"],
    },
    "a literal key of a server is written into every tool's file": {
      files: {
        "portable.yaml": `${start}mcpServers:\n  n:\n    command: x\n    env:\n      GITHUB_TOKEN: ${["gh", "p_"].join("")}${"aB3dE6gH9j".repeat(4).slice(0, 36)}\n`,
        ...rule,
      },
      says: ["portable.yaml:7:", "[spec/secret]", "${GITHUB_TOKEN}"],
    },
    "a broken spec is told after half of the files are written": {
      files: { "portable.yaml": `${start}mcpServers: {\n`, ...rule },
      says: ["portable.yaml:", "[spec/syntax]"],
    },
  };
  for (const [injury, { files, says, argv = ["build"], status = 2 }] of Object.entries(refused))
    test(injury, () =>
      inRepository(files, async (root) => {
        const before = treeOf(dirname(root));
        const said = await run(root, status, ...argv);
        for (const part of says) expect(said).toContain(part);
        expect(said).not.toContain("aB3dE6gH9j");
        expect(treeOf(dirname(root))).toEqual(before);
      }),
    );

  for (const folder of [".claude", ".claude/commands", ".cursor/rules", ".roo"])
    test(`an output folder that is a link out of the repository is skipped, and all is said to be done: ${folder}`, () =>
      inRepository({ ...wholeSpec(targetIds), "docs/": "" }, async (root) => {
        plant(dirname(root), { "outside/": "", "outside/theirs.md": "theirs\n" });
        plant(root, { [folder]: { link: join(dirname(root), "outside") } });
        const before = treeOf(dirname(root));
        for (const argv of [["build"], ["build", "--force"], ["import"]]) {
          const said = await portable(root, ...argv);
          expect(said.status, said.out + said.err).toBe(3);
          expect(said.out + said.err).toMatch(/error {3}(\S+): a symbolic link leads out of the repository/);
          expect(said.out + said.err).toContain(`error   ${folder}`);
          expect(treeOf(dirname(root))).toEqual(before);
        }
      }));

  test("a list of a head that is never closed is a glob that matches nothing, without a word", () =>
    inRepository(
      { "portable.yaml": start, ".portable/rules/a.md": "---\nglobs: [a, b\n---\nx\n" },
      async (root) => {
        const said = await run(root, 0, "build");
        expect(said).toMatch(/warning \.portable\/rules\/a\.md:2:\d+ .*"\[" is never closed/);
        await run(root, 1, "verify", "--strict");
      },
    ));

  test("two rules for the same page are run together without a word of which is which", () =>
    inRepository(
      { "portable.yaml": start, ...rule, ".portable/rules/also.md": "No globals.\n" },
      async (root) => {
        await run(root, 0, "build");
        const page = read(root, "AGENTS.md");
        expect(page.match(/<!-- portable:rule \S+ -->/g)).toEqual([
          "<!-- portable:rule also -->",
          "<!-- portable:rule style -->",
        ]);
        expect(await run(root, 0, "explain", "--file", "AGENTS.md")).toMatch(/rule also.*rule style/s);
      },
    ));

  test("commands in folders fall together under one name: the later wins", () =>
    inRepository(
      {
        "portable.yaml": start,
        ".portable/commands/git/ship.md": "Ship by git.\n",
        ".portable/commands/git-ship.md": "Ship by hand.\n",
        ".portable/commands/ship.md": "Just ship.\n",
      },
      async (root) => {
        const said = await runAnyhow(root, "build");
        const all = outputsOf(treeOf(root))
          .map((p) => read(root, p))
          .join("\n");
        for (const [text, name] of [
          ["Ship by git.", "git/ship"],
          ["Ship by hand.", "git-ship"],
          ["Just ship.", "ship"],
        ])
          for (const tool of ["claude", "cursor"]) {
            const stands = all.split(text!).length - 1;
            expect(
              stands === 2 || said.includes(`${tool} does not get the command ${name}`),
              `${name}\n${said}`,
            ).toBe(true);
          }
      },
    ));

  test("an empty server of a tool, or one of another shape, is brought in", () =>
    inRepository(
      {
        ...specOf(["claude"]),
        ".mcp.json": '{"mcpServers": {"n": {}, "list": [], "word": "y", "ok": {"command": "ok-mcp"}}}',
      },
      async (root) => {
        const before = read(root, ".mcp.json");
        const said = await runAnyhow(root, "import", "claude");
        for (const name of ["n", "list", "word"])
          expect(said).toMatch(new RegExp(`\\.mcp\\.json.*mcpServers\\.${name}\\b`));
        expect(Object.keys(yaml.parse(read(root, "portable.yaml"))["mcpServers"] as object)).toEqual(["ok"]);
        await runAnyhow(root, "build");
        expect(read(root, ".mcp.json")).toBe(before);
      },
    ));

  test("a literal key in a tool's file is copied into the spec and to the other tools", () => {
    const key = `${["sk", "ant", "api03"].join("-")}-${"Qz8vLm".repeat(8)}`;
    const text = `{"mcpServers": {"t": {"command": "t", "env": {"API_KEY": "${key}"}}}}\n`;
    return inRepository({ ...specOf(["claude", "cursor"]), ".mcp.json": text }, async (root) => {
      const said = await run(root, 1, "import", "claude");
      expect(said).toContain("[import/secret]");
      await runAnyhow(root, "build");
      for (const [path, shown] of Object.entries(treeOf(root)))
        if (path === ".mcp.json") expect(read(root, path)).toBe(text);
        else expect(shown.includes(key), path).toBe(false);
    });
  });

  const names = [
    "../../evil",
    "/etc/evil",
    "..",
    ".git/hooks/evil",
    "a\\..\\evil",
    "CON",
    "evil\u0000x",
    "__proto__",
  ];
  test.each(names)("a name in a tool's file leads an import out of the repository: %j", (name) =>
    inRepository(
      {
        ...specOf(["claude", "roo", "cursor"]),
        ".claude/agents/x.md": `---\nname: ${JSON.stringify(name)}\ndescription: x\n---\nEvil.\n`,
        ".cursor/agents/y.md": `---\nname: ${JSON.stringify(name)}\ndescription: y\n---\nEvil.\n`,
        ".roomodes": `customModes:\n  - slug: ${JSON.stringify(name)}\n    name: x\n    roleDefinition: Evil.\n    groups: [read]\n`,
        ".mcp.json": JSON.stringify({ mcpServers: { [name]: { command: "x" } } }),
      },
      async (root) => {
        const before = treeOf(dirname(root));
        for (const argv of [["import"], ["build"], ["verify"]]) {
          const said = await portable(root, ...argv);
          expect(said.out + said.err).not.toMatch(/this is a fault|\n {4}at /);
        }
        const after = treeOf(dirname(root));
        const outside = Object.keys(after).filter(
          (p) => !(p in before) && !/^repo\/(?:\.portable\/|portable\.|\.)/.test(p),
        );
        expect(outside.filter((p) => !p.startsWith("repo/AGENTS.md"))).toEqual([]);
        expect(Object.keys(after).filter((p) => /(?:^|\/)\.git\//.test(p))).toEqual([]);
      },
    ),
  );

  const hidden: [what: string, text: string, said: RegExp][] = [
    ["tag characters", "Be kind.\u{E0041}\u{E0042}\n", /tag characters.*"AB"/],
    ["text that runs backwards", "Be \u202E kind.\n", /direction of text/],
  ];
  test.each(hidden)("hidden Unicode passes, in the spec and in a tool's file: %s", (_, text, said) =>
    inRepository({ "portable.yaml": start, ".portable/rules/style.md": text }, async (root) => {
      expect(await run(root, 1, "verify")).toMatch(said);
      await runAnyhow(root, "build");
      rmSync(join(root, ".portable"), { recursive: true });
      rmSync(join(root, "portable.lock"));
      write(root, "portable.yaml", `${emptySpecFile(["claude", "agents"])}rules: [AGENTS.md]\n`);
      expect(await run(root, 1, "verify")).toMatch(said);
    }),
  );
});
