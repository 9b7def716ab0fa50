import { createScanner, type Node, type ParseError, parseTree } from "jsonc-parser";
import { type Data, Mismatch, unread } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import type { Comment, Sequence, Span } from "./sequence.ts";
import { MAX_DEPTH, TOO_DEEP } from "./steps.ts";

/** jsonc-parser's `SyntaxKind`, a const enum that cannot be imported. */
export const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  blanks: 15,
  eof: 17,
};

/** What jsonc-parser's `ParseErrorCode` means. */
const FAULTS: Record<number, string> = {
  1: "not JSON",
  2: "not a number",
  3: "a quoted key is missing",
  4: "a value is missing",
  5: "a colon is missing",
  6: "a comma is missing",
  7: "the closing } is missing",
  8: "the closing ] is missing",
  9: "something stands behind the end of the document",
  10: "a comment cannot stand here",
  11: "a comment is not closed",
  12: "a string is not closed",
  13: "a number is not finished",
  14: "a \\u escape is not four hexadecimal digits",
  15: "an escape that JSON does not have",
  16: "a control character in a string",
};

/** Throws `Mismatch` before the recursive parser can run out of stack. */
const checkDepth = (text: string): void => {
  const scanner = createScanner(text, true);
  const open: number[] = [];
  for (let kind: number = scanner.scan(); kind !== TOKEN.eof; kind = scanner.scan()) {
    if (kind === TOKEN.openBrace || kind === TOKEN.openBracket) open.push(kind);
    else if (kind - 1 === open.at(-1)) open.pop();
    if (open.length > MAX_DEPTH) throw new Mismatch(TOO_DEEP, scanner.getTokenOffset());
  }
};

/** The tree of a document without byte order mark; undefined when it is empty or only comments. */
export const treeOf = (text: string): Node | undefined => {
  checkDepth(text);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors.sort((a, b) => a.offset - b.offset);
  if (first) throw new Mismatch(FAULTS[first.error] ?? "not JSON", first.offset);
  if (root && root.type !== "object") throw new Mismatch("the document is not an object", root.offset);
  return root;
};

export const keyOf = (property: Node): string => property.children![0]!.value;
export const memberOf = (property: Node): Node => property.children![1]!;
export const childrenOf = (node: Node): Node[] => node.children ?? [];
export const spanOf = (node: Node): Span => [node.offset, node.offset + node.length];
const sourceIn = (text: string, node: Node): string => text.slice(...spanOf(node));

const dataOf = (text: string, node: Node): unknown => {
  if (node.type === "array") return childrenOf(node).map((item) => dataOf(text, item));
  if (node.type === "object") return objectOf(text, node);
  return node.type === "number" ? numberOf(sourceIn(text, node)) : node.value;
};

export const objectOf = (text: string, node: Node): Data => {
  const data: Data = {};
  for (const property of childrenOf(node)) {
    const key = keyOf(property);
    if (key === "__proto__") throw new Mismatch("`__proto__` cannot be a key", property.offset);
    data[key] = dataOf(text, memberOf(property));
  }
  return data;
};

/** A number that a double holds as it is written; other integers stay unread. */
const numberOf = (source: string): unknown => {
  const value = Number(source);
  const exact = Number.isSafeInteger(value) || (Number.isFinite(value) && /[.eE]/.test(source));
  return exact ? value : unread(source);
};

export const rootData = (text: string): Data => {
  const root = treeOf(text);
  return root ? objectOf(text, root) : {};
};

/** The property or list item that `step` names in `node`; a key that stands twice has no single place. */
export const childAt = (node: Node, step: string | number): number => {
  const children = childrenOf(node);
  if (typeof step === "number") return node.type === "array" && step < children.length ? step : -1;
  if (node.type !== "object") return -1;
  const index = children.findIndex((child) => keyOf(child) === step);
  const twin = children.findLastIndex((child) => keyOf(child) === step);
  if (index !== twin) throw new Mismatch(`the key \`${step}\` stands twice`, children[twin]!.offset);
  return index;
};

export const contentOf = (child: Node): Node => (child.type === "property" ? memberOf(child) : child);

/** The property or item at `path`, which stands there. */
export const placeOf = (root: Node, path: Path): Node =>
  path.reduce((node, step) => childrenOf(contentOf(node))[childAt(contentOf(node), step)]!, root);

/** Commas and comments around the children of an object or list. */
export const sequenceOf = (text: string, node: Node): Sequence => {
  const items = childrenOf(node).map(spanOf);
  const commas: (number | undefined)[] = items.map(() => undefined);
  const comments: Comment[] = [];
  const close = node.offset + node.length - 1;
  const scanner = createScanner(text, false);
  for (let i = 0; i <= items.length; i++) {
    const end = items[i]?.[0] ?? close;
    scanner.setPosition(items[i - 1]?.[1] ?? node.offset + 1);
    for (let kind: number = scanner.scan(); scanner.getTokenOffset() < end; kind = scanner.scan()) {
      const start = scanner.getTokenOffset();
      if (kind === TOKEN.comma) commas[i - 1] = start;
      else if (kind === TOKEN.lineComment || kind === TOKEN.blockComment)
        comments.push({ span: [start, start + scanner.getTokenLength()], line: kind === TOKEN.lineComment });
    }
  }
  return { text, open: node.offset + 1, close, items, commas, comments };
};
