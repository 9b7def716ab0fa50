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
  /**
   * LiteLLM's spelling, which aider shares: what stands before the id, its own variable names, and what a base ends with
   * (else the path of `chat`).
   */
  litellm: { prefix: string; path?: string; base?: string; key?: string; region?: string; project?: string };
}

/**
 * Sources: models.dev@f3fc692 (2026-07-02), litellm-docs@ef86ded (2026-05-02), ollama@fb30760 (2026-08-21), lmstudio-ai/docs@c6854fb
 * (2026-04-29), llama.cpp tools/server README@00dc805 (2026); read 2026-11-22. LiteLLM's names and paths: its own code,
 * 1.108.6, read 2026-11-25.
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
    litellm: { prefix: "gemini/", path: "/v1beta", key: "GEMINI_API_KEY" },
  },
  openrouter: {
    title: "OpenRouter",
    keys: ["OPENROUTER_API_KEY"],
    origin: "https://openrouter.ai",
    paths: { chat: "/api/v1", responses: "/api/v1", messages: "/api" },
    litellm: { prefix: "openrouter/", base: "OPENROUTER_API_BASE", key: "OPENROUTER_API_KEY" },
  },
  groq: {
    title: "Groq",
    keys: ["GROQ_API_KEY"],
    origin: "https://api.groq.com",
    paths: { chat: "/openai/v1" },
    litellm: { prefix: "groq/", base: "GROQ_API_BASE", key: "GROQ_API_KEY" },
  },
  mistral: {
    title: "Mistral",
    keys: ["MISTRAL_API_KEY"],
    origin: "https://api.mistral.ai",
    paths: { chat: "/v1" },
    litellm: { prefix: "mistral/", base: "MISTRAL_API_BASE", key: "MISTRAL_API_KEY" },
  },
  deepseek: {
    title: "DeepSeek",
    keys: ["DEEPSEEK_API_KEY"],
    origin: "https://api.deepseek.com",
    paths: { chat: "", messages: "/anthropic" },
    litellm: { prefix: "deepseek/", base: "DEEPSEEK_API_BASE", key: "DEEPSEEK_API_KEY" },
  },
  xai: {
    title: "xAI",
    keys: ["XAI_API_KEY"],
    origin: "https://api.x.ai",
    paths: { chat: "/v1", responses: "/v1" },
    litellm: { prefix: "xai/", base: "XAI_API_BASE", key: "XAI_API_KEY" },
  },
  moonshotai: {
    title: "Moonshot AI",
    keys: ["MOONSHOT_API_KEY"],
    origin: "https://api.moonshot.ai",
    paths: { chat: "/v1" },
    litellm: { prefix: "moonshot/", base: "MOONSHOT_API_BASE", key: "MOONSHOT_API_KEY" },
  },
  zai: {
    title: "Z.AI",
    keys: ["ZHIPU_API_KEY", "ZAI_API_KEY"],
    origin: "https://api.z.ai",
    paths: { chat: "/api/paas/v4" },
    litellm: { prefix: "zai/", base: "ZAI_API_BASE", key: "ZAI_API_KEY" },
  },
  alibaba: {
    title: "Alibaba Cloud Model Studio",
    keys: ["DASHSCOPE_API_KEY"],
    origin: "https://dashscope-intl.aliyuncs.com",
    paths: { chat: "/compatible-mode/v1", messages: "/apps/anthropic" },
    litellm: { prefix: "dashscope/", base: "DASHSCOPE_API_BASE", key: "DASHSCOPE_API_KEY" },
  },
  cerebras: {
    title: "Cerebras",
    keys: ["CEREBRAS_API_KEY"],
    origin: "https://api.cerebras.ai",
    paths: { chat: "/v1" },
    litellm: { prefix: "cerebras/", base: "CEREBRAS_API_BASE", key: "CEREBRAS_API_KEY" },
  },
  "fireworks-ai": {
    title: "Fireworks AI",
    keys: ["FIREWORKS_API_KEY"],
    origin: "https://api.fireworks.ai",
    paths: { chat: "/inference/v1" },
    litellm: { prefix: "fireworks_ai/", base: "FIREWORKS_API_BASE", key: "FIREWORKS_API_KEY" },
  },
  togetherai: {
    title: "Together AI",
    keys: ["TOGETHER_API_KEY"],
    origin: "https://api.together.ai",
    paths: { chat: "/v1" },
    litellm: { prefix: "together_ai/", base: "TOGETHER_AI_API_BASE", key: "TOGETHER_API_KEY" },
  },
  ollama: {
    title: "Ollama",
    keys: ["OLLAMA_API_KEY"],
    origin: "http://127.0.0.1:11434",
    paths: { chat: "/v1", responses: "/v1", messages: "" },
    local: true,
    // `ollama/` uses the older completion endpoint
    litellm: { prefix: "ollama_chat/", path: "", base: "OLLAMA_API_BASE" },
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
