import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/main.ts";

/** Microsoft's validator: the schema, the rules of the specification, and those by which GitHub takes a file. */
const multitool = (): string | undefined => {
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(require.resolve(`@microsoft/sarif-multitool-${process.platform}/package.json`));
    const file = join(folder, process.platform === "win32" ? "Sarif.Multitool.exe" : "Sarif.Multitool");
    if (existsSync(file)) chmodSync(file, 0o755);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
};
const judge = multitool();
const WITHOUT = "SARIF: needs @microsoft/sarif-multitool (npm --prefix conformance ci)";

/** Warnings that are meant: portable names no address on the web, and a whole file has no region. */
const EXPECTED = new Set(["SARIF2005", "SARIF2017"]);

describe.skipIf(!judge)(judge ? "SARIF, by Microsoft's validator" : WITHOUT, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "portable-sarif-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const printed = async (cwd: string): Promise<string> => {
    let out = "";
    const say = (text: string): void => void (out += text);
    await main(["verify", "--format", "sarif"], { cwd, out: say, err: say });
    return out;
  };
  /** Rules that a file breaks, as `error SARIF1002`. */
  const broken = (sarif: string): string[] => {
    const [input, output] = [join(folder, "in.sarif"), join(folder, "out.sarif")];
    writeFileSync(input, sarif);
    const flags = ["--rule-kind", "Sarif;Gh", "--log", "ForceOverwrite", "--level", "Error;Warning"];
    const { error } = spawnSync(judge!, ["validate", ...flags, "--output", output, input], {
      env: { PATH: process.env["PATH"], HOME: folder, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
      timeout: 60_000,
    });
    if (error) throw error;
    const { results } = JSON.parse(readFileSync(output, "utf8")).runs[0];
    return [...new Set<string>(results.map((r: any) => `${r.level ?? "warning"} ${r.ruleId}`))];
  };
  const unexpected = (all: readonly string[]): string[] =>
    all.filter((said) => !EXPECTED.has(said.replace(/^warning /, "")));

  test("takes findings with and without places", async () => {
    const team = join(folder, "team");
    cpSync(join(import.meta.dirname, "../examples/team"), team, { recursive: true });
    rmSync(join(team, "CLAUDE.md"));
    expect(unexpected(broken(await printed(team)))).toEqual([]);
    writeFileSync(join(team, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
    expect(unexpected(broken(await printed(team)))).toEqual([]);
  });

  test.each([
    ["GH1015", "a result in no file", (result: any) => delete result.locations],
    ["JSON1005", "a key that is not known", (result: any) => (result.line = 3)],
    ["JSON1002", "no message", (result: any) => delete result.message],
    ["SARIF1009", "a rule that is not there", (result: any) => (result.ruleIndex = 999)],
  ])("refuses (%s) %s", async (rule, _, spoil) => {
    const log = JSON.parse(await printed(folder));
    spoil(log.runs[0].results[0]);
    expect(unexpected(broken(JSON.stringify(log)))).toContain(`error ${rule}`);
  });
});
