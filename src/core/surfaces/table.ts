import type { Codec } from "../codec.ts";
import { type Data, isObject, same } from "../data.ts";
import type { Edit, Format, Path } from "../format.ts";
import { type Case, record } from "../shape.ts";
import type { Held, Item, Setting } from "../spec.ts";
import type { Surface } from "../surface.ts";
import { type Row, type Rows, type RowsOptions, rowsSurface, valueAt } from "./rows.ts";

const asData = (v: unknown): Data => (isObject(v) ? v : { "@row": v });
/** `[a, b]` gives `[[a, b], [a]]`: what may be left empty, inner ones first. */
const inwards = (at: Path): Path[] => at.map((_, i) => at.slice(0, at.length - i));

/** Items under a key, by name: `.mcp.json` -> `mcpServers`. */
export const table = <I extends Item>(
  path: string,
  format: Format,
  at: readonly string[],
  shape: Case<Held<NoInfer<I>>>,
): Surface<I> =>
  rowsSurface<I>(path, format, at, record<any>(shape as Case<any>), {
    open: (doc) => {
      const held = valueAt(doc, at);
      return Object.entries(isObject(held) ? held : {}).map(([name, v]): Row => {
        const here = [...at, name];
        return { name, data: asData(v), at: here, set: (next) => [{ path: here, value: next }] };
      });
    },
    add: (_, name, data) => [{ path: [...at, name], value: data }],
    containers: () => inwards(at),
  });

interface ListOptions extends RowsOptions {
  /** The key of a row that holds its name; without it, rows are told apart by what they say. */
  name?: string;
  /** Rows are not maps but single values, seen as `@row`. */
  single?: boolean;
  /** Rows are words, each the name of its item. */
  words?: boolean;
  /** Rows are texts of a name and a value with this between them, `fast:model`; the value is seen as `@row`. */
  pair?: string;
  /** The tool takes a single value for a list of one. */
  lone?: boolean;
  /** Rows stand in groups, under this key; the others of a group's keys belong to each of its rows. */
  group?: { key: string; shared: readonly string[] };
}

const without = (data: Data, drop: (key: string) => boolean): Data =>
  Object.fromEntries(Object.entries(data).filter(([k]) => !drop(k)));
const bare = (data: Data): Data => without(data, (k) => k.startsWith("@"));

/**
 * Items in an array: `litellm` -> `model_list`. A last key that begins with `@` stands for any key, and is a field of the row:
 * `["hooks", "@on"]` holds one array for each event.
 */
export const list = <I extends Item>(
  path: string,
  format: Format,
  at: readonly string[],
  shape: Case<Held<NoInfer<I>>>,
  options: ListOptions = {},
): Surface<I> => {
  const open = at.at(-1)?.startsWith("@") ? at.at(-1)! : undefined;
  const base = open ? at.slice(0, -1) : at;
  const { group } = options;

  /** A value that stands where a list might. */
  const isLone = (held: unknown): boolean =>
    !!options.lone && held !== null && typeof held !== "object" && held !== undefined;
  const arrays = (doc: Data): { path: Path; mark: Data; values: unknown[] }[] => {
    const held = valueAt(doc, base);
    if (!open) return Array.isArray(held) ? [{ path: base, mark: {}, values: held }] : [];
    return Object.entries(isObject(held) ? held : {}).flatMap(([k, v]) =>
      Array.isArray(v) ? [{ path: [...base, k], mark: { [open]: k }, values: v }] : [],
    );
  };
  const value = (data: Data): unknown => (options.single ? data["@row"] : bare(data));
  const paired = (name: string, data: Data): string => `${name}${options.pair}${data["@row"]}`;
  const pairRow = (p: Path, text: string): Row => {
    const cut = text.indexOf(options.pair!);
    const name = text.slice(0, cut).trim();
    const data = { "@row": text.slice(cut + options.pair!.length).trim() };
    return { name, data, at: p, set: (next) => [{ path: p, value: paired(name, next) }] };
  };
  /** A row that is one text. */
  const textRow = (p: Path, mark: Data, v: unknown): Row[] => {
    if (typeof v !== "string" || (options.pair && !v.includes(options.pair))) return [];
    return [options.pair ? pairRow(p, v) : { name: v, data: mark, at: p, set: () => [] }];
  };
  /** The row stays in its array. */
  const stays = (mark: Data, next: Data): boolean => Object.keys(mark).every((k) => next[k] === mark[k]);
  const simple = (p: Path, mark: Data, v: unknown, i: number): Row => ({
    ...(options.name && isObject(v) && typeof v[options.name] === "string"
      ? { name: v[options.name] as string }
      : {}),
    data: options.single ? { ...mark, "@row": v } : { ...mark, ...asData(v) },
    at: [...p, i],
    set: (next) => (stays(mark, next) ? [{ path: [...p, i], value: value(next) }] : undefined),
  });
  const grouped = (p: Path, mark: Data, g: Data, i: number): Row[] => {
    const { key, shared } = group!;
    const inner = Array.isArray(g[key]) ? (g[key] as unknown[]) : [];
    const common = without(g, (k) => k === key);
    return inner.map((v, j): Row => {
      const at = [...p, i, key, j];
      /** What the group says is changed only for its one row. */
      const set = (next: Data): Edit[] | undefined => {
        const outer = shared.filter((k) => !same(next[k], common[k]));
        if (!stays(mark, next) || (outer.length && inner.length > 1)) return undefined;
        const own = without(bare(next), (k) => shared.includes(k) || k in common);
        return [
          ...outer.map((k): Edit => ({ path: [...p, i, k], value: next[k] })),
          { path: at, value: own },
        ];
      };
      return {
        data: { ...mark, ...common, ...asData(v) },
        at,
        group: { at: [...p, i], size: inner.length },
        set,
      };
    });
  };
  const rowsOf = (p: Path, mark: Data, v: unknown, i: number): Row[] => {
    if (options.words || options.pair) return textRow([...p, i], mark, v);
    if (group) return isObject(v) ? grouped(p, mark, v, i) : [];
    return [simple(p, mark, v, i)];
  };
  const rows: Rows = {
    open: (doc) =>
      isLone(valueAt(doc, base))
        ? textRow(base, {}, valueAt(doc, base))
        : arrays(doc).flatMap(({ path: p, mark, values }) => values.flatMap((v, i) => rowsOf(p, mark, v, i))),
    add: (doc, name, data) => {
      const p = open ? [...base, String(data[open])] : base;
      const held = valueAt(doc, p);
      const i = Array.isArray(held) ? held.length : 0;
      const text = options.pair ? paired(name, data) : options.words ? name : undefined;
      if (text !== undefined && isLone(held)) return [{ path: p, value: [held, text] }];
      if (text !== undefined) return [{ path: [...p, i], value: text }];
      if (!group) return [{ path: [...p, i], value: value(data) }];
      const row = bare(data);
      const outer = without(row, (k) => !group.shared.includes(k));
      return [
        {
          path: [...p, i],
          value: { ...outer, [group.key]: [without(row, (k) => group.shared.includes(k))] },
        },
      ];
    },
    containers: (doc) => [
      ...arrays(doc).map((a) => a.path),
      ...(open ? inwards(base) : inwards(base).slice(1)),
    ],
  };
  const codec = record<any>(shape as Case<any>);
  const keyless = options.single || options.words || options.pair !== undefined;
  const also = (name: string): Data => ({
    ...(options.name && { [options.name]: name }),
    ...options.also?.(name),
  });
  const known = options.name
    ? { ...codec, fields: [...codec.fields, { path: [], theirs: options.name }] }
    : codec;
  return rowsSurface<I>(path, format, at, known, rows, { ...options, also, ...(keyless && { keyless }) });
};

const leaves = (v: unknown, at: string[], skip: (path: string[]) => boolean): string[][] => {
  if (skip(at)) return [];
  if (!isObject(v) || Object.keys(v).length === 0) return at.length ? [at] : [];
  return Object.entries(v).flatMap(([k, x]) => leaves(x, [...at, k], skip));
};

interface RestOptions {
  /** Keys that other surfaces of this file name. */
  except?: readonly Path[];
  /** The tool that the settings are of; without it, the first key says which. */
  of?: string;
  /** Of the leaves that are left, those that are shown. */
  takes?: (path: Path, doc: Data) => boolean;
}

/** Every leaf of a file that no other surface names, one item a leaf. */
export const rest = (
  path: string,
  format: Format,
  at: readonly string[],
  options: RestOptions = {},
): Surface<Setting> => {
  const skip = (p: string[]): boolean =>
    (options.except ?? []).some((e) => e.length === p.length && e.every((k, i) => k === p[i]));
  // a row is a value and the keys that lead to it
  const codec: Codec<Setting> = {
    get: (theirs) => ({ path: (theirs as Data)["@path"], value: (theirs as Data)["@row"] }) as Setting,
    put: (ours) => ({ "@path": (ours as unknown as Data)["path"], "@row": ours.value }),
    fields: [],
    schema: { type: "object", additionalProperties: { type: "object" } },
  };
  const rows: Rows = {
    open: (doc) =>
      leaves(valueAt(doc, at) ?? {}, [], skip).flatMap((p): Row[] => {
        const here = [...at, ...p];
        if (options.takes && !options.takes(p, doc)) return [];
        const row: Row = {
          name: options.of ? `${options.of}/${p.join("/")}` : p.join("/"),
          data: { "@path": options.of ? p : p.slice(1), "@row": valueAt(doc, here) },
          at: here,
          set: (next) => [{ path: here, value: next["@row"] }],
        };
        return [row];
      }),
    add: (_, name, data) => [
      {
        path: [...at, ...(options.of ? [] : [name.split("/")[0]!]), ...(data["@path"] as string[])],
        value: data["@row"],
      },
    ],
    containers: (doc) => containersOf(valueAt(doc, at), [...at]),
  };
  const surface = rowsSurface<Setting>(path, format, at, codec as Codec<any>, rows, { keyless: true });
  const aimed = (items: Setting[]): Setting[] =>
    items.map((i) => ({ ...i, targets: [options.of ?? i.name.split("/")[0]!] }));
  return { ...surface, read: (w, r) => aimed(surface.read(w, r)) };
};

/** Maps inside, inner ones first, then the place itself. */
const containersOf = (v: unknown, at: Path): Path[] => {
  const inner = isObject(v)
    ? Object.entries(v).flatMap(([k, x]) => (isObject(x) ? containersOf(x, [...at, k]) : []))
    : [];
  return at.length ? [...inner, at] : inner;
};

/** One setting of one shared file, for the item of one name. */
export const value = <I extends Item>(
  path: string,
  format: Format,
  at: readonly string[],
  name: string,
  shape: Case<Held<NoInfer<I>>>,
): Surface<I> => {
  const rows: Rows = {
    open: (doc) => {
      const v = valueAt(doc, at);
      return v === undefined
        ? []
        : [{ name, data: { "@row": v }, at, set: (next) => [{ path: at, value: next["@row"] }] }];
    },
    add: (_, __, data) => [{ path: at, value: data["@row"] }],
    containers: () => inwards(at.slice(0, -1)),
  };
  const surface = rowsSurface<I>(path, format, at.slice(0, -1), record<any>(shape as Case<any>), rows, {
    keyless: true,
  });
  const mine = (items: readonly I[]): I[] => items.filter((i) => i.name === name);
  return {
    ...surface,
    slot: `${path}#${at.join("/")}`,
    path: `${path} (${at.join(".")})`,
    keys: at.slice(0, 1),
    write: (items, w, job) => surface.write(mine(items), w, job),
  };
};
