import type { HtmlEnd } from "./markdown-html.ts";
import { scanInline } from "./markdown-inline.ts";
import { type Cursor, trimEnd } from "./markdown-lines.ts";
import type { Scan } from "./markdown-scan.ts";

interface Quote {
  kind: "quote";
}
interface Item {
  kind: "item";
  /** Columns from the parent's content to the item's. */
  width: number;
  empty: boolean;
}
export type Container = Quote | Item;

/** Source slices of the lines of a paragraph, `[start, end, start, end, ...]`. */
export interface Paragraph {
  kind: "paragraph";
  slices: number[];
}
interface OpenFence {
  kind: "fence";
  at: number;
  info: string;
  mark: string;
}
interface Html {
  kind: "html";
  at: number;
  until: HtmlEnd;
  comment: boolean;
}
type Leaf = Paragraph | OpenFence | Html;

export interface State {
  text: string;
  scan: Scan;
  containers: Container[];
  leaf: Leaf | undefined;
  /** End of the last line above that could end a leaf: in fences and HTML a line that is not blank. */
  before: number;
  /** What stands above; indented code goes on over blank lines. */
  above: "blank" | "code" | "other";
}

/** The inline text of a paragraph and where its offsets stand in the source. */
const inlineText = (
  text: string,
  slices: readonly number[],
): { inline: string; source: (at: number) => number } => {
  const parts: string[] = [];
  const starts: number[] = [];
  let length = 0;
  for (let i = 0; i < slices.length; i += 2) {
    starts.push(length);
    parts.push(text.slice(slices[i], slices[i + 1]));
    length += slices[i + 1]! - slices[i]! + 1;
  }
  let line = 0;
  const source = (at: number): number => {
    while (line > 0 && starts[line]! > at) line--;
    while (line + 1 < starts.length && starts[line + 1]! <= at) line++;
    return slices[2 * line]! + at - starts[line]!;
  };
  return { inline: parts.join("\n"), source };
};

const scanText = ({ text, scan }: State, slices: readonly number[]): void => {
  const { inline, source } = inlineText(text, slices);
  if (!inline.includes("](") && !inline.includes("@")) return;
  const found = scanInline(inline);
  const placed = <T extends { at: number; end: number }>(each: T): T => ({
    ...each,
    at: source(each.at),
    end: source(each.end - 1) + 1,
  });
  for (const link of found.links) scan.links.push({ ...placed(link), urlAt: source(link.urlAt) });
  for (const each of found.imports) scan.imports.push(placed(each));
};

const DEFINITION = /^\[(?:[^[\]\\]|\\.)*\]:/s;

/** Whether a paragraph may hold link definitions, which the scan does not know. */
const beginsDefinition = (text: string, slices: readonly number[]): boolean =>
  text[slices[0]!] === "[" && DEFINITION.test(text.slice(slices[0], slices.at(-1)));

const closeParagraph = (state: State, { slices }: Paragraph): void => {
  if (beginsDefinition(state.text, slices)) state.scan.unsure = true;
  scanText(state, slices);
};

export const closeLeaf = (state: State, end = state.before): void => {
  const { leaf, scan, text } = state;
  state.leaf = undefined;
  if (leaf?.kind === "paragraph") closeParagraph(state, leaf);
  if (leaf?.kind === "fence") scan.fences.push({ at: leaf.at, end, info: leaf.info });
  if (leaf?.kind === "html" && leaf.comment) {
    const close = text.slice(leaf.at, end).indexOf("-->", 2);
    const stop = close < 0 ? end : leaf.at + close;
    scan.comments.push({
      at: leaf.at,
      end: close < 0 ? end : stop + 3,
      text: text.slice(leaf.at + 4, stop).trim(),
    });
  }
};

export const addHeading = (
  state: State,
  at: number,
  end: number,
  level: number,
  slices: readonly number[],
): void => {
  const text = inlineText(state.text, slices).inline;
  state.scan.headings.push({ at, end, level, text });
  scanText(state, slices);
};

export const endsHtml = (text: string, until: HtmlEnd, start: number, end: number): boolean =>
  until !== "blank" && until.test(text.slice(start, end));

export const beginHtml = (state: State, { at, end }: Cursor, until: HtmlEnd): void => {
  const comment = state.text.startsWith("<!--", at);
  state.leaf = { kind: "html", at, until, comment };
  if (endsHtml(state.text, until, at + 2, end)) closeLeaf(state, end);
};

export const setext = (state: State, cursor: Cursor, { slices }: Paragraph, level: number): void => {
  state.leaf = undefined;
  if (beginsDefinition(state.text, slices)) state.scan.unsure = true;
  addHeading(state, slices[0]!, trimEnd(state.text, cursor.at, cursor.end), level, slices);
};
