import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What `watch.cjs` writes. */
export interface Seen {
  times: number;
  /** The longest time between two turns of the event loop since the last look, in milliseconds. */
  blockedMs: number;
  /** Bytes. */
  heapUsed: number;
  rss: number;
}

/** A worker that is watched: the variables that its holder starts with, and how it is looked at. */
export interface Watch {
  env: Readonly<Record<string, string>>;
  look(pid: number): Promise<Seen>;
  remove(): void;
}

const STEP_MS = 5;
const LIMIT_MS = 10_000;
let next = 0;

/** `collects`: a look makes the worker collect its garbage first, so that its heap can be compared. */
export const watch = (collects: boolean): Watch => {
  const file = join(tmpdir(), `portable-watch-${process.pid}-${next++}.json`);
  const script = join(process.cwd(), "bench", "proxy", "watch.cjs");
  const read = (): Seen | undefined => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Seen;
    } catch {
      return undefined;
    }
  };
  const look = async (pid: number): Promise<Seen> => {
    rmSync(file, { force: true });
    process.kill(pid, "SIGUSR2");
    for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      const seen = read();
      if (seen) return seen;
    }
    throw new Error(`the worker ${pid} says nothing`);
  };
  return {
    env: {
      NODE_OPTIONS: `--require ${script}`,
      BENCH_WATCH: file,
      ...(collects && { BENCH_COLLECT: "1" }),
    },
    look,
    remove: () => rmSync(file, { force: true }),
  };
};
