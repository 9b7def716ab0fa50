import type { AST } from "toml-eslint-parser";
import { beforeBreak, indentAt, pastBlanks, type Span } from "./sequence.ts";
import type { Document } from "./toml-tree.ts";

/** A header with its lines, or one line. */
export type Part = AST.TOMLTable | AST.TOMLKeyValue;

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** The end of the line of `at`, before its line break. */
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" && end > at ? end - 1 : end;
};

/** Where the line of `at` begins, or the block of comment lines that touches it from above. */
export const leadStart = ({ text, comments }: Document, at: number): number => {
  let start = lineStart(text, at);
  for (const { range } of comments.toReversed()) {
    if (range[0] >= start) continue;
    const line = lineStart(text, range[0]);
    if (lineStart(text, start - 1) !== line || pastBlanks(text, line) !== range[0]) break;
    start = line;
  }
  return start;
};

/** Where what belongs to a table ends: before the lead of the next one. */
export const tableEnd = (doc: Document, table: AST.TOMLTable | undefined): number => {
  const next = table && doc.tables[doc.tables.indexOf(table) + 1];
  return next ? leadStart(doc, next.range[0]) : doc.text.length;
};

/** A block between blank lines, behind the last line before `end` that is not blank. */
export const insertBlock = (doc: Document, end: number, block: string): string => {
  const { text, eol } = doc;
  const content = text.slice(0, end).trimEnd().length;
  if (content === 0) return insertBefore(doc, end, block);
  const at = lineEnd(text, content);
  return text.slice(0, at) + eol + eol + block + text.slice(at);
};

/** A block before the line that begins at `at`, and a blank line behind it. */
export const insertBefore = ({ text, eol }: Document, at: number, block: string): string =>
  text.slice(0, at) + block + eol + (at < text.length ? eol : "") + text.slice(at);

/** A line behind a header or a `key = value`, with the same indentation. */
export const insertLine = ({ text, eol }: Document, { range }: Part, line: string): string => {
  const at = lineEnd(text, range[1]);
  return text.slice(0, at) + eol + indentAt(text, range[0]) + line + text.slice(at);
};

/** `out`, which is the document with parts behind this one gone, without this one and its lead. */
export const withoutPart = (doc: Document, out: string, part: Part): string => {
  const end = part.type === "TOMLTable" ? (part.body.at(-1) ?? part).range[1] : part.range[1];
  return withoutLines(out, [leadStart(doc, part.range[0]), lineEnd(out, end)], part.type === "TOMLTable");
};

const isBlankLine = (text: string, start: number): boolean =>
  pastBlanks(text, start) === lineEnd(text, start);

/** The start of the next line; the end of the text on the last. */
const nextLine = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
};

/** Takes lines and one blank line: that above a table, that of two which would meet, or that at the start of the file. */
const withoutLines = (text: string, [start, end]: Span, isTable: boolean): string => {
  const next = nextLine(text, end);
  const isBlankBelow = isBlankLine(text, next);
  if (text.slice(0, start).trim() === "")
    return text.slice(0, start) + text.slice(isBlankBelow ? nextLine(text, next) : next);
  const from = beforeBreak(text, start);
  const above = lineStart(text, from);
  const isBlankAbove = above > 0 && isBlankLine(text, above);
  return (
    text.slice(0, isBlankAbove && (isTable || isBlankBelow) ? beforeBreak(text, above) : from) +
    text.slice(end)
  );
};
