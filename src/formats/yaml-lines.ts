import { isMap, isPair, isSeq, type Node } from "yaml";
import {
  type Collection,
  isBlock,
  isBlockScalar,
  isCollection,
  type Member,
  membersOf,
} from "./yaml-members.ts";
import type { Source } from "./yaml-read.ts";

/** Replaces `[start, end)` of a text. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** The text after splices that do not overlap; those at one place come in their order. */
export const spliced = (text: string, splices: Splice[]): string =>
  splices
    .toReversed()
    .toSorted((a, b) => b.start - a.start)
    .reduce((t, s) => t.slice(0, s.start) + s.text + t.slice(s.end), text);

/** Whether two splices touch the same characters, or one stands inside another. */
export const overlap = (splices: Splice[]): boolean => {
  const sorted = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return sorted.some((s, i) => i > 0 && s.start < sorted[i - 1]!.end);
};

export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;

/** End of the line at `at`, before its line break. */
export const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at);
  if (newline < 0) return text.length;
  return newline > at && text[newline - 1] === "\r" ? newline - 1 : newline;
};

/** End of the line before the one at `at`, before its line break; `0` on the first line. */
export const previousLineEnd = (text: string, at: number): number => {
  const newline = lineStart(text, at) - 1;
  if (newline < 0) return 0;
  return text[newline - 1] === "\r" ? newline - 1 : newline;
};

export const columnOf = (text: string, at: number): number => at - lineStart(text, at);

/** Whether nothing but blanks stands before `at` on its line. */
export const isOwnLine = (text: string, at: number): boolean =>
  /^[ \t]*$/.test(text.slice(lineStart(text, at), at));

/** Behind the comment lines that follow the line end `at` and are indented deeper than `col`. */
export const afterDeeperComments = (text: string, at: number, col: number): number => {
  const comment = /(?:\r?\n[ \t]*(?=\r?\n))*\r?\n( *)#[^\r\n]*/y;
  for (let end = at; ; end = comment.lastIndex) {
    comment.lastIndex = end;
    const [, indent = ""] = comment.exec(text) ?? [];
    if (indent.length <= col) return end;
  }
};

/** Start of the first of the comment lines directly above the line that begins at `at`, at its own indentation, not before `floor`. */
export const leadingCommentsStart = (text: string, at: number, col: number, floor: number): number => {
  const comment = " ".repeat(col) + "#";
  let start = at;
  while (start > floor) {
    const above = lineStart(text, start - 1);
    if (above < floor || !text.startsWith(comment, above)) break;
    start = above;
  }
  return start;
};

/** Behind the last character of the value (of a block scalar: before its last line break). */
export const contentEnd = (member: Member, source: Source): number => {
  const { node, head } = member;
  if (!node) return head;
  if (isBlock(node)) return contentEnd(membersOf(node, source).at(-1)!, source);
  const end = node.range![1];
  return isBlockScalar(node) ? end - (/\r?\n$/.exec(source.text.slice(head, end))?.[0].length ?? 0) : end;
};

/** A value in the text: what stands behind its key or dash, and the lines below that belong to it. */
export interface Extent {
  inline: [start: number, end: number];
  body: [start: number, end: number];
}

const startsBelow = (node: Node, member: Member, source: Source): boolean => {
  const first = isCollection(node) ? membersOf(node, source)[0]!.start : node.range![0];
  return source.text.slice(member.head, first).includes("\n");
};

export const extentOf = (member: Member, source: Source): Extent => {
  const { text } = source;
  const { node, head } = member;
  const col = columnOf(text, member.start);
  const ending = (at: number) => afterDeeperComments(text, lineEnd(text, at), col);
  const withoutBody = (start: number, end: number): Extent => ({
    inline: [start, end],
    body: [lineEnd(text, end), lineEnd(text, end)],
  });
  if (!node) return withoutBody(head, head);
  const end = contentEnd(member, source);
  if (isBlockScalar(node)) {
    const header = node.range![0] + /^[|>][-+0-9]*/.exec(text.slice(node.range![0]))![0].length;
    return {
      inline: [node.range![0], header],
      body: [lineEnd(text, header), Math.max(end, lineEnd(text, header))],
    };
  }
  if (!isBlock(node)) return withoutBody(node.range![0], end);
  if (startsBelow(node, member, source))
    return { inline: [head, head], body: [lineEnd(text, head), ending(end)] };
  return withoutBody(membersOf(node, source)[0]!.start, end);
};

/** Columns from keys to what is nested below them, as most of the document has it. */
export const indentationOf = (source: Source): { unit: number; dashOffset: number } => {
  const units: number[] = [];
  const dashes: number[] = [];
  const look = (node: Collection): void => {
    for (const member of membersOf(node, source)) {
      const inner = member.node;
      if (!inner || !isBlock(inner) || (isSeq(inner) && inner.items.some(isPair))) continue;
      if (member.under === "key") {
        const first = membersOf(inner, source)[0]!.start;
        const columns = columnOf(source.text, first) - columnOf(source.text, member.start);
        // behind a key of several lines the value may begin further left
        if (columns >= (isMap(inner) ? 1 : 0)) (isMap(inner) ? units : dashes).push(columns);
      }
      look(inner);
    }
  };
  if (source.root && isBlock(source.root)) look(source.root);
  const dash = usual(dashes);
  const unit = usual(units) ?? (dash || 2);
  return { unit, dashOffset: dash ?? unit };
};

const usual = (numbers: number[]): number | undefined => {
  const count = new Map<number, number>();
  for (const n of numbers) count.set(n, (count.get(n) ?? 0) + 1);
  return [...count].toSorted((a, b) => b[1] - a[1])[0]?.[0];
};
