import { hammer, streamed } from "./load.ts";
import { cpuOf, median, quantile } from "./measure.ts";
import { flood, large, slow, small } from "./shots.ts";
import type { System } from "./systems.ts";

/** What one system showed in one round; times in milliseconds, CPU in microseconds a request. */
export interface Round {
  smallP50: number;
  largeP50: number;
  smallPerSecond: number;
  largePerSecond: number;
  smallCpu: number;
  largeCpu: number;
  chunkP50: number;
  chunkP90: number;
  chunksP50: number;
  chunksP90: number;
  floodMs: number;
}
export type Figure = keyof Round;

const MANY = 32;
const STREAMS = 8;
const times = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

/** One system, one scenario after the other. */
const parts: readonly ((system: System, ms: number) => Promise<Partial<Round>>)[] = [
  async (s, ms) => ({ smallP50: median((await hammer(s, small, 1, ms)).latencies) }),
  async (s, ms) => ({ largeP50: median((await hammer(s, large, 1, ms)).latencies) }),
  async (s, ms) => {
    const before = cpuOf(s.pids);
    const { perSecond, latencies } = await hammer(s, small, MANY, ms);
    return { smallPerSecond: perSecond, smallCpu: (cpuOf(s.pids) - before) / latencies.length };
  },
  async (s, ms) => {
    const before = cpuOf(s.pids);
    const { perSecond, latencies } = await hammer(s, large, MANY, ms);
    return { largePerSecond: perSecond, largeCpu: (cpuOf(s.pids) - before) / latencies.length };
  },
  async (s) => {
    const delays = [await streamed(s, slow), await streamed(s, slow)].flatMap((t) => t.delays);
    return { chunkP50: median(delays), chunkP90: quantile(delays, 0.9) };
  },
  async (s) => {
    const delays = (await times(STREAMS, () => streamed(s, slow))).flatMap((t) => t.delays);
    return { chunksP50: median(delays), chunksP90: quantile(delays, 0.9) };
  },
  async (s) => ({ floodMs: median((await times(STREAMS, () => streamed(s, flood))).map((t) => t.tookMs)) }),
];

/** Each scenario on each system in turn. */
const round = async (systems: readonly System[], ms: number, nth: number): Promise<Round[]> => {
  const rounds: Partial<Round>[] = systems.map(() => ({}));
  for (const part of parts)
    for (const i of systems.keys()) {
      // nobody is always the first behind a pause
      const at = (i + nth) % systems.length;
      Object.assign(rounds[at]!, await part(systems[at]!, ms));
    }
  return rounds as Round[];
};

/** Engines optimize what runs often: nothing counts until each has answered some thousand requests. */
const warmUp = async (systems: readonly System[], ms: number): Promise<void> => {
  for (const system of systems) for (const shot of [small, large]) await hammer(system, shot, MANY, ms);
  for (const system of systems) await times(STREAMS, () => streamed(system, flood));
};

/** Medians of so many rounds, a system each. */
export const measured = async (
  systems: readonly System[],
  { rounds, ms, note }: { rounds: number; ms: number; note: (text: string) => void },
): Promise<Round[]> => {
  await warmUp(systems, 2 * ms);
  const all: Round[][] = [];
  for (let nth = 0; nth < rounds; nth++) {
    note(`round ${nth + 1} of ${rounds}`);
    all.push(await round(systems, ms, nth));
  }
  return systems.map((_, i) => {
    const names = Object.keys(all[0]![i]!) as Figure[];
    return Object.fromEntries(
      names.map((name) => [name, median(all.map((systemsOf) => systemsOf[i]![name]))]),
    ) as unknown as Round;
  });
};
