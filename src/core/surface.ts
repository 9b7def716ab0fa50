import type { Change, Content } from "./change.ts";
import { attempt, type Codec, type Field, settled } from "./codec.ts";
import { type Data, isObject, isUnread, Mismatch } from "./data.ts";
import type { Path } from "./format.ts";
import { fileAddress, fileOf, type Ledger } from "./ledger.ts";
import type { Unit } from "./own.ts";
import { type Held, held, type Item } from "./spec.ts";

/** The tree as read, and what we know of it. The only view of the disk that the core ever has. */
export interface World {
  files: ReadonlyMap<string, Content>;
  /** Executable files. */
  exec: ReadonlySet<string>;
  /** Symlinks that stay inside: path of the link to path of the real file. */
  links: ReadonlyMap<string, string>;
  /** Folders that are such links, or stand in one: path to path of the real folder. */
  linkedFolders?: ReadonlyMap<string, string>;
  ledger: Ledger;
}
/** The path with the longest linked folder on its way resolved. */
const throughFolders = (folders: ReadonlyMap<string, string>, path: string): string => {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const real = folders.get(at);
    if (real !== undefined) return real + path.slice(at.length);
  }
  return path;
};
/** The file that a path leads to. */
export const realPath = (world: Pick<World, "links" | "linkedFolders">, path: string): string =>
  world.links.get(path) ?? (world.linkedFolders?.size ? throughFolders(world.linkedFolders, path) : path);
/** The address of a file, row or region in the file that it leads to. */
export const realAddress = (world: World, at: string): string => {
  const path = fileOf(at);
  const real = realPath(world, path);
  return real === path ? at : fileAddress(real) + at.slice(fileAddress(path).length);
};
export const emptyWorld = (): World => ({
  files: new Map(),
  exec: new Set(),
  links: new Map(),
  ledger: new Map(),
});

const sorted = new WeakMap<ReadonlyMap<string, unknown>, readonly string[]>();
/** The keys of a map that begin with `prefix`, sorted. The map is not changed between two calls. */
export const keysUnder = (map: ReadonlyMap<string, unknown>, prefix: string): readonly string[] => {
  const keys = sorted.get(map) ?? [...map.keys()].sort();
  sorted.set(map, keys);
  let [low, high] = [0, keys.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (keys[mid]! < prefix) low = mid + 1;
    else high = mid;
  }
  let end = low;
  while (end < keys.length && keys[end]!.startsWith(prefix)) end++;
  return keys.slice(low, end);
};

/** Files that a surface may hold: one file, or those of a folder; `orFolder`: a folder at that path is none of its business. */
export type Pattern = { file: string; orFolder?: true } | { folder: string; suffix?: string; deep?: boolean };

/** What a read is for. */
export interface Reading {
  /** The tool whose keys the unnamed ones are. */
  target: string;
  /** Items that are looked for: they give names to what has none in the file. */
  hints?: readonly Item[];
  /** Present: read what the author meant, and say where the tool reads something else. */
  salvage?: (at: string, note: string) => void;
  /** What stands there but cannot be read. */
  unread?: (at: string, reason: string, where?: Path) => void;
}

/** What a write may do, and where it tells what it did. */
export interface Job {
  /** Targets that read this place. */
  readers: readonly string[];
  /** The items that another place of this plan holds, as it shows them, by name. */
  holds(place: Surface<any>): ReadonlyMap<string, Item>;
  /** Asks for the right to change a unit; a refusal is recorded. */
  may(unit: Unit): boolean;
  /** A unit stands as the spec wants it. */
  owns(at: string, content: unknown, outside?: string): void;
  /** A row of ours is found at a place of a shared file; `mine`: what of it the spec or our last build says. */
  stands?(file: string, where: Path, mine: unknown): void;
  /** A file or container that was made only to hold our rows. */
  made(at: string): void;
  /** A container of ours is taken away. */
  cleared(at: string): void;
  /** A file of ours holds nothing any more; it goes unless another place fills it. */
  emptied(path: string, text: string): void;
  /** This place cannot be written at all; `start` is where in the file that shows. */
  refuse(at: string, reason: string, start?: number): void;
  /** An item has no room here, because another of the spec stands where it would; nothing in the file is in the way. */
  crowded?(item: string, reason: string): void;
}

/** One place where tools keep one kind of thing. Targets that share a place name the same object. */
export interface Surface<I> {
  /** For people: `.claude/rules/{name}.md`. */
  readonly path: string;
  /** Two surfaces never share it. */
  readonly slot: string;
  readonly reads: readonly Pattern[];
  readonly fields: readonly Field[];
  /** The file that an item would stand in by itself, where each has its own. */
  home?(item: I): string;
  /** Top-level keys of a shared file that this place names. */
  readonly keys?: readonly string[];
  /** Another page that this one loads by an import. */
  readonly through?: Surface<I>;
  /** True for a page: one prose file of many rules. */
  readonly page?: boolean;
  read(world: World, reading: Reading): I[];
  write(items: readonly I[], world: World, job: Job): Change[];
}

const keysOfFields = new WeakMap<readonly Field[], ReadonlySet<string>>();
/** The keys of a tool's data that a codec names. */
export const namedKeys = (fields: readonly Field[]): ReadonlySet<string> => {
  const known = keysOfFields.get(fields) ?? new Set(fields.flatMap((f) => f.theirs ?? []));
  keysOfFields.set(fields, known);
  return known;
};

/** Readable keys that no field names: one tool's own. */
export const residue = (data: Data, known: ReadonlySet<string>): Data | undefined => {
  const own = Object.entries(data).filter(([k, v]) => !known.has(k) && !k.startsWith("@") && !isUnread(v));
  return own.length ? Object.fromEntries(own) : undefined;
};

export const overridesFor = (item: Item, readers: readonly string[]): Data =>
  Object.assign(
    {},
    ...readers.map((r) => (item.overrides && Object.hasOwn(item.overrides, r) ? item.overrides[r] : {})),
  );

const picked = (item: Item, names: readonly string[]): Data =>
  Object.fromEntries(
    names.flatMap((n) =>
      (item as unknown as Data)[n] === undefined ? [] : [[n, (item as unknown as Data)[n]]],
    ),
  );

/**
 * An item as the tool's data on top of `prior`; undefined where the tool cannot say a required field.
 * `untouched`: nobody changed `prior` since we wrote it, so keys that neither the item nor its overrides hold go.
 */
export const put = (
  codec: Codec<any>,
  item: Item,
  prior: unknown,
  readers: readonly string[],
  untouched: boolean,
): Data | undefined => {
  const overrides = overridesFor(item, readers);
  const known = namedKeys(codec.fields);
  const kept = (old: Data): Data =>
    untouched
      ? Object.fromEntries(
          Object.entries(old).filter(
            ([k, v]) => known.has(k) || k in overrides || isUnread(v) || k.startsWith("@"),
          ),
        )
      : old;
  const ours = codec.names ? picked(item, codec.names) : held(item as any);
  const data = attempt(() =>
    settled(codec).put(ours, isObject(prior) ? kept(prior) : prior, item as unknown as Data),
  );
  return data === undefined ? undefined : { ...(data as Data), ...overrides };
};

/** Reads one item; undefined where it cannot be read, with the reason told. */
export const take = (
  codec: Codec<any>,
  data: Data,
  at: string,
  reading: Reading,
  where: Path = [],
): Held<Item> | undefined => {
  const { salvage } = reading;
  try {
    const value = codec.get(data, {
      ...(salvage && { salvage: (note) => salvage(at, note) }),
      skipped: (key, reason) => reading.unread?.(at, `"${key}": ${reason}`, [...where, key]),
    });
    const own = { ...residue(data, namedKeys(codec.fields)), ...codec.more?.(data) };
    return {
      ...value,
      ...(Object.keys(own).length && { overrides: { ...value.overrides, [reading.target]: own } }),
    };
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    reading.unread?.(at, e.message, where);
    return undefined;
  }
};

export const changed = (world: World, path: string, after: Content | undefined, exec?: boolean): Change[] => {
  const before = world.files.get(path);
  if (before === after && exec === undefined) return [];
  return [
    {
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(exec !== undefined && { exec }),
    },
  ];
};

/** The other paths that lead to a real file. */
const namesOf = (world: World, real: string): string[] => [
  ...[...world.links].flatMap(([link, to]) => (to === real ? [link] : [])),
  ...[...(world.linkedFolders ?? [])].flatMap(([link, to]) =>
    real.startsWith(`${to}/`) ? [link + real.slice(to.length)] : [],
  ),
];

/** The world after changes; a link shows what its file holds, and a change of the one is a change of the other. */
export const applied = (world: World, changes: readonly Change[]): World => {
  if (!changes.length) return world;
  const files = new Map(world.files);
  const exec = new Set(world.exec);
  const set = (path: string, c: Change): void => {
    if (c.after === undefined) files.delete(path);
    else files.set(path, c.after);
    if (c.exec) exec.add(path);
    else if (c.exec === false || c.after === undefined) exec.delete(path);
  };
  for (const c of changes) {
    const real = realPath(world, c.path);
    set(real, c);
    for (const link of namesOf(world, real)) set(link, c);
  }
  return { ...world, files, exec };
};
