// Measures the proxy beside a bare node:http pipe and nginx, in front of one mock vendor, and compares it with its gates.
//   npm run bench:proxy [-- --rounds 5] [--ms 1000] [--starts 15] [--bodies 15] [--json FILE]
// Exit status 1: a gate is missed. It reads /proc, so it runs on Linux only.
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { blockedBy } from "./blocked.ts";
import { memoryOf } from "./measure.ts";
import { type Measured, rowsOf, table } from "./report.ts";
import { measured } from "./rounds.ts";
import { startsOf } from "./start.ts";
import { direct, installed, nginx, pipe, type System, started } from "./systems.ts";

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: "string", default: "5" },
    ms: { type: "string", default: "1000" },
    starts: { type: "string", default: "15" },
    bodies: { type: "string", default: "15" },
    json: { type: "string" },
  },
});
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const load = (): string =>
  loadavg()
    .map((n) => n.toFixed(1))
    .join(", ");

const measure = async (): Promise<Measured> => {
  const ends: (() => unknown)[] = [];
  const kept = <S extends System>(system: S): S => {
    ends.push(system.stop);
    return system;
  };
  try {
    const vendor = kept(await direct());
    const bare = kept(await pipe(vendor.port));
    const web = await nginx(vendor.port);
    if (web) kept(web);
    const place = await installed(vendor.port);
    ends.push(place.remove);
    const own = kept(await started(place));
    const systems = [vendor, bare, own, ...(web ? [web] : [])];
    const how = { rounds: Number(options.rounds), ms: Number(options.ms), note };
    const [vendorRound, bareRound, ownRound, webRound] = await measured(systems, how);
    const memory = {
      bare: memoryOf(bare.pids),
      nginx: web && memoryOf(web.pids),
      portable: memoryOf(own.pids),
    };
    await own.stop();
    note("starts");
    const starts = await startsOf(place, Number(options.starts));
    note("bodies that cost time");
    const blocked = await blockedBy(vendor.port, Number(options.bodies));
    return {
      direct: vendorRound!,
      bare: bareRound!,
      nginx: webRound,
      portable: ownRound!,
      memory,
      starts,
      blocked,
    };
  } finally {
    for (const end of ends.reverse()) await end();
  }
};

const before = load();
const found = await measure();
const rows = rowsOf(found);
process.stdout.write(
  `Node ${process.version}, ${cpus().length} cores; load before ${before}, after ${load()}; medians of ${options.rounds} rounds\n\n${table(rows)}`,
);
const missed = rows.filter(({ gate }) => gate?.holds === false);
const json = JSON.stringify({ node: process.version, load: before, rows, measured: found });
process.stdout.write(`\n${json}\n`);
if (options.json) writeFileSync(options.json, `${json}\n`);
process.exit(missed.length ? 1 : 0);
