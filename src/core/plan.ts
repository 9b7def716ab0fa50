import type { Change } from "./change.ts";
import type { Path } from "./format.ts";
import { container, type Entry, fileAddress, fileOf, isFolderAddress, type Ledger } from "./ledger.ts";
import { type Loss, lossesOf } from "./loss.ts";
import { type Cause, idOf, judge, type Unit } from "./own.ts";
import { type Item, type Kind, kinds, type Spec } from "./spec.ts";
import {
  applied,
  changed,
  type Job,
  keysUnder,
  type Pattern,
  realAddress,
  realPath,
  type Surface,
  type World,
} from "./surface.ts";
import { choicesOf, type Place, surfacesOf, type Target } from "./target.ts";
import { placeFor, seenBy, specFor, type Task, type Tasks, tasksOf } from "./tasks.ts";
import { byCodeUnit } from "./text.ts";

export { specFor } from "./tasks.ts";

/** One unit that differs from what the spec wants. */
export interface Drift {
  at: string;
  path: string;
  cause: Cause;
  /** Ours to change; otherwise it is left alone, unless forced. */
  ours: boolean;
  /** Nothing in the spec wants it. */
  unwanted?: true;
  item?: string;
  targets: readonly string[];
  /** Of what stands there. */
  id?: string;
}
/** A place that cannot be written at all. */
export interface Refusal {
  path: string;
  reason: string;
  /** Offset in the file where it shows, UTF-16 units. */
  start?: number;
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
  /** Where the items of each target then stand. */
  placed: Placed[];
  /** The tree after the changes. */
  after: World;
  /** Our rows in shared files, as these were read. */
  standing: ReadonlyMap<string, readonly Standing[]>;
}
/** A row of ours that is found in a shared file. */
export interface Standing {
  where: Path;
  /** What of it the spec, or our last build, says: somebody may have added to it. */
  mine: unknown;
}
/** An item as one target reads it. */
export interface Placed {
  target: string;
  kind: Kind;
  name: string;
  /** Address of a file, row or region. */
  at: string;
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

/** What the plan comes to, place by place. */
interface State {
  placed: Placed[];
  world: World;
  ledger: Map<string, Entry>;
  drifts: Drift[];
  refusals: Refusal[];
  owners: Map<string, Set<string>>;
  /** Units that stand as this plan wants them: address in the real file to address. */
  owned: Map<string, string>;
  standing: Map<string, Standing[]>;
  /** Files that hold nothing any more, as they were left. */
  emptied: Map<string, string>;
  /** Why an item does not stand in a place as the spec wants it; the empty name is the whole place. */
  blocked: Reasons;
  /** Why an item of ours stands in a place in other words than the spec's: it still counts as held there. */
  edited: Reasons;
  /** Why an item has no room beside the others of the spec. */
  crowded: Reasons;
}
type Reasons = Map<Surface<any>, Map<string, string>>;

const told = (reasons: Reasons, place: Surface<any>, name: string, reason: string): void => {
  reasons.set(place, (reasons.get(place) ?? new Map()).set(name, reason));
};
const whyIn = (reasons: Reasons, task: Task | undefined, name: string): string | undefined => {
  const found = task && reasons.get(task.place);
  return found?.get("") ?? found?.get(name);
};
const whyNotAsWanted = (state: State, task: Task | undefined, name: string): string | undefined =>
  whyIn(state.blocked, task, name) ?? whyIn(state.edited, task, name);
const whyCrowded = (state: State, task: Task | undefined, name: string): string | undefined =>
  task && state.crowded.get(task.place)?.get(name);

/** The pure core. Losses are found: the plan reads back its own writing, once for every target. */
export const plan = (input: PlanInput): Plan => {
  const all = [...new Set(input.targets)].sort((a, b) => byCodeUnit(a.id, b.id));
  const known = input.known ?? [];
  const specs = new Map(all.map((t) => [t, specFor(input.spec, t)]));
  const tasks = tasksOf(all, known, specs, input.world, input.spec);
  const state: State = {
    placed: [],
    world: input.world,
    ledger: new Map(),
    drifts: [],
    refusals: [],
    owners: new Map(),
    owned: new Map(),
    standing: new Map(),
    emptied: new Map(),
    blocked: new Map(),
    edited: new Map(),
    crowded: new Map(),
  };
  for (const t of tasks.list) run(t, input, state, tasks);
  takeBackStrays([...all, ...known], input, state);
  dropEmptyFiles(state);
  settleContainers(state.ledger);
  const after: World = { ...state.world, ledger: state.ledger };
  const selected = new Set(all.map((t) => t.id));
  return {
    changes: changesBetween(input.world, state.world),
    drifts: state.drifts,
    refusals: state.refusals,
    losses: all.flatMap((t) => readBack(t, specs.get(t)!, input.spec, selected, after, tasks, state)),
    ledger: state.ledger,
    owners: state.owners,
    placed: state.placed,
    after,
    standing: state.standing,
  };
};

const dropEmptyFiles = (state: State): void => {
  for (const [path, text] of state.emptied)
    if (state.world.files.get(path) === text)
      state.world = applied(state.world, changed(state.world, path, undefined));
};

/** A file or container is only remembered while a row of ours stands in the file; it is of all who have a row in it. */
const settleContainers = (ledger: Map<string, Entry>): void => {
  const rows = new Map<string, [at: string, targets: readonly string[]][]>();
  for (const [at, { id, targets }] of ledger) {
    if (id === container) continue;
    const all = rows.get(fileOf(at));
    if (all) all.push([at, targets]);
    else rows.set(fileOf(at), [[at, targets]]);
  }
  for (const [at, e] of ledger) {
    if (e.id !== container) continue;
    const all = rows.get(fileOf(at)) ?? [];
    const inside = all.filter(([row]) => !at.includes("#") || row.startsWith(at));
    const who = new Set(inside.flatMap(([, targets]) => targets));
    if (!all.length) ledger.delete(at);
    else if (who.size) ledger.set(at, { ...e, targets: [...who].sort(byCodeUnit) });
  }
};

const note = (state: State, path: string, who: readonly string[]): void => {
  const set = state.owners.get(path) ?? new Set();
  for (const w of who) set.add(w);
  state.owners.set(path, set);
};

/** Asks the ledger for the right to change a unit, and notes what differs. */
const asked = (
  unit: Unit,
  input: PlanInput,
  state: State,
  readers: readonly string[],
  item: string | undefined,
): boolean => {
  const entry = input.world.ledger.get(unit.at);
  const verdict = judge(unit, entry, !!input.upgraded);
  if (!verdict) return false;
  const path = realPath(input.world, fileOf(unit.at));
  const targets = readers.length ? readers : (entry?.targets ?? []);
  state.drifts.push({
    at: unit.at,
    path,
    ...verdict,
    targets,
    ...(item !== undefined && { item }),
    ...(unit.prior !== undefined && { id: idOf(unit.prior) }),
    ...(unit.next === undefined && { unwanted: true as const }),
  });
  note(state, path, targets);
  const allowed = verdict.ours || !!input.force;
  if (!allowed && entry) state.ledger.set(unit.at, entry);
  return allowed;
};

const whyTaken = (at: string, other: string): string =>
  at === other
    ? `another item stands at ${fileOf(at)}`
    : `${fileOf(at)} is a link to the file of ${fileOf(other)}, which holds it in another form`;

/** We wrote a unit there, whoever changed it since. */
const isRemembered = (ledger: Ledger, at: string): boolean => (ledger.get(at)?.id ?? container) !== container;

/** Whether a place may have to be changed although no item belongs there: something stands there, or another page decides. */
const stands = ({ reads, through }: Surface<any>, { files }: World): boolean =>
  !!through ||
  reads.some((p) => ("file" in p ? files.has(p.file) : keysUnder(files, `${p.folder}/`).length > 0));

const run = (t: Task, input: PlanInput, state: State, tasks: Tasks): void => {
  const { readers, place } = t;
  if (!t.items.size && !stands(place, state.world)) return;
  const job: Job = {
    readers,
    holds: (other) => {
      const task = tasks.of(other);
      return new Map(
        [...(task?.items ?? [])].filter(
          ([name]) => (whyIn(state.blocked, task, name) ?? whyCrowded(state, task, name)) === undefined,
        ),
      );
    },
    may: (unit) => {
      const other = state.owned.get(realAddress(input.world, unit.at));
      if (other !== undefined) {
        if (unit.item !== undefined) told(state.crowded, place, unit.item, whyTaken(unit.at, other));
        return false;
      }
      const allowed = asked(
        unit,
        input,
        state,
        readers,
        unit.item === undefined ? undefined : `${t.kind} ${unit.item}`,
      );
      const whole = place.page && unit.at === fileAddress(place.path);
      const reasons = isRemembered(input.world.ledger, unit.at) ? state.edited : state.blocked;
      if (!allowed && unit.item !== undefined)
        told(reasons, place, whole ? "" : unit.item, `${fileOf(unit.at)} is not ours to change`);
      return allowed;
    },
    owns: (at, content, outside) => {
      state.owned.set(realAddress(input.world, at), at);
      state.ledger.set(at, {
        id: idOf(content),
        targets: readers,
        ...(outside !== undefined && { outside }),
      });
      note(state, fileOf(at), readers);
      note(state, realPath(input.world, fileOf(at)), readers);
    },
    stands: (file, where, mine) =>
      void state.standing.set(file, [...(state.standing.get(file) ?? []), { where, mine }]),
    made: (at) => {
      state.ledger.set(at, { id: container, targets: readers });
      note(state, fileOf(at), readers);
    },
    cleared: (at) => void state.ledger.delete(at),
    emptied: (path, text) => void state.emptied.set(path, text),
    crowded: (item, reason) => told(state.crowded, place, item, reason),
    refuse: (path, reason, start) => {
      state.refusals.push({ path, reason, targets: readers, ...(start !== undefined && { start }) });
      const mine = [...input.world.ledger].filter(([at]) => fileOf(at) === path);
      told(mine.length ? state.edited : state.blocked, place, "", `${path}: ${reason}`);
      note(state, path, readers);
      for (const [at, e] of mine) state.ledger.set(at, e);
    },
  };
  state.world = applied(
    state.world,
    place.write([...t.items.values()], { ...state.world, ledger: input.world.ledger }, job),
  );
};

const covers = (p: Pattern, path: string): boolean =>
  "file" in p ? p.file === path : path.startsWith(`${p.folder}/`) && path.endsWith(p.suffix ?? "");

/** Files of ours at a path that was an item's own (`paths`) and that no place looks at. */
const takeBackStrays = (all: readonly Target[], input: PlanInput, state: State): void => {
  const left = [...input.world.ledger.keys()].filter((at) => !at.includes("#") && !state.ledger.has(at));
  if (!left.length) return;
  const patterns = [...new Set(all.flatMap((t) => surfacesOf(t).flatMap((s) => s.place.reads)))];
  for (const at of left) {
    const path = fileOf(at);
    if (patterns.some((p) => covers(p, path))) continue;
    const prior = state.world.files.get(path);
    if (asked({ at, prior, next: undefined }, input, state, [], undefined))
      state.world = applied(state.world, changed(state.world, path, undefined));
  }
};

const changesBetween = (before: World, after: World): Change[] => {
  const paths = new Map<string, string>();
  /** A file under its own path, seen by whichever name it was read under. */
  const add = (p: string): void => {
    const real = realPath(before, p);
    if (!paths.has(real) || before.files.has(p)) paths.set(real, p);
  };
  for (const [p, c] of after.files)
    if (before.files.get(p) !== c || after.exec.has(p) !== before.exec.has(p)) add(p);
  for (const p of before.files.keys()) if (!after.files.has(p)) add(p);
  return [...paths]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([path, seen]) => {
      const [was, now] = [before.files.get(seen), after.files.get(seen)];
      const moved = now !== undefined && after.exec.has(seen) !== before.exec.has(seen);
      return {
        path,
        ...(was !== undefined && { before: was }),
        ...(now !== undefined && { after: now }),
        ...(moved && { exec: after.exec.has(seen) }),
      };
    });
};

const isOursAt = (at: string, { ledger }: World): boolean =>
  ledger.has(at) || (isFolderAddress(at) && keysUnder(ledger, at).length > 0);

const readBack = (
  t: Target,
  spec: Spec,
  whole: Spec,
  selected: ReadonlySet<string>,
  after: World,
  tasks: Tasks,
  state: State,
): Loss[] =>
  kinds.flatMap((kind) => {
    if (!spec[kind].length && !whole[kind].length) return [];
    const keeps = t.keeps[kind] as Place<any>;
    const want = seenBy(spec[kind] as Item[], kind, [t.id], t.expandsImports, undefined, (r) =>
      tasks.spelt(t, r, after),
    );
    const places = [...new Set(choicesOf(keeps).map((c) => c.place))];
    const got = places.flatMap((place) =>
      (place.read(after, { target: t.id, hints: want }) as Item[]).map((item) => ({ place, item })),
    );
    const wanted = new Set(want.map((i) => i.name));
    for (const { place, item } of got)
      if (wanted.has(item.name))
        state.placed.push({ target: t.id, kind, name: item.name, at: item.at ?? place.path });
    const known = new Set((whole[kind] as Item[]).map((i) => i.name));
    return lossesOf({
      target: t,
      kind,
      want,
      got,
      placeOf: (i) => placeFor(t, kind, i, after, selected),
      refused: (place, name) => whyNotAsWanted(state, tasks.of(place), name),
      crowded: (place, name) => whyCrowded(state, tasks.of(place), name),
      shown: (place, name) => tasks.of(place)?.items.get(name),
      known: (name) => known.has(name),
      real: (at) => realAddress(after, at),
      isOurs: (at) => isOursAt(at, after) || (whole[kind] as Item[]).some((i) => i.at === at),
    });
  });
