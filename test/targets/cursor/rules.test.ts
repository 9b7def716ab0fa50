import { describe, expect, test } from "vitest";
import { items, read } from "./read.ts";

type Means = { apply: unknown; description?: string };
const always: Means = { apply: { on: "always" } };
const manual: Means = { apply: { on: "manual" } };
const relevant = (description: string): Means => ({ apply: { on: "relevant" }, description });
const globs = (...of: string[]): Means => ({ apply: { on: "globs", globs: of } });

/** A head, what Cursor makes of it, and what its author meant where that is something else. */
type Case = [head: string, tool: Means, meant?: Means];

/** Run through the loader in `@cursor/sdk` 1.0.32, 2026-11-22. */
const cases: Record<string, Case[]> = {
  "always or not": [
    ["alwaysApply: true", always],
    ["alwaysApply:true", always],
    ['alwaysApply: "true"', manual, always],
    ["alwaysApply: yes", manual, always],
    ["alwaysApply: True", manual, always],
    ["AlwaysApply: true", manual, always],
    ['"alwaysApply": true', manual, always],
    ["alwaysApply: true # note", manual, always],
    ["alwaysApply: false", manual],
    ["", manual],
    ["alwaysApply: true\nglobs: src/**", always],
    ["\talwaysApply: true", manual],
  ],
  globs: [
    ["globs: a/**, b/**", globs("a/**", "b/**")],
    ['globs: "a/**,b/**"', globs("a/**", "b/**")],
    ["globs: **/*.ts", globs("*.ts")],
    ["globs: **/*", globs("*")],
    ["globs: *.ts", globs("/*.ts")],
    ["globs: Makefile", globs("/Makefile")],
    ["globs: **", globs("**")],
    ["globs: src/**/*.{ts,tsx}, lib/**", globs("src/**/*.{ts,tsx}", "lib/**")],
    ['globs:\n  - "a/**"\n  - b/**', globs("a/**", "b/**")],
    ["globs:\n  - *.ts\n  - **/*.md", globs("/*.ts", "*.md")],
    ['globs: ["a/**","b/**"]', globs('["a/**"', '"b/**"]'), globs("a/**", "b/**")],
    ["globs: [src/**]", globs("[src/**]"), globs("src/**")],
    ["globs: [**/*.ts, b/**]", globs("[**/*.ts", "b/**]"), globs("*.ts", "b/**")],
    ['globs: src/**, "!x"', globs("src/**", '/"!x"'), globs("src/**", "!x")],
    ["globs: src/** # sources", globs("src/** # sources"), globs("src/**")],
    ["globs: src/**\nalwaysApply: false\ndescription: D", { ...globs("src/**"), description: "D" }],
    ["globs:\ndescription:\nalwaysApply: false", manual],
    ['globs: ""\ndescription: ""\nalwaysApply: true', always],
    ['paths: ["src/**"]', manual, globs("src/**")],
  ],
  "the description": [
    ["description: a: b: c", relevant("a: b: c")],
    ['description: "quoted: d"', relevant("quoted: d")],
    ["description: 'sq'", relevant("sq")],
    ["description: don't", relevant("don't")],
    ["description: >-\n  folded\n  text", relevant(">-"), relevant("folded text")],
    ["description: D # note", relevant("D # note"), relevant("D")],
    ['description: "unclosed', relevant('"unclosed')],
    ["description: [a, b]", relevant("[a, b]")],
    ["description:   ", manual],
  ],
};

const rule = (head: string, meant = false): Means | undefined =>
  items({ ".cursor/rules/r.mdc": `---\n${head}\n---\n\nBody\n` }, "rule", meant)["r"] as Means | undefined;
const told = (m: Means | undefined) =>
  m && { apply: m.apply, ...(m.description !== undefined && { description: m.description }) };
const misread = (head: string): boolean =>
  read({ ".cursor/rules/r.mdc": `---\n${head}\n---\n\nBody\n` }, true).said.some((s) =>
    s.startsWith("format/misread"),
  );

for (const [title, rows] of Object.entries(cases))
  describe(title, () => {
    for (const [head, tool, meant] of rows)
      test(JSON.stringify(head), () => {
        expect(told(rule(head))).toEqual(tool);
        expect(told(rule(head, true))).toEqual(meant ?? tool);
        expect(misread(head)).toBe(meant !== undefined);
      });
  });

describe("files", () => {
  test("one without a head is ignored; its author meant it to be there", () => {
    const bare = { ".cursor/rules/r.mdc": "# Style\n\nBe kind.\n" };
    expect(items(bare, "rule")).toEqual({});
    expect(items(bare, "rule", true)).toEqual({ r: { ...always, body: "# Style\n\nBe kind." } });
    expect(read(bare, true).said.join()).toContain("Cursor ignores a rule without a head");
    expect(items({ ".cursor/rules/r.mdc": "---\n---\nBody\n" }, "rule")).toEqual({
      r: { ...manual, body: "Body" },
    });
  });
  test("line ends, a byte order mark, blank lines before the head, other keys", () => {
    for (const text of [
      "---\r\nalwaysApply: true\r\n---\r\n\r\nBody\r\n",
      "\uFEFF---\nalwaysApply: true\n---\nBody\n",
      "\n\n---\nalwaysApply: true\n---\nBody\n",
    ])
      expect(items({ ".cursor/rules/r.mdc": text }, "rule")).toEqual({ r: { ...always, body: "Body" } });
    expect(
      items(
        { ".cursor/rules/r.mdc": "---\nalwaysApply: true\nowner: web\nprio: 2\nold: false\n---\nB\n" },
        "rule",
      ),
    ).toEqual({
      r: { ...always, body: "B", overrides: { cursor: { owner: "web", prio: 2, old: false } } },
    });
  });
  test("at any depth, and only .mdc", () => {
    const text = "---\nalwaysApply: true\n---\nB\n";
    const files = {
      ".cursor/rules/a/b.mdc": text,
      ".cursor/rules/x.md": text,
      ".cursor/rules/y.MDC": text,
      ".cursor/rules/z/RULE.md": text,
    };
    expect(Object.keys(items(files, "rule"))).toEqual(["a/b"]);
  });
  test("pages that Cursor loads too", () => {
    const files = {
      ".cursorrules": "Old\n",
      "AGENTS.md": "Agents\n",
      "CLAUDE.md": "Claude\n",
      ".claude/CLAUDE.md": "Inner\n",
      ".claude/rules/x.md": "Not read\n",
      "agents.md": "Not read\n",
      "sub/.cursorrules": "Not read\n",
    };
    expect(items(files, "rule")).toEqual({
      cursorrules: { ...always, body: "Old" },
      AGENTS: { ...always, body: "Agents" },
      CLAUDE: { ...always, body: "Claude" },
      "claude-CLAUDE": { ...always, body: "Inner" },
    });
    expect(items({ "AGENTS.md": "Agents\n", "CLAUDE.md": "@AGENTS.md\n" }, "rule")).toEqual({
      AGENTS: { ...always, body: "Agents" },
    });
  });
});
