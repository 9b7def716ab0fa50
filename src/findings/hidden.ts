import type { Level } from "../core/codec.ts";
import { type Hit, shown } from "./hit.ts";

export type HiddenRule = "tags" | "selectors" | "bidi" | "invisible";

/** A run of characters that people do not see and models read. */
export interface Hidden extends Hit<HiddenRule> {
  /** Characters in the run. */
  count: number;
  /** What tag characters or selectors smuggle, as far as it is text. */
  decoded?: string;
}

/**
 * Characters without a shape of their own: default ignorable code points and bidirectional controls of Unicode 16, in UTF-16.
 * One run is one finding.
 */
const RUN =
  /(?:[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]|[\udb41-\udb43][\udc00-\udfff]|\ud834[\udd73-\udd7a])+/g;

const PICTOGRAPH = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20e3]$/u;
/** Scripts whose letters join or part by ZWJ and ZWNJ. */
const JOINS =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Thaana}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Balinese}\p{Script=Javanese}]$/u;
/** Scripts that write no spaces, where a zero width space says that a line may break. */
const NO_SPACES =
  /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}]$/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const MONGOLIAN = /^\p{Script=Mongolian}$/u;
const IDEOGRAPH = /^\p{Ideographic}$/u;
const LETTER = /^\p{L}$/u;
const HANGUL = /^\p{Script=Hangul}$/u;

const isTag = (c: number): boolean => c >= 0xe0000 && c <= 0xe007f;
const isSelector = (c: number): boolean => (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
const isBidi = (c: number): boolean => (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
const isMark = (c: number): boolean => c === 0x200e || c === 0x200f || c === 0x061c;
const isJoiner = (c: number): boolean => c === 0x200c || c === 0x200d;

const before = (text: string, at: number): string => {
  const low = /[\udc00-\udfff]/.test(text[at - 1] ?? "");
  return text.slice(at - (low ? 2 : 1), at);
};
const after = (text: string, at: number): string => {
  const c = text.codePointAt(at);
  return c === undefined ? "" : String.fromCodePoint(c);
};
/** Whether the line around a place has right-to-left letters; places are asked in the order of the text, each line is read once. */
const rightToLeft = (text: string): ((at: number) => boolean) => {
  let [end, found] = [-1, false];
  return (at) => {
    if (at > end) {
      const start = text.lastIndexOf("\n", at - 1) + 1;
      end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
      found = RIGHT_TO_LEFT.test(text.slice(start, end));
    }
    return found;
  };
};

interface Run {
  codes: readonly number[];
  prev: string;
  next: string;
  /** Whether right-to-left letters stand in the line. */
  rtl: () => boolean;
}

const ascii = (codes: readonly number[]): string =>
  codes
    .filter((c) => isTag(c) && c !== 0xe007f && c !== 0xe0001)
    .map((c) => String.fromCharCode(c - 0xe0000))
    .join("");
/** The three flags of subdivisions that emoji fonts draw: England, Scotland, Wales. */
const flag = ({ codes, prev }: Run): boolean =>
  prev === "\u{1f3f4}" &&
  codes.at(-1) === 0xe007f &&
  /^gb(?:eng|sct|wls)$/.test(ascii(codes)) &&
  codes.length === 6;

/** An emoji's own selector and joiner: `[VS15|VS16]`, `[VS16] ZWJ` between two pictographs. */
const emoji = ({ codes, prev, next }: Run): boolean => {
  if (codes.length > 2) return false;
  const picked = codes[0] === 0xfe0e || codes[0] === 0xfe0f;
  if (codes.length === 1 && picked)
    return PICTOGRAPH.test(prev) || (/^[0-9#*]$/.test(prev) && next === "\u20e3");
  const joined = codes.at(-1) === 0x200d && (codes.length === 1 || picked);
  return joined && PICTOGRAPH.test(prev) && PICTOGRAPH.test(next);
};

/** What a script needs to be written. */
const script = ({ codes, prev, next, rtl }: Run): boolean => {
  const [c] = codes as [number];
  if (codes.length <= 2 && codes.every(isJoiner)) return JOINS.test(prev);
  if (codes.length > 1) return false;
  if (c === 0x200b) return NO_SPACES.test(prev) || NO_SPACES.test(next);
  if (isMark(c)) return rtl();
  if ((c >= 0x180b && c <= 0x180f) || c === 0x202f) return MONGOLIAN.test(prev);
  if (c === 0x115f || c === 0x1160) return HANGUL.test(prev) || HANGUL.test(next);
  return isSelector(c) && c >= 0xe0100 && IDEOGRAPH.test(prev);
};

const allowed = (run: Run): boolean => emoji(run) || script(run) || flag(run);

/** Bytes as variation selectors carry them, the first sixteen in the basic plane: text where they are. */
const bytesOf = (codes: readonly number[]): string =>
  new TextDecoder().decode(
    Uint8Array.from(codes.filter(isSelector), (c) => (c < 0xe0000 ? c - 0xfe00 : c - 0xe0100 + 16)),
  );
const readable = (text: string): string | undefined => {
  const clean = shown(text);
  const odd = clean.match(/[·\ufffd]/g)?.length ?? 0;
  return clean.length > 1 && odd * 4 < clean.length ? clean : undefined;
};

const names: Readonly<Record<number, string>> = {
  173: "soft hyphen",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  12644: "Hangul filler",
  65279: "byte order mark inside the text",
};
const nouns: Readonly<Record<HiddenRule, readonly [one: string, many: string]>> = {
  tags: ["an invisible tag character", "invisible tag characters"],
  selectors: ["a variation selector where none belongs", "variation selectors in a row"],
  bidi: ["a character that turns the direction of text", "characters that turn the direction of text"],
  invisible: ["an invisible character", "invisible characters"],
};
const hex = (c: number): string => `U+${c.toString(16).toUpperCase().padStart(4, "0")}`;
const SHOWN = 4;
const listed = (codes: readonly number[]): string =>
  codes.slice(0, SHOWN).map(hex).join(" ") + (codes.length > SHOWN ? ` … (${codes.length} characters)` : "");

const LONG_RUN = 3;
const kindOf = (codes: readonly number[]): HiddenRule => {
  if (codes.some(isTag)) return "tags";
  if (codes.every(isSelector) || codes.filter(isSelector).length > LONG_RUN) return "selectors";
  return codes.some((c) => isBidi(c) || isMark(c)) ? "bidi" : "invisible";
};

/** What real texts hold by accident is a warning: a stray selector or joiner at an emoji, a pasted soft hyphen. */
const levelOf = (rule: HiddenRule, { codes, prev, next, rtl }: Run): Level => {
  const [c] = codes as [number];
  if (rule === "selectors")
    return codes.length <= LONG_RUN && codes.every((x) => x < 0xe0000) ? "warning" : "error";
  if (rule === "bidi") return codes.every(isMark) || rtl() ? "warning" : "error";
  if (rule === "tags" || codes.length > 1) return "error";
  if (c === 0x200d) return PICTOGRAPH.test(prev) || PICTOGRAPH.test(next) ? "warning" : "error";
  return c === 0xad && LETTER.test(prev) && LETTER.test(next) ? "warning" : "error";
};

const wordsOf = (rule: HiddenRule, codes: readonly number[]): string => {
  const [one, many] = nouns[rule];
  const name = names[codes[0]!];
  return codes.length > 1 ? `${codes.length} ${many}` : `${one}${name ? ` (${name})` : ""}`;
};

const finding = (run: Run, start: number, end: number): Hidden => {
  const rule = kindOf(run.codes);
  const decoded = readable(
    rule === "tags" ? ascii(run.codes) : rule === "selectors" ? bytesOf(run.codes) : "",
  );
  return {
    rule,
    level: levelOf(rule, run),
    start,
    end,
    reason: wordsOf(rule, run.codes) + (decoded ? `: a model reads "${decoded}"` : ""),
    evidence: listed(run.codes),
    note: "delete what people cannot see: models read it",
    count: run.codes.length,
    ...(decoded && { decoded }),
  };
};

/** Findings of one file; what goes on after these is told by the last. */
const MOST = 20;

/** Runs of hidden characters, in the order of the text; emoji, flags and what scripts need are none. */
export const hidden = (text: string): Hidden[] => {
  const found: Hidden[] = [];
  const rtl = rightToLeft(text);
  let more = 0;
  for (const m of text.matchAll(RUN)) {
    const mark = m.index === 0 && m[0][0] === "\ufeff" ? 1 : 0;
    const [start, end] = [m.index + mark, m.index + m[0].length];
    if (start === end) continue;
    const run: Run = {
      codes: Array.from(m[0].slice(mark), (c) => c.codePointAt(0)!),
      prev: before(text, start),
      next: after(text, end),
      rtl: () => rtl(start),
    };
    if (allowed(run)) continue;
    if (found.length < MOST) found.push(finding(run, start, end));
    else more++;
  }
  if (more) found.at(-1)!.reason += ` (and ${more} more places in this file)`;
  return found;
};
