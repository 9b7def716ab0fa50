// Preloaded into a measured process: at its end it writes what the process itself used.
const { writeFileSync } = require("node:fs");
process.on("exit", () => writeFileSync(process.env.BENCH_USAGE, JSON.stringify(process.resourceUsage())));
