/** A place in a line. Columns count a tab as up to four. */
export interface Cursor {
  /** The next character that is no white space. */
  at: number;
  /** Its column. */
  column: number;
  /** The column up to which the line is read. */
  read: number;
  /** The end of the line, without its line end. */
  end: number;
}

export const skipSpace = (text: string, cursor: Cursor): void => {
  for (; cursor.at < cursor.end; cursor.at++) {
    const char = text[cursor.at];
    if (char === " ") cursor.column++;
    else if (char === "\t") cursor.column += 4 - (cursor.column % 4);
    else return;
  }
};

export const skipMark = (text: string, cursor: Cursor, length: number): void => {
  cursor.at += length;
  cursor.column += length;
  cursor.read = cursor.column;
  skipSpace(text, cursor);
};

export const indentOf = (cursor: Cursor): number => cursor.column - cursor.read;
export const isBlank = (cursor: Cursor): boolean => cursor.at >= cursor.end;

export const trimEnd = (text: string, start: number, end: number): number => {
  let at = end;
  while (at > start && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at;
};

export const headingOf = (
  text: string,
  cursor: Cursor,
): { level: number; start: number; stop: number } | undefined => {
  let start = cursor.at;
  while (text[start] === "#") start++;
  const level = start - cursor.at;
  if (level < 1 || level > 6 || (start < cursor.end && text[start] !== " " && text[start] !== "\t"))
    return undefined;
  while (start < cursor.end && (text[start] === " " || text[start] === "\t")) start++;
  const stop = trimEnd(text, start, cursor.end);
  let hashes = stop;
  while (hashes > start && text[hashes - 1] === "#") hashes--;
  const closed = hashes === start || text[hashes - 1] === " " || text[hashes - 1] === "\t";
  return { level, start, stop: closed ? trimEnd(text, start, hashes) : stop };
};

const markRun = (text: string, at: number): string => {
  let end = at;
  while (text[end] === text[at]) end++;
  return text.slice(at, end);
};

export const fenceOf = (
  text: string,
  { at, end }: Cursor,
): { at: number; info: string; mark: string } | undefined => {
  if (text[at] !== "`" && text[at] !== "~") return undefined;
  const mark = markRun(text, at);
  const info = text.slice(at + mark.length, end).trim();
  if (mark.length < 3 || (mark[0] === "`" && info.includes("`"))) return undefined;
  return { at, info, mark };
};

export const closesFence = (text: string, cursor: Cursor, mark: string): boolean => {
  if (indentOf(cursor) > 3 || text[cursor.at] !== mark[0]) return false;
  const run = markRun(text, cursor.at);
  return run.length >= mark.length && trimEnd(text, cursor.at, cursor.end) === cursor.at + run.length;
};

export const underline = (text: string, { at, end }: Cursor): 1 | 2 | undefined => {
  const mark = text[at];
  if (mark !== "=" && mark !== "-") return undefined;
  if (at + markRun(text, at).length !== trimEnd(text, at, end)) return undefined;
  return mark === "=" ? 1 : 2;
};

export const isBreak = (text: string, { at, end }: Cursor): boolean => {
  const mark = text[at];
  if (mark !== "*" && mark !== "-" && mark !== "_") return false;
  let count = 0;
  for (let i = at; i < end; i++) {
    if (text[i] === mark) count++;
    else if (text[i] !== " " && text[i] !== "\t") return false;
  }
  return count >= 3;
};

const ITEM = /(?:[-+*]|(\d{1,9})[.)])(?=[ \t\r\n]|$)/y;

/** Reads the mark of a list item and gives the item. In a paragraph only a first, non-empty item begins a list. */
export const itemOf = (
  text: string,
  cursor: Cursor,
  inParagraph: boolean,
): { width: number; empty: boolean } | undefined => {
  ITEM.lastIndex = cursor.at;
  const found = ITEM.exec(text);
  if (!found) return undefined;
  const after = { ...cursor };
  skipMark(text, after, found[0].length);
  if (inParagraph && (isBlank(after) || (found[1] !== undefined && Number(found[1]) !== 1))) return undefined;
  const width = indentOf(cursor) + found[0].length;
  const empty = isBlank(after);
  const gap = empty || indentOf(after) > 4 ? 1 : indentOf(after);
  Object.assign(cursor, after);
  cursor.read += gap;
  return { width: width + gap, empty };
};
