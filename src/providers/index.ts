import type { Provider } from "../core/spec.ts";
import { providers } from "./rows.ts";

export { providers } from "./rows.ts";

/** A wire protocol that a server speaks. */
export type WireDialect = "chat" | "responses" | "messages" | "gemini";

/** A GET below the origin that costs nothing. */
export interface Probe {
  path: string;
  /** It answers only to a key. */
  key?: true;
}

/** What is known of one kind of provider. An id that no row knows is never an error. */
export interface ProviderRow {
  title: string;
  /** Names of the environment variables that hold its key, the most usual first. */
  keys: readonly string[];
  /** Without a dialect path; undefined: regional, or per resource. */
  origin?: string;
  /** Where each dialect that it serves natively begins, behind the origin. */
  paths: Partial<Record<WireDialect, string>>;
  /** It runs on this machine. */
  local?: true;
  /** It serves models of several vendors: whose a model is, its id says. */
  gateway?: true;
  /** The cheapest sign of life; undefined: there is none without a signed request. */
  probe?: Probe;
  /**
   * LiteLLM's spelling, which aider shares: what stands before the id, its own variable names, and what a base ends with
   * (else the path of `chat`).
   */
  litellm: { prefix: string; path?: string; base?: string; key?: string; region?: string; project?: string };
}

/** Where a subscription login of Claude Code is renewed (2.1.330's own code, 2026-11-26). */
export const claudeSignIn = "https://platform.claude.com/v1/oauth/token";

/** The row of a provider entry: its `type`, else its name; undefined: any compatible server. */
export const rowOf = (provider: Pick<Provider, "name" | "type">): ProviderRow | undefined => {
  const id = provider.type ?? provider.name;
  return Object.hasOwn(providers, id) ? providers[id] : undefined;
};

/** The row by which a provider entry is asked: an unknown kind is compatible with OpenAI's. */
export const servedBy = (provider: Pick<Provider, "name" | "type">): ProviderRow =>
  rowOf(provider) ?? providers["openai-compatible"]!;

/** Stands where a client insists on a key and its user has none; it reaches no vendor. */
export const placeholder = "portable";

/** A host of this machine, as a URL has it, without the brackets of an IPv6 address. */
export const isLoopbackHost = (host: string): boolean =>
  /^(?:(?:[a-z0-9-]+\.)*localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})$/.test(
    host,
  );
/** An address of this machine, read as the clients read it: `http://example.com\@localhost` is none. */
export const isLoopback = (origin: string): boolean =>
  URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname.replace(/^\[|\]$/g, ""));

/** `bedrock/us.anthropic.claude-x` -> the provider's name and its native id. */
export const splitModel = (step: string): { provider: string; id: string } | undefined => {
  const cut = step.indexOf("/");
  return cut > 0 && cut < step.length - 1
    ? { provider: step.slice(0, cut), id: step.slice(cut + 1) }
    : undefined;
};
