import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import glob from "fast-glob";
import { Mismatch } from "../../src/core/data.ts";
import { bareLine, claudeRule, cursorLine, type Dialect, yamlOrLine } from "../../src/formats/dialects.ts";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url).pathname;

/** Every Markdown file of the corpus, with its path in it; none where there is no corpus. */
export const corpusFiles: readonly { path: string; text: string }[] = existsSync(CORPUS)
  ? glob
      .sync("**/*.{md,mdc,markdown}", { cwd: CORPUS, dot: true, onlyFiles: true })
      .sort()
      .map((path) => ({ path, text: readFileSync(CORPUS + path, "utf8") }))
  : [];
export const NO_CORPUS = "needs the corpus beside the repository";

/** The dialect of the tool that reads a file. */
export const dialectOf = (path: string): Dialect => {
  if (/\.mdc$|\.cursor\/rules\//.test(path)) return cursorLine;
  if (/\.cursor\/agents\//.test(path)) return bareLine;
  return /\.claude\/rules\//.test(path) ? claudeRule : yamlOrLine;
};

/** The same text as other editors and systems would have saved it. */
export const variants = (text: string): Readonly<Record<string, string>> => ({
  "as it is": text,
  CRLF: text.replace(/\r?\n/g, "\r\n"),
  BOM: `\uFEFF${text.replace(/^\uFEFF/, "")}`,
  "no final newline": text.replace(/(?:\r?\n)+$/, ""),
});

/** The fault that `run` throws; fails where it throws none. */
export const faultOf = (run: () => unknown): Mismatch => {
  try {
    run();
  } catch (fault) {
    if (fault instanceof Mismatch) return fault;
    throw fault;
  }
  throw new Error("no fault");
};

/** Sources of values as people write them, good and bad. */
export const sources = fc.constantFrom(
  " a\n",
  "\n",
  "  # why\n",
  " 'q'\n",
  ' "d: e" # c\n',
  " a: b\n",
  " *.ts\n",
  ' [x, "y"]\n',
  " [x] from [y]\n",
  " { a: 1, b: [c] }\n",
  "\n  - a\n  - 'b' # c\n  # d\n  - \"e\"\n",
  "\n- a\n- b\n",
  "\n  - *.ts\n",
  " |\n  l1\n\n  l2\n",
  " |+\n  l1\n\n\n",
  " >-\n  f1\n  f2\n",
  " true\n",
  " 12\n",
  "\n  k: v # w\n  l:\n    - 1\n    - m: n\n",
  " &x a\n",
  " !t a\n",
  " é 👩‍💻\n",
  ' "unclosed\n',
  ' "two\n  lines"\n',
);

/** Values that are easy to write wrongly. */
export const values = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      "plain",
      "a: b",
      "# x",
      "a #b",
      "'q'",
      '"q"',
      "true",
      "12",
      "",
      " lead",
      "trail ",
      "*.ts",
      "**/*.{ts,tsx}",
    ],
    ...[
      "line\nbreak",
      "line\n",
      "\n",
      "\ta",
      "é👩‍💻",
      "- x",
      "[x]",
      "{x",
      "null",
      "~",
      "0x1f",
      "no",
      "1:30",
      "2020-01-01",
    ],
    ...[
      "---",
      "...",
      "a\r\nb",
      "\u2028",
      "\u0085x",
      "\ufeff",
      "\ud800",
      "@a",
      "`b`",
      "%c",
      "!d",
      "&e",
      "|",
      ">-",
      "a:",
    ],
    ...[
      true,
      false,
      null,
      3,
      -0.5,
      1e-7,
      [],
      {},
      ["a", "b: c"],
      ["*"],
      [1, [2, ["x"]], { a: [{ b: null }] }],
    ],
    ...[{ k: "v", l: [1, { m: "n" }] }, { "a b": 1, true: 2, "": 3 }, { k: { l: {}, m: [] } }],
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 }),
);
