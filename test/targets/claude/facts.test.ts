import { describe, expect, test } from "vitest";
import { plan } from "../../../src/core/plan.ts";
import { emptySpec, type Hook, type Kind, type Rule, type Scope } from "../../../src/core/spec.ts";
import { emptyWorld } from "../../../src/core/surface.ts";
import { choicesOf } from "../../../src/core/target.ts";
import { claude } from "../../../src/targets/claude.ts";
import { worldOf } from "./read.ts";

const place = (kind: Kind, n = 0) => choicesOf(claude.keeps[kind])[n]!.place;
/** Notes, with their level, that hold for a value at a field. */
const notes = (kind: Kind, field: string, value: unknown): string[] =>
  place(kind).fields.flatMap((f) =>
    f.note && f.path[0] === field && f.only?.(value, {}) ? [`${f.level ?? "usual"}: ${f.note}`] : [],
  );

describe("a reason holds for the values it is about, and for no others", () => {
  const other = "note: Claude Code writes _ for other characters in the names of servers and tools";
  const scopes: [Scope, string[]][] = [
    [{ on: "shell", argv: ["npm", "test"] }, []],
    [
      { on: "shell", argv: ["a b"] },
      ["usual: a Bash pattern cannot hold a word with a space, a * or a bracket"],
    ],
    [{ on: "web", host: "x.test" }, []],
    [{ on: "web", host: "*.x.test" }, ["usual: Claude Code takes whole host names only"]],
    [{ on: "read", glob: "src/**" }, []],
    [{ on: "edit", glob: "src/**" }, []],
    [{ on: "read", glob: "a(b)" }, ["usual: a path pattern cannot hold a bracket"]],
    [{ on: "edit", glob: "a(b)" }, ["usual: a path pattern cannot hold a bracket"]],
    [{ on: "read", glob: "**/a.md" }, ["note: written as the same glob without **/"]],
    [{ on: "edit", glob: "**/a.md" }, ["note: written as the same glob without **/"]],
    [{ on: "read", glob: "**/a/b.md" }, []],
    [{ on: "mcp", tool: "srv/do_it" }, []],
    [{ on: "mcp", tool: "a.b" }, [other]],
    [{ on: "mcp", tool: "srv/do it" }, [other]],
  ];
  for (const [scope, told] of scopes)
    test(JSON.stringify(scope), () => expect(notes("permission", "scope", scope)).toEqual(told));

  test("tools of hooks", () => {
    expect(notes("hook", "tools", ["shell", "mcp:srv"])).toEqual([]);
    expect(notes("hook", "tools", ["shell"])).toEqual([]);
    expect(notes("hook", "tools", ["shell", "mcp:a.b"])).toEqual([other]);
  });

  test("globs of rules", () => {
    const said = (...globs: string[]) =>
      place("rule").fields.flatMap((f) =>
        f.note && f.only?.(globs, {}) && f.path[1] === "globs" ? f.note : [],
      );
    expect(said("src/**/*", "a/**")).toEqual([]);
    expect(said("src/*", "!a")).toEqual([]);
    expect(said("src/**/*", "!a")).toEqual(["written as the same glob without /*"]);
    expect(said("a", "./b")).toEqual(["Claude Code never matches a glob that begins with ./"]);
  });
});

describe("where a rule goes", () => {
  const paths = (rule: Partial<Rule>): string[] => {
    const spec = {
      ...emptySpec(),
      rule: [{ name: "r", apply: { on: "always" as const }, body: "B", ...rule }],
    };
    return plan({ targets: [claude], spec, world: emptyWorld() }).changes.map((c) => c.path);
  };
  test("a scope makes a file, and everything is no scope", () => {
    expect(paths({})).toEqual(["CLAUDE.md"]);
    expect(paths({ apply: { on: "globs", globs: ["a"] } })).toEqual([".claude/rules/r.md"]);
    expect(paths({ apply: { on: "globs", globs: ["a", "**"] } })).toEqual(["CLAUDE.md"]);
  });
  test("a rule for all that came from a file of its own goes back there", () => {
    expect(paths({ paths: { claude: ".claude/rules/x.md" } })).toEqual([".claude/rules/x.md"]);
    expect(paths({ paths: { claude: "CLAUDE.md" } })).toEqual(["CLAUDE.md"]);
    expect(paths({ paths: { cursor: ".claude/rules/x.md" } })).toEqual(["CLAUDE.md"]);
    expect(paths({ paths: { claude: ".claude/rules/x.md" }, apply: { on: "manual" } })).toEqual([
      "CLAUDE.md",
    ]);
  });
  test("a rule for all that stands in a file of its own is not written again", () => {
    const at = ".claude/rules/x.md";
    const rule = { name: "x", apply: { on: "always" as const }, body: "B", at };
    const p = plan({
      targets: [claude],
      spec: { ...emptySpec(), rule: [rule] },
      world: worldOf({ [at]: "B\n" }),
    });
    expect([p.changes, p.losses]).toEqual([[], []]);
  });
  test("an import stays an import", () => {
    const body = "See @docs/a.md";
    const rule = { body, imports: [{ at: 4, end: 14, path: "docs/a.md", text: "Inside" }] };
    const spec = { ...emptySpec(), rule: [{ name: "r", apply: { on: "always" as const }, ...rule }] };
    const [change] = plan({ targets: [claude], spec, world: emptyWorld() }).changes;
    expect(change?.after).toBe(`${body}\n`);
  });
  test("what is told of a description is a note", () => {
    const rule = { name: "r", description: "D", apply: { on: "globs" as const, globs: ["a"] }, body: "B" };
    const { losses } = plan({
      targets: [claude],
      spec: { ...emptySpec(), rule: [rule] },
      world: emptyWorld(),
    });
    expect(losses.map((l) => l.level)).toEqual(["note"]);
  });
});

test("a hook that somebody edited is told by its event and command", () => {
  const hook = (name: string, on: Hook["on"]): Hook => ({ name, on, run: "x", timeoutMs: 1000 });
  const hints = [hook("first", "stop"), hook("second", "sessionStart")];
  const group = (timeout: number) => [{ hooks: [{ type: "command", command: "x", timeout }] }];
  const world = worldOf({
    ".claude/settings.json": JSON.stringify({ hooks: { SessionStart: group(7), Stop: group(9) } }),
  });
  const found = place("hook").read(world, { target: "claude", hints }) as Hook[];
  expect(found.map((h) => [h.name, h.on, h.timeoutMs])).toEqual([
    ["second", "sessionStart", 7000],
    ["first", "stop", 9000],
  ]);
});

test("files whose presence says that a repository uses Claude Code", () => {
  expect(claude.signs).toEqual(["CLAUDE.md", ".claude", ".mcp.json"]);
});
