import { same } from "../core/data.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { type Entry, fileOf } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { outsideOf, parts, withOutside } from "../core/regions.ts";
import { held, type Item, type Kind, kinds, type Rule, type Skill } from "../core/spec.ts";
import { type Job, type Surface, type World, applied as withChanges } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import { laid, layout } from "../core/text.ts";
import { json } from "../formats/json.ts";
import { mergeLines } from "../formats/merge.ts";
import { yaml } from "../formats/yaml.ts";
import type { Loaded } from "../spec/load.ts";
import { freeJob, patched, withoutAdded } from "./adopt-spec.ts";
import type { Folder } from "./project.ts";

/** An item that stands in a tool's own file, as it should be. */
export interface EditInPlace {
  kind: Kind;
  ours: Item;
  /** Undefined: it goes. */
  item?: Item;
}

const bare = (item: Item): Item => {
  const { at: _, ...rest } = item;
  return rest as Item;
};

/** A place with the item written anew: what it is written as today is known from writing it. */
const writtenIn = (place: Surface<any>, t: Target, world: World, raw: Item, item: Item): World => {
  const job = (owns?: Job["owns"]): Job => ({ ...freeJob(owns), readers: [t.id] });
  const ledger = new Map<string, Entry>();
  const owns: Job["owns"] = (at, content) => void ledger.set(at, { id: idOf(content), targets: [t.id] });
  place.write([bare(raw)], { ...world, ledger: new Map() }, job(owns));
  return withChanges(world, place.write([bare(item)], { ...world, ledger }, job()));
};

/** A page whose text around our regions is the rule. */
const withPage = (world: World, raw: Rule, rule: Rule): World[] => {
  const path = fileOf(raw.at!);
  const text = world.files.get(path);
  if (raw.at!.includes("#") || typeof text !== "string") return [];
  const outside = outsideOf(parts(text).parts);
  const after =
    layout(outside).body === raw.body ? withOutside(text, laid(rule.body, outside), mergeLines) : undefined;
  return after === undefined ? [] : [withChanges(world, [{ path, before: text, after }])];
};

/** A file of a skill's folder would go. */
const losesFiles = (kind: Kind, raw: Item, item: Item): boolean =>
  kind === "skill" && Object.keys((raw as Skill).files).some((f) => !Object.hasOwn((item as Skill).files, f));

/** The ways to write the item where it stands. */
function* writings(
  kind: Kind,
  raw: Item,
  item: Item,
  world: World,
  targets: readonly Target[],
): Generator<World> {
  for (const t of targets)
    for (const { kind: k, place } of surfacesOf(t)) {
      if (k !== kind || place.page) continue;
      const items = place.read(world, { target: t.id }) as Item[];
      if (items.some((i) => i.at === raw.at)) yield writtenIn(place, t, world, raw, item);
    }
  if (kind === "rule") yield* withPage(world, raw as Rule, item as Rule);
}

/** All that an item says, and for whom. */
const said = (item: Item): unknown[] => {
  const { targets, except, order, overrides = {} } = item;
  return [held(item as never), { targets, except, order, overrides }];
};
const faults = ({ diagnostics }: Loaded): string[] =>
  diagnostics.map((d: Diagnostic) => `${d.code} ${d.reason}`);

/** Whether one item is as it is wanted and all else as it was; a hook's name follows from what it runs. */
const isJust = (before: Loaded, after: Loaded, kind: Kind, raw: Item, wanted: Item): boolean => {
  const old = faults(before);
  if (faults(after).some((f) => !old.includes(f))) return false;
  return kinds.every((k) => {
    const [was, now] = [before.spec[k] as Item[], after.spec[k] as Item[]];
    const others = new Map(was.filter((i) => k !== kind || i.name !== raw.name).map((i) => [i.name, i]));
    const isOther = (i: Item): boolean => others.has(i.name) && same(said(i), said(others.get(i.name)!));
    const changed = now.filter((i) => !isOther(i)).map(said);
    return now.length === was.length && same(changed, k === kind ? [said(wanted)] : []);
  });
};

/**
 * The folder's tree with an item changed in the tool's own file that it stands in, through the place that the tool has it in, or
 * why it is not: nothing else that the file says may change with it, and what somebody wrote there is never taken away.
 */
export const withEditInPlace = (
  { reread }: Folder,
  targets: readonly Target[],
  world: World,
  { kind, ours, item }: EditInPlace,
): World | string => {
  const path = fileOf(ours.at!);
  const before = reread?.(world);
  const raw = (before?.spec[kind] as Item[] | undefined)?.find((i) => i.name === ours.name);
  const wanted = raw && item && patched(raw, ours, item);
  if (!before || raw?.at !== ours.at || !wanted || losesFiles(kind, raw, wanted))
    return `it stands in ${path}: make the change there`;
  const isRight = (next: World): boolean => isJust(before, reread!(next), kind, raw, wanted);
  for (const written of writings(kind, raw, wanted, world, targets)) {
    const next = { ...written, ledger: world.ledger };
    if (!isRight(next)) continue;
    const format = path.endsWith(".json") ? json : /\.ya?ml$/.test(path) ? yaml : undefined;
    return format ? withoutAdded(path, format, world, next, isRight) : next;
  }
  return `it stands in ${path}: make the change there, then \`portable build --force\``;
};
