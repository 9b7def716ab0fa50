import { attempt } from "../core/codec.ts";
import type { Path } from "../core/format.ts";
import { addressOf } from "../core/ledger.ts";
import { isUntouched } from "../core/own.ts";
import type { Model, Provider, Setting } from "../core/spec.ts";
import type { Job, Reading, Surface, World } from "../core/surface.ts";
import { rest } from "../core/surfaces/table.ts";
import { json } from "../formats/json.ts";
import { stepText } from "../providers/litellm.ts";
import { modelLosses } from "./claude-model-losses.ts";
import {
  claimed,
  endpointLeaves,
  fallbacks,
  isId,
  type Leaves,
  leavesOf,
  mainKey,
  mainVariable,
  modelKeys,
  providerIn,
  roles,
  saysSame,
  sessionOf,
  usable,
} from "./claude-session.ts";

const file = ".claude/settings.json";
const named = (key: string): string => `claude/${key}`;
const addressAt = (key: string): string => addressOf(file, [], named(key));
const keyOf = (path: Path): string => path.join("/");

/** One key that a model is written to. */
interface Part {
  of: string;
  key: string;
  value: unknown;
}

/** What models are written as, on top of what stands there. An item that stands in place is not written. */
const partsOf = (models: readonly Model[], leaves: Leaves): Part[] => {
  const session = sessionOf(models);
  if (!session) return [];
  const keyFor = (name: string): string => (name === "main" ? mainKey(leaves) : roles[name]!);
  const own = models.flatMap((m): Part[] => {
    const steps = usable(m).filter((s) => s.provider.name === session.provider.name);
    const [first, ...further] = steps.map((s) => s.id);
    if (first === undefined || !Object.hasOwn(roles, m.name) || isInPlace(m, leaves)) return [];
    const next = m.name === "main" ? further.slice(0, fallbacks.most) : [];
    return [
      { of: m.name, key: keyFor(m.name), value: first },
      ...(next.length ? [{ of: m.name, key: fallbacks.at, value: next }] : []),
    ];
  });
  const endpoint = isInPlace(session.of, leaves) ? [] : [...endpointLeaves(session.provider)];
  const said = endpoint.map(([key, value]): Part => ({ of: session.of.name, key, value }));
  return [...own, ...said].map((p) =>
    saysSame(p.key, leaves.get(p.key), p.value) ? { ...p, value: leaves.get(p.key) } : p,
  );
};
const isInPlace = (m: Model, leaves: Leaves): boolean =>
  m.at !== undefined && m.at === addressAt(m.name === "main" ? mainKey(leaves) : (roles[m.name] ?? ""));

const asSetting = ({ key, value }: Part): Setting => ({
  name: named(key),
  path: key.split("/"),
  value,
});

const leavesIn = (world: World): Leaves => {
  const content = world.files.get(file);
  // that a file cannot be read is told where its settings are read
  const doc = typeof content === "string" ? attempt(() => json.parse(content)) : undefined;
  return leavesOf(doc ?? {});
};

const base = {
  of: "claude",
  except: [["$schema"], ["hooks"], ...["allow", "ask", "deny"].map((e) => ["permissions", e])],
};
const shown = (takes: (key: string) => boolean): Surface<Setting> =>
  rest(file, json, [], { ...base, takes: (path) => takes(keyOf(path)) });
/** The keys of this file, as settings have them. */
const whole = rest(file, json, [], base);

/**
 * Whose a key is that settings and models can both be written to. One that we wrote is of those who want it, a setting first; of any
 * other the document itself says whether it is a model.
 */
const readsAsSetting = (world: World, reading: Reading, leaves: Leaves): ((key: string) => boolean) => {
  const wanted = new Set((reading.hints ?? []).map((i) => i.name));
  const models = claimed(leaves);
  return (key) =>
    !modelKeys.has(key) || wanted.has(named(key)) || (!world.ledger.has(addressAt(key)) && !models.has(key));
};

/** Every setting that no other kind names. */
export const settings: Surface<Setting> = {
  ...whole,
  read: (world, reading) => shown(readsAsSetting(world, reading, leavesIn(world))).read(world, reading),
  write: (items, world, job) => {
    const mine = new Set(items.map((i) => i.name));
    const theirs = new Set(
      partsOf([...job.holds(models).values()] as Model[], leavesIn(world)).map((p) => p.key),
    );
    const takes = (key: string): boolean => !modelKeys.has(key) || mine.has(named(key)) || !theirs.has(key);
    return shown(takes).write(items, world, job);
  },
};

/**
 * The parts that have room beside the settings of the spec. Where one stands in the place of a model, that model has none; in the
 * place of what says where to ask, none of the session has.
 */
const withRoom = (parts: readonly Part[], job: Job): Part[] => {
  const held = job.holds(settings);
  const isTaken = ({ key }: Part): boolean => held.has(named(key));
  for (const { of, key } of parts.filter(isTaken)) {
    const own = Object.values(roles).includes(key) || key === mainVariable || key === fallbacks.at;
    const why = `the setting ${key.split("/").join(".")} of the spec stands in its place`;
    for (const item of own ? [of] : new Set(parts.map((p) => p.of))) job.crowded?.(item, why);
  }
  return parts.filter((p) => !isTaken(p));
};

const write = (items: readonly Model[], world: World, job: Job) => {
  const held = job.holds(settings);
  const parts = withRoom(partsOf(items, leavesIn(world)), job);
  const owners = new Map(parts.map((p) => [named(p.key), p.of]));
  const may: Job["may"] = (unit) =>
    job.may({ ...unit, ...(unit.item !== undefined && { item: owners.get(unit.item) ?? unit.item }) });
  return shown((key) => modelKeys.has(key) && !held.has(named(key))).write(parts.map(asSetting), world, {
    ...job,
    may,
  });
};

/** The keys that are models here: what nobody owns and says one, and what was written for the models that are looked for. */
const modelLeaves = (world: World, wanted: readonly Model[]): Leaves => {
  const leaves = leavesIn(world);
  const [said, parts] = [
    claimed(leaves),
    new Set(
      partsOf(
        wanted.map(({ at: _, ...m }) => m),
        leaves,
      ).map((p) => p.key),
    ),
  ];
  return new Map(
    [...leaves].filter(([k]) => said.has(k) && (parts.has(k) || !world.ledger.has(addressAt(k)))),
  );
};

/** A key that was written for something else than a model: a setting of the spec stands there. */
const isOthers = (world: World, key: string, value: unknown): boolean =>
  isUntouched(world.ledger.get(addressAt(key)), { "@path": key.split("/"), "@row": value });
const kindOf = (p: Provider): string => p.type ?? p.name;
const isCloud = (kind: string): boolean => kind === "amazon-bedrock" || kind === "google-vertex";
/**
 * The name of the provider that the session asks: that which is looked for, unless the file says another kind, or a setting says
 * otherwise. What somebody edited is drift, and no other provider.
 */
const providerName = (world: World, leaves: Leaves, wanted: readonly Model[]): string => {
  const session = sessionOf(wanted);
  const found = providerIn(leaves);
  if (!session) return found.name;
  const [kind, foundKind] = [kindOf(session.provider), kindOf(found)];
  const all = leavesIn(world);
  const isKept = [...endpointLeaves(session.provider)].every(
    ([k, v]) => saysSame(k, all.get(k), v) || !isOthers(world, k, all.get(k)),
  );
  const isSame = isCloud(kind) || isCloud(foundKind) ? kind === foundKind : true;
  return isKept && isSame ? session.provider.name : found.name;
};

const read = (world: World, reading: Reading): Model[] => {
  const wanted = (reading.hints ?? []) as readonly Model[];
  const leaves = modelLeaves(world, wanted);
  const provider = providerName(world, leaves, wanted);
  const step = (id: string): string => stepText({ provider: { name: provider }, id });
  return Object.entries(roles).flatMap(([name, role]): Model[] => {
    const key = name === "main" ? mainKey(leaves) : role;
    const id = leaves.get(key);
    if (!isId(id)) return [];
    const next = name === "main" ? ((leaves.get(fallbacks.at) ?? []) as string[]) : [];
    return [{ name, chain: [id, ...next].map(step), at: addressAt(key) }];
  });
};

/** The provider that the models of a file are asked at, where it says more of it than its kind. */
export const providersIn = (world: World): Provider[] => {
  const leaves = modelLeaves(world, []);
  const found = providerIn(leaves);
  return leaves.size && Object.keys(found).length > 1 ? [found] : [];
};

/** The models of a session and the endpoint that it asks, as keys of the settings. */
export const models: Surface<Model> = {
  path: `${file} (model, fallbackModel, env)`,
  slot: `${file}#model`,
  reads: whole.reads,
  fields: modelLosses,
  read,
  write,
};
