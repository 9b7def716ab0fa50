import { type Codec, codec, type Field } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Edit, Format } from "../core/format.ts";
import { drop, inline } from "../core/shape.ts";
import type { Model, Provider, Step } from "../core/spec.ts";
import { table } from "../core/surfaces/table.ts";
import type { Template } from "../core/template.ts";
import { json } from "../formats/json.ts";
import { rowOf, splitModel } from "../providers/index.ts";
import { literalText } from "./roo-words.ts";

/** How a profile spells one kind of provider; `path` follows the origin in its `base`. */
interface Spelled {
  apiProvider: string;
  model: string;
  base?: string;
  path?: string;
  region?: string;
  project?: string;
  headers?: string;
}

/** A server of the OpenAI dialect, whoever runs it. */
const compatible: Spelled = {
  apiProvider: "openai",
  model: "openAiModelId",
  base: "openAiBaseUrl",
  path: "/v1",
  headers: "openAiHeaders",
};
/** By the id of the provider table. packages/types/src/provider-settings.ts and src/api/providers/*.ts@cb83656, 2026-04-14. */
export const profiles: Readonly<Record<string, Spelled>> = {
  anthropic: { apiProvider: "anthropic", model: "apiModelId", base: "anthropicBaseUrl" },
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
  "llama.cpp": compatible,
  vllm: compatible,
};

/** The first step of a chain; a provider that the spec does not name stands for its kind. */
const firstStep = (chain: readonly string[], model: Data): Step | undefined => {
  const steps = model["steps"] as Step[] | undefined;
  if (steps) return steps[0];
  const split = splitModel(chain[0] ?? "");
  return split && { provider: { name: split.provider }, id: split.id };
};
const spelledFor = (p: Provider): Spelled => {
  const id = p.type ?? p.name;
  return Object.hasOwn(profiles, id) ? profiles[id]! : compatible;
};

const literal = (t: Template): string => {
  const said = literalText(t);
  if (said === undefined) throw new Mismatch("a settings export holds no references");
  return said;
};
const isLiteral = (p: Provider, s: Spelled): boolean =>
  [p.origin ?? [], ...(s.headers ? Object.values(p.headers ?? {}) : [])].every(
    (t) => literalText(t) !== undefined,
  );
/** Where it is served: the entry's own origin, else what the table says of a server without a profile of its own. */
const baseOf = (p: Provider, s: Spelled): string | undefined => {
  const origin = p.origin ? literal(p.origin) : s === compatible ? rowOf(p)?.origin : undefined;
  return origin && origin.replace(/\/+$/, "") + (s.path ?? "");
};
/** A compatible server that nobody says the place of. */
const isNowhere = (p: Provider): boolean => spelledFor(p) === compatible && !p.origin && !rowOf(p)?.origin;

const settingsOf = ({ provider: p, id }: Step): Data => {
  const s = spelledFor(p);
  if (isNowhere(p)) throw new Mismatch("no origin");
  const base = s.base && baseOf(p, s);
  return {
    apiProvider: s.apiProvider,
    [s.model]: id,
    ...(s.base && base && { [s.base]: base }),
    ...(s.region && p.region && { [s.region]: p.region }),
    ...(s.project && p.project && { [s.project]: p.project }),
    ...(s.headers &&
      p.headers && {
        [s.headers]: Object.fromEntries(Object.entries(p.headers).map(([k, t]) => [k, literal(t)])),
      }),
  };
};

const ours: readonly string[] = [
  ...new Set(
    Object.values(profiles).flatMap((s) =>
      ["apiProvider", s.model, s.base, s.region, s.project, s.headers].filter((k) => k !== undefined),
    ),
  ),
];
const written = (chain: readonly string[], model: Data): Data => {
  const step = firstStep(chain, model);
  if (!step) throw new Mismatch("no provider is known for it");
  return settingsOf(step);
};
const only = (data: Data, keys: (key: string) => boolean): Data =>
  Object.fromEntries(Object.entries(data).filter(([k]) => keys(k)));

/** A profile is the first step; the name it reads back as is that of the provider's kind. */
const profile: Codec<string[]> = {
  ...codec<string[]>(
    (theirs) => {
      const row = isObject(theirs) ? theirs : {};
      const kind = Object.entries(profiles).find(
        ([, s]) => s.apiProvider === row["apiProvider"] && typeof row[s.model] === "string",
      );
      if (!kind) throw new Mismatch("a provider that the spec has no name for");
      const [id, spelled] = kind;
      return [`${spelled === compatible ? "openai-compatible" : id}/${row[spelled.model]}`];
    },
    (chain, prior, around) => ({
      ...only(isObject(prior) ? prior : {}, (k) => !ours.includes(k)),
      ...written(chain, around ?? {}),
    }),
    { type: "object", properties: Object.fromEntries(ours.map((k) => [k, {}])), required: ["apiProvider"] },
    ours.map((theirs) => ({ path: [], theirs })),
  ),
  stands: (chain, prior, around) =>
    same(
      only(prior as Data, (k) => ours.includes(k)),
      written(chain, around ?? {}),
    ),
};

/** What holds of a profile, told of its chain. */
const about =
  (holds: (provider: Provider, spelled: Spelled, step: Step) => boolean) =>
  (chain: string[], model: Data): boolean => {
    const step = firstStep(chain, model);
    return !!step && holds(step.provider, spelledFor(step.provider), step);
  };
const fact = (
  only: (chain: string[], model: Data) => boolean,
  note: string,
  more: Partial<Field> = {},
): Field => ({
  path: [],
  only,
  note,
  ...more,
});
const facts: readonly Field[] = [
  fact((chain, model) => !firstStep(chain, model), "no provider is known for its first step"),
  fact(about(isNowhere), "Roo Code needs the origin of a server that it does not know"),
  fact(
    about((p, s) => !isLiteral(p, s)),
    "a settings export holds no references: the origin and headers must be literal",
  ),
  fact((chain) => chain.length > 1, "Roo Code has no fallback chain: the profile is its first step"),
  fact(() => true, "a profile tells the kind of provider, not the name of its entry", { level: "note" }),
  fact(
    about((p, s) => !!p.headers && !s.headers),
    "Roo Code sends headers of yours to OpenAI-compatible servers only",
    { weak: true },
  ),
  fact(
    about((p) => !!p.keyCommand),
    "Roo Code runs no command for a key",
    { weak: true },
  ),
  fact(
    () => true,
    "import it once by hand and type the keys in Roo Code's settings: the file has none, and another import clears them",
    { weak: true, level: "note" },
  ),
];

const main = "main";
const at = ["providerProfiles", "apiConfigs"] as const;
/** The import fails without `currentApiConfigName`: the profile of the role `main`, else the first. */
const currentEdit = (data: Data, edits: readonly Edit[]): Edit[] => {
  const held = isObject(data["providerProfiles"]) ? data["providerProfiles"] : {};
  const names = Object.keys(isObject(held["apiConfigs"]) ? held["apiConfigs"] : {});
  const current = held["currentApiConfigName"];
  const path = ["providerProfiles", "currentApiConfigName"];
  if (!names.length) return current === undefined ? [] : [{ path, value: undefined }];
  const isNew = edits.some((e) => e.path[2] === main && e.value !== undefined);
  if (names.includes(String(current)) && !(isNew && names.includes(main))) return [];
  return [{ path, value: names.includes(main) ? main : names[0] }];
};
/** A settings export as JSON; what it is imported for is always named. */
const settingsExport: Format = {
  ...json,
  id: "Roo Code settings export",
  edit: (text, edits) => {
    const edited = json.edit(text, edits);
    return json.edit(edited, currentEdit(json.parse(edited), edits));
  },
};

/**
 * What Settings > Import reads. A file that `roo-cline.autoImportSettingsPath` names is imported at every start, each
 * profile whole: typed keys go. Strict JSON, nothing filled in. src/core/config/importExport.ts@cb83656, 2026-04-14.
 */
export const settingsProfiles = table<Model>(".roo/settings-export.json", settingsExport, at, {
  chain: inline({ ...profile, fields: [...profile.fields, ...facts] }),
  onOutage: drop("Roo Code has no fallback chain"),
  limits: drop("Roo Code counts neither tokens nor dollars per day"),
});
