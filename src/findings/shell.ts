/** A word of a shell line; `text` is without quotes, offsets are of the line. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** One simple command of a shell line. */
export interface Call {
  words: Word[];
  start: number;
  end: number;
  /** Files that its output goes to. */
  to: string[];
  /** What reads its output: the next call of a pipe, or the call that a substitution stands in. */
  into?: Call;
  /** How: through a pipe, as words, as a file. */
  by?: "pipe" | "value" | "file";
}

/** What is open around a place, to go on with when it closes. */
interface Frame {
  call: Call;
  word: Word | undefined;
  close: string;
  quoted: boolean;
  by: NonNullable<Call["by"]>;
}

interface State {
  readonly line: string;
  at: number;
  call: Call;
  word: Word | undefined;
  /** Between double quotes. */
  quoted: boolean;
  /** The next word is a file that output goes to. */
  redirect: boolean;
  /** What ends the text that begins with the next line. */
  hereUntil: string | undefined;
  readonly frames: Frame[];
  readonly calls: Call[];
}

/** What stands deeper is read as words. */
const DEEPEST = 50;

const open = (s: State): void => {
  s.call = { words: [], start: s.at, end: s.at, to: [] };
  const frame = s.frames.at(-1);
  if (frame) Object.assign(s.call, { into: frame.call, by: frame.by });
  s.calls.push(s.call);
};

const add = (s: State, text: string, length: number): void => {
  s.word ??= { text: "", start: s.at, end: s.at };
  s.word.text += text;
  s.at = Math.min(s.line.length, s.at + length);
  s.word.end = s.at;
};

const endWord = (s: State): void => {
  if (!s.word) return;
  if (s.redirect) s.call.to.push(s.word.text);
  else s.call.words.push(s.word);
  s.call.end = s.word.end;
  s.redirect = false;
  s.word = undefined;
};

const enter = (s: State, opener: string, close: string, by: Frame["by"]): void => {
  if (by !== "pipe") s.word ??= { text: "", start: s.at, end: s.at };
  s.frames.push({ call: s.call, word: s.word, close, quoted: s.quoted, by });
  s.at += opener.length;
  s.word = undefined;
  s.quoted = false;
  open(s);
};

const leave = (s: State): void => {
  endWord(s);
  const { call, word, close, quoted } = s.frames.pop()!;
  s.at = Math.min(s.line.length, s.at + close.length);
  Object.assign(s, { call, word, quoted });
  if (word) word.end = s.at;
  call.end = s.at;
};

const nextCall = (s: State, operator: string): void => {
  endWord(s);
  const from = s.call;
  s.at += operator.length;
  open(s);
  if (operator === "|" || operator === "|&") Object.assign(from, { into: s.call, by: "pipe" });
};

/** Over the text of a here-document, which is data. */
const overHere = (s: State): void => {
  if (s.hereUntil === undefined) return;
  const end = s.line.indexOf(`\n${s.hereUntil}`, s.at - 1);
  s.at = end < 0 ? s.line.length : end + 1 + s.hereUntil.length;
  s.hereUntil = undefined;
};

const redirectAt = (s: State, c: string): void => {
  if (s.word && /^[0-9&]$/.test(s.word.text)) s.word = undefined;
  endWord(s);
  const here = c === "<" && /^<<-?[ \t]{0,8}(["']?)(\w{1,64})\1/.exec(s.line.slice(s.at, s.at + 80));
  if (here && s.line[s.at + 2] !== "<") {
    s.hereUntil = here[2]!;
    s.at += here[0].length;
    return;
  }
  while (s.line[s.at] === c) s.at++;
  if (s.line[s.at] === "&") s.at++;
  s.redirect = c === ">";
};

const single = (s: State): void => {
  const end = s.line.indexOf("'", s.at + 1);
  const to = end < 0 ? s.line.length : end;
  add(s, s.line.slice(s.at + 1, to), to + 1 - s.at);
};

const comment = (s: State): void => {
  const end = s.line.indexOf("\n", s.at);
  s.at = end < 0 ? s.line.length : end;
};

const OPERATOR = /^(?:&&|\|\||\|&|;;|[;&|\n])/;
/** `$(`, `` ` ``, `<(`, `(`, `{ `: what opens a command inside another; undefined: nothing. */
const opener = (s: State, c: string): [text: string, close: string, by: Frame["by"]] | undefined => {
  const next = s.line[s.at + 1];
  if (s.frames.length >= DEEPEST) return undefined;
  if (c === "$" && next === "(") return ["$(", ")", "value"];
  if (c === "`") return ["`", "`", "value"];
  if (s.quoted) return undefined;
  if (c === "<" && next === "(") return ["<(", ")", "file"];
  if (c === "(" && !s.word) return ["(", ")", "pipe"];
  return c === "{" && !s.word && !s.call.words.length && /\s/.test(next ?? "")
    ? ["{", "}", "pipe"]
    : undefined;
};

/** Outside quotes and words of two characters. */
const plain = (s: State, c: string): void => {
  const operator = OPERATOR.exec(s.line.slice(s.at, s.at + 2))?.[0];
  if (operator) nextCall(s, operator);
  else if (/\S/.test(c)) add(s, c, 1);
  else {
    endWord(s);
    s.at++;
  }
  if (operator === "\n") overHere(s);
};

const step = (s: State): void => {
  const c = s.line[s.at]!;
  const close = s.quoted ? undefined : s.frames.at(-1)?.close;
  const inner = c === close ? undefined : opener(s, c);
  if (c === close && (c !== "}" || !s.word)) leave(s);
  else if (c === "\\" && s.line[s.at + 1] === "\n") s.at += 2;
  else if (c === "\\" && s.at + 1 < s.line.length) add(s, s.line[s.at + 1]!, 2);
  else if (c === '"') {
    s.quoted = !s.quoted;
    add(s, "", 1);
  } else if (inner) enter(s, ...inner);
  else if (s.quoted) add(s, c, 1);
  else if (c === "'") single(s);
  else if (c === "#" && !s.word) comment(s);
  else if (c === "<" || c === ">") redirectAt(s, c);
  else if (c === "&" && s.line[s.at + 1] === ">") add(s, "&", 1);
  else plain(s, c);
};

/** Reads a shell line as far as findings need it: commands, pipes, substitutions, redirections; never fails, time grows with the line. */
export const callsIn = (line: string): Call[] => {
  const first: Call = { words: [], start: 0, end: 0, to: [] };
  const s: State = {
    line,
    at: 0,
    call: first,
    word: undefined,
    quoted: false,
    redirect: false,
    hereUntil: undefined,
    frames: [],
    calls: [first],
  };
  while (s.at < line.length) step(s);
  while (s.frames.length) leave(s);
  endWord(s);
  return s.calls.filter((c) => c.words.length);
};
