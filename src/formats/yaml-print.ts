import { isObject } from "../core/data.ts";
import {
  atomText,
  blockText,
  type Dialect,
  doubleQuoted,
  isPlainSafe,
  keyText,
  singleQuoted,
} from "./yaml-scalar.ts";

/** How new text looks. */
export interface Style {
  dialect: Dialect;
  eol: string;
  /** Columns from a key to the keys below it. */
  unit: number;
  /** Columns from a key to the dashes below it. */
  dashOffset: number;
  /** Every string double-quoted, on one line. */
  quoted: boolean;
}

/** Where a value is put: behind a key or a dash that stands in column `col`. */
export interface Place {
  col: number;
  under: "key" | "dash";
  /** Blanks between a dash and what follows it. */
  gap: number;
  /** A tag or anchor stands between the dash and the value, so that a map or list starts on a line below. */
  propped?: boolean;
}

/** A value as text: what stands behind its key or dash, and the lines below, indentation included. */
export interface Printed {
  inline: string;
  body: string[];
}

/** How a string was written before; `undefined` for a new one. */
export type Quoting = "single" | "double" | "|" | ">" | undefined;

const pad = (columns: number): string => " ".repeat(columns);

const isFilledMap = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Object.keys(value).length > 0;

const blockString = (s: string, kind: "|" | ">", indent: number): Printed | undefined => {
  const block = blockText(s, kind);
  return block && { inline: block.header, body: block.lines.map((line) => (line ? pad(indent) + line : "")) };
};

const inline = (text: string): Printed => ({ inline: text, body: [] });

/** A string in the quoting it had, where that can say it; else unquoted, as a literal block, or double-quoted. */
const printString = (s: string, indent: number, style: Style, was: Quoting): Printed => {
  const fallback = inline(doubleQuoted(s));
  if (style.quoted || style.dialect === "1.1" || was === "double") return fallback;
  if (was === "|" || was === ">") return blockString(s, was, indent) ?? fallback;
  if (was === "single") return inline(singleQuoted(s) ?? doubleQuoted(s));
  if (s.includes("\n")) return blockString(s, "|", indent) ?? fallback;
  return isPlainSafe(s) ? inline(s) : fallback;
};

/** A value in block style. Throws `Mismatch` for what YAML cannot say. */
export const printBlock = (value: unknown, place: Place, style: Style, was?: Quoting): Printed => {
  const underKey = place.under === "key" || place.propped === true;
  const compact = place.col + 1 + place.gap;
  if (typeof value === "string")
    return printString(value, underKey ? place.col + style.unit : compact, style, was);
  if (isFilledMap(value)) {
    const col = underKey ? place.col + style.unit : compact;
    return hung(printEntries(Object.entries(value), col, style), col, underKey);
  }
  if (Array.isArray(value) && value.length > 0) {
    const col = underKey ? place.col + (place.propped ? style.unit : style.dashOffset) : compact;
    return hung(printItems(value, col, 1, style), col, underKey);
  }
  return inline(printFlow(value, style));
};

/** Below a key all lines stand for themselves; behind a dash the first one stands on its line. */
const hung = (lines: string[], col: number, underKey: boolean): Printed =>
  underKey ? { inline: "", body: lines } : { inline: lines[0]!.slice(col), body: lines.slice(1) };

/** The lines of a block map whose keys stand in column `col`. */
export const printEntries = (entries: [string, unknown][], col: number, style: Style): string[] =>
  entries.flatMap(([key, value]) => {
    const { inline, body } = printBlock(value, { col, under: "key", gap: 1 }, style);
    return [`${pad(col)}${keyText(key, style.dialect, false, false)}:${inline && ` ${inline}`}`, ...body];
  });

/** The lines of a block list whose dashes stand in column `col`. */
export const printItems = (values: unknown[], col: number, gap: number, style: Style): string[] =>
  values.flatMap((value) => {
    const { inline, body } = printBlock(value, { col, under: "dash", gap }, style);
    return [`${pad(col)}-${pad(gap)}${inline}`, ...body];
  });

const flowString = (s: string, style: Style, was: Quoting): string => {
  if (style.quoted || style.dialect === "1.1") return doubleQuoted(s);
  if (was === "single") return singleQuoted(s) ?? doubleQuoted(s);
  return isPlainSafe(s, true) ? s : doubleQuoted(s);
};

/** A value in flow style, on one line. Throws `Mismatch` for what YAML cannot say. */
export const printFlow = (value: unknown, style: Style, was?: Quoting): string => {
  if (typeof value === "string") return flowString(value, style, was);
  if (Array.isArray(value)) return `[${value.map((x) => printFlow(x, style)).join(", ")}]`;
  if (!isObject(value)) return atomText(value);
  const entries = Object.entries(value).map(([k, v]) => printFlowEntry(k, v, style));
  return entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}";
};

export const printFlowEntry = (key: string, value: unknown, style: Style): string =>
  `${keyText(key, style.dialect, true, style.quoted)}: ${printFlow(value, style)}`;
