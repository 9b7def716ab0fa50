import type { Views } from "../core/adopt.ts";
import { same } from "../core/data.ts";
import { fileAddress, fileOf, isFolderAddress, type Ledger } from "../core/ledger.ts";
import type { Plan } from "../core/plan.ts";
import type { Hook, Item, Kind, Rule } from "../core/spec.ts";
import { realPath, type Surface } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import { seenBy, specFor } from "../core/tasks.ts";
import { toLf } from "../core/text.ts";
import { fileThere } from "../disk/snapshot.ts";
import { asSpecImports } from "../spec/imports.ts";
import { asSpecLinks, ruleFiles, spelledIn } from "../spec/links.ts";
import { asBuilt, basesOf, unitsOf } from "./adopt-base.ts";
import { type Move, moveFrom } from "./adopt-moves.ts";
import type { Read, Reading, Tell } from "./adopt-reading.ts";

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
  at !== undefined && (fileOf(at) === path || (isFolderAddress(at) && path.startsWith(fileOf(at))));

/** What the readers of a place are meant to see of a kind, by name. */
const wantedIn = ({ kind, readers }: Shown, r: Reading, lower: boolean): Map<string, Item> => {
  const all = readers.flatMap((t) => {
    const mine = specFor(r.folder.spec, t)[kind] as Item[];
    return lower ? seenBy(mine, kind, [t.id], t.expandsImports) : mine;
  });
  return new Map(all.map((i) => [i.name, i]));
};

const readerOf = (s: Shown, r: Reading, path: string): Read => {
  const hints = [...wantedIn(s, r, true).values()];
  const target = s.readers[0]!.id;
  const asOurs = s.kind === "rule" ? ourPaths(s, r, path) : (i: Item) => i;
  return (world, unread) => {
    const items = s.place.read(world, { target, hints, ...(unread && { unread }) }) as Item[];
    return new Map(items.filter((i) => isAt(i, path)).map((i) => [i.name, asOurs(i)]));
  };
};
/** Gives a rule of a tool's file its links to other rules, and its imports, as the spec spells them. */
const ourPaths = (s: Shown, r: Reading, path: string): ((item: Item) => Item) => {
  const { prefix, spec } = r.folder;
  const files = ruleFiles(spec.rule);
  const ours = new Map(spec.rule.map((rule) => [rule.name, rule]));
  const expands = s.readers.every((t) => t.expandsImports);
  const exists = fileThere(r.root, prefix);
  return (item) => {
    const rule = expands ? asSpecImports(item as Rule, path, exists) : (item as Rule);
    return asSpecLinks(rule, path, files, spelledIn(ours.get(item.name)));
  };
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

/**
 * A hook is told apart by its event and its command. Where one of ours is gone and one with the same event is new, somebody
 * edited its command: it is the same hook.
 */
const withHooks = (
  s: Shown,
  theirs: Map<string, Item>,
  base: ReadonlyMap<string, Item>,
): Map<string, Item> => {
  if (s.kind !== "hook") return theirs;
  const event = (i: Item): string => (i as Hook).on;
  const gone = [...base.values()].filter((i) => !theirs.has(i.name));
  const news = [...theirs.values()].filter((i) => !base.has(i.name));
  const out = new Map(theirs);
  for (const old of gone) {
    const alike = news.filter((i) => event(i) === event(old));
    if (alike.length !== 1 || gone.filter((i) => event(i) === event(old)).length !== 1) continue;
    out.delete(alike[0]!.name);
    out.set(old.name, { ...alike[0]!, name: old.name });
  }
  return out;
};

/** Text around the regions of a page is an item only where we wrote it. */
const isAuthors = (s: Shown, item: Item, path: string, ledger: Ledger): boolean =>
  !!s.place.page && !item.at!.includes("#") && ledger.get(fileAddress(path))?.outside === undefined;

/** A file that has another name by now holds the same item. A folder is one's name: it is not taken. */
const withMoved = (
  theirs: Map<string, Item>,
  move: Move | undefined,
): { theirs: Map<string, Item>; blocked: Blocked[] } => {
  if (!move) return { theirs, blocked: [] };
  const { name, item, from, to } = move;
  const reason = `it stands in ${fileOf(to)} by now: give it that name in the spec, or the folder its old one`;
  if (from.endsWith("/")) return { theirs, blocked: [{ at: from, reason }] };
  return { theirs: new Map(theirs).set(name, { ...item, name }), blocked: [] };
};

const sidesIn = (s: Shown, r: Reading, path: string, moves: readonly Move[]): FileSides => {
  const { world } = r.folder;
  const { ledger } = world;
  const read = readerOf(s, r, path);
  const unread: Blocked[] = [];
  /** Single values that a build leaves as they are. */
  const told: Blocked[] = [];
  const kept: Tell = (at, reason, where) => void (where?.length && told.push({ at, reason }));
  const mine = (all: Map<string, Item>): Map<string, Item> =>
    new Map([...all].filter(([, i]) => !isAuthors(s, i, path, ledger)));
  const standing = mine(read(world, (at, reason) => unread.push({ at, reason })));
  const { theirs, blocked } = withMoved(standing, moveFrom(path, s.place, moves));
  const of = (p: Plan, tell?: Tell): Map<string, Item> =>
    new Map([...mine(read(p.after, tell))].map(([name, item]) => [name, asBuilt(item, p)]));
  const fresh = of(r.fresh);
  const forced = of(r.forced, kept);
  const wanted = wantedIn(s, r, false);
  const view = new Map([...fresh].filter(([name]) => wanted.has(name)));
  const { base, lost } = basesOf({ theirs, fresh, forced, view }, r, path, read);
  for (const [name, item] of base) if (wanted.has(name) && item === forced.get(name)) view.set(name, item);
  const views: Views = {
    ours: wantedOr(s, r, wanted),
    view,
    base,
    theirs: withHooks(s, theirs, base),
    lost,
    readers: s.readers.map((t) => t.id),
  };
  const news = unread.filter((u) => !told.some((t) => same(t, u)));
  const inTheWay = [...blocked, ...blockedIn(s, views, news, path, r)];
  return { ...views, kind: s.kind, place: s.place, blocked: inTheWay };
};

/** What the spec has of a kind: for the readers of the place, or else for others. */
const wantedOr = (s: Shown, r: Reading, wanted: ReadonlyMap<string, Item>): Map<string, Item> =>
  new Map([...(r.folder.spec[s.kind] as Item[]).map((i) => [i.name, i] as const), ...wanted]);

/** Everything that a file shows, kind by kind; each item once. */
export const sidesOf = (r: Reading, path: string, moves: readonly Move[] = []): FileSides[] => {
  const seen = new Set<string>();
  return placesAt(r, path).flatMap((s) => {
    const of = sidesIn(s, r, path, moves);
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
