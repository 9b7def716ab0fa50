import fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { providers } from "../../src/providers/index.ts";
import { inRepository, portable } from "../spec/run.ts";

const random = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(..."ABCDEFGHJKLMNPQRSTUVWYZabcdefghijkmnopqrstuvwyz23456789"),
    minLength: length,
    maxLength: length,
  });
/** Keys as vendors make them: such are known by their look alone. */
const shaped = fc.oneof(
  random(40).map((s) => `sk-ant-api03-${s}`),
  random(48).map((s) => `sk-proj-${s}`),
  random(36).map((s) => `ghp_${s}`),
  random(52).map((s) => `gsk_${s}`),
);
/** And others, which only look random. */
const key = fc.oneof(
  { weight: 3, arbitrary: shaped },
  { weight: 1, arbitrary: random(40).filter((s) => /\d/.test(s) && new Set(s).size > 20) },
);
const names = [...new Set(Object.values(providers).flatMap((p) => [...p.keys, p.litellm.key ?? ""]))].filter(
  Boolean,
);

let set: string[] = [];
afterEach(() => {
  for (const name of set) delete process.env[name];
  set = [];
});
const withEnv = (value: string): void => {
  for (const name of [...names, "TEAM_KEY"]) {
    if (process.env[name] === undefined) set.push(name);
    process.env[name] ??= value;
  }
};

const filesUnder = (root: string): string =>
  fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => `${e.name}\n${fs.readFileSync(join(e.parentPath, e.name), "utf8")}`)
    .join("\n");
const every = [
  ["build"],
  ["verify"],
  ["verify", "--json"],
  ["status"],
  ["diff"],
  ["explain"],
  ["explain", "provider", "anthropic"],
  ["build", "--force", "--json"],
];
/** All that is said, and all that stands in the folder afterwards. */
const after = async (root: string, commands: readonly string[][]): Promise<string> => {
  const said: string[] = [];
  for (const argv of commands) {
    const { out, err } = await portable(root, ...argv);
    said.push(out, err);
  }
  return said.join("\n");
};

const spec = (apiKey: string) =>
  stringify({
    portable: 1,
    targets: ["claude", "aider", "litellm", "roo"],
    providers: {
      anthropic: { apiKey },
      gw: { type: "anthropic-compatible", origin: "https://gw.example.com", apiKey },
      local: { type: "llama.cpp" },
      bedrock: { type: "amazon-bedrock", region: "us-east-1" },
    },
    models: {
      main: { chain: ["anthropic/claude-opus-5-5", "bedrock/us.anthropic.claude-opus-5-5", "local/qwen3"] },
      fast: { chain: ["gw/claude-haiku-5-5"] },
    },
  });

test("no command reads the value of a variable", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(key, (value) => {
      withEnv(value);
      return inRepository({ "portable.yaml": spec("${TEAM_KEY}") }, async (root) => {
        const said = await after(root, every);
        expect(said + filesUnder(root)).not.toContain(value);
        expect(filesUnder(root)).toContain("os.environ/TEAM_KEY");
      });
    }),
    { numRuns: 8 },
  ),
);

test("a key in the spec is refused, and never said", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(key, (value) =>
      inRepository({ "portable.yaml": spec(value) }, async (root) => {
        expect((await portable(root, "build")).status).toBe(2);
        const said = await after(root, every);
        expect(said).toContain("spec/secret");
        expect(said).not.toContain(value);
        fs.rmSync(join(root, "portable.yaml"));
        expect(filesUnder(root)).not.toContain(value);
      }),
    ),
    { numRuns: 10 },
  ),
);

test("a key in a tool's file is never said, and never comes into the spec", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(shaped, (value) => {
      const files = {
        "litellm_config.yaml": `model_list:\n  - model_name: m\n    litellm_params: {model: openai/gpt-4o, api_key: ${value}}\n  - model_name: n\n    litellm_params: {model: openai/x, api_base: "https://gw.example.com/v1", api_key: ${value}, extra_headers: {Authorization: Bearer ${value}}}\n`,
        ".aider.conf.yml": `model: openai/gpt-4o\nopenai-api-key: ${value}\napi-key: [gemini=${value}]\n`,
        ".claude/settings.json": `${JSON.stringify({ model: "claude-opus-4-8", env: { ANTHROPIC_API_KEY: value, ANTHROPIC_CUSTOM_HEADERS: `X-Key: ${value}` } })}\n`,
        ".roo/settings-export.json": `${JSON.stringify({ providerProfiles: { currentApiConfigName: "a", apiConfigs: { a: { apiProvider: "anthropic", apiModelId: "claude", apiKey: value } } } })}\n`,
      };
      return inRepository(files, async (root) => {
        const tools = ["litellm", "aider", "claude", "roo"];
        const said = await after(root, [...tools.map((t) => ["import", t]), ...every]);
        expect(said).not.toContain(value);
        expect(fs.readFileSync(join(root, "portable.yaml"), "utf8")).not.toContain(value);
        expect(fs.readFileSync(join(root, "portable.lock"), "utf8")).not.toContain(value);
      });
    }),
    { numRuns: 8 },
  ),
);
