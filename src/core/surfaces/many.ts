import type { Codec } from "../codec.ts";
import { type Data, isObject, same } from "../data.ts";
import type { Edit, Format, Path } from "../format.ts";
import { type Case, record } from "../shape.ts";
import type { Held, Item } from "../spec.ts";
import type { Surface } from "../surface.ts";
import { type Row, rowsSurface, valueAt } from "./rows.ts";

const elementsOf = (doc: Data, at: Path): unknown[] => {
  const held = valueAt(doc, at);
  return Array.isArray(held) ? held : [];
};

/**
 * Items that are several elements of one array, all with the same name, in order: `litellm` -> `model_list`. The codec sees
 * them as `@rows`.
 */
export const many = <I extends Item>(
  path: string,
  format: Format,
  at: readonly string[],
  name: string,
  shape: Case<Held<NoInfer<I>>>,
): Surface<I> => {
  const codec: Codec<any> = record<any>(shape as Case<any>);
  const rowsIn = (data: Data): Data[] => (data["@rows"] as Data[]).map((r) => ({ [name]: undefined, ...r }));
  const appended = (doc: Data, item: string, rows: readonly Data[]): Edit[] =>
    rows.map((r, n) => ({ path: [...at, elementsOf(doc, at).length + n], value: { ...r, [name]: item } }));
  const rowOf = (doc: Data, item: string): Row => {
    const places = elementsOf(doc, at).flatMap((v, i) => (isObject(v) && v[name] === item ? [i] : []));
    const old = places.map((i) => elementsOf(doc, at)[i] as Data);
    const set = (next: Data): Edit[] => {
      const rows = rowsIn(next).map((r) => ({ ...r, [name]: item }));
      const sets = rows
        .slice(0, places.length)
        .flatMap((r, n): Edit[] => (same(r, old[n]) ? [] : [{ path: [...at, places[n]!], value: r }]));
      const extra = places.slice(rows.length);
      return [...sets, ...extra.map((i): Edit => ({ path: [...at, i], value: undefined }))];
    };
    const grow = (now: Data, next: Data): Edit[] => appended(now, item, rowsIn(next).slice(places.length));
    const bare = old.map(({ [name]: _, ...r }) => r);
    const [first, ...more] = places.map((i): Path => [...at, i]);
    return { name: item, data: { "@rows": bare }, at: first!, ...(more.length && { more }), set, grow };
  };
  return rowsSurface<I>(
    path,
    format,
    at,
    codec,
    {
      open: (doc) =>
        [
          ...new Set(
            elementsOf(doc, at).flatMap((v) =>
              isObject(v) && typeof v[name] === "string" ? [v[name] as string] : [],
            ),
          ),
        ].map((n) => rowOf(doc, n)),
      add: (doc, item, data) => appended(doc, item, rowsIn(data)),
      containers: () => at.map((_, i) => at.slice(0, at.length - i)),
    },
    { keyless: true },
  );
};
