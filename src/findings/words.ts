import type { Call, Word } from "./shell.ts";

/** Words in front of a program that change nothing about what it is. */
const PREFIX =
  /^(?:sudo|doas|env|command|exec|nohup|nice|time|builtin|stdbuf|timeout|setsid|unbuffer|xargs|busybox|if|then|else|elif|while|until|do|!|\{|cmd|cmd\.exe)$/;
/** Flags of those that take a word. */
const TAKES = /^-(?:u|g|n|k|s|S|I|P|L|d|C|h|o|e|i)$/;

/** `/usr/bin/node` -> `node`, `npx.cmd` -> `npx`. */
export const programName = (word: string): string =>
  word
    .replace(/^.*[\\/]/, "")
    .replace(/\.(?:exe|cmd|bat|ps1)$/i, "")
    .toLowerCase();

/** Where a call's own program stands among its words, behind `sudo`, `env A=b` and the like. */
export const programAt = (texts: readonly string[]): number => {
  let i = 0;
  let wrapped = "";
  for (; i < texts.length; i++) {
    const text = texts[i]!;
    if (PREFIX.test(programName(text))) wrapped = programName(text);
    else if (wrapped && text.startsWith("-")) i += TAKES.test(text) && !texts[i + 1]?.startsWith("-") ? 1 : 0;
    else if (/^cmd/.test(wrapped) && /^\/[a-z]$/i.test(text)) continue;
    else if (wrapped === "timeout" && /^[\d.]+[smhd]?$/.test(text)) continue;
    else if (!/^[A-Za-z_]\w*\+?=/.test(text)) break;
  }
  return i;
};

/** A raw connection that a shell opens by itself. */
export const SOCKET = /\/dev\/(?:tcp|udp)\//;

interface Span {
  start: number;
  end: number;
}
/** What was found in the script that a word holds, with offsets of the line; of the whole word where quoting moves them. */
export const shifted = <T extends Span>(line: string, word: Word, found: readonly T[]): T[] => {
  const raw = line.slice(word.start, word.end);
  const at = raw === word.text ? 0 : raw.slice(1, -1) === word.text ? 1 : -1;
  return found.map((f) =>
    at < 0
      ? { ...f, start: word.start, end: word.end }
      : { ...f, start: word.start + at + f.start, end: word.start + at + f.end },
  );
};

/** A command and its arguments as one call of a line; no shell reads it, so nothing in a word is special. */
export interface Argv {
  line: string;
  call: Call;
  /** Which word a place of the line is in, and where in it; what goes on behind that word is cut. */
  within: (span: Span) => Span & { arg: number };
}
export const argvOf = (command: string, args: readonly string[]): Argv => {
  const words: Word[] = [];
  let line = "";
  for (const text of [command, ...args]) {
    words.push({ text, start: line.length, end: line.length + text.length });
    line += `${text} `;
  }
  const within = ({ start, end }: Span): Span & { arg: number } => {
    const arg = words.findLastIndex((w) => w.start <= start);
    const word = words[arg]!;
    return { arg, start: start - word.start, end: Math.min(end, word.end) - word.start };
  };
  return { line, call: { words, start: 0, end: line.length - 1, to: [] }, within };
};
