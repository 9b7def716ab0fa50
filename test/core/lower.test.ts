import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowered, onlyBlocks } from "../../src/core/lower.ts";
import { asText, body } from "../nasty.ts";
import { always } from "./worlds.ts";

const text = "top\n<!-- portable:only claude, cursor -->\nmiddle\n<!-- portable:end -->\nend";
const seen = (b: string, ...readers: string[]) => lowered(always("a", b), readers, true).body;

describe("blocks for some tools only", () => {
  test.each([
    [["claude"], "top\nmiddle\nend"],
    [["cursor", "roo"], "top\nmiddle\nend"],
    [["roo"], "top\nend"],
    [[], "top\nend"],
  ])("seen by %j", (readers, want) => expect(seen(text, ...readers)).toBe(want));

  test("markers may be indented, text around them keeps its bytes", () =>
    expect(seen("  a  \n\t<!-- portable:only x -->  \nb\n  <!-- portable:end -->\n\n c", "y")).toBe(
      "  a  \n\n c",
    ));
  test("an end without a block, or a marker inside a line, is prose", () => {
    for (const b of [
      "<!-- portable:end -->\nx",
      "see <!-- portable:only x --> here",
      "`<!-- portable:only x -->`\ny",
    ])
      expect(seen(b, "y")).toBe(b);
  });
  test("what is left begins with text", () =>
    expect(
      seen(
        "<!-- portable:only x -->\na\n<!-- portable:end -->\n  \n\nb\n<!-- portable:only x -->\nc\n<!-- portable:end -->",
        "y",
      ),
    ).toBe("b"));
  test.each([
    ["a\n\n<!-- portable:only x -->\nb\n<!-- portable:end -->\n\nc", "a\n\nc"],
    ["a\n<!-- portable:only x -->\nb\n<!-- portable:end -->\n\nc", "a\n\nc"],
    ["a\n\n<!-- portable:only x -->\nb\n<!-- portable:end -->\nc", "a\n\nc"],
    ["a\n\n<!-- portable:only x -->\nb\n<!-- portable:end -->\n\n\nc", "a\n\n\nc"],
    [
      "a\n\n<!-- portable:only x -->\nb\n<!-- portable:end -->\n\n<!-- portable:only x -->\nb\n<!-- portable:end -->\n\nc",
      "a\n\nc",
    ],
  ])("of two blank lines where one stood between, one stays: %j", (body, want) => {
    expect(seen(body, "y")).toBe(want);
    expect(seen(body, "x")).toBe(body.replaceAll(/<!-- portable:\w+(?: x)? -->\n/g, ""));
  });
  test("are found with their lines", () =>
    expect(onlyBlocks(`${text}\n<!-- portable:only roo -->`)).toEqual([
      { line: 1, targets: ["claude", "cursor"], closed: true },
      { line: 5, targets: ["roo"], closed: false },
    ]));
  test("a body without them is the same object, and text of the spec stays text of the spec", () =>
    fc.assert(
      fc.property(body, (b) => {
        const rule = always("a", b);
        if (!b.includes("portable:only")) expect(lowered(rule, ["x"], true)).toBe(rule);
        expect(asText(seen(b, "claude"))).toBe(seen(b, "claude"));
      }),
    ));
});

test("imports are inlined only where the tool expands none, each file once", () => {
  const b = "see @a.md and @b.md and @a.md";
  const at = (path: string, from = 0) => ({
    at: b.indexOf(`@${path}`, from),
    end: b.indexOf(`@${path}`, from) + path.length + 1,
    path,
    text: `text of ${path}`,
  });
  const rule = always("a", b, { imports: [at("a.md"), at("b.md"), at("a.md", 10)] });
  expect(lowered(rule, ["x"], true)).toBe(rule);
  expect(lowered(rule, ["x"], false).body).toBe(
    "see `a.md` and `b.md` and `a.md`\n\nFrom `a.md`:\n\ntext of a.md\n\nFrom `b.md`:\n\ntext of b.md",
  );
});
