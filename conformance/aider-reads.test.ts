import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { same } from "../src/core/data.ts";
import { plan } from "../src/core/plan.ts";
import { emptySpec, type Setting, type Spec } from "../src/core/spec.ts";
import { emptyWorld } from "../src/core/surface.ts";
import { yaml11 } from "../src/formats/yaml.ts";
import { yamlList } from "../src/formats/yaml-list.ts";
import { aider } from "../src/targets/aider.ts";
import { aiderOptions } from "../src/targets/aider-keys.ts";
import { litellm } from "../src/targets/litellm.ts";
import { spec } from "../test/arbitraries.ts";
import { TRAPS } from "../test/formats/traps.ts";
import { missing, programs, run, versionOf } from "./python.ts";

const installed = programs("aider") !== undefined;
const versions = `PyYAML ${versionOf("aider", "pyyaml") ?? ""}, Aider ${versionOf("aider", "aider_chat") ?? ""}`;
const runs = Number(process.env["LAWS"] ?? 200);

interface Text {
  path: string;
  text: string;
}
interface Answer {
  data: unknown;
  status?: number;
  said?: string;
  options?: Record<string, unknown>;
}

/** Options of every kind with what they hold, well or badly. */
const values = fc.oneof<fc.Arbitrary<unknown>[]>(
  fc.constantFrom(
    "diff",
    "auto",
    "12:30",
    "on",
    "=",
    "a\tb",
    "~",
    "wav",
    "1.5",
    "",
    "a, b",
    "[x]",
    "python: ruff",
  ),
  fc.integer({ min: -9, max: 9 }),
  fc.double({ min: 0, max: 9, noNaN: true }),
  fc.boolean(),
  fc.array(fc.constantFrom("a", "b: c", "${X}", "no"), { maxLength: 2 }),
  fc.constantFrom(null, {}),
);
/** These make the tool do something else than start. */
const acting = ["list-models", "config", "shell-completions", "env-file"];
const setting: fc.Arbitrary<Setting> = fc
  .tuple(
    fc.constantFrom(
      ...Object.keys(aiderOptions).filter((k) => !acting.includes(k)),
      "invented",
      "no-git",
      "dark",
    ),
    values,
  )
  .map(([k, value]) => ({ name: `aider/${k}`, path: [k], value, targets: ["aider"] }));
const settings = fc.uniqueArray(setting, { selector: (s) => s.name, maxLength: 5 });

const textsOf = (s: Spec, older: Spec): Text[] => {
  const targets = [aider, litellm];
  const before = plan({ targets, spec: older, world: emptyWorld() }).after;
  return [plan({ targets, spec: s, world: emptyWorld() }), plan({ targets, spec: s, world: before })].flatMap(
    (p) =>
      [...p.after.files].flatMap(([path, text]) =>
        /\.ya?ml$/.test(path) && typeof text === "string" ? [{ path, text }] : [],
      ),
  );
};
const read = async (texts: Text[]): Promise<Answer[]> => {
  const script = join(import.meta.dirname, "aider-reads.py");
  const input = JSON.stringify(texts);
  const { code, stdout, stderr } = await run("aider", "python", [script], {
    cwd: "/",
    input,
    limitMs: 170_000,
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe(`${versions} read what is written`, () => {
  test("as the same values, and Aider starts with every one", { timeout: 180_000 }, async (context) => {
    context.skip(!installed, missing);
    const specs = fc.sample(fc.tuple(spec, spec, settings), { numRuns: runs, seed: 20261125 });
    const texts = specs.flatMap(([s, older, own]) =>
      textsOf({ ...s, setting: [...s.setting.filter((x) => !x.targets?.includes("aider")), ...own] }, older),
    );
    const answers = await read(texts);
    const counts: Record<string, number> = {};
    for (const [i, { path, text }] of texts.entries()) {
      const answer = answers[i]!;
      counts[path] = (counts[path] ?? 0) + 1;
      const list = path === ".aider.model.settings.yml";
      const data = list ? yamlList(yaml11).parse(text)["list"] : yaml11.parse(text);
      expect(same(answer.data, data), `${path}\n${text}\n${JSON.stringify(answer.data)}`).toBe(true);
      if (path !== ".aider.conf.yml") continue;
      expect(answer.status, `${answer.said}\n${text}`).toBe(0);
      for (const key of ["model", "weak-model", "editor-model", "alias", "read"]) {
        const said = (data as Record<string, unknown>)[key];
        if (said !== undefined) expect(answer.options![key.replace("-", "_")], text).toEqual(said);
      }
    }
    console.log(JSON.stringify(counts));
  });

  test("every string that YAML 1.1 misreads comes back as itself, wherever the targets write it", async (context) => {
    context.skip(!installed, missing);
    const texts = TRAPS.map((s): Text => {
      const own = (path: string[], value: unknown): Setting => ({
        name: `litellm/${path.join("/")}`,
        path,
        value,
        targets: ["litellm"],
      });
      const provider = { name: "gw", origin: ["https://gw.example.com"], headers: { [s || "x"]: [s] } };
      const setting = [own(["litellm_settings", "one"], s), own(["litellm_settings", "list"], [s, { a: s }])];
      const model = [{ name: "m", chain: [`gw/${s}`], steps: [{ provider, id: s }] }];
      const { after } = plan({
        targets: [litellm],
        spec: { ...emptySpec(), setting, model },
        world: emptyWorld(),
      });
      return { path: "litellm_config.yaml", text: String(after.files.get("litellm_config.yaml")) };
    });
    const answers = await read(texts);
    for (const [i, s] of TRAPS.entries()) {
      const data = answers[i]!.data as any;
      expect(data.litellm_settings, JSON.stringify(s)).toEqual({ one: s, list: [s, { a: s }] });
      const { litellm_params: params, model_info: info } = data.model_list[0];
      expect(params.extra_headers).toEqual({ [s || "x"]: s });
      expect([params.model, info.id]).toEqual([`openai/${s}`, `m:gw/${s}`]);
    }
  });

  test("and a key or a value that is not meant is seen", async (context) => {
    context.skip(!installed, missing);
    const wrong = ["nope: 1\n", "map-tokens: many\n", "model: [a]\n", "read:\n  - on\n", "# nothing\n"];
    const answers = await read(wrong.map((text) => ({ path: ".aider.conf.yml", text })));
    expect(answers.map((a) => a.status)).toEqual([2, 2, 2, 0, 2]);
    expect(answers[3]!.data).toEqual({ read: [true] });
  });
});
