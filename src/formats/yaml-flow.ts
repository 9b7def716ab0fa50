import { contentEnd, isOwnLine, lineEnd, lineStart, previousLineEnd, type Splice } from "./yaml-lines.ts";
import { type Collection, type Member, membersOf, trailingComma } from "./yaml-members.ts";
import type { Source } from "./yaml-read.ts";

const insertion = (at: number, text: string): Splice => ({ start: at, end: at, text });

/** Whether the rest of the line at `at` is blank or a comment. */
const endsLine = (text: string, at: number): boolean =>
  /^[ \t]*(?:#.*)?$/.test(text.slice(at, lineEnd(text, at)));

const indentOf = (text: string, at: number): string => text.slice(lineStart(text, at), at);

/** Puts printed members into a flow collection, before the one at `index` or behind the last. */
export const flowInsertion = (
  node: Collection,
  index: number,
  items: string[],
  eol: string,
  source: Source,
): Splice[] => {
  const { text } = source;
  const members = membersOf(node, source);
  if (members.length === 0) return [insertion(node.range![0] + 1, items.join(", "))];
  const next = members[index];
  if (!next) return appended(node, members.at(-1)!, items, eol, source);
  const gap = isOwnLine(text, next.start) ? eol + indentOf(text, next.start) : " ";
  return [insertion(next.start, items.map((x) => `${x},${gap}`).join(""))];
};

const appended = (node: Collection, last: Member, items: string[], eol: string, source: Source): Splice[] => {
  const { text } = source;
  const end = contentEnd(last, source);
  const comma = trailingComma(node);
  const after = comma === undefined ? end : comma + 1;
  const ownLine = isOwnLine(text, last.start) && endsLine(text, after);
  const gap = ownLine ? eol + indentOf(text, last.start) : " ";
  if (comma !== undefined)
    return [insertion(ownLine ? lineEnd(text, after) : after, items.map((x) => `${gap}${x},`).join(""))];
  const list = items.map((x) => gap + x).join(",");
  return ownLine ? [insertion(end, ","), insertion(lineEnd(text, end), list)] : [insertion(end, `,${list}`)];
};

/** Takes the member at `index` out of a flow collection, with the comma that becomes needless. */
export const flowRemoval = (node: Collection, index: number, source: Source): Splice[] => {
  const { text } = source;
  const members = membersOf(node, source);
  const member = members[index]!;
  const isLast = index === members.length - 1;
  const after = isLast ? trailingComma(node) : members[index + 1]!.comma;
  const before = member.comma;
  const contents = contentEnd(member, source);
  const end = after === undefined ? contents : after + 1;
  const commaBefore = after === undefined && before !== undefined ? [cut(before, before + 1)] : [];
  if (isOwnLine(text, member.start) && endsLine(text, end)) {
    return [...commaBefore, cut(previousLineEnd(text, member.start), lineEnd(text, end))];
  }
  if (after !== undefined && !isLast) return [cut(member.start, end + blanks(text, end))];
  if (after !== undefined) return [cut(member.start - blanksBefore(text, member.start), end)];
  if (before !== undefined && !text.slice(before, member.start).includes("\n")) return [cut(before, end)];
  return [...commaBefore, cut(member.start, end)];
};

const cut = (start: number, end: number): Splice => ({ start, end, text: "" });

const blanks = (text: string, at: number): number =>
  /^[ \t]*/.exec(text.slice(at, lineEnd(text, at)))![0].length;

const blanksBefore = (text: string, at: number): number =>
  /[ \t]*$/.exec(text.slice(lineStart(text, at), at))![0].length;
