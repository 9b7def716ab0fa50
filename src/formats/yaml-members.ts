import {
  type Alias,
  type CST,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { Mismatch } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import type { Quoting } from "./yaml-print.ts";
import { isMergeKey, keyOf, type Source } from "./yaml-read.ts";

export type Collection = YAMLMap | YAMLSeq;

/** A pair or an element where it stands in the text; offsets in UTF-16 units. */
export interface Member {
  /** Its key; its index in a list. */
  key: string | number;
  under: "key" | "dash" | "flow";
  /** The first character: of the key (or `?`), of the dash, of an element of a flow list. */
  start: number;
  /** Behind the colon or dash, and behind the tag and anchor of the value. */
  head: number;
  /** Behind the colon or dash alone. */
  bareHead: number;
  /** No colon stands yet: `{ key }` or `? key`. */
  bare: boolean;
  /** The value; undefined where nothing is written. */
  node: Node | undefined;
  tagged: boolean;
  /** The comma before it, in a flow collection. */
  comma: number | undefined;
}

export const isCollection = (node: unknown): node is Collection => isMap(node) || isSeq(node);

/** A map or list written with indentation, not with brackets. */
export type Block = Collection & { flow?: false };

export const isBlock = (node: Node): node is Block => isCollection(node) && !node.flow;

export const isBlockScalar = (node: Node): node is Scalar =>
  isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);

/** How a scalar is quoted. */
export const quotingOf = (node: Node | undefined): Quoting => {
  if (!node || !isScalar(node)) return undefined;
  if (node.type === Scalar.BLOCK_LITERAL) return "|";
  if (node.type === Scalar.BLOCK_FOLDED) return ">";
  if (node.type === Scalar.QUOTE_SINGLE) return "single";
  return node.type === Scalar.QUOTE_DOUBLE ? "double" : undefined;
};

const TRIVIA = new Set(["space", "newline", "comment", "comma"]);
const PROPS = new Set(["anchor", "tag"]);

const endOf = (token: CST.SourceToken): number => token.offset + token.source.length;

const written = (node: unknown): Node | undefined => {
  const range = (node as Node | null)?.range;
  return range && (isCollection(node) || range[1] > range[0]) ? (node as Node) : undefined;
};

/** The place of a value behind the mark (colon or dash) that introduces it. */
const headOf = (tokens: CST.SourceToken[], mark: CST.SourceToken["type"]) => {
  const i = tokens.findIndex((t) => t.type === mark);
  if (i < 0) return undefined;
  const props = tokens.slice(i + 1).filter((t) => PROPS.has(t.type));
  return {
    bareHead: endOf(tokens[i]!),
    head: endOf(props.at(-1) ?? tokens[i]!),
    tagged: props.some((t) => t.type === "tag"),
  };
};

const commaIn = (item: CST.CollectionItem): number | undefined =>
  item.start.find((t) => t.type === "comma")?.offset;

const firstIn = (item: CST.CollectionItem): CST.SourceToken | undefined =>
  item.start.find((t) => !TRIVIA.has(t.type));

const pairMember = (pair: Pair, source: Source, flow: boolean): Member => {
  const item = pair.srcToken;
  if (!item)
    throw new Mismatch("a pair inside a flow list cannot be edited", (pair.key as Node | null)?.range?.[0]);
  const sep = headOf(item.sep ?? [], "map-value-ind");
  const keyNode = pair.key as Node | null;
  const end = sep?.head ?? keyNode?.range?.[1] ?? 0;
  return {
    key: isMergeKey(pair.key) && source.dialect === "1.1" ? "<<" : keyOf(pair, source),
    under: flow ? "flow" : "key",
    start: firstIn(item)?.offset ?? written(keyNode)?.range?.[0] ?? (sep ? sep.bareHead - 1 : end),
    head: end,
    bareHead: sep?.bareHead ?? end,
    bare: !sep,
    node: written(pair.value),
    tagged: sep?.tagged ?? false,
    comma: commaIn(item),
  };
};

const dashMember = (node: unknown, item: CST.CollectionItem, key: number): Member => {
  const sep = headOf(item.start, "seq-item-ind")!;
  return {
    key,
    under: "dash",
    start: sep.bareHead - 1,
    ...sep,
    bare: false,
    node: written(node),
    comma: undefined,
  };
};

const flowMember = (node: unknown, item: CST.CollectionItem, key: number): Member => {
  const start = firstIn(item)?.offset ?? (node as Node).range![0];
  const head = (node as Node).range![0];
  const tagged = item.start.some((t) => t.type === "tag");
  return {
    key,
    under: "flow",
    start,
    head,
    bareHead: start,
    bare: false,
    node: written(node),
    tagged,
    comma: commaIn(item),
  };
};

const itemsOf = (node: Collection): CST.CollectionItem[] =>
  ((node.srcToken as CST.BlockMap | CST.BlockSequence | CST.FlowCollection | undefined)?.items ??
    []) as CST.CollectionItem[];

/** The pairs or elements of a collection, in the order of the text. Throws `Mismatch` for kinds that cannot be edited. */
export const membersOf = (node: Collection, source: Source): Member[] => {
  const block = isBlock(node);
  if (isMap(node)) return node.items.map((pair) => pairMember(pair, source, !block));
  if (node.items.some(isPair)) throw new Mismatch("an ordered map cannot be edited", node.range?.[0]);
  const items = itemsOf(node).filter((item) => !block || item.start.some((t) => t.type === "seq-item-ind"));
  return node.items.map((x, i) => (block ? dashMember : flowMember)(x, items[i]!, i));
};

/** The comma behind the last element of a flow collection. */
export const trailingComma = (node: Collection): number | undefined => {
  const last = itemsOf(node).at(-1);
  return last && itemsOf(node).length > node.items.length ? commaIn(last) : undefined;
};

/** The member at a path, and the collections that hold it from the root down; aliases are not followed. */
export interface Route {
  collections: Collection[];
  members: Member[];
}

/** The way to a path in the text itself; undefined where an alias or a merge key, not the text, provides a part of it. */
export const routeTo = (path: Path, source: Source): Route | undefined => {
  const route: Route = { collections: [], members: [] };
  let node: Node | undefined = source.root;
  for (const key of path) {
    if (!isCollection(node)) return undefined;
    const wanted: string | number = isMap(node) ? String(key) : key;
    const member: Member | undefined = membersOf(node, source).findLast((m) => m.key === wanted);
    if (!member) return undefined;
    route.collections.push(node);
    route.members.push(member);
    node = member.node;
  }
  if (isCollection(node)) route.collections.push(node);
  return route;
};

/** The node itself, or what it is an alias of. */
export const resolved = (node: Node | undefined, source: Source): Node | undefined =>
  node && isAlias(node) ? source.targets.get(node as Alias) : node;
