import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patterns } from "../../src/core/secret-patterns.ts";
import { masked, secretsIn } from "../../src/core/secret-text.ts";
import { providerKey, secretIn, variableFor } from "../../src/core/secrets.ts";
import { corpus, NO_CORPUS } from "../corpus.ts";

// every key here is put together at run time, so that no scanner takes this file for a leak
const hash = (seed: string, size: number, to: "hex" | "base64url" = "base64url"): string => {
  let out = "";
  for (let i = 0; out.length < size; i++) out += createHash("sha512").update(`${seed}${i}`).digest(to);
  return out.slice(0, size);
};
const base62 = (size: number): string =>
  hash("x", size * 2)
    .replace(/[-_]/g, "")
    .slice(0, size);
const hex = (size: number): string => hash("y", size, "hex");
const upper = (size: number): string =>
  base62(size * 3)
    .replace(/[a-z]/g, "")
    .slice(0, size);
const lower = (size: number): string =>
  base62(size * 3)
    .replace(/[A-Z]/g, "")
    .slice(0, size);
const base32 = (size: number): string =>
  hash("z", size * 9)
    .replace(/[^A-Z2-7]/g, "")
    .slice(0, size);
const jwt = (claims: object): string =>
  [{ alg: "HS256", typ: "JWT" }, claims]
    .map((o) => Buffer.from(JSON.stringify(o)).toString("base64url"))
    .join(".");

/** One key of each kind as its vendor makes them. */
const keys: readonly [kind: string, key: string][] = [
  ["Anthropic key", `sk-ant-api03-${hash("a", 93)}AA`],
  ["Anthropic key", `sk-ant-admin01-${hash("b", 93)}AA`],
  ["Anthropic key", `sk-ant-oat01-${hash("b", 93)}AA`],
  ["OpenAI key", `sk-proj-${hash("c", 74)}T3BlbkFJ${hash("d", 74)}`],
  ["OpenAI key", `sk-svcacct-${hash("c", 74)}T3BlbkFJ${hash("d", 74)}`],
  ["OpenAI key", `sk-admin-${hash("c", 74)}T3BlbkFJ${hash("d", 74)}`],
  ["OpenAI key", `sk-${base62(20)}T3BlbkFJ${base62(20)}`],
  ["OpenAI key", `sk-${hex(32)}`],
  ["OpenRouter key", `sk-or-v1-${hex(64)}`],
  ["GitHub token", `ghp_${base62(36)}`],
  ["GitHub token", `gho_${base62(36)}`],
  ["GitHub token", `ghs_${base62(36)}`],
  ["GitHub token", `github_pat_${base62(22)}_${base62(59)}`],
  ["GitLab token", `glpat-${hash("e", 20)}`],
  ["AWS access key", `AKIA${base32(16)}`],
  ["AWS access key", `ASIA${base32(16)}`],
  ["Amazon Bedrock key", `ABSK${base62(129)}=`],
  ["Google API key", `AIza${hash("f", 35)}`],
  ["Google OAuth token", `ya29.${hash("g", 100)}`],
  ["Google OAuth secret", `GOCSPX-${hash("h", 28)}`],
  ["Groq key", `gsk_${base62(52)}`],
  ["Hugging Face token", `hf_${base62(34)}`],
  ["xAI key", `xai-${base62(80)}`],
  ["Perplexity key", `pplx-${base62(48)}`],
  ["Replicate token", `r8_${base62(37)}`],
  ["Fireworks key", `fw_${base62(24)}`],
  ["Cerebras key", `csk-${lower(48)}`],
  ["NVIDIA key", `nvapi-${hash("i", 64)}`],
  ["Jina key", `jina_${base62(60)}`],
  ["Voyage key", `pa-${hash("j", 43).replace(/[-_]$/, "a")}`],
  ["Tavily key", `tvly-dev-${base62(32)}`],
  ["Firecrawl key", `fc-${hex(32)}`],
  ["LangSmith key", `lsv2_pt_${hex(32)}_${hex(10)}`],
  ["npm token", `npm_${base62(36)}`],
  ["PyPI token", `pypi-AgEIcHlwaS5vcmc${hash("k", 150)}`],
  ["Docker token", `dckr_pat_${hash("l", 27)}`],
  ["Slack token", `xoxb-${"1".repeat(3)}29384756-${"2".repeat(3)}93847561-${base62(24)}`],
  ["Slack webhook", `hooks.slack.com/services/T${upper(10)}/B${upper(10)}/${base62(24)}`],
  ["Stripe key", `sk_live_${base62(24)}`],
  ["Linear key", `lin_api_${base62(40)}`],
  ["Notion token", `ntn_${base62(46)}`],
  ["Figma token", `figd_${hash("m", 40)}`],
  ["SendGrid key", `SG.${hash("n", 22)}.${hash("o", 43)}`],
  ["DigitalOcean token", `dop_v1_${hex(64)}`],
  ["Databricks token", `dapi${hex(32)}`],
  ["Supabase token", `sbp_${hex(40)}`],
  ["Vault token", `hvs.${hash("p", 90)}`],
  ["Grafana token", `glsa_${base62(32)}_${hex(8)}`],
  ["New Relic key", `NRAK-${upper(27)}`],
  ["Atlassian token", `ATATT3${hash("q", 186)}`],
  ["Shopify token", `shpat_${hex(32)}`],
  ["1Password token", `ops_eyJ${base62(800)}`],
  ["JSON Web Token", `${jwt({ iss: "me", role: "service", iat: 1_700_000_001 })}.${hash("r", 43)}`],
];

describe("keys of providers", () => {
  test.each(keys)("%s", (kind, key) => {
    expect(providerKey(key)).toEqual({ kind, at: 0, end: key.length });
    for (const around of [
      `"x": "${key}"`,
      `x=${key} # mine`,
      `see (${key})`,
      `https://a.example/?k=${key}&x=1`,
      `a\n${key}\nb`,
    ]) {
      const [found] = secretsIn(around);
      expect(around.slice(found!.start, found!.end)).toBe(key);
      expect(masked(around)).not.toContain(key.slice(8, 24));
    }
  });

  test("a private key goes to its last line, however it is written", () => {
    const body = [hash("s", 64), hash("t", 64), hash("u", 40)].map((l) => l.replace(/[-_]/g, "A"));
    const whole = ["-----BEGIN RSA PRIVATE KEY-----", ...body, "-----END RSA PRIVATE KEY-----"];
    for (const line of ["\n", "\\n", "\r\n"]) {
      const key = whole.join(line);
      expect(secretsIn(`a: "${key}"\nb: c`)).toEqual([
        { kind: "private key", start: 4, end: 4 + key.length },
      ]);
    }
    const shown = masked(`${whole.join("\n")}\nnext`);
    expect(shown.split("\n")).toHaveLength(6);
    expect(shown).toMatch(/^[*\n]+\nnext$/);
    expect(secretsIn(whole.slice(0, 3).join("\n"))).toHaveLength(1);
  });

  test.each([
    "sk-ant-...",
    "sk-ant-api03-xxxxxxxxxxxxxxxxxxxx",
    "sk-ant-your-api-key-goes-here",
    "ghp_your_token_here",
    `ghp_${"x".repeat(36)}`,
    "sk-proj-some-descriptive-words-in-a-row",
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    `${jwt({ sub: "1234567890", name: "John Doe" })}.${hash("v", 43)}`,
    "task-force-one-two-three-four-five-six",
    "risk-management",
    "npm_config_registry_of_the_whole_company",
  ])("%j is none", (text) => expect(secretsIn(text)).toEqual([]));

  test("every prefix has a pattern that is anchored and stands once", () => {
    for (const [, prefix, rest] of patterns) {
      expect(prefix.length).toBeGreaterThan(1);
      expect(rest.source.startsWith("^")).toBe(true);
    }
    expect(new Set(patterns.map((p) => p.join())).size).toBe(patterns.length);
  });
});

describe("values under a name", () => {
  const random = base62(40);
  test.each<[string, string, string | undefined]>([
    ["API_KEY", random, "random characters under a secret name"],
    ["apiKey", hex(32), "random characters under a secret name"],
    ["Authorization", `Bearer ${random}`, "random characters under a secret name"],
    ["clientSecret", random, "random characters under a secret name"],
    ["FIGMA_KEY", random, "random characters under a secret name"],
    ["TELEGRAM_BOT_TOKEN", `123456789:AA${hash("w", 33)}`, "random characters under a secret name"],
    ["EXA_API_KEY", "3fa1b27c-52d1-4e6a-9b0f-7c8d6e5f4a3b", "random characters under a secret name"],
    ["DATABASE_URL", `postgres://app:${base62(12)}@db.corp.example/x`, "password in a URL"],
    ["X", `postgres://app:${base62(20)}@localhost/x`, "password in a URL"],
    ["NAME", random, undefined],
    ["PUBLIC_ANON_KEY", random, undefined],
    ["TOKEN_FILE", `/run/secrets/${random}`, undefined],
    ["TOKEN_URL", `https://x.example/${random}`, undefined],
    ["API_KEY", "${API_KEY}", undefined],
    ["API_KEY", "my-super-secret-token-1", undefined],
    ["API_KEY", "process.env.API_KEY_2", undefined],
    ["API_KEY", "getToken2FromVault", undefined],
    ["API_KEY", "changeme", undefined],
    ["API_KEY", "claude-sonnet-4-5-20250929", undefined],
    ["MAX_TOKENS", "200000", undefined],
    ["DATABASE_URL", "postgres://user:password@db.example/x", undefined],
    ["DATABASE_URL", "postgres://app:s3cr3t@localhost:5432/x", undefined],
    ["DATABASE_URL", "postgres://app:${PASSWORD}@db.example/x", undefined],
    ["url", "http://localhost:3000/a@b", undefined],
  ])("%s: %s -> %s", (name, value, kind) => expect(secretIn(name, value)?.kind).toBe(kind));

  test("finds nine of ten random values", () => {
    const found = Array.from({ length: 200 }, (_, i) => {
      const value = hash(`value ${i}`, 32, i % 2 ? "hex" : "base64url");
      return secretIn("SERVICE_TOKEN", value) ? 1 : 0;
    });
    expect(found.reduce((a, b) => a + b, 0 as number)).toBeGreaterThan(180);
  });
});

describe("a whole text", () => {
  const random = base62(32);
  test.each([
    `API_KEY=${random}`,
    `"api_key": "${random}"`,
    `  token: '${random}' # mine`,
    `["--api-key", "${random}"]`,
    `tool --token ${random} run`,
    `tool --token=${random}`,
    `curl -H "X-Api-Key: ${random}" x`,
    `Server=x;User Id=sa;Password=${random};`,
    `https://x.example/?access_token=${random}&a=b`,
    `amqps://me:${random}@mq.corp.example`,
  ])("%j", (text) => {
    expect(secretsIn(text).map((s) => text.slice(s.start, s.end).replace(/^.*: /, ""))).toEqual([random]);
  });

  test("finds all, apart from each other", () => {
    const text = `A_KEY=${random}\nB: sk-ant-api03-${hash("a", 93)}AA ghp_${base62(36)}\nC_TOKEN="ghp_${base62(36)}"`;
    const found = secretsIn(text);
    expect(found).toHaveLength(4);
    for (const [i, s] of found.entries()) expect(s.start).toBeGreaterThanOrEqual(found[i - 1]?.end ?? 0);
  });

  test("masking keeps length and lines, and nothing is left to find", () => {
    const piece = fc.constantFrom(
      random,
      `ghp_${base62(36)}`,
      "api_key: ",
      '"',
      "'",
      "://a:",
      "@",
      "\n",
      "{",
      ", ",
      "--token ",
      "Password=",
      ";",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        const shown = masked(text);
        expect(shown).toHaveLength(text.length);
        expect(shown.split("\n")).toHaveLength(text.split("\n").length);
        expect(masked(shown)).toBe(shown);
      }),
      { numRuns: 200 },
    );
  });

  test("a name that runs into a credential does not hide its value", () => {
    const text = `ghp_${"xrcYrqT49MkV9VofLJknUPDzecDdb0Pa0Z7z"}--token ${"xrcYrqT49MkV9VofLJknUPDzecDdb0Pa"}`;
    expect(masked(text)).toBe(`${"*".repeat(40)}--token ${"*".repeat(32)}`);
  });

  test.each([
    "eyJ",
    "eyJaaaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----\n",
    "sk-ant-",
    "a: ",
    '"a":"',
    "://a:",
    "--a ",
    "Password=",
    "hooks.slack.com/",
    "ops_eyJ",
    "a",
    "-",
  ])("comes to an end with %j many times", (part) => {
    const text = part.repeat(200_000 / part.length);
    expect(masked(text)).toHaveLength(text.length);
  });

  test.skipIf(!corpus.length)(`real files hold none (${NO_CORPUS})`, () => {
    expect(corpus.flatMap(({ path, text }) => secretsIn(text).map((s) => `${path}: ${s.kind}`))).toEqual([]);
  });
});

test.each([
  ["tickets", "Authorization", "TICKETS_AUTHORIZATION"],
  ["tickets", "API_KEY", "API_KEY"],
  ["1x", "key", "_1X_KEY"],
])("a variable for %s, %s: %s", (item, key, variable) => expect(variableFor(item, key)).toBe(variable));
