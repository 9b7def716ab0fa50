import type { Field, Level } from "./codec.ts";
import { type Data, isObject, same } from "./data.ts";
import { isDrop } from "./shape.ts";
import { held, type Item, type Kind, type Permission } from "./spec.ts";
import type { Surface } from "./surface.ts";
import { isWithin, ownPlace, type Target } from "./target.ts";

/** Something of the spec that a target does not get, or gets weaker. */
export interface Loss {
  target: string;
  kind: Kind;
  name: string;
  /** Path inside the item; empty: the whole item. */
  field: string[];
  /** Undefined is a fault of ours: every loss has a stated reason. */
  why?: string;
  level: Level;
  /** It arrives as written but is not enforced. */
  weak?: true;
  /** What stands in its place is not ours to change: told as drift. */
  refused?: true;
  /** Something stands there, only other than was wanted. */
  changed?: true;
  /** It reaches the tool from several places; `why` names them. */
  twice?: true;
  /** A shared place shows it to a target that should not see it. */
  leak?: true;
  /** It is none of ours: the target has one of that name of its own. */
  own?: true;
}

/** Leaf-wise: paths at which the values differ. */
export const differences = (a: unknown, b: unknown, at: string[] = []): string[][] => {
  if (same(a, b)) return [];
  if (!isObject(a) || !isObject(b) || a instanceof Uint8Array) return [at];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((k) =>
    differences(a[k], b[k], [...at, k]),
  );
};

const valuesAt = (v: unknown, path: readonly string[]): unknown[] => {
  const [head, ...rest] = path;
  if (head === undefined) return v === undefined ? [] : [v];
  if (head === "*") return Object.values((v ?? {}) as Data).flatMap((x) => valuesAt(x, rest));
  return valuesAt((v as Data | undefined)?.[head], rest);
};
const holds = (f: Field, item: Data): boolean => {
  const values = valuesAt(item, f.path);
  if (!values.length || (f.only && !values.some((v) => f.only!(v, item)))) return false;
  return (f.cases ?? []).every((c) =>
    valuesAt(item, f.path.slice(0, c.depth)).some((x) => (x as Data)?.[c.tag] === c.is),
  );
};
/** A fact about the item as a whole, its name counted. */
const holdsWhole = (f: Field, item: Data): boolean =>
  (f.only?.(item, item) ?? true) && holds({ path: [], ...(f.cases && { cases: f.cases }) }, item);
/** The fact concerns this difference: one path begins with the other. */
const near = (fact: readonly string[], at: readonly string[]): boolean =>
  fact.every((k, i) => i >= at.length || k === "*" || k === at[i]);

/** A deny or an ask that does not hold is never a small thing. */
const levelOf = (kind: Kind, item: Item, given: Level | undefined, whole: boolean): Level => {
  if (given) return given;
  if (whole) return "note";
  return kind === "permission" && (item as Permission).effect !== "allow" ? "error" : "warning";
};

export interface ReadBack {
  target: Target;
  kind: Kind;
  /** What the target should hold, as it should read it. */
  want: readonly Item[];
  /** What it reads, and where. */
  got: readonly { place: Surface<any>; item: Item }[];
  /** The place that was chosen for an item. */
  placeOf(item: Item): Surface<any> | undefined;
  /** Why an item does not stand in a place as it should. */
  refused(place: Surface<any>, name: string): string | undefined;
  /** Why an item has no room in a place beside the others of the spec. */
  crowded?(place: Surface<any>, name: string): string | undefined;
  /** The item as a place shows it to all of its readers. */
  shown(place: Surface<any>, name: string): Item | undefined;
  /** The spec has an item of this name, for whomever. */
  known(name: string): boolean;
  /** The address in the real file, links resolved. */
  real(at: string): string;
  /** We wrote what stands at an address, or the spec has it there. */
  isOurs(at: string): boolean;
}

export const lossesOf = (r: ReadBack): Loss[] => {
  const place = ownPlace(r.target.keeps[r.kind]);
  const base = { target: r.target.id, kind: r.kind };
  if (isDrop(place))
    return r.want.map((i) => ({
      ...base,
      name: i.name,
      field: [],
      why: place.drop,
      level: levelOf(r.kind, i, place.level, true),
    }));
  if (isWithin(place)) return [];
  const by = new Map<string, ReadBack["got"][number][]>();
  for (const g of r.got) by.set(g.item.name, [...(by.get(g.item.name) ?? []), g]);
  const wanted = new Set(r.want.map((i) => i.name));
  const out = r.want.flatMap((item) => {
    const found = by.get(item.name) ?? [];
    const place = r.placeOf(item);
    const back = found.find((g) => g.place === place) ?? found[0];
    return [...itemLosses(item, back?.item, back?.place ?? place, r, base), ...twice(item, found, r, base)];
  });
  const others = [...new Map(r.got.map((g) => [g.item.name, g.item])).values()].filter(
    (i) => !wanted.has(i.name) && r.known(i.name) && i.at !== undefined,
  );
  const shared = {
    why: "it stands in a place shared with a target that wants it",
    level: "warning",
  } as const;
  const own = { why: "it is not ours", level: "note", own: true } as const;
  for (const { name, at } of others)
    out.push({ ...base, name, field: [], ...(r.isOurs(at!) ? shared : own), leak: true });
  return out;
};

/** The tool reads the item in more than one place: its text reaches the model more than once. */
const twice = (
  item: Item,
  found: ReadBack["got"],
  r: ReadBack,
  base: { target: string; kind: Kind },
): Loss[] => {
  const whole = found.filter((g) => (g.item as { points?: string }).points === undefined);
  const places = [...new Map(whole.map((g) => [r.real(g.item.at ?? g.place.path), g.place.path])).values()];
  if (places.length < 2) return [];
  return [{ ...base, name: item.name, field: [], why: places.join(" and "), level: "warning", twice: true }];
};

/** What must come back: the item, and the keys that only this target has. */
const wholeOf = (item: Item, own: Data): Data => ({
  ...held(item as any),
  ...(Object.keys(own).length && { overrides: own }),
});
const ownKeys = (item: Item | undefined, target: string): Data =>
  item?.overrides && Object.hasOwn(item.overrides, target) ? item.overrides[target]! : {};
const only = (data: Data, keys: (key: string) => boolean): Data =>
  Object.fromEntries(Object.entries(data).filter(([k]) => keys(k)));

/** Why something is lost. */
type Reason = Pick<Loss, "why" | "refused"> & { level?: Level | undefined };

const itemLosses = (
  item: Item,
  back: Item | undefined,
  from: Surface<any> | undefined,
  r: ReadBack,
  base: { target: string; kind: Kind },
): Loss[] => {
  if (back && back.at !== undefined && back.at === item.at) return [];
  const place = r.placeOf(item);
  // what its own place cannot hold may still reach the tool from another one, as that one holds it
  const there = from && from !== place ? from.fields : [];
  const fields = [...(place?.fields ?? []), ...there];
  const own = ownKeys(item, base.target);
  // a key that the place names is none of the tool's own: it changes what the item says there
  const set = Object.keys(own).length
    ? fields.filter((f) => f.theirs !== undefined && Object.hasOwn(own, f.theirs))
    : [];
  const kept = only(own, (k) => !set.some((f) => f.theirs === k));
  const want = wholeOf(item, kept);
  const read =
    back &&
    wholeOf(
      back,
      only(ownKeys(back, base.target), (k) => Object.hasOwn(kept, k)),
    );
  /** What facts are told of: what is asked for, and what stands beside it. */
  const points = place && (r.shown(place, item.name) as { points?: string } | undefined)?.points;
  const about: Data = { ...item, overrides: undefined, ...want, points };
  const crowded = place && r.crowded?.(place, item.name);
  const reasonOf = (at: string[]): Reason => {
    if (crowded !== undefined) return { why: crowded };
    const fact = fields.find(
      (f) =>
        f.note && !f.weak && near(f.path, at) && (f.path.length ? holds(f, about) : holdsWhole(f, about)),
    );
    if (fact) return { why: fact.note!, level: fact.level };
    const overridden = set.find((f) => near(f.path, at));
    if (overridden) return { why: `the item's overrides set "${overridden.theirs}"` };
    const why =
      place && (r.refused(place, item.name) ?? (place.through && r.refused(place.through, item.name)));
    return why === undefined ? extra(item, back, from, at, r) : { why, refused: true };
  };
  const loss = (field: string[], { level, ...reason }: Reason): Loss => ({
    ...base,
    name: item.name,
    field,
    ...reason,
    level: levelOf(base.kind, item, level, false),
  });
  const lost = differences(want, read).map((at): Loss => {
    const stands = back !== undefined && valuesAt(read, at).length > 0;
    return { ...loss(back ? at : [], reasonOf(at)), ...(stands && { changed: true }) };
  });
  const weak = back
    ? (from?.fields ?? [])
        .filter((f) => f.weak && holds(f, about))
        .map((f) => ({ ...loss([...f.path], { why: f.note!, level: f.level }), weak: true as const }))
    : [];
  return [...lost, ...weak];
};

const isOthers = (overrides: Record<string, Data>, key: string | undefined, id: string): boolean =>
  key !== undefined && Object.entries(overrides).some(([o, own]) => o !== id && Object.hasOwn(own, key));
/** More stands there than was wanted, and it is known why. */
const extra = (
  item: Item,
  back: Item | undefined,
  from: Surface<any> | undefined,
  at: readonly string[],
  r: ReadBack,
): Reason => {
  const shown = from && r.shown(from, item.name);
  if (!back) return {};
  if (shown && shown !== item && same(valuesAt(shown, at), valuesAt(back, at)))
    return { why: "it stands in a place shared with a target that sees more of it" };
  if (at[0] === "overrides" && item.overrides && isOthers(item.overrides, at[1], r.target.id))
    return { why: "the place is shared with a tool whose own key of this name stands there" };
  if (r.kind === "skill" && at[0] === "files" && !valuesAt(item, at).length)
    return { why: "a file that is not ours stands in its folder", level: "note" };
  return {};
};
