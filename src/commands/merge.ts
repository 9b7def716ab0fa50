import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { type Entry, fileAddress, fileOf, isFolderAddress } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { plan } from "../core/plan.ts";
import { type Apply, emptySpec, held, type Item, type Kind, type Rule } from "../core/spec.ts";
import { realAddress, type World } from "../core/surface.ts";
import type { Target } from "../core/target.ts";
import { fileKinds } from "../spec/surfaces.ts";
import { differing, likeness, NEAR } from "./compare.ts";

/** An item as it stands in one place. */
export interface Copy {
  /** The tools that read it there, the first of the import first. */
  tools: readonly Target[];
  /** As the spec would keep it. */
  item: Item;
  /** Address of the file or row. */
  at: string;
  /** A literal secret stands there: the place cannot say what the spec says. */
  secret: boolean;
}

/** One item of the spec, and the places that already say it. */
export interface Merged {
  item: Item;
  copies: Copy[];
}

/** What a merge is done with. */
export interface Merging {
  kind: Kind;
  /** The tools' files. */
  world: World;
  /** Targets of the spec. */
  targets: readonly Target[];
  /** Ids of the tools that have anything of this kind. */
  having: readonly string[];
  /** Names that something else has. */
  taken: ReadonlySet<string>;
  diagnostics: Diagnostic[];
}

const specific: Record<Apply["on"], number> = { always: 0, manual: 1, relevant: 2, globs: 3 };
const applyOf = (item: Item): Apply | undefined => (item as Partial<Rule>).apply;
const isNarrower = (a: Apply | undefined, b: Apply | undefined): boolean =>
  a !== undefined && b !== undefined && specific[a.on] > specific[b.on];

/** What both say together; where they differ, the one that says more exactly when it applies, else the first. */
export const union = (first: Item, second: Item): Item => {
  const [more, less] = isNarrower(applyOf(second), applyOf(first)) ? [second, first] : [first, second];
  const body = "body" in first ? { body: first.body, links: (first as Rule).links } : {};
  const both = (key: "overrides" | "paths") => {
    const all = { ...second[key], ...first[key] };
    return Object.keys(all).length ? { [key]: all } : {};
  };
  return { ...less, ...more, ...body, name: first.name, ...both("overrides"), ...both("paths") } as Item;
};

const idsOf = (copies: readonly Copy[]): string[] => [
  ...new Set(copies.flatMap((c) => c.tools.map((t) => t.id))),
];
/** What stands in one tool's files is not added to those of another tool of the import that has its own. */
const aimed = (item: Item, copies: readonly Copy[], m: Merging): Item => {
  if (item.targets || item.except) return item;
  const mine = idsOf(copies);
  const except = m.having.filter((id) => !mine.includes(id));
  return except.length ? { ...item, except } : item;
};

const addressed = (files: ReadonlyMap<string, unknown>, at: string): string[] => {
  if (!isFolderAddress(at)) return [fileOf(at)];
  return [...files.keys()].filter((path) => path.startsWith(fileOf(at)));
};
/** Only the files of these copies, as if they had been written by a build. */
const worldOf = (copies: readonly Copy[], world: World): World => {
  const files = new Map<string, World["files"] extends ReadonlyMap<string, infer C> ? C : never>();
  const ledger = new Map<string, Entry>();
  for (const { at, tools } of copies)
    for (const path of addressed(world.files, at)) {
      const content = world.files.get(path);
      if (content === undefined) continue;
      files.set(path, content);
      if (!at.includes("#"))
        ledger.set(fileAddress(path), { id: idOf(content), targets: tools.map((t) => t.id) });
    }
  return { ...world, files, ledger };
};

/** Whether a build would give back every byte of these copies if the spec held this item. */
export const givesBack = (item: Item, copies: readonly Copy[], m: Merging): boolean => {
  const world = worldOf(copies, m.world);
  const spec = { ...emptySpec(), [m.kind]: [aimed(item, copies, m)] };
  const planned = plan({ targets: m.targets, spec, world });
  const owned = (at: string): boolean =>
    isFolderAddress(at)
      ? addressed(world.files, at).every((path) => planned.ledger.has(fileAddress(path)))
      : planned.ledger.has(at);
  const touched = new Set(planned.changes.filter((c) => c.before !== undefined).map((c) => c.path));
  const drifted = new Set(planned.drifts.filter((d) => d.cause !== "missing").map((d) => d.at));
  return touched.size === 0 && copies.every((c) => owned(c.at) && !drifted.has(c.at));
};

const alike = (a: Item, b: Item): boolean => same(held(a as never), held(b as never));
/** Nothing that one says is denied by the other. */
const agree = (a: Item, b: Item): boolean => {
  const [one, other] = [held(a as never), held(b as never)] as Record<string, unknown>[];
  return Object.keys(one!).every((key) => other![key] === undefined || same(one![key], other![key]));
};
/** The next build changes this place in any case: a secret stands there, or something that its tool misreads. */
const isUnsound = (copy: Copy, m: Merging): boolean => copy.secret || !givesBack(copy.item, [copy], m);

/** The item that says all of it, with each place left as it is; undefined: there is none. */
const together = (one: Merged, more: Merged, m: Merging): Item | undefined => {
  const item = union(one.item, more.item);
  if (alike(one.item, more.item)) return item;
  const copies = [...one.copies, ...more.copies];
  const spelt = { ...item, ...("apply" in more.item && { apply: more.item.apply }) };
  const fitting = [item, spelt].find((i) => givesBack(i, copies, m));
  if (fitting) return fitting;
  const sound = copies.filter((c) => !isUnsound(c, m));
  const fits = sound.length < copies.length && agree(one.item, more.item);
  return fits && givesBack(item, sound, m) ? item : undefined;
};

const free = (name: string, taken: (name: string) => boolean): string => {
  for (let n = 1; ; n++) {
    const next = n === 1 ? name : `${name}-${n}`;
    if (!taken(next)) return next;
  }
};
/** The item under another name, kept where it stands. */
const renamed = (name: string, copy: Copy): Item => {
  const isFile = !copy.at.includes("#") && !copy.at.endsWith("/");
  const [tool] = copy.tools;
  const paths = isFile && tool ? { ...copy.item.paths, [tool.id]: fileOf(copy.at) } : copy.item.paths;
  return { ...copy.item, name, ...(paths && { paths }) };
};
/** The copy as an item of its own, for its tools only; undefined: its name is what makes it so. */
const apartFrom = (copy: Copy, m: Merging, taken: ReadonlySet<string>): Item | undefined => {
  const name = free(`${copy.item.name}-${copy.tools[0]!.id}`, (n) => taken.has(n));
  const item = { ...renamed(name, copy), targets: copy.tools.map((t) => t.id) };
  if (copy.secret || copy.at.includes("#") || copy.at.endsWith("/")) return undefined;
  // a file that its tool misreads is changed in any case: the name of a rule is its path
  const fits = givesBack(item, [copy], m) || (m.kind === "rule" && isUnsound(copy, m));
  return fits ? item : undefined;
};

const SHOWN = 12;
const few = (lines: readonly string[]): string[] =>
  lines.length > SHOWN ? [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more lines`] : [...lines];

const tellDifference = (one: Merged, copy: Copy, kept: Item | undefined, m: Merging): void => {
  const near = likeness(m.kind, one.item, copy.item) >= NEAR;
  const facts = {
    kind: m.kind,
    name: copy.item.name,
    one: fileOf(one.copies[0]!.at),
    kept: kept?.name,
    tools: copy.tools.map((t) => t.id),
    lines: few(differing(m.kind, one.item, copy.item)),
  };
  const place = { place: { file: fileOf(copy.at) } };
  m.diagnostics.push(
    near ? diagnostic("import/near", facts, place) : diagnostic("import/different", facts, place),
  );
};

/** The copy joins the item, or becomes one of its own, or is left where it stands: never does one text win over another. */
const take = (groups: Merged[], one: Merged, copy: Copy, names: Set<string>, m: Merging): void => {
  const isCase = copy.item.name !== one.item.name;
  const item = together(one, { item: isCase ? renamed(one.item.name, copy) : copy.item, copies: [copy] }, m);
  if (item) {
    one.item = item;
    one.copies.push(copy);
    return;
  }
  const own = apartFrom(copy, m, names);
  tellDifference(one, copy, own, m);
  if (!own) return;
  names.add(own.name);
  groups.push({ item: own, copies: [copy] });
};

const bodyOf = (item: Item): string | undefined => {
  const body = "body" in item ? JSON.stringify(item.body) : "";
  return body.length > SHORT ? body : undefined;
};
/** Shorter texts are alike by chance. */
const SHORT = 40;

/** Items of several tools that have one text under different names become one, each kept where it stands. */
const joined = (groups: readonly Merged[], m: Merging): Merged[] => {
  const hosts = new Map<string, Merged>();
  return groups.filter((g) => {
    const body = bodyOf(g.item);
    const host = body === undefined ? undefined : hosts.get(body);
    if (body !== undefined && !host) hosts.set(body, g);
    const shared = host && idsOf(g.copies).some((id) => idsOf(host.copies).includes(id));
    const [copy, ...others] = g.copies;
    if (!host || !copy || shared || others.length || g.item.targets) return true;
    const item = together(host, { ...g, item: renamed(host.item.name, copy) }, m);
    if (item) Object.assign(host, { item, copies: [...host.copies, ...g.copies] });
    return item === undefined;
  });
};

const tellMerge = ({ item, copies }: Merged, m: Merging): void => {
  const places = copies.map((c) => fileOf(c.at));
  if (new Set(places).size < 2) return;
  const facts = { kind: m.kind, name: item.name, places };
  m.diagnostics.push(diagnostic("import/merged", facts, { level: "note", place: { file: places[0]! } }));
};

/** Copies in the same place are one, for all the tools that look there. */
const byPlace = (copies: readonly Copy[], world: World): Copy[] => {
  const out = new Map<string, Copy>();
  for (const copy of copies) {
    const key = `${realAddress(world, copy.at)}\0${copy.item.name}`;
    const first = out.get(key);
    out.set(key, first ? { ...first, tools: [...first.tools, ...copy.tools] } : copy);
  }
  return [...out.values()];
};

/** Names of files that differ only by case are one file on many disks. */
const keyOf = (kind: Kind, name: string): string => (fileKinds.includes(kind) ? name.toLowerCase() : name);

/** Makes one item of what stands in several places, as far as a build then gives back every place's bytes. */
export const merged = (all: readonly Copy[], m: Merging): Merged[] => {
  const groups: Merged[] = [];
  const named = new Map<string, Merged>();
  const names = new Set([...m.taken, ...all.map((c) => c.item.name)]);
  for (const copy of byPlace(all, m.world)) {
    const key = keyOf(m.kind, copy.item.name);
    const one = named.get(key);
    const first = one ?? { item: copy.item, copies: [copy] };
    named.set(key, first);
    if (one) take(groups, one, copy, names, m);
    else groups.push(first);
  }
  const out = joined(groups, m).map((g) => ({ ...g, item: aimed(g.item, g.copies, m) }));
  for (const g of out) tellMerge(g, m);
  return out;
};
