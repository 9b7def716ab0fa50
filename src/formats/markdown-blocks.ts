import { htmlBlock } from "./markdown-html.ts";
import {
  addHeading,
  beginHtml,
  type Container,
  closeLeaf,
  endsHtml,
  type Paragraph,
  type State,
  setext,
} from "./markdown-leaves.ts";
import {
  type Cursor,
  closesFence,
  fenceOf,
  headingOf,
  indentOf,
  isBlank,
  isBreak,
  itemOf,
  skipMark,
  skipSpace,
  trimEnd,
  underline,
} from "./markdown-lines.ts";

/** Containers nested deeper than this are read as text. */
const MAX_CONTAINERS = 64;

const skipQuoteMark = (text: string, cursor: Cursor): void => {
  skipMark(text, cursor, 1);
  if (indentOf(cursor) > 0) cursor.read++;
};

/** Reads the marks of a container that goes on in this line. */
const goesOn = (container: Container, text: string, cursor: Cursor): boolean => {
  if (container.kind === "quote") {
    if (indentOf(cursor) > 3 || text[cursor.at] !== ">") return false;
    skipQuoteMark(text, cursor);
    return true;
  }
  if (isBlank(cursor)) return !container.empty;
  if (indentOf(cursor) < container.width) return false;
  cursor.read += container.width;
  return true;
};

const matched = ({ containers, text }: State, cursor: Cursor): number => {
  const stop = containers.findIndex((container) => !goesOn(container, text, cursor));
  return stop < 0 ? containers.length : stop;
};

/** Ends what does not go on in this line. */
const settle = (state: State, kept: number): void => {
  closeLeaf(state);
  state.containers.length = Math.min(kept, state.containers.length);
  const inner = state.containers.at(-1);
  if (inner?.kind === "item") inner.empty = false;
};

/** Whether a leaf block other than a paragraph begins here, or is this line. `going`: the paragraph that could go on. */
const beginsLeaf = (state: State, cursor: Cursor, kept: number, going: Paragraph | undefined): boolean => {
  const { text } = state;
  const heading = headingOf(text, cursor);
  const fence = heading ? undefined : fenceOf(text, cursor);
  const level = going && underline(text, cursor);
  const html =
    text[cursor.at] === "<" && htmlBlock(text.slice(cursor.at, cursor.end), 0, state.leaf !== undefined);
  if (level) {
    setext(state, cursor, going, level);
    return true;
  }
  if (!heading && !fence && !html && !isBreak(text, cursor)) return false;
  settle(state, kept);
  if (heading)
    addHeading(state, cursor.at, trimEnd(text, cursor.at, cursor.end), heading.level, [
      heading.start,
      heading.stop,
    ]);
  else if (fence) state.leaf = { kind: "fence", ...fence };
  else if (html) beginHtml(state, cursor, html);
  return true;
};

/** The container that begins here; its mark is read. */
const beginsContainer = (text: string, cursor: Cursor, inParagraph: boolean): Container | undefined => {
  if (text[cursor.at] === ">") {
    skipQuoteMark(text, cursor);
    return { kind: "quote" };
  }
  const item = itemOf(text, cursor, inParagraph);
  return item && { kind: "item", ...item };
};

/**
 * Where remark parts from CommonMark (micromark 4, found by comparing): a lone tag behind a line of a list or quote
 * that does not go on, and a list that begins where it could not interrupt a paragraph, in a new container or behind
 * indented code.
 */
const isDisputed = (state: State, cursor: Cursor, kept: number, isNew: boolean): boolean => {
  const { text, containers, above } = state;
  if (above === "blank") return false;
  if (text[cursor.at] === "<")
    return kept < containers.length && htmlBlock(text.slice(cursor.at, cursor.end), 0, false) !== undefined;
  if (!isNew && above !== "code") return false;
  return itemOf(text, { ...cursor }, false) !== undefined && itemOf(text, { ...cursor }, true) === undefined;
};

const addLine = (state: State, cursor: Cursor, kept: number): void => {
  const slice = [cursor.at, trimEnd(state.text, cursor.at, cursor.end)];
  if (state.leaf?.kind === "paragraph" && !isBlank(cursor)) {
    state.leaf.slices.push(...slice);
    return;
  }
  const blank = isBlank(cursor);
  if (blank) closeLeaf(state);
  else settle(state, kept);
  state.containers.length = Math.min(kept, state.containers.length);
  if (!blank && indentOf(cursor) < 4) state.leaf = { kind: "paragraph", slices: slice };
};

/** A line outside of fences and HTML: new containers, then one leaf. */
const openBlocks = (state: State, cursor: Cursor, goingOn: number): void => {
  const { text, containers } = state;
  let kept = goingOn;
  let all = kept === containers.length;
  let isNew = false;
  while (!isBlank(cursor) && indentOf(cursor) < 4) {
    if (isDisputed(state, cursor, kept, isNew)) state.scan.unsure = true;
    const going = all && state.leaf?.kind === "paragraph" ? state.leaf : undefined;
    if (beginsLeaf(state, cursor, kept, going)) return;
    if (kept >= MAX_CONTAINERS) {
      state.scan.unsure = true;
      break;
    }
    const container = beginsContainer(text, cursor, going !== undefined);
    if (!container) break;
    settle(state, kept);
    containers.push(container);
    kept = containers.length;
    all = true;
    isNew = true;
  }
  addLine(state, cursor, kept);
};

/** Whether the line belongs to an open fence or HTML block. */
const staysVerbatim = (state: State, cursor: Cursor): boolean => {
  const { leaf, text } = state;
  if (leaf?.kind === "fence") {
    if (closesFence(text, cursor, leaf.mark)) closeLeaf(state, trimEnd(text, cursor.at, cursor.end));
    return true;
  }
  if (leaf?.kind !== "html" || (leaf.until === "blank" && isBlank(cursor))) return false;
  if (endsHtml(text, leaf.until, cursor.at, cursor.end)) closeLeaf(state, cursor.end);
  return true;
};

/** Reads one line, from `at` to its end without the line end. */
export const scanLine = (state: State, at: number, end: number): void => {
  const cursor = { at, column: 0, read: 0, end };
  skipSpace(state.text, cursor);
  const kept = matched(state, cursor);
  const verbatim = state.leaf !== undefined && state.leaf.kind !== "paragraph";
  if (verbatim && (kept < state.containers.length || !staysVerbatim(state, cursor))) closeLeaf(state);
  else if (verbatim) {
    state.above = "other";
    if (!isBlank(cursor)) state.before = end;
    return;
  }
  openBlocks(state, cursor, kept);
  state.before = end;
  const isCode = state.leaf === undefined && indentOf(cursor) >= 4;
  if (!isBlank(cursor)) state.above = isCode ? "code" : "other";
  else if (state.above !== "code") state.above = "blank";
};
