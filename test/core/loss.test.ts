import { describe, expect, test } from "vitest";
import { list as listOf, text } from "../../src/core/codec.ts";
import { differences } from "../../src/core/loss.ts";
import { plan } from "../../src/core/plan.ts";
import { drop, except, inline, key, maybe, union, weak } from "../../src/core/shape.ts";
import type { Agent, Apply, Permission, Rule } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { page } from "../../src/core/surfaces/page.ts";
import { list } from "../../src/core/surfaces/table.ts";
import { yamlOrLine } from "../../src/formats/dialects.ts";
import { json } from "../../src/formats/json.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { always, only, place, tool } from "./worlds.ts";

test.each([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, [["a", "c"]]],
  [{ a: { b: 1 } }, {}, [["a"]]],
  [{}, { a: 1 }, [["a"]]],
  [{ a: [1, 2] }, { a: [2, 1] }, [["a"]]],
  [{ a: 1 }, undefined, [[]]],
  [{ a: new Uint8Array([1]) }, { a: new Uint8Array([2]) }, [["a"]]],
  [{ a: new Uint8Array([1]) }, { a: new Uint8Array([1]) }, []],
])("%j against %j differs at %j", (a, b, at) => expect(differences(a, b)).toEqual(at));

const apply = union<"on", Apply>("on", {
  globs: {
    globs: key(
      "globs",
      listOf(text),
      except((gs) => gs.some((g) => g.includes("!")), "no !"),
      weak((gs) => gs.length > 2, "only two are looked at"),
    ),
  },
  always: {},
  relevant: drop("never by relevance", "error"),
  manual: drop("never by hand"),
});
const rules = place<"rule">(
  "rule",
  each<Rule>(".x/{name}.md", markdown(yamlOrLine), {
    description: drop("no descriptions", "note"),
    apply: inline(apply),
    agents: maybe("agents", listOf(text)),
    body: key("body", text),
  }),
);
const losses = (rule: Rule) =>
  rules.build(emptyWorld(), [rule]).losses.map(({ target: _, kind: __, name: ___, ...l }) => l);

describe("every loss has a reason and a level", () => {
  test.each<[string, Partial<Rule>, object[]]>([
    ["nothing is lost", {}, []],
    [
      "a field without a place",
      { description: "d" },
      [{ field: ["description"], why: "no descriptions", level: "note" }],
    ],
    [
      "a case without a place loses the item",
      { apply: { on: "relevant" } },
      [{ field: [], why: "never by relevance", level: "error" }],
    ],
    ["another such", { apply: { on: "manual" } }, [{ field: [], why: "never by hand", level: "warning" }]],
    [
      "what arrives and is not enforced",
      { apply: { on: "globs", globs: ["a", "b", "c"] } },
      [{ field: ["apply", "globs"], why: "only two are looked at", level: "warning", weak: true }],
    ],
    ["an exception that arrives all the same is none", { apply: { on: "globs", globs: ["!a"] } }, []],
    ["overrides arrive", { overrides: { claude: { own: 1 }, other: { x: 1 } } }, []],
    [
      "overrides of a key that the place names change the item",
      { overrides: { claude: { agents: ["z"] } } },
      [{ field: ["agents"], why: `the item's overrides set "agents"`, level: "warning", changed: true }],
    ],
  ])("%s", (_, more, want) => expect(losses(always("a", "Text.", more))).toEqual(want));
});

test("a loss without a stated reason is a fault, and shows as one", () => {
  const lying = each<Agent>(".x/{name}.md", markdown(yamlOrLine), {
    description: maybe("description", text),
    model: maybe("model", { ...text, put: () => "other" }),
    tools: drop("no"),
    body: key("body", text),
  });
  const p = place<"agent">("agent", lying).build(emptyWorld(), [{ name: "a", body: "x", model: "m" }]);
  expect(p.losses).toEqual([
    { target: "claude", kind: "agent", name: "a", field: ["model"], level: "warning", changed: true },
  ]);
});

test("a kind without a place is one note for each item", () => {
  const t = tool("none", { agent: drop("no agents") });
  expect(
    plan({ targets: [t], spec: only("agent", { name: "a", body: "x" }), world: emptyWorld() }).losses,
  ).toEqual([{ target: "none", kind: "agent", name: "a", field: [], why: "no agents", level: "note" }]);
});

test("a deny or an ask that does not hold is an error, unless its place says otherwise", () => {
  const scope = {
    ...text,
    put: (s: any) => (s.argv.length > 1 ? undefined : s.argv[0]),
    get: (x: unknown) => ({ on: "shell" as const, argv: [String(x)] }),
  } as any;
  const surface = list<Permission>(
    "p.json",
    json,
    ["p", "@effect"],
    {
      effect: key("@effect", text as any),
      scope: key(
        "@row",
        scope,
        except<any>((s) => s.argv[0] === "x y", "split"),
      ),
    },
    { single: true },
  );
  const { build } = place<"permission">("permission", surface);
  const shell = (effect: Permission["effect"], argv: string[]): Permission => ({
    name: `${effect} ${argv}`,
    effect,
    scope: { on: "shell", argv },
  });
  const levels = (effect: Permission["effect"]) =>
    build(emptyWorld(), [shell(effect, ["x y", "z"])]).losses.map((l) => [l.level, l.why]);
  expect(levels("allow")).toEqual([["warning", "split"]]);
  expect(levels("ask")).toEqual([["error", "split"]]);
  expect(levels("deny")).toEqual([["error", "split"]]);
});

describe("a place that several targets read", () => {
  const shared = page("AGENTS.md");
  const [one, two] = [tool("one", { rule: shared }), tool("two", { rule: shared })];
  const both = (...rs: Rule[]) =>
    plan({ targets: [two, one], spec: only("rule", ...rs), world: emptyWorld() }).losses.map((l) => [
      l.target,
      l.name,
      l.field.join(),
      l.why,
      l.leak,
    ]);

  test("shows a target what it was not meant to see", () =>
    expect(both(always("a", "A"), always("b", "B", { except: ["two"] }))).toEqual([
      ["two", "b", "", "it stands in a place shared with a target that wants it", true],
    ]));
  test("shows it the blocks that are for another", () =>
    expect(both(always("a", "A\n<!-- portable:only one -->\nB\n<!-- portable:end -->"))).toEqual([
      ["two", "a", "body", "it stands in a place shared with a target that sees more of it", undefined],
    ]));
  test("shows it a rule of which nothing is for it", () =>
    expect(both(always("a", "<!-- portable:only one -->\nB\n<!-- portable:end -->"))).toEqual([
      ["two", "a", "", "it stands in a place shared with a target that wants it", true],
    ]));
});
