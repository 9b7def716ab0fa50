import { describe, expect, test } from "vitest";
import type { Provider } from "../../../src/core/spec.ts";
import { litellm } from "../../../src/targets/litellm.ts";
import { lines, model, written } from "../tool.ts";

const file = "litellm_config.yaml";
const made = (spec: Parameters<typeof written>[1]) => written([litellm], spec);

const anthropic: Provider = { name: "anthropic", apiKey: [{ env: "TEAM_KEY" }] };
const bedrock: Provider = { name: "bedrock", type: "amazon-bedrock", region: "us-east-1" };
const vertex: Provider = {
  name: "vertex",
  type: "google-vertex",
  region: "europe-west1",
  project: "p-1",
  apiKey: [{ env: "CREDENTIALS" }],
};
const local: Provider = { name: "local", type: "llama.cpp", origin: ["http://127.0.0.1:8080/"] };

describe("exact bytes", () => {
  test("a chain of several vendors", () => {
    const headers = { "X-Team": ["core"], "X-Key": [{ env: "K" }] };
    const own: Provider = {
      name: "own",
      origin: ["https://models.example.com"],
      apiKey: [{ env: "OWN" }],
      headers,
    };
    const main = model(
      "main",
      [anthropic, "claude-opus-4-8"],
      [bedrock, "us.anthropic.claude"],
      [local, "qwen3:30b"],
    );
    const more = model("more", [vertex, "gemini-3"], [own, "x"]);
    expect(made({ model: [main, more] })).toEqual({
      losses: [],
      files: {
        [file]: lines(
          "model_list:",
          '  - model_name: "main"',
          "    litellm_params:",
          '      model: "anthropic/claude-opus-4-8"',
          '      api_key: "os.environ/TEAM_KEY"',
          "      order: 1",
          "      timeout: 600",
          "      stream_timeout: 60",
          "    model_info:",
          '      id: "main:anthropic/claude-opus-4-8"',
          '  - model_name: "main"',
          "    litellm_params:",
          '      model: "bedrock/us.anthropic.claude"',
          '      aws_region_name: "us-east-1"',
          "      order: 2",
          "      timeout: 600",
          "      stream_timeout: 60",
          "    model_info:",
          '      id: "main:bedrock/us.anthropic.claude"',
          '  - model_name: "main"',
          "    litellm_params:",
          '      model: "openai/qwen3:30b"',
          '      api_key: "none"',
          '      api_base: "http://127.0.0.1:8080/v1"',
          "      order: 3",
          "      timeout: 600",
          "      stream_timeout: 60",
          "    model_info:",
          '      id: "main:local/qwen3:30b"',
          '  - model_name: "more"',
          "    litellm_params:",
          '      model: "vertex_ai/gemini-3"',
          '      vertex_credentials: "os.environ/CREDENTIALS"',
          '      vertex_project: "p-1"',
          '      vertex_location: "europe-west1"',
          "      order: 1",
          "      timeout: 600",
          "      stream_timeout: 60",
          "    model_info:",
          '      id: "more:vertex/gemini-3"',
          '  - model_name: "more"',
          "    litellm_params:",
          '      model: "openai/x"',
          '      api_key: "os.environ/OWN"',
          '      api_base: "https://models.example.com/v1"',
          "      extra_headers:",
          '        X-Team: "core"',
          '        X-Key: "os.environ/K"',
          "      order: 2",
          "      timeout: 600",
          "      stream_timeout: 60",
          "    model_info:",
          '      id: "more:own/x"',
        ),
      },
    });
  });

  test("the same step twice has two ids", () => {
    const { files } = made({ model: [model("m", [anthropic, "x"], [anthropic, "x"])] });
    expect(String(files[file]).match(/id: .*/g)).toEqual(['id: "m:anthropic/x"', 'id: "m:anthropic/x#2"']);
  });

  test.for([
    ["anthropic", "http://h/", "anthropic/x", "http://h"],
    ["ollama", undefined, "ollama_chat/x", "http://127.0.0.1:11434"],
    ["lmstudio", undefined, "lm_studio/x", "http://127.0.0.1:1234/v1"],
    ["vllm", "http://h:8000", "hosted_vllm/x", "http://h:8000/v1"],
    ["google", "http://h", "gemini/x", "http://h/v1beta"],
    ["openrouter", "http://h", "openrouter/x", "http://h/api/v1"],
    ["openai", "https://api.openai.com", "openai/x", undefined],
  ] as const)("%s at %s", ([name, origin, id, base]) => {
    const provider = { name, ...(origin && { origin: [origin] }) };
    const text = String(made({ model: [model("m", [provider, "x"])] }).files[file]);
    expect(text).toContain(`model: "${id}"`);
    expect(/api_base: "(.*)"/.exec(text)?.[1]).toBe(base);
  });

  test("servers of each transport, retrieval and settings", () => {
    const remote = {
      url: ["https://x.test"],
      headers: { Authorization: ["Bearer ", { env: "T" }], "X-A": ["b"] },
    };
    const all = made({
      server: [
        {
          name: "a_1",
          timeoutMs: 5000,
          transport: {
            type: "stdio",
            command: ["npx"],
            args: [["-y"], ["${x}"]],
            env: { T: [{ env: "U" }] },
          },
        },
        { name: "b.c", transport: { type: "http", url: [{ env: "URL" }], headers: {} } },
        { name: "d/e", transport: { type: "sse", ...remote } },
      ],
      retrieval: [
        { name: "r_1", source: { type: "mcp", mcp: { type: "stdio", command: ["search"] } } },
        {
          name: "handbook",
          description: "All of it",
          source: { type: "vector_store", vector_store: { id: [{ env: "VS" }], provider: "bedrock" } },
        },
      ],
      setting: [
        {
          name: "litellm/litellm_settings/drop_params",
          path: ["litellm_settings", "drop_params"],
          value: true,
          targets: ["litellm"],
        },
      ],
    });
    const gate =
      "LiteLLM starts servers of its own only with LITELLM_ENABLE_MCP_STDIO=true in its environment";
    expect(all).toEqual({
      losses: [`warning server a_1 transport: ${gate}`, `warning server r_1 transport: ${gate}`],
      files: {
        [file]: lines(
          "litellm_settings:",
          "  drop_params: true",
          "mcp_servers:",
          "  a_1:",
          '    transport: "stdio"',
          '    command: "npx"',
          "    args:",
          '      - "-y"',
          '      - "${x}"',
          "    env:",
          '      T: "os.environ/U"',
          "    timeout: 5",
          "  b.c:",
          '    transport: "http"',
          "    static_headers: {}",
          '    url: "os.environ/URL"',
          "  d/e:",
          '    transport: "sse"',
          '    auth_type: "bearer_token"',
          '    auth_value: "os.environ/T"',
          "    static_headers:",
          '      X-A: "b"',
          '    url: "https://x.test"',
          "  r_1:",
          '    transport: "stdio"',
          '    command: "search"',
          "vector_store_registry:",
          '  - vector_store_name: "handbook"',
          "    litellm_params:",
          '      vector_store_description: "All of it"',
          '      vector_store_id: "os.environ/VS"',
          '      custom_llm_provider: "bedrock"',
        ),
      },
    });
  });
});

describe("what LiteLLM cannot hold is told, and not written in another way", () => {
  const chain = (provider: Provider) => made({ model: [model("m", [provider, "x"])] });
  test.for([
    [
      { name: "anthropic", apiKey: ["sk-literal"] },
      "LiteLLM takes a key only from a variable that is the whole value",
    ],
    [
      { name: "anthropic", apiKey: ["a", { env: "K" }] },
      "LiteLLM takes a key only from a variable that is the whole value",
    ],
    [
      { name: "anthropic", apiKey: [{ env: "K", or: "d" }] },
      "LiteLLM takes a key only from a variable that is the whole value",
    ],
    [
      { name: "ollama", origin: ["http://", { env: "H" }] },
      "LiteLLM reads an origin from a variable only where that is the whole address",
    ],
    [
      { name: "vllm", origin: [{ env: "H" }] },
      "LiteLLM reads an origin from a variable only where that is the whole address",
    ],
    [{ name: "other" }, "LiteLLM needs the origin of a server that is no known provider"],
  ] as [Provider, string][])("a step of %o", ([provider, why]) => {
    expect(chain(provider)).toEqual({ files: {}, losses: [`warning model m: ${why}`] });
  });

  test("a whole address from a variable is said where no path follows", () => {
    const { files, losses } = chain({ name: "ollama", origin: [{ env: "OLLAMA" }] });
    expect(losses).toEqual([]);
    expect(files[file]).toContain('api_base: "os.environ/OLLAMA"');
  });

  test("the other steps of a chain stay", () => {
    const { files, losses } = made({ model: [model("m", [{ name: "other" }, "x"], [anthropic, "y"])] });
    expect(files[file]).toContain('model: "anthropic/y"');
    expect(files[file]).toContain("order: 1");
    expect(losses).toEqual([
      "warning model m chain: LiteLLM needs the origin of a server that is no known provider",
    ]);
  });

  test("what a provider entry says in vain", () => {
    const { losses } = chain({
      name: "openai",
      region: "eu",
      project: "p",
      keyCommand: "print-key",
      headers: { A: ["x", { env: "Y" }] },
    });
    expect(losses).toEqual([
      "warning model m chain: LiteLLM runs no command for a key: it reads the provider's variable",
      "warning model m chain: LiteLLM has a region only for Amazon Bedrock and Google Vertex AI",
      "warning model m chain: LiteLLM has a project only for Google Vertex AI",
      "warning model m chain: LiteLLM reads a variable only where it is the whole header",
    ]);
  });

  test("servers are written whole or not at all", () => {
    const server = (name: string, transport: any) => made({ server: [{ name, transport }] });
    const stdio = { type: "stdio", command: ["x"] };
    const name = "LiteLLM takes letters, digits, _, . and / in a server's name";
    expect(server("my-db", stdio)).toEqual({ files: {}, losses: [`warning server my-db: ${name}`] });
    expect(server("a", { ...stdio, args: [["--key=", { env: "K" }]] })).toEqual({
      files: {},
      losses: ["warning server a: LiteLLM fills no variables into arguments"],
    });
    expect(server("a", { ...stdio, args: [[{ env: "K" }]] }).files).toEqual({});
    expect(server("a", { ...stdio, env: { A: ["x", { env: "K" }] } })).toEqual({
      files: {},
      losses: ["warning server a: LiteLLM reads a variable only where it is the whole value"],
    });
    const header = (value: unknown, key = "Authorization") =>
      server("a", { type: "http", url: ["https://x"], headers: { [key]: value } });
    expect(header(["Basic ", { env: "K" }]).files).toEqual({});
    expect(header(["Bearer ", { env: "K", or: "d" }]).files).toEqual({});
    expect(header(["Bearer ", { env: "K" }], "authorization").files).toEqual({});
    expect(header(["Bearer ", { env: "K" }], "authorization").losses).toEqual([
      "warning server a: LiteLLM reads a variable only as a whole header, or as `Authorization: Bearer ${NAME}`",
    ]);
    expect(header([{ env: "K" }]).files[file]).toContain('Authorization: "os.environ/K"');
    expect(header(["os.environ/K"]).files).toEqual({});
  });

  test("a vector store without its vendor, a plain endpoint, a budget, settings of other kinds", () => {
    const retrieval = (source: any) => made({ retrieval: [{ name: "r", source }] });
    expect(retrieval({ type: "vector_store", vector_store: { id: ["x"] } })).toEqual({
      files: {},
      losses: [
        "warning retrieval r: LiteLLM needs the vendor of a vector store: without it the proxy does not start",
      ],
    });
    expect(retrieval({ type: "http", http: { url: ["https://x"] } }).losses).toEqual([
      "warning retrieval r: LiteLLM has no plain HTTP retriever",
    ]);
    const limited = { ...model("m", [anthropic, "x"]), limits: { usdPerDay: 3 }, onOutage: "wait" as const };
    expect(made({ model: [limited] }).losses).toEqual([
      "warning model m limits: a budget of LiteLLM's counts for a deployment, not for an alias",
      "warning model m onOutage: LiteLLM always goes on to the next deployment",
    ]);
    const setting = { name: "litellm/model_list", path: ["model_list"], value: [], targets: ["litellm"] };
    expect(made({ setting: [setting] }).files).toEqual({});
  });
});
