import fc from "fast-check";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { expect, test } from "vitest";
import { block, code, inline } from "../../src/report/inline.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { visible } from "../../src/report/run.ts";
import { finding, hostile, hostileRun, runOf } from "./run.ts";

interface Node {
  type: string;
  value?: string;
  children?: Node[];
}
const tree = (markdown: string): Node => unified().use(remarkParse).parse(markdown) as Node;
const all = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(all)];
const textOf = (node: Node): string => node.value ?? (node.children ?? []).map(textOf).join("");

/** What GitHub makes something of in text that is no code. */
const LIVE = /@\w|#\d|\bGH-\d|:\/\/|\bwww\.|\$\S|(?<![^\W_])[0-9a-f]{7,64}(?![^\W_])|:\w+:/i;
/** HTML that the report writes itself. */
const OURS = /^(?:<br>|<\/?details>|<details><summary>[^<>&@#]*<\/summary>)$/;

test("the verdict first, then what failed by file, the commands, the rest folded", () => {
  const found = [
    finding({ level: "note", code: "loss/kind", reason: "agents gets no hook (1)" }),
    finding({ level: "warning", code: "loss/weak", reason: "aider gets it weaker: `apply` is gone" }),
    finding({
      place: { file: "AGENTS.md", start: 4 },
      note: "bring it in",
      fix: "portable import AGENTS.md",
    }),
    finding({
      code: "drift/missing",
      place: { file: "CLAUDE.md" },
      reason: "it is missing",
      fix: "portable build",
    }),
    finding({ code: "spec/value", place: { file: "AGENTS.md" }, reason: "a_b", fix: "x: 1" }),
  ];
  const run = runOf(found, {
    files: { "AGENTS.md": "one\ntwo\n" },
    lines: ["3 files not as the spec wants"],
  });
  expect(markdownReport(run)).toBe(
    [
      "### portable verify: not clean, 3 errors, 1 warning",
      "",
      "3 files not as the spec wants",
      "",
      "`AGENTS.md`",
      "",
      "- **error** line 2: AGENTS.md was edited by hand (`drift/edited`)<br>bring it in<br>`portable import AGENTS.md`",
      "- **error** a\\_b (`spec/value`)<br>`x: 1`",
      "",
      "`CLAUDE.md`",
      "",
      "- **error** it is missing (`drift/missing`)<br>`portable build`",
      "",
      "To mend it:",
      "",
      "```sh",
      "portable import AGENTS.md",
      "portable build",
      "```",
      "",
      "<details><summary>1 warning</summary>",
      "",
      "In what the tools get",
      "",
      "- **warning** aider gets it weaker: `apply` is gone (`loss/weak`)",
      "",
      "</details>",
      "",
      "<details><summary>1 note</summary>",
      "",
      "In what the tools get",
      "",
      "- **note** agents gets no hook (1) (`loss/kind`)",
      "",
      "</details>",
    ].join("\n"),
  );
});

test("what is clean says so; what was refused says that", () => {
  expect(markdownReport(runOf([], { lines: ["2 files agree with the spec"] }))).toBe(
    "### portable verify: clean\n\n2 files agree with the spec",
  );
  expect(markdownReport(runOf([finding()], { exit: 2 }))).toMatch(/^### portable verify: refused, 1 error\n/);
  expect(markdownReport(runOf([finding()], { exit: 3 }))).toMatch(
    /^### portable verify: could not run, 1 error\n/,
  );
  expect(markdownReport(runOf([finding()], { exit: 0 }))).toMatch(
    /^### portable verify: not clean, 1 error\n/,
  );
});

test("warnings that fail the run are not folded", () => {
  const warnings = [finding({ level: "warning", code: "loss/weak" })];
  expect(markdownReport(runOf(warnings, { exit: 1 }))).not.toContain("<details>");
  expect(markdownReport(runOf(warnings, { exit: 0 }))).toContain("<details><summary>1 warning</summary>");
});

test("paths are the repository's, commands are to be run in the project's folder", () => {
  const found = [finding({ place: { file: "AGENTS.md" }, fix: "portable build" })];
  const said = markdownReport(runOf(found, { prefix: "packages/api/" }));
  expect(said).toContain("`packages/api/AGENTS.md`");
  expect(said).toContain("To mend it, in `packages/api`:");
});

test("long lists are folded, longer ones counted: it fits in a comment", () => {
  const many = Array.from({ length: 300 }, (_, i) =>
    finding({ place: { file: `f${i % 7}.md` }, reason: `reason ${i}`, fix: `portable import f${i}` }),
  );
  const said = markdownReport(runOf(many));
  expect(said).toContain("<details><summary>and 280 more</summary>");
  expect(said.match(/reason \d+/g)).toHaveLength(300);
  const huge = Array.from({ length: 5000 }, (_, i) =>
    finding({
      level: i % 2 ? "note" : "error",
      reason: `reason ${i} ${"`@x".repeat(400)}`,
      place: { file: "y".repeat(4000) },
    }),
  );
  const cut = markdownReport(runOf(huge, { lines: ["z\n".repeat(90_000)] }));
  expect(cut.length).toBeLessThanOrEqual(64_000);
  const shown = cut.match(/- \*\*error\*\*/g)!.length;
  expect(shown).toBeGreaterThan(10);
  expect(cut).toContain(`and ${2500 - shown} more: \`portable verify\` shows them all`);
  expect(cut).toContain("2500 notes: `portable verify` shows them");
});

test("a diff is folded behind the findings, and cut at a line", () => {
  const lines = ["--- a/x", `+++ b/x\n+${"```".repeat(3)}\n`, "1 file would change"];
  const said = markdownReport(runOf([], { command: "diff", exit: 1, lines }));
  expect(said).toContain("<details><summary>what portable diff says</summary>\n\n``````````diff\n--- a/x\n");
  const long = markdownReport(runOf([], { command: "diff", exit: 1, lines: Array(9000).fill("0123456789") }));
  expect(long.length).toBeLessThanOrEqual(64_000);
  expect(long).toContain("what portable diff says, its first part");
  expect(long).toMatch(/\n0123456789\n```\n\n<\/details>$/);
});

test("a text within a line reads as it is and is nothing else", () => {
  fc.assert(
    fc.property(hostile, (raw) => {
      const text = visible(raw);
      const nodes = all(tree(`- ${"**x**"} ${inline(text)}`));
      const types = new Set(nodes.map((n) => n.type));
      for (const type of types)
        expect(["root", "list", "listItem", "paragraph", "strong", "text", "inlineCode"]).toContain(type);
      for (const n of nodes) if (n.type === "text") expect(n.value).not.toMatch(LIVE);
      const flat = (t: string): string => t.replace(/[\s`]+/g, "");
      expect(flat(textOf(nodes[0]!))).toBe(flat(`x${text.replace(/\s*\n\s*/g, " / ")}`));
    }),
    { numRuns: 300 },
  );
});

test("a code span and a block hold what they are given", () => {
  fc.assert(
    fc.property(hostile, (raw) => {
      const text = visible(raw);
      const spans = all(tree(`a ${code(text)} b`)).filter((n) => n.type === "inlineCode");
      expect(spans.map((n) => n.value!.trim())).toEqual([text.replace(/\s*\n\s*/g, " ").trim()]);
      const blocks = all(tree(`<details><summary>x</summary>\n\n${block("text", text)}\n\n</details>`));
      expect(blocks.filter((n) => n.type === "code").map((n) => n.value)).toEqual([text]);
      expect(blocks.filter((n) => n.type === "html")).toHaveLength(2);
    }),
    { numRuns: 300 },
  );
});

test("no finding can break out of its line, be HTML, mention or refer to anything", () => {
  fc.assert(
    fc.property(hostileRun, (run) => {
      const said = markdownReport(run);
      const nodes = all(tree(said));
      for (const type of [
        "link",
        "image",
        "definition",
        "linkReference",
        "imageReference",
        "emphasis",
        "thematicBreak",
        "blockquote",
      ])
        expect(nodes.filter((n) => n.type === type)).toEqual([]);
      for (const n of nodes) {
        if (n.type === "html") expect(n.value).toMatch(OURS);
        if (n.type === "text") expect(n.value).not.toMatch(LIVE);
      }
      expect(nodes.filter((n) => n.type === "heading")).toHaveLength(1);
      expect(nodes.filter((n) => n.type === "listItem")).toHaveLength(run.diagnostics.length);
      const opened = nodes.filter((n) => n.type === "html" && n.value!.startsWith("<details>")).length;
      expect(nodes.filter((n) => n.type === "html" && n.value === "</details>")).toHaveLength(opened);
    }),
    { numRuns: 200 },
  );
});
