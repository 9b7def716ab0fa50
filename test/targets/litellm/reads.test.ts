import { describe, expect, test } from "vitest";
import { printLedger, readLedger } from "../../../src/core/ledger.ts";
import { idOf } from "../../../src/core/own.ts";
import { plan } from "../../../src/core/plan.ts";
import { emptySpec, type Provider } from "../../../src/core/spec.ts";
import { valueAt } from "../../../src/core/surfaces/rows.ts";
import { yaml11 } from "../../../src/formats/yaml.ts";
import { litellm } from "../../../src/targets/litellm.ts";
import { build, filesOf, items, lines, lossesOf, model, told, worldOf } from "../tool.ts";

const file = "litellm_config.yaml";
const read = (kind: Parameters<typeof items>[1], ...text: string[]) =>
  items(litellm, kind, { [file]: lines(...text) });
const said = (...text: string[]) => told(litellm, { [file]: lines(...text) });
const row = (name: string, ...params: string[]): string[] => [
  `  - model_name: ${name}`,
  "    litellm_params:",
  ...params.map((p) => `      ${p}`),
];

describe("models as people write them", () => {
  test("prefixes, bare ids and a vendor apart", () => {
    const text = [
      "model_list:",
      ...row("claude", "model: anthropic/claude-sonnet-4-5", "api_key: os.environ/ANTHROPIC_API_KEY"),
      ...row("four", "model: gpt-4o", "api_key: sk-1", "rpm: 6"),
      ...row("sonnet", "model: claude-sonnet-4-5"),
      ...row("vendor", "model: mixtral", "custom_llm_provider: mistral"),
      ...row("router", "model: openrouter/qwen/qwen3-coder:free"),
      ...row("near", "model: ollama_chat/qwen3:30b", "api_base: http://localhost:11434"),
      ...row("bed", "model: bedrock/us.anthropic.claude"),
    ];
    expect(read("model", ...text)).toEqual({
      claude: { chain: ["anthropic/claude-sonnet-4-5"] },
      four: { chain: ["openai/gpt-4o"] },
      sonnet: { chain: ["anthropic/claude-sonnet-4-5"] },
      vendor: { chain: ["mistral/mixtral"] },
      router: { chain: ["openrouter/qwen/qwen3-coder:free"] },
      near: { chain: ["ollama/qwen3:30b"] },
      bed: { chain: ["amazon-bedrock/us.anthropic.claude"] },
    });
  });

  test("an order makes a chain, wherever the rows stand; without one they share the load", () => {
    const text = [
      "model_list:",
      ...row("main", "model: openai/second", "order: 2"),
      ...row("shared", "model: openai/a"),
      ...row("main", "model: anthropic/first", "order: 1"),
      ...row("shared", "model: openai/a"),
      ...row("half", "model: openai/a", "order: 1"),
      ...row("half", "model: openai/b"),
    ];
    expect(read("model", ...text)).toEqual({ main: { chain: ["anthropic/first", "openai/second"] } });
    expect(said(...text)).toEqual([
      expect.stringContaining("deployments of one name without an order share the load and are no chain"),
      expect.stringContaining("deployments of one name without an order share the load and are no chain"),
    ]);
  });

  test("wildcards, vendors that nobody knows and rows without a model stay, and are told", () => {
    const text = [
      "model_list:",
      ...row('"*"', 'model: "*"'),
      ...row("anthropic/*", "model: anthropic/*"),
      ...row("odd", "model: nobody/x"),
      "  - model_name: none",
      "  - just text",
    ];
    expect(read("model", ...text)).toEqual({});
    expect(said(...text)).toEqual([
      expect.stringContaining("a wildcard is no model"),
      expect.stringContaining("a wildcard is no model"),
      expect.stringContaining("no provider is known by this prefix"),
      expect.stringContaining(`"model" is missing`),
    ]);
  });

  test("an id of ours names the provider; one that names another model does not", () => {
    const id = (of: string, value: string) => [
      "model_list:",
      ...row("m", `model: ${of}`),
      "    model_info:",
      `      id: ${value}`,
    ];
    const chain = (...text: string[]) => (read("model", ...text)["m"] as { chain: string[] }).chain;
    expect(chain(...id("openai/qwen3:30b", "m:local/qwen3:30b"))).toEqual(["local/qwen3:30b"]);
    expect(chain(...id("openai/a/b", "'x:y:local/a/b#2'"))).toEqual(["local/a/b"]);
    expect(chain(...id("openai/a#2", "'m:local/a#2'"))).toEqual(["local/a#2"]);
    expect(chain(...id("openai/other", "m:local/qwen3"))).toEqual(["openai/other"]);
    expect(chain(...id("openai/x", "abc123"))).toEqual(["openai/x"]);
    expect(chain(...id("openai/x", "12"))).toEqual(["openai/x"]);
  });
});

describe("servers and vector stores as people write them", () => {
  test("transports, credentials and headers", () => {
    const text = [
      "mcp_servers:",
      "  a: {url: https://a.test}",
      "  b: {url: https://b.test, transport: sse, auth_type: bearer_token, auth_value: os.environ/B}",
      "  c: {url: https://c.test, transport: http, auth_type: api_key, auth_value: abc, static_headers: {X: os.environ/Y}}",
      "  d: {transport: stdio, command: npx, args: [-y, os.environ/RAW], env: {K: os.environ/K}, allowed_tools: [x]}",
      "  e: {url: https://e.test, auth_type: oauth2, oauth2_flow: client_credentials}",
      "  f: {url: https://f.test, spec_path: ./openapi.json}",
      "  g: {command: npx}",
    ];
    expect(read("server", ...text)).toEqual({
      a: { transport: { type: "http", url: ["https://a.test"] } },
      b: {
        transport: {
          type: "sse",
          url: ["https://b.test"],
          headers: { Authorization: ["Bearer ", { env: "B" }] },
        },
      },
      c: {
        transport: {
          type: "http",
          url: ["https://c.test"],
          headers: { X: [{ env: "Y" }], "X-API-Key": ["abc"] },
        },
      },
      d: {
        transport: {
          type: "stdio",
          command: ["npx"],
          args: [["-y"], ["os.environ/RAW"]],
          env: { K: [{ env: "K" }] },
        },
        overrides: { litellm: { allowed_tools: ["x"] } },
      },
    });
    expect(said(...text)).toHaveLength(3);
  });

  test("a registry of vector stores", () => {
    const text = [
      "vector_store_registry:",
      "  - vector_store_name: kb",
      "    litellm_params: {vector_store_id: T37J, custom_llm_provider: bedrock, vector_store_description: all, api_key: os.environ/K}",
      "  - vector_store_name: broken",
      "    litellm_params: {vector_store_id: x}",
    ];
    expect(read("retrieval", ...text)).toEqual({
      kb: {
        description: "all",
        source: { type: "vector_store", vector_store: { id: ["T37J"], provider: "bedrock" } },
      },
    });
  });

  test("everything else is a setting", () => {
    const text = [
      "model_list: []",
      "router_settings: {num_retries: 2, fallbacks: [{a: [b]}]}",
      "general_settings:",
      "  master_key: os.environ/M",
    ];
    expect(Object.keys(read("setting", ...text))).toEqual([
      "litellm/router_settings/num_retries",
      "litellm/router_settings/fallbacks",
      "litellm/general_settings/master_key",
    ]);
  });
});

const anthropic: Provider = { name: "anthropic" };
const local = (port: number): Provider => ({
  name: "local",
  type: "llama.cpp",
  origin: [`http://127.0.0.1:${port}`],
});
const params = (text: unknown, n = 0): any =>
  valueAt(yaml11.parse(String(text)), ["model_list", n, "litellm_params"]);
const next = (p: ReturnType<typeof build>) => ({
  ...p.after,
  ledger: readLedger(printLedger(p.ledger, "0")).ledger,
});

describe("what stands there stays", () => {
  const text = lines(
    "# the gateway",
    "model_list:",
    "  - model_name: hand # by hand",
    "    litellm_params: &p",
    "      model: gpt-4o",
    "      api_key: os.environ/K",
    "      rpm: 6",
    "  - {model_name: flow, litellm_params: {<<: *p, model: claude-haiku-4-5, order: 1, timeout: 30}}",
    "litellm_settings:",
    "  invented: yes",
  );

  test("building what was imported changes nothing", () => {
    const world = worldOf({ [file]: text });
    const found = [
      model("hand", [{ name: "openai" }, "gpt-4o"]),
      model("flow", [anthropic, "claude-haiku-4-5"]),
    ];
    const rows = valueAt(yaml11.parse(text), ["model_list"]) as Record<string, unknown>[];
    const ledger = new Map(
      rows.map(({ model_name, ...r }) => [
        `${file}#model_list/${model_name}`,
        { id: idOf({ "@rows": [r] }), targets: ["litellm"] },
      ]),
    );
    const p = build([litellm], { model: found }, { ...world, ledger });
    expect([p.changes, p.drifts, lossesOf(p)]).toEqual([[], [], []]);
  });

  test("our rows come and go around it", () => {
    const world = worldOf({ [file]: text });
    const p = build([litellm], { model: [model("main", [anthropic, "x"], [local(1), "y"])] }, world);
    expect(String(filesOf(p)[file]).startsWith(text.slice(0, text.indexOf("litellm_settings")))).toBe(true);
    expect(filesOf(build([litellm], {}, next(p)))).toEqual({ [file]: text });
  });

  test("a name that is taken is not ours to change", () => {
    const p = build([litellm], { model: [model("hand", [anthropic, "x"])] }, worldOf({ [file]: text }));
    expect(p.changes).toEqual([]);
    expect(p.drifts.map((d) => [d.cause, d.ours])).toEqual([["foreign", false]]);
  });
});

describe("a chain follows its providers", () => {
  const chain = (p: Provider, ...more: Provider[]) => ({
    model: [model("m", [p, "x"], ...more.map((o) => [o, "y"] as const))],
  });

  test("another origin, key or region is written, and one that is gone goes", () => {
    const first = build([litellm], chain({ ...local(1), apiKey: [{ env: "A" }] }));
    expect(params(filesOf(first)[file])).toMatchObject({
      api_base: "http://127.0.0.1:1/v1",
      api_key: "os.environ/A",
    });
    const second = build([litellm], chain({ ...local(2), apiKey: [{ env: "B" }] }), next(first));
    expect(params(filesOf(second)[file])).toMatchObject({
      api_base: "http://127.0.0.1:2/v1",
      api_key: "os.environ/B",
    });
    expect(second.drifts.map((d) => d.cause)).toEqual(["stale"]);
    const own: Provider = { name: "anthropic", origin: ["http://gateway"], headers: { A: ["b"] } };
    const third = build([litellm], chain(own));
    const fourth = build([litellm], chain(anthropic), next(third));
    expect(params(filesOf(fourth)[file])).toEqual(params(filesOf(build([litellm], chain(anthropic)))[file]));
  });

  test("steps come, go and change places; what else a row holds goes with its step", () => {
    const first = build([litellm], chain(anthropic, local(1)));
    const edited = String(filesOf(first)[file])
      .replace("order: 2", "order: 2\n      rpm: 7")
      .replaceAll("timeout: 600", "timeout: 30");
    const turned = { model: [model("m", [local(1), "y"], [anthropic, "x"], [anthropic, "z"])] };
    const world = { ...next(first), files: new Map([[file, edited]]) };
    const p = build([litellm], turned, world);
    expect(p.drifts.map((d) => [d.cause, d.ours])).toEqual([["conflict", false]]);
    const forced = plan({
      targets: [litellm],
      spec: { ...emptySpec(), ...turned },
      world,
      force: true,
    }).after.files.get(file);
    expect([0, 1, 2].map((n) => params(forced, n)).map((r) => [r.model, r.order, r.rpm, r.timeout])).toEqual([
      ["openai/y", 1, 7, 30],
      ["anthropic/x", 2, undefined, 30],
      ["anthropic/z", 3, undefined, 600],
    ]);
    const fewer = build([litellm], { model: [model("m", [anthropic, "x"])] }, next(first));
    expect(valueAt(yaml11.parse(String(filesOf(fewer)[file])), ["model_list"])).toHaveLength(1);
  });

  test("two chains grow at once, and one shrinks while another goes", () => {
    const grow = (n: number) =>
      ["a", "b", "c"].map((name) =>
        model(name, ...Array.from({ length: n }, (_, i) => [anthropic, `${name}${i}`] as const)),
      );
    const first = build([litellm], { model: grow(1) });
    const second = build([litellm], { model: grow(3) }, next(first));
    const third = build([litellm], { model: grow(2).slice(0, 2) }, next(second));
    const names = (p: ReturnType<typeof build>) =>
      items(litellm, "model", filesOf(p) as Record<string, string>);
    expect(names(second)).toEqual({
      a: { chain: ["anthropic/a0", "anthropic/a1", "anthropic/a2"] },
      b: { chain: ["anthropic/b0", "anthropic/b1", "anthropic/b2"] },
      c: { chain: ["anthropic/c0", "anthropic/c1", "anthropic/c2"] },
    });
    expect(names(third)).toEqual({
      a: { chain: ["anthropic/a0", "anthropic/a1"] },
      b: { chain: ["anthropic/b0", "anthropic/b1"] },
    });
  });
});
