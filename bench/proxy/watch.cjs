// Preloaded into every process of the proxy; in the worker SIGUSR2 writes what it measured since the last one, to BENCH_WATCH.
// With BENCH_COLLECT its heap is measured behind a collection, in bytes; the longest time between two turns of its event loop in milliseconds.
const { basename } = require("node:path");
const { renameSync, writeFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");
const v8 = require("node:v8");
const vm = require("node:vm");

/** Milliseconds between two looks; the histogram counts them in. */
const STEP = 1;
const file = process.env.BENCH_WATCH;

if (file && basename(process.argv[1] ?? "") === "worker.js") {
  if (process.env.BENCH_COLLECT) v8.setFlagsFromString("--expose-gc");
  const collect = process.env.BENCH_COLLECT ? vm.runInNewContext("gc") : () => {};
  const delays = monitorEventLoopDelay({ resolution: STEP });
  delays.enable();
  let times = 0;
  process.on("SIGUSR2", () => {
    const blockedMs = Math.max(0, delays.max / 1e6 - STEP);
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    writeFileSync(`${file}.new`, JSON.stringify({ times: ++times, blockedMs, heapUsed, rss }));
    renameSync(`${file}.new`, file);
    delays.reset();
  });
}
