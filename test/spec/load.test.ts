import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { held, type Item, kinds, type Spec } from "../../src/core/spec.ts";
import type { World } from "../../src/core/surface.ts";
import { readItems } from "../../src/spec/load.ts";
import { readOptions } from "../../src/spec/options.ts";
import { specFile } from "../../src/spec/surfaces.ts";
import { spec as anySpec } from "../arbitraries.ts";
import { written } from "./written.ts";

const known = ["agents", "claude", "cursor"];
const load = (world: World) => {
  const { options, diagnostics } = readOptions(world.files.get(specFile) as string);
  return { options, said: diagnostics, ...readItems(world, known, options, "", diagnostics) };
};
/** Names that only differ in what a disk may fold, and what has no place in the spec, are other tests' matter. */
const aimOf = ({ targets, except, overrides, order, paths }: Item) =>
  JSON.parse(JSON.stringify({ targets, except, overrides, order, paths }));
const shown = (items: readonly Item[]) =>
  new Map(items.map((i) => [i.name, { ...held(i as never), ...aimOf(i) }]));

describe("the spec's own files", () => {
  test("hold every item as it was, with its aim", () => {
    fc.assert(
      fc.property(anySpec, (spec: Spec) => {
        const { spec: read, said } = load(written(spec));
        expect(said).toEqual([]);
        for (const kind of kinds) {
          // what no row can carry: a skill's aim stands in portable.yaml by hand, a setting's target is its first key
          const aimless = kind === "skill" || kind === "permission" || kind === "ignore";
          const bare = (i: Item): Item =>
            aimless ? ({ ...held(i as never), name: i.name } as unknown as Item) : i;
          expect(shown(read[kind] as Item[]), kind).toEqual(shown((spec[kind] as Item[]).map(bare)));
        }
      }),
      { numRuns: 60, seed: 20261122 },
    );
  });

  test("are read the same a second time", () => {
    fc.assert(
      fc.property(anySpec, (spec: Spec) => {
        const world = written(spec);
        expect(load(world)).toEqual(load(world));
      }),
      { numRuns: 30, seed: 20261122 },
    );
  });

  test("are left alone where they say what is written", () => {
    fc.assert(
      fc.property(anySpec, (spec: Spec) => {
        const world = written(spec);
        const { spec: read } = load(world);
        const again = written({ ...read, skill: spec.skill }, world.files.get(specFile) as string);
        expect(again.files.get(specFile)).toBe(world.files.get(specFile));
      }),
      { numRuns: 30, seed: 20261122 },
    );
  });

  test("with Windows line ends say the same", () => {
    fc.assert(
      fc.property(anySpec, (spec: Spec) => {
        const world = written(spec);
        const crlf = new Map(
          [...world.files].map(([path, c]) => [
            path,
            typeof c === "string" && !path.includes("/skills/") ? c.replace(/\r?\n/g, "\r\n") : c,
          ]),
        );
        expect(load({ ...world, files: crlf }).spec).toEqual(load(world).spec);
      }),
      { numRuns: 25, seed: 20261122 },
    );
  });
});

describe("options", () => {
  const options = (more: string) => readOptions(`portable: 1\n${more}`);

  test("one tool or several", () => {
    expect(options("from: claude\n").options.from).toEqual(["claude"]);
    expect(options("from: [claude, agents]\n").options.from).toEqual(["claude", "agents"]);
    expect(options("targets: claude\n")).toMatchObject({ options: { targets: ["claude"] }, diagnostics: [] });
  });

  test("rules in place, short and long", () => {
    const { options: read, diagnostics } = options(
      "rules:\n  - AGENTS.md\n  - file: docs/x.md\n    targets: [claude]\n",
    );
    expect(diagnostics).toEqual([]);
    expect(read.rules).toEqual([{ file: "AGENTS.md" }, { file: "docs/x.md", targets: ["claude"] }]);
  });

  test.each([
    ["rules: AGENTS.md\n", "rules: expected a list"],
    ["rules:\n  - {targets: [claude]}\n", "rules"],
    ["outputs: sometimes\n", "outputs: expected one of commit, ignore"],
    ["accept:\n  - code: loss/weak\n", "accept"],
    ["proxy:\n  port: many\n", "proxy.port: expected a whole number"],
    ["proxy:\n  port: 99999999\n", "proxy.port: expected at most 65535"],
    ["proxy:\n  port: -1\n", "proxy.port: expected at least 1"],
    ["proxy:\n  port: 80.5\n", "proxy.port: expected a whole number"],
    ["proxy:\n  headersMs: -5\n", "proxy.headersMs: expected at least 1"],
    ["proxy:\n  totalMs: 1e15\n", "proxy.totalMs: expected at most 86400000"],
    ["proxy:\n  idleMs: .inf\n", "proxy.idleMs: expected"],
    ["proxy:\n  idleMs: .nan\n", "proxy.idleMs: expected"],
    ["proxy:\n  __proto__: {port: 1}\n", "__proto__"],
    ["proxy:\n  prot: 1\n", 'unknown key "prot" in proxy'],
    ["skills:\n  a:\n    target: [claude]\n", 'unknown key "target" in skills.a'],
    ["targets: cluade\n", 'unknown target "cluade"'],
    ["targets: {claude: true}\n", "targets: expected a list"],
  ])("%j is refused", (more, says) => {
    const reasons = options(more).diagnostics.map((d) => d.reason);
    expect(reasons.join("\n")).toContain(says);
    expect(options(more).diagnostics.every((d) => d.level === "error" && d.place?.start !== undefined)).toBe(
      true,
    );
  });

  test("a fault is told once", () => {
    for (const more of [
      "outputs: sometimes\n",
      "proxy:\n  port: many\n",
      "proxy:\n  port: 99999999\n",
      "targets: cluade\n",
      "targets: {claude: true}\n",
      "targets: [cluade]\n",
      "from: cluade\n",
    ])
      expect(options(more).diagnostics, more).toHaveLength(1);
  });

  test("no spec at all is no fault", () =>
    expect(readOptions(undefined)).toEqual({ options: { portable: 1 }, diagnostics: [] }));
});
