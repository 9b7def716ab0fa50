import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { type Data, isObject, Mismatch, untraced } from "../core/data.ts";
import { guardedTokens, MAX_ALIASES, MAX_DEPTH, MAX_NODES, tooDeep, tooMany } from "./yaml-guard.ts";
import type { Dialect } from "./yaml-scalar.ts";

/** A document as read: its text (without byte order mark), its nodes and its plain data. */
export interface Source {
  text: string;
  dialect: Dialect;
  /** The root; undefined in a document that is empty or holds only comments. */
  root: YAMLMap | undefined;
  data: Data;
  /** What each alias stands for. */
  targets: Map<Alias, Node>;
  /** Offset of a key that stands twice in its map: PyYAML takes the last. */
  doubled: number | undefined;
}

const REASONS: Partial<Record<YAMLError["code"], string>> = {
  MULTIPLE_DOCS: "the file holds more than one YAML document",
  TAB_AS_INDENT: "a tab is used for indentation; YAML wants spaces",
  BLOCK_AS_IMPLICIT_KEY: "`: ` inside an unquoted value, or a wrong indentation",
  BAD_SCALAR_START: "an unquoted value cannot start with this character; quote it",
};

const brief = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);

const syntaxError = (e: YAMLError): Mismatch =>
  new Mismatch(REASONS[e.code] ?? brief(e.message.split("\n")[0]!), e.pos[0]);

const compose = (text: string, dialect: Dialect): Document.Parsed => {
  const composer = new Composer({ version: dialect, keepSourceTokens: true, uniqueKeys: false });
  const [doc, second] = untraced(() => [...composer.compose(guardedTokens(text), true, text.length)]);
  if (doc?.errors[0]) throw syntaxError(doc.errors[0]);
  if (second) throw new Mismatch(REASONS.MULTIPLE_DOCS!, second.range[0]);
  return doc!;
};

const isNothing = (node: Node): boolean =>
  isScalar(node) && node.value === null && node.range![0] === node.range![1] && !node.anchor && !node.tag;

/**
 * Reads a text without byte order mark. Throws `Mismatch` as `Format.parse` does; keys are their source text where
 * they stand unquoted, dates and other YAML 1.1 types are their source text too.
 */
export const readYaml = (text: string, dialect: Dialect): Source => {
  const doc = compose(text, dialect);
  const source: Source = {
    text,
    dialect,
    root: undefined,
    data: {},
    targets: targetsOf(doc),
    doubled: undefined,
  };
  if (doc.contents === null || isNothing(doc.contents)) return source;
  if (!isMap(doc.contents)) throw new Mismatch("the document is not a map of keys", doc.contents.range[0]);
  source.root = doc.contents;
  source.data = dataOf(source) as Data;
  return source;
};

const targetsOf = (doc: Document.Parsed): Map<Alias, Node> => {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(doc, {
    Node(_, node) {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node)) {
        if (!target)
          throw new Mismatch(
            `\`*${brief(node.source)}\` is an alias of nothing; quote it if it is text`,
            node.range![0],
          );
        targets.set(node, target);
        if (targets.size > MAX_ALIASES)
          throw new Mismatch(`holds more than ${MAX_ALIASES} aliases`, node.range![0]);
      } else if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
};

/** Plain data of the whole document; an alias is a copy of what it stands for. */
const dataOf = (source: Source): unknown => {
  const open = new Set<Node>();
  let nodes = 0;

  const value = (node: Node | null, depth: number): unknown => {
    if (++nodes > MAX_NODES) throw tooMany(node?.range?.[0]);
    if (node === null) return null;
    if (isAlias(node)) return value(source.targets.get(node)!, depth);
    if (isScalar(node)) return scalarValue(node, source);
    if (depth >= MAX_DEPTH) throw tooDeep(node.range?.[0]);
    if (open.has(node)) throw new Mismatch("an alias holds itself", node.range?.[0]);
    open.add(node);
    const result = isMap(node) ? object(node, depth + 1) : list(node, depth + 1);
    open.delete(node);
    return result;
  };

  const list = (node: Node, depth: number): unknown[] =>
    isSeq(node)
      ? node.items.map((x) => (isPair(x) ? entry(x, {}, depth) : value(x as Node | null, depth)))
      : [];

  const object = (node: YAMLMap, depth: number): Data => {
    const own: Data = {};
    const merged: Data = {};
    for (const pair of node.items) {
      if (source.dialect === "1.1" && isMergeKey(pair.key))
        merge(merged, value(pair.value as Node, depth), pair);
      else entry(pair, own, depth);
    }
    for (const [k, v] of Object.entries(merged)) if (!Object.hasOwn(own, k)) own[k] = v;
    return own;
  };

  const entry = (pair: Pair, into: Data, depth: number): Data => {
    nodes++;
    const key = keyOf(pair, source);
    const at = startOf(pair.key);
    if (Object.hasOwn(into, key)) {
      if (source.dialect === "1.2") throw new Mismatch(`the key ${JSON.stringify(key)} stands twice`, at);
      source.doubled ??= at ?? 0;
    }
    into[key] = value(pair.value as Node | null, depth);
    return into;
  };

  return value(source.root!, 0);
};

const merge = (into: Data, value: unknown, pair: Pair): void => {
  for (const part of Array.isArray(value) ? value : [value]) {
    if (!isObject(part)) throw new Mismatch("`<<` merges maps only", startOf(pair.key));
    for (const [k, v] of Object.entries(part)) if (!Object.hasOwn(into, k)) into[k] = v;
  }
};

const startOf = (key: unknown): number | undefined => (key as Node | null)?.range?.[0];

/** An unquoted `<<`. */
export const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.source === "<<" && (key.type === undefined || key.type === Scalar.PLAIN);

/** The name of a pair. Throws `Mismatch` for a key that is no scalar, and for `__proto__`. */
export const keyOf = (pair: Pair, source: Source): string => {
  const node = isAlias(pair.key) ? source.targets.get(pair.key) : pair.key;
  if (node !== null && !isScalar(node)) throw new Mismatch("a key must be text", startOf(pair.key));
  const key = node === null ? "" : typeof node.value === "string" ? node.value : (node.source ?? "");
  if (key === "__proto__") throw new Mismatch("`__proto__` cannot be a key", startOf(pair.key));
  return key;
};

/** What PyYAML takes for a number or a boolean where the yaml library takes more (6.0.3, resolver.py, 2026-11). */
const PY_NUMBER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const PY_BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;

const scalarValue = (node: Scalar, { text, dialect }: Source): unknown => {
  const { value, source } = node;
  if (typeof value === "object" && value !== null)
    return source ?? text.slice(node.range![0], node.range![1]);
  if (typeof value === "symbol") return source;
  if (dialect === "1.2" || node.type !== Scalar.PLAIN || node.tag || source === undefined) return value;
  if (typeof value === "number" && !PY_NUMBER.test(source)) return source;
  return typeof value === "boolean" && !PY_BOOLEAN.test(source) ? source : value;
};
