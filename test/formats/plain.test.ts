import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attempt } from "../../src/core/codec.ts";
import { Mismatch } from "../../src/core/data.ts";
import { plain } from "../../src/formats/plain.ts";

describe("text without any syntax", () => {
  test("heads and comments are text", () => {
    const text = "---\na: 1\n---\n\nBody # x\n";
    expect(plain.parse(text)).toEqual({ body: "---\na: 1\n---\n\nBody # x" });
    expect(plain.edit(text, [{ path: ["body"], value: "New" }])).toBe("New\n");
  });
  test("layout belongs to the file", () => {
    expect(plain.edit("\uFEFF\r\nOld\r\n", [{ path: ["body"], value: "a\nb" }])).toBe("\uFEFF\r\na\r\nb\r\n");
    expect(plain.edit("Old", [{ path: ["body"], value: "New" }])).toBe("New");
  });
  test("there are no keys", () => {
    expect(() => plain.edit(undefined, [{ path: ["x"], value: "y" }])).toThrow(Mismatch);
  });
  test("what is written reads back, or is refused", () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r", " ", "#", "-", "\uFEFF") }), (body) => {
        const text = attempt(() => plain.edit(undefined, [{ path: ["body"], value: body }]));
        if (text !== undefined) expect(plain.parse(text)).toEqual({ body });
      }),
      { numRuns: 200 },
    ));
});
