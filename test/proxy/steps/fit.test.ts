import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialects } from "../../../src/proxy/dialects/index.ts";
import { messages } from "../../../src/proxy/dialects/messages.ts";
import type { Asked } from "../../../src/proxy/engine.ts";
import { factsIn } from "../../../src/proxy/steps/facts.ts";
import { fitting, tokensOf, tooLong } from "../../../src/proxy/steps/fit.ts";
import { probe } from "../../../src/proxy/steps/probe.ts";
import { post, registration, rig, serveMock, type sse, target, whole } from "./rig.ts";

const asked = (json: Record<string, unknown>): Asked => {
  const bytes = Buffer.from(JSON.stringify(json));
  return {
    registration: registration([]),
    dialect: messages,
    call: { use: "generate", path: () => "" },
    headers: {},
    body: { bytes, json },
    tokens: Math.ceil(bytes.length / 4),
  };
};
const candidate = (id: string) => ({ target: target(id, "http://127.0.0.1:9", ["messages"]), model: "m" });
const [big, small] = [candidate("cloud/big"), candidate("local/small")];
const room =
  (context: number | undefined) =>
  ({ target: { id } }: typeof big) =>
    id === "local/small" && context !== undefined ? { context } : {};
const long = asked({ messages: [{ role: "user", content: "word ".repeat(10_000) }] });

test("a candidate that is known to be too small is left out, with what to do", () => {
  const { candidates, left, refusal } = fitting(long, [big, small], room(8_192));
  expect(candidates).toEqual([big]);
  expect(refusal).toBeUndefined();
  expect(left).toEqual([
    {
      target: "local/small",
      reason: "room for 8192 tokens, about 12511 needed: use /compact or a new session",
    },
  ]);
  expect(fitting(long, [big, small], room(undefined)).candidates).toEqual([big, small]);
  expect(fitting(long, [small], room(16_000)).candidates).toEqual([small]);
});

test("an image counts as an image, not as its bytes", () => {
  const data = Buffer.alloc(300_000, 7).toString("base64");
  const picture = { type: "image", source: { type: "base64", media_type: "image/png", data } };
  const one = asked({ messages: [{ role: "user", content: [picture] }] });
  expect(one.tokens).toBeGreaterThan(90_000);
  expect(tokensOf(one)).toBeLessThan(2_000);
  expect(fitting(one, [small], room(8_192)).candidates).toEqual([small]);
  const url = asked({
    input: [{ content: [{ type: "input_image", image_url: `data:image/png;base64,${data}` }] }],
  });
  expect(tokensOf(url)).toBeLessThan(2_000);
  const words = asked({ messages: [{ role: "user", content: "word ".repeat(60_000) }] });
  expect(tokensOf(words)).toBe(words.tokens);
});

test("nothing that fits: the error by which each client knows it", () => {
  const { refusal, candidates } = fitting(long, [small], room(100));
  expect(candidates).toEqual([]);
  expect(refusal).toEqual({
    status: 400,
    body: {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: expect.stringMatching(/^prompt is too long: 12511 tokens > 100 maximum\..*\/compact/),
      },
      request_id: null,
    },
  });
  for (const dialect of dialects) {
    const said = JSON.stringify(tooLong(dialect, 5, 4));
    expect(said, dialect.id).toContain("/compact");
    if (dialect.id === "chat" || dialect.id === "responses")
      expect(said).toContain('"code":"context_length_exceeded"');
  }
});

test("what is left out never fits, what stays does, and nothing gets lost", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 1, max: 30_000 })), { maxLength: 6 }), (rooms) => {
      const all = rooms.map((_, i) => candidate(`p/m${i}`));
      const factsOf = (c: typeof big) => {
        const context = rooms[all.indexOf(c)];
        return context ? { context } : {};
      };
      const { candidates, left = [], refusal } = fitting(long, all, factsOf);
      expect(candidates.length + left.length).toBe(all.length);
      for (const c of candidates) expect(factsOf(c).context ?? 1e9).toBeGreaterThan(long.tokens);
      expect(refusal !== undefined).toBe(all.length > 0 && candidates.length === 0);
    }),
    { numRuns: 100 },
  );
});

describe("through the proxy", () => {
  const ok = (_: unknown, response: Parameters<typeof sse>[0]): void => whole(response, 200, { content: [] });
  test("a large conversation passes the small model by; where only that is left the client is told", async () => {
    const local = await serveMock(ok);
    const cloud = await serveMock((_, response) => whole(response, 529, {}));
    const small = target("local/small", local.origin, ["messages"], { local: true });
    const chain = registration([
      target("cloud/big", cloud.origin, ["messages"], { own: ["messages"] }),
      small,
    ]);
    const proxy = await rig(chain, { factsOf: ({ id }) => (id === "local/small" ? { context: 8_192 } : {}) });
    const ask = {
      model: "big",
      max_tokens: 5,
      messages: [{ role: "user", content: "word ".repeat(10_000) }],
    };
    const failed = await post(`${proxy.base}/v1/messages`, ask);
    expect(failed.status).toBe(529);
    expect(await failed.text()).toContain("local/small: room for 8192 tokens, about");
    expect(local.heard).toEqual([]);
    const alone = await post(`${proxy.base}/v1/messages`, { ...ask, model: "small" });
    expect(alone.status).toBe(400);
    expect(await alone.text()).toContain("prompt is too long: ");
    expect(proxy.events.at(-1)).toMatchObject({ event: "answer", status: 400, target: undefined });
    const short = await post(`${proxy.base}/v1/messages`, {
      ...ask,
      messages: [{ role: "user", content: "hi" }],
    });
    expect(short.status).toBe(200);
    await short.text();
    await Promise.all([proxy.close(), local.close(), cloud.close()]);
  });
});

test("facts are read as each server says them", () => {
  const list = (data: object[]) => ({ "/v1/models": { data } });
  expect(factsIn("m", list([{ id: "file.gguf", meta: { n_ctx: 8_192, n_ctx_train: 262_144 } }]))).toEqual({
    context: 8_192,
  });
  expect(
    factsIn("m", {
      "/props": { default_generation_settings: { n_ctx: 2_048 }, modalities: { vision: false } },
    }),
  ).toEqual({ context: 2_048, vision: false });
  expect(
    factsIn(
      "b",
      list([
        { id: "a", max_model_len: 1 },
        { id: "b", max_model_len: 32_768 },
      ]),
    ),
  ).toEqual({ context: 32_768 });
  expect(
    factsIn(
      "c",
      list([
        { id: "a", max_model_len: 1 },
        { id: "b", max_model_len: 2 },
      ]),
    ),
  ).toEqual({});
  expect(
    factsIn("m", {
      "/api/v0/models": { data: [{ id: "m", loaded_context_length: 4_096, max_context_length: 9 }] },
    }),
  ).toEqual({ context: 4_096 });
  expect(factsIn("m", { "/api/ps": { models: [{ name: "m", context_length: 4_096 }] } })).toEqual({
    context: 4_096,
  });
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const facts = factsIn("m", { "/props": a, "/v1/models": b, "/api/ps": { models: a } });
      expect(facts.context === undefined || facts.context > 0).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("a local server is asked beside the request, now and then, and no other one ever", async () => {
  let now = 0;
  const got: string[] = [];
  let answers: Record<string, unknown> = { "/v1/models": { data: [{ id: "m", max_model_len: 10 }] } };
  const facts = probe(
    () => now,
    async (_, path) => {
      got.push(path);
      return answers[path];
    },
  );
  const local = target("l/m", "http://127.0.0.1:9", ["chat"], { local: true });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  expect(facts(local)).toEqual({});
  await settle();
  expect(facts(local)).toEqual({ context: 10 });
  expect(got).toEqual(["/props", "/v1/models"]);
  now += 30_000;
  facts(local);
  await settle();
  expect(got.length).toBe(2);
  now += 31_000;
  answers = {};
  facts(local);
  await settle();
  expect(facts(local), "what was known stays known").toEqual({ context: 10 });
  expect(facts({ ...local, context: 7 })).toEqual({ context: 7 });
  const asked = got.length;
  expect(facts(target("c/m", "http://127.0.0.1:9", ["chat"], { context: 5 }))).toEqual({ context: 5 });
  await settle();
  expect(got.length).toBe(asked);
});
