import { describe, expect, test } from "vitest";
import type { Provider } from "../../src/core/spec.ts";
import { factsDate, factsFor, factsOf, knownIds, plainId } from "../../src/providers/model-facts.ts";

describe("one model under the ids that it has", () => {
  test.for([
    ["claude-opus-4-8", "claude-opus-4-8"],
    ["us.anthropic.claude-opus-4-8-20260301-v1:0", "claude-opus-4-8"],
    ["global.anthropic.claude-opus-4-8", "claude-opus-4-8"],
    ["claude-opus-4-8@20260301", "claude-opus-4-8"],
    ["anthropic/claude-opus-4.8", "claude-opus-4-8"],
    ["claude-opus-4-8[1m]", "claude-opus-4-8"],
    ["qwen/qwen3-coder:free", "qwen3-coder"],
    ["qwen3-coder:30b", "qwen3-coder:30b"],
    ["gpt-5.5-2026-04-23", "gpt-5.5"],
    ["mistral.devstral-2-123b", "devstral-2-123b"],
    ["deepseek.r1-v1:0", "r1"],
  ])("%s is %s", ([id, plain]) => expect(plainId(id!)).toBe(plain));

  test("an id that nothing is known of is no error, and has no facts", () => {
    for (const id of ["", "nobody-knows", "my/deployment", "gpt-99", "claude-next-9"])
      expect(factsFor(id).context, id).toBeUndefined();
    expect(factsFor("nobody-knows")).toEqual({});
    expect(factsFor("claude-next-9")).toEqual({ vendor: "Anthropic", family: "claude" });
  });

  test("a version that is not in the table is not taken for its neighbour", () => {
    expect(factsFor("gpt-5.9").context).toBeUndefined();
    expect(factsFor("qwen3.9").context).toBeUndefined();
    expect(factsFor("qwen3:8b").context).toBe(131_072);
    expect(factsFor("qwen3-coder-30b-a3b-instruct-q4_k_m").context).toBe(262_144);
  });

  test("a provider may serve less of it, and an entry may say so", () => {
    const step = (provider: Provider, id: string) => factsOf({ provider, id }).context;
    expect(step({ name: "anthropic" }, "claude-opus-5-5")).toBe(1_000_000);
    expect(step({ name: "work", type: "github-copilot" }, "claude-opus-5.5")).toBe(200_000);
    expect(step({ name: "local", type: "llama.cpp" }, "qwen3-coder-30b")).toBe(262_144);
    expect(step({ name: "local", type: "llama.cpp", context: 32_768 }, "qwen3-coder-30b")).toBe(32_768);
    expect(step({ name: "local", context: 8_192 }, "nobody-knows")).toBe(8_192);
  });
});

test("every row of the table says something, of a maker that is known", () => {
  expect(factsDate).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(new Set(knownIds()).size).toBe(knownIds().length);
  for (const id of knownIds().filter((i) => !i.startsWith("github-copilot/"))) {
    const facts = factsFor(id.replace("*", ""));
    expect(facts.context, id).toBeGreaterThan(1000);
    expect(facts.vendor, id).toBeDefined();
    expect(facts.tools, id).toBeTypeOf("boolean");
  }
});
