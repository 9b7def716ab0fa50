import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, clientIds, clients } from "../../src/clients/index.ts";
import { placeholder } from "../../src/providers/index.ts";

const base = "http://127.0.0.1:4141/token_of_this_repository";
const to: Address = { base, models: { main: "big", fast: "small" } };
const withKey: Address = { ...to, key: "gateway-key" };

interface Expected {
  bare: Record<string, string>;
  own: Record<string, string>;
  keyed: Record<string, string>;
  argv?: { bare: string[]; own: string[] };
}
const provider = (envKey: string): string[] => [
  ...["-c", 'model_provider="portable"'],
  ...["-c", 'model_providers.portable.name="portable"'],
  ...["-c", `model_providers.portable.base_url="${base}/v1"`],
  ...["-c", 'model_providers.portable.wire_api="responses"'],
  ...["-c", `model_providers.portable.env_key="${envKey}"`],
  ...["-c", 'model="big"'],
];
const opencode = (apiKey: string) => ({
  OPENCODE_CONFIG_CONTENT: JSON.stringify({
    provider: {
      portable: {
        npm: "@ai-sdk/openai-compatible",
        name: "portable",
        options: { baseURL: `${base}/v1`, apiKey },
        models: { big: { tool_call: true }, small: { tool_call: true } },
      },
    },
    model: "portable/big",
    small_model: "portable/small",
  }),
});
const copilot = {
  COPILOT_PROVIDER_BASE_URL: `${base}/v1`,
  COPILOT_PROVIDER_TYPE: "openai",
  COPILOT_MODEL: "big",
};
const aider = {
  OPENAI_API_BASE: `${base}/v1`,
  AIDER_MODEL: "openai/big",
  AIDER_WEAK_MODEL: "openai/small",
};

/** Each as the real client was seen to take it: npm run bench:failover, 2026-11-26. */
const table: Record<string, Expected> = {
  claude: {
    bare: { ANTHROPIC_BASE_URL: base, ANTHROPIC_AUTH_TOKEN: placeholder },
    own: { ANTHROPIC_BASE_URL: base },
    keyed: { ANTHROPIC_BASE_URL: base, ANTHROPIC_AUTH_TOKEN: "gateway-key" },
  },
  codex: {
    bare: { PORTABLE_KEY: placeholder },
    own: {},
    keyed: { PORTABLE_KEY: "gateway-key" },
    argv: { bare: provider("PORTABLE_KEY"), own: provider("CODEX_API_KEY") },
  },
  gemini: {
    bare: { GOOGLE_GEMINI_BASE_URL: base, GEMINI_API_KEY: placeholder },
    own: { GOOGLE_GEMINI_BASE_URL: base },
    keyed: { GOOGLE_GEMINI_BASE_URL: base, GEMINI_API_KEY: "gateway-key" },
  },
  copilot: {
    bare: { ...copilot, COPILOT_PROVIDER_API_KEY: placeholder },
    own: copilot,
    keyed: { ...copilot, COPILOT_PROVIDER_API_KEY: "gateway-key" },
  },
  opencode: { bare: opencode(placeholder), own: opencode(placeholder), keyed: opencode("gateway-key") },
  aider: {
    bare: { ...aider, OPENAI_API_KEY: placeholder },
    own: aider,
    keyed: { ...aider, OPENAI_API_KEY: "gateway-key" },
  },
};

describe("each client", () => {
  test("has a row here", () => expect(Object.keys(table).sort()).toEqual([...clientIds].sort()));

  test.each(Object.entries(table))("%s: variables", (id, { bare, own, keyed }) => {
    const { env } = clients[id]!;
    expect(env(to, true)).toEqual(bare);
    expect(env(to, false)).toEqual(own);
    expect(env(withKey, true)).toEqual(keyed);
  });

  test.each(Object.entries(table))("%s: options", (id, { argv }) => {
    expect(clients[id]!.argv?.(to, true)).toEqual(argv?.bare);
    expect(clients[id]!.argv?.(to, false)).toEqual(argv?.own);
  });

  test.each(clientIds)("%s names no model where the spec has none", (id) => {
    const client = clients[id]!;
    const said = JSON.stringify([
      client.env({ base, models: {} }, true),
      client.argv?.({ base, models: {} }, true),
    ]);
    expect(said).not.toMatch(/undefined|AIDER_|COPILOT_MODEL|small_model|"model=/);
  });
});

test("options of Codex are TOML whatever a model is called", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (main) => {
      const model = clients["codex"]!.argv!({ base, models: { main } }, true).at(-1)!;
      expect(JSON.parse(model.slice("model=".length))).toBe(main);
    }),
    { numRuns: 100 },
  );
});

describe("a stored login of Claude Code", () => {
  const { read } = clients["claude"]!.login!.renewal!;
  test("is its token and when that ends", () => {
    const claudeAiOauth = { accessToken: "t", expiresAt: 5, refreshToken: "never read" };
    expect(read({ claudeAiOauth })).toEqual({ token: "t", expiresMs: 5 });
  });
  test.each([
    undefined,
    null,
    [],
    "text",
    {},
    { claudeAiOauth: null },
    { claudeAiOauth: "x" },
    { claudeAiOauth: { accessToken: "", expiresAt: 5 } },
    { claudeAiOauth: { accessToken: "t" } },
    { claudeAiOauth: { accessToken: 1, expiresAt: 5 } },
    { claudeAiOauth: { accessToken: "t", expiresAt: "5" } },
  ])("is none in %j", (file) => expect(read(file)).toBeUndefined());
});

describe("Gemini CLI", () => {
  const { fault } = clients["gemini"]!.settings!;
  const chosen = (selectedType: unknown) => ({ security: { auth: { selectedType } } });
  test("goes elsewhere with a key only", () => {
    expect(fault([chosen("gemini-api-key"), undefined])).toBeUndefined();
    expect(fault([undefined, undefined])).toContain("Use Gemini API key");
    expect(fault([{ security: [] }, null])).toContain("~/.gemini/settings.json");
    expect(fault([chosen("oauth-personal"), {}])).toContain("such a login goes to Google only");
  });
  test("the project's settings count before those at home", () => {
    expect(fault([chosen("oauth-personal"), chosen("gemini-api-key")])).toBeUndefined();
    expect(fault([chosen("gemini-api-key"), chosen("vertex-ai")])).toContain('"vertex-ai"');
  });
});
