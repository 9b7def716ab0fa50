import { attempt, type Codec, codec, type Field } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Edit, Format } from "../core/format.ts";
import { drop, inline } from "../core/shape.ts";
import type { Model, Provider, Step } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { table } from "../core/surfaces/table.ts";
import type { Template } from "../core/template.ts";
import { json } from "../formats/json.ts";
import { isUsual } from "../providers/entry.ts";
import { servedBy, splitModel } from "../providers/index.ts";
import { stepText } from "../providers/litellm.ts";
import { at, bare, compatible, entryIn, file, profiles, rowsIn, type Spelled } from "./roo-profile-reads.ts";
import { literalText } from "./roo-words.ts";

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
  const row = servedBy(p);
  const origin = p.origin ? literal(p.origin) : s === compatible ? row.origin : undefined;
  const path = s === compatible ? row.paths.chat : s.path;
  return origin && origin.replace(/\/+$/, "") + (path ?? "");
};
/** A server that nobody says the place of. */
const isNowhere = (p: Provider): boolean => !p.origin && !servedBy(p).origin && !spelledFor(p).region;

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

/** A profile is the first step; the name it reads back as follows from what it says. */
const profile: Codec<string[]> = {
  ...codec<string[]>(
    (theirs) => [stepText(entryIn(isObject(theirs) ? theirs : {}))],
    (chain, prior, around) => ({
      ...only(isObject(prior) ? prior : {}, (k) => !ours.includes(k)),
      ...written(chain, around ?? {}),
    }),
    { type: "object", properties: Object.fromEntries(ours.map((k) => [k, {}])), required: ["apiProvider"] },
    ours.map((theirs) => ({ path: [], theirs })),
  ),
  stands: (chain, prior, around) =>
    same(settled(only(prior as Data, (k) => ours.includes(k))), settled(written(chain, around ?? {}))),
};

/** A profile without the address that its provider has by itself; one with and without a slash at its end is one. */
const settled = (row: Data): Data => {
  const kind = Object.entries(profiles).find(([, p]) => p.apiProvider === row["apiProvider"]);
  const isUsualAt = (base: string): boolean =>
    !!kind &&
    kind[1] !== compatible &&
    isUsual(kind[0], bare(base).slice(0, -(kind[1].path ?? "").length || undefined));
  return Object.fromEntries(
    Object.entries(row).flatMap(([k, v]) => {
      if (k !== kind?.[1].base || typeof v !== "string") return [[k, v]];
      return isUsualAt(v) ? [] : [[k, bare(v)]];
    }),
  );
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
const profilesAt = table<Model>(file, settingsExport, at, {
  chain: inline({ ...profile, fields: [...profile.fields, ...facts] }),
  onOutage: drop("Roo Code has no fallback chain"),
  limits: drop("Roo Code counts neither tokens nor dollars per day"),
});
/** The step that is looked for, with the model of a profile of its kind: what else somebody edited there is drift. */
const asWanted = (row: unknown, hint: Model | undefined): string[] | undefined => {
  const step = hint && firstStep(hint.chain, hint as unknown as Data);
  const read = isObject(row) ? attempt(() => entryIn(row)) : undefined;
  if (!step || !read || spelledFor(read.provider) !== spelledFor(step.provider)) return undefined;
  return [stepText({ ...step, id: read.id })];
};
/** The profiles, each with the name that the spec has for its provider. */
export const settingsProfiles: Surface<Model> = {
  ...profilesAt,
  read: (world, reading) => {
    const wanted = new Map(((reading.hints ?? []) as readonly Model[]).map((m) => [m.name, m]));
    const found = profilesAt.read(world, reading);
    if (!wanted.size) return found;
    const rows = rowsIn(world);
    return found.map((m) => ({ ...m, chain: asWanted(rows[m.name], wanted.get(m.name)) ?? m.chain }));
  },
};
