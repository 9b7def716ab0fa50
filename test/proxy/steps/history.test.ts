import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireDialect } from "../../../src/providers/index.ts";
import { edited } from "../../../src/proxy/steps/shape.ts";
import type { Json } from "./rig.ts";

const own = `E${"o".repeat(100)}`;
const other = `E${"x".repeat(100)}`;
const isForeign = (mark: string): boolean => mark.includes("xxx");
const forVendor = (dialect: WireDialect, json: Json): Json =>
  edited(dialect, json, { isVendor: true, tokens: 0, facts: {}, isForeign }).json as Json;
const forOther = (dialect: WireDialect, json: Json): Json =>
  edited(dialect, json, { isVendor: false, tokens: 0, facts: {}, isForeign }).json as Json;

const thinking = (signature: string): Json => ({ type: "thinking", thinking: "t", signature });
const text = (words: string): Json => ({ type: "text", text: words });
const call = (id: string): Json => ({ type: "tool_use", id, name: "B", input: {} });
const result = (tool_use_id: string): Json => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id }],
});
const said = (...content: Json[]): Json => ({ role: "assistant", content });

test("thoughts of others go, own ones stay as they are, and empty turns go with them", () => {
  const mine = said(thinking(own), { type: "redacted_thinking", data: own }, text("a"));
  const messages = [
    { role: "user", content: "q" },
    mine,
    { role: "user", content: "q" },
    said(thinking(other), { type: "redacted_thinking", data: other }, text(""), text("b")),
    { role: "user", content: "q" },
    said(thinking(""), text("")),
    { role: "user", content: "q" },
  ];
  const out = forVendor("messages", { messages })["messages"] as Json[];
  expect(out[1]).toBe(mine);
  expect(out.slice(2)).toEqual([
    { role: "user", content: "q" },
    said(text("b")),
    { role: "user", content: "q" },
    { role: "user", content: "q" },
  ]);
});

test("another server keeps thoughts of its own, signed or not", () => {
  const mine = said(thinking(""), text("a"));
  const out = forOther("messages", { messages: [mine, said(thinking(other), text("b"))] });
  expect(out["messages"]).toEqual([mine, said(text("b"))]);
});

test.each([
  ["enabled", true],
  ["adaptive", false],
  ["disabled", false],
])("amid another model's turn thinking %s is switched off: %s", (type, isOff) => {
  const messages = [{ role: "user", content: "q" }, said(thinking(other), call("a")), result("a")];
  const ask = { thinking: { type }, context_management: { edits: [] }, messages };
  const out = forVendor("messages", ask);
  expect("thinking" in out).toBe(!isOff);
  expect("context_management" in out).toBe(!isOff);
});

test("thinking stays on where the model's own turn begins with a thought, and at a person's turn", () => {
  const old = [said(thinking(other), text("x")), { role: "user", content: "q" }];
  const amid = [...old, said(thinking(own), call("a")), result("a")];
  expect(forVendor("messages", { thinking: { type: "enabled" }, messages: amid })).toHaveProperty("thinking");
  expect(forVendor("messages", { thinking: { type: "enabled" }, messages: old })).toHaveProperty("thinking");
});

test("ids that stand twice are told apart, results follow their call", () => {
  const id = "functions.Bash:0";
  const messages = [
    said(call(id)),
    result(id),
    said(call(id)),
    result(id),
    said(call("toolu_1")),
    result("toolu_1"),
  ];
  const out = forVendor("messages", { messages })["messages"] as Json[];
  const ids = out.map((turn) => {
    const [block] = turn["content"] as Json[];
    return block!["id"] ?? block!["tool_use_id"];
  });
  expect(ids[0]).toMatch(/^toolu_[0-9a-f]{24}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).toMatch(/^toolu_[0-9a-f]{24}$/);
  expect(ids[2]).not.toBe(ids[0]);
  expect(ids[3]).toBe(ids[2]);
  expect(ids.slice(4)).toEqual(["toolu_1", "toolu_1"]);
});

/** Calls and results of a conversation, each call answered at once. */
const conversation = fc.array(fc.string({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 8 });
const spoken: Record<
  "messages" | "chat" | "responses",
  { json: (ids: string[]) => Json; ids: (out: Json) => string[]; takes: RegExp; unique: boolean }
> = {
  messages: {
    json: (ids) => ({ messages: ids.flatMap((id) => [said(call(id)), result(id)]) }),
    ids: ({ messages }) =>
      (messages as Json[]).flatMap((t) =>
        (t["content"] as Json[]).map((b) => String(b["id"] ?? b["tool_use_id"])),
      ),
    takes: /^[a-zA-Z0-9_-]+$/,
    unique: true,
  },
  chat: {
    json: (ids) => ({
      messages: ids.flatMap((id) => [
        { role: "assistant", tool_calls: [{ id, type: "function" }] },
        { role: "tool", tool_call_id: id },
      ]),
    }),
    ids: ({ messages }) =>
      (messages as Json[]).map((t) => String(t["tool_call_id"] ?? (t["tool_calls"] as Json[])[0]!["id"])),
    takes: /^.{1,40}$/s,
    unique: true,
  },
  responses: {
    json: (ids) => ({
      input: ids.flatMap((call_id) => [
        { type: "function_call", call_id, name: "f", arguments: "{}" },
        { type: "function_call_output", call_id, output: "" },
      ]),
    }),
    ids: ({ input }) => (input as Json[]).map((i) => String(i["call_id"])),
    takes: /^.{1,64}$/s,
    unique: true,
  },
};

test.each(["messages", "chat", "responses"] as const)(
  "%s: every id is taken, every result has its call, as before",
  (dialect) => {
    const { json, ids, takes } = spoken[dialect];
    fc.assert(
      fc.property(conversation, (given) => {
        const out = ids(forVendor(dialect, json(given)));
        expect(out.length).toBe(given.length * 2);
        const calls = out.filter((_, i) => i % 2 === 0);
        for (const id of out) expect(id).toMatch(takes);
        expect(out.filter((_, i) => i % 2 === 1)).toEqual(calls);
        expect(new Set(calls).size).toBe(calls.length);
        const grown = ids(forVendor(dialect, json([...given, "one more"])));
        expect(grown.slice(0, out.length), "a growing conversation keeps its ids").toEqual(out);
      }),
      { numRuns: 100 },
    );
  },
);

test("Responses: OpenAI gets its own reasoning, and no ids that are not its own", () => {
  const seal = `gAAAAA${"o".repeat(80)}`;
  const input = [
    { type: "message", id: "msg_1", role: "user", content: "q" },
    { type: "reasoning", id: "rs_1", summary: [], encrypted_content: seal },
    { type: "reasoning", id: "rs_kept", summary: [] },
    { type: "function_call", id: "fc_1", call_id: "a", name: "f", arguments: "{}" },
    { type: "reasoning", summary: [], encrypted_content: `gAAAAA${"xxx".repeat(30)}` },
    {
      type: "reasoning",
      id: "rs_2",
      summary: [],
      content: [{ type: "reasoning_text", text: "t" }],
      encrypted_content: "",
    },
    { type: "reasoning", summary: [], encrypted_content: "5ad4-6a-0" },
    { type: "function_call", id: "local-7", call_id: "b", name: "f", arguments: "{}" },
    { type: "message", id: "msg_xxx", role: "assistant", content: [] },
  ];
  expect(forVendor("responses", { input })["input"]).toEqual([
    ...input.slice(0, 4),
    { type: "function_call", call_id: "b", name: "f", arguments: "{}" },
    { type: "message", role: "assistant", content: [] },
  ]);
  expect(
    (forOther("responses", { input })["input"] as Json[]).filter((i) => i["type"] === "reasoning"),
  ).toEqual([input[5]]);
});

test("Chat: reasoning goes to nobody but its maker", () => {
  const turn = (reasoning_content: string): Json => ({ role: "assistant", content: "a", reasoning_content });
  const json = { messages: [turn("mine"), turn("xxx"), { role: "user", content: "q", reasoning: "kept" }] };
  expect(forVendor("chat", json)["messages"]).toEqual([
    { role: "assistant", content: "a" },
    { role: "assistant", content: "a" },
    { role: "user", content: "q", reasoning: "kept" },
  ]);
  expect(forOther("chat", json)["messages"]).toEqual([
    turn("mine"),
    { role: "assistant", content: "a" },
    json.messages[2],
  ]);
});

test("Gemini: a call of another model carries the word that stands for no signature", () => {
  const parts = [
    { thoughtSignature: "own", functionCall: { name: "f" } },
    { thoughtSignature: "xxx", functionCall: { name: "f" } },
    { thoughtSignature: "xxx", text: "t" },
  ];
  const out = forVendor("gemini", { contents: [{ role: "model", parts }] });
  expect(out["contents"]).toEqual([
    {
      role: "model",
      parts: [
        parts[0],
        { thoughtSignature: "skip_thought_signature_validator", functionCall: { name: "f" } },
        { text: "t" },
      ],
    },
  ]);
});
