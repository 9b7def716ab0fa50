import { importedFrom, importIn, spelledImport } from "./import-paths.ts";
import { fileAddress, fileOf, type Ledger } from "./ledger.ts";
import { folderOf, meaningOf, ruleFile, spellings, urlIn } from "./links.ts";
import { lowered, type Spelt } from "./lower.ts";
import { type Item, isFor, type Kind, kinds, type Rule, type Server, type Spec } from "./spec.ts";
import { realPath, type Surface, type World } from "./surface.ts";
import { choicesOf, isVia, type Others, pagesOf, type Target } from "./target.ts";
import { byCodeUnit, toLf } from "./text.ts";

/** One place and all that must stand there. */
export interface Task {
  place: Surface<any>;
  kind: Kind;
  /** As its readers should see them, in their order, by name. */
  items: ReadonlyMap<string, Item>;
  /** Ids of the targets that read the place, sorted. */
  readers: readonly string[];
}
export interface Tasks {
  /** Sorted by place. */
  list: readonly Task[];
  /** The task that writes a place: for a page that is a link, that of the page it leads to. */
  of(place: Surface<any>): Task | undefined;
  /** How a rule's links and imports are spelt where a target has it. */
  spelt(t: Target, rule: Rule, world: World): Spelt;
}

/** What a target is meant to see, by kind: retrieval over MCP counts as a server where the tool has it so. */
export const specFor = (spec: Spec, t: Target): Spec => {
  const mine = Object.fromEntries(
    kinds.map((k) => [k, (spec[k] as Item[]).filter((i) => isFor(i, t.id))]),
  ) as unknown as Spec;
  const via = t.keeps.retrieval;
  if (!isVia(via)) return mine;
  const servers = mine.retrieval.map((r) => via.server(r)).filter((x): x is Server => x !== undefined);
  const retrieval = mine.retrieval.filter((r) => !via.server(r));
  return { ...mine, server: [...mine.server, ...servers], retrieval };
};

/** A page of the target that is a link to the item's own file shows it already. */
const linkOf = (t: Target, item: Item, world: World): Surface<any> | undefined =>
  item.at === undefined ? undefined : pagesOf(t).find((p) => world.links.get(p.path) === item.at);
/** The place that holds an item for a target, given the ids of all selected targets: a set decides, so order cannot. */
export const placeFor = (
  t: Target,
  kind: Kind,
  item: Item,
  world: World,
  selected: ReadonlySet<string>,
): Surface<any> | undefined => {
  const others: Others = { has: (id) => id !== t.id && selected.has(id) && isFor(item, id) };
  return (
    linkOf(t, item, world) ??
    choicesOf(t.keeps[kind]).find((c) => !c.when || c.when(item as never, others))?.place
  );
};

const unspelt: Spelt = { urls: [], imports: [] };

/** Items as these readers should see them; a rule of which nothing is left for them is none. */
export const seenBy = (
  items: readonly Item[],
  kind: Kind,
  readers: readonly string[],
  expands: boolean,
  isHome: (at: string) => boolean = () => false,
  speltOf: (rule: Rule) => Spelt = () => unspelt,
): Item[] => {
  if (kind !== "rule") return [...items];
  return (items as readonly Rule[]).flatMap((r) => {
    if (r.at !== undefined && isHome(r.at)) return [r];
    const seen = lowered(r, readers, expands, r.links?.length || r.imports?.length ? speltOf(r) : unspelt);
    return seen.body.trim() || seen === r ? [seen] : [];
  });
};

/** The file that a place has for a rule: its own, or the page. */
const fileIn = (place: Surface<any>, rule: Rule, readers: readonly Target[]): string => {
  if (place.page) return place.path;
  const own = readers.flatMap((r) => rule.paths?.[r.id] ?? [])[0];
  return own ?? place.home?.(rule) ?? place.path.replace("{name}", rule.name);
};
/** Where a tool has a rule in a file of its own; undefined: on a page, or not at all. */
const ownFile = (t: Target, rule: Rule, world: World, selected: ReadonlySet<string>): string | undefined => {
  const place = isFor(rule, t.id) ? placeFor(t, "rule", rule, world, selected) : undefined;
  return place && !place.page ? fileIn(place, rule, [t]) : undefined;
};

/** Every file by which a rule may be meant: the spec's, and those of the tools. */
const filesOf = (rule: Rule, targets: readonly Target[]): Set<string> =>
  new Set([
    ruleFile(rule),
    ...Object.values(rule.paths ?? {}),
    ...targets.flatMap((t) =>
      choicesOf(t.keeps.rule).flatMap(({ place }) => (place.page ? [] : [fileIn(place, rule, [])])),
    ),
  ]);

/** The text that a place has of a rule alone: its file, or a page whose only rule it is, or the page that this one imports. */
const standing = (place: Surface<any>, file: string, rule: Rule, world: World): string => {
  const real = realPath(world, file);
  const isWhole = !place.page || world.ledger.get(fileAddress(real))?.outside === rule.name;
  if (!isWhole) return place.through ? standing(place.through, place.through.path, rule, world) : "";
  const content = world.files.get(real);
  return typeof content === "string" ? content : "";
};

/**
 * The addresses of a rule's links in one place: those of the files that its readers have for the rules, as far as they agree,
 * else of the spec's files. An address that leads there already stays as it is spelt.
 */
const urlsIn = (
  place: Surface<any>,
  rule: Rule,
  readers: readonly Target[],
  world: World,
  all: readonly Target[],
): string[] => {
  const links = rule.links ?? [];
  const file = fileIn(place, rule, readers);
  const selected = new Set(all.map((t) => t.id));
  const files = links.map(({ to }) => filesOf(to, all));
  const spelt = spellings(toLf(standing(place, file, rule, world)), rule.body, links, (url, n) => {
    const { paths, rest } = meaningOf(url, file);
    return rest === links[n]!.rest && paths.some((p) => files[n]!.has(p));
  });
  return links.map(({ at, end, to, rest }, i) => {
    const known = spelt[i];
    if (known !== undefined) return known;
    const [own, ...others] = new Set(place.page ? [] : readers.map((t) => ownFile(t, to, world, selected)));
    const path = own === undefined || others.length ? ruleFile(to) : own;
    const said = rule.body.slice(at, end);
    return meaningOf(said, file).paths[0] === path ? said : urlIn(file, path) + rest;
  });
};

/** Imports count from the folder of the file: as the file says them already, else anew. */
const importsIn = (
  place: Surface<any>,
  rule: Rule,
  readers: readonly Target[],
  world: World,
): Spelt["imports"] => {
  const file = fileIn(place, rule, readers);
  const own = rule.at === undefined ? "" : fileOf(rule.at);
  if (folderOf(file) === folderOf(own)) return [];
  const text = toLf(standing(place, file, rule, world));
  return (rule.imports ?? []).map(({ at, end }) => {
    const path = importedFrom(own, rule.body.slice(at + 1, end));
    return path && (spelledImport(text, file, path) ?? importIn(file, path));
  });
};
const speltIn = (
  place: Surface<any>,
  rule: Rule,
  readers: readonly Target[],
  world: World,
  all: readonly Target[],
): Spelt => ({
  urls: rule.links?.length ? urlsIn(place, rule, readers, world, all) : [],
  imports: importsIn(place, rule, readers, world),
});

/** Items in their order: `order`, else name; patterns as the spec has them, for one with `!` takes back what stands before it. */
const ordered = (items: Iterable<Item>, kind: Kind, all: readonly Item[]): Item[] => {
  const place = new Map(kind === "ignore" ? all.map((item, i) => [item.name, i]) : []);
  const placeOf = ({ name }: Item): number => place.get(name) ?? 0;
  return [...items].sort(
    (a, b) =>
      (a.order ?? Number.POSITIVE_INFINITY) - (b.order ?? Number.POSITIVE_INFINITY) ||
      placeOf(a) - placeOf(b) ||
      byCodeUnit(a.name, b.name),
  );
};

/** A place with the items and readers that were collected for it. */
interface Draft {
  place: Surface<any>;
  kind: Kind;
  items: Map<string, Item>;
  readers: Target[];
}

const mentions = (ledger: Ledger, id: string): boolean =>
  [...ledger.values()].some((e) => e.targets.includes(id));

/** Every place that must be looked at, each once, with the union of the items that its readers may see. */
export const tasksOf = (
  targets: readonly Target[],
  known: readonly Target[],
  specs: ReadonlyMap<Target, Spec>,
  world: World,
  whole: Spec,
): Tasks => {
  const drafts = new Map<Surface<any>, Draft>();
  const draft = (place: Surface<any>, kind: Kind): Draft => {
    const found = drafts.get(place) ?? { place, kind, items: new Map(), readers: [] };
    drafts.set(place, found);
    return found;
  };
  const selected = new Set(targets.map((t) => t.id));
  for (const t of targets)
    for (const kind of kinds) {
      for (const c of choicesOf(t.keeps[kind])) draft(c.place, kind).readers.push(t);
      for (const item of specs.get(t)![kind] as Item[]) {
        const place = placeFor(t, kind, item, world, selected);
        if (place) draft(place, kind).items.set(item.name, item);
      }
    }
  const retired = known.filter((t) => !targets.includes(t) && mentions(world.ledger, t.id));
  for (const t of retired)
    for (const kind of kinds) for (const c of choicesOf(t.keeps[kind])) draft(c.place, kind);
  for (const d of drafts.values())
    pointed(d, targets, (t, item) => placeFor(t, d.kind, item, world, selected));
  const real = new Map([...drafts.values()].map((d) => [d, linkedTo(d, [...drafts.values()], world)]));
  for (const [from, to] of real) if (from !== to) merge(from, to);
  const tasks = new Map([...new Set(real.values())].map((d) => [d, taskOf(d, world, targets, whole)]));
  return {
    list: [...tasks.values()].sort((a, b) => byCodeUnit(a.place.slot, b.place.slot)),
    of: (place) => tasks.get(real.get(drafts.get(place)!)!),
    spelt: (t, rule, after) => {
      const place = placeFor(t, "rule", rule, after, selected);
      const draft = place && real.get(drafts.get(place)!);
      return draft ? speltIn(draft.place, rule, draft.readers, after, targets) : unspelt;
    },
  };
};

/**
 * On a page a scoped rule is one line that points to its file where another tool that reads the page holds the rule scoped:
 * so that no tool gets the text twice, and none gets it always.
 */
const pointed = (
  d: Draft,
  targets: readonly Target[],
  placeOf: (t: Target, item: Item) => Surface<any> | undefined,
): void => {
  if (!d.place.page || d.kind !== "rule") return;
  const readsPage = (t: Target): boolean =>
    choicesOf(t.keeps.rule).some((c) => c.place === d.place || c.place.through === d.place);
  const readers = targets.filter(readsPage);
  for (const [name, item] of d.items as Map<string, Rule>) {
    const scopes = (t: Target): boolean => {
      const place = isFor(item, t.id) ? placeOf(t, item) : undefined;
      return place !== undefined && !place.page;
    };
    if (item.apply.on !== "globs" || !readers.some(scopes)) continue;
    d.items.set(name, {
      ...item,
      points: ruleFile(item),
    } as Rule);
  }
};

/** A page that is a link to another page of this plan is that page. */
const linkedTo = (d: Draft, all: readonly Draft[], world: World): Draft => {
  const link = d.place.page ? world.links.get(d.place.path) : undefined;
  return (link !== undefined && all.find((o) => o !== d && o.place.page && o.place.path === link)) || d;
};
const merge = (from: Draft, to: Draft): void => {
  for (const [name, item] of from.items) to.items.set(name, item);
  to.readers.push(...from.readers);
};

const taskOf = (
  { place, kind, items, readers }: Draft,
  world: World,
  all: readonly Target[],
  whole: Spec,
): Task => {
  const ids = [...new Set(readers.map((r) => r.id))].sort(byCodeUnit);
  const isHome = (at: string): boolean => !!place.page && realPath(world, at) === place.path;
  const seen = seenBy(
    ordered(items.values(), kind, whole[kind] as Item[]),
    kind,
    ids,
    readers.every((r) => r.expandsImports),
    isHome,
    (rule) => speltIn(place, rule, readers, world, all),
  );
  return { place, kind, items: new Map(seen.map((i) => [i.name, i])), readers: ids };
};
