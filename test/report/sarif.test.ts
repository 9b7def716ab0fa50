import fc from "fast-check";
import { expect, test } from "vitest";
import { codes } from "../../src/core/diagnostic.ts";
import { titles } from "../../src/report/rules.ts";
import type { Run } from "../../src/report/run.ts";
import { sarifReport, uriOf } from "../../src/report/sarif.ts";
import { finding, hostile, hostileRun, runOf } from "./run.ts";

const sarif = (run: Run): any => JSON.parse(sarifReport(run)).runs[0];
const fingerprints = (run: Run): string[] =>
  sarif(run).results.map((r: any) => r.partialFingerprints["portable/v1"]);

test("a finding is a result with its rule, its place and what to do", () => {
  const files = { "a.md": "one\ntwo 😀x three\nfour\n" };
  const found = [
    finding({ place: { file: "a.md", start: 8, end: 11 }, note: "say it", fix: "portable build" }),
    finding({ level: "warning", place: { file: "b c#?.md" } }),
    finding({ level: "note", code: "loss/kind", reason: "no place" }),
  ];
  const run = sarif(runOf(found, { files, prefix: "packages/api/" }));
  expect(run.columnKind).toBe("utf16CodeUnits");
  expect(run.invocations).toEqual([{ executionSuccessful: true, exitCode: 1 }]);
  const place = (uri: string) => ({ artifactLocation: { uri, uriBaseId: "%SRCROOT%" } });
  expect(run.results).toMatchObject([
    {
      ruleId: "drift/edited",
      level: "error",
      message: { text: "AGENTS.md was edited by hand\nsay it\nportable build" },
      locations: [
        {
          physicalLocation: {
            ...place("packages/api/a.md"),
            region: { startLine: 2, startColumn: 5, endLine: 2, endColumn: 8 },
          },
        },
      ],
    },
    { level: "warning", locations: [{ physicalLocation: place("packages/api/b%20c%23%3F.md") }] },
    { level: "note", locations: [{ physicalLocation: place("packages/api/portable.yaml") }] },
  ]);
  expect(run.results[1].locations[0].physicalLocation).not.toHaveProperty("region");
  for (const r of run.results) expect(run.tool.driver.rules[r.ruleIndex].id).toBe(r.ruleId);
});

test("every code is a rule that says what it means and what to do", () => {
  const { rules } = sarif(runOf([])).tool.driver;
  expect(rules.map((r: any) => r.id)).toEqual([...codes].sort());
  expect(new Set(rules.map((r: any) => r.name)).size).toBe(codes.length);
  for (const r of rules) {
    expect(r.name, r.id).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(r.shortDescription.text, r.id).toMatch(/^[A-Z].*[^.]$/);
    expect(r.help.text, r.id).toMatch(/\.$/);
  }
  expect(Object.keys(titles).sort()).toEqual([...codes].sort());
});

test("only what could not run was not carried out", () => {
  expect([0, 1, 2, 3].map((exit) => sarif(runOf([], { exit })).invocations[0].executionSuccessful)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("a fingerprint outlasts lines above and other findings, and tells alike findings apart", () => {
  const at = (text: string, of: string, more = {}) =>
    finding({ code: "spec/value", place: { file: "portable.yaml", start: text.indexOf(of) }, ...more });
  const [before, after] = ["a: 1\nb: 2\nb: 2\n", "# new\n\na: 1\nb: 2\nb: 2\n"];
  const one = fingerprints(runOf([at(before, "a"), at(before, "b")], { files: { "portable.yaml": before } }));
  const two = fingerprints(
    runOf([at(after, "n"), at(after, "a"), at(after, "b")], { files: { "portable.yaml": after } }),
  );
  expect(two.slice(1)).toEqual(one);
  const alike = fingerprints(
    runOf([at(before, "b"), at(before, "b")], { files: { "portable.yaml": before } }),
  );
  expect(new Set(alike).size).toBe(2);
  const others = [
    finding(),
    finding({ code: "drift/stale" }),
    finding({ place: { file: "x" } }),
    finding({ item: "rule a" }),
  ];
  expect(new Set(fingerprints(runOf(others))).size).toBe(4);
});

test("GitHub is left to derive the fingerprint of a line, and given one where there is no line", () => {
  const files = { "a.md": "x\n" };
  const found = [
    finding({ place: { file: "a.md", start: 0 } }),
    finding({ place: { file: "a.md" } }),
    finding(),
  ];
  const given = sarif(runOf(found, { files })).results.map(
    (r: any) => !!r.partialFingerprints.primaryLocationLineHash,
  );
  expect(given).toEqual([false, true, true]);
});

test("any path is a relative URI and reads back", () => {
  fc.assert(
    fc.property(hostile, (path) => {
      const uri = uriOf(path);
      expect(uri).toMatch(/^[\w.~!'()*%/-]*$/);
      expect(decodeURIComponent(uri)).toBe(path.replace(/\p{Surrogate}/gu, "\uFFFD"));
    }),
  );
});

test("hostile text is text; no absolute path is told", () => {
  fc.assert(
    fc.property(hostileRun, (run) => {
      const { results } = sarif(run);
      expect(results).toHaveLength(run.diagnostics.length);
      for (const r of results) {
        expect(r.locations).toHaveLength(1);
        const { region } = r.locations[0].physicalLocation;
        const order = region?.endLine
          ? region.endLine - region.startLine || region.endColumn - region.startColumn
          : 1;
        expect(order).toBeGreaterThan(0);
      }
    }),
    { numRuns: 100 },
  );
  const said = sarifReport(runOf([finding({ reason: "in /home/dana/shop/a, file:///home/dana/shop" })]));
  expect(said).not.toContain("/home/dana");
});
