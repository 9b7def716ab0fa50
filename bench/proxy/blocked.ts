import { once } from "./load.ts";
import { quantile } from "./measure.ts";
import { hostile } from "./shots.ts";
import { installed, started } from "./systems.ts";
import { watch } from "./watched.ts";

/** How long a body keeps the worker from everything else, to a millisecond: on its way to its vendor, and to another server. */
export interface Blocked {
  body: string;
  vendor: number;
  other: number;
}

/** Neighbours on the machine only add to what a body costs: the lower quartile counts. */
const QUARTER = 0.25;
/** Each body so often. */
export const blockedBy = async (upstream: number, runs: number): Promise<Blocked[]> => {
  const watching = watch(false);
  const place = await installed(upstream, watching.env);
  const system = await started(place);
  const pid = system.pids.at(-1)!;
  try {
    const measure = async (model: string): Promise<Map<string, number>> => {
      const found = new Map<string, number>();
      for (const [name, shot] of hostile(model)) {
        const blocked: number[] = [];
        for (let run = 0; run < runs; run++) await once(system, shot);
        for (let run = 0; run < runs; run++) {
          await watching.look(pid);
          const { status, text } = await once(system, shot);
          if (status !== 200) throw new Error(`${name}: status ${status}: ${text.slice(0, 200)}`);
          blocked.push((await watching.look(pid)).blockedMs);
        }
        found.set(name, quantile(blocked, QUARTER));
      }
      return found;
    };
    const [vendor, other] = [await measure("claude-bench"), await measure("abroad")];
    return [...vendor].map(([body, ms]) => ({ body, vendor: ms, other: other.get(body)! }));
  } finally {
    await system.stop();
    place.remove();
    watching.remove();
  }
};
