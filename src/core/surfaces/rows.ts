import type { Change } from "../change.ts";
import type { Codec } from "../codec.ts";
import { type Data, isObject, Mismatch, same } from "../data.ts";
import type { Edit, Format, Path } from "../format.ts";
import { addressOf } from "../ledger.ts";
import { idOf } from "../own.ts";
import type { Item } from "../spec.ts";
import { changed, type Job, put, type Reading, type Surface, take, type World } from "../surface.ts";

/** One row of a shared file, as its codec sees it. Keys that begin with `@` tell its place and are not written. */
export interface Row {
  /** Undefined: nothing in the file names it. */
  name?: string;
  data: Data;
  /** Turns it into `next`. */
  set(next: Data): Edit[];
  remove(): Edit[];
}

/** How one kind of container shows and takes rows. */
export interface Rows {
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
}

export const valueAt = (doc: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, k) => (Array.isArray(v) ? v[k as number] : isObject(v) && Object.hasOwn(v, k) ? v[k as string] : undefined), doc);

const isEmpty = (v: unknown): boolean => (Array.isArray(v) ? v.length === 0 : isObject(v) && Object.keys(v).length === 0);

/** Gives each row a name: the file's own, else that of the item it says, else of the row we wrote there, else a label. */
const naming = (rows: readonly Row[], slotPrefix: string, world: World, hints: readonly { name: string; data: Data | undefined }[], options: RowsOptions) => {
  const taken = new Set<string>();
  const names = new Map<Row, string>();
  const give = (row: Row, name: string): void => {
    names.set(row, name);
    taken.add(name);
  };
  for (const row of rows) if (row.name !== undefined) give(row, row.name);
  const open = (): Row[] => rows.filter(r => !names.has(r));
  for (const h of hints) {
    const row = open().find(r => h.data && same(r.data, h.data));
    if (row && !taken.has(h.name)) give(row, h.name);
  }
  if (open().length) {
    const ids = new Map([...world.ledger].flatMap(([at, e]) => (at.startsWith(slotPrefix) ? [[e.id, at.slice(slotPrefix.length)]] : [])));
    for (const row of open()) {
      const name = ids.get(idOf(row.data));
      if (name !== undefined && !taken.has(name)) give(row, name);
    }
  }
  if (options.key)
    for (const h of hints) {
      if (taken.has(h.name) || !h.data) continue;
      const row = open().find(r => options.key!(r.data) === options.key!(h.data!));
      if (row) give(row, h.name);
    }
  return { names, taken };
};

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
    const doc = load(content, reason => reading.unread?.(path, reason));
    if (!doc) return [];
    const all = rows.open(doc);
    const hints = (reading.hints ?? []).map(i => ({ name: i.name, data: put(codec, i, undefined, [reading.target], true) }));
    const { names, taken } = naming(all, prefix, world, hints, options);
    return all.flatMap(row => {
      const known = names.get(row);
      const where = known === undefined ? slot : prefix + known;
      const held = take(codec, row.data, where, reading);
      if (!held) return [];
      const name = known ?? label(held, taken);
      taken.add(name);
      return [{ name, ...held, at: prefix + name } as unknown as I];
    });
  };

  const write = (items: readonly I[], world: World, job: Job): Change[] => {
    const content = world.files.get(path);
    const mine = [...world.ledger.keys()].some(k => k.startsWith(prefix));
    if (!items.length && !mine) return [];
    const doc = content === undefined ? {} : load(content, reason => items.length && job.refuse(path, reason));
    if (!doc) return [];
    const edits = plan(items, doc, world, job);
    if (!edits.length) return keep(world, job, doc), [];
    try {
      const made = content === undefined ? [path] : [];
      const before = typeof content === "string" ? content : undefined;
      const after = tidied(format.edit(before, edits), world, job, doc, made);
      return changed(world, path, after);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      job.refuse(path, e.message);
      return [];
    }
  };

  /** The edits for all rows: in place where they stand, removals, then new ones. */
  const plan = (items: readonly I[], doc: Data, world: World, job: Job): Edit[] => {
    const all = rows.open(doc);
    const wanted = items.map(item => ({ item, name: item.name, data: put(codec, item, undefined, job.readers, true) }));
    const { names } = naming(all, prefix, world, wanted, options);
    const byName = new Map([...names].map(([row, name]) => [name, row]));
    const sets: Edit[] = [];
    const removes: Edit[][] = [];
    const adds: [string, Data][] = [];
    for (const { item, name, data: scratch } of wanted) {
      const at = prefix + name;
      if (item.at === at) continue;
      const row = byName.get(name);
      const ours = !!row && world.ledger.get(at)?.id === idOf(row.data);
      const next = row ? put(codec, item, row.data, job.readers, ours) : scratch;
      if (!next) continue;
      if (row && same(next, row.data)) job.owns(at, next);
      else if (job.may({ at, prior: row?.data, next, scratch, item: name })) {
        job.owns(at, next);
        if (row) sets.push(...row.set(next));
        else adds.push([name, next]);
      }
    }
    const keep = new Set(wanted.map(w => w.name));
    for (const at of world.ledger.keys()) {
      if (!at.startsWith(prefix) || keep.has(at.slice(prefix.length))) continue;
      const row = byName.get(at.slice(prefix.length));
      if (row && job.may({ at, prior: row.data, next: undefined })) removes.push(row.remove());
    }
    const edits = [...sets, ...removes.reverse().flat()];
    let now = adds.length ? parsed(edits, doc, world) : doc;
    for (const [name, data] of adds) {
      const more = rows.add(now, name, data);
      edits.push(...more);
      now = applyTo(now, more);
    }
    return edits;
  };

  const parsed = (edits: readonly Edit[], doc: Data, world: World): Data => {
    const content = world.files.get(path);
    return edits.length && typeof content === "string" ? format.parse(format.edit(content, edits)) : doc;
  };

  /** Takes away containers that we made and that nothing is left in; notes those we make. */
  const tidied = (text: string, world: World, job: Job, old: Data, made: string[]): string | undefined => {
    let after = text;
    let doc = format.parse(after);
    for (const c of rows.containers(doc)) {
      const key = `${path}#${c.join("/")}`;
      const value = valueAt(doc, c);
      if (value === undefined) continue;
      const ours = valueAt(old, c) === undefined || world.ledger.has(key);
      if (ours && isEmpty(value)) {
        after = format.edit(after, [{ path: c, value: undefined }]);
        doc = format.parse(after);
      } else if (ours) job.made(key);
    }
    const ours = made.includes(path) || world.ledger.get(path)?.id === "-";
    if (ours && isEmpty(doc) && !/[^\s{}]/.test(after)) return undefined;
    if (ours) job.made(path);
    return after;
  };

  const keep = (world: World, job: Job, doc: Data): void => {
    for (const c of rows.containers(doc)) if (world.ledger.has(`${path}#${c.join("/")}`)) job.made(`${path}#${c.join("/")}`);
    if (world.ledger.get(path)?.id === "-") job.made(path);
  };

  const load = (content: unknown, fault: (reason: string) => void): Data | undefined => {
    if (typeof content !== "string") {
      fault("not text in UTF-8");
      return undefined;
    }
    try {
      return format.parse(content);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      fault(e.message);
      return undefined;
    }
  };

  return { path: at.length ? `${path} (${at.join(".")})` : path, slot, fields: codec.fields, reads: [{ file: path }], keys: at.slice(0, 1), read, write };
}

/** Edits on plain data; the formats do the same on text. */
export const applyTo = (doc: Data, edits: readonly Edit[]): Data => {
  const copy = structuredClone(doc);
  for (const { path, value } of edits) {
    let node: any = copy;
    path.slice(0, -1).forEach((k, i) => {
      if (node[k] === undefined) node[k] = typeof path[i + 1] === "number" ? [] : {};
      node = node[k];
    });
    const last = path.at(-1)!;
    if (value !== undefined) node[last] = value;
    else if (Array.isArray(node)) node.splice(last as number, 1);
    else delete node[last];
  }
  return copy;
};
