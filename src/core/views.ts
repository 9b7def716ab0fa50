import { same } from "./data.ts";
import { differences } from "./loss.ts";
import { held, type Item, type Kind, kinds } from "./spec.ts";
import type { Surface, World } from "./surface.ts";
import { choicesOf, type Target } from "./target.ts";
import { byCodeUnit } from "./text.ts";

/** What one tool reads from a tree, by `kind name`. */
type View = ReadonlyMap<string, { kind: Kind; item: Item }>;

/** A page may only point to what has a file of its own: that one says what the item is. */
const pagesFirst = (a: Surface<any>, b: Surface<any>): number => Number(!!b.page) - Number(!!a.page);

const viewOf = (t: Target, world: World): View => {
  const out = new Map<string, { kind: Kind; item: Item }>();
  for (const kind of kinds) {
    const places = [...new Set(choicesOf(t.keeps[kind]).map((c) => c.place))].sort(pagesFirst);
    for (const item of places.flatMap((p) => p.read(world, { target: t.id }) as Item[]))
      out.set(`${kind} ${item.name}`, { kind, item });
  }
  return out;
};

/** How an item differs for some tools between two trees. */
export interface Shift {
  kind: Kind;
  name: string;
  targets: string[];
  /** Undefined: they do not have it. */
  before?: Item;
  after?: Item;
  /** Paths inside the item that differ; none where it is new or gone. */
  fields: string[][];
}

const shiftOf = (kind: Kind, before: Item | undefined, after: Item | undefined): Shift | undefined => {
  const [was, now] = [before && held(before as never), after && held(after as never)];
  if (same(was, now)) return undefined;
  return {
    kind,
    name: (after ?? before)!.name,
    targets: [],
    ...(before && { before }),
    ...(after && { after }),
    fields: was && now ? differences(was, now) : [],
  };
};
const sameShift = (a: Shift, b: Shift): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  same(a.before && held(a.before as never), b.before && held(b.before as never)) &&
  same(a.after && held(a.after as never), b.after && held(b.after as never));

/**
 * What changes for each tool from one tree to another, item by item, as the tools read it; tools for which the same changes
 * stand together. In the order of kinds, then of names.
 */
export const shifts = (targets: readonly Target[], before: World, after: World): Shift[] => {
  const out = new Map<string, Shift[]>();
  for (const t of targets) {
    const [was, now] = [viewOf(t, before), viewOf(t, after)];
    for (const key of new Set([...was.keys(), ...now.keys()])) {
      const { kind } = (now.get(key) ?? was.get(key))!;
      const shift = shiftOf(kind, was.get(key)?.item, now.get(key)?.item);
      if (!shift) continue;
      const known = out.get(key) ?? [];
      const alike = known.find((s) => sameShift(s, shift));
      if (alike) alike.targets.push(t.id);
      else out.set(key, [...known, { ...shift, targets: [t.id] }]);
    }
  }
  const rank = (s: Shift): number => kinds.indexOf(s.kind);
  return [...out.values()].flat().sort((a, b) => rank(a) - rank(b) || byCodeUnit(a.name, b.name));
};
