import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject } from "../src/core/data.ts";
import { printLedger, readLedger } from "../src/core/ledger.ts";
import type { Loss } from "../src/core/loss.ts";
import { lowered } from "../src/core/lower.ts";
import { type Plan, type PlanInput, plan, specFor } from "../src/core/plan.ts";
import { emptySpec, held, type Item, type Kind, kinds, type Rule, type Spec } from "../src/core/spec.ts";
import { emptyWorld, type World } from "../src/core/surface.ts";
import { choicesOf, clashes, surfacesOf, type Target } from "../src/core/target.ts";
import { placeFor } from "../src/core/tasks.ts";
import { targetById, targets } from "../src/targets/index.ts";
import { body, spec } from "./arbitraries.ts";
import { handWritten, lostLines } from "./foreign.ts";
import { hiddenDrops, targetSources } from "./hidden.ts";

/** Specs for each law and seed. */
const runs = Number(process.env["LAWS"] ?? 100);
const FIXED = 20261122;
/** Printed in the names of its tests; LAWS_SEED runs it again. */
const random = Number(process.env["LAWS_SEED"] ?? (Date.now() ^ (process.pid << 8)) | 0);

const build = (ts: readonly Target[], s: Spec, world: World, more: Partial<PlanInput> = {}): Plan =>
  plan({ targets: ts, known: targets, spec: s, world, ...more });
/** The tree as the next run finds it: what the ledger forgets in print is forgotten. */
const found = (p: Plan): World => ({ ...p.after, ledger: readLedger(printLedger(p.ledger, "0.0.0")).ledger });
const fresh = (ts: readonly Target[], s: Spec): World => found(build(ts, s, emptyWorld()));

const readPlaces = (t: Target, kind: Kind, world: World, hints: readonly Item[]) =>
  [...new Set(choicesOf(t.keeps[kind]).map((c) => c.place))].flatMap((place) =>
    (place.read(world, { target: t.id, hints }) as Item[]).map((item) => ({ place, item })),
  );
const readItems = (t: Target, kind: Kind, world: World, hints: readonly Item[]): Item[] =>
  readPlaces(t, kind, world, hints).map(({ item }) => item);
const wanted = (t: Target, s: Spec, kind: Kind): Item[] =>
  (specFor(s, t)[kind] as Item[])
    .map((i) => (kind === "rule" ? lowered(i as Rule, [t.id], t.expandsImports) : i))
    .filter((i) => kind !== "rule" || (i as Rule).body.trim() !== "");

const said = (p: Plan) =>
  p.losses.map((l) => `${l.target} ${l.kind} ${l.name} ${l.field.join(".")}: ${l.why}`);
const unreasoned = (p: Plan): Loss[] => p.losses.filter((l) => !l.why);

const without = (value: unknown, [head, ...rest]: readonly string[]): unknown => {
  if (head === undefined) return undefined;
  if (!isObject(value) || value instanceof Uint8Array) return value;
  const inner = without(value[head], rest);
  const { [head]: _, ...others } = value;
  return inner === undefined ? others : { ...others, [head]: inner };
};
/** Maps that hold nothing any more are as good as none: both sides lose the same leaves. */
const pruned = (value: unknown): unknown => {
  if (!isObject(value) || value instanceof Uint8Array) return value;
  const kept = Object.entries(value).flatMap(([k, v]) => {
    const inner = pruned(v);
    return inner === undefined ||
      (isObject(inner) && !(inner instanceof Uint8Array) && !Object.keys(inner).length)
      ? []
      : [[k, inner]];
  });
  return Object.fromEntries(kept);
};
/** Keys of other tools, which stand in the file that a tool shares with them. */
const foreignKeys = (item: Item, t: Target): string[] =>
  Object.entries(item.overrides ?? {}).flatMap(([id, own]) => (id === t.id ? [] : Object.keys(own)));
const shown = (
  item: Item | undefined,
  t: Target,
  lost: readonly (readonly string[])[],
  foreign: readonly string[] = [],
): unknown => {
  if (!item) return undefined;
  const mine = item.overrides && Object.hasOwn(item.overrides, t.id) ? item.overrides[t.id]! : {};
  const own = { overrides: Object.fromEntries(Object.entries(mine).filter(([k]) => !foreign.includes(k))) };
  return pruned(lost.reduce<unknown>((v, at) => without(v, at), { ...held(item as never), ...own }));
};

/** What a target reads back is the spec less the losses told of it, and no loss is told that is none. */
const expectReadBack = (t: Target, s: Spec, p: Plan, all: readonly Target[] = [t]): void => {
  const selected = new Set(all.map((o) => o.id));
  for (const kind of kinds) {
    if (!choicesOf(t.keeps[kind]).length) continue;
    const want = wanted(t, s, kind);
    const read = readPlaces(t, kind, p.after, want);
    const got = new Map(read.map(({ item }) => [item.name, item]));
    for (const { place, item } of read) {
      const wish = want.find((i) => i.name === item.name);
      if (wish && placeFor(t, kind, wish, p.after, selected) === place) got.set(item.name, item);
    }
    const losses = p.losses.filter((l) => l.target === t.id && l.kind === kind && !l.weak && !l.twice);
    for (const item of want) {
      const mine = losses.filter((l) => l.name === item.name && !l.leak).map((l) => l.field);
      const whole = mine.some((f) => !f.length);
      const back = got.get(item.name);
      const own = Object.keys(item.overrides?.[t.id] ?? {});
      const foreign = foreignKeys(item, t).filter((k) => !own.includes(k));
      got.delete(item.name);
      if (whole)
        expect(back && shown(back, t, [], foreign), `${kind} ${item.name} is told lost`).not.toEqual(
          shown(item, t, []),
        );
      else expect(shown(back, t, mine, foreign), `${kind} ${item.name}`).toEqual(shown(item, t, mine));
    }
    const leaks = losses.filter((l) => l.leak).map((l) => l.name);
    expect([...got.keys()].sort(), `${kind}: items that nobody wanted here`).toEqual(leaks.sort());
  }
};

const crlf = (world: World): World => ({
  ...world,
  files: new Map(
    [...world.files].map(([p, c]) => [p, typeof c === "string" ? c.replaceAll("\n", "\r\n") : c]),
  ),
});
const everything = (t: Target, world: World) =>
  Object.fromEntries(
    kinds.map((kind) => [kind, Object.fromEntries(readItems(t, kind, world, []).map((i) => [i.name, i]))]),
  );
const texts = (world: World) => Object.fromEntries(world.files);

for (const [title, seed] of [
  ["fixed seed", FIXED],
  [`random seed ${random}`, random],
] as const) {
  const holds = (property: fc.IRawProperty<any>): void =>
    fc.assert(property as fc.IProperty<any>, { numRuns: runs, seed });

  describe(title, { timeout: 60_000 + runs * 500 }, () => {
    for (const t of targets) {
      test(`${t.id}: every loss has a stated reason, fresh and over an older build`, () =>
        holds(
          fc.property(spec, spec, (older: Spec, newer: Spec) => {
            for (const p of [build([t], newer, emptyWorld()), build([t], newer, fresh([t], older))]) {
              expect(unreasoned(p)).toEqual([]);
              expect(p.refusals).toEqual([]);
              expect(p.drifts.filter((d) => !d.ours)).toEqual([]);
            }
          }),
        ));

      test(`${t.id}: building twice changes nothing`, () =>
        holds(
          fc.property(spec, spec, (older: Spec, newer: Spec) => {
            for (const world of [fresh([t], newer), found(build([t], newer, fresh([t], older)))]) {
              const again = build([t], newer, world);
              expect(again.changes).toEqual([]);
              expect(again.drifts).toEqual([]);
              expect(printLedger(again.ledger, "0")).toBe(printLedger(world.ledger, "0"));
            }
          }),
        ));

      test(`${t.id}: read after write is the spec less its losses`, () =>
        holds(
          fc.property(spec, spec, (older: Spec, newer: Spec) => {
            expectReadBack(t, newer, build([t], newer, emptyWorld()));
            expectReadBack(t, newer, build([t], newer, fresh([t], older)));
          }),
        ));

      test(`${t.id}: an older build leaves no trace in what is read`, () =>
        holds(
          fc.property(spec, spec, (older: Spec, newer: Spec) => {
            const over = found(build([t], newer, fresh([t], older)));
            expect(everything(t, over)).toEqual(everything(t, fresh([t], newer)));
            expect(texts(found(build([t], emptySpec(), over)))).toEqual({});
          }),
        ));

      test(`${t.id}: hand-written files keep what is theirs, and come back when the spec is emptied`, () =>
        holds(
          fc.property(spec, body, (s: Spec, text: string) => {
            const mine = handWritten(t, text);
            const home = (s: Spec): Spec => ({ ...s, rule: [...mine.rules, ...s.rule] });
            const p = build([t], home(s), mine.world);
            expect(unreasoned(p)).toEqual([]);
            for (const [path, content] of mine.world.files)
              expect(lostLines(String(content), String(p.after.files.get(path))), path).toEqual([]);
            expect(build([t], home(s), found(p)).changes).toEqual([]);
            const emptied = build([t], home(emptySpec()), found(p)).after;
            const ended = (w: World) =>
              Object.fromEntries([...w.files].map(([f, c]) => [f, String(c).replace(/\r?\n$/, "")]));
            expect(ended(emptied)).toEqual(ended(mine.world));
          }),
        ));

      test(`${t.id}: CRLF is no difference, and an edit keeps it`, () =>
        holds(
          fc.property(spec, spec, (older: Spec, newer: Spec) => {
            const world = crlf(fresh([t], older));
            const same = build([t], older, world);
            expect(same.changes).toEqual([]);
            expect(same.drifts).toEqual([]);
            expect(unreasoned(same)).toEqual([]);
            const p = build([t], newer, world);
            expect(p.drifts.filter((d) => !d.ours)).toEqual([]);
            const skills = surfacesOf(t)
              .filter((s) => s.kind === "skill")
              .flatMap((s) => s.place.reads.flatMap((r) => ("folder" in r ? [`${r.folder}/`] : [])));
            for (const c of p.changes) {
              const bytes = skills.some((f) => c.path.startsWith(f));
              if (
                typeof c.before === "string" &&
                c.before.includes("\n") &&
                typeof c.after === "string" &&
                !bytes
              )
                expect(c.after).not.toMatch(/(?<!\r)\n/);
            }
          }),
        ));
    }

    test("the order of targets does not matter, and no path is written twice", () =>
      holds(
        fc.property(
          spec,
          spec,
          fc.shuffledSubarray(
            targets.map((t) => t.id),
            { minLength: 1 },
          ),
          (older: Spec, s: Spec, ids: string[]) => {
            const ts = ids.map((id) => targetById(id)!);
            const world = fresh(targets, older);
            const [p, q] = [build(ts, s, world), build([...ts].reverse(), s, world)];
            expect(p.changes).toEqual(q.changes);
            expect(said(p)).toEqual(said(q));
            expect(printLedger(p.ledger, "0")).toBe(printLedger(q.ledger, "0"));
            const paths = p.changes.map((c) => c.path);
            expect(new Set(paths).size).toBe(paths.length);
            expect(unreasoned(p)).toEqual([]);
            const again = build(ts, s, found(p));
            expect(again.changes).toEqual([]);
            expect(printLedger(again.ledger, "0")).toBe(printLedger(p.ledger, "0"));
            for (const t of ts) expectReadBack(t, s, p, ts);
            expect(texts(found(build([], emptySpec(), found(p))))).toEqual({});
          },
        ),
      ));
  });
}

test("no place is declared twice", () => expect(clashes(targets)).toEqual([]));

test("no drop stands where a codec is expected", () => {
  expect(hiddenDrops('a: drop("x"),\nb: key("b", drop("x")),\nc: maybe("c", list(drop("x")))')).toEqual([
    2, 3,
  ]);
  for (const [file, source] of targetSources()) expect(hiddenDrops(source), file).toEqual([]);
});
