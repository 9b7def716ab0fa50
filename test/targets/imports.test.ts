import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inRepository, portable } from "../spec/run.ts";
import { lines } from "./tool.ts";

/** What an import makes of files: the spec, what is told, and the files after a build of it. */
const imported = (tool: string, files: Record<string, string>) =>
  inRepository(files, async (root) => {
    const first = await portable(root, "import", tool, "--json");
    const built = await portable(root, "build", "--json", "--targets", tool);
    const read = (path: string): string => readFileSync(join(root, path), "utf8");
    const found = JSON.parse(first.out).diagnostics as { code: string; reason: string }[];
    return {
      spec: parse(read("portable.yaml")) as Record<string, any>,
      told: found.map((d) => `${d.code}: ${d.reason}`),
      changes: JSON.parse(built.out).changes as unknown[],
      after: Object.fromEntries(Object.keys(files).map((path) => [path, read(path)])),
    };
  });

const litellm = {
  "litellm_config.yaml": lines(
    "# gateway of the team",
    "x-shared: &shared",
    "  api_key: os.environ/GW_API_KEY",
    "  api_base: https://gw.example.com/v1/ # slash",
    "  rpm: 60",
    "model_list:",
    "  - model_name: main   # first",
    "    litellm_params:",
    "      <<: *shared",
    "      model: openai/big",
    "      order: 1",
    "  - model_name: main",
    "    litellm_params: {model: bedrock/us.anthropic.claude-opus-4-8, aws_region_name: us-east-1, order: 2, invented: yes}",
    "  - {model_name: cheap, litellm_params: {model: gpt-4o-mini, api_key: os.environ/OPENAI_API_KEY}}",
    "  - model_name: second",
    "    litellm_params: {model: openai/gpt-4o, api_key: os.environ/SECOND_KEY, extra_headers: {X-Team: core}}",
    "  - model_name: azure-one",
    "    litellm_params:",
    "      model: azure/my-deployment",
    "      api_base: os.environ/AZURE_API_BASE",
    "      api_key: os.environ/AZURE_API_KEY",
    '      api_version: "2024-06-01"',
    "  - model_name: near",
    "    litellm_params:",
    "      model: ollama_chat/qwen3-coder:30b",
    "      api_base: http://localhost:11434",
    "  - model_name: house",
    "    litellm_params: {model: hosted_vllm/x, api_base: 'http://10.0.0.5:8000/v1', api_key: none}",
    '  - model_name: "*"',
    "    litellm_params:",
    '      model: "*"',
    "  - {model_name: hidden, litellm_params: {model: openai/x, api_base: os.environ/SOMEWHERE}}",
    "  - {model_name: other, litellm_params: {model: openai/sonar, api_base: https://api.example.com}}",
    "  - {model_name: shared, litellm_params: {model: openai/a}}",
    "  - {model_name: shared, litellm_params: {model: openai/b}}",
    "  - {model_name: odd, litellm_params: {model: nobody/x}}",
    "litellm_settings:",
    "  drop_params: yes",
    "  default_model: main # invented",
    '  fallbacks: [{"cheap": ["near"]}]',
    "router_settings:",
    "  request_timeout: 600 # belongs elsewhere",
    "  num_retries: 1_000",
    "  model_group_alias: {gpt: main}",
    "general_settings: {master_key: os.environ/MASTER}",
  ),
};

describe("a messy configuration of LiteLLM", () => {
  test("comes in with its providers, keeps every byte, and what stays behind is told", async () => {
    const { spec, told, changes, after } = await imported("litellm", litellm);
    expect(after).toEqual(litellm);
    expect(changes).toEqual([]);
    expect(spec["providers"]).toEqual({
      "gw.example.com-gw": {
        type: "openai-compatible",
        origin: "https://gw.example.com",
        apiKey: "${GW_API_KEY}",
      },
      "amazon-bedrock-us-east-1": { type: "amazon-bedrock", region: "us-east-1" },
      [Object.keys(spec["providers"])[2]!]: {
        type: "openai",
        apiKey: "${SECOND_KEY}",
        headers: { "X-Team": "core" },
      },
      "10.0.0.5-8000": { type: "vllm", origin: "http://10.0.0.5:8000" },
    });
    const chains = Object.entries(spec["models"]).map(([name, m]) => [name, (m as any).chain]);
    expect(Object.fromEntries(chains)).toEqual({
      main: ["gw.example.com-gw/big", "amazon-bedrock-us-east-1/us.anthropic.claude-opus-4-8"],
      cheap: ["openai/gpt-4o-mini"],
      second: [expect.stringMatching(/^openai-second-[0-9a-f]{4}\/gpt-4o$/)],
      "azure-one": ["azure/my-deployment"],
      near: ["ollama/qwen3-coder:30b"],
      house: ["10.0.0.5-8000/x"],
    });
    expect(spec["settings"].litellm).toMatchObject({
      "x-shared": { rpm: 60 },
      litellm_settings: { drop_params: true, default_model: "main", fallbacks: [{ cheap: ["near"] }] },
      router_settings: { request_timeout: 600, num_retries: 1000, model_group_alias: { gpt: "main" } },
      general_settings: { master_key: "os.environ/MASTER" },
    });
    expect(told.filter((t) => t.startsWith("import/unread"))).toEqual([
      expect.stringContaining("a wildcard is no model"),
      expect.stringContaining("its address is in a variable of its own"),
      expect.stringContaining("its address ends otherwise than the provider's"),
      expect.stringContaining("share the load and are no chain"),
      expect.stringContaining("no provider is known by this prefix"),
    ]);
  });

  test("fallbacks that are no lists are read as meant, told, and written as every version reads them", async () => {
    const files = {
      "litellm_config.yaml": lines(
        "litellm_settings:",
        "  fallbacks: [{a: b}] # by hand",
        "router_settings:",
        "  fallbacks: {a: [b]}",
      ),
    };
    const { spec, told, after } = await imported("litellm", files);
    expect(spec["settings"].litellm.litellm_settings.fallbacks).toEqual([{ a: ["b"] }]);
    expect(told.map((t) => t.split(":")[0]).sort()).toEqual(["format/misread", "import/unread"]);
    expect(parse(after["litellm_config.yaml"]!)).toEqual({
      litellm_settings: { fallbacks: [{ a: ["b"] }] },
      router_settings: { fallbacks: { a: ["b"] } },
    });
    expect(after["litellm_config.yaml"]).toContain("# by hand");
  });

  test("a literal key stays where it stands, is told, and is no part of the spec", async () => {
    const key = `sk-proj-${"Ab1".repeat(12)}`;
    const files = {
      "litellm_config.yaml": lines(
        "model_list:",
        `  - {model_name: m, litellm_params: {model: openai/gpt-4o, api_key: ${key}}}`,
      ),
    };
    const { spec, told, after } = await imported("litellm", files);
    expect(after).toEqual(files);
    expect(told.join("\n")).toContain("a key stands here");
    expect(JSON.stringify([spec, told])).not.toContain(key);
    expect([spec["models"], spec["providers"]]).toEqual([{ m: { chain: ["openai/gpt-4o"] } }, undefined]);
  });
});

const aider = {
  ".aider.conf.yml": lines(
    "# mine",
    "model: openai/big # at the gateway",
    "weak-model: gpt-4o-mini",
    "alias:",
    "  - &quick 'quick: openai/small'",
    "  - deep:deepseek/deepseek-chat",
    "  - fast:openai/small",
    "read-files: [a.md]",
    "lint-cmd: make lint",
    "map-tokens: 1_024",
    "mcp-servers: {a: {command: x}}",
    "weak_model: gpt-4o",
  ),
  ".aider.model.settings.yml": lines(
    "- name: openai/big",
    "  extra_params: &extra",
    "    api_base: https://gw.example.com/v1/",
    "    api_key: dummy # no key",
    "    num_ctx: 8192",
    "  invented: 1",
    "- name: openai/small",
    "  edit_format: diff",
    "  extra_params: {api_base: 'http://10.0.0.5:8000/v1', api_key: x}",
    "- name: aider/extra_params",
    "  extra_params: {timeout: 5}",
  ),
};
test("messy files of Aider's", async () => {
  const { spec, told, changes, after } = await imported("aider", aider);
  expect(after).toEqual(aider);
  expect(changes).toEqual([]);
  expect(spec["providers"]).toEqual({
    "gw.example.com": { type: "openai-compatible", origin: "https://gw.example.com" },
    "10.0.0.5-8000": { type: "openai-compatible", origin: "http://10.0.0.5:8000" },
  });
  expect(spec["models"]).toEqual({
    main: { chain: ["gw.example.com/big"] },
    fast: { chain: ["openai/gpt-4o-mini"] },
    quick: { chain: ["10.0.0.5-8000/small"] },
    deep: { chain: ["deepseek/deepseek-chat"] },
  });
  expect(spec["settings"].aider).toEqual({ "lint-cmd": "make lint", "map-tokens": 1024 });
  for (const key of ["read-files", "mcp-servers", "weak_model", 'alias "fast"'])
    expect(
      told.filter((t) => t.startsWith("import/unread") && t.includes(key)),
      key,
    ).toHaveLength(1);
});

test("an export of Roo Code's settings", async () => {
  const profile = (more: object) => ({ modelTemperature: 0.2, ...more });
  const files = {
    ".roo/settings-export.json": `${JSON.stringify(
      {
        providerProfiles: {
          currentApiConfigName: "main",
          apiConfigs: {
            main: profile({
              apiProvider: "openai",
              openAiBaseUrl: "https://gw.example.com/v1/",
              openAiModelId: "big",
              openAiHeaders: { "X-Team": "core" },
            }),
            cloud: { apiProvider: "bedrock", apiModelId: "us.anthropic.claude", awsRegion: "us-east-1" },
            near: {
              apiProvider: "ollama",
              ollamaBaseUrl: "http://localhost:11434",
              ollamaModelId: "qwen3:30b",
            },
            odd: { apiProvider: "human-relay" },
          },
        },
        globalSettings: { x: 1 },
      },
      undefined,
      1,
    )}\n`,
  };
  const { spec, told, changes, after } = await imported("roo", files);
  expect(after).toEqual(files);
  expect(changes).toEqual([]);
  const chains = Object.entries(spec["models"]).map(([name, m]) => [name, (m as any).chain]);
  expect(Object.fromEntries(chains)).toEqual({
    main: [expect.stringMatching(/^gw\.example\.com-[0-9a-f]{4}\/big$/)],
    cloud: ["amazon-bedrock-us-east-1/us.anthropic.claude"],
    near: ["ollama/qwen3:30b"],
  });
  expect(Object.values(spec["providers"])).toEqual([
    { type: "openai-compatible", origin: "https://gw.example.com", headers: { "X-Team": "core" } },
    { type: "amazon-bedrock", region: "us-east-1" },
  ]);
  expect(told.join("\n")).toContain("a provider that the spec has no name for");
});
