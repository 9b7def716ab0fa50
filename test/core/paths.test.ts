import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folded, unsafePath } from "../../src/core/paths.ts";

describe("unsafePath", () => {
  it.each([
    ["", "empty"],
    ["/etc/passwd", "absolute"],
    ["../up.md", "`..`"],
    ["a/../../b", "`..`"],
    ["..", "`..`"],
    ["./a", "`.`"],
    ["a//b", "empty segment"],
    ["a/", "empty segment"],
    ["a\\b", "backslash"],
    ["C:\\Windows\\x", "drive letter"],
    ["c:x", "drive letter"],
    ["\\\\server\\share", "network path"],
    ["//server/share", "network path"],
    ["a\0b", "control"],
    ["a\nb", "control"],
    ["a\u0085b", "control"],
    ["CON", "device"],
    ["con.md", "device"],
    ["x/aux.md", "device"],
    ["NUL .txt", "device"],
    ["lpt1.a.b", "device"],
    ["COM¹", "device"],
    ["CONOUT$", "device"],
    ["a.", "dot or space"],
    ["a /b", "dot or space"],
    ["...", "dot or space"],
    ["a.md:stream", "colon"],
    ["x".repeat(256), "255 bytes"],
    ["é".repeat(128), "255 bytes"],
    ["\ud800.md", "well-formed"],
    [".git/hooks/pre-commit", "Git's own"],
    ["sub/.GIT/config", "Git's own"],
    [".g\u200cit/config", "Git's own"],
    ["git~1/config", "Git's own"],
    [".portable-journal", "keeps for itself"],
    [".portable-backup/1/a", "keeps for itself"],
  ])("refuses %j", (path, reason) => expect(unsafePath(path)).toContain(reason));

  it.each([
    "CLAUDE.md",
    ".cursor/rules/a b.mdc",
    ".github/x.md",
    ".gitignore",
    ".gitattributes",
    "console.md",
    "com10.md",
    "com.md",
    "auxiliary/nul-free.md",
    "..a/b..c",
    "é".repeat(127),
    "[slug]/{a}.md",
    "portable.lock",
    ".portable/rules/a.md",
    "日本語/\u{1f600}.md",
  ])("lets %j pass", (path) => expect(unsafePath(path)).toBeUndefined());

  it("lets nothing pass that resolves outside its folder", () => {
    const part = fc.constantFrom("..", ".", "a", "b", "/", "\\", "C:", "", " ", "\0", "..\\", "%2e%2e");
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("/", "\\", ""),
        (parts, by) => {
          const path = parts.join(by);
          if (unsafePath(path) !== undefined) return;
          expect(
            new URL(`file:///root/top/${encodeURIComponent(path).replaceAll("%2F", "/")}`).pathname,
          ).toMatch(/^\/root\/top\/./);
          expect(path).not.toMatch(/^\/|\\|\0|(^|\/)\.\.?(\/|$)|:/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("paths that are one file on some disks", () => {
  it.each([
    ["a.md", "A.md"],
    ["Docs/x", "docs/X"],
    ["caf\u00e9", "cafe\u0301"],
    ["CAF\u00c9", "cafe\u0301"],
    ["\u03c3", "\u03c2"],
    ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"],
    ["\u017f", "S"],
    ["\u212a", "k"],
    ["\u1e9e", "\u00df"],
  ])("%j and %j are one", (a, b) => expect(folded(a)).toBe(folded(b)));

  it.each([
    ["a", "b"],
    ["ı.md", "i.md"],
    ["İ.md", "i.md"],
    ["ß", "ss"],
    ["a/b", "ab"],
  ])("%j and %j are two", (a, b) => expect(folded(a)).not.toBe(folded(b)));

  it("finds upper and lower case of anything in ASCII and any normal form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (path) => {
        expect(folded(path.normalize("NFD"))).toBe(folded(path));
        expect(folded(path.replace(/[a-z]/g, (c) => c.toUpperCase()))).toBe(folded(path));
      }),
      { numRuns: 300 },
    );
  });
});
