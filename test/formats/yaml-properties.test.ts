import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Data, isObject } from "../../src/core/data.ts";
import type { Path } from "../../src/core/format.ts";
import { yaml, yaml11 } from "../../src/formats/yaml.ts";
import { messyYaml } from "./messy-yaml.ts";

const RUNS = { numRuns: 200, seed: 20261125 };

const word = fc.oneof(
  fc.constantFrom(
    "plain",
    "x: y",
    "${TOKEN}",
    "a\nb\n",
    "a\n\nb",
    "# no",
    "yes",
    "",
    " lead",
    "---",
    "it's",
    "*.{ts,tsx}",
    "é😀",
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    word,
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(
      word.filter((k) => k !== "__proto__"),
      tie("any"),
      { maxKeys: 3 },
    ),
  ),
})).any;

/** A document, and a number that picks one of its places. */
const placed = fc.record({ text: messyYaml, pick: fc.nat(), value, format: fc.constantFrom(yaml, yaml11) });

const paths = (x: unknown, path: Path = []): Path[] => {
  if (typeof x !== "object" || x === null) return [path];
  return [
    path,
    ...Object.entries(x).flatMap(([k, v]) => paths(v, [...path, Array.isArray(x) ? Number(k) : k])),
  ];
};
const at = (data: unknown, path: Path): unknown => path.reduce<any>((x, key) => x[key], data);
const isContainer = (x: unknown): x is Data | unknown[] => isObject(x) || Array.isArray(x);
const comments = (text: string): number => text.split("#").length;

/** Whether `part` is what is left of `whole` when some lines go. */
const isSubsequence = (part: string[], whole: string[]): boolean => {
  let i = 0;
  for (const line of whole) if (line === part[i]) i++;
  return i === part.length;
};

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

describe("messy documents", () => {
  test("are read alike by both, and an edit that changes nothing gives the same bytes", () => {
    fc.assert(
      fc.property(messyYaml, (text) => {
        const data = yaml.parse(text);
        expect(yaml.edit(text, [{ path: [], value: data }])).toBe(text);
        expect(yaml11.parse(text)).toEqual(data);
        for (const path of paths(data).slice(1, 4)) expect(yaml.locate(text, path)).toBeDefined();
      }),
      RUNS,
    );
  });

  test("insert, then remove, gives the old bytes; nothing but new lines comes between", () => {
    fc.assert(
      fc.property(placed, ({ text, pick, value, format }) => {
        const data = format.parse(text);
        const places = paths(data).filter((p) => isContainer(at(data, p)));
        const place = places[pick % places.length]!;
        const holder = at(data, place);
        const path = [...place, Array.isArray(holder) ? holder.length : "a new key"];
        const added = format.edit(text, [{ path, value }]);
        expect(at(format.parse(added), path)).toEqual(value);
        expect(comments(added)).toBeGreaterThanOrEqual(comments(text));
        expect(format.edit(added, [{ path, value: undefined }])).toBe(text);
      }),
      RUNS,
    );
  });

  test("an element put anywhere into a list, then removed, gives the old bytes", () => {
    const mark = fc.constantFrom<unknown>("new!", { new: 1, b: ["x"] }, ["new!", 2]);
    fc.assert(
      fc.property(messyYaml, fc.nat(), fc.nat(), mark, (text, pick, index, value) => {
        const data = yaml.parse(text);
        const places = paths(data).filter((p) => Array.isArray(at(data, p)));
        fc.pre(places.length > 0);
        const path = places[pick % places.length]!;
        const list = at(data, path) as unknown[];
        const i = index % (list.length + 1);
        const added = yaml.edit(text, [{ path, value: list.toSpliced(i, 0, value) }]);
        expect(yaml.edit(added, [{ path: [...path, i], value: undefined }])).toBe(text);
      }),
      RUNS,
    );
  });

  test("a removal takes lines and adds none but an empty `{}` or `[]`", () => {
    fc.assert(
      fc.property(messyYaml, fc.nat(), (text, pick) => {
        const data = yaml.parse(text);
        const places = paths(data).slice(1);
        const path = places[pick % places.length]!;
        const removed = yaml.edit(text, [{ path, value: undefined }]);
        const holder = at(data, path.slice(0, -1));
        const left = at(yaml.parse(removed), path.slice(0, -1)) as object;
        expect(Object.keys(left)).toHaveLength(Object.keys(holder as object).length - 1);
        const old = lines(text);
        expect(lines(removed).filter((line) => !old.includes(line)).length).toBeLessThanOrEqual(2);
      }),
      RUNS,
    );
  });

  test("a scalar that changes leaves every other line alone", () => {
    fc.assert(
      fc.property(placed, ({ text, pick, value, format }) => {
        const data = format.parse(text);
        const places = paths(data).filter((p) => p.length > 0 && !isContainer(at(data, p)));
        fc.pre(places.length > 0);
        const path = places[pick % places.length]!;
        const set = format.edit(text, [{ path, value }]);
        expect(at(format.parse(set), path)).toEqual(value);
        const [start, end] = format.locate(text, path)!;
        const head = text.slice(0, text.lastIndexOf("\n", start) + 1);
        expect(set.startsWith(head)).toBe(true);
        const below = text.slice(end).split("\n").slice(1);
        expect(
          isSubsequence(
            below.filter((l) => l.trim() !== ""),
            set.split("\n"),
          ),
        ).toBe(true);
      }),
      RUNS,
    );
  });

  test("several edits end at the data that the edits say", () => {
    const edits = fc.array(fc.record({ pick: fc.nat(), value: fc.option(value, { nil: undefined }) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(messyYaml, edits, (text, edits) => {
        let now = text;
        for (const { pick, value } of edits) {
          const data = yaml.parse(now);
          const places = paths(data).slice(1);
          fc.pre(places.length > 0);
          const path = places[pick % places.length]!;
          now = yaml.edit(now, [{ path, value }]);
          if (value !== undefined) expect(at(yaml.parse(now), path)).toEqual(value);
        }
        const wanted = yaml.parse(now);
        expect(yaml.parse(yaml.edit(text, [{ path: [], value: wanted }]))).toEqual(wanted);
      }),
      RUNS,
    );
  });
});

describe("new documents", () => {
  test("say any value, and nothing is left when it goes", () => {
    fc.assert(
      fc.property(value, fc.constantFrom(yaml, yaml11), (value, format) => {
        const text = format.edit(undefined, [{ path: ["x", "y"], value }]);
        expect(format.parse(text)).toEqual({ x: { y: value } });
        expect(text.endsWith("\n")).toBe(true);
        expect(format.edit(text, [{ path: ["x"], value: undefined }])).toBe("");
      }),
      RUNS,
    );
  });

  test("any text is read or refused, never worse", () => {
    const mark = fc.constantFrom(
      ..."-?:,[]{}#&*!|>'\"%@` \t\n\r\uFEFFa1<",
      "---",
      "...",
      "<<: *a",
      "&a ",
      "\n  ",
      "key: ",
    );
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 30 }), fc.constantFrom(yaml, yaml11), (marks, format) => {
        const text = marks.join("");
        let data: Data;
        try {
          data = format.parse(text);
        } catch (e) {
          expect((e as Error).constructor.name).toBe("Mismatch");
          return;
        }
        try {
          expect(format.parse(format.edit(text, [{ path: ["n"], value: 1 }]))).toEqual({ ...data, n: 1 });
        } catch (e) {
          expect((e as Error).constructor.name).toBe("Mismatch");
        }
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});
