import { readdirSync, readFileSync } from "node:fs";

/** The value below which a share of all lies. */
export const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};
export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** CPU microseconds that processes have used, all their threads together. */
export const cpuOf = (pids: readonly number[]): number => {
  const threads = pids.flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((id) => `${pid}/task/${id}`));
  const ns = threads.map((thread) => Number(readFileSync(`/proc/${thread}/schedstat`, "utf8").split(" ")[0]));
  return ns.reduce((sum, n) => sum + n, 0) / 1000;
};

const megabytes = (text: string, name: string): number =>
  (Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) * 1024) / 1e6;
/** Resident memory of processes in MB: of each, and of all, where pages that several hold count once. */
export const memoryOf = (pids: readonly number[]): { each: number[]; together: number } => {
  const maps = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return {
    each: maps.map((text) => megabytes(text, "Rss")),
    together: maps.reduce((sum, text) => sum + megabytes(text, "Pss"), 0),
  };
};
