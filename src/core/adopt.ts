import { type Data, isObject, same } from "./data.ts";
import { isList, mergedLists } from "./merge-lists.ts";
import { type Conflict, kept, type Merged, type MergeText, type Sides, told } from "./sides.ts";
import { type Command, held, type Item, type Kind } from "./spec.ts";
import { specPrompt } from "./spellings.ts";
import { overridesFor } from "./surface.ts";
import { parse, say, type Template } from "./template.ts";

export type { Conflict, Hunk, MergeText, Sides } from "./sides.ts";

/** An item as the spec should have it. */
export interface Taken {
  name: string;
  /** Undefined: it goes. */
  item?: Item;
  /** Fields of it that change; empty: the whole item comes or goes. */
  fields: readonly string[];
}
export interface Adopted {
  taken: Taken[];
  conflicts: Conflict[];
}

/** Items of one kind, as one file shows them, by name. */
export interface Views {
  ours: ReadonlyMap<string, Item>;
  view: ReadonlyMap<string, Item>;
  base: ReadonlyMap<string, Item>;
  theirs: ReadonlyMap<string, Item>;
  /** Items that we wrote, and nobody knows any more how. */
  lost: ReadonlySet<string>;
  /** Ids of the targets that read the place; the first is the one that the views were read for. */
  readers: readonly string[];
}

const isMap = (x: unknown): x is Data => isObject(x) && !(x instanceof Uint8Array);
const tags = ["on", "type"] as const;
/** The same case of a union on every side: its fields can be merged one by one. */
const alike = (all: readonly Data[]): boolean => tags.every((t) => all.every((x) => x[t] === all[0]![t]));

const mergedText = (s: Sides<string>, at: readonly string[], merge: MergeText): Merged => {
  const m = merge(s);
  if ("text" in m) return kept(m.text);
  return { value: s.ours, conflicts: [{ ...told(s, at), hunks: m.hunks }] };
};

const mergedMaps = (s: Sides<Data>, at: readonly string[], merge: MergeText): Merged => {
  const value: Data = { ...s.ours };
  const conflicts: Merged["conflicts"] = [];
  for (const k of new Set([...Object.keys(s.view), ...Object.keys(s.base), ...Object.keys(s.theirs)])) {
    const sides = { ours: s.ours[k], view: s.view[k], base: s.base[k], theirs: s.theirs[k], known: s.known };
    const m = mergedValue(sides, [...at, k], merge);
    conflicts.push(...m.conflicts);
    if (m.value === undefined) delete value[k];
    else value[k] = m.value;
  }
  return { value, conflicts };
};

const mergedValue = (s: Sides<unknown>, at: readonly string[], merge: MergeText): Merged => {
  const { ours, view, base, theirs, known } = s;
  if (same(known ? base : view, theirs)) return kept(ours);
  if (same(ours, theirs) || (known && same(ours, base))) return kept(theirs);
  if (same(view, theirs)) return kept(ours);
  const all = [ours, view, known ? base : view, theirs];
  if (all.every((x) => typeof x === "string")) return mergedText(s as Sides<string>, at, merge);
  if (all.every(isMap) && alike(all as Data[]))
    return mergedMaps({ ...s, base: all[2] } as Sides<Data>, at, merge);
  if (all.every(Array.isArray) && isList(at))
    return mergedLists({ ...s, base: all[2] } as Sides<unknown[]>, at, merge);
  return { value: ours, conflicts: [told(s, at)] };
};

/** What can be merged of an item: its fields, and its keys for this tool. */
const fieldsOf = (item: Item, overrides: Data): Data => ({ ...held(item as never), overrides });
const asRead = (item: Item, reader: string): Data => fieldsOf(item, item.overrides?.[reader] ?? {});

/** Bodies of commands as texts in the spec's own spelling; undefined: not all of them can be said in it. */
const spoken = (s: Sides<Data>, names: readonly string[]): Sides<Data> | undefined => {
  const spelling = specPrompt(names);
  let whole = true;
  const said = (fields: Data): Data => {
    const { text, unsaid } = say(spelling, (fields["body"] ?? []) as Template);
    whole &&= !unsaid.length;
    return { ...fields, body: text };
  };
  const out = { ...s, ours: said(s.ours), view: said(s.view), base: said(s.base), theirs: said(s.theirs) };
  return whole ? out : undefined;
};

const mergedCommand = (s: Sides<Data>, merge: MergeText): Merged => {
  const of = (x: Data): unknown => x["arguments"];
  const names = mergedValue(
    { ours: of(s.ours), view: of(s.view), base: of(s.base), theirs: of(s.theirs), known: s.known },
    [],
    merge,
  );
  const list = (names.value ?? []) as string[];
  const texts = spoken(s, list);
  if (!texts) return mergedMaps(s, [], merge);
  const { value, conflicts } = mergedMaps(texts, [], merge);
  const data = value as Data;
  return { value: { ...data, body: parse(specPrompt(list), data["body"] as string) }, conflicts };
};

/** The keys of tools with those that changed in the place of the one that had them, or of the first reader. */
const withOwnKeys = (item: Item, own: Data, readers: readonly string[]): Item["overrides"] => {
  const before = overridesFor(item, readers);
  const out: Record<string, Data> = { ...item.overrides };
  for (const k of new Set([...Object.keys(before), ...Object.keys(own)])) {
    if (same(before[k], own[k])) continue;
    const owner = readers.findLast((r) => Object.hasOwn(out[r] ?? {}, k)) ?? readers[0]!;
    const { [k]: _, ...rest } = out[owner] ?? {};
    out[owner] = own[k] === undefined ? rest : { ...rest, [k]: own[k] };
  }
  const filled = Object.entries(out).filter(([, keys]) => Object.keys(keys).length);
  return filled.length ? Object.fromEntries(filled) : undefined;
};

/** The item with the fields of `value`. */
const withFields = (item: Item, value: Data, readers: readonly string[]): Item => {
  const { overrides, ...fields } = value;
  const out: Data = { ...item };
  for (const k of Object.keys(held(item as never))) delete out[k];
  Object.assign(out, fields);
  const keys = withOwnKeys(item, overrides as Data, readers);
  if (keys) out["overrides"] = keys;
  else delete out["overrides"];
  return out as unknown as Item;
};

const adoptItem = (kind: Kind, name: string, s: Sides<Item>, of: Views, merge: MergeText): Adopted => {
  const reader = of.readers[0]!;
  const sides: Sides<Data> = {
    ours: fieldsOf(s.ours, overridesFor(s.ours, of.readers)),
    view: asRead(s.view, reader),
    base: asRead(s.base, reader),
    theirs: asRead(s.theirs, reader),
    known: s.known,
  };
  const { value, conflicts } =
    kind === "command" ? mergedCommand(sides, merge) : mergedMaps(sides, [], merge);
  const fields = Object.keys({ ...sides.ours, ...(value as Data) }).filter(
    (f) => !same(sides.ours[f], (value as Data)[f]),
  );
  return {
    taken: fields.length ? [{ name, item: withFields(s.ours, value as Data, of.readers), fields }] : [],
    conflicts: conflicts.map((c) => ({ name, ...c })),
  };
};

const nothing: Adopted = { taken: [], conflicts: [] };
const whole = (name: string, ours: Item | undefined, theirs: Item | undefined): Adopted => ({
  taken: [],
  conflicts: [{ name, field: [], ours, theirs }],
});

const sameItem = (a: Item | undefined, b: Item | undefined, reader: string): boolean =>
  a && b ? same(asRead(a, reader), asRead(b, reader)) : a === b;

const adoptNamed = (kind: Kind, name: string, of: Views, merge: MergeText): Adopted => {
  const [ours, base, theirs] = [of.ours.get(name), of.base.get(name), of.theirs.get(name)];
  const view = of.view.get(name);
  const lost = of.lost.has(name);
  const reader = of.readers[0]!;
  if (!lost && sameItem(base, theirs, reader)) return nothing;
  if (!theirs) {
    if (!ours) return nothing;
    const stoodStill = !lost && sameItem(view, base, reader);
    return stoodStill ? { taken: [{ name, fields: [] }], conflicts: [] } : whole(name, ours, theirs);
  }
  if (!ours) {
    if (base || lost) return whole(name, ours, theirs);
    const { at: _, ...item } = theirs;
    return { taken: [{ name, item: item as Item, fields: [] }], conflicts: [] };
  }
  const known = !lost && base !== undefined;
  const sides = { ours, view: view ?? ours, base: base ?? view ?? ours, theirs, known };
  return adoptItem(kind, name, sides, of, merge);
};

/**
 * Brings a hand edit of an output into the spec, item by item and field by field. Nothing is guessed: what both sides
 * changed is a conflict and stays as the spec has it.
 */
export const adopt = (kind: Kind, of: Views, merge: MergeText): Adopted => {
  const names = new Set([...of.view.keys(), ...of.base.keys(), ...of.theirs.keys(), ...of.lost]);
  const all = [...names].map((name) => adoptNamed(kind, name, of, merge));
  return { taken: all.flatMap((a) => a.taken), conflicts: all.flatMap((a) => a.conflicts) };
};

/** A command's body as the spec spells it, for messages. */
export const bodyText = (body: Template, item: Pick<Command, "arguments">): string =>
  say(specPrompt(item.arguments), body).text;
