// Measures the CLI beside `node -e 0` in generated repositories and compares it with its budgets.
//   node bench/run.mjs [--gate] [--runs 9] [--targets claude,agents,cursor,roo,aider,litellm] [--only verify] [--cli dist/cli.js]
// Exit status 1 only with --gate and a budget that is exceeded; 3 when a command could not be measured.
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "./fixtures.mjs";
import { beside, counted } from "./measure.mjs";

const shapes = {
  small: { rules: 5, commands: 5, servers: 3 },
  rules: { rules: 2000 },
  folders: { rules: 5, folders: 500 },
};

/** Gates and aims of the design. `ratio` counts on Node 20 only: later versions start in a third of the time. */
const rows = [
  {
    name: "--version",
    in: "small",
    args: ["--version"],
    gate: { ratio: 1.5, aboveMs: 30, peakMiB: 60 },
    aim: { ratio: 1.15 },
  },
  {
    name: "verify, 5 rules 5 commands 3 servers",
    in: "small",
    args: ["verify"],
    gate: { ratio: 4, aboveMs: 150, peakMiB: 80 },
    aim: { ratio: 2.5 },
  },
  {
    name: "build, same, nothing to do",
    in: "small",
    args: ["build"],
    gate: { ratio: 4, aboveMs: 150 },
    aim: { ratio: 2.5 },
  },
  {
    name: "verify, 2,000 rules",
    in: "rules",
    args: ["verify"],
    gate: { cpu: 1.4, peakMiB: 200 },
    aim: { cpu: 0.8 },
  },
  { name: "status, 2,000 rules", in: "rules", args: ["status"], gate: { cpu: 1.4 }, aim: { cpu: 1 } },
  { name: "verify, 500 folders", in: "folders", args: ["verify"], gate: { cpu: 1 }, aim: { cpu: 0.5 } },
];

const node20 = process.versions.node.startsWith("20.");

const spell = {
  ratio: (n) => `${n}x`,
  aboveMs: (n) => `+${n} ms`,
  peakMiB: (n) => `${n} MiB`,
  cpu: (n) => `${n} s`,
};

const limits = (budget) => Object.entries(budget).filter(([key]) => key !== "ratio" || node20);
const shown = (budget) =>
  limits(budget)
    .map(([key, limit]) => spell[key](limit))
    .join(", ");
const exceeded = (figures, budget) =>
  limits(budget)
    .filter(([key, limit]) => figures[key] > limit)
    .map(([key]) => key);

const verdict = (figures, { gate, aim }) => {
  const over = exceeded(figures, gate);
  if (over.length) return `OVER: ${over.join(", ")}`;
  const met = limits(aim).length > 0 && exceeded(figures, aim).length === 0;
  return met ? "meets the aim" : "within the gate";
};

const heading = [
  "command",
  "CPU s",
  "ratio",
  "above bare ms",
  "wall s",
  "peak MiB",
  "gate",
  "aim",
  "verdict",
];

const line = (row, figures) => [
  row.name,
  figures.cpu.toFixed(3),
  figures.ratio.toFixed(2),
  figures.aboveMs.toFixed(0),
  figures.wall.toFixed(3),
  figures.peakMiB.toFixed(0),
  shown(row.gate),
  shown(row.aim),
  verdict(figures, row),
];

const table = (lines) => {
  const widths = heading.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const numeric = (column) => column >= 1 && column <= 5;
  return lines.map((cells) =>
    cells
      .map((cell, i) => (numeric(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
};

const measureAll = (scratch, wanted, options) => {
  const roots = new Map();
  return wanted.map((row) => {
    if (!roots.has(row.in)) {
      const root = mkdtempSync(join(scratch, `${row.in}-`));
      repository(root, { ...shapes[row.in], targets: options.targets }, options.cli);
      roots.set(row.in, root);
    }
    return { row, figures: beside([options.cli, ...row.args], roots.get(row.in), options.runs) };
  });
};

const main = () => {
  const { values } = parseArgs({
    options: {
      gate: { type: "boolean", default: false },
      runs: { type: "string", default: "9" },
      targets: { type: "string", default: "claude,agents,cursor,roo,aider,litellm" },
      only: { type: "string", default: "" },
      cli: { type: "string", default: join(import.meta.dirname, "..", "dist", "cli.js") },
    },
  });
  const options = { cli: resolve(values.cli), runs: Number(values.runs), targets: values.targets.split(",") };
  if (!Number.isInteger(options.runs) || options.runs < 1)
    throw new Error(`--runs ${values.runs}: not a count`);
  if (!existsSync(options.cli)) throw new Error(`no ${options.cli}: run npm run build first`);
  const wanted = rows.filter((row) => row.name.includes(values.only));
  if (!wanted.length) throw new Error(`--only ${values.only}: no such command`);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "portable-bench-")));
  try {
    const measured = measureAll(scratch, wanted, options);
    report(measured, options);
    if (values.gate && measured.some(({ row, figures }) => exceeded(figures, row.gate).length))
      process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const report = (measured, { runs, targets }) => {
  const bareMs = measured.map(({ figures }) => (figures.bareCpu * 1e3).toFixed(0));
  console.log(
    `node ${process.versions.node}, targets ${targets.join(", ")}, medians of ${runs} interleaved runs`,
  );
  console.log(`node -e 0: ${bareMs.join(", ")} ms CPU; CPU is of ${counted}; peak is of the command\n`);
  for (const text of table([heading, ...measured.map(({ row, figures }) => line(row, figures))]))
    console.log(text);
};

try {
  main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 3;
}
