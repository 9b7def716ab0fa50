import { angleEnd } from "./markdown-html.ts";

/** Offsets into the inline text. */
export interface InlineLink {
  at: number;
  end: number;
  text: string;
  url: string;
  urlAt: number;
}
export interface InlineImport {
  at: number;
  end: number;
  path: string;
}

interface Bracket {
  at: number;
  /** Behind the `[`. */
  inner: number;
  image: boolean;
}

const PUNCTUATION = /[!-/:-@[-`{-~]/;
const MAX_PARENTHESES = 32;

const isSpace = (char: string | undefined): boolean =>
  char === " " || char === "\n" || char === "\t" || char === "\r";

const skipSpace = (text: string, at: number): number => {
  let end = at;
  while (isSpace(text[end])) end++;
  return end;
};

/** The offset of the first of `stops` at or behind `at` that no backslash escapes, or -1. */
const unescaped = (text: string, at: number, stops: string): number => {
  for (let i = at; i < text.length; i++) {
    if (stops.includes(text[i]!)) return i;
    if (text[i] === "\\" && PUNCTUATION.test(text[i + 1] ?? "")) i++;
  }
  return -1;
};

/** The end of a link's bare destination, or -1. */
const bareEnd = (text: string, at: number): number => {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i]!;
    if (isSpace(char)) return depth === 0 ? i : -1;
    if (char < " " || char === "\x7f") return -1;
    if (char === "(" && ++depth >= MAX_PARENTHESES) return -1;
    if (char === ")" && depth-- === 0) return i;
    if (char === "\\" && /[\\()]/.test(text[i + 1] ?? "")) i++;
  }
  return -1;
};

interface Resource {
  url: string;
  urlAt: number;
  end: number;
}

const destination = (text: string, at: number): Resource | undefined => {
  if (text[at] === "<") {
    const end = unescaped(text, at + 1, "<>\n\r");
    return text[end] === ">" ? { url: text.slice(at + 1, end), urlAt: at + 1, end: end + 1 } : undefined;
  }
  const end = bareEnd(text, at);
  return end < 0 ? undefined : { url: text.slice(at, end), urlAt: at, end };
};

/** `(url "title")` at `at`; `end` is behind the bracket. */
const resource = (text: string, at: number): Resource | undefined => {
  if (text[at] !== "(") return undefined;
  const target = destination(text, skipSpace(text, at + 1));
  if (!target) return undefined;
  let end = skipSpace(text, target.end);
  const quote = { '"': '"', "'": "'", "(": ")" }[text[end] ?? ""];
  if (quote && end > target.end) {
    const close = unescaped(text, end + 1, quote);
    if (close < 0) return undefined;
    end = skipSpace(text, close + 1);
  }
  return text[end] === ")" ? { ...target, end: end + 1 } : undefined;
};

/** Finds the end of a code span; each run of backticks is looked at once. */
const codeSpans = (text: string): ((at: number) => number) => {
  let runs: Map<number, number[]> | undefined;
  const collect = (): Map<number, number[]> => {
    const found = new Map<number, number[]>();
    for (const { index, 0: run } of text.matchAll(/`+/g)) {
      const same = found.get(run.length);
      if (same) same.push(index);
      else found.set(run.length, [index]);
    }
    for (const starts of found.values()) starts.reverse();
    return found;
  };
  return (at) => {
    let end = at;
    while (text[end] === "`") end++;
    runs ??= collect();
    const starts = runs.get(end - at) ?? [];
    while (starts.length > 0 && starts.at(-1)! < end) starts.pop();
    return starts.length > 0 ? starts.at(-1)! + (end - at) : end;
  };
};

const IMPORT = /@((?:[^\s\\`]|\\ )+)/y;

const importTo = (text: string, at: number, end: number): InlineImport => ({
  at,
  end,
  path: text.slice(at + 1, end).replaceAll("\\ ", " "),
});

/** The `@path` token at `at`, where one may stand. */
const importAt = (text: string, at: number): InlineImport | undefined => {
  if (at > 0 && !/\s/.test(text[at - 1]!)) return undefined;
  IMPORT.lastIndex = at;
  const found = IMPORT.exec(text);
  return found && /^[\p{L}\p{N}._~/-]/u.test(found[1]!) ? importTo(text, at, IMPORT.lastIndex) : undefined;
};

/** Open brackets, innermost last; links do not hold links, so brackets around one are dead. */
const bracketStack = () => {
  const open: Bracket[] = [];
  let dead = 0;
  return {
    push: (bracket: Bracket) => void open.push(bracket),
    pop: (): Bracket | undefined => {
      const bracket = open.pop();
      const isDead = open.length < dead && bracket?.image === false;
      dead = Math.min(dead, open.length);
      return isDead ? undefined : bracket;
    },
    kill: () => {
      dead = open.length;
    },
  };
};

/**
 * Inline links, images and `@path` tokens of one paragraph or heading, outside of code, autolinks and HTML.
 * Reference links are not looked for. One pass.
 */
export const scanInline = (text: string): { links: InlineLink[]; imports: InlineImport[] } => {
  const links: InlineLink[] = [];
  const imports: InlineImport[] = [];
  const brackets = bracketStack();
  const codeEnd = codeSpans(text);
  const missing = new Set<string>();

  const closeBracket = (at: number): number => {
    const open = brackets.pop();
    const target = open && resource(text, at + 1);
    if (!open || !target) return at + 1;
    if (open.image) while (links.length > 0 && links.at(-1)!.at > open.at) links.pop();
    else brackets.kill();
    const token = imports.at(-1);
    if (token && token.at > open.at && token.end > at) Object.assign(token, importTo(text, token.at, at));
    links.push({ ...target, at: open.at, text: text.slice(open.inner, at) });
    return target.end;
  };

  const special: Readonly<Record<string, (at: number) => number>> = {
    "\\": (at) => (PUNCTUATION.test(text[at + 1] ?? "") ? at + 2 : at + 1),
    "`": codeEnd,
    "<": (at) => Math.max(at + 1, angleEnd(text, at, missing)),
    "!": (at) => {
      if (text[at + 1] !== "[") return at + 1;
      brackets.push({ at, inner: at + 2, image: true });
      return at + 2;
    },
    "[": (at) => {
      brackets.push({ at, inner: at + 1, image: false });
      return at + 1;
    },
    "]": closeBracket,
    "@": (at) => {
      const found = at < (imports.at(-1)?.end ?? 0) ? undefined : importAt(text, at);
      if (found) imports.push(found);
      return at + 1;
    },
  };

  const next = /[\\`<![\]@]/g;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    next.lastIndex = special[found[0]]!(found.index);
  }
  return { links, imports };
};
