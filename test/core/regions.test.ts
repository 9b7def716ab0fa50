import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Mismatch } from "../../src/core/data.ts";
import {
  joined,
  markable,
  outsideOf,
  parts,
  type Region,
  withOutside,
  withRegions,
} from "../../src/core/regions.ts";
import { mergeLines } from "../../src/formats/merge.ts";
import { body, stem } from "../nasty.ts";

const region = (name: string, text: string, mark = ""): string =>
  `<!-- portable:rule ${name}${mark} -->\n${text}<!-- portable:end ${name}${mark.replace(" when", "")} -->\n`;
const regionsIn = (text: string): Region[] => parts(text).parts.filter((p): p is Region => "name" in p);
const row = fc.record({ name: stem.filter(markable), text: body.map((b) => `${b}\n`), when: fc.boolean() });
const rows = fc.uniqueArray(row, { selector: (r) => r.name, maxLength: 3 });
const page = fc
  .array(fc.oneof(body, fc.constantFrom("", "<!-- portable:rule a -->\nx\n<!-- portable:end a -->")), {
    maxLength: 4,
  })
  .map((b) => b.join("\n"));

test("joining the parts gives the page back, whatever it holds", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        page,
        page.map((p) => p.replaceAll("\n", "\r\n")),
      ),
      (p) => {
        expect(joined(parts(p).parts)).toBe(p);
      },
    ),
    { numRuns: 400 },
  ));

test("regions read back as written, and taking them away gives the page back", () =>
  fc.assert(
    fc.property(body, rows, rows, fc.constantFrom("\n", "\r\n"), (user, first, second, eol) => {
      const mine = user.replaceAll("portable:", "").replaceAll("\n", eol);
      const read = (text: string) =>
        regionsIn(text).map((r) => ({ name: r.name, text: r.text.replaceAll("\r\n", "\n"), when: r.when }));
      const one = withRegions(mine, first, eol);
      expect(read(one)).toEqual(first);
      const two = withRegions(one, second, eol);
      expect(new Set(read(two).map((r) => JSON.stringify(r)))).toEqual(
        new Set(second.map((r) => JSON.stringify({ name: r.name, text: r.text, when: r.when }))),
      );
      if (eol === "\r\n") expect(two.slice(mine.length)).not.toMatch(/(?<!\r)\n/);
      expect(withRegions(two, [], eol).replace(/\r?\n$/, "")).toBe(mine);
      expect(withRegions(two, second, eol)).toBe(two);
    }),
    { numRuns: 400 },
  ));

test("a region keeps its place, new ones go behind the last, the user's text stays", () => {
  const old = `# Top\n\n${region("a", "A\n")}\nBetween\n\n${region("b", "B\n")}\nEnd\n`;
  const next = withRegions(
    old,
    [
      { name: "b", text: "B2\n" },
      { name: "c", text: "C\n" },
      { name: "a", text: "A\n" },
    ],
    "\n",
  );
  expect(next).toBe(
    `# Top\n\n${region("a", "A\n")}\nBetween\n\n${region("b", "B2\n")}\n${region("c", "C\n")}\nEnd\n`,
  );
  expect(withRegions(next, [], "\n")).toBe("# Top\n\nBetween\n\nEnd\n");
});

test("a text that holds its own end marker gets a numbered pair", () => {
  const text = "<!-- portable:end a -->\n<!-- portable:end a #2 -->\n";
  const made = withRegions("", [{ name: "a", text }], "\n");
  expect(made).toContain("<!-- portable:rule a #3 -->");
  expect(regionsIn(made)).toMatchObject([{ name: "a", text }]);
});

test("other text outside leaves every region as it is, or is refused", () => {
  let told = 0;
  fc.assert(
    fc.property(rows, fc.array(body, { maxLength: 3 }), body, fc.nat(), (all, users, more, at) => {
      const [above = "", ...below] = users.map((u) => `${u}\n`);
      fc.pre(!parts(above).faults.length);
      const old = withRegions(above, all, "\n") + below.join("");
      fc.pre(!parts(old).faults.length);
      const before = outsideOf(parts(old).parts);
      const next = before
        .split("\n")
        .toSpliced(at % before.split("\n").length, 1, more)
        .join("\n");
      const after = withOutside(old, next, mergeLines);
      if (after === undefined) {
        told++;
        return;
      }
      expect(outsideOf(parts(after).parts)).toBe(next);
      expect(regionsIn(after)).toEqual(regionsIn(old));
    }),
    { numRuns: 200, seed: 20261122 },
  );
  // many are carried, or the property says nothing
  expect(told).toBeLessThan(100);
});

test.each([
  ["on one side", "A\n", "B\n", "A2\n", "B\n"],
  ["on both sides", "A\nx\n", "y\nB\n", "A2\nx\n", "y\nB2\n"],
  ["in other line ends", "A\r\nx\r\n", "y\r\nB\r\n", "A2\r\nx\r\n", "y\r\nB2\r\n"],
])("text %s of a region stays on its side", (_, above, below, newAbove, newBelow) => {
  const page = (a: string, b: string): string => a + region("r", "x\n") + b;
  expect(withOutside(page(above, below), newAbove + newBelow, mergeLines)).toBe(page(newAbove, newBelow));
});

test("what stands on nobody knows which side of a region is refused", () => {
  const page = `A\n${region("r", "x\n")}B\n`;
  expect(withOutside(page, "C\n", mergeLines)).toBeUndefined();
  expect(withOutside(page, "A\n<!-- portable:rule s -->\nB\n", mergeLines)).toBeUndefined();
});

describe("a faulty marker makes the page unwritable", () => {
  test.each([
    ["no end", "<!-- portable:rule a -->\nx\n", 'line 1: the region "a" has no end marker'],
    ["no beginning", "x\n<!-- portable:end a -->\n", "line 2: an end marker without its beginning"],
    ["twice", region("a", "x\n") + region("a", "y\n"), 'line 4: the region "a" stands twice'],
    [
      "the end of another",
      "<!-- portable:rule a -->\nx\n<!-- portable:end b -->\n",
      'line 1: the region "a" has no end marker',
    ],
  ])("%s", (_, text, reason) => {
    expect(parts(text).faults).not.toEqual([]);
    expect(() => withRegions(text, [], "\n")).toThrow(new Mismatch(reason));
    expect(joined(parts(text).parts)).toBe(text);
  });

  test("the bare end of a tool's block is none", () =>
    expect(parts("<!-- portable:only claude -->\nx\n<!-- portable:end -->\n").faults).toEqual([]));
});

test.each([
  ["style", true],
  ["a/b", true],
  ["a b", true],
  ["x when", false],
  ["x #2", false],
  [" x", false],
  ["x\ny", false],
  ["a --> b", false],
  ["", false],
])("a marker can hold the name %j: %s", (name, can) => expect(markable(name)).toBe(can));
