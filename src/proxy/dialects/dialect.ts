import type { IncomingHttpHeaders } from "node:http";
import type { WireDialect } from "../../providers/index.ts";
import type { Carrier } from "../types.ts";

/** What a request wants. `embed` and `other` are never answered by another model. */
export type Use = "generate" | "count" | "models" | "embed" | "other";

/** A request as its dialect understands it. */
export interface Call {
  use: Use;
  /** The upstream path behind the dialect's beginning, for a model by its native id. */
  path(model: string): string;
  /** The model, where the path names it. */
  model?: string;
  /** Whether the answer is a stream, where the path says so; else the body's `stream` does. */
  streams?: boolean;
}

/** What a request looks like before its body is read. */
export interface Head {
  method: string;
  /** Without token and query. */
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
}

/**
 * What an event of a stream is: `start` shows nothing yet, `quiet` shows nothing and a long silence after it is usual, `error`
 * is an outage, `refusal` is the request's own fault.
 */
export type EventKind = "start" | "ping" | "quiet" | "content" | "end" | "error" | "refusal" | "malformed";

/** Follows one stream. */
export interface Reader {
  /** Reads the next event. */
  read(text: string): EventKind;
  /** The model is at something that vendors may send in one piece, such as a thought or a tool call. */
  quiet: boolean;
  /** The stream has come to a good end, whether or not more follows. */
  whole: boolean;
  /** What an `error` or `malformed` event says, for people. */
  detail: string;
  /** The event that ends this stream so that the client asks again; `isFirst`: the client has seen no event of it. */
  broken(message: string, isFirst: boolean): string;
}

/** Faults that are told to a client, as statuses; the dialect finds its own words for them. */
export type Fault = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 426 | 431 | 500 | 503;

/** One wire dialect: data, and how its requests and streams are read. */
export interface Dialect {
  id: WireDialect;
  /** Undefined: no request of this dialect. */
  find(head: Head): Call | undefined;
  /** Headers that may carry a client's credential, in lower case. */
  credentials: readonly string[];
  carrier: Carrier;
  /** Keeps a waiting client's connection alive; empty: this dialect's clients take no such thing. */
  ping: string;
  /** The status of the answer when no target is left: one after which the client asks again. */
  exhausted: number;
  /** The body of an error answer. */
  fault(status: number, message: string): unknown;
  /** The body of an error answer as the last event of a stream. */
  refusal(body: string, message: string): string;
  /** Whether this `reasoning_effort` asks for thoughts that the dialect's streams do not show as they come. */
  thinks(effort: unknown): boolean;
  reader(thinks: boolean): Reader;
  /** The answer to a count of tokens that no target gave. */
  count(tokens: number): unknown;
  models(ids: readonly string[]): unknown;
  model(id: string): unknown;
}

/** A rough count for deadlines and fit: four bytes a token, on the high side for code and JSON. */
export const estimateTokens = (bytes: number): number => Math.ceil(bytes / 4);

/** Reads JSON; undefined: it is none. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A plain object, else an empty one. */
export const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** `/v1/x` and `/x` -> `/x`. */
export const withoutVersion = (path: string): string => path.replace(/^\/v1(?=\/)/, "");

/** What an upstream error says in words, whatever its shape, cut to a line. */
export const errorDetail = (error: unknown): string => {
  const { type, code, status, message } = fields(error);
  const words = [type ?? code ?? status, message ?? (typeof error === "string" ? error : undefined)];
  const text = words.filter((w) => w !== undefined && w !== null).join(": ");
  return text.replace(/\s+/g, " ").slice(0, 200) || "no reason given";
};

/** What is told of an event that is not as its dialect has it: never its text, which may be of a conversation. */
export const notJson = (data: string): string =>
  `${data.length} characters that are no event of this dialect`;
