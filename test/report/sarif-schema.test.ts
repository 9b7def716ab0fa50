import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { main } from "../../src/main.ts";
import { sarifReport } from "../../src/report/sarif.ts";
import { hostileRun } from "./run.ts";

const root = join(import.meta.dirname, "../..");
const published = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
const found = [root, join(root, "conformance")].flatMap((folder) => {
  try {
    return [createRequire(join(folder, "package.json")).resolve(published)];
  } catch {
    return [];
  }
})[0];
const WITHOUT = "needs @microsoft/jest-sarif, which holds the published schema";

/** The published schema is of draft 4: only its own id is spelt differently from draft 7 in what it uses. */
const validator = (file: string) => {
  const { $schema: _, id, ...schema } = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  ajv.addFormat("uri", (text: string) => URL.canParse(text));
  ajv.addFormat("uri-reference", (text: string) => /^[!#-;=?-[\]_a-z~%]*$/i.test(text));
  ajv.addFormat("date-time", (text: string) => !Number.isNaN(Date.parse(text)));
  return ajv.compile({ $id: id, ...schema });
};

const printed = async (...argv: string[]): Promise<string> => {
  let out = "";
  await main(argv, { cwd: root, out: (text) => (out += text), err: () => undefined });
  return out;
};

describe.skipIf(!found)(found ? "the published schema of SARIF 2.1.0" : WITHOUT, () => {
  const valid = found ? validator(found) : undefined;
  const faults = (text: string): unknown[] => (valid!(JSON.parse(text)) ? [] : (valid!.errors ?? []));

  test.each(["examples/team", "examples/claude", "examples/monorepo", "docs", "conformance"])(
    "takes what is said of %s",
    async (folder) => {
      expect(existsSync(join(root, folder))).toBe(true);
      expect(faults(await printed("verify", "--format", "sarif", "--cwd", folder))).toEqual([]);
    },
  );

  test("takes whatever is found", () => {
    fc.assert(
      fc.property(hostileRun, (run) => {
        expect(faults(sarifReport(run))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["another version", (log: any) => (log.version = "2.0.0")],
    ["a level that is none", (log: any) => (log.runs[0].results[0].level = "notice")],
    ["no message", (log: any) => delete log.runs[0].results[0].message],
    ["a key that is not known", (log: any) => (log.runs[0].results[0].line = 3)],
    [
      "a line before the first",
      (log: any) => (log.runs[0].results[0].locations[0].physicalLocation.region = { startLine: 0 }),
    ],
    [
      "an address that is none",
      (log: any) => (log.runs[0].tool.driver.rules[0].helpUri = "docs/findings.md"),
    ],
    [
      "a path that is no address",
      (log: any) => (log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "a b"),
    ],
  ])("refuses %s", async (_, spoil) => {
    const log = JSON.parse(await printed("verify", "--format", "sarif", "--cwd", "docs"));
    expect(log.runs[0].results.length).toBeGreaterThan(0);
    spoil(log);
    expect(faults(JSON.stringify(log))).not.toEqual([]);
  });
});
