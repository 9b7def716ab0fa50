import { type ProviderRow, providers, type WireDialect } from "./index.ts";

/** How a tool names one kind of provider and what belongs to it. */
export interface Own {
  /** The tool's word for the kind. */
  provider?: string;
  /** Variables that hold the key, the most usual first. */
  keys?: readonly string[];
  /** The variable or setting of the base address. */
  base?: string;
  /** What follows the origin in the base; without it, the path of the dialect. */
  path?: string;
  region?: string;
  project?: string;
  /** Variables that must be set besides. */
  sets?: Readonly<Record<string, string>>;
}
/** What is known of one tool's ways to reach providers. */
interface ToolRow {
  source: string;
  /** The dialects it speaks, the one it prefers first. */
  dialects: readonly WireDialect[];
  /** Kinds that it knows by name. */
  own: Readonly<Record<string, Own>>;
  /** A kind without a name of its own; undefined: it cannot be reached. */
  other(kind: string, row: ProviderRow, dialect: WireDialect): Own | undefined;
  /** Its name of a model; without it, the native id. */
  model?(provider: string, id: string): string;
}

const aws = ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"];
const upperSnake = (kind: string): string => kind.toUpperCase().replace(/[^A-Z0-9]+/g, "_");

const claude: ToolRow = {
  source:
    "@anthropic-ai/claude-code 2.1.330, measured 2026-11-22; CLOUD_ML_REGION and the project from its text, 2026-11-26",
  dialects: ["messages"],
  own: {
    anthropic: { keys: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"], base: "ANTHROPIC_BASE_URL" },
    "amazon-bedrock": {
      keys: aws,
      base: "ANTHROPIC_BEDROCK_BASE_URL",
      path: "",
      region: "AWS_REGION",
      sets: { CLAUDE_CODE_USE_BEDROCK: "1" },
    },
    "google-vertex": {
      keys: ["GOOGLE_APPLICATION_CREDENTIALS"],
      base: "ANTHROPIC_VERTEX_BASE_URL",
      path: "",
      region: "CLOUD_ML_REGION",
      project: "ANTHROPIC_VERTEX_PROJECT_ID",
      sets: { CLAUDE_CODE_USE_VERTEX: "1" },
    },
  },
  other: () => ({ keys: ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"], base: "ANTHROPIC_BASE_URL" }),
};

const codex: ToolRow = {
  source:
    "@openai/codex 0.169.0, measured 2026-11-22: it speaks Responses only, and OPENAI_BASE_URL is ignored",
  dialects: ["responses"],
  own: { openai: { provider: "openai", keys: ["CODEX_API_KEY"], base: "openai_base_url" } },
  other: (kind, row) => ({
    provider: kind,
    keys: row.keys.slice(0, 1),
    base: `model_providers.${/^[\w-]+$/.test(kind) ? kind : `"${kind}"`}.base_url`,
  }),
};

const gemini: ToolRow = {
  source: "@google/gemini-cli 0.61.0, measured 2026-11-22",
  dialects: ["gemini"],
  own: {
    google: { keys: ["GEMINI_API_KEY"], base: "GOOGLE_GEMINI_BASE_URL" },
    "google-vertex": {
      keys: ["GOOGLE_API_KEY"],
      base: "GOOGLE_VERTEX_BASE_URL",
      sets: { GOOGLE_GENAI_USE_VERTEXAI: "true" },
    },
  },
  other: () => ({ keys: ["GEMINI_API_KEY"], base: "GOOGLE_GEMINI_BASE_URL" }),
};

const copilotTypes: Readonly<Partial<Record<WireDialect, Record<string, string>>>> = {
  chat: { COPILOT_PROVIDER_TYPE: "openai" },
  responses: { COPILOT_PROVIDER_TYPE: "openai", COPILOT_PROVIDER_WIRE_API: "responses" },
  messages: { COPILOT_PROVIDER_TYPE: "anthropic" },
};
const byok = { keys: ["COPILOT_PROVIDER_API_KEY"], base: "COPILOT_PROVIDER_BASE_URL" };
const copilot: ToolRow = {
  source: "@github/copilot 1.0.102, measured 2026-11-22: variables only, no file",
  dialects: ["chat", "responses", "messages"],
  own: {
    "github-copilot": { keys: [] },
    azure: { ...byok, path: "", sets: { COPILOT_PROVIDER_TYPE: "azure" } },
  },
  other: (_, __, dialect) => ({ ...byok, sets: copilotTypes[dialect]! }),
};

/** Variables by which opencode finds a key, where models.dev has others than the provider's usual ones. */
const modelsDev: Readonly<Record<string, Own>> = {
  anthropic: { keys: ["ANTHROPIC_API_KEY"], path: "/v1" },
  "amazon-bedrock": { keys: aws, region: "AWS_REGION" },
  "google-vertex": {
    keys: ["GOOGLE_APPLICATION_CREDENTIALS"],
    region: "GOOGLE_VERTEX_LOCATION",
    project: "GOOGLE_VERTEX_PROJECT",
  },
  google: { keys: ["GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"], path: "/v1beta" },
  azure: { keys: ["AZURE_API_KEY"], project: "AZURE_RESOURCE_NAME" },
  "github-copilot": { keys: ["GITHUB_TOKEN"] },
  lmstudio: { keys: ["LMSTUDIO_API_KEY"] },
  zai: { keys: ["ZHIPU_API_KEY"] },
};
const atOpencode = (kind: string, own: Own): Own => ({
  provider: kind,
  base: `provider.${kind}.options.baseURL`,
  ...own,
});
const opencode: ToolRow = {
  source: "models.dev@f3fc692, 2026-07-02, which opencode 1.18.33 reads; base addresses measured 2026-11-22",
  dialects: ["chat", "responses", "messages", "gemini"],
  own: Object.fromEntries(Object.entries(modelsDev).map(([kind, own]) => [kind, atOpencode(kind, own)])),
  other: (kind, row, dialect) =>
    atOpencode(kind, { keys: row.keys, ...(dialect === "messages" && { path: "/v1" }) }),
  model: (provider, id) => `${provider}/${id}`,
};

const byLitellm = ({ keys, litellm: names }: ProviderRow): Own => ({
  provider: names.prefix.slice(0, -1),
  keys: names.key === undefined ? (names.region ? keys : []) : [names.key],
  ...(names.base !== undefined && { base: names.base }),
  ...(names.path !== undefined && { path: names.path }),
  ...(names.region !== undefined && { region: names.region }),
  ...(names.project !== undefined && { project: names.project }),
});
const litellm: ToolRow = {
  source: "litellm 1.108.6, its own code, 2026-11-25",
  dialects: ["chat", "messages", "gemini", "responses"],
  own: Object.fromEntries(Object.entries(providers).map(([kind, row]) => [kind, byLitellm(row)])),
  other: () => undefined,
  model: (provider, id) => `${provider}/${id}`,
};
const aider: ToolRow = { ...litellm, source: "aider-chat 0.86.2, which asks through LiteLLM, 2026-11-25" };

const named = (names: Readonly<Record<string, Own & { provider: string }>>, base: string) =>
  Object.fromEntries(
    Object.entries(names).map(([kind, own]): [string, Own] => [
      kind,
      { keys: providers[kind]!.keys.slice(0, 1), base, ...own },
    ]),
  );

const continueRow: ToolRow = {
  source:
    "continuedev/continue@022f2cc3, packages/openai-adapters/src/index.ts; keys as `${{ secrets.NAME }}`",
  dialects: ["chat"],
  own: named(
    {
      anthropic: { provider: "anthropic", path: "/v1" },
      openai: { provider: "openai" },
      "amazon-bedrock": { provider: "bedrock", keys: aws },
      "google-vertex": { provider: "vertexai" },
      google: { provider: "gemini", path: "/v1beta" },
      azure: { provider: "azure", path: "" },
      openrouter: { provider: "openrouter" },
      groq: { provider: "groq" },
      mistral: { provider: "mistral" },
      deepseek: { provider: "deepseek" },
      xai: { provider: "xAI" },
      moonshotai: { provider: "moonshot" },
      cerebras: { provider: "cerebras" },
      "fireworks-ai": { provider: "fireworks" },
      togetherai: { provider: "together" },
      // the editor's own client asks below the bare origin, the command line's wants `/v1`
      ollama: { provider: "ollama", path: "" },
      lmstudio: { provider: "lmstudio" },
      "llama.cpp": { provider: "llama.cpp" },
      vllm: { provider: "vllm" },
      llamafile: { provider: "llamafile" },
    },
    "apiBase",
  ),
  other: (_, row) => ({ provider: "openai", keys: row.keys.slice(0, 1), base: "apiBase" }),
};

const zed: ToolRow = {
  source:
    "zed.dev/docs/ai/use-api-access and crates/settings_content, read 2026-11-22: the user's settings only",
  dialects: ["chat", "messages"],
  own: named(
    {
      anthropic: { provider: "anthropic" },
      openai: { provider: "openai" },
      "amazon-bedrock": { provider: "bedrock", keys: [], region: "region" },
      google: { provider: "google", keys: ["GEMINI_API_KEY", "GOOGLE_AI_API_KEY"], path: "" },
      mistral: { provider: "mistral" },
      deepseek: { provider: "deepseek", path: "/v1" },
      xai: { provider: "x_ai" },
      openrouter: { provider: "open_router" },
      // it signs in by itself
      "github-copilot": { provider: "copilot_chat", keys: [] },
      ollama: { provider: "ollama", path: "" },
      lmstudio: { provider: "lmstudio", keys: ["LMSTUDIO_API_KEY"], path: "/api/v0" },
    },
    "api_url",
  ),
  other: (kind, _, dialect) => ({
    provider: `${dialect === "chat" ? "openai" : "anthropic"}_compatible.${kind}`,
    keys: [`${upperSnake(kind)}_API_KEY`],
    base: "api_url",
  }),
};

const cline: ToolRow = {
  source:
    "cline 3.0.65 with providers.json in its data folder, measured 2026-11-22: keys stand there, no variable",
  dialects: ["chat"],
  own: {
    anthropic: { provider: "anthropic", base: "baseUrl", path: "/v1" },
    ollama: { provider: "ollama", base: "baseUrl", path: "" },
    litellm: { provider: "litellm", base: "baseUrl", path: "" },
  },
  other: () => ({ provider: "openai-compatible", base: "baseUrl" }),
};

/** Every tool that can be told where its models are; Cursor keeps that in its own application. */
export const toolRows = {
  claude,
  codex,
  gemini,
  copilot,
  opencode,
  aider,
  litellm,
  continue: continueRow,
  zed,
  cline,
} as const satisfies Record<string, ToolRow>;
export type Tool = keyof typeof toolRows;

/** How a tool reaches a kind of provider. */
export interface Reach extends Own {
  keys: readonly string[];
  /** Undefined: a protocol of the vendor's own. */
  dialect?: WireDialect;
  /** The whole base address of the provider's usual origin; undefined: regional, or per resource. */
  address?: string;
  model(id: string): string;
  source: string;
}

/** Undefined: the tool cannot reach it. A kind that no row knows is a server compatible with OpenAI's. */
export const reach = (tool: Tool, kind: string): Reach | undefined => {
  const known: ToolRow = toolRows[tool];
  const row = Object.hasOwn(providers, kind) ? providers[kind]! : providers["openai-compatible"]!;
  const dialect = known.dialects.find((d) => row.paths[d] !== undefined);
  const name =
    tool === "aider" || tool === "litellm" ? (row === providers[kind] ? kind : "openai-compatible") : kind;
  const own = Object.hasOwn(known.own, name) ? known.own[name] : dialect && known.other(kind, row, dialect);
  if (!own) return undefined;
  const path = own.path ?? (dialect && row.paths[dialect]);
  return {
    keys: [],
    ...own,
    ...(dialect && { dialect }),
    ...(own.base !== undefined &&
      row.origin !== undefined &&
      path !== undefined && { address: row.origin + path }),
    model: (id) => known.model?.(own.provider ?? kind, id) ?? id,
    source: known.source,
  };
};
