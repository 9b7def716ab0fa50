import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { Asked, Told } from "./child.ts";

export interface Failure {
  /** Number of the item: with the seed it gives the input again. */
  item: number;
  kind: "crash" | "hang" | "outside";
  reader: string;
  why: string;
}
export interface Outcome {
  items: number;
  seconds: number;
  failures: Failure[];
  /** The slowest item, in milliseconds of CPU time. */
  slowest: { item: number; ms: number };
}
export interface Options {
  /** Items to run, and the first of them. */
  count: number;
  from?: number;
  seed: number;
  processes?: number;
  /** An item that takes more CPU time, also when run by itself, hangs. */
  watchdogMs?: number;
}

/** Items that one child runs before a new one comes. */
const BATCH = 500;

/** The child as one script, beside what the program reads at run time. */
const bundled = async (folder: string): Promise<string> => {
  symlinkSync(join(process.cwd(), "templates"), join(folder, "templates"));
  const outfile = join(folder, "scripts/fuzz/child.mjs");
  await build({
    entryPoints: ["scripts/fuzz/child.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
};

interface Ended {
  /** The item at which it stopped; undefined: it did all of them. */
  stoppedAt?: number;
  hung: boolean;
  said: string;
}

/** CPU time of another process, in milliseconds; undefined where only Linux would tell. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (2026-11-22) */
const cpuMsOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
};
/** An item may take so much longer by the clock than by the CPU: others use the machine too. */
const PATIENCE = 30;

interface Step {
  item: number;
  cpuMs: number;
}

/** Runs items in one child; ends with it, be it done, dead or too slow. `tell` also hears what each item took. */
const runBatch = (
  script: string,
  asked: Asked,
  watchdogMs: number,
  tell: (told: Told, took?: Step) => void,
): Promise<Ended> =>
  new Promise<Ended>((end) => {
    const child: ChildProcess = fork(script, [], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // what a killed child leaves goes with the folder of its script
      env: { ...process.env, TMPDIR: dirname(script) },
    });
    let said = "";
    let at: Step = { item: asked.from, cpuMs: 0 };
    let began = performance.now();
    let hung = false;
    let isDone = false;
    const isStarted = (): boolean => at.cpuMs > 0;
    const watchdog = setInterval(() => {
      const wallMs = performance.now() - began;
      if (wallMs < watchdogMs || (!isStarted() && wallMs < PATIENCE * 1000)) return;
      const cpuMs = cpuMsOf(child.pid!);
      if (cpuMs !== undefined && cpuMs - at.cpuMs < watchdogMs && wallMs < PATIENCE * watchdogMs) return;
      hung = true;
      child.kill("SIGKILL");
    }, watchdogMs / 4);
    child.stderr!.on("data", (d) => (said = (said + d).slice(-4000)));
    child.on("message", (told: Told) => {
      if (!("at" in told)) tell(told);
      else {
        tell(told, isStarted() ? { item: at.item, cpuMs: told.cpuMs - at.cpuMs } : undefined);
        at = { item: told.at, cpuMs: told.cpuMs };
      }
      began = performance.now();
      if (!("done" in told)) return;
      isDone = true;
      child.kill();
    });
    child.once("close", () => {
      clearInterval(watchdog);
      end({ hung: hung && !isDone, said, ...(!isDone && { stoppedAt: at.item }) });
    });
    child.send(asked);
  });

const kindOf = (why: string): Failure["kind"] =>
  why.includes("wrote outside of the root") ? "outside" : "crash";

/** Runs `count` inputs made by chance, in child processes under a watchdog. */
export const fuzz = async ({
  count,
  from = 0,
  seed,
  processes = 2,
  watchdogMs = 1000,
}: Options): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "portable-fuzz-child-"));
  const start = performance.now();
  const failures: Failure[] = [];
  const slowest = { item: -1, ms: 0 };
  try {
    const script = await bundled(folder);
    let next = from;
    const run = async (asked: Asked): Promise<void> => {
      const { stoppedAt, hung, said } = await runBatch(script, asked, watchdogMs, (told, took) => {
        if (took && took.cpuMs > slowest.ms)
          Object.assign(slowest, { item: took.item, ms: Math.round(took.cpuMs) });
        if ("failed" in told)
          failures.push({ item: told.failed, kind: kindOf(told.why), reader: told.reader, why: told.why });
      });
      if (stoppedAt === undefined) return;
      // once more by itself: the machine may have been busy; twice the time, since a new process is slow at first
      const once = { ...asked, from: stoppedAt, to: stoppedAt + 1 };
      const again = hung
        ? await runBatch(script, once, 2 * watchdogMs, () => undefined)
        : { stoppedAt, hung, said };
      if (again.stoppedAt !== undefined)
        failures.push({ item: stoppedAt, kind: again.hung ? "hang" : "crash", reader: "", why: again.said });
      if (stoppedAt + 1 < asked.to) await run({ ...asked, from: stoppedAt + 1 });
    };
    const work = async (): Promise<void> => {
      while (next < from + count) {
        const asked = { seed, from: next, to: Math.min(next + BATCH, from + count) };
        next = asked.to;
        await run(asked);
      }
    };
    await Promise.all(Array.from({ length: processes }, work));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  failures.sort((a, b) => a.item - b.item);
  return { items: count, seconds: (performance.now() - start) / 1000, failures, slowest };
};
