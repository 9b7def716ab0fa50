/** A number from 0 up to, not including, `below`; the same sequence for the same seed (mulberry32). */
export type Random = (below: number) => number;
export const random = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
};

const pick = <T>(all: readonly T[], r: Random): T => all[r(all.length)]!;

/** What some format, dialect or tool takes for more than it is. */
// biome-ignore format: one list
const TOKENS = [
  "---", "---\n", "...", "```", "~~~", "<!-- portable:rule a -->\n", "<!-- portable:rule a when -->\n", "<!-- portable:end a -->\n",
  "<!-- portable:only claude -->\n", "<!-- portable:end -->\n", "<!--", "-->", "&a ", "*a", "<<: *a\n", "!!js/function x", "!!binary ",
  "? ", ": ", "- ", "  - ", "\t", "|", ">-", "|9\n", "%YAML 9\n", "${", "${A:-", "$${", "{{", "}}", "{{!", "{{@", "{{99}}", "$ARGUMENTS",
  "!`", "@", "@../x", "@/etc/passwd", "__proto__", "constructor", "[[", "]]", "[a.b]\n", "a.b = 1\n", "'''", '"""', "'", '"', "\\", "\\u",
  "\\ud800", "//", "/*", "*/", ",", ",,", "{", "}", "[", "]", "1e999", "-0", "0x", "9007199254740993", "nan", "2026-11-22", "null", "~",
  "../", "..\\", "C:\\", "CON", "\r", "\r\n", "\n\n\n", " #", "#", "=", "\tportable.lock 1 ", "<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n",
];
/** Characters that are not what they look like, or that break those who count bytes. */
const ODD = [
  "\0",
  "\uFEFF",
  "\u2028",
  "\u2029",
  "\u0085",
  "\u00AD",
  "\u200B",
  "\u202E",
  "\u2066",
  "\uD800",
  "\uDC00",
  "\uFFFE",
  "\uFFFF",
  "\u0130",
  "e\u0301\u0301\u0301",
  "\u{1F469}\u200D\u{1F4BB}",
  "\u{E0041}\u{E007F}",
  "\u{10FFFF}",
  "\x1b[31m",
  "\x7f",
  "\x0b",
  "\x0c",
  "\u3000",
];
const OPENERS = [
  "[",
  "{",
  "(",
  "- ",
  "> ",
  '{"a":',
  "a: {",
  "[a.",
  "<b>",
  "**",
  "[[",
  "* ",
  "`",
  "<!-- ",
  "? ",
];
const CLOSERS: Record<string, string> = {
  "[": "]",
  "{": "}",
  "(": ")",
  '{"a":': "}",
  "a: {": "}",
  "[[": "]]",
  "<!-- ": " -->",
};
/** UTF-16 units; a longer input is cut, so that one is done in milliseconds. */
const LONGEST = 120_000;

const at = (text: string, r: Random): number => r(text.length + 1);
const put = (text: string, i: number, more: string): string => text.slice(0, i) + more + text.slice(i);
const onLines =
  (act: (lines: string[], i: number, r: Random) => void) =>
  (text: string, r: Random): string => {
    const lines = text.split("\n");
    act(lines, r(lines.length), r);
    return lines.join("\n");
  };

const deep = (text: string, r: Random): string => {
  const opener = pick(OPENERS, r);
  const n = 1 + r(r(4) ? 100 : 3000);
  const closed = r(2) ? (CLOSERS[opener] ?? "").repeat(n) : "";
  return put(text, at(text, r), opener.repeat(n) + closed);
};
const indented = (text: string, r: Random): string => {
  const n = 1 + r(200);
  return put(
    text,
    at(text, r),
    `\n${Array.from({ length: n }, (_, i) => `${" ".repeat(i)}${r(2) ? "a:" : "-"}`).join("\n")}\n`,
  );
};

type Mutation = (text: string, r: Random, other: string) => string;
const mutations: readonly Mutation[] = [
  // one character is another
  (t, r) => {
    const i = r(t.length || 1);
    return t.slice(0, i) + String.fromCharCode(t.charCodeAt(i) ^ (1 << r(8))) + t.slice(i + 1);
  },
  (t, r) => put(t, at(t, r), pick(TOKENS, r)),
  (t, r) => put(t, at(t, r), pick(ODD, r)),
  onLines((ls, i) => ls.splice(i, 1)),
  onLines((ls, i) => ls.splice(i, 0, ls[i]!)),
  onLines((ls, i, r) => ls.splice(r(ls.length), 0, ...ls.splice(i, 1 + r(3)))),
  onLines((ls, i, r) => ls.splice(i, 1, pick(TOKENS, r) + ls[i])),
  onLines((ls, i, r) => ls.splice(i, 1, " ".repeat(r(9)) + ls[i]!.trimStart())),
  // two files in one
  (t, r, other) => t.slice(0, at(t, r)) + other.slice(at(other, r)),
  (t, r, other) => {
    const [from, to] = [at(other, r), at(other, r)].sort((a, b) => a - b);
    return put(t, at(t, r), other.slice(from, to));
  },
  // cut off, or with a hole
  (t, r) => t.slice(0, at(t, r)),
  (t, r) => {
    const i = at(t, r);
    return t.slice(0, i) + t.slice(i + 1 + r(40));
  },
  // a long line, or many
  (t, r) =>
    put(
      t,
      at(t, r),
      pick([...TOKENS, ...ODD, "a", " ", "a,", "x: y "], r).repeat(1 + r(r(8) ? 300 : 20_000)),
    ),
  (t, r) => put(t, at(t, r), `${pick(TOKENS, r)}\n`.repeat(1 + r(100))),
  deep,
  indented,
  (t) => t.replaceAll("\n", "\r\n"),
  (t, r) => t.replaceAll("\n", () => (r(2) ? "\r" : "\n")),
  (t) => `\uFEFF${t}`,
  (t, r) => t.replaceAll(pick(["a", " ", ":", '"', "-"], r), () => (r(20) ? "" : pick(ODD, r))),
];

/** The text after one to six changes; `other` lends it parts. */
export const mutated = (text: string, other: string, r: Random): string => {
  let out = text;
  for (let n = 1 + r(6); n > 0; n--) out = pick(mutations, r)(out, r, other).slice(0, LONGEST);
  return out;
};
