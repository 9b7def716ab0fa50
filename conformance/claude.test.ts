import { describe, expect, test } from "vitest";
import { scenarios } from "./claude/scenarios.ts";
import { client, missing } from "./claude.ts";
import { judge } from "./claude-judge.ts";
import { sources } from "./claude-project.ts";
import { wrong } from "./claude-wrong.ts";

const found = client();
const name = found ? `Claude Code ${found.version}` : "Claude Code";

for (const { title, spec, rows } of scenarios) {
  describe(`${name}, ${title}`, () => {
    for (const row of rows) {
      test(`${row.item}: ${row.known ? "is known to fail" : "arrives once, in its place"}`, async (context) => {
        context.skip(!found, missing);
        const { faults, run } = await judge(row, sources(spec));
        if (row.known) expect(faults, `${row.known}: mended?`).not.toEqual([]);
        else expect(faults, run.stderr).toEqual([]);
      });

      test(`${row.item}: is missed when it is not in the spec`, async (context) => {
        context.skip(!found, missing);
        const { faults } = await judge(row, sources(spec, row.item));
        expect(faults.join("\n")).toMatch(/ is at | holds /);
      });
    }

    test("every item has a row", () => {
      expect(Object.keys(spec.parts).sort()).toEqual(rows.map((row) => row.item).sort());
    });
  });
}

describe(`${name}, files as another would write them`, () => {
  for (const { title, item, files, fault } of wrong) {
    test(`sees ${title}`, async (context) => {
      context.skip(!found, missing);
      const { spec, rows } = scenarios.find((each) => each.rows.some((row) => row.item === item))!;
      const { faults } = await judge(rows.find((row) => row.item === item)!, sources(spec), files);
      expect(faults.join("\n")).toContain(fault);
    });
  }
});
