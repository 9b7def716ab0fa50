import { describe, expect, test } from "vitest";
import { items, read } from "./read.ts";

const always = { apply: { on: "always" } };
const globs = (...of: string[]) => ({ apply: { on: "globs", globs: of } });

/** Heads as people write them; what the client does with each was measured on 2.1.330, 2026-11-22 and 2026-11-25. */
const heads: [title: string, text: string, means: object][] = [
  ["no head", "Body\n", always],
  ["a head without paths", '---\ntitle: "x"\n---\n\nBody\n', always],
  ["paths: null", "---\npaths:\n---\n\nBody\n", always],
  ["an empty list", "---\npaths: []\n---\n\nBody\n", always],
  ["everything", '---\npaths: "**"\n---\n\nBody\n', always],
  [
    "a block list of quoted globs",
    '---\npaths:\n  - "src/**/*.ts"\n  - "lib/a.ts"\n---\n\nBody\n',
    globs("src/**/*.ts", "lib/a.ts"),
  ],
  ["a flow list", '---\npaths: ["a.ts", "b.ts"]\n---\n\nBody\n', globs("a.ts", "b.ts")],
  [
    "words parted by commas",
    '---\npaths: "src/**/*.ts, lib/**/*.ts"\n---\n\nBody\n',
    globs("src/**/*.ts", "lib/**/*.ts"),
  ],
  [
    "the same without quotes",
    "---\npaths: src/**/*.ts, lib/**/*.ts\n---\n\nBody\n",
    globs("src/**/*.ts", "lib/**/*.ts"),
  ],
  ["braces without quotes", "---\npaths: src/**/*.{ts,tsx}\n---\n\nBody\n", globs("src/**/*.{ts,tsx}")],
  ["a star in front without quotes", "---\npaths: **/*.ts\n---\n\nBody\n", globs("**/*.ts")],
  ["an unquoted star in a list, which costs the whole head", "---\npaths:\n  - *.ts\n---\n\nBody\n", always],
  ["the same with two stars", "---\npaths:\n  - **/*.ts\n---\n\nBody\n", always],
  ["another key that is no YAML", '---\ndescription: a: b\npaths:\n  - "a.ts"\n---\n\nBody\n', globs("a.ts")],
  ["a blank line before the head", '\n---\npaths: "a.ts"\n---\n\nBody\n', always],
  ["Cursor's keys", '---\nglobs: "src/**"\nalwaysApply: false\n---\n\nBody\n', always],
  ["Windows line ends", '---\r\npaths:\r\n  - "a.ts"\r\n---\r\n\r\nBody\r\n', globs("a.ts")],
  ["a byte order mark", '\uFEFF---\npaths: "a.ts"\n---\n\nBody\n', globs("a.ts")],
  ["a list indented with tabs", '---\npaths:\n\t- "a.ts"\n---\n\nBody\n', globs("a.ts")],
  ["a folder", '---\npaths: "src/**"\n---\n\nBody\n', globs("src/**")],
  ["what stands in a folder, which reaches below it", '---\npaths: "src/*"\n---\n\nBody\n', globs("src/**")],
  ["files by an exclusion of folders", '---\npaths: ["src/*", "!**/"]\n---\n\nBody\n', globs("src/*")],
  [
    "an exclusion of files",
    '---\npaths: ["src/**/*.ts", "!src/gen/**/*"]\n---\n\nBody\n',
    globs("src/**/*.ts", "!src/gen/**/*"),
  ],
  [
    "an exclusion of a folder, which excludes nothing",
    '---\npaths: ["src/**/*.ts", "!src/gen/**"]\n---\n\nBody\n',
    globs("src/**/*.ts"),
  ],
  [
    "an exclusion from a folder, which excludes nothing",
    '---\npaths: ["src/**", "!src/a.ts"]\n---\n\nBody\n',
    globs("src/**"),
  ],
];

describe("rules as the client reads them", () => {
  for (const [title, text, means] of heads)
    test(title, () => {
      const found = items({ ".claude/rules/r.md": text }, "rule") as Record<
        string,
        { body: string; apply: unknown }
      >;
      expect(found["r"]?.apply).toEqual((means as { apply: unknown }).apply);
      expect(found["r"]?.body).toMatch(/Body$/);
    });

  test("rules stand at any depth, and only in .md files", () => {
    const files = {
      ".claude/rules/a/b/c.md": "A\n",
      ".claude/rules/x.mdc": "B\n",
      ".claude/rules/x.MD": "C\n",
    };
    expect(items(files, "rule")).toEqual({ "a/b/c": { ...always, body: "A" } });
  });

  test("what the author meant is told where the client reads something else", () => {
    const files = { ".claude/rules/r.md": '---\npaths: ["src/**", "!src/gen/**"]\n---\n\nBody\n' };
    expect(items(files, "rule", true)["r"]).toMatchObject(globs("src/**", "!src/gen/**"));
    expect(read(files, true).said.join()).toContain("format/misread");
  });
});

describe("pages", () => {
  test("both pages of the root load", () => {
    const found = items({ "CLAUDE.md": "# One\n", ".claude/CLAUDE.md": "Two\n" }, "rule");
    expect(Object.values(found)).toEqual(
      expect.arrayContaining([
        { ...always, body: "# One" },
        { ...always, body: "Two" },
      ]),
    );
    expect(Object.keys(found)).toHaveLength(2);
  });

  test("AGENTS.md stands for itself where CLAUDE.md imports it", () => {
    expect(items({ "CLAUDE.md": "@AGENTS.md\n", "AGENTS.md": "Shared\n" }, "rule")).toEqual({
      AGENTS: { ...always, body: "Shared" },
    });
    expect(items({ "CLAUDE.md": "@AGENTS.md\n\nMine\n", "AGENTS.md": "Shared\n" }, "rule")).toEqual({
      CLAUDE: { ...always, body: "@AGENTS.md\n\nMine" },
      AGENTS: { ...always, body: "Shared" },
    });
  });

  test("line ends, byte order mark and blank lines are the file's", () => {
    expect(items({ "CLAUDE.md": "\uFEFF\r\n\r\n# A\r\n\r\nb\r\n" }, "rule")).toEqual({
      CLAUDE: { ...always, body: "# A\n\nb" },
    });
  });

  test("names in another case and files that the client does not read are nothing", () => {
    const files = {
      "claude.md": "A\n",
      "Claude.md": "B\n",
      ".claude/claude.md": "C\n",
      "CLAUDE.local.md": "D\n",
    };
    expect(items(files, "rule")).toEqual({});
  });
});
