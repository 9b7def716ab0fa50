import { attempt } from "../core/codec.ts";
import { type Data, isObject, Mismatch } from "../core/data.ts";
import type { Provider, Step } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { valueAt } from "../core/surfaces/rows.ts";
import { json } from "../formats/json.ts";
import { entryOf, isUsual } from "../providers/entry.ts";

export const file = ".roo/settings-export.json";
export const at = ["providerProfiles", "apiConfigs"] as const;

/** How a profile spells one kind of provider; `path` follows the origin in its `base`, for a compatible server that of its own dialect. */
export interface Spelled {
  apiProvider: string;
  model: string;
  base?: string;
  path?: string;
  region?: string;
  project?: string;
  headers?: string;
}

const anthropic: Spelled = { apiProvider: "anthropic", model: "apiModelId", base: "anthropicBaseUrl" };
/** A server of the OpenAI dialect, whoever runs it. */
export const compatible: Spelled = {
  apiProvider: "openai",
  model: "openAiModelId",
  base: "openAiBaseUrl",
  headers: "openAiHeaders",
};
/** By the id of the provider table. packages/types/src/provider-settings.ts and src/api/providers/*.ts@cb83656, 2026-04-14. */
export const profiles: Readonly<Record<string, Spelled>> = {
  anthropic,
  openai: {
    apiProvider: "openai-native",
    model: "apiModelId",
    base: "openAiNativeBaseUrl",
    path: "/v1",
  },
  "amazon-bedrock": { apiProvider: "bedrock", model: "apiModelId", region: "awsRegion" },
  "google-vertex": {
    apiProvider: "vertex",
    model: "apiModelId",
    region: "vertexRegion",
    project: "vertexProjectId",
  },
  google: { apiProvider: "gemini", model: "apiModelId", base: "googleGeminiBaseUrl" },
  openrouter: {
    apiProvider: "openrouter",
    model: "openRouterModelId",
    base: "openRouterBaseUrl",
    path: "/api/v1",
  },
  ollama: { apiProvider: "ollama", model: "ollamaModelId", base: "ollamaBaseUrl" },
  lmstudio: { apiProvider: "lmstudio", model: "lmStudioModelId", base: "lmStudioBaseUrl" },
  litellm: { apiProvider: "litellm", model: "litellmModelId", base: "litellmBaseUrl" },
  mistral: { apiProvider: "mistral", model: "apiModelId" },
  deepseek: { apiProvider: "deepseek", model: "apiModelId", base: "deepSeekBaseUrl" },
  xai: { apiProvider: "xai", model: "apiModelId" },
  "llama.cpp": compatible,
  vllm: compatible,
  "anthropic-compatible": anthropic,
};

/** The provider of a profile, and the model's own id. Throws `Mismatch` where the spec has no word for it. */
export const entryIn = (row: Data): Step => {
  const found = Object.entries(profiles).find(
    ([, s]) => s.apiProvider === row["apiProvider"] && typeof row[s.model] === "string",
  );
  if (!found) throw new Mismatch("a provider that the spec has no name for");
  const [name, s] = found;
  const kind = s === compatible ? "openai-compatible" : name;
  const textAt = (key: string | undefined): string | undefined => {
    const v = key === undefined ? undefined : row[key];
    return typeof v === "string" && v !== "" ? v : undefined;
  };
  const base = textAt(s.base);
  const origin =
    base === undefined ? undefined : withoutPath(base, s === compatible ? "/v1" : (s.path ?? ""));
  const [region, project] = [textAt(s.region), textAt(s.project)];
  const said = {
    ...(origin !== undefined && !isUsual(kind, origin) && { origin: [origin] }),
    ...(region !== undefined && { region }),
    ...(project !== undefined && { project }),
    ...headersIn(s.headers === undefined ? undefined : row[s.headers]),
  };
  return { provider: entryOf(kind, said), id: row[s.model] as string };
};
const withoutPath = (base: string, path: string): string => {
  const whole = bare(base);
  if (!whole.endsWith(path))
    throw new Mismatch("its address ends otherwise than the provider's: the spec has no origin for it");
  return whole.slice(0, whole.length - path.length);
};
const headersIn = (v: unknown): Pick<Provider, "headers"> => {
  const pairs = isObject(v) ? Object.entries(v).filter(([, t]) => typeof t === "string") : [];
  return pairs.length ? { headers: Object.fromEntries(pairs.map(([k, t]) => [k, [t as string]])) } : {};
};
/** An address without a slash at its end. */
export const bare = (address: string): string => address.replace(/\/+$/, "");

/** The profiles of the file, by name. */
export const rowsIn = (world: World): Data => {
  const text = world.files.get(file);
  const doc = typeof text === "string" ? attempt(() => json.parse(text)) : undefined;
  const rows = valueAt(doc, at);
  return isObject(rows) ? rows : {};
};
/** The providers of the profiles, where more is said than their kind. */
export const providersIn = (world: World): Provider[] => {
  const told = Object.values(rowsIn(world))
    .flatMap((row) => (isObject(row) ? (attempt(() => entryIn(row))?.provider ?? []) : []))
    .filter((p) => Object.keys(p).length > 1);
  return [...new Map(told.map((p) => [p.name, p])).values()];
};
