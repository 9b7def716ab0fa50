import type { Provider } from "../core/spec.ts";

/** A wire protocol that a server speaks. */
export type WireDialect = "chat" | "responses" | "messages" | "gemini";

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
  /** LiteLLM's spelling, which aider shares: what stands before the id, and its own variable names. */
  litellm: { prefix: string; base?: string; key?: string; region?: string; project?: string };
}

/**
 * Sources: models.dev@f3fc692 (2026-07-02), litellm-docs@ef86ded (2026-05-02), ollama@fb30760 (2026-08-21), lmstudio-ai/docs@c6854fb
 * (2026-04-29), llama.cpp tools/server README@00dc805 (2026); read 2026-11-22.
 */
export const providers: Readonly<Record<string, ProviderRow>> = {
  anthropic: {
    title: "Anthropic",
    keys: ["ANTHROPIC_API_KEY"],
    origin: "https://api.anthropic.com",
    paths: { messages: "" },
    litellm: { prefix: "anthropic/", base: "ANTHROPIC_API_BASE", key: "ANTHROPIC_API_KEY" },
  },
  openai: {
    title: "OpenAI",
    keys: ["OPENAI_API_KEY"],
    origin: "https://api.openai.com",
    paths: { chat: "/v1", responses: "/v1" },
    litellm: { prefix: "openai/", base: "OPENAI_API_BASE", key: "OPENAI_API_KEY" },
  },
  "amazon-bedrock": {
    title: "Amazon Bedrock",
    keys: ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"],
    paths: {},
    litellm: { prefix: "bedrock/", region: "AWS_REGION_NAME" },
  },
  "google-vertex": {
    title: "Google Vertex AI",
    keys: ["GOOGLE_APPLICATION_CREDENTIALS"],
    paths: { gemini: "" },
    litellm: { prefix: "vertex_ai/", region: "VERTEXAI_LOCATION", project: "VERTEXAI_PROJECT" },
  },
  google: {
    title: "Google AI Studio",
    keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    origin: "https://generativelanguage.googleapis.com",
    paths: { gemini: "", chat: "/v1beta/openai" },
    litellm: { prefix: "gemini/", key: "GEMINI_API_KEY" },
  },
  openrouter: {
    title: "OpenRouter",
    keys: ["OPENROUTER_API_KEY"],
    origin: "https://openrouter.ai",
    paths: { chat: "/api/v1", responses: "/api/v1", messages: "/api" },
    litellm: { prefix: "openrouter/", base: "OPENROUTER_API_BASE", key: "OPENROUTER_API_KEY" },
  },
  ollama: {
    title: "Ollama",
    keys: ["OLLAMA_API_KEY"],
    origin: "http://127.0.0.1:11434",
    paths: { chat: "/v1", responses: "/v1", messages: "" },
    local: true,
    // `ollama/` uses the older completion endpoint
    litellm: { prefix: "ollama_chat/", base: "OLLAMA_API_BASE" },
  },
  lmstudio: {
    title: "LM Studio",
    keys: ["LM_STUDIO_API_KEY", "LMSTUDIO_API_KEY"],
    origin: "http://127.0.0.1:1234",
    paths: { chat: "/v1", responses: "/v1", messages: "" },
    local: true,
    litellm: { prefix: "lm_studio/", base: "LM_STUDIO_API_BASE", key: "LM_STUDIO_API_KEY" },
  },
  "llama.cpp": {
    title: "llama.cpp server",
    keys: ["LLAMA_API_KEY"],
    origin: "http://127.0.0.1:8080",
    paths: { chat: "/v1", responses: "/v1", messages: "" },
    local: true,
    // no prefix of its own: any OpenAI-compatible server is `openai/` with a base
    litellm: { prefix: "openai/" },
  },
  vllm: {
    title: "vLLM",
    keys: ["VLLM_API_KEY"],
    origin: "http://127.0.0.1:8000",
    paths: { chat: "/v1", responses: "/v1", messages: "" },
    local: true,
    litellm: { prefix: "hosted_vllm/", base: "HOSTED_VLLM_API_BASE", key: "HOSTED_VLLM_API_KEY" },
  },
};

/** The row of a provider entry: its `type`, else its name; undefined: any compatible server. */
export const rowOf = (provider: Pick<Provider, "name" | "type">): ProviderRow | undefined => {
  const id = provider.type ?? provider.name;
  return Object.hasOwn(providers, id) ? providers[id] : undefined;
};

/** `bedrock/us.anthropic.claude-x` -> the provider's name and its native id. */
export const splitModel = (step: string): { provider: string; id: string } | undefined => {
  const cut = step.indexOf("/");
  return cut > 0 && cut < step.length - 1
    ? { provider: step.slice(0, cut), id: step.slice(cut + 1) }
    : undefined;
};
