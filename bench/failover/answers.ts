import type { WireDialect } from "../../src/providers/index.ts";

/** What a mock says: a text, or a call of a tool. */
export type Saying = { text: string } | { tool: string; input: object };
/** A request, as far as a mock reads it. */
export type Body = Record<string, any>;

/** How a vendor says things in its dialect; a stream is a list of whole events. */
export interface Tongue {
  /** Names of the tools that a request offers. */
  tools(body: Body): string[];
  /** What the tools of the last turn gave, as JSON; undefined: they were not asked. */
  result(body: Body): string | undefined;
  stream(saying: Saying, model: string): string[];
  whole(saying: Saying, model: string): object;
  /** How many of a stream's events stand before its end, the first content among them. */
  opening: number;
  /** An error in a stream that has begun. */
  broken: string;
  fault(status: number): object;
}

const named = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const bare = (data: object | string): string =>
  `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const filled = (all: readonly unknown[]): string | undefined =>
  all.length ? JSON.stringify(all) : undefined;
const list = (value: unknown): any[] => (Array.isArray(value) ? value : []);
const OVERLOADED = "Overloaded";

const usage = { input_tokens: 12, output_tokens: 5 };
const block = (saying: Saying): object =>
  "text" in saying
    ? { type: "text", text: saying.text }
    : { type: "tool_use", id: "toolu_01mock", name: saying.tool, input: saying.input };
const stop = (saying: Saying): string => ("text" in saying ? "end_turn" : "tool_use");
const message = (model: string, content: object[], reason: string | null): object => ({
  id: "msg_01mock",
  type: "message",
  role: "assistant",
  model,
  content,
  stop_reason: reason,
  stop_sequence: null,
  usage,
});
const messages: Tongue = {
  tools: (body) => list(body["tools"]).map((t) => t.name),
  result: (body) =>
    filled(
      list(list(body["messages"]).findLast((m) => m.role === "user")?.content).filter(
        (c) => c.type === "tool_result",
      ),
    ),
  stream: (saying, model) => [
    named("message_start", { message: message(model, [], null) }),
    named("content_block_start", {
      index: 0,
      content_block: { ...block(saying), ...("text" in saying ? { text: "" } : { input: {} }) },
    }),
    named("content_block_delta", {
      index: 0,
      delta:
        "text" in saying
          ? { type: "text_delta", text: saying.text }
          : { type: "input_json_delta", partial_json: JSON.stringify(saying.input) },
    }),
    named("content_block_stop", { index: 0 }),
    named("message_delta", { delta: { stop_reason: stop(saying), stop_sequence: null }, usage }),
    named("message_stop", {}),
  ],
  whole: (saying, model) => message(model, [block(saying)], stop(saying)),
  opening: 3,
  broken: named("error", { error: { type: "overloaded_error", message: OVERLOADED } }),
  fault: (status) => ({
    type: "error",
    error: {
      type: status === 529 ? "overloaded_error" : status === 401 ? "authentication_error" : "api_error",
      message: `status ${status}`,
    },
  }),
};

const openaiFault = (status: number): object => ({
  error: { message: `status ${status}`, type: "server_error", param: null, code: null },
});
const call = (saying: { tool: string; input: object }): object => ({
  id: "call_mock",
  type: "function",
  function: { name: saying.tool, arguments: JSON.stringify(saying.input) },
});
const chunk = (model: string, delta: object, reason: string | null): string =>
  bare({
    id: "chatcmpl-mock",
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
const chatUsage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const chat: Tongue = {
  tools: (body) => list(body["tools"]).map((t) => t.function?.name),
  result: (body) =>
    filled(list(body["messages"]).filter((m, i, all) => m.role === "tool" && i >= all.length - 3)),
  stream: (saying, model) => [
    chunk(model, { role: "assistant", content: "" }, null),
    chunk(
      model,
      "text" in saying ? { content: saying.text } : { tool_calls: [{ index: 0, ...call(saying) }] },
      null,
    ),
    chunk(model, {}, "text" in saying ? "stop" : "tool_calls"),
    bare({
      id: "chatcmpl-mock",
      object: "chat.completion.chunk",
      created: 1,
      model,
      choices: [],
      usage: chatUsage,
    }),
    bare("[DONE]"),
  ],
  whole: (saying, model) => ({
    id: "chatcmpl-mock",
    object: "chat.completion",
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          ...("text" in saying ? { content: saying.text } : { content: null, tool_calls: [call(saying)] }),
        },
        finish_reason: "text" in saying ? "stop" : "tool_calls",
      },
    ],
    usage: chatUsage,
  }),
  opening: 2,
  broken: bare(openaiFault(503)),
  fault: openaiFault,
};

const item = (saying: Saying): object =>
  "text" in saying
    ? {
        id: "msg_mock",
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: saying.text, annotations: [] }],
      }
    : {
        id: "fc_mock",
        type: "function_call",
        status: "completed",
        call_id: "call_mock",
        name: saying.tool,
        arguments: JSON.stringify(saying.input),
      };
const response = (model: string, status: string, output: object[]): object => ({
  id: "resp_mock",
  object: "response",
  created_at: 1,
  status,
  model,
  output,
  parallel_tool_calls: false,
  tools: [],
  usage: {
    ...usage,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 17,
  },
});
const responses: Tongue = {
  tools: (body) => list(body["tools"]).map((t) => t.name ?? t.type),
  result: (body) => filled(list(body["input"]).filter((i) => i.type === "function_call_output")),
  stream: (saying, model) => [
    named("response.created", { sequence_number: 0, response: response(model, "in_progress", []) }),
    named("response.output_item.added", {
      sequence_number: 1,
      output_index: 0,
      item: {
        ...item(saying),
        status: "in_progress",
        ...("text" in saying ? { content: [] } : { arguments: "" }),
      },
    }),
    ...("text" in saying
      ? [
          named("response.output_text.delta", {
            sequence_number: 2,
            item_id: "msg_mock",
            output_index: 0,
            content_index: 0,
            delta: saying.text,
          }),
        ]
      : [
          named("response.function_call_arguments.delta", {
            sequence_number: 2,
            item_id: "fc_mock",
            output_index: 0,
            delta: JSON.stringify(saying.input),
          }),
        ]),
    named("response.output_item.done", { sequence_number: 3, output_index: 0, item: item(saying) }),
    named("response.completed", {
      sequence_number: 4,
      response: response(model, "completed", [item(saying)]),
    }),
  ],
  whole: (saying, model) => response(model, "completed", [item(saying)]),
  opening: 3,
  broken: named("response.failed", {
    sequence_number: 3,
    response: { ...response("mock", "failed", []), error: { code: "server_error", message: OVERLOADED } },
  }),
  fault: openaiFault,
};

const part = (saying: Saying): object =>
  "text" in saying ? { text: saying.text } : { functionCall: { name: saying.tool, args: saying.input } };
const candidate = (saying: Saying, model: string, last: boolean): object => ({
  candidates: [
    { index: 0, content: { role: "model", parts: [part(saying)] }, ...(last && { finishReason: "STOP" }) },
  ],
  usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 },
  modelVersion: model,
});
const gemini: Tongue = {
  tools: (body) => list(body["tools"]).flatMap((t) => list(t.functionDeclarations).map((f) => f.name)),
  result: (body) => filled(list(list(body["contents"]).at(-1)?.parts).filter((p) => p.functionResponse)),
  stream: (saying, model) => [
    ...("text" in saying ? [bare(candidate(saying, model, false))] : []),
    bare(candidate("text" in saying ? { text: "." } : saying, model, true)),
  ],
  whole: (saying, model) => candidate(saying, model, true),
  opening: 1,
  broken: bare({ error: { code: 503, message: OVERLOADED, status: "UNAVAILABLE" } }),
  fault: (status) => ({ error: { code: status, message: `status ${status}`, status: "UNAVAILABLE" } }),
};

export const tongues: Readonly<Record<WireDialect, Tongue>> = { messages, chat, responses, gemini };
