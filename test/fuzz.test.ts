import { describe, expect, test } from "vitest";
import { fuzz } from "../scripts/fuzz/parent.ts";

/** Inputs made by chance; `npm run fuzz -- 100000` has more. */
const COUNT = Number(process.env["FUZZ"] ?? 3000);
/** The same inputs on every machine; FUZZ_SEED tries others. */
const seed = Number(process.env["FUZZ_SEED"] ?? 20261122);

describe("changed files over everything that reads", () => {
  test(`${COUNT} inputs: no crash, nothing that never ends, no write outside of the root`, {
    timeout: 600_000,
  }, async () => {
    const { failures, seconds, slowest } = await fuzz({ count: COUNT, seed });
    console.log(`${COUNT} inputs in ${seconds.toFixed(0)} s; the slowest took ${slowest.ms} ms of CPU time`);
    expect(
      failures.map((f) => `${f.kind} in ${f.reader}: npm run fuzz -- 1 ${seed} ${f.item}\n${f.why}`),
    ).toEqual([]);
  });
});
