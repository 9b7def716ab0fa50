import { isMap, type Node, visit } from "yaml";
import { type Data, Mismatch, same } from "../core/data.ts";
import type { Edit, Path } from "../core/format.ts";
import { eolOf } from "../core/text.ts";
import {
  canBecomeBlock,
  itemInsertion,
  lastMemberRemoval,
  memberRemoval,
  pairInsertion,
  valueSplices,
} from "./yaml-block.ts";
import { afterStep, type Step, shown, stepsOf } from "./yaml-change.ts";
import { flowInsertion, flowRemoval } from "./yaml-flow.ts";
import { indentationOf, lineStart, overlap, type Splice, spliced } from "./yaml-lines.ts";
import {
  type Collection,
  isBlock,
  isCollection,
  type Member,
  membersOf,
  quotingOf,
  type Route,
  routeTo,
} from "./yaml-members.ts";
import { printEntries, printFlow, printFlowEntry, type Style } from "./yaml-print.ts";
import { readYaml, type Source } from "./yaml-read.ts";

/** The document after one edit. Throws `Mismatch` where no change of the text reads back as the wanted data. */
export const editYaml = (source: Source, edit: Edit): Source => {
  if (source.doubled !== undefined) throw new Mismatch("a key stands twice", source.doubled);
  const steps = stepsOf(source.data, edit, (path) => isCollection(nodeAt(path, source)));
  return takenAtOnce(source, steps) ?? steps.reduce(taken, source);
};

const nodeAt = (path: Path, source: Source): Node | undefined => {
  const route = routeTo(path, source);
  return path.length === 0 ? source.root : route?.members.at(-1)?.node;
};

/** All steps in one reading, where their places do not touch; each alone is as right, but costs a reading. */
const takenAtOnce = (source: Source, steps: Step[]): Source | undefined => {
  if (steps.length < 2 || !source.root) return undefined;
  const style = styleOf(source);
  const splices = steps.flatMap((step) => variants(source, step, style)[0] ?? []);
  if (overlap(splices)) return undefined;
  return readBack(spliced(source.text, splices), steps.reduce(afterStep, source.data), source);
};

/** Takes the first of the possible texts that reads back as the data that the step wants. */
const taken = (source: Source, step: Step): Source => {
  const wanted = afterStep(source.data, step);
  const style = styleOf(source);
  for (const quoted of [false, true]) {
    for (const splices of variants(source, step, { ...style, quoted })) {
      const next = readBack(spliced(source.text, splices), wanted, source);
      if (next) return next;
    }
  }
  const at = routeTo(step.path, source)?.members.at(-1)?.start;
  throw new Mismatch(`${shown(step.path)} cannot be changed without changing what else the file says`, at);
};

/** The text as read, if it says the wanted data. */
const readBack = (text: string, wanted: Data, { dialect }: Source): Source | undefined => {
  try {
    const next = readYaml(text, dialect);
    return same(next.data, wanted) ? next : undefined;
  } catch (e) {
    if (e instanceof Mismatch) return undefined;
    throw e;
  }
};

const styleOf = (source: Source): Style => ({
  dialect: source.dialect,
  eol: eolOf(source.text),
  ...indentationOf(source),
  quoted: false,
});

/** The ways to write a step into the text, the best one first. */
const variants = (source: Source, step: Step, style: Style): Splice[][] => {
  if (!source.root) return step.op === "addKeys" ? [firstKeys(source.text, step.entries, style)] : [];
  const route = routeTo(step.path, source);
  if (!route) throw new Mismatch(`${shown(step.path)} comes from an alias or a merge key`);
  refuseShared(route, step, source);
  if (step.op === "set") return settings(route.members.at(-1)!, step.value, style, source);
  if (step.op === "drop") return removals(route, source);
  return additions(route, step, style, source);
};

/** Keys at the end of a document that has none, before its `...` if one stands. */
const firstKeys = (text: string, entries: [string, unknown][], style: Style): Splice[] => {
  const at = /^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length;
  const lines = printEntries(entries, 0, style);
  const atLineStart = at === lineStart(text, at);
  const added = atLineStart ? lines.map((line) => line + style.eol) : lines.map((line) => style.eol + line);
  return [{ start: at, end: at, text: added.join("") }];
};

const settings = (member: Member, value: unknown, style: Style, source: Source): Splice[][] => {
  const inFlow = member.under === "flow";
  if (member.bare && !inFlow) return [];
  const splices = inFlow ? [flowSetting(member, value, style)] : valueSplices(member, value, style, source);
  return member.tagged ? [splices, withoutProps(splices, member)] : [splices];
};

/** The same with the tag and anchor gone that stand before the value. */
const withoutProps = (splices: Splice[], member: Member): Splice[] => {
  const [first, ...rest] = splices;
  const space = member.under === "flow" && member.bareHead === member.start ? "" : " ";
  return [
    { ...first!, start: member.bareHead, text: first!.text && space + first!.text.trimStart() },
    ...rest,
  ];
};

const flowSetting = (member: Member, value: unknown, style: Style): Splice => {
  const quoted = style.quoted || (member.node !== undefined && isQuoted(member.node));
  const text = printFlow(value, { ...style, quoted }, quotingOf(member.node));
  const [start, end] = member.node?.range ?? [member.head, member.head];
  return { start, end, text: member.node ? text : `${member.bare ? ": " : " "}${text}` };
};

const isQuoted = (node: Node): boolean => "type" in node && node.type === "QUOTE_DOUBLE";

const removals = (route: Route, source: Source): Splice[][] => {
  const node = route.collections[route.members.length - 1]!;
  const holder = route.members.at(-2);
  const index = membersOf(node, source).findIndex((m) => m.key === route.members.at(-1)!.key);
  if (!isBlock(node)) return [flowRemoval(node, index, source)];
  if (node.items.length === 1 && holder) return [lastMemberRemoval(node, holder, source)];
  return [false, true].map((withBlankLines) => memberRemoval(node, index, source, withBlankLines));
};

type Addition = Extract<Step, { op: "addKeys" | "addItems" }>;

const additions = (route: Route, step: Addition, style: Style, source: Source): Splice[][] => {
  const holder = route.members.at(-1);
  const node = (holder ? holder.node : source.root) as Collection;
  if (isBlock(node)) {
    return [
      step.op === "addKeys"
        ? pairInsertion(node, step.entries, style, source)
        : itemInsertion(node, step.index, step.values, style, source),
    ];
  }
  const flow = flowInsertion(
    node,
    step.op === "addKeys" ? node.items.length : step.index,
    flowItems(node, step, style),
    style.eol,
    source,
  );
  if (!canBecomeBlock(node, holder, source.text)) return [flow];
  const value = step.op === "addKeys" ? Object.fromEntries(step.entries) : step.values;
  return [valueSplices(holder!, value, style, source), flow];
};

const flowItems = (node: Collection, step: Addition, style: Style): string[] => {
  const first = isMap(node) ? node.items[0]?.key : node.items[0];
  const quoted = style.quoted || (first !== undefined && isQuoted(first as Node));
  if (step.op === "addItems") return step.values.map((x) => printFlow(x, { ...style, quoted }));
  return step.entries.map(([k, v]) => printFlowEntry(k, v, { ...style, quoted }));
};

/** Refuses a step that would change or remove what an alias elsewhere shows, or the source of a merge. */
const refuseShared = (route: Route, step: Step, source: Source): void => {
  const merge = route.members.find((m) => m.key === "<<");
  if (merge) throw new Mismatch("a merge key cannot be edited", merge.start);
  const replaced = step.op === "set" || step.op === "drop" ? route.members.at(-1) : undefined;
  const inside = new Set<unknown>();
  if (replaced?.node) visit(replaced.node, { Node: (_, node) => void inside.add(node) });
  const shared = (node: Node) =>
    [...source.targets].some(([alias, target]) => target === node && !inside.has(alias));
  for (const node of [...route.collections, ...inside] as Node[]) {
    if (shared(node)) throw new Mismatch(`the anchor \`&${node.anchor}\` is used elsewhere`, node.range?.[0]);
  }
};
