import type { Change } from "../change.ts";
import type { Codec } from "../codec.ts";
import { type Data, isObject, Mismatch, same } from "../data.ts";
import type { Edit, Format, Path } from "../format.ts";
import { addressOf, container, containerAddress, fileAddress } from "../ledger.ts";
import { isUntouched } from "../own.ts";
import type { Item } from "../spec.ts";
import {
  changed,
  type Job,
  keysUnder,
  put,
  type Reading,
  type Surface,
  take,
  type World,
} from "../surface.ts";
import { eolOf } from "../text.ts";
import { naming } from "./naming.ts";

/** One row of a shared file, as its codec sees it. Keys that begin with `@` tell its place and are not written. */
export interface Row {
  /** Undefined: nothing in the file names it. */
  name?: string;
  data: Data;
  /** Where it stands. */
  at: Path;
  /** Further places, where one item is several elements. */
  more?: readonly Path[];
  /** The group it stands in, which goes with the last of its rows. */
  group?: { at: Path; size: number };
  /** Turns it into `next`; undefined: that belongs elsewhere, so this row goes and a new one comes. Elements that go are edits too. */
  set(next: Data): Edit[] | undefined;
  /** Elements that `next` has besides those that stand there, for the end of the array. */
  grow?(doc: Data, next: Data): Edit[];
}

/** How one kind of container shows and takes rows. */
export interface Rows {
  /** In the order of the document. */
  open(doc: Data): Row[];
  add(doc: Data, name: string, data: Data): Edit[];
  /** Containers that may be left empty, inner ones first. */
  containers(doc: Data): Path[];
}

export interface RowsOptions {
  /** A name for a row that has none, from its data as we read it. */
  label?: (held: any) => string;
  /** Two rows that agree in this are the same row edited. */
  key?: (data: Data) => string;
  /** A row is a value and has no place for keys of its own. */
  keyless?: boolean;
  /** Keys that every row needs, with what they hold where neither the item nor the row says it. */
  also?: (name: string) => Data;
  /** Rows hold more than their items say: what stands in one stays, and only a new one needs what `also` gives. */
  loose?: true;
  /** Whether rows of these names count in their order. */
  ordered?: (names: readonly string[]) => boolean;
  /** What a new file holds besides the rows, and ours to take away with the last of them: `{ version: 1 }`. */
  frame?: Data;
}

export const valueAt = (doc: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (v, k) =>
      Array.isArray(v) ? v[k as number] : isObject(v) && Object.hasOwn(v, k) ? v[k as string] : undefined,
    doc,
  );

/** The row with the keys that it needs and does not have. */
const completed = (data: Data, needs: Data): Data => ({ ...needs, ...data });
/** The row without what is only there because every row needs it. */
const bared = (data: Data, needs: Data): Data =>
  Object.fromEntries(Object.entries(data).filter(([k, v]) => !(k in needs && same(v, needs[k]))));

const isEmpty = (v: unknown): boolean =>
  Array.isArray(v) ? v.length === 0 : isObject(v) && Object.keys(v).length === 0;

const setting = (data: Data): Edit[] => Object.entries(data).map(([k, value]) => ({ path: [k], value }));
/** Nothing but the frame stands there. */
const isBare = (doc: Data, frame: Data): boolean =>
  Object.entries(doc).every(([k, v]) => {
    const wanted = Object.hasOwn(frame, k) ? frame[k] : undefined;
    return same(v, wanted) || (isObject(v) && isObject(wanted) && isBare(v, wanted));
  });

/** Later elements of one array come before earlier ones. */
const lastFirst = (a: Path, b: Path): number => {
  const i = a.findIndex((k, n) => k !== b[n]);
  const [x, y] = [a[i], b[i]];
  return typeof x === "number" && typeof y === "number" ? y - x : 0;
};

/** Takes rows and single elements away, the last first, so that the places of the others stay true. */
const removal = (rows: readonly Row[], elements: readonly Path[]): Edit[] => {
  const placeOf = (r: Row): string => JSON.stringify(r.group!.at);
  const gone = new Map<string, number>();
  for (const r of rows) if (r.group) gone.set(placeOf(r), (gone.get(placeOf(r)) ?? 0) + 1);
  const whole = (r: Row): boolean => !!r.group && gone.get(placeOf(r)) === r.group.size;
  const places = rows.flatMap((r) => (whole(r) ? [r.group!.at] : [r.at, ...(r.more ?? [])]));
  const paths = [...places, ...elements].sort(lastFirst);
  return paths.filter((p, i) => !same(p, paths[i - 1])).map((path) => ({ path, value: undefined }));
};

/** What a write comes to. */
interface Outcome {
  edits: Edit[];
  /** Rows that then stand as the spec wants them, by address. */
  owned: [at: string, data: Data][];
}

/** Rows of one shared file, aligned by name; every other row, key and comment stays. */
export function rowsSurface<I extends Item>(
  path: string,
  format: Format,
  at: readonly string[],
  codec: Codec<any>,
  rows: Rows,
  options: RowsOptions = {},
): Surface<I> {
  const slot = `${path}#${at.join("/")}`;
  const prefix = addressOf(path, at, "");
  const file = fileAddress(path);
  const shown = at.length ? `${path} (${at.join(".")})` : path;
  const frame = options.frame ?? {};
  const needs = (name: string): Data => options.also?.(name) ?? {};
  /** The item as a row, on top of the one that stands there. */
  const rowOf = (item: Item, prior: Data | undefined, readers: readonly string[], ours: boolean) => {
    const data = put(codec, plain(item), prior, readers, ours && !options.loose);
    const isWhole = prior !== undefined && options.loose;
    return data && (isWhole ? data : completed(data, needs(item.name)));
  };
  const plain = (item: Item): Item => (options.keyless && item.overrides ? { ...item, overrides: {} } : item);
  const label = (held: any, taken: ReadonlySet<string>): string => {
    const base = options.label?.(held) ?? "unnamed";
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}-${n}`;
      if (!taken.has(name)) return name;
    }
  };

  const read = (world: World, reading: Reading): I[] => {
    const content = world.files.get(path);
    if (content === undefined) return [];
    const doc = load(content, (reason) => reading.unread?.(path, reason));
    if (!doc) return [];
    const all = rows.open(doc);
    const hints = (reading.hints ?? []).map((i) => ({
      name: i.name,
      data: put(codec, plain(i), undefined, [reading.target], true),
    }));
    const { names, taken } = naming(all, prefix, world, hints, codec, options);
    return all.flatMap((row) => {
      const known = names.get(row);
      const data = known === undefined ? row.data : bared(row.data, needs(known));
      const held = take(codec, data, known === undefined ? slot : prefix + known, reading, row.at);
      if (!held) return [];
      const name = known ?? label(held, taken);
      taken.add(name);
      return [{ name, ...held, at: prefix + name } as unknown as I];
    });
  };

  const write = (items: readonly I[], world: World, job: Job): Change[] => {
    const content = world.files.get(path);
    if (!items.length && !keysUnder(world.ledger, prefix).length) return [];
    const doc =
      content === undefined ? {} : load(content, (reason, start) => job.refuse(path, reason, start));
    if (!doc) return [];
    const { edits: changes, owned } = outcome(items, doc, world, job);
    const edits = changes.length && content === undefined ? [...setting(frame), ...changes] : changes;
    try {
      const before = typeof content === "string" ? content : undefined;
      if (!edits.length) keep(world, job, doc);
      const after = edits.length
        ? tidied(edited(before, edits), items, world, job, doc, owned.length > 0)
        : before;
      for (const [address, data] of owned) job.owns(address, data);
      return changed(world, path, after);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      job.refuse(path, e.message, e.at);
      return [];
    }
  };

  /** A file that we emptied holds its line end only, and is written as a new one in it. */
  const edited = (text: string | undefined, edits: readonly Edit[]): string =>
    text === "\r\n" ? format.edit("", edits).replaceAll("\n", text) : format.edit(text, edits);

  /** The edits for all rows: in place where they stand, removals, then new ones. */
  const outcome = (items: readonly I[], doc: Data, world: World, job: Job): Outcome => {
    const all = rows.open(doc);
    const wanted = items.flatMap((item) => {
      const data = rowOf(item, undefined, job.readers, true);
      return data || item.at === prefix + item.name ? [{ item, name: item.name, data }] : [];
    });
    const { names } = naming(all, prefix, world, wanted, codec, options);
    const byName = new Map([...names].map(([row, name]) => [name, row]));
    const owned: Outcome["owned"] = [];
    const sets: Edit[] = [];
    const left = new Set<Row>();
    const adds: ((now: Data) => Edit[])[] = [];
    const moved = displaced(
      wanted.map((w) => w.name),
      byName,
      all,
      world,
    );
    for (const { item, name, data: scratch } of wanted) {
      const address = prefix + name;
      if (item.at === address || !scratch) continue;
      const row = byName.get(name);
      const untouched = !!row && isUntouched(world.ledger.get(address), row.data);
      const next = row ? (rowOf(item, row.data, job.readers, untouched) ?? scratch) : scratch;
      const stands = !!row && same(next, row.data);
      const moves = moved.has(name);
      if ((!stands || moves) && !job.may({ at: address, prior: row?.data, next, scratch, item: name }))
        continue;
      owned.push([address, next]);
      if (row)
        for (const where of [row.at, ...(row.more ?? [])])
          job.stands?.(path, where, stands ? scratch : row.data);
      const edits = moves ? undefined : stands ? [] : row?.set(next);
      if (edits) sets.push(...edits);
      else adds.push((now) => rows.add(now, name, next));
      if (edits && row?.grow && !stands) adds.push((now) => row.grow!(now, next));
      if (!edits && row) left.add(row);
    }
    const kept = new Set(wanted.map((w) => w.name));
    for (const address of keysUnder(world.ledger, prefix)) {
      const name = address.slice(prefix.length);
      const row = address.startsWith(prefix) && !kept.has(name) ? byName.get(name) : undefined;
      if (row && job.may({ at: address, prior: row.data, next: undefined })) left.add(row);
    }
    const goes = (e: Edit): boolean => e.value === undefined && typeof e.path.at(-1) === "number";
    const places = sets.filter(goes).map((e) => e.path);
    const gone = removal(
      all.filter((r) => left.has(r)),
      places,
    );
    const edits = [...sets.filter((e) => !goes(e)), ...gone];
    const now = adds.length ? structuredClone(doc) : doc;
    if (adds.length) applyTo(now, edits);
    for (const add of adds) {
      const more = add(now);
      edits.push(...more);
      applyTo(now, more);
    }
    return { edits, owned };
  };

  /** Rows of ours that stand before one that must come first: new rows come last, and so must those behind them. */
  const displaced = (
    wanted: readonly string[],
    byName: ReadonlyMap<string, Row>,
    all: readonly Row[],
    world: World,
  ): Set<string> => {
    const out = new Set<string>();
    if (!options.ordered?.(wanted)) return out;
    let last = -1;
    let isBroken = false;
    for (const name of wanted) {
      const row = byName.get(name);
      const at = row ? all.indexOf(row) : -1;
      if (at >= 0 && !world.ledger.has(prefix + name)) continue;
      isBroken ||= at < last || at < 0;
      last = at;
      if (isBroken && row) out.add(name);
    }
    return out;
  };

  /** Takes away containers that we made and that nothing is left in; notes those we make. */
  const tidied = (
    text: string,
    items: readonly I[],
    world: World,
    job: Job,
    old: Data,
    filled: boolean,
  ): string => {
    let after = text;
    let doc = format.parse(after);
    const made = !world.files.has(path) || world.ledger.get(file)?.id === container;
    const framed = (c: Path): boolean => made && filled && valueAt(frame, c) !== undefined;
    const names = new Set(items.map((i) => i.name));
    const standing = new Set(
      rows
        .open(doc)
        .flatMap((r) => (r.name !== undefined && names.has(r.name) ? [JSON.stringify(r.at)] : [])),
    );
    for (const c of rows.containers(doc)) {
      const value = valueAt(doc, c);
      if (value === undefined || standing.has(JSON.stringify(c))) continue;
      const ours = valueAt(old, c) === undefined || world.ledger.has(containerAddress(path, c));
      if (ours && isEmpty(value) && !framed(c)) {
        after = format.edit(after, [{ path: c, value: undefined }]);
        doc = format.parse(after);
        job.cleared(containerAddress(path, c));
      } else if (ours) job.made(containerAddress(path, c));
    }
    if (made && !filled && isBare(doc, frame)) {
      after = format.edit(
        after,
        Object.keys(doc).map((k) => ({ path: [k], value: undefined })),
      );
      doc = {};
    }
    if (after === "" && eolOf(String(world.files.get(path) ?? "")) === "\r\n") after = "\r\n";
    if (made && isEmpty(doc) && !/[^\s{}]/.test(after)) job.emptied(path, after);
    else if (made) job.made(file);
    return after;
  };

  const keep = (world: World, job: Job, doc: Data): void => {
    for (const c of rows.containers(doc))
      if (world.ledger.has(containerAddress(path, c))) job.made(containerAddress(path, c));
    if (world.ledger.get(file)?.id === container) job.made(file);
  };

  const load = (content: unknown, fault: (reason: string, start?: number) => void): Data | undefined => {
    if (typeof content !== "string") {
      fault("not text in UTF-8");
      return undefined;
    }
    try {
      return format.parse(content);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      fault(e.message, e.at);
      return undefined;
    }
  };

  const own = options.keyless
    ? [{ path: ["overrides"], note: `${shown} holds values that have no keys of their own` }]
    : [];
  return {
    path: shown,
    slot,
    fields: [...codec.fields, ...own],
    reads: [{ file: path }],
    keys: [...at.slice(0, 1), ...Object.keys(frame)],
    read,
    write,
  };
}

/** The map or list that the last step of `path` is taken in; missing ones are made. Undefined: something else stands there. */
const parentOf = (doc: Data, path: Path): any => {
  let node: any = doc;
  for (const [i, k] of path.slice(0, -1).entries()) {
    node[k] ??= typeof path[i + 1] === "number" ? [] : {};
    node = node[k];
    if (typeof node !== "object") return undefined;
  }
  return node;
};

/** Edits on plain data, in place; the formats do the same on text, and refuse what does not fit. */
export const applyTo = (doc: Data, edits: readonly Edit[]): void => {
  for (const { path, value } of edits) {
    const node = parentOf(doc, path);
    const last = path.at(-1)!;
    if (node === undefined) continue;
    if (value !== undefined) node[last] = value;
    else if (Array.isArray(node)) node.splice(last as number, 1);
    else delete node[last];
  }
};
