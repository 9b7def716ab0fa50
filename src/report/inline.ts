/** Longer texts are cut: a comment has room for many findings. In UTF-16 units. */
const LONGEST = 1000;

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…`;

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A text as a code span: nothing in it is markup, a mention or a link. */
export const code = (text: string, most = LONGEST): string => {
  const line = cut(text.replace(/\s*\n\s*/g, " "), most);
  const fence = "`".repeat(longestRun(line) + 1);
  const pads = /^`|`$|^ .* $/.test(line) || !line.trim();
  return pads ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
};

/** A text as a fenced block. */
export const block = (language: string, text: string): string => {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return [fence + language, text, fence].join("\n");
};

/** A word that GitHub would make a mention, a reference, a link, an emoji or a formula of: it is shown as code. */
const LIVE = /[@#$]|:\/\/|\bwww\.|\bgh-\d|:[\w+-]+:|mailto:|xmpp:|(?<![^\W_])[0-9a-f]{7,64}(?![^\W_])/i;

const plainWord = (word: string): string =>
  word.replace(/[\\*_[\]~|]/g, "\\$&").replace(/[&<>`]/g, (c) => `&#${c.charCodeAt(0)};`);

interface Piece {
  isCode: boolean;
  text: string;
}
/** A live word without the punctuation around it. */
const liveWord = (word: string): Piece[] => {
  const [, before = "", core = "", after = ""] = /^([("']*)(.*?)([)"'.,;:!?]*)$/.exec(word) ?? [];
  return [
    { isCode: false, text: before },
    { isCode: true, text: core },
    { isCode: false, text: after },
  ];
};

/** A text in pieces: what stands in backticks, live words and the rest; code that touches code is one piece. */
const pieces = (text: string): Piece[] => {
  const all: Piece[] = [];
  const add = (piece: Piece): void => {
    const last = all.at(-1);
    if (piece.isCode && last?.isCode) last.text += piece.text;
    else if (piece.text) all.push(piece);
  };
  for (const [whole, quoted] of text.matchAll(/`([^`\n]+)`|\s+|[^\s`]+|`/g))
    if (quoted !== undefined) add({ isCode: true, text: quoted });
    else
      for (const piece of LIVE.test(whole) ? liveWord(whole) : [{ isCode: false, text: whole }]) add(piece);
  return all;
};

/** A text within a line of Markdown, as it reads: no markup, mention or link of its own. */
export const inline = (text: string): string =>
  pieces(cut(text.replace(/\s*\n\s*/g, " / "), LONGEST))
    .map((p) => (p.isCode ? code(p.text) : plainWord(p.text)))
    .join("");

/** The same as a paragraph of its own: what it begins with is no list. */
export const paragraph = (text: string): string =>
  inline(text.trim()).replace(/^(?:[-+](?=\s|$)|(\d+)(?=[.)]))/, (sign, number) =>
    number ? `${number}\\` : `\\${sign}`,
  );
