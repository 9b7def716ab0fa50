import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf, runCase } from "./run-case.ts";

const folder = join(import.meta.dirname, "cases");
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .sort();
const accept = !!process.env["ACCEPT"];

for (const name of names)
  test(`case ${name}`, async () => {
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    const { wrong, accepted } = await runCase(text);
    if (accept && wrong.length) writeFileSync(file, accepted);
    if (accept) return;
    for (const { line, wanted, got } of wrong)
      expect(got, `test/cases/${name}:${line} (npm run accept)`).toBe(wanted);
  });

test("every case says in a sentence what it shows, and runs something", () => {
  for (const name of names) {
    const text = readFileSync(join(folder, name), "utf8");
    expect(text, name).toMatch(/^# \S.*\n\n(?!```)[^\n#$].*[.:]\n/);
    expect(blocksOf(text).filter((b) => b.language === "console").length, name).toBeGreaterThan(0);
  }
});

describe("the runner", () => {
  const block = (info: string, content: string): string => `\`\`\`${info}\n${content}\`\`\`\n`;

  test("tells where a case is wrong, and gives it right", async () => {
    const text = `x\n\n${block("console", "$ portable nope\nhello\n")}`;
    const { wrong, accepted } = await runCase(text);
    expect(wrong.map((w) => w.line)).toEqual([4]);
    expect(accepted).toBe(text.replace("hello\n", wrong[0]!.got.replace(/^.*\n/, "")));
    expect(accepted).toMatch(/\n=> 2\n```\n$/);
    expect((await runCase(accepted)).wrong).toEqual([]);
  });

  test.each([
    ["another text", block("md a.md", "x\n") + block("md expect a.md", "y\n")],
    ["no file", block("md expect a.md", "y\n")],
    ["a file that should not be there", block("md a.md", "x\n") + block("text expect a.md absent", "")],
    ["other line ends", block("md a.md crlf", "x\n") + block("md expect a.md", "x\n")],
    ["line ends that are said and not there", block("md a.md", "x\n") + block("md expect a.md crlf", "x\n")],
    ["no final newline", block("md a.md unended", "x\n") + block("md expect a.md", "x\n")],
    ["a byte order mark", block("md a.md bom", "x\n") + block("md expect a.md", "x\n")],
    ["a byte order mark that is not there", block("md a.md", "x\n") + block("md expect a.md bom", "x\n")],
    ["a mode", block("md a.md", "x\n") + block("md expect a.md exec", "x\n")],
    ["an exit status", block("console", "$ portable --version\n=> 1\n")],
  ])("sees %s", async (_, text) => expect((await runCase(text)).wrong).toHaveLength(1));

  test.each([
    ["crlf bom", block("md a.md crlf bom", "x\ny\n") + block("md expect a.md crlf bom", "x\ny\n")],
    ["unended exec", block("md a.md unended exec", "x\n") + block("md expect a.md unended exec", "x\n")],
    ["a longer fence", "````md a.md\n```\nx\n```\n````\n````md expect a.md\n```\nx\n```\n````\n"],
    ["steps", block("console", "$ echo 'a b' >> x.md\n$ sed -i 's/a/c/' x.md\n$ cat x.md\nc b\n$ rm x.md\n")],
  ])("lets %s pass", async (_, text) => expect((await runCase(text)).wrong).toEqual([]));

  test("refuses what it does not know", async () => {
    await expect(runCase(block("console", "$ ls -la\n"))).rejects.toThrow("cannot run");
    await expect(runCase(block("md a.md crfl", "x\n"))).rejects.toThrow("no form");
    expect(() => blocksOf("```console\n$ portable\n")).toThrow("no end");
  });
});
