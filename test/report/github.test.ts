import fc from "fast-check";
import { expect, test } from "vitest";
import { githubReport, messageText, propertyText } from "../../src/report/github.ts";
import { finding, hostile, hostileRun, runOf } from "./run.ts";

interface Command {
  name: string;
  properties: Record<string, string>;
  message: string;
}
const unescaped = (text: string): string =>
  text.replace(/%(25|0D|0A|3A|2C)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
/** Reads a line as GitHub's runner does: up to the second `::`, a word, a space, pairs between commas. */
const parsed = (line: string): Command => {
  const end = line.indexOf("::", 2);
  if (!line.startsWith("::") || end < 0) throw new Error(`no command: ${line}`);
  const head = line.slice(2, end);
  const space = head.indexOf(" ");
  const pairs = space < 0 ? [] : head.slice(space + 1).split(",");
  return {
    name: space < 0 ? head : head.slice(0, space),
    properties: Object.fromEntries(
      pairs.map((p) => [p.slice(0, p.indexOf("=")), unescaped(p.slice(p.indexOf("=") + 1))]),
    ),
    message: unescaped(line.slice(end + 2)),
  };
};
const commands = (text: string): Command[] => (text ? text.split(/\r\n|\n|\r/).map(parsed) : []);

test("a finding is one command with its place, its code and what to do", () => {
  const files = { "a.md": "one\ntwo three\nfour\n" };
  const found = [
    finding({ place: { file: "a.md", start: 8, end: 13 }, note: "say it", fix: "portable build" }),
    finding({ level: "warning", place: { file: "a.md", start: 4, end: 16 } }),
    finding({ level: "note", place: { file: "b, c: 100%.md" }, code: "import/unread" }),
    finding({ level: "warning", code: "loss/weak", reason: "weaker" }),
  ];
  expect(githubReport(runOf(found, { files, prefix: "packages/api/" })).split("\n")).toEqual([
    "::error file=packages/api/a.md,line=2,endLine=2,col=5,endColumn=10,title=drift/edited::AGENTS.md was edited by hand%0Asay it%0Aportable build",
    "::warning file=packages/api/a.md,line=2,endLine=3,title=drift/edited::AGENTS.md was edited by hand",
    "::warning title=loss/weak::weaker",
    "::notice file=packages/api/b%2C c%3A 100%25.md,title=import/unread::AGENTS.md was edited by hand",
  ]);
});

test("nothing found says nothing; notes on what tools cannot hold are counted", () => {
  expect(githubReport(runOf([]))).toBe("");
  const notes = Array.from({ length: 30 }, () => finding({ level: "note", code: "loss/kind" }));
  expect(githubReport(runOf(notes))).toBe(
    "::notice::30 notes on what tools do not get: see `portable explain`",
  );
});

test.each([10, 11, 12, 200])("of %i errors the tenth tells how many are only in the log", (n) => {
  const found = Array.from({ length: n }, (_, i) => finding({ reason: `error ${i}` }));
  const all = commands(githubReport(runOf([...found, finding({ level: "warning" })])));
  expect(all.filter((c) => /^error \d/.test(c.message))).toHaveLength(n);
  expect(all.findIndex((c) => /^and \d+ more errors: /.test(c.message))).toBe(n > 10 ? 9 : -1);
  expect(all.at(-1)).toMatchObject({ name: "warning" });
  if (n > 10) expect(all[9]!.message).toContain(`and ${n - 9} more errors`);
});

test("what is escaped is read back, on one line", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const escaping of [messageText, propertyText]) {
        expect(unescaped(escaping(text))).toBe(text);
        expect(escaping(text)).not.toMatch(/[\r\n]/);
      }
      expect(propertyText(text)).not.toMatch(/[:,]/);
    }),
  );
});

test("no finding can be a command of its own, or add properties", () => {
  fc.assert(
    fc.property(hostileRun, (run) => {
      const all = commands(githubReport(run));
      const known = run.diagnostics.filter((d) => d.level !== "note" || d.place).length;
      expect(all.filter((c) => c.properties["title"]).length).toBe(known);
      for (const { name, properties } of all) {
        expect(["error", "warning", "notice"]).toContain(name);
        for (const key of Object.keys(properties))
          expect(["file", "line", "endLine", "col", "endColumn", "title"]).toContain(key);
      }
    }),
    { numRuns: 200 },
  );
});

test("no absolute path and no credential leaves the machine", () => {
  const key = ["sk", "ant", "api03", "Zq7wX2".repeat(9)].join("-");
  const said = githubReport(
    runOf([
      finding({
        reason: `no portable.yaml in /home/dana/shop/x or above, /home/dana/shop, /home/dana/shopping`,
        note: `key: ${key}`,
      }),
    ]),
  );
  expect(said).toContain("in x or above, ., /home/dana/shopping");
  expect(said).not.toContain(key);
});
