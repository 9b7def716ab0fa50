import type { Change } from "../change.ts";
import { attempt } from "../codec.ts";
import { type Data, isObject, Mismatch, same } from "../data.ts";
import type { Edit, Format } from "../format.ts";
import { fileAddress, fileOf } from "../ledger.ts";
import { isUntouched } from "../own.ts";
import { type Case, record } from "../shape.ts";
import type { Held, Item } from "../spec.ts";
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
import { eolOf, toLf } from "../text.ts";

interface EachOptions {
  /** Files in folders below count too; `/` in a name is a folder. */
  deep?: boolean;
  /** The key in the file that holds the item's name; without it, the file's name is the name. */
  nameKey?: string;
  /** A file without that key has its own name; otherwise the tool ignores it. */
  nameless?: boolean;
  /** Files that are items of this kind, where another kind's stand beside them; a wanted item's file always is. */
  claims?: (path: string, data: Data, world: World) => boolean;
  /** What stands for `{name}` in the path, where that is more than the name: `rules-{mode}/{name}`. Undefined: no item of ours. */
  part?: { of(item: any): string; item(part: string): ({ name: string } & Data) | undefined };
}

/** The edits that turn one set of keys into another. */
export const editsOf = (from: Data, to: Data): Edit[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((k) => !same(from[k], to[k]))
    .map((k) => ({ path: [k], value: to[k] }));

/** One file per item; the path is two-way: `.cursor/rules/{name}.mdc`. */
export function each<I extends Item>(
  path: string,
  format: Format,
  shape: Case<Held<NoInfer<I>>>,
  options: EachOptions = {},
): Surface<I> {
  const codec = record<any>(shape as Case<any>);
  const fields = options.nameKey ? [...codec.fields, { path: [], theirs: options.nameKey }] : codec.fields;
  const named = { ...codec, fields };
  const [head, tail] = path.split("{name}") as [string, string];

  const nameOf = (p: string): string | undefined => {
    if (!p.startsWith(head) || !p.endsWith(tail) || p.length <= head.length + tail.length) return undefined;
    const name = p.slice(head.length, p.length - tail.length);
    return options.deep || !name.includes("/") ? name : undefined;
  };
  /** What the path alone says of its item; undefined: it stands for none. */
  const partOf = (p: string): ({ name: string } & Data) | undefined => {
    const stem = nameOf(p);
    return stem === undefined ? undefined : options.part ? options.part.item(stem) : { name: stem };
  };
  const defaultPath = (item: { name: string }): string =>
    head + (options.part ? options.part.of(item) : item.name) + tail;
  const pathOf = (item: Item, readers: readonly string[]): string => {
    const own = readers.map((r) => item.paths?.[r]).find((p) => p !== undefined);
    return own ?? defaultPath(item);
  };
  const dataOf = (item: Item, prior: Data | undefined, job: Job, ours: boolean): Data | undefined => {
    const data = put(named, item, prior, job.readers, ours);
    return data && options.nameKey ? { [options.nameKey]: "", ...data, [options.nameKey]: item.name } : data;
  };
  const text = (data: Data): string | undefined => {
    try {
      return format.edit(undefined, editsOf({}, data));
    } catch (e) {
      if (e instanceof Mismatch) return undefined;
      throw e;
    }
  };

  /** The file holds an item of another kind. */
  const isOthers = (p: string, content: unknown, world: World): boolean => {
    const { claims } = options;
    if (!claims) return false;
    const data = typeof content === "string" ? attempt(() => format.parse(content)) : undefined;
    return !data || !claims(p, data, world);
  };

  const readOne = (p: string, source: string, reading: Reading, hinted: ReadonlyMap<string, string>): I[] => {
    let data: Data;
    try {
      data = format.parse(source);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      reading.unread?.(p, e.message);
      return [];
    }
    const held = take(named, data, p, reading);
    if (!held) return [];
    const more = partOf(p);
    const inside = options.nameKey ? data[options.nameKey] : undefined;
    const name = hinted.get(p) ?? (typeof inside === "string" ? inside : (more?.name ?? p));
    const ignored = options.nameKey && !options.nameless && typeof inside !== "string";
    if (ignored) reading.unread?.(p, `"${options.nameKey}" is missing: the tool ignores this file`);
    if (ignored && !reading.salvage) return [];
    const item = { ...more, name, ...held };
    const moved = defaultPath(item) !== p ? { paths: { [reading.target]: p } } : {};
    return [{ ...item, ...moved, at: fileAddress(p) } as unknown as I];
  };

  return {
    path,
    slot: path,
    fields,
    home: defaultPath,
    reads: [
      {
        folder: head.slice(0, Math.max(0, head.lastIndexOf("/"))),
        suffix: tail,
        ...(options.deep && { deep: true }),
      },
    ],
    read: (world, reading) => {
      const hinted = new Map(
        (reading.hints ?? []).flatMap((i) => {
          const p = i.paths?.[reading.target] ?? (options.part && defaultPath(i));
          return p ? [[p, i.name]] : [];
        }),
      );
      const out: I[] = [];
      const wanted = new Set(options.claims && (reading.hints ?? []).map(defaultPath));
      const outside = [...hinted.keys()].filter((p) => !p.startsWith(head) && world.files.has(p));
      for (const p of [...keysUnder(world.files, head), ...outside]) {
        const content = world.files.get(p)!;
        if (!partOf(p) && !hinted.has(p)) continue;
        if (!wanted.has(p) && !hinted.has(p) && isOthers(p, content, world)) continue;
        if (typeof content === "string") out.push(...readOne(p, content, reading, hinted));
        else reading.unread?.(p, "not text in UTF-8");
      }
      return out;
    },
    write: (items, world, job) => {
      const out: Change[] = [];
      const wanted = new Set<string>();
      for (const item of items) {
        const p = pathOf(item, job.readers);
        const fresh = item.at === fileAddress(p) ? undefined : dataOf(item, undefined, job, true);
        const scratch = fresh && text(fresh);
        if (scratch !== undefined || item.at === fileAddress(p)) wanted.add(fileAddress(p));
        if (scratch !== undefined) out.push(...writeOne(item, p, scratch, world, job));
      }
      for (const at of keysUnder(world.ledger, fileAddress(head))) {
        const p = fileOf(at);
        if (at.includes("#") || nameOf(p) === undefined || wanted.has(at)) continue;
        const prior = world.files.get(p);
        if (prior === undefined || isOthers(p, prior, world)) continue;
        if (job.may({ at, prior, next: undefined })) out.push(...changed(world, p, undefined));
      }
      return out;
    },
  };

  function writeOne(item: Item, p: string, scratch: string, world: World, job: Job): Change[] {
    const at = fileAddress(p);
    const prior = world.files.get(p);
    const stands = typeof prior === "string" && toLf(prior) === scratch;
    const next = stands
      ? prior
      : typeof prior === "string"
        ? edited(item, prior, at, scratch, world, job)
        : scratch;
    if (next !== prior && !job.may({ at, prior, next, scratch, item: item.name })) return [];
    job.owns(at, next);
    return changed(world, p, next);
  }

  /** The file with only what differs changed; where it cannot be edited, the new text in its line ends. */
  function edited(item: Item, prior: string, at: string, scratch: string, world: World, job: Job): string {
    const fresh = scratch.replaceAll("\n", eolOf(prior));
    try {
      const old = format.parse(prior);
      const data = dataOf(item, old, job, isUntouched(world.ledger.get(at), prior));
      return isObject(data) ? format.edit(prior, editsOf(old, data)) : fresh;
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      return fresh;
    }
  }
}
