import fc from "fast-check";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import type { Run } from "../../src/report/run.ts";

/** A finding, of which only what matters is said. */
export const finding = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: "drift/edited",
  level: "error",
  reason: "AGENTS.md was edited by hand",
  ...more,
});

/** A run as a format is given it; the files are texts by their paths. */
export const runOf = (
  diagnostics: readonly Diagnostic[],
  more: Partial<Run> & { files?: Record<string, string>; prefix?: string } = {},
): Run => {
  const { files = {}, prefix = "", ...rest } = more;
  return {
    command: "verify",
    exit: diagnostics.some((d) => d.level === "error") ? 1 : 0,
    diagnostics,
    lines: [],
    data: {},
    source: (file) => files[file],
    repository: {
      prefix,
      hidden: [
        [`/home/dana/shop/${prefix}`.replace(/\/$/, ""), prefix.slice(0, -1) || "."],
        ["/home/dana/shop", "."],
      ],
    },
    ...rest,
  };
};

const hostilePieces = [
  "::error::",
  "##[error]",
  "%0A",
  "\n",
  "\r\n",
  "\r",
  ",",
  ":",
  "=",
  "%",
  "`",
  "``",
  "```",
  "~~~",
  "|",
  "\\",
  "@dana",
  "@acme/team",
  "#123",
  "acme/shop#1",
  "GH-12",
  "https://evil.example/x",
  "www.evil.example",
  "a@b.example",
  "<script>",
  "</details>",
  "</summary>",
  "<!--",
  "-->",
  "<img src=x>",
  "&lt;",
  "&#64;dana",
  "[a](b)",
  "![a](b)",
  "[x]: y",
  "**",
  "__",
  "*",
  "_",
  "$x$",
  ":tada:",
  "# ",
  "- ",
  "1. ",
  "> ",
  "    ",
  "\u202E",
  "\u200B",
  "\u0000",
  "\u001B[31m",
  "\uD800",
  "\u{E0041}",
  "5f1e0c2d9b7a46c38e0f1a2b3c4d5e6f70819203",
  "é",
  "日本",
  "😀",
  " ",
  "word",
];
/** Text that means to be something else than text. */
export const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...hostilePieces) },
      fc.string({ maxLength: 6, unit: "binary" }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

const codes = ["drift/edited", "loss/weak", "spec/value", "import/unread"] as const;
/** Findings whose every text is hostile, with the files that they stand in. */
export const hostileRun: fc.Arbitrary<Run> = fc
  .record({
    found: fc.array(
      fc.record(
        {
          code: fc.constantFrom(...codes),
          level: fc.constantFrom("error" as const, "warning" as const, "note" as const),
          reason: hostile,
          note: hostile,
          fix: fc.oneof(
            hostile,
            hostile.map((h) => `portable import ${h}`),
          ),
          item: hostile,
          place: fc.record({ file: hostile.map((h) => `x${h}`), start: fc.nat(40), end: fc.nat(60) }),
        },
        { requiredKeys: ["code", "level", "reason"] },
      ),
      { maxLength: 30 },
    ),
    text: fc.array(hostile, { maxLength: 5 }).map((lines) => lines.join("\n")),
    lines: fc.array(hostile, { maxLength: 4 }),
    prefix: fc.constantFrom("", "packages/api/"),
    exit: fc.constantFrom(0, 1, 2, 3),
  })
  .map(({ found, text, lines, prefix, exit }) => ({
    ...runOf(found as Diagnostic[], { prefix, exit, lines }),
    source: () => text,
  }));
