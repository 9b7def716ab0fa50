import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { yaml, yaml11 } from "../../src/formats/yaml.ts";
import { TRAPS } from "./traps.ts";

const python = spawnSync("python3", ["-c", "import yaml"]).status === 0;
const whyNoPython = python ? "" : " (skipped: python3 has no PyYAML here)";

/** What PyYAML reads from each text: type name and value, or the error. */
const pyRead = (texts: string[]): unknown[] => {
  const script = `
import json, sys, yaml
def read(text):
    try:
        data = yaml.safe_load(text)
        json.dumps(data)
        return data
    except Exception as e:
        return {"error": type(e).__name__}
print(json.dumps([read(t) for t in json.load(sys.stdin)]))`;
  return JSON.parse(
    execFileSync("python3", ["-c", script], { input: JSON.stringify(texts), encoding: "utf8" }),
  );
};

const written = (s: string): string =>
  yaml11.edit(undefined, [
    { path: ["value"], value: s },
    { path: ["list"], value: [s, { [s]: s }] },
  ]);

const meant = (s: string) => ({ value: s, list: [s, { [s]: s }] });

describe("strings that YAML 1.1 misreads", () => {
  test("there are at least 66 of them", () => {
    expect(new Set(TRAPS).size).toBeGreaterThanOrEqual(66);
  });

  test.each(TRAPS)("yaml11 writes %j as the yaml library reads it, by 1.1 and by 1.2", (s) => {
    expect(parse(written(s), { version: "1.1" })).toEqual(meant(s));
    expect(parse(written(s), { version: "1.2" })).toEqual(meant(s));
    expect(yaml11.parse(written(s))).toEqual(meant(s));
    expect(written(s).split("\n")[0]).toMatch(/^value: "[\x20-\x7e\xa0-\uffff]*"$/);
  });

  test.each(TRAPS)("yaml writes %j as both versions read it", (s) => {
    const text = yaml.edit(undefined, [{ path: ["value"], value: s }]);
    expect(parse(text, { version: "1.1" })).toEqual({ value: s });
    expect(parse(text, { version: "1.2" })).toEqual({ value: s });
  });

  test.skipIf(!python)(`PyYAML reads each as the same string${whyNoPython}`, () => {
    expect(pyRead(TRAPS.map(written))).toEqual(TRAPS.map(meant));
    const ours = TRAPS.map((s) => yaml.edit(undefined, [{ path: ["value"], value: s }]));
    expect(pyRead(ours)).toEqual(TRAPS.map((s) => ({ value: s })));
  });

  test.skipIf(!python)(`PyYAML reads any string, key and number as written${whyNoPython}`, () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const word = fc.oneof(
      fc.constantFrom(...TRAPS),
      text,
      fc.tuple(fc.constantFrom(...TRAPS), text).map((p) => p.join("")),
    );
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    );
    const value = fc.record({
      words: fc.array(word),
      map: fc.dictionary(
        // `on` as a key is the spec's own word, written plain for readers of YAML 1.2 only
        word.filter((k) => k !== "__proto__" && k !== "on"),
        word,
      ),
      number,
    });
    const samples = fc.sample(value, { numRuns: 300, seed: 7 }).map((x) => JSON.parse(JSON.stringify(x)));
    for (const format of [yaml, yaml11]) {
      expect(pyRead(samples.map((x) => format.edit(undefined, [{ path: ["x"], value: x }])))).toEqual(
        samples.map((x) => ({ x })),
      );
    }
  });

  test.skipIf(!python)(`yaml11 reads unquoted words as PyYAML does${whyNoPython}`, () => {
    const words = [
      "y",
      "n",
      "Y",
      "yes",
      "off",
      "1e3",
      "1.5e3",
      "1.5e+3",
      "1e-3",
      ".5e-3",
      "012",
      "0o7",
      "0x1F",
      "1:30",
      "1_000",
    ];
    const more = [
      "1.",
      ".5",
      "+1",
      "~",
      "null",
      "",
      "Null",
      "abc",
      "1.2.3",
      "v1",
      "0b11",
      "12e",
      "1e",
      "e1",
      "1_0.5",
      "True",
      "tRue",
    ];
    const texts = [...words, ...more].map((w) => `k: ${w}\n`);
    expect(texts.map((t) => yaml11.parse(t))).toEqual(pyRead(texts));
  });
});

test("a value that begins further left than its key says nothing of how the file indents", () => {
  const text = "own_key:   [1, 2.50] :\n  mine: {command: x}\n";
  const added = yaml11.edit(text, [{ path: ["servers", "a"], value: { command: "y" } }]);
  expect(added).toBe(`${text}servers:\n  a:\n    command: "y"\n`);
});
