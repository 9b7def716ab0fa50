import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WireDialect } from "../src/providers/index.ts";

type Json = Record<string, unknown>;

/** What a client has understood of an answer, whatever its dialect. */
export interface Understood {
  text: string;
  thinking: string;
  calls: { name: string; input: unknown }[];
  /** Tokens in and out. */
  usage: [unknown, unknown];
}

/** An official SDK as a client of one dialect. Each call rejects where the SDK throws. */
export interface SdkClient {
  dialect: WireDialect;
  sdk: string;
  stream(base: string): Promise<Understood>;
  whole(base: string): Promise<Understood>;
}

const folder = join(import.meta.dirname, "node_modules");
const pinned = JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8"))
  .dependencies as Record<string, string>;

/** The name and version of an SDK that is installed; undefined: it is not. */
export const installed = (sdk: string): string | undefined =>
  existsSync(join(folder, sdk, "package.json")) ? `${sdk} ${pinned[sdk]}` : undefined;

/** The constructor that an SDK exports, by its name. */
const load = async (sdk: string, name: string, entry: string): Promise<new (options: Json) => never> =>
  (await import(join(folder, sdk, entry)))[name];

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const texts = (parts: Json[], type: string, key: string): string =>
  parts.map((part) => (part["type"] === type ? String(part[key]) : "")).join("");

interface MessageStream {
  finalMessage(): Promise<Json>;
}
interface Anthropic {
  messages: { stream(body: Json): MessageStream; create(body: Json): Promise<Json> };
}
const ofMessage = ({ content, usage }: Json): Understood => {
  const { input_tokens, output_tokens } = usage as Json;
  return {
    text: texts(list(content), "text", "text"),
    thinking: texts(list(content), "thinking", "thinking"),
    calls: list(content).flatMap(({ type, name, input }) =>
      type === "tool_use" ? [{ name: String(name), input }] : [],
    ),
    usage: [input_tokens, output_tokens],
  };
};
const anthropic = async (base: string): Promise<Anthropic> => {
  const Client = await load("@anthropic-ai/sdk", "default", "index.mjs");
  return new Client({ baseURL: base, apiKey: "dummy", maxRetries: 0 });
};
const message = { model: "big", max_tokens: 100, messages: [{ role: "user", content: "hi" }] };

interface OpenAi {
  chat: {
    completions: {
      stream(body: Json): { finalChatCompletion(): Promise<Json> };
      create(body: Json): Promise<Json>;
    };
  };
  responses: { stream(body: Json): { finalResponse(): Promise<Json> }; create(body: Json): Promise<Json> };
}
const openai = async (base: string): Promise<OpenAi> => {
  const Client = await load("openai", "default", "index.mjs");
  return new Client({ baseURL: `${base}/v1`, apiKey: "dummy", maxRetries: 0 });
};
const ofCompletion = ({ choices, usage }: Json): Understood => {
  const { content, tool_calls } = list(choices)[0]!["message"] as Json;
  const { prompt_tokens, completion_tokens } = usage as Json;
  return {
    text: String(content ?? ""),
    thinking: "",
    calls: list(tool_calls).map((call) => {
      const { name, arguments: input } = call["function"] as Json;
      return { name: String(name), input: JSON.parse(String(input)) };
    }),
    usage: [prompt_tokens, completion_tokens],
  };
};
const completion = { model: "big", messages: [{ role: "user", content: "hi" }] };

/** The SDK resolves also where the response says that it has failed. */
const ofResponse = ({ output, usage, status, error }: Json): Understood => {
  if (status !== "completed") throw new Error(`${status}: ${JSON.stringify(error)}`);
  const { input_tokens, output_tokens } = usage as Json;
  const items = list(output);
  return {
    text: items.map((item) => texts(list(item["content"]), "output_text", "text")).join(""),
    thinking: items.map((item) => texts(list(item["summary"]), "summary_text", "text")).join(""),
    calls: items.flatMap(({ type, name, arguments: input }) =>
      type === "function_call" ? [{ name: String(name), input: JSON.parse(String(input)) }] : [],
    ),
    usage: [input_tokens, output_tokens],
  };
};

interface Gemini {
  models: {
    generateContentStream(body: Json): Promise<AsyncIterable<Json>>;
    generateContent(body: Json): Promise<Json>;
  };
}
const gemini = async (base: string): Promise<Gemini> => {
  const Client = await load("@google/genai", "GoogleGenAI", "dist/node/index.mjs");
  return new Client({ apiKey: "dummy", httpOptions: { baseUrl: base } });
};
const ofChunks = (chunks: readonly Json[]): Understood => {
  const parts = chunks.flatMap(({ candidates }) =>
    list((list(candidates)[0]?.["content"] as Json | undefined)?.["parts"]),
  );
  const of = (isThought: boolean): string =>
    parts
      .map(({ text, thought }) => (text !== undefined && (thought === true) === isThought ? text : ""))
      .join("");
  const { promptTokenCount, candidatesTokenCount } = (chunks.at(-1)?.["usageMetadata"] ?? {}) as Json;
  return {
    text: of(false),
    thinking: of(true),
    calls: parts.flatMap(({ functionCall }) => {
      const { name, args } = (functionCall ?? {}) as Json;
      return functionCall ? [{ name: String(name), input: args }] : [];
    }),
    usage: [promptTokenCount, candidatesTokenCount],
  };
};
const contents = { model: "big", contents: "hi" };

export const sdkClients: readonly SdkClient[] = [
  {
    dialect: "messages",
    sdk: "@anthropic-ai/sdk",
    stream: async (base) => ofMessage(await (await anthropic(base)).messages.stream(message).finalMessage()),
    whole: async (base) => ofMessage(await (await anthropic(base)).messages.create(message)),
  },
  {
    dialect: "chat",
    sdk: "openai",
    stream: async (base) => {
      const { chat } = await openai(base);
      const asked = { ...completion, stream_options: { include_usage: true } };
      return ofCompletion(await chat.completions.stream(asked).finalChatCompletion());
    },
    whole: async (base) => ofCompletion(await (await openai(base)).chat.completions.create(completion)),
  },
  {
    dialect: "responses",
    sdk: "openai",
    stream: async (base) => {
      const { responses } = await openai(base);
      return ofResponse(await responses.stream({ model: "big", input: "hi" }).finalResponse());
    },
    whole: async (base) =>
      ofResponse(await (await openai(base)).responses.create({ model: "big", input: "hi" })),
  },
  {
    dialect: "gemini",
    sdk: "@google/genai",
    stream: async (base) => {
      const chunks: Json[] = [];
      for await (const chunk of await (await gemini(base)).models.generateContentStream(contents))
        chunks.push(chunk);
      return ofChunks(chunks);
    },
    whole: async (base) => ofChunks([await (await gemini(base)).models.generateContent(contents)]),
  },
];

/** The text of a Responses stream, read event by event, without the SDK's own gathering. */
export const responseText = async (base: string): Promise<string> => {
  const { responses } = await openai(base);
  let text = "";
  for await (const event of (await responses.create({
    model: "big",
    input: "hi",
    stream: true,
  })) as unknown as AsyncIterable<Json>)
    if (event["type"] === "response.output_text.delta") text += event["delta"];
  return text;
};
