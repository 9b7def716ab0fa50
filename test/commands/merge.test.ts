import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { build } from "../../src/commands/build.ts";
import { differing, likeness, NEAR } from "../../src/commands/compare.ts";
import type { Result } from "../../src/commands/context.ts";
import { importTools } from "../../src/commands/import.ts";
import { union } from "../../src/commands/merge.ts";
import { loadProject } from "../../src/commands/project.ts";
import { verify } from "../../src/commands/verify.ts";
import type { Command, Kind, Rule, Server } from "../../src/core/spec.ts";
import { tree } from "../corpus.ts";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});
const write = (root: string, files: Record<string, string>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};
const repository = (files: Record<string, string>): string => {
  const root = mkdtempSync(join(tmpdir(), "portable-merge-"));
  roots.push(root);
  write(root, files);
  return root;
};

/** The rule as each tool's file. */
const claude = (body: string, paths?: string): string =>
  `${paths ? `---\npaths: ${paths}\n---\n` : ""}${body}\n`;
const cursor = (body: string, head = "alwaysApply: true"): string => `---\n${head}\n---\n\n${body}\n`;
const lines = (n: number, last = ""): string =>
  [...Array.from({ length: n }, (_, i) => `Line ${i + 1} of the rule.`), ...(last ? [last] : [])].join("\n");

const told = (r: Result): string[] =>
  r.diagnostics.flatMap((d) =>
    /^import\/(?:merged|near|different|conflict)$/.test(d.code) ? [`${d.code} ${d.place!.file}`] : [],
  );
const names = (root: string, kind: Kind): string[] =>
  loadProject(root)
    .folders[0]!.spec[kind].map((i) => i.name)
    .sort();
const rule = (root: string, name: string): Rule =>
  loadProject(root).folders[0]!.spec.rule.find((r) => r.name === name)!;

/** Imports, and checks that the build gives back the bytes of every file. */
const imported = (files: Record<string, string>, tools: string[] = []): { root: string; taken: Result } => {
  const root = repository(files);
  const taken = importTools({ cwd: root }, tools);
  const standing = (): Record<string, string> =>
    Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(join(root, path), "utf8")]));
  expect(standing()).toEqual(files);
  const built = build({ cwd: root });
  expect(standing(), built.text).toEqual(files);
  expect(verify({ cwd: root }).exit, verify({ cwd: root }).text).toBe(built.exit);
  return { root, taken };
};

describe("rules", () => {
  test("heads that mean the same in two tools make one item with what both say", () => {
    const { root, taken } = imported({
      ".claude/rules/ts.md": claude("Be strict.", "**/*.ts,**/*.tsx"),
      ".cursor/rules/ts.mdc": cursor(
        "Be strict.",
        "description: TS\nglobs: **/*.ts,**/*.tsx\nalwaysApply: false",
      ),
    });
    expect(taken.exit).toBe(0);
    expect(told(taken)).toEqual(["import/merged .claude/rules/ts.md"]);
    expect(rule(root, "ts")).toEqual({
      name: "ts",
      description: "TS",
      apply: { on: "globs", globs: ["**/*.ts", "**/*.tsx"] },
      body: "Be strict.",
    });
  });
  test("one glob in two spellings, whichever tool comes first", () => {
    const files = {
      ".claude/rules/ts.md": claude("Be strict.", "**/*.ts"),
      ".cursor/rules/ts.mdc": cursor("Be strict.", "globs: **/*.ts\nalwaysApply: false"),
    };
    for (const tools of [
      ["claude", "cursor"],
      ["cursor", "claude"],
    ])
      expect(names(imported(files, tools).root, "rule")).toEqual(["ts"]);
  });
  test("keys of one tool's own stay that tool's", () => {
    const { root } = imported({
      ".claude/rules/ts.md": `---\npaths: "src/*.ts"\nowner: me\n---\nBe strict.\n`,
      ".cursor/rules/ts.mdc": cursor("Be strict.", "globs: src/*.ts\nversion: 2\nalwaysApply: false"),
    });
    expect(names(root, "rule")).toEqual(["ts"]);
    expect(rule(root, "ts").overrides).toEqual({ claude: { owner: "me" }, cursor: { version: 2 } });
  });
  test("a tool without the rule does not get it, one without any rule does", () => {
    const { root } = imported({
      ".claude/rules/a.md": claude("Rule a.", "a/**"),
      ".claude/rules/b.md": claude("Rule b.", "b/**"),
      ".cursor/rules/a.mdc": cursor("Rule a.", "globs: a/**\nalwaysApply: false"),
      ".roo/mcp.json": `{"mcpServers":{}}`,
    });
    expect(rule(root, "a").except).toBeUndefined();
    expect(rule(root, "b").except).toEqual(["cursor"]);
    expect(readFileSync(join(root, ".roo/rules/b.md"), "utf8")).toContain("Rule b.");
  });
  test.each([
    [9, "import/different"],
    [10, "import/near"],
    [40, "import/near"],
  ])("texts with %i of one line more in common", (shared, code) => {
    const { root, taken } = imported({
      ".claude/rules/x.md": claude(lines(shared - 1, "")),
      ".cursor/rules/x.mdc": cursor(lines(shared - 1, "Only here.")),
    });
    expect(told(taken)).toEqual([`${code} .cursor/rules/x.mdc`]);
    expect(taken.exit).toBe(code === "import/near" ? 0 : 1);
    expect(taken.diagnostics[0]!.note).toContain("\n+ Only here.");
    expect(names(root, "rule")).toEqual(["x", "x-cursor"]);
    expect(rule(root, "x").except).toEqual(["cursor"]);
    expect(rule(root, "x-cursor").targets).toEqual(["cursor"]);
  });
  test("a head that says something else is a difference, the same text or not", () => {
    const { root, taken } = imported({
      ".claude/rules/x.md": claude("The same text.", "a/**"),
      ".cursor/rules/x.mdc": cursor("The same text.", "globs: b/**\nalwaysApply: false"),
    });
    expect(told(taken)).toEqual(["import/near .cursor/rules/x.mdc"]);
    expect(taken.diagnostics[0]!.note).toMatch(/- {3}- "a\/\*\*"\n\+ {3}- "b\/\*\*"/);
    expect([rule(root, "x").apply, rule(root, "x-cursor").apply]).toEqual([
      { on: "globs", globs: ["a/**"] },
      { on: "globs", globs: ["b/**"] },
    ]);
  });
  test("what a third tool has joins the one that it is like", () => {
    const text = lines(20);
    const { root, taken } = imported({
      ".claude/rules/x.md": claude(text),
      ".cursor/rules/x.mdc": cursor(`${text}\nOnly here.`),
      ".roo/rules/x.md": claude(text),
    });
    expect(told(taken)).toEqual(["import/near .cursor/rules/x.mdc", "import/merged .claude/rules/x.md"]);
    expect(names(root, "rule")).toEqual(["x", "x-cursor"]);
  });
  test("a name that is taken already is not taken again", () => {
    const { root } = imported({
      ".claude/rules/x.md": claude(lines(20)),
      ".cursor/rules/x.mdc": cursor(lines(20, "Only here.")),
      ".cursor/rules/x-cursor.mdc": cursor("Another rule with its own name."),
    });
    expect(names(root, "rule")).toEqual(["x", "x-cursor", "x-cursor-2"]);
    expect(rule(root, "x-cursor").body).toBe("Another rule with its own name.");
  });
  test("names that differ only by case are one name", () => {
    const { root, taken } = imported({
      ".claude/rules/Style.md": claude("Keep it short, and keep it plain."),
      ".cursor/rules/style.mdc": cursor("Keep it short, and keep it plain."),
      ".claude/rules/Tests.md": claude("Test it."),
      ".cursor/rules/tests.mdc": cursor("Test all of it."),
    });
    expect(taken.exit).toBe(1);
    expect(names(root, "rule")).toEqual(["Style", "Tests", "tests-cursor"]);
    expect(rule(root, "Style").paths).toMatchObject({ cursor: ".cursor/rules/style.mdc" });
  });
  test("two rules of one tool with one text stay two; short texts are alike by chance", () => {
    const text = "A text that stands in two files of one tool, for two folders.";
    const { root } = imported({
      ".claude/rules/one.md": claude(text, "one/**"),
      ".claude/rules/two.md": claude(text, "two/**"),
      ".claude/rules/short.md": claude("Be kind."),
      ".cursor/rules/brief.mdc": cursor("Be kind."),
    });
    expect(names(root, "rule")).toEqual(["brief", "one", "short", "two"]);
  });
  test("line ends, byte order marks and blank lines are no difference", () => {
    const { root, taken } = imported({
      ".claude/rules/x.md": "\uFEFF\r\nOne.\r\nTwo.\r\n",
      ".cursor/rules/x.mdc": cursor("One.\nTwo."),
      ".roo/rules/x.md": "One.\nTwo.",
    });
    expect(taken.exit).toBe(0);
    expect(names(root, "rule")).toEqual(["x"]);
  });
  test("a file that its tool misreads says what it was meant to", () => {
    const root = repository({
      ".claude/rules/x.md": claude("The same.", "a/**"),
      ".cursor/rules/x.mdc": cursor("The same.", `globs: ["a/**"]\nalwaysApply: false`),
    });
    const taken = importTools({ cwd: root }, []);
    expect(taken.diagnostics.map((d) => d.code).sort()).toEqual(["format/misread", "import/merged"]);
    expect(names(root, "rule")).toEqual(["x"]);
  });
});

describe("links", () => {
  test("are compared as what they lead to, and stay as each tool's files spell them", () => {
    const { root, taken } = imported({
      ".claude/rules/a.md": claude("See [b](/.claude/rules/f/b.md#x), [b](f/b.md) and [c](c.md).", "a/**"),
      ".cursor/rules/a.mdc": cursor(
        "See [b](mdc:.cursor/rules/f/b.mdc#x), [b](./f/b.mdc) and [c](c.md).",
        "globs: a/**\nalwaysApply: false",
      ),
      ".claude/rules/f/b.md": claude("Back to [a](../a.md), up to [it](../a.md).", "b/**"),
      ".cursor/rules/f/b.mdc": cursor(
        "Back to [a](mdc:.cursor/rules/a.mdc), up to [it](/.cursor/rules/a.mdc).",
        "globs: b/**\nalwaysApply: false",
      ),
    });
    expect(told(taken).map((t) => t.split(" ")[0])).toEqual(["import/merged", "import/merged"]);
    expect(rule(root, "a").body).toBe(
      "See [b](.portable/rules/f/b.md#x), [b](.portable/rules/f/b.md) and [c](c.md).",
    );
    expect(rule(root, "f/b").body).toBe(
      "Back to [a](.portable/rules/a.md), up to [it](.portable/rules/a.md).",
    );
  });
  test("to a rule that is kept apart lead each tool to its own", () => {
    const { root } = imported({
      ".claude/rules/a.md": claude("First of all read [b](b.md) again.", "a/**"),
      ".cursor/rules/a.mdc": cursor("First of all read [b](b.mdc) again.", "globs: a/**\nalwaysApply: false"),
      ".claude/rules/b.md": claude(lines(20), "b/**"),
      ".cursor/rules/b.mdc": cursor(lines(20, "Only here."), "globs: b/**\nalwaysApply: false"),
    });
    expect(names(root, "rule")).toEqual(["a", "b", "b-cursor"]);
  });
});

describe("other kinds", () => {
  test("a command in two tools", () => {
    const text = "---\ndescription: Fix\n---\nFix it.\n";
    const { root, taken } = imported({ ".claude/commands/fix.md": text, ".roo/commands/fix.md": text });
    expect(told(taken)).toEqual(["import/merged .claude/commands/fix.md"]);
    expect(names(root, "command")).toEqual(["fix"]);
  });
  test("a command that says less in one tool is kept apart", () => {
    const { root, taken } = imported({
      ".claude/commands/fix.md": "---\ndescription: Fix\nargument-hint: file\n---\nFix it.\n",
      ".roo/commands/fix.md": "Fix it.\n",
    });
    expect(told(taken)).toEqual(["import/near .roo/commands/fix.md"]);
    expect(names(root, "command")).toEqual(["fix", "fix-roo"]);
  });
  test("a server of the same transport is one, however its placeholders are spelt", () => {
    const row = (variable: string): string =>
      `{"mcpServers":{"db":{"command":"db","env":{"URL":"${variable}"}}}}`;
    const { root, taken } = imported({
      ".mcp.json": row("${DB}"),
      ".cursor/mcp.json": row("${env:DB}"),
      ".roo/mcp.json": row("${env:DB}"),
    });
    expect(told(taken)).toEqual(["import/merged .mcp.json"]);
    const [db] = loadProject(root).folders[0]!.spec.server as Server[];
    expect(db).toEqual({
      name: "db",
      transport: { type: "stdio", command: ["db"], env: { URL: [{ env: "DB" }] } },
    });
  });
  test("another server of the name stays in its file, and no build takes it away", () => {
    const { root, taken } = imported({
      ".mcp.json": `{"mcpServers":{"db":{"command":"one"}}}`,
      ".cursor/mcp.json": `{"mcpServers":{"db":{"command":"two"}}}`,
    });
    expect(told(taken)).toEqual(["import/different .cursor/mcp.json"]);
    expect(taken.exit).toBe(1);
    expect(loadProject(root).folders[0]!.spec.server.map((s) => s.except)).toEqual([["cursor"]]);
  });
  test("a literal secret in one place, a reference in the other: one server, and the secret is nowhere else", () => {
    const secret = ["sk", "ant", "api03", "Zq7wX2".repeat(9)].join("-");
    const root = repository({
      ".mcp.json": `{"mcpServers":{"db":{"command":"db","env":{"DB_API_KEY":"${secret}"}}}}`,
      ".cursor/mcp.json": `{"mcpServers":{"db":{"command":"db","env":{"DB_API_KEY":"\${env:DB_API_KEY}"}}}}`,
    });
    const taken = importTools({ cwd: root }, []);
    expect(taken.text).not.toContain(secret);
    expect(taken.diagnostics.map((d) => d.code).sort()).toEqual(["import/merged", "import/secret"]);
    for (const [path, text] of tree(root)) if (path !== ".mcp.json") expect(text, path).not.toContain(secret);
  });
  test("a skill with a file more stays apart, the same one is one", () => {
    const mark = "---\nname: s\ndescription: d\n---\nSkill.\n";
    const { root, taken } = imported({
      ".claude/skills/s/SKILL.md": mark,
      ".cursor/skills/s/SKILL.md": mark,
      ".cursor/skills/s/more.md": "More.\n",
      ".claude/skills/t/SKILL.md": mark,
      ".cursor/skills/t/SKILL.md": mark,
    });
    expect(told(taken)).toEqual(["import/different .cursor/skills/s/", "import/merged .claude/skills/t/"]);
    expect(names(root, "skill")).toEqual(["s", "t"]);
  });
});

describe("the whole import", () => {
  const files = {
    ".claude/rules/x.md": claude(lines(20)),
    ".cursor/rules/x.mdc": cursor(lines(20, "Only here.")),
    ".mcp.json": "{",
  };
  test("a dry run says the same and writes nothing", () => {
    const root = repository(files);
    const dry = importTools({ cwd: root, "dry-run": true }, []);
    expect([...tree(root).keys()].sort()).toEqual(Object.keys(files).sort());
    const real = importTools({ cwd: root }, []);
    expect(real.diagnostics).toEqual(dry.diagnostics);
    expect(dry.data).toEqual(real.data);
  });
  test("a bad file is told and the rest is taken", () => {
    const { root, taken } = imported(files);
    expect(taken.diagnostics.map((d) => `${d.code} ${d.place!.file}`)).toContain("import/unread .mcp.json");
    expect(names(root, "rule")).toEqual(["x", "x-cursor"]);
  });
  test("the order of the tools decides the names, never what is kept", () => {
    const there = imported(files, ["claude", "cursor"]);
    const back = imported(files, ["cursor", "claude"]);
    expect(names(there.root, "rule")).toEqual(["x", "x-cursor"]);
    expect(names(back.root, "rule")).toEqual(["x", "x-claude"]);
    const bodies = ({ root }: { root: string }): string[] =>
      loadProject(root)
        .folders[0]!.spec.rule.map((r) => r.body)
        .sort();
    expect(bodies(there)).toEqual(bodies(back));
  });
  test("a second import has nothing to say", () => {
    const { root } = imported(files);
    const again = importTools({ cwd: root }, []);
    expect(told(again)).toEqual([]);
    expect(again.text).toContain("nothing new to import");
  });
  test("a tool that comes later joins the rules of the spec", () => {
    const root = repository({ ".claude/rules/x.md": claude("Be strict.", "**/*.ts") });
    importTools({ cwd: root }, ["claude"]);
    write(root, { "portable.yaml": "portable: 1\ntargets: [claude, roo, cursor]\n" });
    const text = cursor("Be strict.", "globs: **/*.ts\nalwaysApply: false");
    write(root, { ".cursor/rules/x.mdc": text, ".cursor/rules/y.mdc": cursor("New.") });
    const later = importTools({ cwd: root }, ["cursor"]);
    expect(later.exit, later.text).toBe(0);
    expect(names(root, "rule")).toEqual(["x", "y"]);
    build({ cwd: root });
    expect(readFileSync(join(root, ".cursor/rules/x.mdc"), "utf8")).toBe(text);
  });
});

describe("likeness", () => {
  const r = (body: string): Rule => ({ name: "x", apply: { on: "always" }, body });
  test("is the share of common lines, whatever their order, blanks and heads", () => {
    expect(likeness("rule", r("a\nb\n\nc"), r("c  \nb\na"))).toBe(1);
    expect(likeness("rule", r("a\nb"), { ...r("a\nb"), apply: { on: "manual" } })).toBe(1);
    expect(likeness("rule", r("a\nb"), r("a\nc"))).toBeCloseTo(1 / 3);
    expect(likeness("rule", r("a"), r("b"))).toBe(0);
    expect(likeness("rule", r(""), r(""))).toBe(1);
    expect(NEAR).toBe(0.9);
  });
  test("counts the text of commands as the spec writes it", () => {
    const c = (arg: string): Command => ({ name: "x", body: ["Fix ", { arg: "all" }, `\n${arg}`] });
    expect(likeness("command", c("a"), c("b"))).toBeCloseTo(1 / 3);
    expect(differing("command", c("a"), c("b"))).toEqual(["- a", "+ b"]);
  });
  test("differing lines hold for any two texts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,3}$/)),
        fc.array(fc.stringMatching(/^[a-z]{1,3}$/)),
        (a, b) => {
          const [one, other] = [r(a.join("\n")), r(b.join("\n"))];
          expect(differing("rule", one, other).length === 0).toBe(a.join("\n") === b.join("\n"));
          expect(likeness("rule", one, other)).toBe(likeness("rule", other, one));
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("a union says what either says; where they differ, what applies more narrowly, else the first", () => {
  const wide: Rule = {
    name: "a",
    apply: { on: "always" },
    description: "wide",
    body: "x",
    paths: { roo: "r" },
  };
  const narrow: Rule = {
    name: "a",
    apply: { on: "globs", globs: ["*"] },
    description: "narrow",
    agents: ["b"],
    body: "x",
    paths: { cursor: "c" },
  };
  const both = { ...narrow, paths: { roo: "r", cursor: "c" } };
  expect(union(wide, narrow)).toEqual(both);
  expect(union(narrow, wide)).toEqual(both);
  expect(union(wide, { ...wide, description: "other" })).toEqual(wide);
});
