import type { Change } from "../change.ts";
import type { Field } from "../codec.ts";
import type { Item } from "../spec.ts";
import { applied, type Job, type Reading, type Surface } from "../surface.ts";

/** What an item puts in one place. */
export interface Part {
  /** Name of the item that it is of. */
  of: string;
  place: Surface<any>;
  item: { name: string };
}
interface Spread<I> {
  /** For people. */
  path: string;
  slot: string;
  fields: readonly Field[];
  /** In the order in which they are written. */
  places: readonly Surface<any>[];
  parts(items: readonly I[]): Part[];
  /** Items of which a part cannot stand, because another of them has the place, and why. */
  crowded?(items: readonly I[]): { of: string; why: string }[];
  /** Whole items, from what each place holds. */
  join(held: ReadonlyMap<Surface<any>, readonly Item[]>, reading: Reading): I[];
}

/** Items that stand in several places: a model's first step under one key, the further ones in a list. */
export const spread = <I extends Item>(of: Spread<I>): Surface<I> => {
  /** Units are told of the items that they are of. */
  const owned = (job: Job, parts: readonly Part[]): Job => {
    const owners = new Map(parts.map((p) => [p.item.name, p.of]));
    const named = (item: string | undefined): { item?: string } =>
      item === undefined ? {} : { item: owners.get(item) ?? item };
    return { ...job, may: (unit) => job.may({ ...unit, ...named(unit.item) }) };
  };
  return {
    path: of.path,
    slot: of.slot,
    fields: of.fields,
    reads: of.places.flatMap((p) => p.reads),
    keys: of.places.flatMap((p) => p.keys ?? []),
    read: (world, reading) => {
      const { hints: _, ...plain } = reading;
      return of.join(new Map(of.places.map((p) => [p, p.read(world, plain)])), reading);
    },
    write: (items, world, job) => {
      const parts = of.parts(items);
      let now = world;
      const out: Change[] = [];
      for (const place of of.places) {
        const mine = parts.filter((p) => p.place === place);
        const changes = place.write(
          mine.map((p) => p.item),
          now,
          owned(job, mine),
        );
        out.push(...changes);
        now = applied(now, changes);
      }
      for (const { of: item, why } of of.crowded?.(items) ?? []) job.crowded?.(item, why);
      return out;
    },
  };
};
