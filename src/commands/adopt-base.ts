import {
  branches,
  container,
  type Entry,
  fileAddress,
  fileOf,
  isAsLeft,
  isFolderAddress,
  type Ledger,
} from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { type Plan, plan } from "../core/plan.ts";
import type { Item, Skill, SkillFile } from "../core/spec.ts";
import { blobContent, blobText, pastTexts } from "../disk/history.ts";
import { changedHere, type Read, type Reading } from "./adopt-reading.ts";

/** Addresses of ours that an item stands at: its own, or those of the files in its folder. */
export const unitsOf = (at: string, ledger: Ledger): [string, Entry][] => {
  const entry = ledger.get(at);
  if (entry) return entry.id === container ? [] : [[at, entry]];
  return isFolderAddress(at) ? [...ledger].filter(([k]) => k.startsWith(at)) : [];
};

const stands = (at: string, built: Plan, ledger: Ledger): boolean => {
  const units = unitsOf(at, ledger);
  return units.length > 0 && units.every(([k, e]) => isAsLeft(e, built.ledger.get(k)?.id ?? ""));
};

/** A folder's files as we wrote them, from wherever one is still found; undefined: one is found nowhere. */
const pastFolder = (
  at: string,
  views: readonly (Item | undefined)[],
  r: Reading,
): Skill["files"] | undefined => {
  const files: Record<string, SkillFile> = {};
  for (const [unit, entry] of unitsOf(at, r.folder.world.ledger)) {
    const path = fileOf(unit).slice(fileOf(at).length);
    const known = views
      .map((v) => (v as Skill | undefined)?.files[path])
      .find((f) => f && isAsLeft(entry, idOf(f.content)));
    const content = known ? undefined : blobContent(r.root, entry.id);
    if (known) files[path] = known;
    else if (content !== undefined && isAsLeft(entry, idOf(content))) files[path] = { content };
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
    for (const { id } of entry && !at.includes("#") ? branches(entry) : []) {
      const text = blobText(root, id);
      if (text !== undefined && look(text)) return found;
    }
  }
  for (const text of pastTexts(root, folder.prefix + path)) if (look(text)) break;
  return found;
};

type Items = ReadonlyMap<string, Item>;
/** What a file shows as it stands, and as two builds of today would make it. */
interface Shown {
  theirs: Items;
  fresh: Items;
  forced: Items;
  view: Items;
}
/** What we wrote, as the tool reads it. */
interface Bases {
  base: Map<string, Item>;
  /** Items of which nobody knows it any more. */
  lost: Set<string>;
}

/** A folder's item with the files that a build writes: what somebody else put there is none of it. */
export const asBuilt = (item: Item, { ledger }: Plan): Item => {
  if (item.at === undefined || !isFolderAddress(item.at)) return item;
  const files = Object.entries((item as Skill).files).filter(([p]) => ledger.has(item.at + fileAddress(p)));
  return { ...item, files: Object.fromEntries(files) } as Item;
};

/** Items that a build of today makes as we left them. */
const fromBuilds = ({ fresh, forced }: Shown, r: Reading): Map<string, Item> => {
  const { ledger } = r.folder.world;
  const standing = (items: Items, built: Plan): [string, Item][] =>
    [...items].filter(([, i]) => stands(i.at!, built, ledger));
  return new Map([...standing(forced, r.forced), ...standing(fresh, r.fresh)]);
};

/** The item of a folder, or one that nobody touched, as we left it. */
const fromHere = (name: string, at: string, s: Shown, r: Reading): Item | undefined => {
  const item = s.theirs.get(name);
  if (isFolderAddress(at)) {
    const files = pastFolder(at, [s.fresh.get(name), s.forced.get(name), item], r);
    return files && { name, files, at };
  }
  return unitsOf(at, r.folder.world.ledger).some(([k]) => r.edited.has(k)) ? undefined : item;
};

/** Finds what we wrote: a build of today where the spec stood still, what stands there where nobody touched it, else Git. */
export const basesOf = (s: Shown, r: Reading, path: string, read: Read): Bases => {
  const base = fromBuilds(s, r);
  const missing = new Map<string, string>();
  for (const [name, item] of [...s.theirs, ...s.view])
    if (!base.has(name) && !missing.has(name) && unitsOf(item.at!, r.folder.world.ledger).length)
      missing.set(name, item.at!);
  for (const [name, at] of missing) {
    const item = fromHere(name, at, s, r);
    if (item) base.set(name, item);
  }
  const open = new Set(
    [...missing].flatMap(([name, at]) => (base.has(name) || isFolderAddress(at) ? [] : [at])),
  );
  if (open.size) for (const [name, item] of fromPast(path, open, read, r)) base.set(name, item);
  return { base, lost: new Set([...missing.keys()].filter((n) => !base.has(n))) };
};
