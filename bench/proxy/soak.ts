// Random faults of every shape upstream, clients of all four dialects, a worker that is killed at random.
//   npm run soak [-- --seconds 90] [--clients 8] [--seed 1]
// Exit status 1: an answer was lost, doubled or malformed, a client was refused, or the heap grew.
import { parseArgs } from "node:util";
import { soaked } from "./soaking.ts";

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seconds: { type: "string", default: "90" },
    clients: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
/** What a heap may grow by between the second third of the time and the last, in MB. */
const MOST_GROWN = 4;

const seed = Number(options.seed);
process.stderr.write(`seed ${seed}\n`);
const result = await soaked({
  seconds: Number(options.seconds),
  clients: Number(options.clients),
  seed,
  note: (text) => void process.stderr.write(`${text}\n`),
});
const { violations, ...figures } = result;
for (const violation of violations.slice(0, 20)) process.stdout.write(`${violation}\n`);
process.stdout.write(`${JSON.stringify({ seed, ...figures, violations: violations.length })}\n`);
process.exit(violations.length || result.grownMB > MOST_GROWN ? 1 : 0);
