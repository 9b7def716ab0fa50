import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { takeFrom } from "../src/commands/adopt-take.ts";
import { withBridge } from "../src/core/bridge.ts";
import { same } from "../src/core/data.ts";
import { type Entry, fileOf, printLedger, readLedger } from "../src/core/ledger.ts";
import { type Plan, plan } from "../src/core/plan.ts";
import { emptySpec, type Item, type Kind, kinds, type Rule, type Spec } from "../src/core/spec.ts";
import { emptyWorld, type World } from "../src/core/surface.ts";
import { choicesOf, type Target } from "../src/core/target.ts";
import { seenBy, specFor } from "../src/core/tasks.ts";
import { toLf } from "../src/core/text.ts";
import { withInPlace } from "../src/spec/in-place.ts";
import { readItems } from "../src/spec/load.ts";
import { withSteps } from "../src/spec/models.ts";
import { targetIds, targets } from "../src/targets/index.ts";
import { spec } from "./arbitraries.ts";
import { written } from "./spec/written.ts";

const runs = Math.ceil(Number(process.env["LAWS"] ?? 100) / 5);
const FIXED = 20261122;
const HAND = "Edited by hand, line 1.";

const loaded = (world: World): Spec => {
  const { spec } = withSteps(readItems(world, targetIds, { portable: 1 }).spec, () => ({ file: "" }));
  return { ...spec, retrieval: spec.retrieval.map((r) => withBridge(r, "1.2.3")) };
};
const build = (s: Spec, world: World): Plan => plan({ targets, known: targets, spec: s, world });
/** The tree as the next run finds it. */
const found = (p: Plan): World => ({ ...p.after, ledger: readLedger(printLedger(p.ledger, "0")).ledger });

interface Line {
  kind: Kind;
  name: string;
  path: string;
  text: string;
}
/** Lines of bodies that stand once in a file that a target reads, each with the item that it is of. */
const linesIn = (t: Target, s: Spec, world: World): Line[] =>
  (["rule", "command", "agent"] as const).flatMap((kind) => {
    const hints = seenBy(specFor(s, t)[kind] as Item[], kind, [t.id], t.expandsImports);
    const items = choicesOf(t.keeps[kind]).flatMap(
      ({ place }) => place.read(world, { target: t.id, hints }) as Item[],
    );
    // the text of a rule that the page only points to stands elsewhere
    const whole = items.filter((i) => (i as Rule).points === undefined);
    return whole.flatMap((item) => {
      const path = fileOf(item.at!);
      const file = toLf(String(world.files.get(path))).split("\n");
      const body = (item as { body: unknown }).body;
      const texts =
        typeof body === "string" ? [body] : (body as unknown[]).filter((p) => typeof p === "string");
      const lines = (texts as string[]).flatMap((x) => x.split("\n"));
      const plain = lines.filter(
        (l) => l.trim() && !l.includes("<!--") && file.filter((f) => f === l).length === 1,
      );
      return plain.map((text) => ({ kind, name: item.name, path, text }));
    });
  });
const edited = (world: World, { path, text }: Line): World => {
  const lines = String(world.files.get(path)).split("\n");
  const next = lines.map((l) => (l.replace(/\r$/, "") === text ? l.replace(text, () => HAND) : l)).join("\n");
  return { ...world, files: new Map(world.files).set(path, next) };
};
/** What was taken is ours as it stands. */
const settled = (s: Spec, world: World, clean: ReadonlySet<string>): World => {
  const ledger = new Map<string, Entry>(world.ledger);
  for (const d of build(s, world).drifts)
    if (
      !d.ours &&
      d.id !== undefined &&
      [...clean].some((at) => at === d.at || (at.endsWith("/") && d.at.startsWith(at)))
    )
      ledger.set(d.at, { ...ledger.get(d.at), id: d.id, targets: d.targets });
  return { ...world, ledger };
};
/** Everything that every target reads. */
const shownIn = (s: Spec, world: World): unknown =>
  targets.flatMap((t) =>
    kinds.flatMap((kind) => {
      const hints = seenBy(specFor(s, t)[kind] as Item[], kind, [t.id], t.expandsImports);
      const all = choicesOf(t.keeps[kind]).flatMap(
        ({ place }) => place.read(world, { target: t.id, hints }) as Item[],
      );
      return all
        .map((i) => ({ target: t.id, kind, ...i }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }),
  );
const items = (s: Spec): [string, Item][] =>
  kinds.flatMap((k) => (s[k] as Item[]).map((i): [string, Item] => [`${k} ${i.name}`, i]));
const bodyText = (item: Item | undefined): string =>
  JSON.stringify((item as { body?: unknown } | undefined)?.body);

/** A spec, or one of rules that every tool gets alike, so that pages are shared. */
const eitherSpec: fc.Arbitrary<Spec> = fc.oneof(
  spec,
  spec.map(({ rule }) => ({
    ...emptySpec(),
    rule: rule.map(({ name, body }): Rule => ({ name, body, apply: { on: "always" } })),
  })),
);
/** What a hand may do to a file. */
const hands: readonly ((text: string, pick: number) => string | undefined)[] = [
  () => undefined,
  () => "",
  (text) => `${text}\n${HAND}\n`,
  (text, pick) =>
    text
      .split("\n")
      .toSpliced(pick % text.split("\n").length, 1)
      .join("\n"),
  (text, pick) =>
    text
      .split("\n")
      .toSpliced(pick % text.split("\n").length, 1, HAND)
      .join("\n"),
];

test("an edit of one output changes no other output", () => {
  fc.assert(
    fc.property(eitherSpec, fc.nat(), fc.nat(), fc.constantFrom(...hands), (generated, pick, line, hand) => {
      const start = written(generated);
      const ours = loaded(start);
      const world = found(build(ours, start));
      const outputs = [...new Set([...world.ledger.keys()].map(fileOf))];
      fc.pre(outputs.length > 0);
      const path = pick % 2 && outputs.includes("AGENTS.md") ? "AGENTS.md" : outputs[pick % outputs.length]!;
      const files = new Map(world.files);
      const next = hand(String(files.get(path)), line);
      if (next === undefined) files.delete(path);
      else files.set(path, next);
      const after = build(ours, { ...world, files });
      expect(after.changes.map((c) => c.path).filter((p) => p !== path)).toEqual([]);
      const others = (all: Plan["ledger"]) => [...all].filter(([at]) => fileOf(at) !== path).sort();
      expect(others(after.ledger)).toEqual(others(world.ledger));
    }),
    { numRuns: runs * 5, seed: FIXED },
  );
}, 60_000);

const counts = { taken: 0, told: 0 };
const inPlace = { taken: 0, told: 0 };
afterAll(() => {
  for (const { taken, told } of [counts, inPlace])
    expect(taken, JSON.stringify({ counts, inPlace })).toBeGreaterThan(told);
});

describe.each(targets.filter((t) => choicesOf(t.keeps.rule).length).map((t) => [t.id, t] as const))(
  "%s",
  (_, t) => {
    test("a line of a body that was edited by hand comes into the spec, and nothing else changes", () => {
      fc.assert(
        fc.property(spec, fc.nat(), (generated: Spec, pick: number) => {
          const start = written(generated);
          const ours = loaded(start);
          const world = found(build(ours, start));
          const all = linesIn(t, ours, world);
          fc.pre(all.length > 0);
          const line = all[pick % all.length]!;
          const at = `${line.kind} ${line.name}`;
          const byHand = edited(world, line);
          const from = takeFrom("/nowhere", { prefix: "", spec: ours, world: byHand }, targets, [line.path]);
          const [file] = from.files;
          const after = loaded(from.world);
          if (file!.diagnostics.length) {
            counts.told++;
            expect(file!.diagnostics.map((d) => d.code)).toEqual([
              expect.stringMatching(/^import\/(both|blocked)$/),
            ]);
            expect(after).toEqual(ours);
            return;
          }
          counts.taken++;
          expect(file!.taken).toEqual([{ kind: line.kind, name: line.name, what: "body" }]);
          const [old, now] = [new Map(items(ours)), new Map(items(after))];
          expect([...now.keys()].sort()).toEqual([...old.keys()].sort());
          const moved = [...now].filter(([k, i]) => !same(i, old.get(k))).map(([k]) => k);
          expect(moved).toEqual([at]);
          expect({ ...now.get(at), body: 0 }).toEqual({ ...old.get(at), body: 0 });
          expect(bodyText(now.get(at)).split("Edited by hand").length).toBe(2);
          const changed = [...from.world.files].filter(([p, c]) => !same(byHand.files.get(p), c));
          expect(changed).toHaveLength(1);
          const next = build(after, settled(after, from.world, file!.clean));
          expect(String(next.after.files.get(line.path))).toContain(HAND);
          expect(next.drifts.filter((d) => !d.ours)).toEqual([]);
          expect(build(after, found(next)).changes).toEqual([]);
          const fresh = build(after, { ...from.world, files: start.files, ledger: new Map() });
          expect(shownIn(after, next.after)).toEqual(shownIn(after, fresh.after));
        }),
        { numRuns: runs, seed: FIXED },
      );
    }, 60_000);

    test("so does one of what stands in another tool's own files: it is carried there", () => {
      const sources = targets.filter((o) => ["claude", "cursor", "roo"].includes(o.id) && o.id !== t.id);
      fc.assert(
        fc.property(
          spec,
          fc.nat(),
          fc.constantFrom(...sources),
          (generated: Spec, pick: number, own: Target) => {
            const source = [own];
            const byHand = plan({
              targets: source,
              spec: loaded(written(generated)),
              world: emptyWorld(),
            }).after;
            const start: World = { ...byHand, ledger: new Map() };
            const reread = (world: World) =>
              withInPlace(readItems(world, targetIds, { portable: 1 }).spec, world, source, [], targets);
            const ours = reread(start).spec;
            // regions of ours in a file that nobody built are nobody's
            const isMarked = [...start.files.values()].some((c) => String(c).includes("<!-- portable:rule "));
            fc.pre(!isMarked && !reread(start).diagnostics.length);
            const world = found(build(ours, start));
            const all = linesIn(t, ours, world).filter((l) => !start.files.has(l.path));
            fc.pre(all.length > 0);
            const line = all[pick % all.length]!;
            const folder = { prefix: "", spec: ours, world: edited(world, line), reread };
            const from = takeFrom("/nowhere", folder, targets, [line.path]);
            const [file] = from.files;
            const changed = [...from.world.files].filter(([p, c]) => !same(folder.world.files.get(p), c));
            const after = reread(from.world).spec;
            if (file!.diagnostics.length) {
              inPlace.told++;
              expect(file!.diagnostics.map((d) => d.code)).toEqual([
                expect.stringMatching(/^import\/(both|blocked)$/),
              ]);
              expect(changed).toEqual([]);
              return;
            }
            inPlace.taken++;
            expect(changed).toHaveLength(1);
            expect(String(changed[0]![1])).toContain(HAND);
            const [old, now] = [new Map(items(ours)), new Map(items(after))];
            const moved = [...now]
              .filter(([k, i]) => !same(bodyText(i), bodyText(old.get(k))))
              .map(([k]) => k);
            expect(moved).toEqual([`${line.kind} ${line.name}`]);
            expect([...now.keys()]).toEqual([...old.keys()]);
            const next = build(after, settled(after, from.world, file!.clean));
            expect(next.drifts.filter((d) => !d.ours)).toEqual([]);
            expect(build(after, found(next)).changes).toEqual([]);
          },
        ),
        { numRuns: runs, seed: FIXED },
      );
    }, 60_000);
  },
);
