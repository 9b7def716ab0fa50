import type { AST } from "toml-eslint-parser";
import { type Data, Mismatch } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import { indentAt, insertItem, type Layout, removeItem, spliced } from "./sequence.ts";
import { isTable, type Step, spelled } from "./steps.ts";
import {
  insertBefore,
  insertBlock,
  insertLine,
  leadStart,
  type Part,
  tableEnd,
  withoutPart,
} from "./toml-lines.ts";
import {
  hasHeader,
  type Prior,
  printedElement,
  printedInline,
  printedKey,
  printedPair,
  printedTables,
} from "./toml-print.ts";
import {
  begins,
  type Document,
  documentOf,
  type Inline,
  namesOf,
  type Pair,
  type Spot,
  sequenceOf,
  spotAt,
} from "./toml-tree.ts";

/** The text after one step that its data allows; new lines end with `eol`. */
export const stepped = (text: string, step: Step, eol: string): string => {
  const doc = documentOf(text, eol);
  if (step.do === "drop") return drop(doc, step.path);
  return (step.do === "put" ? put : add)(doc, step.path, step.value);
};

const put = (doc: Document, path: Path, value: unknown): string => {
  const spot = spotAt(doc, path);
  if (spot?.node && (spot.within || !hasHeader(value))) {
    const source = printedInline(value, spot.within ? {} : priorOf(spot.node), doc.eol);
    return spliced(doc.text, [[...spot.node.range, source]]);
  }
  return add(documentOf(drop(doc, path), doc.eol), path, value);
};

const priorOf = (node: AST.TOMLContentNode): Prior => {
  if (node.type !== "TOMLValue") return {};
  if (node.kind === "string") return { quote: node.style, multiline: node.multiline };
  return { float: node.kind === "float" };
};

const add = (doc: Document, path: Path, value: unknown): string => {
  const parent = path.slice(0, -1);
  const spot = parent.length > 0 ? spotAt(doc, parent) : undefined;
  if (spot) return addInline(doc, spot, path.at(-1)!, value);
  if (typeof path.at(-1) === "number") return addElement(doc, path, value);
  return hasHeader(value) ? addTables(doc, path, value) : addPair(doc, path, value);
};

const namesIn = (path: Path): string[] => path.filter((step) => typeof step === "string");

const isInline = (node: AST.TOMLContentNode | undefined): node is Inline =>
  node?.type === "TOMLArray" || node?.type === "TOMLInlineTable";

/** Into an inline list or table; into one that dotted keys make, behind the last of them. */
const addInline = (
  doc: Document,
  { node, within, names }: Spot,
  step: string | number,
  value: unknown,
): string => {
  const layout: Layout = { eol: doc.eol, outer: "", inner: "  ", expand: false, gap: " " };
  const list = isInline(node) ? node : within!.list;
  const seq = sequenceOf(doc, list);
  if (typeof step === "number") return insertItem(seq, step, layout, () => printedInline(value));
  const [prefix, index] = isInline(node) ? [[], seq.items.length] : [names, within!.items.at(-1)! + 1];
  return insertItem(seq, index, layout, () => `${printedKey([...prefix, step])} = ${printedInline(value)}`);
};

/** How long the path of the table is that a line stands in. */
const depthOf = ({ path, node }: Pair): number => path.length - namesOf(node.key).length;

const isAt = (path: Path, other: Path): boolean => path.length === other.length && begins(path, other);

const inRoot = ({ node }: Pair): boolean => node.parent.type === "TOMLTopLevelTable";

/** A line in the table at the parent of `path`, in whatever way that table is written. */
const addPair = (doc: Document, path: Path, value: unknown): string => {
  const { tables, pairs } = doc;
  const parent = path.slice(0, -1);
  const name = path.at(-1) as string;
  const line = printedPair([name], value, doc.eol);
  if (parent.length === 0) return addRootPair(doc, line);
  const table = tables.find(({ resolvedKey }) => isAt(resolvedKey, parent));
  if (table) return insertLine(doc, table.body.at(-1) ?? table, line);
  const dotted = pairs.findLast((pair) => begins(pair.path, parent) && depthOf(pair) < parent.length);
  if (dotted)
    return insertLine(doc, dotted.node, printedPair(dottedNames(dotted, parent, name), value, doc.eol));
  return addSuperTable(doc, parent, { [name]: value });
};

const addRootPair = (doc: Document, line: string): string => {
  const last = doc.pairs.findLast(inRoot);
  if (last) return insertLine(doc, last.node, line);
  const [first] = doc.tables;
  return insertBlock(doc, first ? leadStart(doc, first.range[0]) : doc.text.length, line);
};

/** The dotted key of `name` in the table at `parent`, as the line of its sibling begins. */
const dottedNames = (sibling: Pair, parent: Path, name: string): string[] => [
  ...namesIn(parent.slice(depthOf(sibling))),
  name,
];

/** A header for a table that only headers below it make, before the first of them. */
const addSuperTable = (doc: Document, path: Path, value: Data): string => {
  const first = doc.tables.find(({ resolvedKey }) => begins(resolvedKey, path));
  if (!first) return addTables(doc, path, value);
  const place = { eol: doc.eol, indent: indentAt(doc.text, first.range[0]) };
  return insertBefore(doc, leadStart(doc, first.range[0]), printedTables(namesIn(path), value, place));
};

/** Behind the last table under the same parent, else under the nearest table above it, else at the end. */
const addTables = (doc: Document, path: Path, value: unknown): string => {
  const { text, tables } = doc;
  const parents = path.slice(0, -1).map((_, i) => path.slice(0, -1 - i));
  const under = (parent: Path) => tables.findLast(({ resolvedKey }) => begins(resolvedKey, parent));
  const near = parents.map(under).find((table) => table !== undefined);
  const place = { eol: doc.eol, indent: near ? indentAt(text, near.range[0]) : "" };
  return insertBlock(doc, tableEnd(doc, near), printedTables(namesIn(path), value, place));
};

/** An element of a list of tables; throws `Mismatch` for anything but a table. */
const addElement = (doc: Document, path: Path, value: unknown): string => {
  if (!isTable(value))
    throw new Mismatch(`${spelled(path.slice(0, -1))} is a list of tables; it can hold nothing else`);
  const { text, tables } = doc;
  const list = path.slice(0, -1);
  const last = tables.findLast(({ resolvedKey }) => begins(resolvedKey, list));
  const next = tables.find(({ resolvedKey }) => isAt(resolvedKey, path));
  const place = { eol: doc.eol, indent: last ? indentAt(text, last.range[0]) : "" };
  const block = printedElement(namesIn(list), value, place);
  return next
    ? insertBefore(doc, leadStart(doc, next.range[0]), block)
    : insertBlock(doc, tableEnd(doc, last), block);
};

const drop = (doc: Document, path: Path): string => {
  const within = spotAt(doc, path)?.within;
  if (!within) return partsAt(doc, path).reduceRight((out, part) => withoutPart(doc, out, part), doc.text);
  const out = removeItem(sequenceOf(doc, within.list), within.items.at(-1)!);
  return within.items.length > 1 ? drop(documentOf(out, doc.eol), path) : out;
};

/** The headers and lines that say what stands at `path`, in file order; lines under such a header not again. */
export const partsAt = ({ tables, pairs }: Document, path: Path): Part[] => {
  const headers = tables.filter(({ resolvedKey }) => begins(resolvedKey, path));
  const lines = pairs.filter((pair) => begins(pair.path, path)).map(({ node }) => node);
  return [...headers, ...lines.filter(({ parent }) => !headers.some((header) => header === parent))].sort(
    (a, b) => a.range[0] - b.range[0],
  );
};
