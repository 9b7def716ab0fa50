import type { WireDialect } from "../providers/index.ts";

/** Where a target's key comes from; it is read when the target is asked, and never kept here. */
export type Key = { env: string } | { command: string };

/** How a key is carried. */
export type Carrier = "bearer" | "x-api-key" | "x-goog-api-key";

/** One step of a chain: a model at a provider. */
export interface Target {
  /** `provider/model`, as the spec says it. */
  id: string;
  provider: string;
  /** `http(s)://host[:port]`, without a dialect path. */
  origin: string;
  /** Where each dialect that it serves begins, behind the origin; the others it does not serve. */
  paths: Readonly<Partial<Record<WireDialect, string>>>;
  /** The provider's own id of the model. */
  model: string;
  /** Dialects whose vendor this is: the credential that a client of theirs brings may go here. */
  own?: readonly WireDialect[];
  key?: Key;
  /** Without it: as the dialect carries a key. */
  carrier?: Carrier;
  /** Sent with every request, in place of a client's header of that name; may hold secrets. */
  headers?: Readonly<Record<string, string>>;
  /** It runs on this machine: it needs no key and reads a prompt slowly. */
  local?: true;
  /** Tokens that fit into its context. */
  context?: number;
}

/** A chain by its alias. */
export interface Route {
  name: string;
  targets: readonly Target[];
  /** `wait`: the first target answers or nobody does. */
  onOutage?: "wait" | "degrade";
}

/** What one repository has registered: its chains, under a token that its clients carry in their base URL. */
export interface Registration {
  token: string;
  /** What people call it: the repository's folder. */
  label: string;
  routes: readonly Route[];
  /** The route for models that no route names; without it the first. */
  fallback?: string;
  policy: Policy;
  /** A plain pipe to the client's own vendor: no failover, no deadlines. */
  plain?: true;
}

/** Limits and switches; times in milliseconds. */
export interface Policy {
  connectMs: number;
  /** From the request to its response headers, for streams. */
  headersMs: number;
  /** From the response headers to the first content, for streams. */
  firstContentMs: number;
  /** Silence of a stream after its first content; pings are no sound. */
  idleMs: number;
  /** Silence of a stream while the model thinks or writes a tool call, which vendors may send in one piece (platform.claude.com/docs/en/build-with-claude/streaming, 2026-11-22). */
  quietMs: number;
  /** A whole non-streaming request, and the longest wait for a target after which there is no other. */
  totalMs: number;
  /** Between two pings to a client that waits for first content. */
  pingMs: number;
  /** The first time a target is left alone; doubles with each failed probe. */
  openMs: number;
  maxOpenMs: number;
  /** The longest wait that a vendor's Retry-After can ask for. */
  maxRetryAfterMs: number;
  /** A credential that has worked and is refused twice is an outage. */
  signInOutage: boolean;
  /** Keeps the tools and instructions of clients in the prompt cache of local servers. */
  warm?: boolean;
}

/**
 * Clients wait far longer by themselves: Claude Code 2.1.330 cuts a silent stream at 301 s and a hang at 360 s, Codex
 * 0.169.0 at 300 s (measured 2026-11-22).
 */
export const defaultPolicy: Policy = {
  connectMs: 3_000,
  headersMs: 10_000,
  firstContentMs: 60_000,
  idleMs: 60_000,
  quietMs: 300_000,
  totalMs: 600_000,
  pingMs: 5_000,
  openMs: 15_000,
  maxOpenMs: 300_000,
  maxRetryAfterMs: 3_600_000,
  signInOutage: true,
};

/** Limits of the server, whoever asks. */
export interface Limits {
  maxBodyBytes: number;
  maxHeaderBytes: number;
  /** For a client to send its headers, and a whole request. */
  headersMs: number;
  requestMs: number;
}

/** Anthropic takes 32 MB a request (platform.claude.com/docs/en/api/errors, 2026-11-22). */
export const defaultLimits: Limits = {
  maxBodyBytes: 64 * 1024 * 1024,
  maxHeaderBytes: 64 * 1024,
  headersMs: 10_000,
  requestMs: 60_000,
};
