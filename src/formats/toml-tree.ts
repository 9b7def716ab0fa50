import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { type Data, Mismatch, unread } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import { eolOf } from "../core/text.ts";
import type { Sequence } from "./sequence.ts";
import { MAX_DEPTH, TOO_DEEP } from "./steps.ts";

/** An inline list or table. */
export type Inline = AST.TOMLArray | AST.TOMLInlineTable;

/** A `key = value` line with its full path. */
export interface Pair {
  path: Path;
  node: AST.TOMLKeyValue;
}

/** A TOML document without byte order mark, as its parser sees it; all offsets are into `text`. */
export interface Document {
  text: string;
  /** The line end for new lines. */
  eol: string;
  /** Headers with their lines, in file order. */
  tables: readonly AST.TOMLTable[];
  /** Lines of the root and of all tables, in file order. */
  pairs: readonly Pair[];
  comments: readonly AST.Comment[];
  tokens: readonly AST.Token[];
}

/** The offset behind the string that begins at `at`; an open one ends with its line or the text. */
const stringEnd = (text: string, at: number): number => {
  const quote = text[at]!;
  const isTriple = text.startsWith(quote.repeat(3), at);
  const fence = isTriple ? quote.repeat(3) : quote;
  let end = at + fence.length;
  while (end < text.length && !text.startsWith(fence, end)) {
    if (!isTriple && text[end] === "\n") return end;
    end += quote === '"' && text[end] === "\\" ? 2 : 1;
  }
  end += fence.length;
  while (isTriple && text[end] === quote) end++;
  return end;
};

const lineEndAt = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

/** Throws `Mismatch` before nesting costs the parser stack or time. */
const checkDepth = (text: string): void => {
  let [depth, dots] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth = Math.max(0, depth - 1);
    dots = char === "." ? dots + 1 : "[{,=\n".includes(char) ? 0 : dots;
    if (depth > MAX_DEPTH || dots > MAX_DEPTH) throw new Mismatch(TOO_DEEP, at);
    if (char === '"' || char === "'") at = stringEnd(text, at) - 1;
    else if (char === "#") at = lineEndAt(text, at) - 1;
  }
};

const sentence = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

/**
 * The syntax tree by that version of TOML; throws `Mismatch` at the first fault. A string of more than about 100,000
 * characters is one: the parser (toml-eslint-parser 1.0.3, 2026-11-22) runs out of stack there.
 */
export const syntaxOf = (text: string, tomlVersion: "1.0" | "1.1"): AST.TOMLProgram => {
  checkDepth(text);
  try {
    return parseTOML(text, { tomlVersion });
  } catch (fault) {
    if (fault instanceof ParseError) throw new Mismatch(sentence(fault.message), fault.index);
    if (fault instanceof RangeError) throw new Mismatch("a string is too long to read");
    throw fault;
  }
};

/** The names of a key, from left to right. */
export const namesOf = ({ keys }: AST.TOMLKey): string[] =>
  keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));

const isTableNode = (node: AST.TOMLKeyValue | AST.TOMLTable): node is AST.TOMLTable =>
  node.type === "TOMLTable";

/** Reads TOML 1.1; throws `Mismatch` at the first fault. */
export const documentOf = (text: string, eol: string = eolOf(text)): Document => {
  const { body, comments, tokens } = syntaxOf(text, "1.1");
  const pairs: Pair[] = [];
  const addPair = (node: AST.TOMLKeyValue, parent: Path): number =>
    pairs.push({ path: [...parent, ...namesOf(node.key)], node });
  for (const node of body[0].body) {
    if (!isTableNode(node)) addPair(node, []);
    else for (const pair of node.body) addPair(pair, node.resolvedKey);
  }
  return { text, eol, tables: body[0].body.filter(isTableNode), pairs, comments, tokens };
};

const checkKey = (path: Path, at: number): void => {
  if (path.includes("__proto__")) throw new Mismatch("`__proto__` cannot be a key", at);
  if (path.length > MAX_DEPTH) throw new Mismatch(TOO_DEEP, at);
};

/** The object or list at `path`, made where it does not stand. */
const holderAt = (root: Data, path: Path): Data => {
  let node = root;
  for (const [i, step] of path.entries()) {
    if (!Object.hasOwn(node, step)) node[step] = typeof path[i + 1] === "number" ? [] : {};
    node = node[step] as Data;
  }
  return node;
};

const setAt = (root: Data, path: Path, value: unknown): void => {
  holderAt(root, path.slice(0, -1))[path.at(-1)!] = value;
};

/** The data of a document; dates are their source text, numbers that a double rounds (and `inf`, `nan`) are unread. */
export const dataOf = ({ text, tables, pairs }: Document): Data => {
  const root: Data = {};
  const headers = tables.map((node) => ({ path: node.resolvedKey, node }));
  for (const { path, node } of [...headers, ...pairs].sort((a, b) => a.node.range[0] - b.node.range[0])) {
    checkKey(node.type === "TOMLTable" ? [...path, ""] : path, node.range[0]);
    if (node.type === "TOMLTable") holderAt(root, path);
    else setAt(root, path, contentData(text, node.value, path.length + 1));
  }
  return root;
};

const contentData = (text: string, node: AST.TOMLContentNode, level: number): unknown => {
  if (node.type === "TOMLValue") return scalarData(text, node);
  if (level > MAX_DEPTH) throw new Mismatch(TOO_DEEP, node.range[0]);
  if (node.type === "TOMLArray") return node.elements.map((item) => contentData(text, item, level + 1));
  const data: Data = {};
  for (const { key, value, range } of node.body) {
    const names = namesOf(key);
    checkKey(names, range[0]);
    setAt(data, names, contentData(text, value, level + names.length));
  }
  return data;
};

const scalarData = (text: string, node: AST.TOMLValue): unknown => {
  if (node.kind === "string" || node.kind === "boolean") return node.value;
  const source = text.slice(...node.range);
  if (node.kind === "integer") {
    const value = Number(node.bigint);
    return Number.isSafeInteger(value) ? value : unread(source);
  }
  if (node.kind === "float") return Number.isFinite(node.value) ? node.value : unread(source);
  return source;
};

/** Those of `all`, which are in file order, that stand in the list or table but in none of its items. */
const between = <T extends AST.HasLocs>(node: Inline, all: readonly T[]): T[] => {
  const items = itemsOf(node);
  let i = 0;
  return all.filter(({ range: [start] }) => {
    if (start <= node.range[0] || start >= node.range[1] - 1) return false;
    while (i < items.length && items[i]!.range[1] <= start) i++;
    return i === items.length || start < items[i]!.range[0];
  });
};

/** Commas and comments around the items of an inline list or table. */
export const sequenceOf = ({ text, comments, tokens }: Document, node: Inline): Sequence => {
  const items = itemsOf(node).map(({ range }) => range);
  const commas = between(node, tokens).filter(({ type, value }) => type === "Punctuator" && value === ",");
  return {
    text,
    open: node.range[0] + 1,
    close: node.range[1] - 1,
    items,
    commas: items.map((_, i) => commas[i]?.range[0]),
    comments: between(node, comments).map(({ range }) => ({ span: range, line: true })),
  };
};

/** The values of an inline list, the pairs of an inline table. */
export const itemsOf = (node: Inline): readonly (AST.TOMLContentNode | AST.TOMLKeyValue)[] =>
  node.type === "TOMLArray" ? node.elements : node.body;

/** Whether `path` begins with `start`. */
export const begins = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((step, i) => path[i] === step);

/** What stands at a path that a line says, not a header. */
export interface Spot {
  /** The value; undefined for a table that only dotted keys in an inline table make. */
  node: AST.TOMLContentNode | undefined;
  /** The inline list or table it is written in, and which of its items say it; undefined: the line's own value. */
  within: { list: Inline; items: readonly number[] } | undefined;
  /** The names of the path in that inline table; none for an item of a list. */
  names: readonly string[];
}

/** What a line says at `path`: its value or a part of it. */
export const spotAt = ({ pairs }: Document, path: Path): Spot | undefined => {
  const pair = pairs.find((candidate) => begins(path, candidate.path));
  return (
    pair && spotIn({ node: pair.node.value, within: undefined, names: [] }, path.slice(pair.path.length))
  );
};

const spotIn = (spot: Spot & { node: AST.TOMLContentNode }, rest: Path): Spot | undefined => {
  const { node } = spot;
  const [step] = rest;
  if (step === undefined) return spot;
  if (node.type === "TOMLInlineTable") return spotInTable(node, rest);
  const item = node.type === "TOMLArray" && typeof step === "number" ? node.elements[step] : undefined;
  return (
    item &&
    spotIn(
      { node: item, within: { list: node as Inline, items: [step as number] }, names: [] },
      rest.slice(1),
    )
  );
};

const spotInTable = (list: AST.TOMLInlineTable, rest: Path): Spot | undefined => {
  const keys = list.body.map((pair) => namesOf(pair.key));
  const index = keys.findIndex((names) => begins(rest, names));
  const names = keys[index];
  if (names)
    return spotIn(
      { node: list.body[index]!.value, within: { list, items: [index] }, names },
      rest.slice(names.length),
    );
  const items = [...keys.keys()].filter((i) => begins(keys[i]!, rest));
  return items.length > 0 ? { node: undefined, within: { list, items }, names: rest as string[] } : undefined;
};
