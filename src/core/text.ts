/** What belongs to a file and not to the text in it: byte order mark, line ends, blank lines before, final newline. */
export interface Layout {
  bom: string;
  gap: string;
  /** The text itself: LF, no blank lines before it, no final newline. */
  body: string;
  end: string;
  eol: string;
}

export const eolOf = (text: string): "\r\n" | "\n" => (/\r\n/.test(text) ? "\r\n" : "\n");
export const toLf = (text: string): string => (text.includes("\r") ? text.replaceAll("\r\n", "\n") : text);

/** Orders texts the same on every machine, whatever its language. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a terminal would obey or write from right to left, as an escape that shows it; line ends and tabs stay. */
export const visible = (text: string): string =>
  text.replace(
    /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n|$)/g,
    (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );

/** Offset behind the blank lines at `from`. */
const pastBlankLines = (text: string, from: number): number => {
  let start = from;
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === "\n") start = at + 1;
    else if (c !== " " && c !== "\t" && !(c === "\r" && text[at + 1] === "\n")) break;
  }
  return start;
};

export const layout = (text: string): Layout => {
  const bom = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const start = pastBlankLines(text, bom.length);
  const end =
    text.endsWith("\r\n") && text.length - 2 >= start
      ? "\r\n"
      : text.endsWith("\n") && text.length - 1 >= start
        ? "\n"
        : "";
  return {
    bom,
    gap: text.slice(bom.length, start),
    body: toLf(text.slice(start, text.length - end.length)),
    end,
    eol: eolOf(text),
  };
};

/** The text in the layout of `prior`; without one: LF, `gap` before it, a final newline. */
export const laid = (body: string, prior?: string, gap = ""): string => {
  if (prior === undefined || prior === "") return gap + body + (body ? "\n" : "");
  const old = layout(prior);
  if (old.body === body) return prior;
  return old.bom + old.gap + body.replaceAll("\n", old.eol) + (body ? old.end : "");
};

/** The name of the rule that a page is when nothing else names it: its path without the ending. */
export const pageName = (path: string): string =>
  path
    .replace(/(?<=[^/])\.[^./]*$/, "")
    .replace(/^\./, "")
    .replaceAll("/", "-");
