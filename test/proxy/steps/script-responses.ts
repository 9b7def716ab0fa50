import { type Json, sse } from "./rig.ts";
import { list, refuse, type Script } from "./script.ts";
import { lastOf } from "./script-messages.ts";

const item = (output_index: number, made: Json): Json[] => [
  { type: "response.output_item.added", output_index, item: made },
  { type: "response.output_item.done", output_index, item: made },
];
const response = (id: string, items: Json[]): Json[] => [
  { type: "response.created", response: { id, status: "in_progress", output: [] } },
  ...items.flatMap((made, at) => item(at, made)),
  { type: "response.completed", response: { id, status: "completed", output: items } },
];
const faultInItems = (input: readonly Json[], sealed: ReadonlySet<unknown>): string | undefined => {
  const calls = new Set<unknown>();
  for (const [i, { type, encrypted_content, content, call_id, id }] of input.entries()) {
    if (type === "reasoning" && (!sealed.has(encrypted_content) || content))
      return `input[${i}]: invalid_encrypted_content`;
    if (String(call_id ?? "").length > 64) return `input[${i}].call_id: string too long`;
    if (type === "function_call" && id !== undefined && !String(id).startsWith("fc_"))
      return `input[${i}].id`;
    if (type === "function_call") calls.add(call_id);
    if (type === "function_call_output" && !calls.has(call_id)) return `input[${i}]: no call`;
  }
  return undefined;
};
/** OpenAI, strict; llama-server as it is; a client that sends everything back. */
export const responses: Script = {
  path: "/v1/responses",
  headers: { "session-id": "s-2", authorization: "Bearer k" },
  cloud() {
    const sealed = new Set<unknown>();
    let n = 0;
    return ({ json }, res) => {
      const fault = faultInItems(list(json["input"]), sealed);
      if (fault) return refuse(res, fault);
      const seal = `gAAAAA${n++}${"c".repeat(120)}`;
      sealed.add(seal);
      const isDone = lastOf(list(json["input"]))["type"] === "function_call_output";
      sse(
        res,
        response(`resp_${n}`, [
          { type: "reasoning", id: `rs_${n}`, summary: [], encrypted_content: seal },
          isDone
            ? {
                type: "message",
                id: `msg_${n}`,
                role: "assistant",
                content: [{ type: "output_text", text: `cloud ${n}` }],
              }
            : { type: "function_call", id: `fc_${n}`, call_id: `call_${n}`, name: "shell", arguments: "{}" },
        ]),
      );
    };
  },
  local() {
    return ({ json }, res) => {
      const input = list(json["input"]);
      // as llama-server 0.7.0 answers
      if (input.some((i) => i["type"] === "reasoning" && !list(i["content"]).length))
        return refuse(res, "item['content'] is not an array");
      if (
        input.some(
          (i) =>
            !["message", "function_call", "function_call_output", "reasoning"].includes(String(i["type"])),
        )
      )
        return refuse(res, "Cannot determine type of 'item'");
      if (json["client_metadata"] || json["prompt_cache_key"]) return refuse(res, "private");
      const isDone = lastOf(input)["type"] === "function_call_output";
      sse(
        res,
        response("resp_local", [
          {
            type: "reasoning",
            id: "rs_local",
            summary: [],
            content: [{ type: "reasoning_text", text: "local" }],
            encrypted_content: "",
          },
          isDone
            ? {
                type: "message",
                id: "local-1",
                role: "assistant",
                content: [{ type: "output_text", text: "local" }],
              }
            : {
                type: "function_call",
                id: "local-2",
                call_id: "x".repeat(80),
                name: "shell",
                arguments: "{}",
              },
        ]),
      );
    };
  },
  ask: (input) => ({
    model: "opus",
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "p",
    client_metadata: { a: 1 },
    instructions: "Be good",
    input,
  }),
  person: (text) => [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
  take(events) {
    const done = events.find(({ type }) => type === "response.completed")!;
    const turns = list((done["response"] as Json)["output"]).map((i) => ({ ...i }));
    const call = turns.find((i) => i["type"] === "function_call");
    const result = { type: "function_call_output", call_id: call?.["call_id"], output: "ok" };
    return { turns: [...turns, ...(call ? [result] : [])], goesOn: !!call };
  },
};
