import { eventOf } from "../sse.ts";
import { openaiFault, openaiModel, openaiModels } from "./chat.ts";
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

/** Sources: platform.openai.com/docs/api-reference/responses-streaming; Codex 0.169.0 and openai SDK 6.49.0, measured; all 2026-11-22. */
const outages = new Set([
  "",
  "server_error",
  "server_is_overloaded",
  "slow_down",
  "rate_limit_exceeded",
  "insufficient_quota",
  "vector_store_timeout",
]);

const find = ({ method, path }: Head): Call | undefined => {
  const rest = withoutVersion(path);
  if (rest === "/responses") return method === "POST" ? { use: "generate", path: () => rest } : undefined;
  if (rest === "/responses/input_tokens" && method === "POST") return { use: "count", path: () => rest };
  return rest.startsWith("/responses/") ? { use: "other", path: () => rest } : undefined;
};

const event = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const response = (id: string, status: string, error: unknown): object => ({
  id,
  object: "response",
  created_at: 0,
  status,
  error,
  incomplete_details: null,
  output: [],
});

/** `server_error` alone makes Codex ask again: `server_is_overloaded` and a status of 429 end its turn. */
const failedEvents = (message: string, id: string, count: number, isFirst: boolean): string => {
  const opening = isFirst
    ? event("response.created", { sequence_number: 0, response: response(id, "in_progress", null) })
    : "";
  const error = { code: "server_error", message };
  const number = isFirst ? 1 : count;
  return (
    opening + event("response.failed", { sequence_number: number, response: response(id, "failed", error) })
  );
};

const NO_ID = "resp_portable";

const reader = (): Reader => {
  let id = NO_ID;
  let count = 0;
  let checked = false;
  const says = <K extends "error" | "malformed">(kind: K, detail: string): K => {
    self.detail = detail;
    return kind;
  };
  const failed = (error: unknown): "error" | "refusal" => {
    const code = textOf(fields(error)["code"]) || textOf(fields(error)["type"]);
    return outages.has(code) ? says("error", errorDetail(error)) : "refusal";
  };
  const item = (data: unknown): "start" | "quiet" => {
    self.quiet = fields(fields(data)["item"])["type"] !== "message";
    return self.quiet ? "quiet" : "start";
  };
  const kindOf = (type: string, data: string): ReturnType<Reader["read"]> => {
    const fact = (): unknown => parsed(data);
    switch (type) {
      case "":
        return says("malformed", notJson(data));
      case "keepalive":
        return "ping";
      case "response.created":
        id = textOf(fields(fields(fact())["response"])["id"]) || NO_ID;
        return "start";
      case "response.queued":
      case "response.in_progress":
      case "response.content_part.added":
      case "response.reasoning_summary_part.added":
        return "start";
      case "response.output_item.added":
        return item(fact());
      case "response.completed":
      case "response.incomplete":
        self.whole = true;
        return "end";
      case "response.failed":
        return failed(fields(fields(fact())["response"])["error"]);
      case "error":
        return failed(fields(fact())["error"] ?? fact());
    }
    if (!checked && fact() === undefined) return says("malformed", notJson(data));
    checked = true;
    if (type === "response.output_item.done") self.quiet = false;
    return "content";
  };
  const self: Reader = {
    quiet: false,
    whole: false,
    detail: "",
    read(text) {
      const { name, data } = eventOf(text);
      if (data === undefined) return "ping";
      const kind = kindOf(name || textOf(fields(parsed(data))["type"]), data);
      if (kind !== "error") count++;
      return kind;
    },
    broken: (message, isFirst) => failedEvents(message, id, count, isFirst),
  };
  return self;
};

/** OpenAI Responses. */
export const responses: Dialect = {
  id: "responses",
  find,
  credentials: ["authorization", "api-key"],
  carrier: "bearer",
  ping: ": ping\n\n",
  exhausted: 503,
  fault: openaiFault,
  refusal(body, message) {
    const { error } = fields(parsed(body));
    const { code, type, message: own } = fields(error);
    const said = { code: textOf(code) || textOf(type) || "invalid_prompt", message: textOf(own) || message };
    return (
      event("response.created", { sequence_number: 0, response: response(NO_ID, "in_progress", null) }) +
      event("response.failed", { sequence_number: 1, response: response(NO_ID, "failed", said) })
    );
  },
  thinks: () => false,
  reader,
  count: (tokens) => ({ object: "response.input_tokens", input_tokens: tokens }),
  models: openaiModels,
  model: openaiModel,
};
