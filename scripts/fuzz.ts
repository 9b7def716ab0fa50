// Inputs made by chance over everything that reads: `npm run fuzz -- COUNT [SEED [FIRST]]`.
import { availableParallelism } from "node:os";
import { fuzz } from "./fuzz/parent.ts";

const [count = 10_000, seed = Date.now() % 1_000_000, from = 0] = process.argv.slice(3).map(Number);
const { failures, seconds, slowest } = await fuzz({ count, seed, from, processes: availableParallelism() });
const shown = new Set<string>();
for (const { item, kind, reader, why } of failures) {
  const key = `${kind} ${reader} ${why.split("\n").slice(0, 3).join(" ")}`;
  if (shown.has(key)) continue;
  shown.add(key);
  console.log(`${kind} in ${reader || "?"}: npm run fuzz -- 1 ${seed} ${item}\n${why}\n`);
}
const of = (kind: string): number => failures.filter((f) => f.kind === kind).length;
console.log(
  `${count} inputs, seed ${seed}, ${seconds.toFixed(0)} s: ${of("crash")} crashes, ${of("hang")} hangs, ${of("outside")} writes outside; slowest item ${slowest.item}: ${slowest.ms} ms`,
);
process.exitCode = failures.length ? 1 : 0;
