import { scanLine } from "./markdown-blocks.ts";
import type { InlineImport, InlineLink } from "./markdown-inline.ts";
import { closeLeaf, type State } from "./markdown-leaves.ts";

/** All offsets are UTF-16 units of the scanned text, `end` is behind the last one. */
export interface Heading {
  at: number;
  end: number;
  level: number;
  /** As it stands in the source, without marks. */
  text: string;
}
/** A fenced code block with its fences. */
export interface Fence {
  at: number;
  end: number;
  info: string;
}
/** An HTML comment that begins a line, with its marks; `text` is what stands between them. */
export interface Comment {
  at: number;
  end: number;
  text: string;
}
/** An inline link or image; `url` as it stands in the source from `urlAt`, without angle brackets. */
export type Link = InlineLink;
/** An `@path` token as Claude Code reads them (2.1.330, 2026-11-22); whether the path is a file is another question. */
export type Import = InlineImport;

export interface Scan {
  headings: Heading[];
  fences: Fence[];
  comments: Comment[];
  links: Link[];
  imports: Import[];
  /**
   * The scan may be wrong: link definitions, lone carriage returns, very deep nesting, raw HTML left open, and the
   * few forms that parsers dispute.
   */
  unsure: boolean;
  /** What is left open at the end of the text, so that text put behind it would fall into it. */
  open?: "fence" | "comment";
}

const finish = (state: State): Scan => {
  const { leaf, scan, containers } = state;
  if (containers.length === 0 && leaf?.kind === "fence") scan.open = "fence";
  if (containers.length === 0 && leaf?.kind === "html" && leaf.comment) scan.open = "comment";
  if (leaf?.kind === "html" && leaf.until !== "blank" && !leaf.comment) scan.unsure = true;
  closeLeaf(state);
  return scan;
};

/**
 * The headings, fences, comments, links and imports of a Markdown text (CommonMark 0.31, no extensions; cut off a
 * head first), each in the order of the text. One linear pass.
 */
export const scan = (text: string): Scan => {
  const found: Scan = {
    headings: [],
    fences: [],
    comments: [],
    links: [],
    imports: [],
    unsure: /\r(?!\n)/.test(text),
  };
  const state: State = { text, scan: found, containers: [], leaf: undefined, before: 0, above: "blank" };
  for (let at = text.startsWith("\uFEFF") ? 1 : 0, next: number; at < text.length; at = next) {
    const stop = text.indexOf("\n", at);
    next = stop < 0 ? text.length : stop + 1;
    const lineEnd = stop < 0 ? text.length : stop;
    const end = text[lineEnd - 1] === "\r" && lineEnd > at ? lineEnd - 1 : lineEnd;
    scanLine(state, at, end);
  }
  return finish(state);
};
