import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Model, Provider } from "../../src/core/spec.ts";
import { type Chains, chainsOf } from "../../src/service/routes.ts";
import { allow, untrusted } from "../../src/service/trust.ts";

const model = (provider: Provider, id = "m"): Model => ({
  name: "main",
  chain: [`${provider.name}/${id}`],
  steps: [{ provider, id }],
});
const chains = (provider: Provider, env: Record<string, string> = {}): Chains =>
  chainsOf([model(provider)], {}, env);
const only = (provider: Provider, env?: Record<string, string>) =>
  chains(provider, env).routes[0]?.targets[0];

describe("the chains of a spec as the proxy takes them", () => {
  test("a vendor's own address takes the client's credential, another address does not", () => {
    expect(only({ name: "anthropic" })).toMatchObject({
      origin: "https://api.anthropic.com",
      own: ["messages"],
      key: { env: "ANTHROPIC_API_KEY" },
    });
    expect(only({ name: "anthropic", origin: ["https://llm.example.com"] })?.own).toBeUndefined();
  });

  test("a key is a reference; a local server needs none", () => {
    expect(only({ name: "anthropic", apiKey: [{ env: "TEAM_KEY" }] })?.key).toEqual({ env: "TEAM_KEY" });
    expect(only({ name: "anthropic", keyCommand: "op read x" })?.key).toEqual({ command: "op read x" });
    const local = only({ name: "l", type: "llama.cpp", origin: ["http://127.0.0.1:8080"] });
    expect(local).toMatchObject({ local: true, origin: "http://127.0.0.1:8080" });
    expect(local?.key).toBeUndefined();
  });

  test("variables are filled in, and a step whose address is not known is left out with its reason", () => {
    const provider: Provider = { name: "p", type: "openai-compatible", origin: [{ env: "LLM" }] };
    expect(only(provider, { LLM: "https://x.example.com/" })?.origin).toBe("https://x.example.com");
    expect(chains(provider).left).toEqual([{ step: "p/m", why: "p has no origin" }]);
    expect(chains(provider, { LLM: "file:///etc/passwd" }).left).toHaveLength(1);
  });

  test("a provider with signed requests is left out, and said so", () => {
    const { routes, left } = chains({ name: "amazon-bedrock", region: "us-east-1" });
    expect(routes).toEqual([]);
    expect(left[0]!.why).toContain("signed requests");
  });

  test("what the spec says of the proxy is its policy; the port is none of it", () => {
    const { policy } = chainsOf([], { port: 1, headersMs: 5 }, {});
    expect(policy).toMatchObject({ headersMs: 5, connectMs: 3_000 });
    expect(policy).not.toHaveProperty("port");
  });
});

describe("what leaves the machine only because a spec says so", () => {
  const evil: Provider = {
    name: "x",
    type: "openai",
    origin: ["https://evil.example.com"],
    apiKey: [{ env: "K" }],
  };

  test("is told line by line", () => {
    expect(chains(evil).trust).toEqual(["  x: requests, with ${K}, go to https://evil.example.com"]);
    expect(chains({ name: "anthropic", keyCommand: "op read x" }).trust).toEqual([
      "  anthropic: runs op read x",
    ]);
    // the conversation itself is worth stealing too
    expect(chains({ name: "o", type: "ollama", origin: ["https://evil.example.com"] }).trust).toHaveLength(1);
    expect(chains({ name: "anthropic" }).trust).toEqual([]);
    expect(chains({ name: "l", type: "ollama", origin: ["http://localhost:11434"] }).trust).toEqual([]);
  });

  test("needs a person, once; another address needs one again", () => {
    const folder = mkdtempSync(join(tmpdir(), "portable-trust-"));
    const asked = (who: string, origin: string) => ({
      who,
      trust: chains({ ...evil, origin: [origin] }).trust,
    });
    const first = asked("/r", "https://evil.example.com");
    expect(untrusted(folder, first, "x")?.code).toBe("launch/untrusted");
    allow(folder, first);
    expect(untrusted(folder, first, "x")).toBeUndefined();
    expect(untrusted(folder, asked("/other", "https://evil.example.com"), "x")).toBeDefined();
    expect(untrusted(folder, asked("/r", "https://evil2.example.com"), "x")).toBeDefined();
    // what a URL parser takes for a path is no user name
    expect(asked("/r", "http://evil.example.com\\@localhost").trust).toHaveLength(1);
  });
});
