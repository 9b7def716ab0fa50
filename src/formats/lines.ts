import { type Data, Mismatch } from "../core/data.ts";
import { type Edit, type Format, remembered } from "../core/format.ts";
import { eolOf } from "../core/text.ts";

/** One line as it stands, with its line end. */
interface Line {
  text: string;
  pattern: string | undefined;
}

/** The text without white space at its end; a space behind a backslash stays. */
const withoutEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return text.slice(0, end < text.length && text[end - 1] === "\\" ? end + 1 : end);
};
/** A line is a pattern unless it is blank or begins with `#`; white space at its end does not count. */
const patternOf = (line: string): string | undefined => {
  const bare = line.replace(/\r?\n$/, "").replace(/^\uFEFF/, "");
  const trimmed = withoutEnd(bare);
  return trimmed === "" || trimmed.startsWith("#") ? undefined : trimmed;
};
/** A line that stands for itself: no comment, not blank, no space at its end. */
export const isPattern = (line: string): boolean => !/[\r\n]/.test(line) && patternOf(line) === line;
/** A pattern with `!` takes back what stands before it: then the order counts. */
export const hasExceptions = (patterns: readonly string[]): boolean =>
  patterns.some((p) => p.startsWith("!"));
const linesOf = (text: string): Line[] =>
  (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((l) => ({ text: l, pattern: patternOf(l) }));

/** Index among all lines of the n-th pattern; the number of lines where there is none. */
const placeOf = (lines: readonly Line[], n: number): number => {
  let seen = -1;
  const at = lines.findIndex((l) => l.pattern !== undefined && ++seen === n);
  return at < 0 ? lines.length : at;
};

const written = (value: unknown): string => {
  if (typeof value !== "string" || value === "" || /[\r\n]/.test(value))
    throw new Mismatch("expected one line of text");
  if (!isPattern(value)) throw new Mismatch("a line that reads as a comment or loses its last space");
  return value;
};

const edited = (text: string, { path, value }: Edit, eol: string): string => {
  const [key, index] = path;
  if (key !== "lines" || path.length > 2) throw new Mismatch("a file of lines has only lines");
  if (path.length === 1) {
    if (value !== undefined) throw new Mismatch("lines are changed one by one");
    return linesOf(text)
      .flatMap((l) => (l.pattern === undefined ? [l.text] : []))
      .join("");
  }
  const lines = linesOf(text);
  const at = placeOf(lines, Number(index));
  const before = lines
    .slice(0, at)
    .map((l) => l.text)
    .join("");
  const after = lines
    .slice(at + 1)
    .map((l) => l.text)
    .join("");
  if (value === undefined) return at < lines.length ? before + after : text;
  const joint = before === "" || before.endsWith("\n") ? "" : eol;
  return `${before}${joint}${written(value)}${eol}${after}`;
};

/** Files of patterns, one a line, with `#` comments: `.cursorignore`. Data is `{ lines: [...] }`; comments and blank lines stay. */
export const lines: Format = remembered({
  id: "lines",
  parse: (text): Data => {
    const found = linesOf(text).flatMap((l) => l.pattern ?? []);
    return found.length ? { lines: found } : {};
  },
  edit: (text = "", edits) => {
    const eol = eolOf(text);
    return edits.reduce((now, edit) => edited(now, edit, eol), text);
  },
  locate: (text, path) => {
    const all = linesOf(text);
    if (path[0] !== "lines") return undefined;
    const at = placeOf(all, Number(path[1] ?? 0));
    const start = all.slice(0, at).reduce((n, l) => n + l.text.length, 0);
    return at < all.length ? [start, start + all[at]!.pattern!.length] : undefined;
  },
});
