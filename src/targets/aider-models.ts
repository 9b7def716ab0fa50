import { attempt, type Field, map, text } from "../core/codec.ts";
import { key } from "../core/shape.ts";
import type { Item, Model, Provider, Step } from "../core/spec.ts";
import type { Reading, Surface, World } from "../core/surface.ts";
import { type Part, spread } from "../core/surfaces/spread.ts";
import { list, value } from "../core/surfaces/table.ts";
import { yaml11 } from "../formats/yaml.ts";
import { entryOf, isUsual, originIn } from "../providers/entry.ts";
import { servedBy } from "../providers/index.ts";
import {
  fullName,
  isNowhere,
  isStandIn,
  litellmBase,
  litellmKind,
  litellmName,
  stepsOf,
  stepText,
} from "../providers/litellm.ts";
import { bare, metadata, metadataFile, type Server, settings, settingsFile } from "./aider-settings.ts";

const file = ".aider.conf.yml";

/** A part of a model: the name that Aider knows it by. */
interface Named {
  name: string;
  model: string;
  at?: string;
}
const named = {
  model: key(
    "@row",
    map(text, fullName, (name) => name),
  ),
} as any;

/** The roles that are settings of their own; any other model is an alias. https://aider.chat/docs/config/options.html, 2026-11-25. */
const roles: Readonly<Record<string, Surface<any>>> = {
  main: value<any>(file, yaml11, ["model"], "main", named),
  fast: value<any>(file, yaml11, ["weak-model"], "fast", named),
  edit: value<any>(file, yaml11, ["editor-model"], "edit", named),
};
const aliases = list<any>(file, yaml11, ["alias"], named, { pair: ":", lone: true });

const baseOf = (s: Step): string | undefined => {
  const base = litellmBase(s);
  const defaulted = servedBy(s.provider).litellm.prefix === "ollama_chat/" && !s.provider.origin;
  return !base || defaulted ? undefined : (base[0] as string);
};
/** Why Aider cannot use a step. */
const refusals: readonly [why: string, refuses: (s: Step) => boolean][] = [
  ["Aider needs the origin of a server that is no known provider", isNowhere],
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
  const sizes = new Map<string, Part>();
  const out = placed.map(({ model, step, n }): Part => {
    const name = nameOf(model, n);
    const part = {
      name,
      model: litellmName(step),
      ...(n === 1 && model.at !== undefined && { at: model.at }),
    };
    const base = baseOf(step);
    const extra = { base, ...(needsKeyWord(step) && { key: "none" }) };
    const { context } = step.provider;
    if (base !== undefined && model.at === undefined && !servers.has(part.model))
      servers.set(part.model, { of: model.name, place: settings, item: { name: part.model, extra } as any });
    if (context !== undefined && model.at === undefined && !sizes.has(part.model))
      sizes.set(part.model, { of: model.name, place: metadata, item: { name: part.model, context } as any });
    return { of: model.name, place: Object.hasOwn(roles, name) ? roles[name]! : aliases, item: part };
  });
  return [...out, ...servers.values(), ...sizes.values()];
};
/** Aider takes a server's key from no variable of the server's own: without a word in its place it would send OpenAI's. */
const needsKeyWord = (s: Step): boolean => isStandIn(servedBy(s.provider));

const crowded = (models: readonly Model[]): { of: string; why: string }[] =>
  placedIn(models).crowded.map(({ model, step }) => ({
    of: model.name,
    why: `Aider has one server for a name: ${litellmName(step)} is asked at another's`,
  }));

/** The model that a name means at the server of a step. */
const ofSameServer = (step: Step, model: string): Step | undefined => {
  const prefix = litellmName({ ...step, id: "" });
  return model.startsWith(prefix) ? { ...step, id: model.slice(prefix.length) } : undefined;
};

const isAt = (base: string | undefined, stands: string | undefined): boolean =>
  base === undefined || stands === undefined ? base === stands : bare(base) === bare(stands);

/** The provider that Aider asks for a model, and the model's own id; or why the spec has no word for it. */
const entryIn = (model: string, extra: Server["extra"] | undefined): Step | string => {
  const known = litellmKind(model);
  if (!known) return "a name of Aider's own or of no known provider";
  const origin = extra && originIn(extra.base, known.kind);
  if (extra && origin === undefined)
    return "its address ends otherwise than the provider's: the spec has no origin for it";
  const isOther = known.kind === "openai" && extra?.key !== undefined;
  const kind = isOther ? "openai-compatible" : known.kind;
  const elsewhere = origin !== undefined && !isUsual(kind, origin);
  return { provider: entryOf(kind, elsewhere ? { origin: [origin] } : {}), id: known.id };
};
/** The providers that models are asked at, where more is said than their kind. */
export const providersIn = (world: World): Provider[] => {
  const servers = settings.read(world, { target: "aider" }) as unknown as readonly Server[];
  const found = servers.flatMap((s) => {
    const entry = entryIn(fullName(s.name), s.extra);
    return typeof entry === "string" ? [] : [entry.provider];
  });
  const told = found.filter((p) => Object.keys(p).length > 1);
  return [...new Map(told.map((p) => [p.name, p])).values()];
};

const join = (held: ReadonlyMap<Surface<any>, readonly Item[]>, reading: Reading): Model[] => {
  const wanted = new Map(((reading.hints ?? []) as readonly Model[]).map((m) => [m.name, m]));
  const servers = new Map((held.get(settings) as unknown as readonly Server[]).map((s) => [s.name, s.extra]));
  const isStep = (s: Step | undefined, model: string): boolean =>
    !!s && litellmName(s) === model && isAt(baseOf(s), servers.get(model)?.base);
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
    const other = step && ofSameServer(step, model);
    if (isStep(other, model)) return [stepText(other!)];
    const found = entryIn(model, servers.get(model));
    if (typeof found === "string") reading.unread?.(at ?? file, found);
    return typeof found === "string" ? [] : [stepText(found)];
  };
  const namesIn = (p: Surface<any>): readonly Named[] => held.get(p) as unknown as readonly Named[];
  const isFree = (m: Named): boolean => {
    const isRole = Object.hasOwn(roles, m.name);
    if (isRole) reading.unread?.(m.at ?? file, `the alias "${m.name}" has the name of a role of the spec`);
    return !isRole;
  };
  const all = [...Object.values(roles).flatMap(namesIn), ...namesIn(aliases).filter(isFree)];
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
  const row = servedBy(provider);
  return isStandIn(row) ? [] : [...row.keys, row.litellm.key ?? ""];
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
const written = spread<Model>({
  path: `${file} (model, weak-model, editor-model, alias), ${settingsFile}, ${metadataFile}`,
  slot: `${file}#model`,
  fields: facts,
  places: [...Object.values(roles), aliases, settings, metadata],
  parts,
  crowded,
  join,
});

/** Where the file sends all that is asked in OpenAI's way. */
const isMoved = (world: World): boolean => {
  const conf = world.files.get(file);
  const doc = typeof conf === "string" ? attempt(() => yaml11.parse(conf)) : undefined;
  return typeof doc?.["openai-api-base"] === "string";
};
/** A model that is looked for is read as it is named there; of others `openai-api-base` hides where they are asked. */
export const models: Surface<Model> = {
  ...written,
  read: (world, reading) => {
    const wanted = new Set((reading.hints ?? []).map((m) => m.name));
    const isHidden = (m: Model): boolean => !wanted.has(m.name) && !!m.chain[0]?.startsWith("openai/");
    const found = written.read(world, reading);
    if (!found.some(isHidden) || !isMoved(world)) return found;
    for (const m of found.filter(isHidden))
      reading.unread?.(m.at ?? file, "it is asked at openai-api-base, which is no part of a model");
    return found.filter((m) => !isHidden(m));
  },
};
