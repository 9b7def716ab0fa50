import { describe, expect, test } from "vitest";
import { printLedger, readLedger } from "../../../src/core/ledger.ts";
import type { Provider, Setting } from "../../../src/core/spec.ts";
import { claude } from "../../../src/targets/claude.ts";
import { build, filesOf, items, lossesOf, model, told, worldOf, written } from "../tool.ts";

const file = ".claude/settings.json";
const anthropic: Provider = { name: "anthropic" };
const bedrock: Provider = { name: "bedrock", type: "amazon-bedrock", region: "us-east-1" };
const vertex: Provider = { name: "vertex", type: "google-vertex", region: "global", project: "p-1" };
const gateway: Provider = { name: "gw", type: "anthropic-compatible", origin: ["https://gw.example.com/"] };
const local: Provider = { name: "local", type: "llama.cpp", origin: ["http://127.0.0.1:8080"] };

const made = (spec: Parameters<typeof build>[1]) => {
  const { files, losses } = written([claude], spec);
  return { doc: files[file] === undefined ? undefined : JSON.parse(String(files[file])), losses };
};
const models = (...all: ReturnType<typeof model>[]) => made({ model: all });
const setting = (path: string, value: unknown): Setting => ({
  name: `claude/${path}`,
  path: path.split("/"),
  value,
  targets: ["claude"],
});
const ONE =
  "a session of Claude Code asks one endpoint: only a gateway, such as a LiteLLM proxy, goes on to another";

describe("the models of a session", () => {
  test("main with its fallbacks, the small one, and the client's own names", () => {
    expect(
      models(
        model("main", [anthropic, "claude-opus-5-5"], [anthropic, "claude-sonnet-5-5"]),
        model("fast", [anthropic, "claude-haiku-5-5"]),
        model("opus", [anthropic, "claude-opus-5-5"]),
        model("sonnet", [anthropic, "claude-sonnet-5"]),
        model("fable", [anthropic, "claude-fable-5-1"]),
      ),
    ).toEqual({
      doc: {
        model: "claude-opus-5-5",
        fallbackModel: ["claude-sonnet-5-5"],
        env: {
          ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-haiku-5-5",
          ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-opus-5-5",
          ANTHROPIC_DEFAULT_SONNET_MODEL: "claude-sonnet-5",
          ANTHROPIC_DEFAULT_FABLE_MODEL: "claude-fable-5-1",
        },
      },
      losses: [],
    });
  });

  test("three fallbacks at most, and none but for main", () => {
    const ids = ["a", "b", "c", "d", "e"].map((id): [Provider, string] => [anthropic, `claude-${id}`]);
    const { doc, losses } = models(model("main", ...ids), model("fast", ...ids.slice(0, 2)));
    expect(doc.fallbackModel).toEqual(["claude-b", "claude-c", "claude-d"]);
    expect(doc.env).toEqual({ ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-a" });
    expect(losses).toEqual([
      "warning model main chain: Claude Code tries 3 fallbacks at most",
      `warning model fast chain: ${ONE}`,
    ]);
  });

  test("the clouds, by their switches", () => {
    expect(models(model("main", [bedrock, "us.anthropic.claude-opus-4-8"])).doc).toEqual({
      model: "us.anthropic.claude-opus-4-8",
      env: { CLAUDE_CODE_USE_BEDROCK: "1", AWS_REGION: "us-east-1" },
    });
    expect(models(model("main", [vertex, "claude-opus-4-8@20260301"])).doc).toEqual({
      model: "claude-opus-4-8@20260301",
      env: {
        CLAUDE_CODE_USE_VERTEX: "1",
        CLOUD_ML_REGION: "global",
        ANTHROPIC_VERTEX_PROJECT_ID: "p-1",
      },
    });
  });

  test("a gateway, its headers and the command for its key", () => {
    const provider = {
      ...gateway,
      keyCommand: "op read op://x",
      headers: { "X-Team": ["core"], "X-2": ["a: b"] },
    };
    expect(models(model("main", [provider, "any/id"]))).toEqual({
      doc: {
        model: "any/id",
        apiKeyHelper: "op read op://x",
        env: {
          ANTHROPIC_BASE_URL: "https://gw.example.com",
          ANTHROPIC_CUSTOM_HEADERS: "X-Team: core\nX-2: a: b",
        },
      },
      losses: [],
    });
    expect(models(model("main", [{ name: "openrouter" }, "anthropic/claude-opus-5.5"])).doc.env).toEqual({
      ANTHROPIC_BASE_URL: "https://openrouter.ai/api",
    });
  });

  test("one endpoint a session: that of main, else of the first that has one", () => {
    const chain = model("main", [anthropic, "claude-a"], [bedrock, "us.claude-b"], [anthropic, "claude-c"]);
    const { doc, losses } = models(chain, model("fast", [bedrock, "us.claude-d"]));
    expect(doc).toEqual({ model: "claude-a", fallbackModel: ["claude-c"] });
    expect(losses).toEqual([`warning model main chain: ${ONE}`, `warning model fast: ${ONE}`]);
    expect(models(model("fast", [bedrock, "us.claude-d"])).doc.env).toEqual({
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "us.claude-d",
      CLAUDE_CODE_USE_BEDROCK: "1",
      AWS_REGION: "us-east-1",
    });
  });

  test.for([
    [
      { name: "openai" },
      "gpt-6-sol",
      "Claude Code speaks Anthropic's Messages only: a gateway, such as a LiteLLM proxy, translates",
    ],
    [
      local,
      "qwen3",
      "an address of this machine goes into no committed file: set ANTHROPIC_BASE_URL where Claude Code is started",
    ],
    [
      { name: "ollama" },
      "qwen3",
      "an address of this machine goes into no committed file: set ANTHROPIC_BASE_URL where Claude Code is started",
    ],
    [
      { name: "x", type: "anthropic-compatible" },
      "m",
      "Claude Code needs the origin of a server that it does not know",
    ],
    [
      { ...gateway, origin: [{ env: "GW" }] },
      "m",
      "Claude Code fills no variables into its settings: the origin must be literal",
    ],
    [vertex, "gemini-3.8-flash", "Claude Code asks Vertex AI for Claude models only"],
    [anthropic, "opus", "Claude Code takes this id for a name of its own"],
    [anthropic, "sonnet[1m]", "Claude Code takes this id for a name of its own"],
  ] as [Provider, string, string][])("no session asks %o for %s", ([provider, id, why]) => {
    expect(models(model("main", [provider, id]))).toEqual({
      doc: undefined,
      losses: [`warning model main: ${why}`],
    });
  });

  test("a model of another name has no place", () => {
    expect(models(model("embed", [anthropic, "claude-a"]))).toEqual({
      doc: undefined,
      losses: ["warning model embed: Claude Code has a place for the models main, fast, opus, sonnet, fable"],
    });
  });

  test("what the entry says in vain is told", () => {
    const weak = (p: Provider) =>
      models(model("main", [p, "claude-a"])).losses.map((l) => l.replace("warning model main chain: ", ""));
    expect(weak({ ...anthropic, apiKey: [{ env: "ANTHROPIC_API_KEY" }] })).toEqual([]);
    expect(weak({ ...anthropic, apiKey: [{ env: "TEAM_KEY" }] })).toHaveLength(1);
    expect(weak({ ...bedrock, apiKey: [{ env: "AWS_BEARER_TOKEN_BEDROCK" }] })).toEqual([]);
    expect(weak({ ...bedrock, keyCommand: "x" })).toEqual([
      "Claude Code runs no command for a key of a cloud",
    ]);
    expect(weak({ ...anthropic, headers: { A: [{ env: "B" }] } })).toHaveLength(1);
    expect(weak({ ...anthropic, region: "x" })).toHaveLength(1);
  });

  test("what to do in an outage, and budgets", () => {
    const chain = model("main", [anthropic, "claude-a"], [anthropic, "claude-b"]);
    expect(models({ ...chain, onOutage: "degrade" }).losses).toEqual([
      "note model main onOutage: nothing says so to Claude Code: it goes on to a fallback where it has one",
    ]);
    expect(models({ ...chain, onOutage: "wait", limits: { usdPerDay: 5 } }).losses).toEqual([
      "warning model main onOutage: Claude Code does not wait for a model where it has a fallback",
      "warning model main limits: Claude Code counts no budget for a model",
    ]);
  });

  test("no key is ever written", () => {
    const { doc } = models(model("main", [{ ...gateway, apiKey: ["sk-ant-literal"] }, "claude-a"]));
    expect(JSON.stringify(doc)).not.toContain("literal");
  });
});

describe("settings and models in one file", () => {
  const main = model("main", [bedrock, "us.claude-a"]);
  const next = (p: ReturnType<typeof build>) => ({
    ...p.after,
    ledger: readLedger(printLedger(p.ledger, "0")).ledger,
  });

  test("a setting of the spec goes before a model, which is told", () => {
    const { doc, losses } = made({ setting: [setting("model", "opus")], model: [main] });
    expect(doc.model).toBe("opus");
    expect(losses).toEqual(["warning model main: the setting model of the spec stands in its place"]);
    const region = made({ setting: [setting("env/AWS_REGION", "eu-west-1")], model: [main] });
    expect(region.doc.env.AWS_REGION).toBe("eu-west-1");
    expect(region.losses).toEqual([
      "warning model main chain: the setting env.AWS_REGION of the spec stands in its place",
    ]);
  });

  test("a key changes hands between the two, and leaves no trace", () => {
    const settings = { setting: [setting("model", "opus"), setting("env/AWS_REGION", "eu-west-1")] };
    let world = next(build([claude], settings));
    for (const spec of [{ model: [main] }, settings, { ...settings, model: [main] }, { model: [main] }]) {
      const p = build([claude], spec, world);
      expect(p.drifts.filter((d) => !d.ours)).toEqual([]);
      world = next(p);
      expect(JSON.parse(String(world.files.get(file)))).toEqual(
        JSON.parse(String(filesOf(build([claude], spec))[file])),
      );
    }
    expect(filesOf(build([claude], {}, world))).toEqual({});
  });

  test("what others wrote there is not ours to change", () => {
    const world = worldOf({ [file]: '{"model": "claude-by-hand", "env": {"AWS_REGION": "eu-west-1"}}\n' });
    const p = build([claude], { model: [main] }, world);
    expect(JSON.parse(String(p.after.files.get(file)))).toMatchObject({
      model: "claude-by-hand",
      env: { AWS_REGION: "eu-west-1" },
    });
    expect(p.drifts.filter((d) => !d.ours).map((d) => d.at)).toEqual([
      `${file}#claude/model`,
      `${file}#claude/env/AWS_REGION`,
    ]);
    expect(lossesOf(p).length).toBeGreaterThan(0);
  });
});

describe("settings as people write them", () => {
  const read = (doc: unknown) => {
    const files = { [file]: JSON.stringify(doc) };
    return {
      model: items(claude, "model", files),
      provider: items(claude, "provider", files),
      setting: Object.keys(items(claude, "setting", files)),
      told: told(claude, files),
    };
  };

  test("a name of the client's own is a setting, and so is what stands around it", () => {
    for (const model of ["opus", "sonnet[1m]", "opusplan", "default", "best", "", 7, null])
      expect(
        read({ model, fallbackModel: ["sonnet"], env: { AWS_REGION: "x", ANTHROPIC_BASE_URL: "https://x" } }),
      ).toEqual({
        model: {},
        provider: {},
        setting: [
          "claude/model",
          "claude/fallbackModel",
          "claude/env/AWS_REGION",
          "claude/env/ANTHROPIC_BASE_URL",
        ],
        told: [],
      });
  });

  test("an id is a model, and what says where it is asked is its provider", () => {
    expect(
      read({
        model: "us.anthropic.claude-opus-4-8",
        fallbackModel: ["us.anthropic.claude-sonnet-5"],
        env: {
          CLAUDE_CODE_USE_BEDROCK: "true",
          AWS_REGION: "us-east-1",
          ANTHROPIC_DEFAULT_HAIKU_MODEL: "us.anthropic.claude-haiku-4-5",
          OTHER: "1",
        },
      }),
    ).toEqual({
      model: {
        main: {
          chain: [
            "amazon-bedrock-us-east-1/us.anthropic.claude-opus-4-8",
            "amazon-bedrock-us-east-1/us.anthropic.claude-sonnet-5",
          ],
        },
        fast: { chain: ["amazon-bedrock-us-east-1/us.anthropic.claude-haiku-4-5"] },
      },
      provider: { "amazon-bedrock-us-east-1": { type: "amazon-bedrock", region: "us-east-1" } },
      setting: ["claude/env/OTHER"],
      told: [],
    });
  });

  test("a base address is a known server's or a compatible one's", () => {
    const at = (env: object, more: object = {}) => read({ model: "m/1", env, ...more });
    expect(at({ ANTHROPIC_BASE_URL: "https://openrouter.ai/api/" }).model).toEqual({
      main: { chain: ["openrouter/m/1"] },
    });
    expect(at({ ANTHROPIC_BASE_URL: "https://api.anthropic.com" }).model).toEqual({
      main: { chain: ["anthropic/m/1"] },
    });
    const own = at(
      { ANTHROPIC_BASE_URL: "https://gw.example.com", ANTHROPIC_CUSTOM_HEADERS: "X-A: 1" },
      { apiKeyHelper: "pass show x" },
    );
    const [name, entry] = Object.entries(own.provider)[0]!;
    expect(name).toMatch(/^gw\.example\.com-[0-9a-f]{4}$/);
    expect(entry).toEqual({
      type: "anthropic-compatible",
      origin: ["https://gw.example.com"],
      keyCommand: "pass show x",
      headers: { "X-A": ["1"] },
    });
    expect(own.model).toEqual({ main: { chain: [`${name}/m/1`] } });
    expect(own.setting).toEqual([]);
  });

  test("the variable goes before the key, which is then a setting", () => {
    expect(read({ model: "claude-a", env: { ANTHROPIC_MODEL: "claude-b" } })).toMatchObject({
      model: { main: { chain: ["anthropic/claude-b"] } },
      setting: ["claude/model"],
    });
  });

  test.for([
    { model: "claude-a", fallbackModel: ["claude-b"], env: { X: "1" } },
    { env: { ANTHROPIC_MODEL: "claude-b" }, x: { y: [1] } },
    {
      model: "m",
      env: { ANTHROPIC_BASE_URL: "https://gw.example.com/", ANTHROPIC_CUSTOM_HEADERS: "A:  1\nB: 2" },
    },
    { model: "m", env: { CLAUDE_CODE_USE_VERTEX: "yes", CLOUD_ML_REGION: "global" } },
    { model: "m", apiKeyHelper: "pass show x", fallbackModel: ["sonnet"] },
  ])("building what was imported changes nothing: %j", (doc) => {
    const files = { [file]: `${JSON.stringify(doc, undefined, 1)}\n` };
    const providers = Object.entries(items(claude, "provider", files)).map(
      ([name, p]) => ({ name, ...(p as object) }) as Provider,
    );
    const found = Object.entries(items(claude, "model", files)).map(([name, m]) =>
      model(
        name,
        ...(m as { chain: string[] }).chain.map((step): [Provider, string] => {
          const [of, ...id] = step.split("/") as [string, ...string[]];
          return [providers.find((p) => p.name === of) ?? { name: of }, id.join("/")];
        }),
      ),
    );
    const settings = Object.values(items(claude, "setting", files)) as Setting[];
    const p = build(
      [claude],
      {
        model: found,
        setting: settings.map((s) => ({ ...s, name: `claude/${s.path.join("/")}`, targets: ["claude"] })),
      },
      worldOf(files),
    );
    expect([p.changes, p.drifts, lossesOf(p)]).toEqual([[], [], []]);
  });
});
