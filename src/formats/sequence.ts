/** Offsets `[start, end)`, UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** A comment between items; `line` when it runs to the end of its line. */
export interface Comment {
  span: Span;
  line: boolean;
}

/** Items between two brackets, separated by commas: an object or list of JSON or an inline one of TOML. */
export interface Sequence {
  text: string;
  /** Behind the opening bracket. */
  open: number;
  /** The closing bracket. */
  close: number;
  items: readonly Span[];
  /** The comma behind the item of the same index. */
  commas: readonly (number | undefined)[];
  /** Those outside the items, in order. */
  comments: readonly Comment[];
}

/** How a new item is laid out where no neighbour shows it. */
export interface Layout {
  eol: string;
  /** Indentation of the line that closes an expanded sequence. */
  outer: string;
  /** Indentation of items in an expanded sequence that was empty. */
  inner: string;
  /** Whether an empty sequence takes its first item on a line of its own. */
  expand: boolean;
  /** Between a comma and the next item on the same line. */
  gap: string;
}

/** The text of an item on a line with this indentation; undefined: all on one line. */
export type Print = (indent: string | undefined) => string;

type Cut = readonly [start: number, end: number, instead: string];

/** The text with spans replaced; they must not overlap, their order does not matter. */
export const spliced = (text: string, cuts: readonly Cut[]): string => {
  let [out, done] = ["", 0];
  for (const [start, end, instead] of [...cuts].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    out += text.slice(done, start) + instead;
    done = end;
  }
  return out + text.slice(done);
};

const breaks = (text: string): boolean => /[\r\n]/.test(text);
const isBreak = (char: string | undefined): boolean => char === "\n" || char === "\r";
const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";

/** The offset behind the spaces and tabs that begin at `at`. */
export const pastBlanks = (text: string, at: number): number => {
  let end = at;
  while (isBlank(text[end])) end++;
  return end;
};

const beforeBlanks = (text: string, at: number): number => {
  let start = at;
  while (isBlank(text[start - 1])) start--;
  return start;
};

/** Spaces and tabs that the line of `at` begins with. */
export const indentAt = (text: string, at: number): string => {
  let start = at;
  while (start > 0 && !isBreak(text[start - 1])) start--;
  return text.slice(start, pastBlanks(text, start));
};

/** Whether nothing but blanks stands before `at` on its line. */
export const beginsLine = (text: string, at: number): boolean => {
  const start = beforeBlanks(text, at);
  return start === 0 || isBreak(text[start - 1]);
};

/** The start of the line break that ends at `at`. */
export const beforeBreak = (text: string, at: number): number =>
  text[at - 1] === "\n" && text[at - 2] === "\r" ? at - 2 : at - 1;

/** The sequence's text with one more item before the one of that index, or behind the last. */
export const insertItem = (seq: Sequence, index: number, layout: Layout, print: Print): string => {
  if (seq.items.length === 0) return intoEmpty(seq, layout, print);
  if (index === 0) return beforeFirst(seq, layout, print);
  const previous = seq.items[index - 1]!;
  const next = seq.items[index];
  const together = next !== undefined && !breaks(seq.text.slice(previous[1], next[0]));
  if (beginsLine(seq.text, previous[0]) && !together) return onNextLine(seq, index - 1, layout, print);
  return onSameLine(seq, index - 1, layout, print);
};

const beforeFirst = (seq: Sequence, layout: Layout, print: Print): string => {
  const [start] = seq.items[0]!;
  const indent = beginsLine(seq.text, start) ? indentAt(seq.text, start) : undefined;
  const separator = indent === undefined ? layout.gap : layout.eol + indent;
  return spliced(seq.text, [[start, start, `${print(indent)},${separator}`]]);
};

const onNextLine = (seq: Sequence, previous: number, { eol }: Layout, print: Print): string => {
  const [start, end] = seq.items[previous]!;
  const comma = seq.commas[previous];
  const at = lineEnd(seq, comma === undefined ? end : comma + 1);
  const indent = indentAt(seq.text, start);
  const item = eol + indent + print(indent);
  if (comma !== undefined) return spliced(seq.text, [[at, at, `${item},`]]);
  return seq.text.slice(0, end) + "," + seq.text.slice(end, at) + item + seq.text.slice(at);
};

/** Where the line of `from` ends, or behind its comments before the bracket; `from` when an item follows on it. */
const lineEnd = (seq: Sequence, from: number): number => {
  const at = pastComments(seq, from, true);
  const next = pastBlanks(seq.text, at);
  if (isBreak(seq.text[next])) return next;
  return next === seq.close ? at : from;
};

const pastComments = (seq: Sequence, from: number, withLine: boolean): number => {
  let at = from;
  for (const { span, line } of seq.comments) {
    if (span[0] < at || (line && !withLine)) continue;
    if (pastBlanks(seq.text, at) !== span[0]) break;
    at = span[1];
  }
  return at;
};

const onSameLine = (seq: Sequence, previous: number, layout: Layout, print: Print): string => {
  const gap = gapBefore(seq, previous) ?? layout.gap;
  const comma = seq.commas[previous];
  if (comma !== undefined) return spliced(seq.text, [[comma + 1, comma + 1, `${gap}${print(undefined)},`]]);
  const at = pastComments(seq, seq.items[previous]![1], false);
  return spliced(seq.text, [[at, at, `,${gap}${print(undefined)}`]]);
};

/** The blanks between an item and the comma before it; undefined where something else stands there. */
const gapBefore = (seq: Sequence, index: number): string | undefined => {
  const comma = seq.commas[index - 1];
  if (comma === undefined) return undefined;
  const start = seq.items[index]![0];
  return pastBlanks(seq.text, comma + 1) === start ? seq.text.slice(comma + 1, start) : undefined;
};

/** Lays out the first item so that `removeItem` can tell what stood between the brackets before. */
const intoEmpty = (seq: Sequence, layout: Layout, print: Print): string => {
  const { text, open, close, comments } = seq;
  const { eol, inner, outer } = layout;
  const last = comments.at(-1);
  const headEnd = last?.span[1] ?? open;
  const next = pastBlanks(text, headEnd);
  const at = isBreak(text[next]) ? next : headEnd;
  const tailBreaks = breaks(text.slice(at, close));
  const ownLine = eol + inner;
  if (last?.line || breaks(text.slice(open, at)))
    return spliced(text, [[at, at, tailBreaks ? ownLine + print(inner) : ` ${print(undefined)}`]]);
  if (tailBreaks) return spliced(text, [[at, at, ownLine + print(inner) + eol]]);
  if (layout.expand) return spliced(text, [[close, close, ownLine + print(inner) + eol + outer]]);
  return spliced(text, [[at, at, (open === close ? "" : " ") + print(undefined)]]);
};

/** The sequence's text without one item: comments stay, and what `insertItem` added goes. */
export const removeItem = (seq: Sequence, index: number): string => {
  const { text, items, commas } = seq;
  const [start, end] = items[index]!;
  const comma = commas[index];
  const before = commas[index - 1];
  const isLast = index === items.length - 1;
  const cuts: Cut[] = beginsLine(text, start) ? ownLineCuts(seq, index) : sameLineCuts(seq, index);
  cuts.push([start, comma === undefined ? end : pastBlanks(text, end), ""]);
  if (comma !== undefined) cuts.push([comma, comma + 1, ""]);
  else if (isLast && before !== undefined) cuts.push([before, before + 1, ""]);
  return spliced(text, cuts);
};

const endOf = (seq: Sequence, index: number): number => {
  const comma = seq.commas[index];
  return comma === undefined ? seq.items[index]![1] : comma + 1;
};

const sameLineCuts = (seq: Sequence, index: number): Cut[] => {
  const start = seq.items[index]![0];
  const end = endOf(seq, index);
  const next = pastBlanks(seq.text, end);
  if (index > 0 || seq.items.length === 1) return [[beforeBlanks(seq.text, start), start, ""]];
  return isBreak(seq.text[next]) ? [] : [[end, next, ""]];
};

const ownLineCuts = (seq: Sequence, index: number): Cut[] => {
  const { text, comments, items } = seq;
  const [start, itemEnd] = items[index]!;
  const end = endOf(seq, index);
  const next = pastBlanks(text, end);
  const commented = comments.some(({ span }) => span[0] === next || (span[0] >= itemEnd && span[1] < end));
  if (commented || next === items[index + 1]?.[0]) return [[end, next, ""]];
  const lead = beforeBreak(text, beforeBlanks(text, start));
  const swallowed = !isBreak(text[next]) && comments.some(({ span, line }) => line && span[1] === lead);
  if (swallowed) return [];
  const stop = isBreak(text[next]) ? next : end;
  return [[lead, start, ""], [end, stop, ""], ...(items.length === 1 ? tailCuts(seq, lead, stop) : [])];
};

/** What `intoEmpty` wrote behind the only item. */
const tailCuts = (seq: Sequence, lead: number, end: number): Cut[] => {
  const { text, open, close, comments } = seq;
  if (breaks(text.slice(open, lead)) || comments.some(({ line, span }) => line && span[1] <= lead)) return [];
  const tail = text.slice(end, close);
  if (/^(?:\r\n|\n|\r)[ \t]*$/.test(tail)) return [[end, close, ""]];
  const first = /^(?:\r\n|\n|\r)(?=\s*$)/.exec(tail);
  return first ? [[end, end + first[0].length, ""]] : [];
};
