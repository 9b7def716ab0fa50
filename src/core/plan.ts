import type { Change } from "./change.ts";
import { container, type Entry, fileOf, type Ledger } from "./ledger.ts";
import { lossesOf, type Loss } from "./loss.ts";
import { lowered } from "./lower.ts";
import { type Cause, idOf, judge, type Unit } from "./own.ts";
import { isDrop } from "./shape.ts";
import { isFor, type Item, type Kind, kinds, type Rule, type Server, type Spec } from "./spec.ts";
import { applied, type Job, type Surface, type World } from "./surface.ts";
import { choicesOf, type Place, type Target, type ViaServer } from "./target.ts";

/** One unit that differs from what the spec wants. */
export interface Drift {
  at: string;
  path: string;
  cause: Cause;
  /** Ours to change; otherwise it is left alone, unless forced. */
  ours: boolean;
  item?: string;
  targets: readonly string[];
  /** Of what stands there. */
  id?: string;
}
/** A place that cannot be written at all. */
export interface Refusal {
  path: string;
  reason: string;
  targets: readonly string[];
}
export interface Plan {
  /** Sorted by path; each path once. */
  changes: Change[];
  drifts: Drift[];
  refusals: Refusal[];
  losses: Loss[];
  ledger: Ledger;
  /** Targets concerned, by path. */
  owners: ReadonlyMap<string, ReadonlySet<string>>;
  /** The tree after the changes. */
  after: World;
}
export interface PlanInput {
  /** Selected targets, in any order. */
  targets: readonly Target[];
  /** All targets there are: what the ledger says of one that is no longer selected is taken back. */
  known?: readonly Target[];
  spec: Spec;
  world: World;
  /** The ledger was written by another version. */
  upgraded?: boolean;
  /** Change also what is not as we left it. */
  force?: boolean;
}

interface Task {
  place: Surface<any>;
  kind: Kind;
  items: Map<string, Item>;
  readers: Target[];
}

const isVia = (p: Place<any>): p is ViaServer => !isDrop(p) && !Array.isArray(p) && "server" in p;
const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a target is meant to see, by kind: retrieval over MCP counts as a server where the tool has it so. */
export const specFor = (spec: Spec, t: Target): Spec => {
  const mine = Object.fromEntries(kinds.map(k => [k, (spec[k] as Item[]).filter(i => isFor(i, t.id))])) as unknown as Spec;
  const via = t.keeps.retrieval;
  if (!isVia(via)) return mine;
  const servers = mine.retrieval.map(r => via.server(r)).filter((x): x is Server => x !== undefined);
  return { ...mine, server: [...mine.server, ...servers] };
};

const placeFor = (t: Target, kind: Kind, item: Item): Surface<any> | undefined =>
  choicesOf(t.keeps[kind]).find(c => !c.when || c.when(item as never))?.place;

/** Rules in their order: `order`, else name. */
const ordered = (items: Iterable<Item>): Item[] =>
  [...items].sort((a, b) => (a.order ?? Number.POSITIVE_INFINITY) - (b.order ?? Number.POSITIVE_INFINITY) || byCodeUnit(a.name, b.name));

/** Every place that must be looked at, each once, with the union of the items that its readers may see. */
const tasksOf = (input: PlanInput, all: readonly Target[], specs: ReadonlyMap<Target, Spec>): Task[] => {
  const tasks = new Map<Surface<any>, Task>();
  const task = (place: Surface<any>, kind: Kind): Task => {
    const found = tasks.get(place) ?? { place, kind, items: new Map(), readers: [] };
    tasks.set(place, found);
    return found;
  };
  for (const t of all)
    for (const kind of kinds) {
      for (const c of choicesOf(t.keeps[kind])) task(c.place, kind).readers.push(t);
      for (const item of specs.get(t)![kind] as Item[]) {
        const place = placeFor(t, kind, item);
        if (place) task(place, kind).items.set(item.name, item);
      }
    }
  const retired = (input.known ?? []).filter(t => !all.includes(t) && mentions(input.world.ledger, t.id));
  for (const t of retired) for (const kind of kinds) for (const c of choicesOf(t.keeps[kind])) task(c.place, kind);
  return merged([...tasks.values()], input.world).sort((a, b) => byCodeUnit(a.place.slot, b.place.slot));
};
const mentions = (ledger: Ledger, id: string): boolean => [...ledger.values()].some(e => e.targets.includes(id));

/** A page that is a link to another page of this plan is that page. */
const merged = (tasks: Task[], world: World): Task[] => {
  const links = tasks.filter(t => t.place.page && world.links.has(t.place.path));
  const gone = new Set<Task>();
  for (const t of links) {
    const real = tasks.find(o => o !== t && o.place.page && o.place.path === world.links.get(t.place.path));
    if (!real) continue;
    for (const [name, item] of t.items) real.items.set(name, item);
    real.readers.push(...t.readers);
    gone.add(t);
  }
  return tasks.filter(t => !gone.has(t));
};

/** The pure core. Losses are found: the plan reads back its own writing, once for every target. */
export const plan = (input: PlanInput): Plan => {
  const all = [...new Set(input.targets)].sort((a, b) => byCodeUnit(a.id, b.id));
  const specs = new Map(all.map(t => [t, specFor(input.spec, t)]));
  const tasks = tasksOf(input, all, specs);
  const names = new Map(tasks.map(t => [t.place, new Set(t.items.keys())]));
  const state = { world: input.world, ledger: new Map<string, Entry>(), drifts: [] as Drift[], refusals: [] as Refusal[], owners: new Map<string, Set<string>>() };
  for (const t of tasks) run(t, input, state, names);
  dropEmptyContainers(state.ledger);
  const after: World = { ...state.world, ledger: state.ledger };
  const known = new Map(kinds.map(k => [k, new Set((input.spec[k] as Item[]).map(i => i.name))]));
  const refused = refusalsOf(state, !!input.force);
  return {
    changes: changesBetween(input.world, state.world),
    drifts: state.drifts,
    refusals: state.refusals,
    losses: all.flatMap(t => readBack(t, specs.get(t)!, after, (k, n) => known.get(k)!.has(n), refused)),
    ledger: state.ledger,
    owners: state.owners,
    after,
  };
};

/** Why an item could not be written, by the address of what stands there, by what it is, and by file. */
const refusalsOf = (state: State, force: boolean): ReadonlyMap<string, string> => {
  const out = new Map<string, string>();
  for (const d of force ? [] : state.drifts.filter(d => !d.ours))
    for (const key of [d.at, d.item]) if (key !== undefined) out.set(key, `${d.path} is not ours to change`);
  for (const r of state.refusals) out.set(r.path, r.reason);
  return out;
};

/** A file or container is only remembered while a row of ours stands in the file. */
const dropEmptyContainers = (ledger: Map<string, Entry>): void => {
  const filled = new Set([...ledger].flatMap(([at, e]) => (e.id === container ? [] : [fileOf(at)])));
  for (const [at, e] of ledger) if (e.id === container && !filled.has(fileOf(at))) ledger.delete(at);
};

interface State {
  world: World;
  ledger: Map<string, Entry>;
  drifts: Drift[];
  refusals: Refusal[];
  owners: Map<string, Set<string>>;
}

const run = (t: Task, input: PlanInput, state: State, names: ReadonlyMap<Surface<any>, ReadonlySet<string>>): void => {
  const readers = [...new Set(t.readers.map(r => r.id))].sort();
  const expands = t.readers.every(r => r.expandsImports);
  const items = ordered(t.items.values()).map(i => (t.kind === "rule" && i.at === undefined ? lowered(i as Rule, readers, expands) : homeBody(i, t, readers, expands)));
  const note = (path: string, who: readonly string[]): void => {
    const set = state.owners.get(path) ?? new Set();
    for (const w of who) set.add(w);
    state.owners.set(path, set);
  };
  const job: Job = {
    readers,
    holds: place => names.get(place) ?? new Set(),
    may: (unit: Unit) => {
      const entry = input.world.ledger.get(unit.at);
      const verdict = judge(unit, entry, !!input.upgraded);
      if (!verdict) return false;
      const path = fileOf(unit.at);
      const targets = readers.length ? readers : (entry?.targets ?? []);
      state.drifts.push({ at: unit.at, path, ...verdict, targets, ...(unit.item !== undefined && { item: `${t.kind} ${unit.item}` }), ...(unit.prior !== undefined && { id: idOf(unit.prior) }) });
      note(path, targets);
      if (!verdict.ours && !input.force && entry) state.ledger.set(unit.at, entry);
      return verdict.ours || !!input.force;
    },
    owns: (at, content, outside) => {
      state.ledger.set(at, { id: idOf(content), targets: readers, ...(outside !== undefined && { outside }) });
      note(fileOf(at), readers);
    },
    made: at => {
      state.ledger.set(at, { id: container, targets: readers });
      note(fileOf(at), readers);
    },
    refuse: (path, reason) => {
      state.refusals.push({ path, reason, targets: readers });
      note(path, readers);
      for (const [at, e] of input.world.ledger) if (fileOf(at) === path) state.ledger.set(at, e);
    },
  };
  state.world = applied(state.world, t.place.write(items, { ...state.world, ledger: input.world.ledger }, job));
};

/** A rule that stands in a page is lowered like any other where it is shown elsewhere. */
const homeBody = (i: Item, t: Task, readers: readonly string[], expands: boolean): Item =>
  t.kind === "rule" && i.at !== t.place.path ? lowered(i as Rule, readers, expands) : i;

const changesBetween = (before: World, after: World): Change[] => {
  const paths = new Set<string>();
  for (const [p, c] of after.files) if (before.files.get(p) !== c || after.exec.has(p) !== before.exec.has(p)) paths.add(p);
  for (const p of before.files.keys()) if (!after.files.has(p)) paths.add(p);
  return [...paths]
    .filter(p => !before.links.has(p) || !paths.has(before.links.get(p)!))
    .sort(byCodeUnit)
    .map(path => {
      const [was, now] = [before.files.get(path), after.files.get(path)];
      const exec = after.exec.has(path) !== before.exec.has(path) ? { exec: after.exec.has(path) } : {};
      return { path, ...(was !== undefined && { before: was }), ...(now !== undefined && { after: now }), ...exec };
    });
};

const readBack = (t: Target, spec: Spec, after: World, known: (k: Kind, name: string) => boolean, refused: ReadonlyMap<string, string>): Loss[] =>
  kinds.flatMap(kind => {
    const place = t.keeps[kind] as Place<any>;
    if (isVia(place)) return spec.retrieval.filter(r => !place.server(r)).map(r => ({ target: t.id, kind, name: r.name, field: [], why: place.drop, level: "note" as const }));
    const want = (spec[kind] as Item[]).map(i => (kind === "rule" ? lowered(i as Rule, [t.id], t.expandsImports) : i));
    const got = [...new Set(choicesOf(place).map(c => c.place))].flatMap(s => s.read(after, { target: t.id, hints: want }) as Item[]);
    return lossesOf({
      target: t,
      kind,
      want,
      got,
      placeOf: i => placeFor(t, kind, i),
      refused: (item, at, place) => {
        const files = [place, place?.through].flatMap(s => s?.reads.flatMap(p => ("file" in p ? p.file : [])) ?? []);
        return [at ?? "", `${kind} ${item.name}`, ...files].map(k => refused.get(k)).find(r => r !== undefined);
      },
      known: name => known(kind, name),
    });
  });
