/** Names whose HTML blocks run to the next blank line (CommonMark 0.31, HTML block kind 6). */
const BLOCK_NAMES =
  "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt " +
  "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link " +
  "main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead " +
  "title tr track ul";
const BLOCK_TAG = new RegExp(`<\\/?(?:${BLOCK_NAMES.replaceAll(" ", "|")})(?=[ \\t]|\\/?>|\\r?\\n|$)`, "iy");
const RAW_TAG = /<(?:script|pre|style|textarea)(?=[ \t>]|\r?\n|$)/iy;
const RAW_END = /<\/(?:script|pre|style|textarea)>/i;

const isAt = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

const skip = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
};

const SPACE = /[ \t\r\n]+/y;
const TAG_NAME = /[A-Za-z][A-Za-z0-9-]*/y;
const ATTRIBUTE_NAME = /[A-Za-z_:][A-Za-z0-9_.:-]*/y;
const BARE_VALUE = /[^ \t\r\n"'=<>`]+/y;

/** The offset behind an attribute's value that begins at `at`, or -1. */
const valueEnd = (text: string, at: number): number => {
  const quote = text[at];
  if (quote === '"' || quote === "'") return text.indexOf(quote, at + 1) + 1 || -1;
  const end = skip(BARE_VALUE, text, at);
  return end > at ? end : -1;
};

/** The offset behind the attributes that begin at `at` (white space, then `>` or `/>`, is not part of them), or -1. */
const attributesEnd = (text: string, at: number): number => {
  for (let end = at; ; ) {
    const name = skip(SPACE, text, end);
    const after = name > end ? skip(ATTRIBUTE_NAME, text, name) : name;
    if (after === name) return end;
    const equals = skip(SPACE, text, after);
    end = text[equals] === "=" ? valueEnd(text, skip(SPACE, text, equals + 1)) : after;
    if (end < 0) return -1;
  }
};

/** The offset behind an open or closing tag that begins at `at`, or -1. */
export const tagEnd = (text: string, at: number): number => {
  const closing = text[at + 1] === "/";
  const name = at + (closing ? 2 : 1);
  const named = skip(TAG_NAME, text, name);
  if (named === name) return -1;
  const attributes = closing ? named : attributesEnd(text, named);
  if (attributes < 0) return -1;
  let end = skip(SPACE, text, attributes);
  if (!closing && text[end] === "/") end++;
  return text[end] === ">" ? end + 1 : -1;
};

/** What ends an HTML block: text in one of its lines, or a blank line. */
export type HtmlEnd = RegExp | "blank";

const isLoneTag = (line: string, at: number): boolean => {
  const end = tagEnd(line, at);
  return end >= 0 && /^[ \t\r\n]*$/.test(line.slice(end));
};

/**
 * What ends the HTML block that begins at `at` of `line`; undefined where none begins there. A lone tag begins one
 * only where it does not interrupt a paragraph.
 */
export const htmlBlock = (line: string, at: number, inParagraph: boolean): HtmlEnd | undefined => {
  if (line[at] !== "<") return undefined;
  if (line.startsWith("<!--", at)) return /-->/;
  if (isAt(RAW_TAG, line, at)) return RAW_END;
  if (line.startsWith("<?", at)) return /\?>/;
  if (line.startsWith("<![CDATA[", at)) return /\]\]>/;
  if (isAt(/<![A-Za-z]/y, line, at)) return />/;
  if (isAt(BLOCK_TAG, line, at)) return "blank";
  return !inParagraph && isLoneTag(line, at) ? "blank" : undefined;
};

const AUTOLINK = /<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20\x7f<>]*>/y;
const EMAIL = /<[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9-]{1,63})*>/y;
const MARKED: readonly (readonly [start: string, end: string])[] = [
  ["<!--", "-->"],
  ["<?", "?>"],
  ["<![CDATA[", "]]>"],
];

/**
 * The offset behind the autolink or the inline HTML that begins at `at`, or -1. `missing` holds end marks that are
 * known not to come any more, so that a text of many openers is searched once.
 */
export const angleEnd = (text: string, at: number, missing: Set<string>): number => {
  for (const pattern of [AUTOLINK, EMAIL]) {
    const end = skip(pattern, text, at);
    if (end > at) return end;
  }
  const short = /<!--(?:-?>)/y;
  if (isAt(short, text, at)) return skip(short, text, at);
  const marked = MARKED.find(([start]) => text.startsWith(start, at));
  const mark = marked?.[1] ?? (isAt(/<![A-Za-z]/y, text, at) ? ">" : undefined);
  if (mark === undefined) return tagEnd(text, at);
  if (missing.has(mark)) return -1;
  const end = text.indexOf(mark, at + (marked?.[0].length ?? 2));
  if (end < 0) missing.add(mark);
  return end < 0 ? -1 : end + mark.length;
};
