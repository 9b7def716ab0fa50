// CPU, wall time and peak memory of whole processes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const peakScript = join(import.meta.dirname, "peak.cjs");

export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const hasBash = spawnSync("bash", ["-c", "true"]).status === 0;

/** What {@link usage} counts: bash sees the processes that a command starts as well. */
export const counted = hasBash ? "the command and what it starts" : "the command only, not what it starts";

const environment = { ...process.env, NO_COLOR: "1" };
delete environment["NODE_OPTIONS"];
delete environment["NODE_COMPILE_CACHE"];

const end = ({ status, error }, args, message) => {
  if (error) throw error;
  if (status !== 0) throw new Error(`node ${args.join(" ")}: exit status ${status}\n${message}`);
};

/** CPU (user and system) and wall seconds of `node ...args` in `cwd`. Throws when it exits with other than 0. */
export const usage = (args, cwd) => (hasBash ? bashUsage(args, cwd) : ownUsage(args, cwd));

/** bash's `time` takes user and system time of all ended children from the kernel, in milliseconds. */
const bashUsage = (args, cwd) => {
  const script = 'TIMEFORMAT="%3U %3S %3R"; { time "$@" >/dev/null 2>&3; } 3>&1';
  const env = { ...environment, LC_ALL: "C" };
  const result = spawnSync("bash", ["-c", script, "bash", process.execPath, ...args], {
    cwd,
    env,
    encoding: "utf8",
  });
  end(result, args, result.stdout);
  const [user, system, wall] = result.stderr.trim().split(" ").map(Number);
  return { cpu: user + system, wall };
};

const ownUsage = (args, cwd) => {
  const start = performance.now();
  const { userCPUTime, systemCPUTime } = reported(args, cwd);
  return { cpu: (userCPUTime + systemCPUTime) / 1e6, wall: (performance.now() - start) / 1e3 };
};

/** Peak resident memory of `node ...args` in MiB; of the process itself, not of those it starts. */
export const peak = (args, cwd) => reported(args, cwd).maxRSS / 1024;

/** `process.resourceUsage()` of a run at its end. */
const reported = (args, cwd) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-usage-"));
  try {
    const file = join(folder, "usage.json");
    const result = spawnSync(process.execPath, ["--require", peakScript, ...args], {
      cwd,
      env: { ...environment, BENCH_USAGE: file },
      encoding: "utf8",
    });
    end(result, args, result.stderr);
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const bare = ["-e", "0"];

/** Medians of `runs` runs of `node ...args` and of `node -e 0`, one after the other in turn, after one of each. */
export const beside = (args, cwd, runs) => {
  usage(bare, cwd);
  usage(args, cwd);
  const pairs = Array.from({ length: runs }, () => ({ bare: usage(bare, cwd), own: usage(args, cwd) }));
  const cpu = median(pairs.map(({ own }) => own.cpu));
  const bareCpu = median(pairs.map((pair) => pair.bare.cpu));
  return {
    cpu,
    bareCpu,
    ratio: cpu / bareCpu,
    aboveMs: (cpu - bareCpu) * 1e3,
    wall: median(pairs.map(({ own }) => own.wall)),
    peakMiB: median([0, 1, 2].map(() => peak(args, cwd))),
  };
};
