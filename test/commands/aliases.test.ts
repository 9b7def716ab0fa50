import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Planted, plant, treeOf } from "../disk/trees.ts";
import { inRepository, portable } from "../spec/run.ts";

const run = async (root: string, status: number, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, said.out + said.err).toBe(status);
  return said.out + said.err;
};
const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");
const change = (root: string, path: string, from: string, to: string): void =>
  writeFileSync(join(root, path), read(root, path).replace(from, to));
/** Where every link leads, and every real file. */
const shape = (root: string): string[] =>
  Object.entries(treeOf(root)).flatMap(([path, what]) =>
    what.startsWith("-> ") ? [`${path} ${what}`] : path.endsWith("/") ? [] : [path],
  );
const outputs = (root: string): string[] =>
  shape(root).filter((p) => !/^(?:\.portable\/|portable\.|\.gitattributes)/.test(p));
const spec = (targets: string): Record<string, Planted> => ({
  "portable.yaml": `portable: 1\ntargets: [${targets}]\n`,
});
const skill = (text: string): string => `---\nname: sheets\ndescription: reads sheets\n---\n${text}\n`;

describe("one page under two names", () => {
  const pages: [link: string, to: string][] = [
    ["CLAUDE.md", "AGENTS.md"],
    ["AGENTS.md", "CLAUDE.md"],
  ];
  test.each(pages)("%s -> %s: imported once, left a link, written once, taken back once", (link, to) =>
    inRepository({ [to]: "By hand.\n", [link]: { link: to } }, async (root) => {
      await run(root, 0, "import");
      expect(read(root, "portable.yaml")).toMatch(new RegExp(`^rules:\\n {2}- ${to}\\n$`, "m"));
      plant(root, { ".portable/rules/more.md": "One more.\n" });
      await run(root, 0, "build");
      expect(readlinkSync(join(root, link))).toBe(to);
      expect(read(root, to).match(/One more\./g)).toHaveLength(1);
      expect(read(root, to).match(/By hand\./g)).toHaveLength(1);
      expect(await run(root, 0, "verify")).not.toContain("[");
      expect(await run(root, 0, "build")).toContain("nothing to do");
      change(root, link, "One more.", "One edit.");
      await run(root, 0, "import", link);
      expect(read(root, ".portable/rules/more.md")).toBe("One edit.\n");
      expect(await run(root, 0, "verify")).not.toContain("[");
    }),
  );

  test.each(pages)(
    "%s -> %s of the spec's own text: it stays one file through changes and the end",
    (link, to) =>
      inRepository(
        { ...spec("claude, agents, cursor"), ".portable/rules/a.md": "One.\n", [link]: { link: to } },
        async (root) => {
          await run(root, 0, "build");
          expect(outputs(root).sort()).toEqual([`${link} -> ${to}`, to].sort());
          change(root, ".portable/rules/a.md", "One.", "Two.");
          await run(root, 0, "build");
          expect(read(root, link)).toBe("Two.\n");
          await run(root, 0, "verify");
          rmSync(join(root, ".portable/rules/a.md"));
          await run(root, 0, "build");
          expect(outputs(root)).toEqual([`${link} -> ${to}`]);
          plant(root, { ".portable/rules/a.md": "Three.\n" });
          await run(root, 0, "build");
          expect(read(root, to)).toBe("Three.\n");
          expect(readlinkSync(join(root, link))).toBe(to);
        },
      ),
  );
});

describe("one folder under several names", () => {
  const links = {
    ".agents/skills/": "",
    ".claude/skills": { link: "../.agents/skills" },
    ".cursor/skills": { link: "../.agents/skills" },
    ".roo/skills": { link: "../.agents/skills" },
  };
  const linked = [
    ".claude/skills -> ../.agents/skills",
    ".cursor/skills -> ../.agents/skills",
    ".roo/skills -> ../.agents/skills",
  ];
  test("a skill is imported once, and nothing stands twice", () =>
    inRepository({ ...links, ".agents/skills/sheets/SKILL.md": skill("Read.") }, async (root) => {
      const said = await run(root, 0, "import", "claude", "cursor", "roo");
      expect(said).not.toContain("import/merged");
      expect(readdirSync(join(root, ".portable/skills"))).toEqual(["sheets"]);
      expect(await run(root, 0, "build")).toBe("+ .gitattributes\n1 file written\n");
      expect(await run(root, 0, "verify")).not.toContain("[");
    }));

  test("a skill is written once, follows the spec, takes an edit back under any of its names, and goes", () =>
    inRepository(
      { ...spec("claude, cursor, roo"), ...links, ".portable/skills/sheets/SKILL.md": skill("Read.") },
      async (root) => {
        expect(await run(root, 0, "build")).toMatch(
          /^\+ \.agents\/skills\/sheets\/SKILL\.md\n\+ portable\.lock\n\+ \.gitattributes\n3 files written/,
        );
        expect(outputs(root)).toEqual([".agents/skills/sheets/SKILL.md", ...linked]);
        change(root, ".portable/skills/sheets/SKILL.md", "Read.", "Write.");
        expect(await run(root, 1, "verify")).toContain(
          ".agents/skills/sheets/SKILL.md is older than the spec",
        );
        await run(root, 0, "build");
        expect(read(root, ".roo/skills/sheets/SKILL.md")).toBe(skill("Write."));
        for (const [name, from, to] of [
          [".roo/skills/sheets/SKILL.md", "Write.", "By hand."],
          [".agents/skills/sheets/SKILL.md", "By hand.", "By hand again."],
        ] as const) {
          change(root, name, from, to);
          expect(await run(root, 1, "build")).toContain("[drift/edited]");
          await run(root, 0, "import", name);
          expect(read(root, ".portable/skills/sheets/SKILL.md")).toBe(skill(to));
          expect(await run(root, 0, "verify")).not.toContain("[");
        }
        change(root, "portable.yaml", "claude, cursor, roo", "claude");
        await run(root, 0, "build");
        expect(outputs(root)).toEqual([".agents/skills/sheets/SKILL.md", ...linked]);
        change(root, "portable.yaml", "claude", "agents");
        expect(await run(root, 0, "build")).toContain("- .agents/skills/sheets/SKILL.md");
        expect(outputs(root)).toEqual(linked);
      },
    ));

  test("two tools that hold one file in two forms: the first stands, the other is told, and no build differs from the one before", () =>
    inRepository(
      {
        ...spec("claude, roo"),
        ".claude/rules/": "",
        ".roo/rules": { link: "../.claude/rules" },
        ".portable/rules/web.md": '---\nglobs: ["web/**"]\n---\nWeb.\n',
      },
      async (root) => {
        const said = await run(root, 0, "build");
        expect(said).toContain(
          ".roo/rules/web.md is a link to the file of .claude/rules/web.md, which holds it in another form",
        );
        const before = treeOf(root);
        expect(await run(root, 0, "build")).toContain("nothing to do");
        expect(treeOf(root)).toEqual(before);
        expect(await run(root, 0, "verify")).not.toContain("[drift/");
      },
    ));

  test("a shared file under two names holds one tool's rows, and the other's rows are told", () =>
    inRepository(
      {
        "portable.yaml":
          'portable: 1\ntargets: [claude, cursor]\nmcpServers:\n  a:\n    command: x\n  b:\n    command: y\n    env:\n      T: "${T}"\n',
        ".cursor/mcp.json": { link: "../.mcp.json" },
      },
      async (root) => {
        expect(await run(root, 0, "build")).toContain("which holds it in another form");
        expect(readlinkSync(join(root, ".cursor/mcp.json"))).toBe("../.mcp.json");
        expect(Object.keys(JSON.parse(read(root, ".mcp.json")).mcpServers)).toEqual(["a", "b"]);
        expect(await run(root, 0, "build")).toContain("nothing to do");
      },
    ));

  test("the same folder for Claude's and Cursor's rules: their files have other endings", () =>
    inRepository(
      {
        ...spec("claude, cursor"),
        ".claude/rules/": "",
        ".cursor/rules": { link: "../.claude/rules" },
        ".portable/rules/web.md": '---\nglobs: ["web/**"]\n---\nWeb.\n',
      },
      async (root) => {
        await run(root, 0, "build");
        expect(readdirSync(join(root, ".claude/rules")).sort()).toEqual(["web.md", "web.mdc"]);
        change(root, ".portable/rules/web.md", "Web.", "The web.");
        await run(root, 0, "build");
        for (const name of ["web.md", "web.mdc"])
          expect(read(root, `.claude/rules/${name}`)).toContain("The web.");
        expect(await run(root, 0, "verify")).not.toContain("[");
      },
    ));
});
