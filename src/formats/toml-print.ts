import { type Data, isUnread, Mismatch, sourceOf } from "../core/data.ts";
import { isTable } from "./steps.ts";

/** How the value that is replaced was written. */
export interface Prior {
  /** Quotes: `'` or `"`, three of them over several lines. */
  quote?: "basic" | "literal";
  multiline?: boolean;
  /** A float keeps its point. */
  float?: boolean;
}

const NAMED: Record<string, string> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

const escaped = (char: string): string =>
  NAMED[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

const basic = (text: string): string => `"${text.replace(/[\x00-\x1f"\\\x7f]/g, escaped)}"`;

/** Quotes are escaped only where three would end the string. */
const multilineBasic = (text: string, eol: string): string => {
  const body = text.replace(/[\x00-\x08\x0b-\x1f\\\x7f]/g, escaped).replace(/"(?="")|"$/g, '\\"');
  return `"""${eol}${body.replaceAll("\n", eol)}"""`;
};

const isLiteral = (text: string): boolean => !/[\x00-\x08\x0a-\x1f'\x7f]/.test(text);
const isMultilineLiteral = (text: string): boolean => !/[\x00-\x08\x0b-\x1f\x7f]|'''|'$/.test(text);

const printedString = (text: string, prior: Prior, eol: string): string => {
  if (/\p{Surrogate}/u.test(text))
    throw new Mismatch("a string holds half of a surrogate pair; TOML cannot say that");
  const literal = prior.quote === "literal";
  if (prior.multiline && (text.includes("\n") || literal))
    return literal && isMultilineLiteral(text)
      ? `'''${eol}${text.replaceAll("\n", eol)}'''`
      : multilineBasic(text, eol);
  return literal && isLiteral(text) ? `'${text}'` : basic(text);
};

/** Smaller doubles are refused: writers that are about print them in a form of their own (`@iarna/toml` 3.0.0, 2026-11-22). */
const SMALLEST = 1e-6;

const printedNumber = (value: number, float: boolean | undefined): string => {
  if (value !== 0 && Math.abs(value) < SMALLEST)
    throw new Mismatch(`${value} is too small to write in TOML safely`);
  if (Object.is(value, -0)) return "-0.0";
  const source = String(value);
  return /[.e]/.test(source) || (Number.isSafeInteger(value) && !float) ? source : `${source}.0`;
};

/** A key as it stands before `=` or in a header; names that older readers trip over are refused. */
export const printedKey = (names: readonly string[]): string => names.map(printedName).join(".");

/** Whether readers that keep tables in plain objects take a key for a member that every object has. */
export const isInherited = (name: string): boolean => name in Object.prototype;

const printedName = (name: string): string => {
  if (isInherited(name)) throw new Mismatch(`\`${name}\` cannot be a key in TOML`);
  if (/\p{Surrogate}/u.test(name))
    throw new Mismatch("a key holds half of a surrogate pair; TOML cannot say that");
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : basic(name);
};

/** A value on one line, tables inline. */
export const printedInline = (value: unknown, prior: Prior = {}, eol = "\n"): string => {
  if (isUnread(value)) return sourceOf(value);
  if (typeof value === "string") return printedString(value, prior, eol);
  if (typeof value === "number") return printedNumber(value, prior.float);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return printedList(value);
  if (isTable(value)) return printedTable(value);
  throw new Mismatch("TOML has no null");
};

const printedList = (items: readonly unknown[]): string => {
  const tables = items.filter(isTable).length;
  if (tables > 0 && tables < items.length)
    throw new Mismatch("a list of tables and other values cannot be written safely");
  return `[${items.map((item) => printedInline(item)).join(", ")}]`;
};

const printedTable = (data: Data): string => {
  const pairs = Object.entries(data).map(([key, value]) => `${printedKey([key])} = ${printedInline(value)}`);
  return pairs.length > 0 ? `{ ${pairs.join(", ")} }` : "{}";
};

/** A value that has headers of its own: a table, or a list of nothing but tables. */
export const hasHeader = (value: unknown): boolean =>
  isTable(value) || (Array.isArray(value) && value.length > 0 && value.every(isTable));

/** A `key = value` line without its end; text of several lines stands in `"""`. */
export const printedPair = (names: readonly string[], value: unknown, eol: string): string =>
  `${printedKey(names)} = ${printedInline(value, { multiline: true }, eol)}`;

/** Where a table is printed. */
export interface Place {
  eol: string;
  /** Before each header and line. */
  indent: string;
}

/** The lines of a table or list of tables under its header; empty parents of other tables need none. */
export const printedTables = (names: readonly string[], value: unknown, place: Place): string =>
  blocksOf(names, value, place).join(place.eol + place.eol);

/** One element of a list of tables. */
export const printedElement = (names: readonly string[], value: Data, place: Place): string =>
  [blockOf(`[[${printedKey(names)}]]`, value, place), ...innerBlocks(names, value, place)].join(
    place.eol + place.eol,
  );

const blocksOf = (names: readonly string[], value: unknown, place: Place): string[] => {
  if (Array.isArray(value)) return value.map((item) => printedElement(names, item, place));
  const data = value as Data;
  const inner = innerBlocks(names, data, place);
  const needsHeader = inner.length === 0 || leavesOf(data).length > 0;
  return needsHeader ? [blockOf(`[${printedKey(names)}]`, data, place), ...inner] : inner;
};

const leavesOf = (data: Data): [string, unknown][] =>
  Object.entries(data).filter(([, value]) => !hasHeader(value));

const innerBlocks = (names: readonly string[], data: Data, place: Place): string[] =>
  Object.entries(data)
    .filter(([, value]) => hasHeader(value))
    .flatMap(([key, value]) => blocksOf([...names, key], value, place));

const blockOf = (header: string, data: Data, { eol, indent }: Place): string =>
  [header, ...leavesOf(data).map(([key, value]) => printedPair([key], value, eol))]
    .map((line) => indent + line)
    .join(eol);

/** A whole new document. */
export const printedDocument = (data: Data): string => {
  const place = { eol: "\n", indent: "" };
  const lines = leavesOf(data)
    .map(([key, value]) => printedPair([key], value, place.eol))
    .join("\n");
  const blocks = [lines, ...innerBlocks([], data, place)].filter((block) => block !== "");
  return blocks.length > 0 ? `${blocks.join("\n\n")}\n` : "";
};
