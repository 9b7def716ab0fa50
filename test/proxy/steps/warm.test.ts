import { expect, test } from "vitest";
import { chat } from "../../../src/proxy/dialects/chat.ts";
import { messages } from "../../../src/proxy/dialects/messages.ts";
import type { Asked } from "../../../src/proxy/engine.ts";
import { prefixOf } from "../../../src/proxy/steps/prefix.ts";
import { warm } from "../../../src/proxy/steps/warm.ts";
import { type Json, post, registration, rig, serveMock, target, whole } from "./rig.ts";

const asked = (dialect = messages): Asked => ({
  registration: registration([]),
  dialect,
  call: { use: "generate", path: () => "" },
  headers: {},
  body: undefined,
  tokens: 1,
});
const local = { target: target("l/m", "http://127.0.0.1:9", ["messages"], { local: true }), model: "m" };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A standby whose requests end when they are told to. */
const standby = () => {
  let now = 1e6;
  const sent: { body: Json; signal: AbortSignal; end(isDone: boolean): void }[] = [];
  const clock = { now: () => now, random: () => 0 };
  const kept = warm(
    clock,
    (_, __, body, signal) =>
      new Promise((end) => sent.push({ body: JSON.parse(body.toString()) as Json, signal, end })),
  );
  return { kept, sent, later: (ms: number) => void (now += ms) };
};
const shaped = (system: string) => () => ({
  system,
  tools: [{ name: "B" }],
  messages: [{ role: "user", content: system }],
  stream: true,
});

test("one request of one token when the prefix changes, and none while it stays", async () => {
  const { kept, sent, later } = standby();
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.map(({ body }) => body)).toEqual([
    {
      model: "m",
      system: "one",
      tools: [{ name: "B" }],
      messages: [{ role: "user", content: "." }],
      max_tokens: 1,
      stream: false,
    },
  ]);
  later(60_000);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length, "one at a time").toBe(1);
  sent[0]!.end(true);
  await settle();
  later(60_000);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length, "it holds the prefix").toBe(1);
  kept.healthy(asked(), local, shaped("two"));
  expect(sent.length, "not looked at again so soon").toBe(1);
  later(6_000);
  kept.healthy(asked(), local, shaped("two"));
  expect(sent.length).toBe(2);
  sent[1]!.end(true);
  await settle();
  later(6_000);
  kept.healthy(asked(), local, shaped("three"));
  expect(sent.length, "not sent again so soon").toBe(2);
});

test("a client's request goes first: what runs is broken off, and nothing begins before it is over", async () => {
  const { kept, sent, later } = standby();
  kept.healthy(asked(), local, shaped("one"));
  const real = asked();
  kept.begins(real, local);
  expect(sent[0]!.signal.aborted).toBe(true);
  sent[0]!.end(true);
  await settle();
  later(60_000);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length).toBe(1);
  kept.ends(asked());
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length, "another request's end is not its own").toBe(1);
  kept.ends(real);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length, "what was broken off is not held").toBe(2);
});

test("what a client has brought along itself is held as well; another's displaces it", async () => {
  const { kept, sent, later } = standby();
  kept.answers(asked(), local, shaped("one"));
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length).toBe(0);
  kept.answers(asked(), local, shaped("two"));
  later(60_000);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length).toBe(1);
  sent[0]!.end(false);
  await settle();
  later(60_000);
  kept.healthy(asked(), local, shaped("one"));
  expect(sent.length, "a failed one is tried again").toBe(2);
});

test("a prefix holds what conversations begin with, and nothing of the conversation", () => {
  const json = {
    messages: [
      { role: "system", content: "s" },
      { role: "user", content: "secret" },
    ],
    max_tokens: 9,
    stream: true,
    stream_options: {},
  };
  expect(prefixOf("chat", json)).toEqual({
    messages: [
      { role: "system", content: "s" },
      { role: "user", content: "." },
    ],
    max_tokens: 1,
    stream: false,
  });
  const items = {
    instructions: "i",
    input: [
      { role: "developer", content: "d" },
      { role: "user", content: "secret" },
    ],
    max_output_tokens: 9,
  };
  expect(prefixOf("responses", items)).toEqual({
    instructions: "i",
    input: [
      { role: "developer", content: "d" },
      { role: "user", content: "." },
    ],
    max_output_tokens: 1,
    stream: false,
  });
  expect(
    JSON.stringify(prefixOf("messages", { messages: [{ role: "user", content: "secret" }] })),
  ).not.toContain("secret");
  expect(prefixOf("gemini", {})).toBeUndefined();
  expect(asked(chat).dialect.id).toBe("chat");
});

test.each([true, false])("through the proxy, switched on: %s", async (isOn) => {
  const answer = { type: "message", content: [] };
  const ready = await serveMock((_, response) => whole(response, 200, answer));
  const cloud = await serveMock((_, response) => whole(response, 200, answer));
  const chain = registration(
    [
      target("cloud/opus", cloud.origin, ["messages"], { own: ["messages"] }),
      target("local/qwen", ready.origin, ["messages"], { local: true }),
    ],
    { warm: isOn },
  );
  const proxy = await rig(chain);
  const system = [
    { type: "text", text: "x-anthropic-billing-header: a" },
    { type: "text", text: "S" },
  ];
  const ask = { model: "opus", max_tokens: 9, system, messages: [{ role: "user", content: "secret" }] };
  const asking = await post(`${proxy.base}/v1/messages`, ask, {
    "x-api-key": "key",
    authorization: "Bearer key",
  });
  await asking.text();
  await expect.poll(() => ready.heard.length).toBe(isOn ? 1 : 0);
  if (isOn) {
    const [heard] = ready.heard;
    expect(heard!.json).toEqual({
      model: "qwen",
      max_tokens: 1,
      stream: false,
      system: [{ type: "text", text: "S" }],
      messages: [{ role: "user", content: "." }],
    });
    expect(JSON.stringify(heard)).not.toMatch(/key"|Bearer|secret/);
  }
  await Promise.all([proxy.close(), ready.close(), cloud.close()]);
});
