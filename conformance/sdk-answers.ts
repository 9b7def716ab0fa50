import type { WireDialect } from "../src/providers/index.ts";

/** One answer of a vendor, as a stream and whole: thoughts where the dialect shows them, text, two calls, and usage. */
export interface Answer {
  stream: string;
  whole: unknown;
  /** The same stream up to within its first text. */
  cut: string;
  /** Its opening, in front of any content. */
  opening: string;
}

export const TEXT = "Grüße, 世界 \u{1f30d}\nline";
export const CALLS = [
  { name: "read", input: { path: 'a"b.ts', lines: [1, 2.5], deep: { x: null } } },
  { name: "run", input: {} },
];
export const USAGE: [number, number] = [12, 34];
const THOUGHT = "let me see";
const [FIRST, REST] = [TEXT.slice(0, 7), TEXT.slice(7)];
const inputOf = (call: number): string => JSON.stringify(CALLS[call]!.input);

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (event: { type: string }): string => `event: ${event.type}\n${data(event)}`;
const built = (
  events: readonly string[],
  openings: number,
  shown: number,
): Pick<Answer, "stream" | "cut" | "opening"> => ({
  stream: events.join(""),
  opening: events.slice(0, openings).join(""),
  cut: events.slice(0, shown).join(""),
});

const usage = { input_tokens: USAGE[0], output_tokens: USAGE[1] };
const toolUse = (n: number): object => ({
  type: "tool_use",
  id: `toolu_${n}`,
  name: CALLS[n]!.name,
  input: {},
});
const block = (index: number, content_block: object, ...deltas: object[]): string[] => [
  named({ type: "content_block_start", index, content_block } as never),
  ...deltas.map((delta) => named({ type: "content_block_delta", index, delta } as never)),
  named({ type: "content_block_stop", index } as never),
];
const halves = (text: string): object[] =>
  [text.slice(0, 5), text.slice(5)].map((partial_json) => ({ type: "input_json_delta", partial_json }));
const head = { id: "msg_1", type: "message", role: "assistant", model: "m", stop_sequence: null };
const messages: Answer = {
  ...built(
    [
      named({
        type: "message_start",
        message: {
          ...head,
          content: [],
          stop_reason: null,
          usage: { input_tokens: USAGE[0], output_tokens: 1 },
        },
      } as never),
      named({ type: "ping" }),
      ...block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: THOUGHT },
        { type: "signature_delta", signature: "E".repeat(80) },
      ),
      ...block(
        1,
        { type: "text", text: "" },
        { type: "text_delta", text: FIRST },
        { type: "text_delta", text: REST },
      ),
      ...block(2, toolUse(0), ...halves(inputOf(0))),
      ...block(3, toolUse(1), ...halves(inputOf(1))),
      named({
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { output_tokens: USAGE[1] },
      } as never),
      named({ type: "message_stop" }),
    ],
    2,
    8,
  ),
  whole: {
    ...head,
    stop_reason: "tool_use",
    usage,
    content: [
      { type: "thinking", thinking: THOUGHT, signature: "E".repeat(80) },
      { type: "text", text: TEXT },
      ...CALLS.map((call, n) => ({ ...toolUse(n), input: call.input })),
    ],
  },
};

const chunk = (delta: object, finish_reason: string | null = null): string =>
  data({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
const toolCall = (index: number, text: string, isFirst: boolean): string =>
  chunk({
    tool_calls: [
      {
        index,
        ...(isFirst && { id: `call_${index}`, type: "function" }),
        function: { ...(isFirst && { name: CALLS[index]!.name }), arguments: text },
      },
    ],
  });
const counted = { prompt_tokens: USAGE[0], completion_tokens: USAGE[1], total_tokens: 46 };
const chat: Answer = {
  ...built(
    [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: FIRST }),
      chunk({ content: REST }),
      ...CALLS.flatMap((_, n) => [
        toolCall(n, inputOf(n).slice(0, 1), true),
        toolCall(n, inputOf(n).slice(1), false),
      ]),
      chunk({}, "tool_calls"),
      data({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: counted }),
      "data: [DONE]\n\n",
    ],
    1,
    2,
  ),
  whole: {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      {
        index: 0,
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: TEXT,
          tool_calls: CALLS.map(({ name }, n) => ({
            id: `call_${n}`,
            type: "function",
            function: { name, arguments: inputOf(n) },
          })),
        },
      },
    ],
    usage: counted,
  },
};

const part = { type: "output_text", text: TEXT, annotations: [] };
const items = [
  { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: THOUGHT }] },
  { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [part] },
  ...CALLS.map(({ name }, n) => ({
    type: "function_call",
    id: `fc_${n}`,
    call_id: `call_${n}`,
    name,
    arguments: inputOf(n),
    status: "completed",
  })),
];
const response = (status: string, output: unknown, more: object = {}): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status,
  model: "m",
  error: null,
  incomplete_details: null,
  tools: [],
  output,
  ...more,
});
const numbered = (events: readonly { type: string }[]): string[] =>
  events.map((event, sequence_number) => named({ ...event, sequence_number } as never));
const delta = (type: string, output_index: number, more: object): { type: string } =>
  ({ type, output_index, item_id: "i", content_index: 0, summary_index: 0, ...more }) as never;
const done = { ...response("completed", items), usage: { ...usage, total_tokens: 46 } };
const responses: Answer = {
  ...built(
    numbered([
      { type: "response.created", response: response("in_progress", []) } as never,
      { type: "response.in_progress", response: response("in_progress", []) } as never,
      delta("response.output_item.added", 0, { item: { type: "reasoning", id: "rs_1", summary: [] } }),
      delta("response.reasoning_summary_part.added", 0, { part: { type: "summary_text", text: "" } }),
      delta("response.reasoning_summary_text.delta", 0, { delta: THOUGHT }),
      delta("response.output_item.done", 0, { item: items[0] }),
      delta("response.output_item.added", 1, { item: { ...items[1], status: "in_progress", content: [] } }),
      delta("response.content_part.added", 1, { part: { ...part, text: "" } }),
      delta("response.output_text.delta", 1, { delta: FIRST }),
      delta("response.output_text.delta", 1, { delta: REST }),
      delta("response.output_text.done", 1, { text: TEXT }),
      delta("response.content_part.done", 1, { part }),
      delta("response.output_item.done", 1, { item: items[1] }),
      ...CALLS.flatMap((_, n) => [
        delta("response.output_item.added", n + 2, { item: { ...items[n + 2], arguments: "" } }),
        delta("response.function_call_arguments.delta", n + 2, { delta: inputOf(n) }),
        delta("response.function_call_arguments.done", n + 2, { arguments: inputOf(n) }),
        delta("response.output_item.done", n + 2, { item: items[n + 2] }),
      ]),
      { type: "response.completed", response: done } as never,
    ]),
    2,
    9,
  ),
  whole: done,
};

const gem = (parts: object[], more: object = {}): object => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: USAGE[0], candidatesTokenCount: USAGE[1], totalTokenCount: 46 },
});
const gemCalls = CALLS.map(({ name, input }) => ({
  functionCall: { name, args: input },
  thoughtSignature: "c2ln",
}));
const gemini: Answer = {
  ...built(
    [
      data({ usageMetadata: { promptTokenCount: USAGE[0] } }),
      data(gem([{ text: THOUGHT, thought: true }])),
      data(gem([{ text: FIRST }])),
      data(gem([{ text: REST }])),
      data(gem(gemCalls, { finishReason: "STOP" })),
    ],
    1,
    3,
  ),
  whole: gem([{ text: THOUGHT, thought: true }, { text: TEXT }, ...gemCalls], { finishReason: "STOP" }),
};

export const answers: Readonly<Record<WireDialect, Answer>> = { messages, chat, responses, gemini };
/** What a client must have understood of each. */
export const thoughtOf = (dialect: WireDialect): string => (dialect === "chat" ? "" : THOUGHT);

const llamaItem = { type: "message", id: "msg_x", role: "assistant" };
const llamaPart = { type: "output_text", annotations: [], logprobs: [], text: TEXT };
const llamaHead = { id: "resp_x", object: "response", status: "in_progress" };
/** A Responses stream as llama-server 0.7.0 writes it (measured 2026-11-26): no `output` at its beginning, no indices. */
export const llamaResponses = [
  { type: "response.created", response: llamaHead },
  { type: "response.in_progress", response: llamaHead },
  { type: "response.output_item.added", item: { ...llamaItem, status: "in_progress", content: [] } },
  { type: "response.content_part.added", item_id: "msg_x", part: { type: "output_text", text: "" } },
  { type: "response.output_text.delta", item_id: "msg_x", delta: FIRST },
  { type: "response.output_text.delta", item_id: "msg_x", delta: REST },
  { type: "response.output_text.done", item_id: "msg_x", text: TEXT },
  { type: "response.content_part.done", item_id: "msg_x", part: llamaPart },
  { type: "response.output_item.done", item: { ...llamaItem, status: "completed", content: [llamaPart] } },
  {
    type: "response.completed",
    response: { ...llamaHead, status: "completed", output: [{ ...llamaItem, content: [llamaPart] }], usage },
  },
]
  .map(named)
  .join("");
