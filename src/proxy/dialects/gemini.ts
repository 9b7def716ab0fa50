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
} from "./dialect.ts";

/** Sources: ai.google.dev/api/generate-content; Gemini CLI 0.61.0, measured; @google/genai, read; all 2026-11-22. */
const statuses: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};
const uses: Record<string, Call["use"]> = {
  generateContent: "generate",
  streamGenerateContent: "generate",
  countTokens: "count",
  embedContent: "embed",
  batchEmbedContents: "embed",
};

const ROUTE = /^\/(v1|v1beta|v1alpha)\/models(?:\/([^/:]+))?(?::(\w+))?$/;

const find = ({ method, path, query }: Head): Call | undefined => {
  const [, version, model, verb] = ROUTE.exec(path) ?? [];
  if (version === undefined) return undefined;
  if (verb === undefined)
    return method === "GET" && version !== "v1" ? { use: "models", path: () => path } : undefined;
  if (model === undefined || method !== "POST") return undefined;
  const use = Object.hasOwn(uses, verb) ? uses[verb]! : "other";
  return {
    use,
    path: (id) => `/${version}/models/${encodeURIComponent(id)}:${verb}`,
    model: decoded(model),
    streams: verb === "streamGenerateContent" && /(?:^|&)alt=sse(?:&|$)/.test(query),
  };
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const fault = (status: number, message: string): object => ({
  error: {
    code: status,
    message,
    status: statuses[status] ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
  },
});
const isOutage = (error: unknown): boolean => {
  const code = Number(fields(error)["code"]);
  return !(code >= 400 && code < 500) || code === 408 || code === 429;
};

const reader = (): Reader => {
  const says = <K extends "error" | "malformed">(kind: K, detail: string): K => {
    self.detail = detail;
    return kind;
  };
  /** Whether a candidate shows anything. */
  const candidate = (value: unknown): boolean => {
    const { content, finishReason } = fields(value);
    const parts = fields(content)["parts"];
    if (textOf(finishReason)) self.whole = true;
    return self.whole || (Array.isArray(parts) && parts.length > 0);
  };
  const self: Reader = {
    quiet: false,
    whole: false,
    detail: "",
    read(text) {
      const { data } = eventOf(text);
      if (data === undefined) return "ping";
      const value = parsed(data);
      if (typeof value !== "object" || value === null) return says("malformed", notJson(data));
      const { error, candidates, promptFeedback } = fields(Array.isArray(value) ? value[0] : value);
      if (error !== undefined) return isOutage(error) ? says("error", errorDetail(error)) : "refusal";
      if (fields(promptFeedback)["blockReason"] !== undefined) self.whole = true;
      const shows = Array.isArray(candidates) && candidates.filter(candidate).length > 0;
      return shows || self.whole ? "content" : "start";
    },
    // the SDK sees an error only in bare JSON, and takes what stands in `data:` for an empty answer
    broken: (message) => JSON.stringify(fault(503, message)),
  };
  return self;
};

const entry = (id: string): object => ({
  name: `models/${id}`,
  displayName: id,
  supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
});

/** Google Gemini. */
export const gemini: Dialect = {
  id: "gemini",
  find,
  credentials: ["x-goog-api-key", "authorization"],
  carrier: "x-goog-api-key",
  // the SDK takes a comment for a broken answer in its older versions
  ping: "",
  exhausted: 503,
  fault,
  refusal: (body, message) =>
    JSON.stringify(fields(parsed(body))["error"] === undefined ? fault(400, message) : parsed(body)),
  thinks: () => false,
  reader,
  count: (tokens) => ({ totalTokens: tokens }),
  models: (ids) => ({ models: ids.map(entry) }),
  model: (id) => entry(id),
};
