import { type Data, isObject } from "../core/data.ts";
import type { Model, Provider, Step } from "../core/spec.ts";
import { entryOf, type Said } from "../providers/entry.ts";
import { isLoopback, providers, rowOf, servedBy } from "../providers/index.ts";
import { stepsOf } from "../providers/litellm.ts";
import { type Reach, reach } from "../providers/tools.ts";

/** Keys of `.claude/settings.json`, by the path that leads to them: `env/AWS_REGION`. */
export type Leaves = ReadonlyMap<string, unknown>;

/**
 * Where the model of each role stands: the names that Claude Code gives its models by family can be told which is meant; its small one
 * does the background work. https://code.claude.com/docs/en/model-config, 2026-08-22; measured with 2.1.330, 2026-11-22.
 */
export const roles: Readonly<Record<string, string>> = {
  main: "model",
  fast: "env/ANTHROPIC_DEFAULT_HAIKU_MODEL",
  opus: "env/ANTHROPIC_DEFAULT_OPUS_MODEL",
  sonnet: "env/ANTHROPIC_DEFAULT_SONNET_MODEL",
  fable: "env/ANTHROPIC_DEFAULT_FABLE_MODEL",
};
/** Goes before `model` where it is set (2.1.330, 2026-11-22). */
export const mainVariable = "env/ANTHROPIC_MODEL";
/** Models of the same endpoint that are tried when the main one is overloaded or fails; of a longer list the first three are used. */
export const fallbacks = { at: "fallbackModel", most: 3 };

/** The client's own names of models, which are ids of no provider (the list in 2.1.330, 2026-11-26). */
const ownNames = /^(?:default|best|sonnet|opus|haiku|fable|opusplan)(?:\[1m\])?$/i;
export const isId = (v: unknown): v is string =>
  typeof v === "string" && v.trim() === v && v !== "" && !ownNames.test(v);

const bedrock = "env/CLAUDE_CODE_USE_BEDROCK";
const vertex = "env/CLAUDE_CODE_USE_VERTEX";
/** Keys that say which endpoint a session asks, by what switches them on; the last needs no switch. */
const endpoints: readonly { on?: string; keys: readonly string[] }[] = [
  { on: bedrock, keys: ["env/AWS_REGION", "env/ANTHROPIC_BEDROCK_BASE_URL"] },
  {
    on: vertex,
    keys: ["env/CLOUD_ML_REGION", "env/ANTHROPIC_VERTEX_PROJECT_ID", "env/ANTHROPIC_VERTEX_BASE_URL"],
  },
  { keys: ["env/ANTHROPIC_BASE_URL", "env/ANTHROPIC_CUSTOM_HEADERS", "apiKeyHelper"] },
];
/** Every key that a model or its provider can be written to. */
export const modelKeys: ReadonlySet<string> = new Set([
  ...Object.values(roles),
  mainVariable,
  fallbacks.at,
  ...endpoints.flatMap(({ on, keys }) => [...(on === undefined ? [] : [on]), ...keys]),
]);

const isOn = (v: unknown): boolean => typeof v === "string" && /^(?:1|true|yes|on)$/i.test(v);
const textAt = (leaves: Leaves, key: string): string | undefined => {
  const v = leaves.get(key);
  return typeof v === "string" && v !== "" ? v : undefined;
};

/** Every leaf of a document that can be of a model. */
export const leavesOf = (doc: Data): Leaves => {
  const env = isObject(doc["env"]) ? Object.entries(doc["env"]) : [];
  const all = [...Object.entries(doc), ...env.map(([k, v]): [string, unknown] => [`env/${k}`, v])];
  return new Map(all.filter(([k]) => modelKeys.has(k)));
};

/** The key that the main model stands at. */
export const mainKey = (leaves: Leaves): string => (leaves.has(mainVariable) ? mainVariable : roles["main"]!);
const isChain = (v: unknown): v is string[] => Array.isArray(v) && v.length > 0 && v.every(isId);

/** The keys that say models by themselves, with those of the endpoint that they are asked at. */
export const claimed = (leaves: Leaves): ReadonlySet<string> => {
  const main = isId(leaves.get(mainKey(leaves))) ? [mainKey(leaves)] : [];
  const others = Object.values(roles).filter((k) => k !== roles["main"] && isId(leaves.get(k)));
  if (!main.length && !others.length) return new Set();
  const session = endpoints.find((e) => e.on === undefined || isOn(leaves.get(e.on)))!;
  const said = [...(session.on === undefined ? [] : [session.on]), ...session.keys];
  return new Set([
    ...main,
    ...others,
    ...(main.length && isChain(leaves.get(fallbacks.at)) ? [fallbacks.at] : []),
    ...said.filter((k) => textAt(leaves, k) !== undefined),
  ]);
};

const bare = (origin: string): string => origin.replace(/\/+$/, "");
/** The provider that an unnamed endpoint is of. */
export const providerIn = (leaves: Leaves): Provider => {
  const at = (k: string): Said => {
    const v = textAt(leaves, k);
    return v === undefined ? {} : { origin: [v] };
  };
  const word = (name: "region" | "project" | "keyCommand", k: string): Said => {
    const v = textAt(leaves, k);
    return v === undefined ? {} : { [name]: v };
  };
  if (isOn(leaves.get(bedrock)))
    return entryOf("amazon-bedrock", {
      ...word("region", "env/AWS_REGION"),
      ...at("env/ANTHROPIC_BEDROCK_BASE_URL"),
    });
  if (isOn(leaves.get(vertex)))
    return entryOf("google-vertex", {
      ...word("region", "env/CLOUD_ML_REGION"),
      ...word("project", "env/ANTHROPIC_VERTEX_PROJECT_ID"),
      ...at("env/ANTHROPIC_VERTEX_BASE_URL"),
    });
  const headers = headersIn(textAt(leaves, "env/ANTHROPIC_CUSTOM_HEADERS"));
  const [kind, origin] = kindAt(textAt(leaves, "env/ANTHROPIC_BASE_URL"));
  return entryOf(kind, {
    ...(origin !== undefined && { origin: [origin] }),
    ...word("keyCommand", "apiKeyHelper"),
    ...(headers && { headers }),
  });
};
const kindAt = (base: string | undefined): [kind: string, origin?: string] => {
  if (base === undefined) return ["anthropic"];
  const known = Object.entries(providers).find(
    ([, { origin, paths }]) =>
      origin !== undefined && paths.messages !== undefined && bare(base) === origin + paths.messages,
  );
  return known ? [known[0]] : ["anthropic-compatible", base];
};
const headersIn = (lines: string | undefined): Provider["headers"] => {
  const pairs = (lines ?? "").split("\n").flatMap((line): [string, [string]][] => {
    const cut = line.indexOf(":");
    return cut > 0 ? [[line.slice(0, cut).trim(), [line.slice(cut + 1).trim()]]] : [];
  });
  return pairs.length ? Object.fromEntries(pairs) : undefined;
};

const literal = (t: Provider["origin"]): string | undefined =>
  !t ? undefined : t.every((p) => typeof p === "string") ? t.join("") : undefined;
const kindOf = (p: Provider): string => (rowOf(p) ? (p.type ?? p.name) : "openai-compatible");
export const reachOf = (p: Provider): Reach | undefined => reach("claude", kindOf(p));
const isCloud = (p: Provider): boolean => reachOf(p)?.sets !== undefined;

/** Why a session cannot ask a step. */
export const refusals: readonly [why: string, refuses: (s: Step) => boolean][] = [
  [
    "Claude Code speaks Anthropic's Messages only: a gateway, such as a LiteLLM proxy, translates",
    ({ provider: p }) => !reachOf(p),
  ],
  [
    "Claude Code asks Vertex AI for Claude models only",
    ({ provider: p, id }) => kindOf(p) === "google-vertex" && /^gem(?:ini|ma)/.test(id),
  ],
  [
    "Claude Code needs the origin of a server that it does not know",
    ({ provider: p }) => !p.origin && !isCloud(p) && servedBy(p).origin === undefined,
  ],
  [
    "Claude Code fills no variables into its settings: the origin must be literal",
    ({ provider: p }) => p.origin !== undefined && literal(p.origin) === undefined,
  ],
  [
    "an address of this machine goes into no committed file: set ANTHROPIC_BASE_URL where Claude Code is started",
    ({ provider: p }) => isLoopback(literal(p.origin) ?? servedBy(p).origin ?? ""),
  ],
  ["Claude Code takes this id for a name of its own", ({ id }) => !isId(id)],
];
export const usable = (m: Model): Step[] =>
  stepsOf(m).filter((s) => !refusals.some(([, refuses]) => refuses(s)));

/** The one endpoint that a session asks: that of the first model that has one. */
export const sessionOf = (models: readonly Model[]): { of: Model; provider: Provider } | undefined => {
  const inOrder = Object.keys(roles).flatMap((name) => models.filter((m) => m.name === name));
  for (const of of inOrder) {
    const [first] = usable(of);
    if (first) return { of, provider: first.provider };
  }
  return undefined;
};

const headerLines = (p: Provider): string | undefined => {
  const pairs = Object.entries(p.headers ?? {}).map(([k, t]) => [k, literal(t)] as const);
  if (!pairs.length || pairs.some(([, v]) => v === undefined)) return undefined;
  return pairs.map(([k, v]) => `${k}: ${v}`).join("\n");
};
const baseFor = (p: Provider): string | undefined => {
  const row = servedBy(p);
  const path = isCloud(p) ? "" : (row.paths.messages ?? "");
  const origin = p.origin ? bare(literal(p.origin) ?? "") : isCloud(p) ? undefined : row.origin;
  return origin === undefined || origin === providers["anthropic"]!.origin ? undefined : origin + path;
};
/** What the settings say of an endpoint, by key. */
export const endpointLeaves = (p: Provider): Map<string, string> => {
  const to = reachOf(p);
  const env = (name: string | undefined, v: string | undefined): [string, string][] =>
    name === undefined || v === undefined ? [] : [[`env/${name}`, v]];
  const messages: [string, string][] = isCloud(p)
    ? []
    : [
        ...env("ANTHROPIC_CUSTOM_HEADERS", headerLines(p)),
        ...(p.keyCommand === undefined ? [] : [["apiKeyHelper", p.keyCommand] as [string, string]]),
      ];
  return new Map([
    ...Object.entries(to?.sets ?? {}).flatMap(([k, v]) => env(k, v)),
    ...env(to?.region, p.region),
    ...env(to?.project, p.project),
    ...env(to?.base, baseFor(p)),
    ...messages,
  ]);
};

/** What stands there says what is wanted, be it in other words. */
export const saysSame = (key: string, stands: unknown, wanted: unknown): boolean => {
  if (stands === wanted) return true;
  if (typeof stands !== "string" || typeof wanted !== "string") return false;
  if (key === bedrock || key === vertex) return isOn(stands) && isOn(wanted);
  if (key.endsWith("_BASE_URL")) return bare(stands) === bare(wanted);
  return key.endsWith("_HEADERS") && JSON.stringify(headersIn(stands)) === JSON.stringify(headersIn(wanted));
};
