/** Why a try at a target came to nothing. */
export type Failure =
  | { kind: "dns" | "connect" | "tls" | "reset"; detail: string }
  | { kind: "deadline"; phase: Phase; ms: number }
  | { kind: "status"; status: number; retryAfterMs?: number }
  | { kind: "refused"; status: number; signInMs?: number }
  | { kind: "redirect"; status: number }
  | { kind: "malformed"; detail: string }
  | { kind: "cut" }
  | { kind: "event"; detail: string }
  | { kind: "no key"; detail: string }
  | { kind: "left alone"; detail: string };

/** What a try waits for. */
export type Phase = "connect" | "headers" | "content" | "idle" | "total";

/** Statuses after which another target is asked; 529 is Anthropic's overload. Faults of the request itself (400, 404, 413, 422) never are. */
export const isOutage = (status: number): boolean =>
  status === 402 || status === 408 || status === 429 || status >= 500;

/** One failure is enough to leave the target alone: nothing there, or it has said so itself. */
export const isCertain = (failure: Failure): boolean =>
  failure.kind === "dns" ||
  failure.kind === "connect" ||
  failure.kind === "tls" ||
  failure.kind === "refused" ||
  (failure.kind === "deadline" && failure.phase === "connect") ||
  (failure.kind === "status" && (failure.status === 402 || failure.status === 429)) ||
  (failure.kind === "status" && failure.retryAfterMs !== undefined);

const waits: Record<Phase, string> = {
  connect: "no connection",
  headers: "no response",
  content: "no content",
  idle: "silence",
  total: "no whole answer",
};

/** A failure in a few words, for people; holds nothing secret. */
export const said = (failure: Failure): string => {
  switch (failure.kind) {
    case "deadline":
      return `${waits[failure.phase]} for ${seconds(failure.ms)}`;
    case "status":
      return `status ${failure.status}`;
    case "refused":
      return failure.signInMs === undefined
        ? `sign-in refused (status ${failure.status})`
        : `sign-in refused (status ${failure.status}), and its host ${failure.signInMs ? `does not answer for ${seconds(failure.signInMs)}` : "is away"}`;
    case "redirect":
      return `redirects elsewhere (status ${failure.status})`;
    case "cut":
      return "answer cut off";
    case "dns":
      return `name not found (${failure.detail})`;
    case "connect":
      return `cannot connect (${failure.detail})`;
    case "tls":
      return `TLS not trusted (${failure.detail})`;
    case "reset":
      return `connection lost (${failure.detail})`;
    case "malformed":
      return `malformed answer (${failure.detail})`;
    case "event":
      return `error in the stream (${failure.detail})`;
    default:
      return failure.detail;
  }
};

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/**
 * The wait that response headers ask for: seconds or a date (RFC 9110, 10.2.3), or milliseconds as OpenAI and Azure say them;
 * undefined: none.
 */
export const retryAfter = (headers: Readonly<Record<string, unknown>>, nowMs: number): number | undefined => {
  const ms = positive(headers["retry-after-ms"]);
  if (ms !== undefined) return ms;
  const text = headers["retry-after"];
  if (typeof text !== "string") return undefined;
  const inSeconds = positive(text);
  if (inSeconds !== undefined) return inSeconds * 1000;
  // Date.parse takes nearly everything for a date
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
};

const positive = (text: unknown): number | undefined =>
  typeof text === "string" && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
