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

export const layout = (text: string): Layout => {
  const [, bom = "", gap = "", rest = ""] = /^(\uFEFF?)((?:[ \t]*\r?\n)*)([\s\S]*)$/.exec(text)!;
  const end = /\r?\n$/.exec(rest)?.[0] ?? "";
  return { bom, gap, body: toLf(rest.slice(0, rest.length - end.length)), end, eol: eolOf(text) };
};

/** The text in the layout of `prior`; without one: LF, `gap` before it, a final newline. */
export const laid = (body: string, prior?: string, gap = ""): string => {
  if (prior === undefined || prior === "") return gap + body + (body ? "\n" : "");
  const old = layout(prior);
  if (old.body === body) return prior;
  return old.bom + old.gap + body.replaceAll("\n", old.eol) + (body ? old.end : "");
};
