import { describe, expect, test } from "vitest";
import { text } from "../../src/core/codec.ts";
import { plan, specFor } from "../../src/core/plan.ts";
import { drop, key, maybe } from "../../src/core/shape.ts";
import { type Command, emptySpec, type Rule, type Spec } from "../../src/core/spec.ts";
import { applied, emptyWorld } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { clashes, surfacesOf } from "../../src/core/target.ts";
import { yamlOrLine } from "../../src/formats/dialects.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { targets } from "../../src/targets/index.ts";
import { always, files, next, only, tool, withFiles } from "./worlds.ts";

const rulesIn = (folder: string) =>
  each<Rule>(`${folder}/{name}.md`, markdown(yamlOrLine), {
    description: maybe("description", text),
    apply: drop("always on"),
    agents: drop("all"),
    body: key("body", text),
  });
const [one, two] = [tool("one", { rule: rulesIn(".one") }), tool("two", { rule: rulesIn(".two") })];
const known = [one, two];
const a = always("a", "A");

describe("targets come and go", () => {
  test("what one no longer selected was given is taken back, where it is known", () => {
    const world = next(plan({ targets: known, known, spec: only("rule", a), world: emptyWorld() }));
    expect(Object.keys(files(world)).sort()).toEqual([".one/a.md", ".two/a.md"]);
    const p = plan({ targets: [one], known, spec: only("rule", a), world });
    expect(p.changes).toEqual([{ path: ".two/a.md", before: "A\n" }]);
    expect(p.drifts).toMatchObject([{ at: ".two/a.md", cause: "orphan", targets: ["two"] }]);
    expect([...p.ledger.keys()]).toEqual([".one/a.md"]);
  });

  test("an item is for some of them", () => {
    const p = plan({
      targets: known,
      spec: only("rule", { ...a, targets: ["one"] }, always("b", "B", { except: ["one"] })),
      world: emptyWorld(),
    });
    expect(files(p.after)).toEqual({ ".one/a.md": "A\n", ".two/b.md": "B\n" });
    expect(Object.fromEntries([...p.owners].map(([path, who]) => [path, [...who]]))).toEqual({
      ".one/a.md": ["one"],
      ".two/b.md": ["two"],
    });
  });
});

test("changes are sorted by path, each path once, with what was seen before", () => {
  const world = withFiles({ ".one/z.md": "Z\n" });
  const p = plan({ targets: known, spec: only("rule", always("b", "B"), always("a", "A")), world });
  expect(p.changes.map((c) => c.path)).toEqual([".one/a.md", ".one/b.md", ".two/a.md", ".two/b.md"]);
  expect(p.changes.every((c) => c.before === undefined)).toBe(true);
  expect(files(p.after)[".one/z.md"]).toBe("Z\n");
  expect(files(world)).toEqual({ ".one/z.md": "Z\n" });
});

test("a ledger of another version makes every difference an upgrade, and none where nothing differs", () => {
  const world = next(plan({ targets: [one], spec: only("rule", a), world: emptyWorld() }));
  expect(plan({ targets: [one], spec: only("rule", a), world, upgraded: true }).drifts).toEqual([]);
  expect(
    plan({ targets: [one], spec: only("rule", always("a", "B")), world, upgraded: true }).drifts,
  ).toMatchObject([{ cause: "upgraded", ours: true }]);
});

test("force takes what is not ours, and only then", () => {
  const world = withFiles({ ".one/a.md": "mine\n" });
  const refused = plan({ targets: [one], spec: only("rule", a), world });
  expect(refused).toMatchObject({ changes: [], drifts: [{ cause: "foreign", ours: false }] });
  expect(refused.ledger.size).toBe(0);
  expect(plan({ targets: [one], spec: only("rule", a), world, force: true }).changes).toEqual([
    { path: ".one/a.md", before: "mine\n", after: "A\n" },
  ]);
});

test("two items at one path: the first stands, the other is told", () => {
  const commands = each<Command>(".c/{name}.md", markdown(yamlOrLine), {
    description: drop(""),
    hint: drop(""),
    arguments: drop(""),
    allowedTools: drop(""),
    model: drop(""),
    body: key("body", { ...text, get: (x: unknown) => [String(x)], put: (t: any) => t.join("") } as any),
  });
  const t = tool("one", { rule: rulesIn(".one"), command: commands });
  const spec: Spec = {
    ...only("rule", { ...a, paths: { one: "x.md" } }),
    command: [{ name: "c", body: ["C"], paths: { one: "x.md" } }],
  };
  const p = plan({ targets: [t], spec, world: emptyWorld() });
  expect(files(p.after)).toEqual({ "x.md": "C\n" });
  const lost = p.losses.filter((l) => l.name === "a");
  expect(lost.map((l) => l.field.join("."))).toEqual(["apply", "body"]);
  // no drift tells of it, so that the loss must
  for (const l of lost) expect([l.why, l.refused]).toEqual(["another item stands at x.md", undefined]);
  expect(plan({ targets: [t], spec, world: next(p) })).toMatchObject({ changes: [], drifts: [] });
});

test("retrieval over MCP is a server where a target has it so", () => {
  const claude = targets.find((t) => t.id === "claude")!;
  const spec: Spec = {
    ...emptySpec(),
    retrieval: [
      { name: "m", source: { type: "mcp", mcp: { type: "http", url: ["https://example.com"] } } },
      { name: "h", source: { type: "http", http: { url: ["https://example.com"] } } },
    ],
  };
  expect(specFor(spec, claude).server.map((s) => s.name)).toEqual(["m"]);
  const p = plan({ targets: [claude], spec, world: emptyWorld() });
  expect(p.losses).toMatchObject([{ kind: "retrieval", name: "h", field: [], level: "note" }]);
  expect(Object.keys(files(p.after))).toEqual([".mcp.json"]);
});

test("changes are made on links and files alike", () => {
  const world = withFiles({ a: "1", b: "1" }, { links: new Map([["b", "a"]]), exec: new Set(["a"]) });
  for (const path of ["a", "b"])
    expect(files(applied(world, [{ path, before: "1", after: "2" }]))).toEqual({ a: "2", b: "2" });
  expect(applied(world, [{ path: "a", before: "1" }]).exec.size).toBe(0);
});

test("two declarations of one place are told", () => {
  expect(clashes(targets)).toEqual([]);
  expect(clashes([one, tool("three", { rule: rulesIn(".one") })])).toEqual([
    "three: .one/{name}.md is declared twice",
  ]);
  expect(clashes([one, tool("three", { rule: surfacesOf(one)[0]!.place as never })])).toEqual([]);
});

describe("the cost of a plan", () => {
  const rules = (n: number): Spec =>
    only(
      "rule",
      ...Array.from({ length: n }, (_, i) =>
        always(`r${i}`, `# Rule ${i}\n\nText.`, i % 2 ? {} : { apply: { on: "globs", globs: [`m${i}/**`] } }),
      ),
    );
  const cpuMs = (run: () => void): number => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const best = (run: () => void): number => Math.min(...[1, 2, 3, 4].map(() => cpuMs(run)));

  test.each(targets.map((t) => [t.id, t] as const))(
    "%s: grows with the number of rules, not with its square",
    { retry: 2 },
    (_, t) => {
      const cost = (n: number): number => {
        const spec = rules(n);
        const world = next(plan({ targets: [t], spec, world: emptyWorld() }));
        return (
          best(() => plan({ targets: [t], spec, world: emptyWorld() })) +
          best(() => plan({ targets: [t], spec, world }))
        );
      };
      cost(500);
      expect(cost(2000) / cost(500)).toBeLessThan(6);
    },
  );
});
