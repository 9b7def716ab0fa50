import type { Field } from "../codec.ts";
import type { Item } from "../spec.ts";
import type { Surface } from "../surface.ts";

/** The place, for the items that the tool would take there; `why` is told of the others. */
export const taking = <I extends Item>(
  place: Surface<I>,
  accepts: (item: I) => boolean,
  why: string,
): Surface<I> => {
  const refused: Field = { path: [], only: (item: I) => !accepts(item), note: why };
  return {
    ...place,
    fields: [refused, ...place.fields],
    write: (items, world, job) => place.write(items.filter(accepts), world, job),
  };
};
