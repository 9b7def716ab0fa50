import { expect, test } from "vitest";
import { stringify } from "yaml";
import { inRepository, portable } from "./run.ts";

const verified = (
  models: object,
  more: object = {},
): Promise<{ codes: string[]; text: string; status: number }> =>
  inRepository(
    { "portable.yaml": stringify({ portable: 1, targets: ["litellm"], models, ...more }) },
    async (root) => {
      await portable(root, "build");
      const { out, status } = await portable(root, "verify", "--json");
      const found = JSON.parse(out).diagnostics as { code: string; item?: string; reason: string }[];
      const mine = found.filter((d) => d.code.startsWith("model/"));
      return {
        codes: mine.map((d) => `${d.code} ${d.item}`).sort(),
        text: mine.map((d) => d.reason).join("\n"),
        status,
      };
    },
  );

const opus = "anthropic/claude-opus-5-5";

test("a chain of several vendors with room enough is told of nothing", async () => {
  const { codes } = await verified({ main: { chain: [opus, "openai/gpt-6-sol"] }, one: { chain: [opus] } });
  expect(codes).toEqual([]);
});

test("one vendor through two clouds, and one server for two vendors", async () => {
  const { codes, text } = await verified({
    main: { chain: [opus, "amazon-bedrock/us.anthropic.claude-opus-5-5-v1:0"] },
    near: { chain: ["openrouter/anthropic/claude-opus-5.5", "openrouter/openai/gpt-6-sol"] },
  });
  expect(codes).toEqual(["model/same-vendor model main", "model/same-vendor model near"]);
  expect(text).toContain("every step of the model main is a model of Anthropic's");
  expect(text).toContain("every step of the model near is asked at OpenRouter");
});

test("a step whose vendor nobody knows is not taken for the same", async () => {
  const { codes } = await verified(
    { main: { chain: [opus, "local/house-model"] } },
    { providers: { local: { type: "llama.cpp" } } },
  );
  expect(codes).toEqual([]);
});

test("two servers of one kind are two", async () => {
  const chain = ["a/house-one", "b/house-two"];
  const at = (n: number) => ({ type: "vllm", origin: `http://10.0.0.${n}:8000` });
  expect((await verified({ main: { chain } }, { providers: { a: at(1), b: at(2) } })).codes).toEqual([]);
  expect((await verified({ main: { chain } }, { providers: { a: at(1), b: at(1) } })).codes).toEqual([
    "model/same-vendor model main",
  ]);
});

test("a much smaller context, by the table or by what the entry says", async () => {
  const { codes, text } = await verified(
    {
      main: { chain: [opus, "openai/gpt-5.3-codex"] },
      half: { chain: ["openai/gpt-4o", "near/any"] },
      quarter: { chain: ["openai/gpt-4o", "tiny/any"] },
      embed: { chain: [opus, "tiny/any"] },
    },
    { providers: { near: { type: "ollama", context: 64_000 }, tiny: { type: "ollama", context: 32_000 } } },
  );
  expect(codes).toEqual(["model/context-drop model main", "model/context-drop model quarter"]);
  expect(text).toContain("openai/gpt-5.3-codex (272k) after anthropic/claude-opus-5-5 (1M)");
});

test("a step that can call no tools", async () => {
  const { codes } = await verified({ main: { chain: ["openai/gpt-5.1", "ollama/gemma3:27b"] } });
  expect(codes).toContain("model/no-tools model main");
});

test("each is a warning, and the spec may accept it for one model or for all", async () => {
  const models = { main: { chain: [opus, "anthropic/claude-haiku-4-5"] } };
  const accept = (...codes: string[]) => ({ accept: codes.map((code) => ({ code, reason: "known" })) });
  expect((await verified(models)).codes).toHaveLength(2);
  expect((await verified(models)).status).toBe(0);
  expect((await verified(models, accept("model/*"))).codes).toEqual([]);
  expect((await verified(models, accept("model/same-vendor:main"))).codes).toEqual([
    "model/context-drop model main",
  ]);
  expect((await verified(models, accept("model/same-vendor:other"))).codes).toHaveLength(2);
});

test("limits and contexts are numbers above nothing", async () => {
  for (const [models, providers] of [
    [{ main: { chain: [opus], limits: { tokensPerDay: 0 } } }, {}],
    [{ main: { chain: [opus], limits: { usdPerDay: -1 } } }, {}],
    [{ main: { chain: [opus], limits: { tokensPerDay: 1.5 } } }, {}],
    [{ main: { chain: [opus], onOutage: "sleep" } }, {}],
    [{ main: { chain: [opus] } }, { anthropic: { context: 0 } }],
  ] as const)
    await inRepository(
      { "portable.yaml": stringify({ portable: 1, targets: ["litellm"], models, providers }) },
      async (root) => {
        const { status, out, err } = await portable(root, "verify");
        expect(status, JSON.stringify([models, providers])).toBe(2);
        expect(out + err).toContain("spec/value");
      },
    );
});
