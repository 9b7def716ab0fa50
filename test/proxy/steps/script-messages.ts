import { type Json, sse } from "./rig.ts";
import { list, refuse, type Script } from "./script.ts";

const block = (index: number, content_block: Json, ...deltas: Json[]): Json[] => [
  { type: "content_block_start", index, content_block },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
  { type: "content_block_stop", index },
];
const message = (id: string, blocks: Json[], stop_reason: string): Json[] => [
  {
    type: "message_start",
    message: {
      id,
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 1, output_tokens: 0 },
    },
  },
  ...blocks,
  { type: "message_delta", delta: { stop_reason }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];
export const lastOf = (turns: readonly Json[]): Json => turns.at(-1) ?? {};
const hasResult = (turn: Json): boolean => list(turn["content"]).some((b) => b["type"] === "tool_result");

/** What Anthropic answers 400 to, as far as histories go. */
const faultIn = ({ messages, thinking }: Json, signed: ReadonlySet<unknown>): string | undefined => {
  const calls = new Set<unknown>();
  for (const [i, turn] of list(messages).entries()) {
    if (turn["role"] !== "assistant" && turn["role"] !== "user") return `messages.${i}: role`;
    if (Array.isArray(turn["content"]) && !turn["content"].length) return `messages.${i}: empty content`;
    for (const b of list(turn["content"])) {
      if (b["type"] === "thinking" && !signed.has(b["signature"]))
        return `messages.${i}: Invalid \`signature\``;
      if (b["type"] === "redacted_thinking" && !signed.has(b["data"])) return `messages.${i}: Invalid data`;
      if (b["type"] === "text" && b["text"] === "") return `messages.${i}: empty text`;
      const id = b["type"] === "tool_use" ? b["id"] : b["tool_use_id"];
      if (id !== undefined && !/^[a-zA-Z0-9_-]+$/.test(String(id))) return `messages.${i}: id ${id}`;
      if (b["type"] === "tool_use" && calls.has(id)) return `messages.${i}: ids must be unique`;
      if (b["type"] === "tool_use") calls.add(id);
      if (b["type"] === "tool_result" && !calls.has(id)) return `messages.${i}: no call for ${id}`;
    }
  }
  const last = list(messages).findLast((turn) => turn["role"] === "assistant");
  const isAmid = hasResult(lastOf(list(messages)));
  if ((thinking as Json | undefined)?.["type"] === "enabled" && isAmid) {
    const first = list(last?.["content"])[0]?.["type"];
    if (first !== "thinking" && first !== "redacted_thinking") return "Expected `thinking`";
  }
  return undefined;
};

/** Anthropic, strict; a server that signs nothing and gives every call one id; a client that sends everything back. */
export const messages: Script = {
  path: "/v1/messages?beta=true",
  headers: { "x-claude-code-session-id": "s-1", "x-api-key": "k", "anthropic-version": "2023-06-01" },
  cloud() {
    const signed = new Set<unknown>();
    let n = 0;
    return ({ json }, response) => {
      const fault = faultIn(json, signed);
      if (fault) return refuse(response, fault);
      const signature = `Ev${String(n++).padStart(3, "0")}${"c".repeat(120)}`;
      const data = `Em${String(n).padStart(3, "0")}${"r".repeat(120)}`;
      signed.add(signature).add(data);
      const thought = json["thinking"]
        ? [
            ...block(
              0,
              { type: "thinking", thinking: "", signature: "" },
              { type: "thinking_delta", thinking: "hm" },
              { type: "signature_delta", signature },
            ),
            ...block(1, { type: "redacted_thinking", data }),
          ]
        : [];
      const at = thought.length ? 2 : 0;
      const isDone = hasResult(lastOf(list(json["messages"])));
      const rest = isDone
        ? block(at, { type: "text", text: "" }, { type: "text_delta", text: `cloud ${n}` })
        : block(
            at,
            { type: "tool_use", id: `toolu_${n}`, name: "Bash", input: {} },
            { type: "input_json_delta", partial_json: '{"a":1}' },
          );
      sse(response, message(`msg_${n}`, [...thought, ...rest], isDone ? "end_turn" : "tool_use"));
    };
  },
  local() {
    return ({ json, headers }, response) => {
      const all = list(json["messages"]).flatMap((turn) => list(turn["content"]));
      if (all.some((b) => String(b["signature"] ?? b["data"] ?? "").startsWith("E")))
        return refuse(response, "foreign thought");
      if (json["metadata"] || JSON.stringify(json).includes("x-anthropic-billing-header"))
        return refuse(response, "private");
      if (headers["anthropic-beta"] || headers["x-api-key"]) return refuse(response, "private headers");
      const thought = block(
        0,
        { type: "thinking", thinking: "" },
        { type: "thinking_delta", thinking: "local thought" },
        { type: "signature_delta", signature: "" },
      );
      const isDone = hasResult(lastOf(list(json["messages"])));
      const rest = isDone
        ? [
            ...block(1, { type: "text", text: "" }, { type: "text_delta", text: "local" }),
            ...block(2, { type: "text", text: "" }),
          ]
        : block(
            1,
            { type: "tool_use", id: "functions.Bash:0", name: "Bash", input: {} },
            { type: "input_json_delta", partial_json: '{"b":2}' },
          );
      sse(response, message("chatcmpl-1", [...thought, ...rest], isDone ? "end_turn" : "tool_use"));
    };
  },
  ask: (history) => ({
    model: "opus",
    max_tokens: 100,
    stream: true,
    thinking: { type: "enabled", budget_tokens: 50 },
    metadata: { user_id: "u" },
    system: [
      { type: "text", text: "x-anthropic-billing-header: a=1;" },
      { type: "text", text: "Be good" },
    ],
    messages: history,
  }),
  person: (text) => [{ role: "user", content: text }],
  take(events) {
    const content: Json[] = [];
    const partial: string[] = [];
    for (const { type, index, content_block, delta } of events) {
      const at = Number(index);
      if (type === "content_block_start") content[at] = { ...(content_block as Json) };
      if (type !== "content_block_delta") continue;
      const d = delta as Json;
      const b = content[at]!;
      if (d["type"] === "text_delta") b["text"] = `${b["text"]}${d["text"]}`;
      if (d["type"] === "thinking_delta") b["thinking"] = `${b["thinking"]}${d["thinking"]}`;
      if (d["type"] === "signature_delta") b["signature"] = d["signature"];
      if (d["type"] === "input_json_delta") partial[at] = `${partial[at] ?? ""}${d["partial_json"]}`;
    }
    for (const [at, text] of partial.entries()) if (text) content[at]!["input"] = JSON.parse(text);
    const call = content.find((b) => b["type"] === "tool_use");
    const result = {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: call?.["id"], content: "ok" }],
    };
    return { turns: [{ role: "assistant", content }, ...(call ? [result] : [])], goesOn: !!call };
  },
};
