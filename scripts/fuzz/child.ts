import { random } from "./mutate.ts";
import { readers } from "./readers.ts";

/** What a child tells: which item it is at and its own CPU time so far (milliseconds), and what went wrong with one. */
export type Told =
  | { at: number; cpuMs: number }
  | { failed: number; reader: string; why: string }
  | { done: true };
export interface Asked {
  seed: number;
  from: number;
  to: number;
}

const FEW = "commands";
/** Whole commands take a hundred times as long: one in twenty items is one. */
const readerOf = (n: number) => {
  const small = readers.filter((r) => r.name !== FEW);
  return n % 20 === 19
    ? readers.find((r) => r.name === FEW)!
    : small[(n - Math.floor(n / 20)) % small.length]!;
};
export const nameOf = (n: number): string => readerOf(n).name;

/** One input, told by its number and the seed alone. */
export const runItem = async (seed: number, n: number): Promise<void> =>
  readerOf(n).run(random((seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0));

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const tell = (told: Told): void => void process.send?.(told);

process.on("message", async ({ seed, from, to }: Asked) => {
  for (let n = from; n < to; n++) {
    tell({ at: n, cpuMs: cpuMs() });
    // so that the message leaves before a run that never ends
    await new Promise((done) => setImmediate(done));
    try {
      await runItem(seed, n);
    } catch (e) {
      tell({ failed: n, reader: nameOf(n), why: (e as Error)?.stack ?? String(e) });
    }
  }
  tell({ done: true });
});
