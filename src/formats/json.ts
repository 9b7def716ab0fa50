import { createScanner, type Node } from "jsonc-parser";
import { type Data, isUnread, Mismatch, sourceOf } from "../core/data.ts";
import type { Edit, Format, Path } from "../core/format.ts";
import { eolOf } from "../core/text.ts";
import {
  childAt,
  childrenOf,
  contentOf,
  keyOf,
  placeOf,
  rootData,
  sequenceOf,
  spanOf,
  TOKEN,
  treeOf,
  memberOf,
} from "./json-tree.ts";
import { beginsLine, indentAt, insertItem, type Layout, removeItem, type Span, spliced } from "./sequence.ts";
import { applied, checked, equal, pastBom, type Step, stepsOf } from "./steps.ts";

/** How a document is written. */
interface Style {
  eol: string;
  /** One level of indentation. */
  unit: string;
  /** Behind a colon, and behind a comma on the same line. */
  gap: string;
}

const NEW_DOCUMENT: Style = { eol: "\n", unit: "  ", gap: " " };

const styleOf = (text: string, root: Node): Style => {
  const [first] = childrenOf(root);
  const tight = first !== undefined && first.colonOffset! + 1 === memberOf(first).offset;
  return { eol: eolOf(text), unit: unitOf(text, root) ?? NEW_DOCUMENT.unit, gap: tight ? "" : " " };
};

/** What the first indented child has more than its parent's line. */
const unitOf = (text: string, node: Node): string | undefined => {
  const outer = indentAt(text, node.offset);
  for (const child of childrenOf(node)) {
    const inner = indentAt(text, child.offset);
    if (beginsLine(text, child.offset) && inner.length > outer.length && inner.startsWith(outer))
      return inner.slice(outer.length);
    const unit = unitOf(text, contentOf(child));
    if (unit !== undefined) return unit;
  }
  return undefined;
};

/** A value as JSON, expanded on lines that begin with `indent`; all on one line without it. */
const printed = (value: unknown, style: Style, indent: string | undefined): string => {
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

const printedMember = (key: string, value: unknown, style: Style, indent: string | undefined): string =>
  `${JSON.stringify(key)}:${style.gap}${printed(value, style, indent)}`;

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

const hasOwnLine = (text: string, place: Node): boolean =>
  place.parent === undefined || beginsLine(text, place.offset);

const put = (text: string, root: Node, path: Path, value: unknown): string => {
  const place = placeOf(root, path);
  const indent = hasOwnLine(text, place) ? indentAt(text, place.offset) : undefined;
  return spliced(text, [[...spanOf(contentOf(place)), printed(value, styleOf(text, root), indent)]]);
};

const add = (text: string, root: Node, path: Path, value: unknown): string => {
  const place = placeOf(root, path.slice(0, -1));
  const node = contentOf(place);
  const style = styleOf(text, root);
  const outer = indentAt(text, place.offset);
  const layout: Layout = { ...style, outer, inner: outer + style.unit, expand: hasOwnLine(text, place) };
  const seq = sequenceOf(text, node);
  const step = path.at(-1)!;
  return insertItem(seq, typeof step === "number" ? step : seq.items.length, layout, (indent) =>
    typeof step === "number" ? printed(value, style, indent) : printedMember(step, value, style, indent),
  );
};

const drop = (text: string, root: Node, path: Path): string => {
  const node = contentOf(placeOf(root, path.slice(0, -1)));
  return removeItem(sequenceOf(text, node), childAt(node, path.at(-1)!));
};

const stepped = (text: string, step: Step): string => {
  const root = treeOf(text)!;
  if (step.do === "drop") return drop(text, root, step.path);
  return (step.do === "put" ? put : add)(text, root, step.path, step.value);
};

/** The document without byte order mark after `edits`. */
const edited = (text: string, edits: readonly Edit[]): string => {
  const before = rootData(text);
  let [after, out]: [Data, string] = [before, text];
  for (const edit of edits.map(checked)) {
    const wanted = applied(after, edit);
    const steps = stepsOf(after, edit);
    if (steps.length > 0 && treeOf(out) === undefined) out = withRoot(out);
    out = steps.reduce(stepped, out);
    after = wanted;
  }
  if (out !== text && !equal(rootData(out), after)) throw new Mismatch("the edit does not read back");
  return out;
};

const withRoot = (text: string): string =>
  `${text}${text === "" || text.endsWith("\n") ? "" : eolOf(text)}{}${eolOf(text)}`;

/** The property or item at `path`; of keys that stand twice the last, which is the one that counts. */
const located = (text: string, path: Path): Span | undefined => {
  let place = treeOf(text);
  for (const step of path) place = place && childCalled(contentOf(place), step);
  return place && spanOf(place);
};

const childCalled = (node: Node, step: string | number): Node | undefined => {
  if (typeof step === "number") return node.type === "array" ? childrenOf(node)[step] : undefined;
  return node.type === "object" ? childrenOf(node).findLast((child) => keyOf(child) === step) : undefined;
};

const written = (edits: readonly Edit[]): string => {
  const data = edits.map(checked).reduce(applied, {} as Data);
  return `${printed(data, NEW_DOCUMENT, "")}\n`;
};

/**
 * JSON with comments and trailing commas. Reads what editors call JSONC; edits keep comments, indentation, line ends
 * and byte order mark, and are strict JSON where the file was. Integers beyond 2^53 are unread values.
 */
export const json: Format = {
  id: "json",
  parse: (text) => pastBom(text, rootData),
  edit: (text, edits) =>
    text === undefined ? written(edits) : pastBom(text, (body, bom) => bom + edited(body, edits)),
  locate: (text, path) =>
    pastBom(text, (body, bom) => {
      const span = located(body, path);
      return span && [span[0] + bom.length, span[1] + bom.length];
    }),
};

/** The first thing in JSONC that RFC 8259 does not have. */
const extensionIn = (text: string): { at: number; reason: string } | undefined => {
  const scanner = createScanner(text, false);
  let comma: number | undefined;
  for (let kind: number = scanner.scan(); kind !== TOKEN.eof; kind = scanner.scan()) {
    const at = scanner.getTokenOffset();
    const closes = kind === TOKEN.closeBrace || kind === TOKEN.closeBracket;
    if (closes && comma !== undefined) return { at: comma, reason: "a trailing comma" };
    if (kind === TOKEN.lineComment || kind === TOKEN.blockComment) return { at, reason: "a comment" };
    if (kind === TOKEN.comma) comma = at;
    else if (kind !== TOKEN.lineBreak && kind !== TOKEN.blanks) comma = undefined;
  }
  return undefined;
};

const syntaxFault = (text: string): { at: number; reason: string } => {
  try {
    treeOf(text);
    return { at: 0, reason: text.trim() === "" ? "the file is empty" : "not strict JSON" };
  } catch (fault) {
    if (!(fault instanceof Mismatch)) throw fault;
    return { at: fault.at ?? 0, reason: fault.message };
  }
};

/**
 * Why a reader of strict JSON (RFC 8259, `JSON.parse`) rejects a text, and where: a comment, a trailing comma, a byte
 * order mark, a fault that JSONC does not allow either. Undefined when it reads it.
 */
export const strictJsonFault = (text: string): { at: number; reason: string } | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    if (text.startsWith("\uFEFF")) return { at: 0, reason: "a byte order mark" };
    return extensionIn(text) ?? syntaxFault(text);
  }
};
