import { Mismatch, same } from "../core/data.ts";
import { eolOf } from "../core/text.ts";

/** How one tool reads and writes the source text of one head value: all that stands after the colon. */
export interface Dialect {
  readonly id: string;
  /**
   * Heads are read line by line, as Cursor does: `key:value` without a space is a key, quotes are part of a key,
   * and blank lines may stand before the opening `---`.
   */
  readonly tight?: boolean;
  /** The value. Throws `Mismatch` where the tool would not read one, or where nobody knows what it reads. */
  read(source: string): unknown;
  /** Source that reads back as `value`, in the style of `prior` where that can say it. Throws `Mismatch` where nothing can. */
  write(value: unknown, prior?: string, eol?: string): string;
  /** Whether the tool reads this head at all; `dropped` means that it ignores every key. Without it: always read. */
  head?(front: Front): "ok" | "dropped";
}

/** A top-level key with its continuation lines. `value` is the end of `text`, from behind the colon. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly text: string;
}
/** Blank lines and comments between keys, and lines that belong to no key. */
export interface Gap {
  readonly key?: undefined;
  readonly text: string;
}
export type Span = Entry | Gap;

/** A text cut into head and body. Joining gives the text back, whatever it holds. */
export interface Front {
  /** The opening fence with what stands before it; empty where the text has no head. */
  readonly open: string;
  readonly spans: readonly Span[];
  readonly close: string;
  readonly body: string;
  /** The line end of the head, or of a text without one. */
  readonly eol: string;
  readonly tight: boolean;
  /** A head is opened and never closed: all of the text is body. */
  readonly unclosed: boolean;
}

const OPEN = /---[ \t]*\r?\n/y;
const FENCE = /^---[ \t]*(?:\r?\n)?$/;
const BLANK = /^[ \t]*\r?\n?$/;
const TIGHT_KEY = /^([A-Za-z_][\w-]*)[ \t]*:(?!\/\/)/;
const QUOTED_KEY = /^(?:"([^"\\\r\n]*)"|'([^'\r\n]*)')[ \t]*:(?=[ \t\r\n]|$)/;
const NOT_A_KEY = /^(?:[\s#"'[\]{}&*!|>%@`,:]|[-?](?:\s|$)|---)/;
const KEEPS_BLANKS = /[|>]\d?\+\d?[ \t]*(?:#[^\n]*)?\r?\n?$/;

/** The lines of a text with their line ends. */
const linesOf = function* (text: string, from = 0): Generator<string> {
  for (let at = from, next: number; at < text.length; at = next) {
    next = text.indexOf("\n", at) + 1 || text.length;
    yield text.slice(at, next);
  }
};

const plainKey = (line: string): { key: string; end: number } | undefined => {
  for (let at = line.indexOf(":"); at >= 0; at = line.indexOf(":", at + 1)) {
    if (!/^(?:[ \t\r\n]|$)/.test(line.slice(at + 1, at + 2))) continue;
    const key = line.slice(0, at).trimEnd();
    return /[ \t]#/.test(key) ? undefined : { key, end: at + 1 };
  }
  return undefined;
};

/** The key that a line begins with, and the offset behind its colon. */
const keyOf = (line: string, tight: boolean): { key: string; end: number } | undefined => {
  const known = tight ? TIGHT_KEY.exec(line) : QUOTED_KEY.exec(line);
  if (known) return { key: (known[1] ?? known[2])!, end: known[0].length };
  const quoted = tight && /^["']/.test(line);
  return !quoted && NOT_A_KEY.test(line) ? undefined : plainKey(line);
};

/** Cuts the lines between the fences into spans. */
export const cut = (head: string, tight = false): Span[] => {
  const spans: { key?: string; value?: string; text: string }[] = [];
  let gap = "";
  let keepsBlanks = false;
  const flush = (): void => {
    if (gap) spans.push({ text: gap });
    gap = "";
  };
  for (const line of linesOf(head)) {
    const found = keyOf(line, tight);
    const last = spans.at(-1);
    const blank = BLANK.test(line);
    if (found) {
      flush();
      spans.push({ key: found.key, value: line.slice(found.end), text: line });
      keepsBlanks = KEEPS_BLANKS.test(line);
    } else if (last?.value === undefined || line.startsWith("#") || (blank && !(keepsBlanks && !gap))) {
      gap += line;
    } else {
      last.value += gap + line;
      last.text += gap + line;
      gap = "";
      keepsBlanks ||= KEEPS_BLANKS.test(line);
    }
  }
  flush();
  return spans as Span[];
};

/** The opening fence of a text, with the byte order mark and (tight) blank lines before it. */
const openOf = (text: string, tight: boolean): string | undefined => {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (const line of tight ? linesOf(text, at) : []) {
    if (!BLANK.test(line)) break;
    at += line.length;
  }
  OPEN.lastIndex = at;
  return OPEN.test(text) ? text.slice(0, OPEN.lastIndex) : undefined;
};

/** Cuts a text into head and body; `tight` as in `Dialect`. */
export const split = (text: string, tight = false): Front => {
  const open = openOf(text, tight);
  const front = {
    open: "",
    spans: [],
    close: "",
    body: text,
    eol: eolOf(open ?? text),
    tight,
    unclosed: false,
  };
  if (open === undefined) return front;
  let at = open.length;
  for (const line of linesOf(text, at)) {
    const end = at + line.length;
    if (FENCE.test(line))
      return {
        ...front,
        open,
        spans: cut(text.slice(open.length, at), tight),
        close: line,
        body: text.slice(end),
      };
    at = end;
  }
  return { ...front, unclosed: true };
};

export const join = (front: Front): string =>
  front.open + front.spans.map((span) => span.text).join("") + front.close + front.body;

export const isEntry = (span: Span): span is Entry => span.key !== undefined;

/** The entry of a key. Throws `Mismatch` where it stands twice: tools differ in which one counts. */
const entryOf = (spans: readonly Span[], key: string): Entry | undefined => {
  const [first, second] = spans.filter((span): span is Entry => span.key === key);
  if (second) throw new Mismatch(`the key ${key} stands twice`);
  return first;
};

/** The value of one key, undefined where it does not stand. Throws `Mismatch` where the dialect cannot read it. */
export const get = (front: Front, key: string, dialect: Dialect): unknown => {
  const entry = entryOf(front.spans, key);
  return entry && dialect.read(entry.value);
};

/** What `run` gives, or undefined where it throws a `Mismatch`. */
export const attempt = <T>(run: () => T): { value: T } | undefined => {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
};

const reads = (dialect: Dialect, source: string, wanted: unknown): boolean => {
  const found = attempt(() => dialect.read(source));
  return found !== undefined && same(found.value, wanted);
};

const spelledKey = (key: string, tight: boolean): string => {
  for (const spelling of tight ? [key] : [key, `"${key}"`]) {
    const line = `${spelling}:\n`;
    const found = /[\r\n]/.test(key) ? undefined : keyOf(line, tight);
    if (found?.key === key && found.end === line.length - 1) return spelling;
  }
  throw new Mismatch(`${JSON.stringify(key)} cannot be a key of a head`);
};

/** Refuses to lose an anchor that another key still refers to. */
const guardAnchors = (spans: readonly Span[], old: Entry): void => {
  for (const [, name] of old.value.matchAll(/(?<![^\s[{,:])&([^\s,[\]{}]+)/g)) {
    if (spans.some((span) => span !== old && span.text.includes(`*${name}`)))
      throw new Mismatch(`${old.key} holds the anchor &${name}, which another key uses`);
  }
};

const written = (
  key: string,
  old: Entry | undefined,
  value: unknown,
  dialect: Dialect,
  eol: string,
): Entry => {
  const source = dialect.write(value, old?.value, eol);
  if (!reads(dialect, source, value))
    throw new Mismatch(`${dialect.id} cannot say ${JSON.stringify(value)} for ${key}`);
  const name = old
    ? old.text.slice(0, old.text.length - old.value.length)
    : `${spelledKey(key, dialect.tight === true)}:`;
  const text = name + source;
  if (cut(text, dialect.tight)[0]?.text !== text) throw new Mismatch(`${key} would run into what follows`);
  return { key, value: source, text };
};

/** `set` on the spans alone. */
export const put = (
  spans: readonly Span[],
  key: string,
  value: unknown,
  dialect: Dialect,
  eol: string,
): readonly Span[] => {
  const old = entryOf(spans, key);
  if (old ? reads(dialect, old.value, value) : value === undefined) return spans;
  if (old && !dialect.tight) guardAnchors(spans, old);
  if (value === undefined) return spans.filter((span) => span !== old);
  const entry = written(key, old, value, dialect, eol);
  return old ? spans.map((span) => (span === old ? entry : span)) : [...spans, entry];
};

/** The same text under an empty head, one blank line between them. */
export const opened = (front: Front): Front => {
  const bom = front.body.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = front.body.slice(bom.length);
  const gap = body === "" || /^[ \t]*\r?\n/.test(body) ? "" : front.eol;
  const fence = `---${front.eol}`;
  return { ...front, open: bom + fence, close: fence, body: gap + body, unclosed: false };
};

/**
 * Sets or (undefined) removes one key; only its own lines change, and a head is made where there is none.
 * Throws `Mismatch` where the dialect cannot say the value, or the key stands twice.
 */
export const set = (front: Front, key: string, value: unknown, dialect: Dialect): Front => {
  const spans = put(front.spans, key, value, dialect, front.eol);
  if (spans === front.spans) return front;
  return { ...(front.open ? front : opened(front)), spans };
};
