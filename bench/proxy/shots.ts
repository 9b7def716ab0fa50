import type { Shot } from "./load.ts";

const headers = {
  "content-type": "application/json",
  "anthropic-version": "2023-06-01",
  // a client without a credential of its own: the proxy puts the repository's key in its place
  "x-api-key": "portable",
};
const SENTENCE =
  "Validate input at the edge and pass typed values inward; a handler never reads the raw request twice. ";

const tool = (n: number): object => ({
  name: `tool_${n}`,
  description: `${SENTENCE.repeat(15)}\n- a "quoted" \\ line\n`,
  input_schema: {
    type: "object",
    properties: Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [
        `field_${i}`,
        { type: "string", description: SENTENCE.slice(i, i + 60) },
      ]),
    ),
    required: ["field_0"],
    additionalProperties: false,
  },
});
const turn = (n: number): object => ({
  role: n % 2 ? "assistant" : "user",
  content: [{ type: "text", text: SENTENCE.repeat(5).replaceAll(". ", ".\n") }],
});

/** 50 KB as a coding client sends them: tools, instructions, turns. */
const conversation = {
  max_tokens: 32_000,
  system: [{ type: "text", text: SENTENCE.repeat(72), cache_control: { type: "ephemeral" } }],
  tools: Array.from({ length: 12 }, (_, n) => tool(n)),
  messages: Array.from({ length: 20 }, (_, n) => turn(n)),
};
const word = { max_tokens: 64, messages: [{ role: "user", content: SENTENCE.repeat(2) }] };

const shot = (body: object, query = ""): Shot => ({
  path: `/v1/messages?beta=true${query}`,
  headers,
  body: JSON.stringify({ model: "claude-bench", ...body }),
});

export const small = shot(word);
export const large = shot(conversation);
/** 40 events, 10 ms apart. */
export const slow = shot({ ...word, stream: true }, "&events=40&gapMs=10");
/** 1,500 events as fast as they go. */
export const flood = shot({ ...word, stream: true }, "&events=1500&gapMs=0");

const SIZE = 50_000;
const said = (content: string): object => ({ messages: [{ role: "user", content }] });
const filled = (count: number, entry: (n: number) => string, open: string, close: string): string =>
  `${open}${Array.from({ length: count }, (_, n) => entry(n)).join(",")}${close}`;
const bodies: Readonly<Record<string, object | string>> = {
  "as clients send it": conversation,
  "one letter, repeated": said("x".repeat(SIZE)),
  "quotes and backslashes": said('\\"'.repeat(SIZE / 4)),
  "escaped characters": `"messages":[{"role":"user","content":"${"\\u00e9".repeat(SIZE / 6)}"}]`,
  "an image": said(`data:image/png;base64,${"QUJD".repeat(SIZE / 4)}`),
  "lists in lists": `"messages":${"[".repeat(SIZE / 2)}${"]".repeat(SIZE / 2)}`,
  "objects in objects": `"messages":${'{"a":'.repeat(SIZE / 6)}1${"}".repeat(SIZE / 6)}`,
  "many keys": filled(SIZE / 10, (n) => `"k${n}":${n}`, '"messages":{', "}"),
  "many turns": filled(SIZE / 28, () => '{"role":"user","content":1}', '"messages":[', "]"),
  "many empty objects": filled(SIZE / 3, () => "{}", '"messages":[', "]"),
  "one long number": `"messages":[],"max_tokens":${"7".repeat(SIZE)}`,
};

/** Bodies of 50 KB that somebody has made up to cost time, for a model. */
export const hostile = (model: string): [name: string, shot: Shot][] =>
  Object.entries(bodies).map(([name, body]) => {
    const rest = typeof body === "string" ? body : JSON.stringify(body).slice(1, -1);
    return [name, { path: "/v1/messages", headers, body: `{"model":"${model}",${rest}}` }];
  });
