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

/** Sources: platform.claude.com/docs/en/api/errors and /docs/en/build-with-claude/streaming; Claude Code 2.1.330, measured; both 2026-11-22. */
const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};
/** Errors in a stream after which another target may well answer. */
const outages = new Set([
  "api_error",
  "overloaded_error",
  "rate_limit_error",
  "timeout_error",
  "billing_error",
  "",
]);

const at = (use: Call["use"], path: string): Call => ({ use, path: () => path });

const find = ({ method, path, headers }: Head): Call | undefined => {
  const rest = withoutVersion(path);
  if (rest === "/messages") return method === "POST" ? at("generate", "/v1/messages") : undefined;
  if (rest === "/messages/count_tokens")
    return method === "POST" ? at("count", "/v1/messages/count_tokens") : undefined;
  if (rest.startsWith("/messages/")) return at("other", `/v1${rest}`);
  if (!("anthropic-version" in headers)) return undefined;
  return method === "GET" && /^\/models(?:\/|$)/.test(rest) ? at("models", `/v1${rest}`) : undefined;
};

const event = (data: unknown): string => `event: error\ndata: ${JSON.stringify(data)}\n\n`;
const fault = (status: number, message: string): object => ({
  type: "error",
  error: { type: errorTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error"), message },
  request_id: null,
});

const reader = (): Reader => {
  let openTool = false;
  let checked = false;
  const failed = (detail: string): "error" => {
    self.detail = detail;
    return "error";
  };
  /** The first content is checked as JSON, so that a stream of something else never becomes the answer. */
  const content = (data: string): "content" | "malformed" => {
    if (!checked && parsed(data) === undefined) return malformed(data);
    checked = true;
    return "content";
  };
  const malformed = (data: string): "malformed" => {
    self.detail = notJson(data);
    return "malformed";
  };
  const blockStart = (data: string): "start" | "quiet" | "malformed" => {
    const block = parsed(data);
    if (block === undefined) return malformed(data);
    const type = textOf(fields(fields(block)["content_block"])["type"]);
    openTool = type === "tool_use";
    self.quiet = type !== "text";
    return self.quiet ? "quiet" : "start";
  };
  const error = (data: string): "error" | "refusal" => {
    const said = fields(fields(parsed(data))["error"]);
    return outages.has(textOf(said["type"])) ? failed(errorDetail(said)) : "refusal";
  };
  const self: Reader = {
    quiet: false,
    whole: false,
    detail: "",
    read(text) {
      const { name, data } = eventOf(text);
      if (data === undefined) return "ping";
      switch (name || textOf(fields(parsed(data))["type"])) {
        case "ping":
          return "ping";
        case "message_start":
          return "start";
        case "content_block_start":
          return blockStart(data);
        case "content_block_delta":
          return content(data);
        case "content_block_stop":
          openTool = false;
          self.quiet = false;
          return content(data);
        case "message_delta":
          return openTool ? failed("incomplete tool call") : content(data);
        case "message_stop":
          if (openTool) return failed("incomplete tool call");
          self.whole = true;
          return "end";
        case "error":
          return error(data);
        case "":
          return malformed(data);
        default:
          return "start";
      }
    },
    broken: (message) => event(fault(529, message)),
  };
  return self;
};

/** Anthropic Messages. */
export const messages: Dialect = {
  id: "messages",
  find,
  credentials: ["x-api-key", "authorization"],
  carrier: "x-api-key",
  ping: 'event: ping\ndata: {"type":"ping"}\n\n',
  // Claude Code gives up after three of these in 2 s, with the message shown, where other 5xx take 3 minutes
  exhausted: 529,
  fault,
  refusal(body, message) {
    const data = parsed(body);
    return event(fields(data)["type"] === "error" ? data : fault(400, message));
  },
  thinks: () => false,
  reader,
  count: (tokens) => ({ input_tokens: tokens }),
  models: (ids) => ({
    data: ids.map(entry),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  }),
  model: (id) => entry(id),
};

const entry = (id: string): object => ({
  type: "model",
  id,
  display_name: id,
  created_at: "1970-01-01T00:00:00Z",
});
