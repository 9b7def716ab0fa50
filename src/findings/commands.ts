import type { Level } from "../core/codec.ts";
import { steals } from "./credentials.ts";
import { type CommandRule, type Found, type Line, lineOf, reaching, runs, runsDownload } from "./flow.ts";
import { type Hit, shown, type WordHit } from "./hit.ts";
import { inline, powershell } from "./inline.ts";
import { isPrinter, isShell, type Program } from "./programs.ts";
import { callsIn } from "./shell.ts";
import { argvOf, SOCKET } from "./words.ts";

export type { CommandRule } from "./flow.ts";

const texts: Readonly<Record<CommandRule, readonly [level: Level, reason: string, note: string]>> = {
  "fetch-and-run": [
    "error",
    "fetches code from the network and runs it unseen",
    "keep the script in the repository, or pin it by its hash",
  ],
  "decode-and-run": [
    "error",
    "runs code that is encoded, so that nobody can read it",
    "write the command in plain text",
  ],
  "reverse-shell": [
    "error",
    "opens a raw connection for a shell",
    "delete it; whoever ran it, treat the machine as taken over",
  ],
  permissions: [
    "error",
    "starts an agent that asks nobody before it acts",
    "leave the flag out; allow by name what it may do",
  ],
  steals: [
    "error",
    "reads credentials where it can send them away",
    "delete it; whoever ran it, replace those credentials",
  ],
  shell: ["warning", "runs a shell where a program would do", "write the program and its arguments"],
  "inline-code": [
    "warning",
    "runs code that is written into the command",
    "put the code into a file of the repository",
  ],
};

/** `nc -e sh`, `socat exec:sh`. */
const listens = ({ name, args }: Program): boolean =>
  /^(?:nc|ncat|netcat)$/.test(name)
    ? args.some((w) => /^(?:-[a-z]*e|-c|--exec|--sh-exec)$/.test(w.text))
    : name === "socat" && args.some((w) => /^(?:exec|system):/i.test(w.text));
const reverse = (line: Line): Found[] => {
  const talks = reaching(line, (to) => /^(?:nc|ncat|netcat|socat)$/.test(line.programs.get(to)?.name ?? ""));
  return line.calls.flatMap((call) => {
    const p = line.programs.get(call);
    const asks = p && isShell(p) && p.args.some((w) => w.text === "-i") && talks.has(call);
    const opens =
      call.to.some((t) => SOCKET.test(t)) ||
      (!(p && isPrinter(p)) && call.words.some((w) => SOCKET.test(w.text)));
    return opens || asks || (p && listens(p))
      ? [{ rule: "reverse-shell", start: call.words[0]!.start, end: call.end }]
      : [];
  });
};

/** Flags that let an agent act unasked, by the tools' own help, 2026-11. */
const BYPASS =
  /^--(?:allow-)?dangerously-(?:skip-permissions|bypass-approvals-and-sandbox|allow-all)$|^--(?:yolo|trust-all-tools|allow-all-tools|skip-permissions-unsafe)$|^--(?:permission-mode=bypassPermissions|approval-mode=yolo|sandbox=danger-full-access)$|^COPILOT_ALLOW_ALL=(?:1|true)/i;
const PAIRS: readonly (readonly [RegExp, RegExp])[] = [
  [/^--permission-mode$/, /^bypassPermissions$/],
  [/^--approval-mode$/, /^yolo$/],
  [/^(?:--sandbox|-s)$/, /^danger-full-access$/],
  [/^(?:-c|--config)$/, /^sandbox_mode\s*=\s*"?danger-full-access/],
];
const SHORT: Readonly<Record<string, RegExp>> = {
  gemini: /^-y$/,
  qwen: /^-y$/,
  crush: /^-y$/,
  "cursor-agent": /^(?:-f|--force)$/,
  copilot: /^--allow-all$/,
  aider: /^--yes-always$/,
};
const bypasses = (line: Line): Found[] =>
  line.calls.flatMap((call) => {
    const p = line.programs.get(call);
    if (p && isPrinter(p)) return [];
    return call.words.flatMap((w, i): Found[] => {
      const next = call.words[i + 1];
      const pair = next && PAIRS.some(([flag, value]) => flag.test(w.text) && value.test(next.text));
      const short = Object.hasOwn(SHORT, p?.name ?? "") && SHORT[p!.name]!.test(w.text);
      return BYPASS.test(w.text) || pair || short
        ? [{ rule: "permissions", start: w.start, end: pair ? next.end : w.end }]
        : [];
    });
  });

/** Rules that say nothing more where a worse one is told. */
const covered: ReadonlySet<CommandRule> = new Set(["decode-and-run", "shell", "inline-code"]);
/** More is not told of one line. */
const MOST = 200;
/** One place is told once, by its worst rule. */
const worstFirst = (all: readonly Found[]): Found[] => {
  const order = Object.keys(texts);
  const sorted = [...all].sort((a, b) => order.indexOf(a.rule) - order.indexOf(b.rule) || a.start - b.start);
  const kept: Found[] = [];
  for (const f of sorted.slice(0, MOST))
    if (!kept.some((k) => (k.rule === f.rule || covered.has(f.rule)) && k.start < f.end && f.start < k.end))
      kept.push(f);
  return kept.sort((a, b) => a.start - b.start);
};

/** Shells in shells that are looked into. */
const DEEPEST = 4;
const judge = (line: Line, depth: number): Found[] => [
  ...runs(line),
  ...runsDownload(line),
  ...inline(line, (script) => (depth < DEEPEST ? found(script, depth + 1) : [])),
  ...powershell(line),
  ...reverse(line),
  ...bypasses(line),
  ...steals(line),
];
const found = (text: string, depth: number): Found[] => judge(lineOf(text, callsIn(text)), depth);

const hit = (text: string, { rule, start, end }: Found): Hit<CommandRule> => {
  const [level, reason, note] = texts[rule];
  return { rule, level, start, end, reason, note, evidence: shown(text.slice(start, end)) };
};

/** What a shell line (a hook, a helper, a status line) does that nobody should have to look for, worst rule a place. */
export const risks = (line: string): Hit<CommandRule>[] =>
  worstFirst(found(line, 0)).map((f) => hit(line, f));

/** The same for a command and its arguments, which no shell reads; a command with blanks and no arguments is a line. */
export const argvRisks = (command: string, args: readonly string[]): WordHit<CommandRule>[] => {
  if (!args.length && /\s/.test(command)) return risks(command).map((h) => ({ ...h, arg: 0 }));
  const { line, call, within } = argvOf(command, args);
  return worstFirst(judge(lineOf(line, [call]), 0)).map((f) => ({ ...hit(line, f), ...within(f) }));
};
