import type { Views } from "../core/adopt.ts";
import { same } from "../core/data.ts";
import { container, type Entry, fileAddress, fileOf, type Ledger } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { type Plan, plan } from "../core/plan.ts";
import { parts } from "../core/regions.ts";
import type { Item, Kind, Rule, Skill, SkillFile } from "../core/spec.ts";
import { realPath, type Surface, type World } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import { seenBy, specFor } from "../core/tasks.ts";
import { toLf } from "../core/text.ts";
import { blobText, pastTexts } from "../disk/history.ts";
import type { Folder } from "./project.ts";

/** Something that stands in a file and cannot be taken from it. */
export interface Blocked {
  /** Address of a file, row or region. */
  at: string;
  reason: string;
}
/** One kind of item as one file shows it. */
export interface FileSides extends Views {
  kind: Kind;
  place: Surface<any>;
  blocked: Blocked[];
}

/** A place, and the targets that read it. */
interface Shown {
  kind: Kind;
  place: Surface<any>;
  readers: Target[];
}
/** All that is asked to read a folder's outputs. */
export interface Reading {
  root: string;
  folder: Folder;
  targets: readonly Target[];
  /** Builds of today's spec: upon nothing, and upon what stands there. */
  fresh: Plan;
  forced: Plan;
  /** Addresses of ours that somebody changed. */
  edited: ReadonlySet<string>;
}

/** A page's text without regions, where that is its author's; undefined: nothing of anybody else stands there. */
const authorsText = (world: World, path: string): string | undefined => {
  const text = world.files.get(path);
  if (typeof text !== "string" || world.ledger.get(fileAddress(path))?.outside !== undefined)
    return undefined;
  const own = parts(text)
    .parts.flatMap((p) => ("user" in p ? [p.user] : []))
    .join("");
  return own.trim() ? own : undefined;
};

/** The tree without what was built into these files. */
const unbuilt = (folder: Folder, targets: readonly Target[], paths: readonly string[]): World => {
  const { world } = folder;
  const files = new Map(world.files);
  const pages = new Set(
    targets.flatMap((t) =>
      surfacesOf(t).flatMap(({ place }) => (place.page ? [realPath(world, place.path)] : [])),
    ),
  );
  for (const path of paths) {
    const own = pages.has(path) ? authorsText(world, path) : undefined;
    if (own === undefined) files.delete(path);
    else files.set(path, own);
  }
  return { ...world, files };
};

const changedHere = (p: Plan): Set<string> => new Set(p.drifts.filter((d) => !d.ours).map((d) => d.at));

/** Builds a folder's outputs in memory, to tell what its spec shows today. */
export const reading = (
  root: string,
  folder: Folder,
  targets: readonly Target[],
  paths: readonly string[],
): Reading => {
  const { spec, world } = folder;
  const forced = plan({ targets, spec, world, force: true });
  return {
    root,
    folder,
    targets,
    fresh: plan({ targets, spec, world: unbuilt(folder, targets, paths), force: true }),
    forced,
    edited: changedHere(forced),
  };
};

/** Places that may hold something in a file; a page only by its own name. */
const placesAt = ({ folder, targets }: Reading, path: string): Shown[] => {
  const found = new Map<Surface<any>, Shown>();
  for (const t of targets)
    for (const { kind, place } of surfacesOf(t)) {
      if (place.page && realPath(folder.world, place.path) !== path) continue;
      const shown = found.get(place) ?? { kind, place, readers: [] };
      if (!shown.readers.includes(t)) shown.readers.push(t);
      found.set(place, shown);
    }
  return [...found.values()];
};

const isAt = ({ at }: Item, path: string): boolean =>
  at !== undefined && (fileOf(at) === path || (at.endsWith("/") && path.startsWith(fileOf(at))));

/** What the readers of a place are meant to see of a kind, by name. */
const wantedIn = ({ kind, readers }: Shown, r: Reading, lower: boolean): Map<string, Item> => {
  const all = readers.flatMap((t) => {
    const mine = specFor(r.folder.spec, t)[kind] as Item[];
    return lower ? seenBy(mine, kind, [t.id], t.expandsImports) : mine;
  });
  return new Map(all.map((i) => [i.name, i]));
};

type Read = (world: World, unread?: (at: string, reason: string) => void) => Map<string, Item>;
const readerOf = (s: Shown, r: Reading, path: string): Read => {
  const hints = [...wantedIn(s, r, true).values()];
  const target = s.readers[0]!.id;
  return (world, unread) => {
    const items = s.place.read(world, { target, hints, ...(unread && { unread }) }) as Item[];
    return new Map(items.filter((i) => isAt(i, path)).map((i) => [i.name, i]));
  };
};

/** Addresses of ours that an item stands at: its own, or those of the files in its folder. */
const unitsOf = (at: string, ledger: Ledger): [string, Entry][] => {
  const entry = ledger.get(at);
  if (entry) return entry.id === container ? [] : [[at, entry]];
  return at.endsWith("/") ? [...ledger].filter(([k]) => k.startsWith(at)) : [];
};

const stands = (at: string, built: Plan, ledger: Ledger): boolean => {
  const units = unitsOf(at, ledger);
  return units.length > 0 && units.every(([k, e]) => built.ledger.get(k)?.id === e.id);
};

/** A folder's files as we wrote them, from wherever one is still found; undefined: one is found nowhere. */
const pastFolder = (
  at: string,
  views: readonly (Item | undefined)[],
  r: Reading,
): Skill["files"] | undefined => {
  const files: Record<string, SkillFile> = {};
  for (const [unit, { id }] of unitsOf(at, r.folder.world.ledger)) {
    const path = fileOf(unit).slice(fileOf(at).length);
    const known = views
      .map((v) => (v as Skill | undefined)?.files[path])
      .find((f) => f && idOf(f.content) === id);
    const text = known ? undefined : blobText(r.root, id);
    if (known) files[path] = known;
    else if (text !== undefined && idOf(text) === id) files[path] = { content: text };
    else return undefined;
  }
  return files;
};

/** Items as a past version of their file shows them, where that is how we left them. */
const fromPast = (path: string, wanted: ReadonlySet<string>, read: Read, r: Reading): Map<string, Item> => {
  const { folder, root, targets } = r;
  const found = new Map<string, Item>();
  const look = (text: string): boolean => {
    const world = { ...folder.world, files: new Map(folder.world.files).set(path, text) };
    const changed = changedHere(plan({ targets, spec: folder.spec, world }));
    for (const item of read(world).values())
      if (wanted.has(item.at!) && !changed.has(item.at!) && !found.has(item.name)) found.set(item.name, item);
    return found.size >= wanted.size;
  };
  for (const at of wanted) {
    const entry = folder.world.ledger.get(at);
    const text = entry && !at.includes("#") ? blobText(root, entry.id) : undefined;
    if (text !== undefined && look(text)) return found;
  }
  for (const text of pastTexts(root, folder.prefix + path)) if (look(text)) break;
  return found;
};

/** What is in the way of taking an item: it cannot be read, only points to its text, or its markers are gone. */
const blockedIn = (s: Shown, of: Views, unread: readonly Blocked[], path: string, r: Reading): Blocked[] => {
  const { world } = r.folder;
  const isOurs = (at: string): boolean =>
    (fileOf(at) === path && !at.includes("#")) || unitsOf(at, world.ledger).length > 0;
  const out = unread.filter((u) => isOurs(u.at));
  if (!s.place.page) return out;
  const text = toLf(String(world.files.get(path) ?? ""));
  for (const [name, base] of of.base as ReadonlyMap<string, Rule>) {
    const theirs = of.theirs.get(name) as Rule | undefined;
    const at = base.at ?? path;
    if (base.points !== undefined && theirs && theirs.points === undefined)
      out.push({ at, reason: `the page only points to its text, in ${base.points}: make the change there` });
    if (!theirs && at.includes("#") && base.body.trim() && text.includes(base.body))
      out.push({
        at,
        reason: "the markers around it are gone, and its text stands there still: put them back",
      });
  }
  return out;
};

/** Text around the regions of a page is an item only where we wrote it. */
const isAuthors = (s: Shown, item: Item, path: string, ledger: Ledger): boolean =>
  !!s.place.page && !item.at!.includes("#") && ledger.get(fileAddress(path))?.outside === undefined;

const sidesIn = (s: Shown, r: Reading, path: string): FileSides => {
  const { world } = r.folder;
  const { ledger } = world;
  const read = readerOf(s, r, path);
  const unread: Blocked[] = [];
  const told: Blocked[] = [];
  const mine = (all: Map<string, Item>): Map<string, Item> =>
    new Map([...all].filter(([, i]) => !isAuthors(s, i, path, ledger)));
  const theirs = mine(read(world, (at, reason) => unread.push({ at, reason })));
  const fresh = mine(read(r.fresh.after, (at, reason) => told.push({ at, reason })));
  const forced = mine(read(r.forced.after));
  const wanted = wantedIn(s, r, false);
  const view = new Map([...fresh].filter(([name]) => wanted.has(name)));
  const base = new Map<string, Item>();
  for (const [built, p] of [
    [fresh, r.fresh],
    [forced, r.forced],
  ] as const)
    for (const [name, item] of built)
      if (!base.has(name) && stands(item.at!, p, ledger)) {
        base.set(name, item);
        if (wanted.has(name)) view.set(name, item);
      }
  const missing = new Map<string, string>();
  for (const [name, item] of [...theirs, ...view])
    if (!base.has(name) && !missing.has(name) && unitsOf(item.at!, ledger).length)
      missing.set(name, item.at!);
  for (const [name, at] of missing) {
    const item = theirs.get(name);
    const untouched = item && unitsOf(at, ledger).every(([k]) => !r.edited.has(k)) && !at.endsWith("/");
    if (untouched) base.set(name, item);
    else if (at.endsWith("/")) {
      const files = pastFolder(at, [fresh.get(name), forced.get(name), item], r);
      if (files) base.set(name, { name, files, at } as Skill);
    }
  }
  const open = new Set(
    [...missing].flatMap(([name, at]) => (base.has(name) || at.endsWith("/") ? [] : [at])),
  );
  if (open.size) for (const [name, item] of fromPast(path, open, read, r)) base.set(name, item);
  const views: Views = {
    ours: wantedOr(s, r, wanted),
    view,
    base,
    theirs,
    lost: new Set([...missing.keys()].filter((n) => !base.has(n))),
    readers: s.readers.map((t) => t.id),
  };
  const news = unread.filter((u) => !told.some((t) => same(t, u)));
  return { ...views, kind: s.kind, place: s.place, blocked: blockedIn(s, views, news, path, r) };
};

/** What the spec has of a kind: for the readers of the place, or else for others. */
const wantedOr = (s: Shown, r: Reading, wanted: ReadonlyMap<string, Item>): Map<string, Item> =>
  new Map([...(r.folder.spec[s.kind] as Item[]).map((i) => [i.name, i] as const), ...wanted]);

/** Everything that a file shows, kind by kind; each item once. */
export const sidesOf = (r: Reading, path: string): FileSides[] => {
  const seen = new Set<string>();
  return placesAt(r, path).flatMap((s) => {
    const of = sidesIn(s, r, path);
    const fresh = (name: string): boolean => !seen.has(`${s.kind} ${name}`);
    const only = (m: ReadonlyMap<string, Item>) => new Map([...m].filter(([name]) => fresh(name)));
    const lost = new Set([...of.lost].filter(fresh));
    const out: FileSides = { ...of, view: only(of.view), base: only(of.base), theirs: only(of.theirs), lost };
    for (const m of [out.view, out.base, out.theirs, lost])
      for (const name of m.keys()) seen.add(`${s.kind} ${name}`);
    const found = out.view.size + out.base.size + out.theirs.size + out.lost.size + out.blocked.length;
    return found ? [out] : [];
  });
};
