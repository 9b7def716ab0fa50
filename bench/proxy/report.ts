import type { Blocked } from "./blocked.ts";
import type { Figure, Round } from "./rounds.ts";
import type { Starts } from "./start.ts";

export interface Memory {
  each: number[];
  together: number;
}
/** All that was measured; undefined: there is no nginx here. */
export interface Measured {
  direct: Round;
  bare: Round;
  nginx: Round | undefined;
  portable: Round;
  memory: { bare: Memory; nginx: Memory | undefined; portable: Memory };
  starts: Starts;
  blocked: readonly Blocked[];
}

/** A line of the report; without a gate it only informs. */
export interface Row {
  what: string;
  direct: string;
  bare: string;
  nginx: string;
  portable: string;
  gate?: { says: string; is: number; holds: boolean };
}

type Gate = NonNullable<Row["gate"]>;
const atMost = (is: number, limit: number, says: string): Gate => ({ says, is, holds: is <= limit });
const atLeast = (is: number, limit: number, says: string): Gate => ({ says, is, holds: is >= limit });

const number = (n: number): string => n.toFixed(n < 1 ? 3 : n < 100 ? 1 : 0);
const NONE = "not here";

const rowOf = (m: Measured, what: string, figure: Figure, gate?: Gate): Row => ({
  what,
  direct: number(m.direct[figure]),
  bare: number(m.bare[figure]),
  nginx: m.nginx ? number(m.nginx[figure]) : NONE,
  portable: number(m.portable[figure]),
  ...(gate && { gate }),
});
/** How often the pipe's own cost fits into the proxy's. */
const added = ({ direct, bare, portable }: Measured, figure: Figure): number =>
  (portable[figure] - direct[figure]) / (bare[figure] - direct[figure]);
const ratio = ({ bare, portable }: Measured, figure: Figure): number => portable[figure] / bare[figure];

const memoryRow = ({ memory }: Measured): Row => {
  const said = ({ each, together }: Memory): string =>
    each.length > 1 ? `${number(together)} (${each.map(number).join(" + ")})` : number(each[0]!);
  return {
    what: "memory after it, MB (RSS of each)",
    direct: "",
    bare: said(memory.bare),
    nginx: memory.nginx ? said(memory.nginx) : NONE,
    portable: said(memory.portable),
    gate: atMost(memory.portable.together, 100, "< 100 MB"),
  };
};
const startRow = (what: string, bare: number, own: number): Row => ({
  what,
  direct: "",
  bare: number(bare),
  nginx: "",
  portable: number(own),
  gate: atMost(own / bare, 2, "<= 2x"),
});
const blockedRow = ({ body, vendor, other }: Blocked): Row => ({
  what: `event loop blocked, ms: ${body}`,
  direct: "",
  bare: "",
  nginx: "",
  portable: `${number(vendor)}; ${number(other)}`,
  gate: atMost(Math.max(vendor, other), 5, "<= 5 ms"),
});

export const rowsOf = (m: Measured): Row[] => [
  rowOf(m, "0.3 KB, c=1: p50 ms", "smallP50", atMost(added(m, "smallP50"), 2, "added <= 2x")),
  rowOf(m, "50 KB, c=1: p50 ms", "largeP50", atMost(added(m, "largeP50"), 2, "added <= 2x")),
  rowOf(m, "0.3 KB, c=32: requests/s", "smallPerSecond", atLeast(ratio(m, "smallPerSecond"), 0.6, ">= 0.6x")),
  rowOf(m, "50 KB, c=32: requests/s", "largePerSecond", atLeast(ratio(m, "largePerSecond"), 0.6, ">= 0.6x")),
  rowOf(m, "0.3 KB, c=32: CPU us a request", "smallCpu"),
  rowOf(m, "50 KB, c=32: CPU us a request", "largeCpu"),
  rowOf(m, "40 chunks, 10 ms apart, c=1: delay p50 ms", "chunkP50"),
  rowOf(m, "the same: delay p90 ms", "chunkP90", atMost(ratio(m, "chunkP90"), 1.5, "<= 1.5x")),
  rowOf(m, "the same, c=8: delay p50 ms", "chunksP50"),
  rowOf(m, "the same, c=8: delay p90 ms", "chunksP90", atMost(ratio(m, "chunksP90"), 1.5, "<= 1.5x")),
  rowOf(m, "1,500 chunks at once, c=8: ms", "floodMs"),
  memoryRow(m),
  startRow("start to open port, holder and worker: ms", m.starts.bare.openMs, m.starts.background.openMs),
  startRow(
    "start to first answer, holder and worker: ms",
    m.starts.bare.answerMs,
    m.starts.background.answerMs,
  ),
  startRow("start to first answer, foreground: ms", m.starts.bare.answerMs, m.starts.foreground.answerMs),
  ...m.blocked.map(blockedRow),
];

const heading = ["", "vendor itself", "bare pipe", "nginx", "portable", "gate", "is", ""];
const cells = ({ what, direct, bare, nginx, portable, gate }: Row): string[] => [
  what,
  direct,
  bare,
  nginx,
  portable,
  gate?.says ?? "",
  gate ? gate.is.toFixed(2) : "",
  gate ? (gate.holds ? "holds" : "MISSED") : "",
];
/** The rows as a Markdown table. */
export const table = (rows: readonly Row[]): string => {
  const lines = [heading, ...rows.map(cells)];
  const widths = heading.map((_, i) => Math.max(...lines.map((l) => l[i]!.length), 3));
  const line = (l: readonly string[]): string => `| ${l.map((c, i) => c.padEnd(widths[i]!)).join(" | ")} |\n`;
  const rule = `| ${widths.map((w) => "-".repeat(w)).join(" | ")} |\n`;
  return [line(lines[0]!), rule, ...lines.slice(1).map(line)].join("");
};
