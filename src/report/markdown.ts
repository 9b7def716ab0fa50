import type { Diagnostic } from "../core/diagnostic.ts";
import { masked } from "../core/secret-text.ts";
import { block, code, inline, paragraph } from "./inline.ts";
import { counted, ofLevel, published, type Run, spotOf, visible, withoutPaths } from "./run.ts";
import { plural } from "./text.ts";

/** What a comment on GitHub may hold, in characters, less room for what is put around it. */
export const LIMIT = 65_536 - 1536;
/** Of it, for commands and the words around lists. */
const RESERVE = 6000;
/** Findings that are shown unfolded. */
const OPEN = 20;
/** Commands that are proposed. */
const COMMANDS = 10;
const LONGEST_COMMAND = 300;

const words = ["clean", "not clean", "refused", "could not run"];
const verdict = (run: Run): string => {
  const found = counted(run);
  const isClean = run.exit === 0 && run.diagnostics.every((d) => d.level !== "error");
  const word = run.exit === 0 && !isClean ? "not clean" : words[run.exit];
  return `### portable ${run.command}: ${word}${found && `, ${found}`}`;
};

const lineOfSpot = (line: number | undefined): string => (line === undefined ? "" : ` line ${line}:`);

/** One finding in one line: level, line, what is wrong, what to do. */
const item = (found: Diagnostic, run: Run): string => {
  const d = published(found, run);
  const advice = [d.note && inline(d.note), d.fix && code(d.fix)].filter(Boolean);
  const head = `- **${d.level}**${lineOfSpot(spotOf(found, run)?.line)} ${inline(d.reason)} (${code(d.code)})`;
  return [head, ...advice].join("<br>");
};

/** A line, and how many findings it tells. */
interface Line {
  text: string;
  tells: 0 | 1;
}
/** What a finding that stands in no file is about. */
const subject = (d: Diagnostic): string =>
  /^(?:loss|shadow)\//.test(d.code) ? "In what the tools get" : "In the repository";

/** Findings under the names of their files, the file of the first first. */
const grouped = (found: readonly Diagnostic[], run: Run): Line[] => {
  const groups = new Map<string, Line[]>();
  for (const d of found) {
    const file = spotOf(d, run)?.file;
    const head = file === undefined ? subject(d) : code(visible(file));
    const lines = groups.get(head) ?? [];
    groups.set(head, lines);
    lines.push({ text: item(d, run), tells: 1 });
  }
  return [...groups].flatMap(([head, lines]) => [
    { text: "", tells: 0 },
    { text: head, tells: 0 },
    { text: "", tells: 0 },
    ...lines,
  ]);
};

/** The lines for which there is room, and how many findings are left. */
const fitting = (lines: readonly Line[], room: number): { text: string; shown: number; left: number } => {
  let [used, end] = [0, 0];
  while (end < lines.length && used + lines[end]!.text.length + 1 <= room)
    used += lines[end++]!.text.length + 1;
  const tells = (some: readonly Line[]): number => some.reduce((n, l) => n + l.tells, 0);
  const kept = lines.slice(0, end);
  return {
    text: kept.map((l) => l.text).join("\n"),
    shown: tells(kept),
    left: tells(lines.slice(end)),
  };
};

const folded = (title: string, text: string): string =>
  `<details><summary>${title}</summary>\n\n${text.trim()}\n\n</details>`;
const leftOut = (n: number, run: Run): string[] =>
  n ? [`and ${n} more: ${code(`portable ${run.command}`)} shows them all`] : [];

/** Why the run failed: errors, and warnings where they alone are the reason. */
const isSerious = (d: Diagnostic, run: Run): boolean =>
  d.level === "error" ||
  (d.level === "warning" && run.exit !== 0 && !run.diagnostics.some((o) => o.level === "error"));

/** A part of the report that keeps within its room, in characters. */
type Section = (run: Run, room: number) => string[];

/** What made it fail: the first open, the others folded; what has no room is counted. */
const serious: Section = (run, room) => {
  const found = run.diagnostics.filter((d) => isSerious(d, run));
  const first = fitting(grouped(found.slice(0, OPEN), run), room);
  const rest = found.slice(OPEN);
  const more = fitting(first.left ? [] : grouped(rest, run), room - first.text.length);
  return [
    ...(first.shown ? [first.text.trim()] : []),
    ...(more.shown ? [folded(`and ${more.shown} more`, more.text)] : []),
    ...leftOut(first.left + rest.length - more.shown, run),
  ];
};

/** The others of a level, folded. */
const others =
  (level: "warning" | "note"): Section =>
  (run, room) => {
    const found = run.diagnostics.filter((d) => d.level === level && !isSerious(d, run));
    if (!found.length) return [];
    const title = plural(found.length, level);
    const { text, shown, left } = fitting(grouped(found, run), room);
    if (!shown) return [`${title}: ${code(`portable ${run.command}`)} shows them`];
    return [folded(title, [text, "", ...leftOut(left, run)].join("\n"))];
  };

const isCommand = (fix: string): boolean =>
  /^portable \S/.test(fix) && !/\\u\{|\n/.test(fix) && fix.length <= LONGEST_COMMAND;

/** The commands that mend it, each once, `build` last: an edit is taken before it is overwritten. */
const mending: Section = (run) => {
  const fixes = (["error", "warning"] as const).flatMap((l) => ofLevel(run, l)).flatMap((d) => d.fix ?? []);
  const all = [...new Set(fixes.filter(isCommand))];
  const last = "portable build";
  const shown = [...all.filter((f) => f !== last), ...all.filter((f) => f === last)].slice(-COMMANDS);
  const folder = run.repository.prefix.slice(0, -1);
  const where = folder && `, in ${code(visible(folder))}`;
  return shown.length ? [`To mend it${where}:`, block("sh", shown.join("\n"))] : [];
};

const saidBy = (run: Run): string =>
  visible(withoutPaths(masked(run.lines.filter(Boolean).join("\n")), run.repository)).trim();
const said: Section = (run) => {
  const text = saidBy(run);
  return text && !text.includes("\n") ? [paragraph(text)] : [];
};
/** What the command says besides findings, where that is more than a line: the diff, for one. */
const saidAtLength: Section = (run, room) => {
  const text = saidBy(run);
  if (!text.includes("\n")) return [];
  const fits = text.length <= room;
  const kept = fits ? text : text.slice(0, Math.max(0, text.lastIndexOf("\n", room)));
  const title = `what portable ${run.command} says${fits ? "" : ", its first part"}`;
  return kept ? [folded(title, block(run.command === "diff" ? "diff" : "text", kept))] : [];
};

const sections: readonly Section[] = [
  said,
  serious,
  mending,
  others("warning"),
  others("note"),
  saidAtLength,
];
const size = (parts: readonly string[]): number => parts.reduce((n, p) => n + p.length + 2, 0);

/** A summary for a pull request: the verdict first, findings by file, the commands that mend them. It fits in one comment. */
export const markdownReport = (run: Run): string => {
  const parts = [verdict(run)];
  for (const section of sections) parts.push(...section(run, LIMIT - RESERVE - size(parts)));
  return parts.join("\n\n");
};
