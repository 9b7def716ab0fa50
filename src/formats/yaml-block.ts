import type { Node } from "yaml";
import {
  afterDeeperComments,
  columnOf,
  contentEnd,
  extentOf,
  isOwnLine,
  leadingCommentsStart,
  lineEnd,
  lineStart,
  previousLineEnd,
  type Splice,
} from "./yaml-lines.ts";
import { type Collection, isBlock, type Member, membersOf, quotingOf } from "./yaml-members.ts";
import { type Place, printBlock, printEntries, printItems, type Style } from "./yaml-print.ts";
import type { Source } from "./yaml-read.ts";

const cut = (start: number, end: number): Splice => ({ start, end, text: "" });

/** Lines put behind the line end `at`. */
const linesAt = (at: number, lines: string[], eol: string): Splice => ({
  start: at,
  end: at,
  text: lines.map((line) => eol + line).join(""),
});

const gapOf = (member: Member, text: string): number => {
  const first = /^ +(?=[^\s#])/.exec(text.slice(member.bareHead, lineEnd(text, member.bareHead)));
  return member.under === "dash" ? (first?.[0].length ?? 1) : 1;
};

/** Blanks and, where the value began on a line below, the line breaks between a head and its value. */
const blankStart = (text: string, head: number, start: number): number =>
  text.slice(head, start).includes("\n") ? previousLineEnd(text, start) : head;

/** Writes a value behind the key or dash of a block collection, over what stands there; comments on that line stay. */
export const valueSplices = (member: Member, value: unknown, style: Style, source: Source): Splice[] => {
  const { text } = source;
  const place: Place = {
    col: columnOf(text, member.start),
    under: member.under as Place["under"],
    gap: gapOf(member, text),
    propped: member.under === "dash" && member.head > member.bareHead,
  };
  const printed = printBlock(value, place, style, quotingOf(member.node));
  const { inline, body } = extentOf(member, source);
  const start = printed.inline === "" ? blankStart(text, member.head, inline[0]) : inline[0];
  const space = printed.inline !== "" && start === member.head ? " ".repeat(place.gap) : "";
  const below =
    printed.inline === "" && body[0] === body[1]
      ? afterDeeperComments(text, body[0], indentOf(printed.body))
      : undefined;
  return [
    { start, end: inline[1], text: space + printed.inline },
    { ...linesAt(below ?? body[0], printed.body, style.eol), end: below ?? body[1] },
  ];
};

const indentOf = (lines: string[]): number => /^ */.exec(lines[0] ?? "")![0].length;

/** Where lines can follow a member: behind its own comments, not behind those of the next. */
const followingLine = (member: Member, col: number, source: Source): number =>
  afterDeeperComments(source.text, lineEnd(source.text, contentEnd(member, source)), col);

/** Puts pairs behind the last of a block map. */
export const pairInsertion = (
  node: Collection,
  entries: [string, unknown][],
  style: Style,
  source: Source,
): Splice[] => {
  const members = membersOf(node, source);
  const col = columnOf(source.text, members[0]!.start);
  return [linesAt(followingLine(members.at(-1)!, col, source), printEntries(entries, col, style), style.eol)];
};

/** Puts elements into a block list, before the one at `index` or behind the last. */
export const itemInsertion = (
  node: Collection,
  index: number,
  values: unknown[],
  style: Style,
  source: Source,
): Splice[] => {
  const { text } = source;
  const members = membersOf(node, source);
  const first = members[0]!;
  const col = columnOf(text, first.start);
  const lines = printItems(values, col, gapOf(first, text), style);
  if (index > 0) return [linesAt(followingLine(members[index - 1]!, col, source), lines, style.eol)];
  if (!isOwnLine(text, first.start)) {
    const [head, ...rest] = [...lines, " ".repeat(col)];
    return [{ start: first.start, end: first.start, text: [head!.slice(col), ...rest].join(style.eol) }];
  }
  const at = leadingCommentsStart(text, lineStart(text, first.start), col, 0);
  return [{ start: at, end: at, text: lines.map((line) => line + style.eol).join("") }];
};

const nextLine = (text: string, end: number): number =>
  end < text.length ? text.indexOf("\n", end) + 1 : text.length;

/** The whole lines from the one at `start` to the one that ends at `end`; at the end of the file, with the break before. */
const lineCut = (text: string, start: number, end: number): Splice =>
  cut(end < text.length || start === 0 ? start : previousLineEnd(text, start), nextLine(text, end));

/**
 * Takes a pair or element out of a block collection of several, or out of the root; an element goes with the comments
 * directly above it. Blank lines below stay unless `withBlankLines`: behind a `|+` text they would become part of it.
 */
export const memberRemoval = (
  node: Collection,
  index: number,
  source: Source,
  withBlankLines = false,
): Splice[] => {
  const { text } = source;
  const members = membersOf(node, source);
  const member = members[index]!;
  const col = columnOf(text, member.start);
  const end = followingLine(member, col, source);
  if (!isOwnLine(text, member.start)) {
    return [cut(member.start, end + /^(?:\r?\n[ \t]*)*/.exec(text.slice(end))![0].length)];
  }
  const below = withBlankLines ? /^(?:\r?\n[ \t]*(?=\r?\n|$))*/.exec(text.slice(end))![0].length : 0;
  const line = lineStart(text, member.start);
  const floor = index > 0 ? lineEnd(text, contentEnd(members[index - 1]!, source)) : 0;
  const start = member.under === "dash" ? leadingCommentsStart(text, line, col, floor) : line;
  return [below > 0 ? cut(start, nextLine(text, end + below)) : lineCut(text, start, end)];
};

/** Takes the only member out of a nested block collection and leaves `{}` or `[]` where it began; comments around it stay. */
export const lastMemberRemoval = (node: Collection, holder: Member, source: Source): Splice[] => {
  const { text } = source;
  const member = membersOf(node, source)[0]!;
  const empty = member.under === "dash" ? "[]" : "{}";
  if (isOwnLine(text, member.start)) {
    return [{ start: holder.head, end: holder.head, text: ` ${empty}` }, ...memberRemoval(node, 0, source)];
  }
  const { inline, body } = extentOf(member, source);
  return [{ start: member.start, end: inline[1], text: empty }, cut(...body)];
};

/** Whether a value is an empty `{}` or `[]` that can become a block: one blank behind its key or dash. */
export const canBecomeBlock = (node: Node, holder: Member | undefined, text: string): boolean =>
  holder !== undefined &&
  holder.under !== "flow" &&
  !isBlock(node) &&
  node.range![0] === holder.head + 1 &&
  /^(?:\{\}|\[\])/.test(text.slice(node.range![0]));
