import { codec, type Field, map, text } from "../core/codec.ts";
import { addressOf } from "../core/ledger.ts";
import { inline, key, maybe, record } from "../core/shape.ts";
import type { Item, Model, Step } from "../core/spec.ts";
import type { Reading, Surface } from "../core/surface.ts";
import { type Part, spread } from "../core/surfaces/spread.ts";
import { list, value } from "../core/surfaces/table.ts";
import { yaml11 } from "../formats/yaml.ts";
import { yamlList } from "../formats/yaml-list.ts";
import { rowOf } from "../providers/index.ts";
import {
  litellmBase,
  litellmKind,
  litellmName,
  needsNoKey,
  stepsOf,
  stepText,
} from "../providers/litellm.ts";

const file = ".aider.conf.yml";
const settingsFile = ".aider.model.settings.yml";

/** A part of a model: the name that Aider knows it by. */
interface Named {
  name: string;
  model: string;
  at?: string;
}
/** What Aider must know of a model whose server it would not find. */
interface Server {
  name: string;
  extra: { base: string; key?: string };
}

/** Aider's name for the model, in full: LiteLLM finds some vendors by the bare id too. */
const whole = (name: string): string => {
  const known = name.includes("/") ? undefined : litellmKind(name);
  return known ? litellmName({ provider: { name: known.kind }, id: known.id }) : name;
};
const named = {
  model: key(
    "@row",
    map(text, whole, (name) => name),
  ),
} as any;

/** The roles that are settings of their own; any other model is an alias. https://aider.chat/docs/config/options.html, 2026-11-25. */
const roles: Readonly<Record<string, Surface<any>>> = {
  main: value<any>(file, yaml11, ["model"], "main", named),
  fast: value<any>(file, yaml11, ["weak-model"], "fast", named),
  edit: value<any>(file, yaml11, ["editor-model"], "edit", named),
};
const aliases = list<any>(file, yaml11, ["alias"], named, { pair: ":", lone: true });

/** Families that Aider lets edit by diffs where no entry names the model (0.86.2, apply_generic_model_settings, 2026-11-25). */
const diffs =
  /gpt-4|gpt-5$|claude-3-opus|3[.-][57]-sonnet|(?:sonnet|haiku)-4-5|opus-4-6|deepseek.*(?:v3|r1|reasoning)|llama-?3.*70b|qwen.*2[.-]5.*coder.*32b|qwq.*32b|qwen3.*235b/;
/** An entry replaces what Aider would choose by the name, so it says that again. */
const chosen = (name: string) => {
  const diff = diffs.test(name.toLowerCase());
  return { edit_format: diff ? "diff" : "whole", use_repo_map: diff };
};
/** What else an entry may say stays as it is. The fields of `ModelSettings` (0.86.2, 2026-11-25). */
const beside = [
  "edit_format",
  "weak_model_name",
  "use_repo_map",
  "send_undo_reply",
  "lazy",
  "overeager",
  "reminder",
  "examples_as_sys_msg",
  "cache_control",
  "caches_by_default",
  "use_system_prompt",
  "use_temperature",
  "streaming",
  "editor_model_name",
  "editor_edit_format",
  "reasoning_tag",
  "remove_reasoning",
  "system_prompt_prefix",
  "accepts_settings",
];
const kept = codec<undefined>(
  () => undefined,
  (_, prior) => prior,
  {},
  beside.map((theirs) => ({ path: [], theirs })),
);
const settings = list<any>(
  settingsFile,
  yamlList(yaml11),
  ["list"],
  {
    extra: key("extra_params", record<any>({ base: key("api_base", text), key: maybe("api_key", text) })),
    kept: inline(kept),
  } as any,
  { name: "name", also: chosen },
);

const baseOf = (s: Step): string | undefined => {
  const base = litellmBase(s);
  const defaulted = rowOf(s.provider)?.litellm.prefix === "ollama_chat/" && !s.provider.origin;
  return !base || defaulted ? undefined : (base[0] as string);
};
/** Why Aider cannot use a step. */
const refusals: readonly [why: string, refuses: (s: Step) => boolean][] = [
  [
    "Aider needs the origin of a server that is no known provider",
    (s) => !rowOf(s.provider) && !s.provider.origin,
  ],
  [
    "Aider fills no variables into its files",
    (s) => litellmBase(s)?.some((p) => typeof p !== "string") ?? false,
  ],
  ["Aider takes white space off the names of models", (s) => s.id.trim() !== s.id],
];
const usable = (m: Model): Step[] => stepsOf(m).filter((s) => !refusals.some(([, refuses]) => refuses(s)));

const isAlias = (name: string): boolean => name !== "" && name.trim() === name && !name.includes(":");
/** The name that the n-th step of a model goes by, from 1. */
const nameOf = (m: Model, n: number): string => (n === 1 ? m.name : `${m.name}-${n}`);

interface Placed {
  model: Model;
  step: Step;
  n: number;
}
/** The steps that are written, and those whose model is another server's by Aider's name for it. */
const placedIn = (models: readonly Model[]): { placed: Placed[]; crowded: Placed[] } => {
  const taken = new Set(models.map((m) => m.name));
  const all = models.flatMap((model) =>
    usable(model).flatMap((step, i): Placed[] => {
      const name = nameOf(model, i + 1);
      const free = i === 0 ? isAlias(name) || Object.hasOwn(roles, name) : isAlias(name) && !taken.has(name);
      return free ? [{ model, step, n: i + 1 }] : [];
    }),
  );
  const bases = new Map<string, string>();
  for (const { step } of all) {
    const base = baseOf(step);
    if (base !== undefined && !bases.has(litellmName(step))) bases.set(litellmName(step), base);
  }
  const fits = ({ step }: Placed): boolean => baseOf(step) === bases.get(litellmName(step));
  return { placed: all.filter(fits), crowded: all.filter((p) => !fits(p)) };
};

const parts = (models: readonly Model[]): Part[] => {
  const { placed } = placedIn(models);
  const servers = new Map<string, Part>();
  const out = placed.map(({ model, step, n }): Part => {
    const name = nameOf(model, n);
    const part = {
      name,
      model: litellmName(step),
      ...(n === 1 && model.at !== undefined && { at: model.at }),
    };
    const base = baseOf(step);
    const extra = { base, ...(needsKeyWord(step) && { key: "none" }) };
    if (base !== undefined && model.at === undefined && !servers.has(part.model))
      servers.set(part.model, { of: model.name, place: settings, item: { name: part.model, extra } as any });
    return { of: model.name, place: Object.hasOwn(roles, name) ? roles[name]! : aliases, item: part };
  });
  return [...out, ...servers.values()];
};
/** Aider takes a server's key from no variable of the server's own: without a word in its place it would send OpenAI's. */
const needsKeyWord = (s: Step): boolean => {
  const row = rowOf(s.provider);
  return needsNoKey(s) || !row || (!!row.local && row.litellm.prefix === "openai/");
};

const crowded = (models: readonly Model[]): { of: string; at: string }[] =>
  placedIn(models).crowded.map(({ model, step }) => ({
    of: model.name,
    at: addressOf(settingsFile, ["list"], litellmName(step)),
  }));

const join = (held: ReadonlyMap<Surface<any>, readonly Item[]>, reading: Reading): Model[] => {
  const wanted = new Map(((reading.hints ?? []) as readonly Model[]).map((m) => [m.name, m]));
  const servers = new Map(
    (held.get(settings) as unknown as readonly Server[]).map((s) => [s.name, s.extra.base]),
  );
  const isStep = (s: Step | undefined, model: string): boolean =>
    !!s && litellmName(s) === model && baseOf(s) === servers.get(model);
  /** A further step of a model that is looked for. */
  const isFurther = ({ name, model }: Named): boolean => {
    const cut = name.lastIndexOf("-");
    const n = Number(name.slice(cut + 1));
    const of = wanted.get(name.slice(0, cut));
    return !wanted.has(name) && n > 1 && !!of && isStep(usable(of)[n - 1], model);
  };
  const chainOf = ({ name, model, at }: Named): string[] => {
    const hint = wanted.get(name);
    const step = hint && usable(hint)[0];
    if (isStep(step, model)) return [stepText(step!)];
    const known = litellmKind(model);
    if (!known) reading.unread?.(at ?? file, "a name of Aider's own or of no known provider");
    return known ? [`${known.kind}/${known.id}`] : [];
  };
  const all = [...Object.values(roles), aliases].flatMap((p) => held.get(p) as unknown as readonly Named[]);
  return all
    .filter((m) => !isFurther(m))
    .flatMap((m): Model[] => {
      const chain = chainOf(m);
      return chain.length ? [{ name: m.name, chain, ...(m.at !== undefined && { at: m.at }) }] : [];
    });
};

const some =
  (test: (s: Step) => boolean) =>
  (_: unknown, m: Model): boolean =>
    stepsOf(m).some(test);
const ownKeys = ({ provider }: Step): readonly string[] => {
  const row = rowOf(provider);
  return row && !(row.local && row.litellm.prefix === "openai/") ? [...row.keys, row.litellm.key ?? ""] : [];
};
const readsItsKey = (s: Step): boolean => {
  const [only] = s.provider.apiKey ?? [];
  if (!s.provider.apiKey) return true;
  return (
    s.provider.apiKey.length === 1 &&
    typeof only === "object" &&
    "env" in only &&
    ownKeys(s).includes(only.env)
  );
};
const facts: readonly Field[] = [
  ...refusals.map(([note, refuses]): Field => ({ path: ["chain"], note, only: some(refuses) })),
  {
    path: ["chain"],
    note: "an alias of Aider's ends at the first colon and has no white space around it",
    only: (_, m: Model) => !isAlias(m.name),
  },
  {
    path: ["chain"],
    note: "Aider has no fallback: further steps have aliases of their own, such as main-2",
    only: (chain: string[]) => chain.length > 1,
  },
  {
    path: ["chain"],
    weak: true,
    note: "Aider reads a key only from the provider's own variable",
    only: some((s) => !readsItsKey(s)),
  },
  {
    path: ["chain"],
    weak: true,
    note: "Aider takes no key command, region, project or headers from its files: it reads LiteLLM's variables",
    only: some(({ provider: p }) => !!(p.keyCommand ?? p.region ?? p.project ?? p.headers)),
  },
  { path: ["onOutage"], note: "Aider has no fallback" },
  { path: ["limits"], note: "Aider counts no budget" },
  { path: ["overrides"], note: `${file} holds values that have no keys of their own` },
];

/** `main`, `fast` and `edit` are settings; every other model, and every further step of a chain, is an alias. */
export const models: Surface<Model> = spread<Model>({
  path: `${file} (model, weak-model, editor-model, alias), ${settingsFile}`,
  slot: `${file}#model`,
  fields: facts,
  places: [...Object.values(roles), aliases, settings],
  parts,
  crowded,
  join,
});
