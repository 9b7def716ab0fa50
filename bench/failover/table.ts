import type { Recorded } from "./recorded.ts";

/** One outage of one client; times in seconds. */
export interface Row {
  client: string;
  shape: string;
  /** With the proxy. */
  seconds: number;
  /** The healthy turn of the same round, with the proxy. */
  healthy: number;
  /** What the proxy waited for before it asked another. */
  deadline: number;
  /** Undefined: no answer. */
  by: string | undefined;
  /** Requests that reached the vendor. */
  requests: number;
  without: Recorded | undefined;
  note: string;
  /** The goal does not speak of it. */
  isOutsideGoal?: true;
}

const ALLOWED = 1;
/** Whether the goal is met: the healthy turn, the deadline that applies, and a second. */
export const holds = ({ seconds, healthy, deadline, by, isOutsideGoal }: Row): boolean | undefined =>
  isOutsideGoal ? undefined : by !== undefined && seconds <= healthy + deadline + ALLOWED;

const figure = (n: number): string => n.toFixed(n < 100 ? 1 : 0);
const before = (r: Recorded | undefined): string =>
  r ? `${r.atLeast ? "> " : ""}${figure(r.seconds)}, ${r.end}` : "not measured";
const verdict = (row: Row): string => {
  const { seconds, healthy, deadline } = row;
  const isMet = holds(row);
  return isMet === undefined
    ? ""
    : isMet
      ? "holds"
      : `over by ${figure(seconds - healthy - deadline - ALLOWED)} s`;
};
const cells = (row: Row): string[] => [
  row.client,
  row.shape,
  figure(row.seconds),
  row.by ?? "NO ANSWER",
  figure(row.healthy),
  row.deadline ? figure(row.deadline) : "",
  verdict(row),
  before(row.without),
  row.note,
];
const heading = [
  "client",
  "outage",
  "with proxy, s",
  "answer by",
  "healthy, s",
  "deadline, s",
  "healthy + deadline + 1 s",
  "without, s",
  "",
];

/** The rows as a Markdown table. */
export const table = (rows: readonly Row[]): string => {
  const lines = [heading, ...rows.map(cells)];
  const widths = heading.map((_, i) => Math.max(...lines.map((l) => l[i]!.length), 3));
  const line = (l: readonly string[]): string => `| ${l.map((c, i) => c.padEnd(widths[i]!)).join(" | ")} |\n`;
  const rule = `| ${widths.map((w) => "-".repeat(w)).join(" | ")} |\n`;
  return line(heading) + rule + lines.slice(1).map(line).join("");
};
