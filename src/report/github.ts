import type { Level } from "../core/codec.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { levels, published, type Run, spotOf } from "./run.ts";
import { plural } from "./text.ts";

/** Annotations of one level that GitHub shows for a step; the others are only in its log. https://docs.github.com/actions (2026-11-26) */
const SHOWN = 10;

const commands: Record<Level, string> = { error: "error", warning: "warning", note: "notice" };

/** Text of a workflow command: one line, whatever it holds. */
export const messageText = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** A property of a workflow command: `,` and `:` part those. */
export const propertyText = (text: string): string =>
  messageText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

type Properties = Record<string, string | number | undefined>;
const command = (name: string, properties: Properties, message: string): string => {
  const said = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${propertyText(String(value))}`],
  );
  return `::${name}${said.length ? ` ${said.join(",")}` : ""}::${messageText(message)}`;
};

/** Columns may only be said of a place within one line. */
const placeOf = (d: Diagnostic, run: Run): Properties => {
  const { file, line, column, endLine, endColumn } = spotOf(d, run) ?? {};
  const within = endLine === undefined || endLine === line;
  return { file, line, endLine, ...(within && { col: column, endColumn }) };
};

const annotation = (d: Diagnostic, run: Run): string =>
  command(
    commands[d.level],
    { ...placeOf(d, run), title: d.code },
    [d.reason, d.note, d.fix].filter(Boolean).join("\n"),
  );

/** Notes on what tools cannot hold stand nowhere and are the same in every run: they are only counted. */
const isCounted = (d: Diagnostic): boolean => d.level === "note" && !d.place;

/** Those of one level; where GitHub will not show all, the last shown says how many more there are. */
const annotations = (level: Level, run: Run): string[] => {
  const all = run.diagnostics
    .filter((d) => d.level === level && !isCounted(d))
    .map((d) => annotation(published(d, run), run));
  if (all.length <= SHOWN) return all;
  const more = all.length - (SHOWN - 1);
  const sum = `and ${plural(more, `more ${level}`)}: they are in the log of this step, and \`portable ${run.command}\` shows them all`;
  return [...all.slice(0, SHOWN - 1), command(commands[level], {}, sum), ...all.slice(SHOWN - 1)];
};

const counts = (run: Run): string[] => {
  const n = run.diagnostics.filter(isCounted).length;
  return n
    ? [command("notice", {}, `${plural(n, "note")} on what tools do not get: see \`portable explain\``)]
    : [];
};

/** Findings as workflow commands, which GitHub shows at the lines of a pull request; errors first. */
export const githubReport = (run: Run): string =>
  [...levels.flatMap((level) => annotations(level, run)), ...counts(run)].join("\n");
