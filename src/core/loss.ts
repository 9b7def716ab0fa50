import type { Field, Level } from "./codec.ts";
import { type Data, isObject, same } from "./data.ts";
import { isDrop } from "./shape.ts";
import { held, type Item, type Kind, type Permission } from "./spec.ts";
import type { Surface } from "./surface.ts";
import { choicesOf, type Place, type Target } from "./target.ts";

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
  /** A shared place shows it to a target that should not see it. */
  leak?: true;
}

/** Leaf-wise: paths at which the values differ. */
export const differences = (a: unknown, b: unknown, at: string[] = []): string[][] => {
  if (same(a, b)) return [];
  if (!isObject(a) || !isObject(b) || a instanceof Uint8Array) return [at];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(k => differences(a[k], b[k], [...at, k]));
};

const valuesAt = (v: unknown, path: readonly string[]): unknown[] => {
  const [head, ...rest] = path;
  if (head === undefined) return v === undefined ? [] : [v];
  if (head === "*") return Object.values((v ?? {}) as Data).flatMap(x => valuesAt(x, rest));
  return valuesAt((v as Data | undefined)?.[head], rest);
};
const holds = (f: Field, item: Data): boolean => {
  const values = valuesAt(item, f.path);
  if (!values.length || (f.only && !values.some(v => f.only!(v, item)))) return false;
  return (f.cases ?? []).every(c => valuesAt(item, f.path.slice(0, c.depth)).some(x => (x as Data)?.[c.tag] === c.is));
};
/** The fact concerns this difference: one path begins with the other. */
const near = (fact: readonly string[], at: readonly string[]): boolean => fact.every((k, i) => i >= at.length || k === "*" || k === at[i]);

/** A deny or an ask that does not hold is never a small thing. */
const levelOf = (kind: Kind, item: Item, given: Level | undefined, whole: boolean): Level => {
  if (kind === "permission" && (item as Permission).effect !== "allow" && !whole) return "error";
  return given ?? (whole ? "note" : "warning");
};

export interface ReadBack {
  target: Target;
  kind: Kind;
  /** What the target should hold, as it should read it. */
  want: readonly Item[];
  got: readonly Item[];
  /** The place that was chosen for an item. */
  placeOf(item: Item): Surface<any> | undefined;
  /** Why an item could not be written; `at` is where another stands in its place. */
  refused(item: Item, at: string | undefined, place: Surface<any> | undefined): string | undefined;
  /** The spec has an item of this name, for whomever. */
  known(name: string): boolean;
}

export const lossesOf = (r: ReadBack): Loss[] => {
  const place = r.target.keeps[r.kind] as Place<any>;
  const base = { target: r.target.id, kind: r.kind };
  if (isDrop(place)) return r.want.map(i => ({ ...base, name: i.name, field: [], why: place.drop, level: levelOf(r.kind, i, place.level, true) }));
  if (!choicesOf(place).length && "server" in (place as object)) return [];
  const got = new Map(r.got.map(i => [i.name, i]));
  const wanted = new Set(r.want.map(i => i.name));
  const out = r.want.flatMap(item => itemLosses(item, got.get(item.name), r, base));
  for (const i of r.got)
    if (!wanted.has(i.name) && r.known(i.name) && i.at !== undefined)
      out.push({ ...base, name: i.name, field: [], why: "it stands in a place shared with a target that wants it", level: "warning", leak: true });
  return out;
};

const itemLosses = (item: Item, back: Item | undefined, r: ReadBack, base: { target: string; kind: Kind }): Loss[] => {
  const place = r.placeOf(item);
  const data = held(item as any) as Data;
  const whole = { ...data, name: item.name };
  if (back && back.at !== undefined && back.at === item.at) return [];
  const fields = place?.fields ?? [];
  const loss = (field: string[], fact: Field | undefined, weak: boolean): Loss => ({
    ...base,
    name: item.name,
    field,
    ...(fact?.note !== undefined && { why: fact.note }),
    level: levelOf(base.kind, item, fact?.level, false),
    ...(weak && { weak: true as const }),
  });
  const reason = (at: string[]): Field | undefined => fields.find(f => f.note && !f.weak && near(f.path, at) && (f.path.length ? holds(f, data) : (f.only?.(whole, whole) ?? true) && holds({ ...f, path: [], ...(f.only && { only: () => true }) }, data)));
const refused = r.refused(item, back?.at, place);
  const found = differences(data, back && held(back as any)).map(at => {
    const fact = reason(at);
    if (refused !== undefined && !fact) return { ...loss(back ? at : [], undefined, false), why: refused, refused: true as const };
    return loss(back ? at : [], fact, false);
  });
  const weaknesses = back ? fields.filter(f => f.weak && holds(f, data)).map(f => loss([...f.path], f, true)) : [];
  return [...found, ...weaknesses];
};
