import fc from "fast-check";
import { expect, test } from "vitest";
import { importedFrom, importIn, spelledImport } from "../../src/core/import-paths.ts";

test.each([
  [".claude/rules/a.md", "docs/x.md", "../../docs/x.md"],
  [".claude/rules/lang/go.md", "docs/x.md", "../../../docs/x.md"],
  [".claude/CLAUDE.md", "README.md", "../README.md"],
  [".claude/rules/a.md", ".claude/rules/b.md", "b.md"],
  [".claude/rules/a.md", ".claude/skills/s/x.md", "../skills/s/x.md"],
  ["CLAUDE.md", "docs/x.md", "docs/x.md"],
  ["CLAUDE.md", "a b.md", "a\\ b.md"],
])("in %s the file %s is %s", (file, path, want) => {
  expect(importIn(file, path)).toBe(want);
  expect(importedFrom(file, want)).toBe(path);
});
test.each(["../../x.md", "~/x.md", "/etc/x", "../../../a/x"])("%s leads out of the repository", (token) =>
  expect(importedFrom(".claude/x.md", token)).toBeUndefined(),
);
test("a text's own spelling is found", () => {
  const text = "See @./../../docs/x.md and @b.md";
  expect(spelledImport(text, ".claude/rules/a.md", "docs/x.md")).toBe("./../../docs/x.md");
  expect(spelledImport(text, ".claude/rules/a.md", "docs/y.md")).toBeUndefined();
});
test("what is written leads back, from any file to any other", () => {
  const name = fc.constantFrom("a", "b", "a b", "x.md", "..x", "docs");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((p) => p.join("/"));
  fc.assert(
    fc.property(path, path, (file, to) => {
      expect(importedFrom(file, importIn(file, to))).toBe(to);
    }),
    { numRuns: 200 },
  );
});
