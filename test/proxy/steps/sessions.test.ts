import { describe, expect, test } from "vitest";
import type { WireDialect } from "../../../src/providers/index.ts";
import { dialects } from "../../../src/proxy/dialects/index.ts";
import type { Asked } from "../../../src/proxy/engine.ts";
import { inTurn, noSessions, noteAnswer } from "../../../src/proxy/steps/sessions.ts";
import { isAmidTurn, openingOf } from "../../../src/proxy/steps/turns.ts";
import { type Json, registration, target } from "./rig.ts";

const asked = (json: Json, headers: Record<string, string> = {}, id: WireDialect = "messages"): Asked => ({
  registration: registration([]),
  dialect: dialects.find((dialect) => dialect.id === id)!,
  call: { use: "generate", path: () => "" },
  headers,
  body: { bytes: Buffer.from(JSON.stringify(json)), json },
  tokens: 1,
});
const candidate = (id: string) => ({ target: target(id, "http://127.0.0.1:9", ["messages"]), model: "m" });
const [cloud, second, local] = [candidate("cloud/a"), candidate("cloud/b"), candidate("local/c")];
const chain = [cloud, second, local];
const at = (ms: number) => ({ now: () => ms, random: () => 0.5 });
const user = (content: unknown): Json => ({ role: "user", content });
const assistant = (content: unknown): Json => ({ role: "assistant", content });
const result = user([{ type: "tool_result", tool_use_id: "t", content: "x" }]);
const ask = (...messages: Json[]): Json => ({ system: "S", messages });

describe("whose turn it is", () => {
  test.each<[WireDialect, boolean, Json]>([
    ["messages", false, ask(user("q"))],
    ["messages", true, ask(user("q"), assistant([]), result)],
    [
      "messages",
      true,
      ask(user("q"), assistant([]), user([{ type: "tool_result" }, { type: "text", text: "reminder" }])),
    ],
    ["messages", true, ask(user("q"), assistant([]), result, { role: "system", content: "left: 5" })],
    ["messages", false, ask(user("q"), assistant([]), result, assistant([]), user("next"))],
    ["messages", true, ask(user("q"), assistant("I was say"))],
    ["messages", false, {}],
    ["chat", true, { messages: [user("q"), assistant(null), { role: "tool", content: "x" }] }],
    ["chat", false, { messages: [user("q")] }],
    [
      "responses",
      true,
      {
        input: [
          { type: "message", role: "user" },
          { type: "function_call" },
          { type: "function_call_output" },
        ],
      },
    ],
    [
      "responses",
      true,
      { input: [{ role: "user" }, { type: "custom_tool_call_output" }, { role: "developer" }] },
    ],
    ["responses", false, { input: [{ type: "function_call_output" }, { type: "message", role: "user" }] }],
    ["responses", false, { input: "just text" }],
    ["gemini", true, { contents: [{ role: "user", parts: [{ functionResponse: {} }] }] }],
    ["gemini", false, { contents: [{ role: "user", parts: [{ text: "q" }] }] }],
  ])("%s: amid a turn %s", (dialect, isAmid, json) => {
    expect(isAmidTurn(dialect, json)).toBe(isAmid);
  });
});

test("a conversation is known by how it begins, whatever its billing block and however it goes on", () => {
  const system = (suffix: string) => [
    { type: "text", text: `x-anthropic-billing-header: ${suffix}` },
    { type: "text", text: "S" },
  ];
  const one = openingOf("messages", { system: system("a"), messages: [user("q")] });
  expect(
    openingOf("messages", { system: system("b"), messages: [user("q"), assistant("a"), user("r")] }),
  ).toBe(one);
  expect(openingOf("messages", { system: system("a"), messages: [user("other")] })).not.toBe(one);
  expect(openingOf("messages", { system: "T", messages: [user("q")] })).not.toBe(one);
  expect(openingOf("responses", { input: "a" })).not.toBe(openingOf("responses", { input: "b" }));
});

const places = (order: readonly (typeof cloud)[]): string[] => order.map(({ target: { id } }) => id);

test("a conversation stays where it was answered until a person speaks, and for some seconds", () => {
  const sessions = noSessions();
  const turn = (...more: Json[]): Asked =>
    asked(ask(user("q"), ...more), { "x-claude-code-session-id": "s" });
  expect(inTurn(sessions, turn(), chain, 0)).toBe(chain);
  expect(noteAnswer(sessions, turn(), local, cloud, at(0))).toEqual({ from: "cloud/a m", to: "local/c m" });
  const loop = [assistant([{ type: "tool_use", id: "t" }]), result];
  expect(places(inTurn(sessions, turn(...loop), chain, 1e9))).toEqual(["local/c", "cloud/a", "cloud/b"]);
  expect(places(inTurn(sessions, turn(...loop), [cloud, second], 1e9)), "it can no longer answer").toEqual([
    "cloud/a",
    "cloud/b",
  ]);
  expect(places(inTurn(sessions, turn(assistant("a"), user("r")), chain, 14_000))).toEqual([
    "local/c",
    "cloud/a",
    "cloud/b",
  ]);
  expect(inTurn(sessions, turn(assistant("a"), user("r")), chain, 15_000)).toBe(chain);
  noteAnswer(sessions, turn(...loop), local, cloud, at(14_000));
  expect(
    inTurn(sessions, turn(assistant("a"), user("r")), chain, 15_000),
    "a turn does not lengthen the stay",
  ).toBe(chain);
  expect(noteAnswer(sessions, turn(assistant("a"), user("r")), cloud, cloud, at(20_000))).toEqual({
    from: "local/c m",
    to: "cloud/a m",
  });
  expect(inTurn(sessions, turn(...loop), chain, 20_001)).toBe(chain);
});

test("jitter spreads the return over ten seconds", () => {
  const back = (random: number): number => {
    const sessions = noSessions();
    const one = asked(ask(user("q")), { "session-id": "s" });
    noteAnswer(sessions, one, local, cloud, { now: () => 0, random: () => random });
    return [...sessions.mixed.values()].flatMap(({ stays }) => [...stays.values()])[0]!.untilMs;
  };
  expect([back(0), back(0.999)]).toEqual([10_000, 19_990]);
});

test("subagents of one session go their own ways", () => {
  const sessions = noSessions();
  const headers = { "x-claude-code-session-id": "s" };
  noteAnswer(sessions, asked(ask(user("main")), headers), local, cloud, at(0));
  const other = asked(ask(user("subagent"), assistant([]), result), headers);
  expect(inTurn(sessions, other, chain, 0)).toBe(chain);
});

test("a healthy session leaves no trace, and its body is not looked at", () => {
  const sessions = noSessions();
  const unread = asked({});
  Object.defineProperty(unread.body!, "json", {
    get: () => {
      throw new Error("read");
    },
  });
  expect(inTurn(sessions, unread, chain, 0)).toBe(chain);
  expect(noteAnswer(sessions, unread, cloud, cloud, at(0))).toBeUndefined();
  expect(sessions.mixed.size).toBe(0);
});

test("without a header a session is known by its cache key, or by how it begins", () => {
  const sessions = noSessions();
  const items = (...more: Json[]): Json => ({
    prompt_cache_key: "p",
    input: [{ type: "message", role: "user", content: "q" }, ...more],
  });
  noteAnswer(sessions, asked(items(), {}, "responses"), local, cloud, at(0));
  const loop = asked(items({ type: "function_call" }, { type: "function_call_output" }), {}, "responses");
  expect(places(inTurn(sessions, loop, chain, 1e9))[0]).toBe("local/c");
  noteAnswer(sessions, asked(ask(user("q"))), local, cloud, at(0));
  expect(places(inTurn(sessions, asked(ask(user("q"), assistant([]), result)), chain, 1e9))[0]).toBe(
    "local/c",
  );
  expect([...sessions.mixed.keys()][0]).toBe("p");
});

test("memory is bounded", () => {
  const sessions = noSessions();
  for (let i = 0; i < 1_000; i++) {
    const one = asked(ask(user(`q${i}`)), { "session-id": `s${i}` });
    noteAnswer(sessions, one, local, cloud, at(0));
    const signature = `${i}`.padStart(80, "s");
    const later = asked(
      ask(
        user(`q${i}`),
        ...Array.from({ length: 25 }, (_, n) =>
          assistant([{ type: "thinking", signature: `${signature}${n}` }]),
        ),
        user("r"),
      ),
      { "session-id": `s${i}` },
    );
    inTurn(sessions, later, chain, 0);
  }
  for (let i = 0; i < 200; i++)
    noteAnswer(sessions, asked(ask(user(`p${i}`)), { "session-id": "one" }), local, cloud, at(0));
  expect(sessions.mixed.size).toBe(300);
  expect(sessions.mixed.get("one")!.stays.size).toBe(50);
  expect(sessions.makers.size).toBe(20_000);
});
