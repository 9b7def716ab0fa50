import { readFileSync } from "node:fs";

/** The value below which a share of all lies. */
export const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};
export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Clock ticks a second, which Linux fixes for user space. */
const TICKS = 100;
/** CPU seconds that processes have used, user and system. */
export const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);

const kilobytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
/** Resident memory in MB: of each process, and of all, what they share counted once. */
export const memoryOf = (pids: readonly number[]): { each: number[]; together: number } => {
  const maps = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return {
    each: maps.map((text) => kilobytes(text, "Rss") * 1024 / 1e6),
    together: maps.reduce((sum, text) => sum + (kilobytes(text, "Pss") * 1024) / 1e6, 0),
  };
};
