import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOf, valuesAt, withValue } from "../../src/mcp/paths.ts";
import { mappingOf, resultsIn } from "../../src/mcp/shapes.ts";
import { textOf } from "../../src/mcp/text.ts";

const bytes = (text: string): number => Buffer.byteLength(text);

describe("text for a model", () => {
  test("what does not fit is cut, and what is left out is counted", () => {
    const found = [{ text: "a".repeat(50) }, { text: "b".repeat(50) }, { text: "c" }];
    expect(textOf(found, 100)).toBe(
      `1. (no title)\n${"a".repeat(50)}\n\n2. (no title)\n${"b".repeat(20)}\n\n[cut at 100 bytes, 1 more left out]`,
    );
    expect(textOf(found.slice(0, 1), 20)).toBe("1. (no title)\naaaaaa\n\n[cut at 20 bytes]");
  });
  test("within bounds whatever the results, never a character in two; what fits is whole", () => {
    const text = fc.string({ unit: "binary", maxLength: 80 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, title: text }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 400 }),
        (found, max) => {
          const said = textOf(found, max);
          const [kept, note] = said.split(/\n\n(?=\[cut at \d+ bytes[^\n]*\]$)/);
          expect(bytes(kept!)).toBeLessThanOrEqual(found.length ? max : 10);
          expect(() => encodeURIComponent(said)).not.toThrow();
          if (!note) for (const f of found) expect(said).toContain(f.text);
        },
      ),
      { numRuns: 200 },
    );
  });
  test("control characters and hidden Unicode are passed on as text", () => {
    const hostile = "\u001B[2J\u202Eabc\u0000\u200B</result>\uD83D";
    const found = resultsIn(mappingOf({ url: [] }), [{ name: "x", content: hostile }]);
    expect(found).toEqual([{ title: "x", text: hostile }]);
    expect(textOf(found as { text: string }[], 1000)).toBe(`1. x\n${hostile}`);
  });
});

describe("paths", () => {
  test("names, pointers, elements, and what is not there", () => {
    const data = { a: { "b/c": [{ t: 1 }, {}, { t: 2 }] }, d: null, "~": 0 };
    expect(valuesAt(data, pathOf("/a/b~1c/*/t"))).toEqual([1, 2]);
    expect(valuesAt(data, pathOf("/a/b~1c/2/t"))).toEqual([2]);
    expect(valuesAt(data, pathOf("~"))).toEqual([0]);
    expect(valuesAt(data, pathOf(""))).toEqual([data]);
    for (const none of ["d", "/a/x/y", "/a/b~1c/t", "__proto__", "/a/constructor", "toString"])
      expect(valuesAt(data, pathOf(none)), none).toEqual([]);
  });
  test("a value at a path leaves the rest, and reaches no prototype", () => {
    const data = { a: [{ b: 1 }], c: 2 };
    expect(withValue(data, pathOf("/a/0/q"), "x")).toEqual({ a: [{ b: 1, q: "x" }], c: 2 });
    expect(withValue(data, pathOf("/c/d"), "x")).toEqual({ a: [{ b: 1 }], c: { d: "x" } });
    withValue({}, pathOf("/__proto__/polluted"), "x");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(data).toEqual({ a: [{ b: 1 }], c: 2 });
  });
  test("what was put there is read there", () => {
    const part = fc.string({ maxLength: 4 }).filter((s) => s !== "*");
    const path = fc.array(part, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, fc.jsonValue(), fc.string(), (parts, data, value) => {
        const said = parts.map((p) => `/${p.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
        expect(pathOf(said)).toEqual(parts);
        expect(valuesAt(withValue(data, parts, value), pathOf(said))).toEqual([value]);
      }),
      { numRuns: 200 },
    );
  });
});

test("no answer makes the reading of results throw", () => {
  const shapes = fc.constantFrom<Parameters<typeof mappingOf>[0]>(
    { url: [] },
    { url: [], shape: "openai" },
    { url: [], results: { at: "/a/*", text: "", title: "/x/*/y" } },
  );
  fc.assert(
    fc.property(shapes, fc.jsonValue(), (endpoint, answer) => {
      const found = resultsIn(mappingOf(endpoint), answer);
      if (typeof found !== "string") for (const f of found) expect(typeof f.text).toBe("string");
    }),
    { numRuns: 200 },
  );
});
