import type { Node } from "jsonc-parser";
import { isUnread, sourceOf } from "../core/data.ts";
import { childrenOf, contentOf, memberOf } from "./json-tree.ts";
import { beginsLine, indentAt } from "./sequence.ts";

/** How a document is written. */
export interface Style {
  eol: string;
  /** One level of indentation. */
  unit: string;
  /** Behind a colon, and behind a comma on the same line. */
  gap: string;
}

/** How new documents are written. */
export const NEW_DOCUMENT: Style = { eol: "\n", unit: "  ", gap: " " };

/** The style of a document, by its first members; new lines end with `eol`. */
export const styleOf = (text: string, root: Node, eol: string): Style => {
  const [first] = childrenOf(root);
  const tight = first !== undefined && first.colonOffset! + 1 === memberOf(first).offset;
  return { eol, unit: unitOf(text, root) ?? NEW_DOCUMENT.unit, gap: tight ? "" : " " };
};

/** What the first indented child has more than its parent's line. */
const unitOf = (text: string, node: Node): string | undefined => {
  for (const child of childrenOf(node)) {
    const unit =
      (beginsLine(text, child.offset) && unitAt(text, node, child)) || unitOf(text, contentOf(child));
    if (unit) return unit;
  }
  return undefined;
};

const unitAt = (text: string, node: Node, child: Node): string => {
  const outer = indentAt(text, node.offset);
  const inner = indentAt(text, child.offset);
  return inner.startsWith(outer) ? inner.slice(outer.length) : "";
};

/** A value as JSON, expanded on lines that begin with `indent`; all on one line without it. */
export const printed = (value: unknown, style: Style, indent: string | undefined): string => {
  if (isUnread(value)) return sourceOf(value);
  if (typeof value === "number") return printedNumber(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = indent === undefined ? undefined : indent + style.unit;
  if (Array.isArray(value))
    return bracketed(
      "[",
      value.map((item) => printed(item, style, inner)),
      "]",
      style,
      indent,
    );
  const members = Object.entries(value).map(([key, member]) => printedMember(key, member, style, inner));
  return bracketed("{", members, "}", style, indent);
};

/** A key and its value, laid out as `printed` does. */
export const printedMember = (
  key: string,
  value: unknown,
  style: Style,
  indent: string | undefined,
): string => `${JSON.stringify(key)}:${style.gap}${printed(value, style, indent)}`;

const bracketed = (
  open: string,
  parts: string[],
  close: string,
  style: Style,
  indent: string | undefined,
): string => {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(`,${style.gap}`) + close;
  const inner = style.eol + indent + style.unit;
  return open + inner + parts.join(`,${inner}`) + style.eol + indent + close;
};

const printedNumber = (value: number): string => {
  if (Object.is(value, -0)) return "-0";
  const source = String(value);
  return Number.isSafeInteger(value) || /[.e]/.test(source) ? source : `${source}.0`;
};
