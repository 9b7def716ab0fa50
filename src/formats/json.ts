import { createScanner, type Node } from "jsonc-parser";
import { type Data, Mismatch } from "../core/data.ts";
import { type Edit, type Format, type Path, remembered } from "../core/format.ts";
import { eolOf } from "../core/text.ts";
import { NEW_DOCUMENT, printed, printedMember, type Style, styleOf } from "./json-print.ts";
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
} from "./json-tree.ts";
import { beginsLine, indentAt, insertItem, type Layout, removeItem, type Span, spliced } from "./sequence.ts";
import { applied, checked, equal, pastBom, type Step, stepsOf } from "./steps.ts";

const hasOwnLine = (text: string, place: Node): boolean =>
  place.parent === undefined || beginsLine(text, place.offset);

const put = (text: string, root: Node, style: Style, path: Path, value: unknown): string => {
  const place = placeOf(root, path);
  const indent = hasOwnLine(text, place) ? indentAt(text, place.offset) : undefined;
  return spliced(text, [[...spanOf(contentOf(place)), printed(value, style, indent)]]);
};

const add = (text: string, root: Node, style: Style, path: Path, value: unknown): string => {
  const place = placeOf(root, path.slice(0, -1));
  const outer = indentAt(text, place.offset);
  const layout: Layout = { ...style, outer, inner: outer + style.unit, expand: hasOwnLine(text, place) };
  const seq = sequenceOf(text, contentOf(place));
  const step = path.at(-1)!;
  return typeof step === "number"
    ? insertItem(seq, step, layout, (indent) => printed(value, style, indent))
    : insertItem(seq, seq.items.length, layout, (indent) => printedMember(step, value, style, indent));
};

const drop = (text: string, root: Node, path: Path): string => {
  const node = contentOf(placeOf(root, path.slice(0, -1)));
  return removeItem(sequenceOf(text, node), childAt(node, path.at(-1)!));
};

const stepped = (text: string, step: Step, eol: string): string => {
  const root = treeOf(text)!;
  if (step.do === "drop") return drop(text, root, step.path);
  return (step.do === "put" ? put : add)(text, root, styleOf(text, root, eol), step.path, step.value);
};

/** The document without byte order mark after `edits`. */
const edited = (text: string, edits: readonly Edit[]): string => {
  const before = rootData(text);
  const eol = eolOf(text);
  let [after, out]: [Data, string] = [before, text];
  for (const edit of edits.map(checked)) {
    const wanted = applied(after, edit);
    const steps = stepsOf(after, edit);
    if (steps.length > 0 && treeOf(out) === undefined) out = withRoot(out, eol);
    out = steps.reduce((now, step) => stepped(now, step, eol), out);
    after = wanted;
  }
  if (out !== text && !equal(rootData(out), after)) throw new Mismatch("the edit does not read back");
  return out;
};

const withRoot = (text: string, eol: string): string =>
  `${text}${text === "" || text.endsWith("\n") ? "" : eol}{}${eol}`;

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
export const json: Format = remembered({
  id: "json",
  parse: (text) => pastBom(text, rootData),
  edit: (text, edits) =>
    text === undefined ? written(edits) : pastBom(text, (body, bom) => bom + edited(body, edits)),
  locate: (text, path) =>
    pastBom(text, (body, bom) => {
      const span = located(body, path);
      return span && [span[0] + bom.length, span[1] + bom.length];
    }),
});

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
