import type { WireDialect } from "../../src/providers/index.ts";
import { fields, parsed } from "../../src/proxy/dialects/dialect.ts";
import { eventOf } from "../../src/proxy/sse.ts";

/** What a dialect's client sends, and the streams it gets. */
export interface Samples {
  path: string;
  body(model: string, stream?: boolean): Record<string, unknown>;
  /** The events up to the first content. */
  opening: string[];
  text(words: string): string;
  closing: string[];
  /** The opening of a tool call, which needs more to be whole. */
  tool: string[];
  overloaded: string;
  refusal: string;
  /** The text that a client would show. */
  shown(stream: string): string;
  /** Whether the stream ends in an error that the dialect's clients see. */
  isBroken(stream: string): boolean;
}

const named = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
/** The data of each event. */
export const dataOf = (stream: string): unknown[] =>
  stream.split(/\r?\n\r?\n/).flatMap((text) => parsed(eventOf(text).data ?? "") ?? []);
const join = (stream: string, pick: (value: any) => string | undefined): string =>
  dataOf(stream)
    .map((value) => pick(value) ?? "")
    .join("");
const last = (stream: string): any => dataOf(stream).at(-1);

const chunk = (choice: object): string =>
  data({
    id: "c",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, finish_reason: null, ...choice }],
  });

export const samples: Record<WireDialect, Samples> = {
  messages: {
    path: "/v1/messages?beta=true",
    body: (model, stream = true) => ({
      model,
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 9,
      stream,
    }),
    opening: [
      named("message_start", {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          content: [],
          model: "m",
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      }),
      named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      named("ping", {}),
    ],
    text: (words) => named("content_block_delta", { index: 0, delta: { type: "text_delta", text: words } }),
    closing: [
      named("content_block_stop", { index: 0 }),
      named("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }),
      named("message_stop", {}),
    ],
    tool: [
      named("content_block_stop", { index: 0 }),
      named("content_block_start", {
        index: 1,
        content_block: { type: "tool_use", id: "t", name: "x", input: {} },
      }),
      named("content_block_delta", { index: 1, delta: { type: "input_json_delta", partial_json: '{"a' } }),
    ],
    overloaded: named("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
    refusal: named("error", { error: { type: "invalid_request_error", message: "too long" } }),
    shown: (stream) => join(stream, (v) => v.delta?.text),
    isBroken: (stream) => last(stream)?.type === "error" && last(stream).error.type === "overloaded_error",
  },
  chat: {
    path: "/v1/chat/completions",
    body: (model, stream = true) => ({ model, messages: [{ role: "user", content: "hi" }], stream }),
    opening: [chunk({ delta: { role: "assistant", content: "" } }), ": keep-alive\n\n"],
    text: (words) => chunk({ delta: { content: words } }),
    closing: [
      chunk({ delta: {}, finish_reason: "stop" }),
      data({ choices: [], usage: {} }),
      "data: [DONE]\n\n",
    ],
    tool: [
      chunk({ delta: { tool_calls: [{ index: 0, id: "t", function: { name: "x", arguments: '{"a' } }] } }),
    ],
    overloaded: data({ error: { message: "busy", type: "server_error", code: 503 } }),
    refusal: data({
      error: { message: "too long", type: "invalid_request_error", code: "context_length_exceeded" },
    }),
    shown: (stream) => join(stream, (v) => v.choices?.[0]?.delta?.content),
    isBroken: (stream) => last(stream)?.error?.type === "server_error" && !stream.includes("[DONE]"),
  },
  responses: {
    path: "/v1/responses",
    body: (model, stream = true) => ({ model, input: "hi", stream }),
    opening: [
      named("response.created", {
        sequence_number: 0,
        response: { id: "resp_1", status: "in_progress", output: [] },
      }),
      named("response.in_progress", { sequence_number: 1, response: { id: "resp_1", output: [] } }),
      named("response.output_item.added", {
        sequence_number: 2,
        output_index: 0,
        item: { type: "message", content: [] },
      }),
      named("response.content_part.added", {
        sequence_number: 3,
        output_index: 0,
        content_index: 0,
        part: { type: "output_text", text: "" },
      }),
    ],
    text: (words) =>
      named("response.output_text.delta", {
        sequence_number: 4,
        output_index: 0,
        content_index: 0,
        delta: words,
      }),
    closing: [
      named("response.output_item.done", {
        sequence_number: 5,
        output_index: 0,
        item: { type: "message", content: [] },
      }),
      named("response.completed", {
        sequence_number: 6,
        response: { id: "resp_1", status: "completed", output: [] },
      }),
    ],
    tool: [
      named("response.output_item.added", {
        sequence_number: 5,
        output_index: 0,
        item: { type: "function_call" },
      }),
      named("response.function_call_arguments.delta", { sequence_number: 6, delta: '{"a' }),
    ],
    overloaded: named("response.failed", {
      sequence_number: 9,
      response: { id: "resp_1", error: { code: "server_is_overloaded", message: "at capacity" } },
    }),
    refusal: named("response.failed", {
      sequence_number: 9,
      response: { id: "resp_1", error: { code: "context_length_exceeded", message: "too long" } },
    }),
    shown: (stream) => join(stream, (v) => (v.type === "response.output_text.delta" ? v.delta : undefined)),
    isBroken: (stream) =>
      last(stream)?.type === "response.failed" && last(stream).response.error.code === "server_error",
  },
  gemini: {
    path: "/v1beta/models/main:streamGenerateContent?alt=sse",
    body: () => ({ contents: [{ role: "user", parts: [{ text: "hi" }] }] }),
    opening: [data({ candidates: [{ content: { role: "model" } }], usageMetadata: {} })],
    text: (words) => data({ candidates: [{ content: { role: "model", parts: [{ text: words }] } }] }),
    closing: [data({ candidates: [{ content: { role: "model", parts: [] }, finishReason: "STOP" }] })],
    tool: [],
    overloaded: data({ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }),
    refusal: data({ error: { code: 400, message: "too long", status: "INVALID_ARGUMENT" } }),
    shown: (stream) => join(stream, (v) => v.candidates?.[0]?.content?.parts?.[0]?.text),
    isBroken: (stream) => {
      const tail = stream.split("\n\n").at(-1) ?? "";
      return fields(fields(parsed(tail))["error"])["code"] === 503;
    },
  },
};

/** A whole good stream. */
export const good = (dialect: WireDialect, words = "hello"): string[] => {
  const s = samples[dialect];
  return [...s.opening, s.text(words), s.closing].flat();
};
