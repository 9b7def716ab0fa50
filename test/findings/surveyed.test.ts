import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { survey } from "../../src/findings/audit.ts";
import { useToml } from "../../src/findings/late.ts";
import { allowsAnyCommand } from "../../src/findings/permissive.ts";
import { entriesIn, found, keysTo, licencesIn } from "../../src/findings/places.ts";
import { rowsAt, surveyed } from "../../src/findings/surveyed.ts";
import { toml } from "../../src/formats/toml.ts";

useToml(toml);

const paths = surveyed.flatMap((row) =>
  row.where.map((p) => ("file" in p ? p.file : `${p.folder}/PreToolUse${p.suffix ?? ".ts"}`)),
);

describe("the table of places", () => {
  test("every row says where its facts are from, and when they were read", () => {
    for (const row of surveyed) {
      expect(row.source, row.tool).toMatch(/\S{5,}/);
      expect(row.on, row.tool).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(
        row.spots.length + (row.lax?.length ?? 0) + (row.layout === "env" ? 1 : 0),
        row.tool,
      ).toBeGreaterThan(0);
    }
  });

  test("no file stands in two rows, and every file finds its row", () => {
    expect(new Set(paths.filter((p) => !p.includes("PreToolUse"))).size).toBe(
      paths.filter((p) => !p.includes("PreToolUse")).length,
    );
    for (const path of paths.filter((p) => !p.includes("PreToolUse")))
      expect(rowsAt(path), path).toHaveLength(1);
    expect(rowsAt("README.md")).toEqual([]);
    expect(rowsAt(".github/hooks/deep/x.json")).toEqual([]);
    expect(rowsAt(".clinerules/hooks/README.md")).toEqual([]);
  });

  test("no text is too strange to be looked at", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.json(),
      fc.string().map((s) => `---\n${s}\n---\n`),
      fc.constantFrom("[[", "a = {", "- - -\n", "\uFEFF{}", "[]", '{"a":{"b":', "&a [*a]", "x: &x {y: *x}"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), text, (path, said) => {
        const tree = { prefix: "", texts: new Map([[path, said]]), links: new Map<string, string>() };
        for (const { entries, licences } of survey(tree))
          expect(entries.length + licences.length).toBeLessThan(1000);
      }),
      { numRuns: 300 },
    );
  });

  test("no value is too strange to be looked at", () => {
    fc.assert(
      fc.property(fc.constantFrom(...surveyed), fc.jsonValue(), (row, value) => {
        const docs = [
          value,
          ...row.spots.map((s) => nested(s.at, value)),
          ...(row.lax ?? []).map((l) => nested(l.at, value)),
        ];
        for (const doc of docs) {
          for (const entry of entriesIn(doc, "f", row.spots)) expect(entry.at.startsWith("f")).toBe(true);
          for (const licence of licencesIn(doc, "f", row.lax ?? []))
            expect(licence.reason).toMatch(/\w+ \w+/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A document that has a value at a pattern. */
const nested = (at: readonly (string | number)[], value: unknown): unknown =>
  at.reduceRight<unknown>((inner, step) => ({ [step === "*" ? "x" : step]: inner }), value);

describe("patterns of places", () => {
  const doc = { a: { b: [{ c: 1 }, { c: 2 }], "*": 3 }, d: { name: "n" } };
  test.each([
    [
      ["a", "b", "*", "c"],
      [1, 2],
    ],
    [
      ["a", "*"],
      [doc.a.b, 3],
    ],
    [["a", "b", "c"], []],
    [["toString"], []],
    [["d", "name"], ["n"]],
  ] as const)("%j", (pattern, values) => expect(found(doc, pattern).map((f) => f.value)).toEqual(values));

  test("names stand for the indices of lists, and an element without one is its list's", () => {
    const list = { servers: [{ name: "x", env: { A: 1 } }, { env: { A: 1 } }] };
    expect(keysTo(list, ["servers", 0, "env", "A"])).toEqual(["servers", "x", "env", "A"]);
    expect(keysTo(list, ["servers", 1, "env", "A"])).toEqual(["servers"]);
  });
});

test.each([
  ["Bash", true],
  ["Bash(*)", true],
  ["Bash( * )", true],
  ["Bash(:*)", true],
  ["Bash(**)", true],
  ["*", true],
  ["Shell(*)", true],
  ["PowerShell", true],
  ["Bash(git:*)", false],
  ["Bash(npm run *)", false],
  ["Bash(* --version)", false],
  ["BashOutput", false],
  ["Read", false],
  [7, false],
])("whether %s allows any command: %s", (rule, any) => expect(allowsAnyCommand(rule)).toBe(any));
