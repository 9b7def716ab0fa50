import { eventOf } from "../sse.ts";
import {
  type Call,
  type Dialect,
  errorDetail,
  fields,
  type Head,
  notJson,
  parsed,
  type Reader,
  textOf,
  withoutVersion,
} from "./dialect.ts";

/** Sources: platform.openai.com/docs/api-reference/chat-streaming; openai SDK 6.49.0; both 2026-11-22. */
export const openaiFault = (status: number, message: string): object => ({
  error: {
    message,
    type: status === 401 ? "authentication_error" : status < 500 ? "invalid_request_error" : "server_error",
    param: null,
    code: status === 404 ? "model_not_found" : null,
  },
});
export const openaiModel = (id: string): object => ({
  id,
  object: "model",
  created: 0,
  owned_by: "portable",
});
export const openaiModels = (ids: readonly string[]): object => ({
  object: "list",
  data: ids.map(openaiModel),
});

/** An error that the request itself has earned, in OpenAI's words. */
const isOwnFault = (error: unknown): boolean => {
  const { type, code } = fields(error);
  return (
    textOf(type) === "invalid_request_error" ||
    Number(code) === 400 ||
    textOf(code) === "context_length_exceeded"
  );
};

const uses: Record<string, Call["use"]> = {
  "/chat/completions": "generate",
  "/completions": "generate",
  "/embeddings": "embed",
  "/chat/completions/input_tokens": "count",
};

const find = ({ method, path, headers }: Head): Call | undefined => {
  const rest = withoutVersion(path);
  if (method === "GET" && /^\/models(?:\/|$)/.test(rest) && !("anthropic-version" in headers))
    return { use: "models", path: () => rest };
  const use = Object.hasOwn(uses, rest) ? uses[rest]! : undefined;
  return use && method === "POST" ? { use, path: () => rest } : undefined;
};

const shown = ["content", "reasoning_content", "reasoning", "refusal", "function_call", "audio"];
const isShown = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

const reader = (thinks: boolean): Reader => {
  let hasTools = false;
  let finished = false;
  const says = (kind: "error" | "malformed", detail: string): "error" | "malformed" => {
    self.detail = detail;
    return kind;
  };
  const done = (): "end" | "error" => {
    if (hasTools && !finished) return says("error", "incomplete tool call") as "error";
    self.whole = true;
    return "end";
  };
  /** Whether a choice shows anything. */
  const choice = (value: unknown): boolean => {
    const { delta, text, finish_reason: reason } = fields(value);
    const parts = fields(delta);
    const tools = parts["tool_calls"];
    const callsTools = Array.isArray(tools) && tools.length > 0;
    if (callsTools) hasTools = true;
    if (isShown(reason)) self.whole = finished = true;
    return callsTools || isShown(reason) || isShown(text) || shown.some((key) => isShown(parts[key]));
  };
  const self: Reader = {
    quiet: thinks,
    whole: false,
    detail: "",
    read(text) {
      const { data } = eventOf(text);
      if (data === undefined) return "ping";
      if (data.trim() === "[DONE]") return done();
      const chunk = parsed(data);
      if (typeof chunk !== "object" || chunk === null) return says("malformed", notJson(data));
      const { error, choices } = fields(chunk);
      if (isShown(error)) return isOwnFault(error) ? "refusal" : says("error", errorDetail(error));
      const shows = Array.isArray(choices) && choices.filter(choice).length > 0;
      if (shows) self.quiet = false;
      return shows ? "content" : "start";
    },
    broken: (message) => `data: ${JSON.stringify(openaiFault(503, message))}\n\n`,
  };
  return self;
};

/** OpenAI Chat Completions, and the older completions and embeddings beside them. */
export const chat: Dialect = {
  id: "chat",
  find,
  credentials: ["authorization", "api-key"],
  carrier: "bearer",
  ping: ": ping\n\n",
  exhausted: 503,
  fault: openaiFault,
  refusal(body, message) {
    const data = parsed(body);
    return `data: ${JSON.stringify(isShown(fields(data)["error"]) ? data : openaiFault(400, message))}\n\n`;
  },
  thinks: (effort) => isShown(effort) && effort !== "none" && effort !== "minimal",
  reader,
  count: (tokens) => ({ input_tokens: tokens }),
  models: openaiModels,
  model: openaiModel,
};
