import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meaningOf, ruleFile, spellings, urlIn } from "../../src/core/links.ts";
import { always } from "./worlds.ts";

const FROM = ".claude/rules/a/from.md";

describe("what an address means", () => {
  test.each([
    ["/.claude/rules/x.md", [".claude/rules/x.md"], ""],
    ["../x.md", [".claude/rules/x.md"], ""],
    ["./x.md#part", [".claude/rules/a/x.md"], "#part"],
    ["x.mdc?y", [".claude/rules/a/x.mdc", "x.mdc"], "?y"],
    [".portable/rules/x.md", [".claude/rules/a/.portable/rules/x.md", ".portable/rules/x.md"], ""],
    ["mdc:.cursor/rules/x.mdc", [".cursor/rules/x.mdc"], ""],
    ["mdc:/.cursor/rules/x.mdc#y", [".cursor/rules/x.mdc"], "#y"],
    ["/a%20b%2Fc.md", ["a b/c.md"], ""],
    ["/100%.md", ["100%.md"], ""],
    ["../../../../out.md", [], ""],
    ["#part", [], "#part"],
    ["", [], ""],
    ["https://example.com/.claude/rules/x.md", [], ""],
    ["//example.com/x.md", [], ""],
    ["mailto:a@b.c", [], ""],
    ["mdc:https://example.com/x.md", ["https:/example.com/x.md"], ""],
  ])("%s", (url, paths, rest) => expect(meaningOf(url, FROM)).toEqual({ paths, rest }));

  const path = fc
    .array(
      fc.stringMatching(/^[^/\0]{1,8}$/).filter((s) => s !== "." && s !== ".."),
      { minLength: 1, maxLength: 4 },
    )
    .map((steps) => steps.join("/"))
    .filter((p) => !/\p{Surrogate}/u.test(p));
  test("the address of a path means that path, from any folder and from the root", () => {
    fc.assert(
      fc.property(path, path, (file, to) => {
        expect(meaningOf(urlIn(`folder/${file}`, to), `folder/${file}`).paths).toEqual([to]);
        expect(meaningOf(urlIn("ROOT.md", to), "ROOT.md").paths).toEqual([to]);
        expect(urlIn(file, to)).not.toMatch(/[\s()<>]/);
      }),
      { numRuns: 200 },
    );
  });
  test("any text is an address of paths inside, or of none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), path, (url, file) => {
        for (const p of meaningOf(url, file).paths) expect(`/${p}/`).not.toMatch(/\/\.\.?\/|^\/\//);
      }),
      { numRuns: 200 },
    );
  });
});

test("the file of a rule is the spec's, or the one it is where it stands", () => {
  expect(ruleFile(always("a/b", "x"))).toBe(".portable/rules/a/b.md");
  expect(ruleFile({ ...always("a", "x"), at: ".claude/rules/c%23d.md" })).toBe(".claude/rules/c#d.md");
});

describe("the spelling that a file has", () => {
  /** A body with its links, `<x>` for an address. */
  const cut = (text: string): { body: string; links: { at: number; end: number }[] } => {
    const links: { at: number; end: number }[] = [];
    let body = "";
    for (const part of text.split(/(?=<)|(?<=>)/)) {
      if (/^<.*>$/.test(part)) links.push({ at: body.length, end: body.length + part.length - 2 });
      body += part.replace(/^<(.*)>$/, "$1");
    }
    return { body, links };
  };
  /** Addresses lead to their last letter. */
  const spelt = (text: string, said: string): (string | undefined)[] => {
    const { body, links } = cut(said);
    return spellings(
      text,
      body,
      links,
      (url, n) => url.at(-1) === body.slice(links[n]!.at, links[n]!.end).at(-1),
    );
  };
  test.each([
    ["head\n[a](u/x) [b](v/x) `[c](w/x)`\n", "[a](<x>) [b](<x>) `[c](w/x)`", ["u/x", "v/x"]],
    ["[a](u/x) more [b](v/x)", "[a](<x>) less [b](<x>)", ["u/x", "u/x"]],
    ["[a](u/x)", "[a](<x>) [b](<y>)", ["u/x", undefined]],
    ["[a](u(1)x) b", "[a](<x>) b", ["u(1)x"]],
    ["", "[a](<x>)", [undefined]],
    ["[a](u/y)", "[a](<x>)", [undefined]],
    ["no link", "[a](<x>)", [undefined]],
  ])("%j, for %j", (text, said, want) => expect(spelt(text, said)).toEqual(want));
});
