import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adopt, type Views } from "../../src/core/adopt.ts";
import type { Command, Item, Kind, Rule, Server, Skill } from "../../src/core/spec.ts";
import { specPrompt } from "../../src/core/spellings.ts";
import { parse } from "../../src/core/template.ts";
import { mergeLines } from "../../src/formats/merge.ts";
import { always } from "./worlds.ts";

const named = (items: readonly Item[]): Map<string, Item> => new Map(items.map((i) => [i.name, i]));
interface Case {
  ours?: Item[];
  view?: Item[];
  base?: Item[];
  theirs?: Item[];
  lost?: string[];
  readers?: string[];
}
const views = ({
  ours = [],
  view = ours,
  base = view,
  theirs = base,
  lost = [],
  readers = ["tool"],
}: Case): Views => ({
  ours: named(ours),
  view: named(view),
  base: named(base),
  theirs: named(theirs),
  lost: new Set(lost),
  readers,
});
const taken = (kind: Kind, of: Case) => adopt(kind, views(of), mergeLines);
const rule = (body: string, more: Partial<Rule> = {}): Rule => always("r", body, more);
const bodyOf = (kind: Kind, of: Case): unknown => (taken(kind, of).taken[0]?.item as Rule | undefined)?.body;

describe("one item", () => {
  test("nobody touched the output: nothing, whatever the spec did", () => {
    expect(taken("rule", { ours: [rule("new")], view: [rule("new")], base: [rule("old")] })).toEqual({
      taken: [],
      conflicts: [],
    });
  });
  test("the spec stood still: the edit is taken", () => {
    const { taken: all, conflicts } = taken("rule", { ours: [rule("a")], theirs: [rule("b")] });
    expect(all).toEqual([{ name: "r", item: rule("b"), fields: ["body"] }]);
    expect(conflicts).toEqual([]);
  });
  test("both did the same: nothing to take, nothing to tell", () => {
    const of = { ours: [rule("b")], base: [rule("a")], theirs: [rule("b")] };
    expect(taken("rule", of)).toEqual({ taken: [], conflicts: [] });
  });
  test("both did the same, which the tool shows in other words: nothing", () => {
    const scoped = (glob: string): Rule => rule("a", { apply: { on: "globs", globs: [glob] } });
    const of = { ours: [scoped("./x")], view: [scoped("x")], base: [scoped("y")], theirs: [scoped("x")] };
    expect(taken("rule", of)).toEqual({ taken: [], conflicts: [] });
  });
  test("fields are apart: the body from the file, the description from the spec", () => {
    const of = {
      ours: [rule("a", { description: "new" })],
      base: [rule("a", { description: "old" })],
      theirs: [rule("b", { description: "old" })],
    };
    expect(taken("rule", of)).toEqual({
      taken: [{ name: "r", item: rule("b", { description: "new" }), fields: ["body"] }],
      conflicts: [],
    });
  });
  test("body against body: both lines are told, the spec stays", () => {
    const of = { ours: [rule("x\nours\ny")], base: [rule("x\nold\ny")], theirs: [rule("x\ntheirs\ny")] };
    const { taken: all, conflicts } = taken("rule", of);
    expect(all).toEqual([]);
    expect(conflicts).toEqual([
      {
        name: "r",
        field: ["body"],
        ours: "x\nours\ny",
        theirs: "x\ntheirs\ny",
        hunks: [{ ours: ["ours"], theirs: ["theirs"] }],
      },
    ]);
  });
  test("lines that are apart are merged", () => {
    const of = { ours: [rule("A\nb\nc\nd")], base: [rule("a\nb\nc\nd")], theirs: [rule("a\nb\nc\nD")] };
    expect(bodyOf("rule", of)).toBe("A\nb\nc\nD");
  });
  test("neighbouring lines of both sides are a conflict, as in Git", () => {
    const of = { ours: [rule("A\nb")], base: [rule("a\nb")], theirs: [rule("a\nB")] };
    expect(taken("rule", of).conflicts).toHaveLength(1);
  });
  test("a field that the file took away goes, one that it adds comes", () => {
    const gone = taken("rule", { ours: [rule("a", { description: "d" })], theirs: [rule("a")] });
    expect(gone.taken[0]!.item).toEqual(rule("a"));
    const come = taken("rule", { ours: [rule("a")], theirs: [rule("a", { description: "d" })] });
    expect(come.taken[0]!.item).toEqual(rule("a", { description: "d" }));
  });
  test("what no tool holds stays: aims, paths, order", () => {
    const aim = { targets: ["x"], paths: { tool: "a.md" }, order: 2 };
    const of = {
      ours: [rule("a", aim)],
      view: [rule("a")],
      theirs: [rule("b", { paths: { tool: "z.md" } })],
    };
    expect(taken("rule", of).taken[0]!.item).toEqual(rule("b", aim));
  });
});

describe("the tool shows less than the spec holds", () => {
  const command = (text: string): Command => ({ name: "fix", body: parse(specPrompt(), text) });
  const shown = (text: string): Command => ({ name: "fix", body: [text] });
  const ours = [command("Fix {{arguments}} now.\nRun the tests.\nStop.")];
  const view = [shown("Fix (what the user typed) now.\nRun the tests.\nStop.")];

  test("an edit beside a hole that is told in words keeps the hole", () => {
    const theirs = [shown("Fix (what the user typed) now.\nRun all tests.\nStop.")];
    expect(bodyOf("command", { ours, view, theirs })).toEqual(
      command("Fix {{arguments}} now.\nRun all tests.\nStop.").body,
    );
  });
  test("a line added beside it stands beside it", () => {
    const theirs = [shown("First look.\nFix (what the user typed) now.\nRun the tests.\nStop.")];
    expect(bodyOf("command", { ours, view, theirs })).toEqual(
      command("First look.\nFix {{arguments}} now.\nRun the tests.\nStop.").body,
    );
  });
  test("an edit of the words themselves is a conflict", () => {
    const theirs = [shown("Fix (what the user typed) soon.\nRun the tests.\nStop.")];
    const out = taken("command", { ours, view, theirs });
    expect(out.taken).toEqual([]);
    expect(out.conflicts.map((c) => c.hunks)).toEqual([
      [{ ours: ["Fix {{arguments}} now."], theirs: ["Fix (what the user typed) soon."] }],
    ]);
    expect(out.conflicts[0]!.stood).toBe(true);
    const [moved] = taken("command", {
      ours: [shown("a")],
      base: [shown("b")],
      theirs: [shown("c")],
    }).conflicts;
    expect(moved!.stood).toBeUndefined();
  });
  test("text that looks like a hole comes in as text", () => {
    const theirs = [shown("Fix (what the user typed) now.\nRun {{arguments}}.\nStop.")];
    const body = bodyOf("command", { ours, view, theirs });
    expect(body).toEqual(["Fix ", { arg: "all" }, " now.\nRun {{arguments}}.\nStop."]);
  });
  test("hidden lines stay, an edit apart from them is taken, one across them is not", () => {
    const whole = [rule("a\nhidden\nb\nc\nd")];
    const less = [rule("a\nb\nc\nd")];
    expect(bodyOf("rule", { ours: whole, view: less, theirs: [rule("a\nb\nC\nd")] })).toBe(
      "a\nhidden\nb\nC\nd",
    );
    expect(taken("rule", { ours: whole, view: less, theirs: [rule("A\nB\nc\nd")] }).conflicts).toHaveLength(
      1,
    );
    expect(
      taken("rule", { ours: whole, view: less, theirs: [rule("a\nnew\nb\nc\nd")] }).conflicts,
    ).toHaveLength(1);
  });
  test("text that is shown here and kept elsewhere is not edited here", () => {
    const of = { ours: [rule("see @x.md")], view: [rule("see `x.md`\n\nFrom `x.md`:\n\ntext")] };
    const edited = { ...of, theirs: [rule("see `x.md`\n\nFrom `x.md`:\n\nother text")] };
    expect(taken("rule", edited)).toMatchObject({ taken: [], conflicts: [{ field: ["body"] }] });
  });
  test("the spec moved on meanwhile: the edit is laid over what it holds now", () => {
    const of = {
      ours: [command("Fix {{arguments}} today.\nRun the tests.\nStop.")],
      view: [shown("Fix (what the user typed) today.\nRun the tests.\nStop.")],
      base: view,
      theirs: [shown("Fix (what the user typed) now.\nRun the tests.\nStop here.")],
    };
    expect(bodyOf("command", of)).toEqual(
      command("Fix {{arguments}} today.\nRun the tests.\nStop here.").body,
    );
  });
});

describe("items that come and go", () => {
  test("a new one is taken, without where it stood", () => {
    const out = taken("rule", { theirs: [always("n", "text", { at: "AGENTS.md#rule/n" })] });
    expect(out.taken).toEqual([{ name: "n", item: always("n", "text"), fields: [] }]);
  });
  test("one that is gone is taken out only where the spec stood still", () => {
    expect(taken("rule", { ours: [rule("a")], theirs: [] }).taken).toEqual([{ name: "r", fields: [] }]);
    const moved = taken("rule", { ours: [rule("b")], base: [rule("a")], theirs: [] });
    expect(moved).toMatchObject({ taken: [], conflicts: [{ name: "r", field: [] }] });
    expect(taken("rule", { ours: [rule("a")], base: [], theirs: [], lost: ["r"] }).conflicts).toHaveLength(1);
  });
  test("one that was edited while the spec let it go is a conflict", () => {
    const out = taken("rule", { base: [rule("a")], theirs: [rule("b")] });
    expect(out).toMatchObject({ taken: [], conflicts: [{ name: "r", ours: undefined }] });
  });
  test("gone on both sides, or never built: nothing", () => {
    expect(taken("rule", { base: [rule("a")], theirs: [] })).toEqual({ taken: [], conflicts: [] });
    expect(taken("rule", { ours: [rule("a")], base: [], theirs: [] })).toEqual({ taken: [], conflicts: [] });
  });
});

describe("nobody knows what we wrote", () => {
  const lost = ["r"];
  test("every field that differs is a conflict, with its lines", () => {
    const ours = [rule("a\nb", { description: "d" })];
    const out = taken("rule", { ours, base: [], theirs: [rule("a\nc", { description: "d" })], lost });
    expect(out.taken).toEqual([]);
    expect(out.conflicts).toMatchObject([{ field: ["body"], hunks: [{ ours: ["b"], theirs: ["c"] }] }]);
  });
  test("what the spec shows already is none", () => {
    expect(taken("rule", { ours: [rule("a")], base: [], theirs: [rule("a")], lost })).toEqual({
      taken: [],
      conflicts: [],
    });
  });
  test("a row of the same name that we never wrote counts the same", () => {
    const out = taken("rule", { ours: [rule("a")], view: [], base: [], theirs: [rule("b")] });
    expect(out).toMatchObject({ taken: [], conflicts: [{ field: ["body"] }] });
  });
});

describe("maps, keys and files", () => {
  const server = (env: Record<string, string>, more: Partial<Server> = {}): Server => ({
    name: "db",
    transport: {
      type: "stdio",
      command: ["db"],
      env: Object.fromEntries(Object.entries(env).map(([k, v]) => [k, [v]])),
    },
    ...more,
  });
  test("keys of a map are merged one by one", () => {
    const of = {
      ours: [server({ A: "2", B: "1" })],
      base: [server({ A: "1", B: "1" })],
      theirs: [server({ A: "1", B: "2", C: "3" })],
    };
    expect(taken("server", of).taken[0]!.item).toEqual(server({ A: "2", B: "2", C: "3" }));
    const both = taken("server", { ...of, theirs: [server({ A: "3", B: "1" })] });
    expect(both.conflicts).toMatchObject([{ field: ["transport", "env", "A"] }]);
  });
  const scoped = (...globs: string[]): Rule => rule("a", { apply: { on: "globs", globs } });
  const globsOf = (of: Case): unknown => (taken("rule", of).taken[0]?.item as Rule | undefined)?.apply;
  test("lists whose order says nothing take what came and went on both sides", () => {
    const of = { ours: [scoped("a", "b", "d")], base: [scoped("a", "b")], theirs: [scoped("b", "c")] };
    expect(globsOf(of)).toEqual({ on: "globs", globs: ["b", "d", "c"] });
    expect(taken("rule", of).conflicts).toEqual([]);
  });
  test("an element that the tool shows in other words is neither guessed nor doubled", () => {
    const of = { ours: [scoped("w/**")], view: [scoped("w/**/*")], theirs: [scoped("v/**/*")] };
    expect(taken("rule", of)).toMatchObject({ taken: [], conflicts: [{ field: ["apply", "globs"] }] });
    expect(globsOf({ ...of, theirs: [scoped("w/**/*", "x")] })).toEqual({
      on: "globs",
      globs: ["w/**", "x"],
    });
  });
  test("globs with a ! and arguments of a program keep their order, or are told", () => {
    const ordered = {
      ours: [scoped("a", "!b", "c")],
      base: [scoped("a", "!b")],
      theirs: [scoped("z", "!b")],
    };
    expect(globsOf(ordered)).toEqual({ on: "globs", globs: ["z", "!b", "c"] });
    expect(taken("rule", { ...ordered, theirs: [scoped("a", "!b", "d")] })).toMatchObject({
      taken: [],
      conflicts: [{ field: ["apply", "globs"] }],
    });
    const run = (...args: string[]): Server => ({
      name: "db",
      transport: { type: "stdio", command: ["db"], args: args.map((a) => [a]) },
    });
    const of = { ours: [run("-y", "db@2", "x")], base: [run("-y", "db@1", "x")] };
    expect(taken("server", { ...of, theirs: [run("-y", "db@1", "x", "more")] }).taken[0]!.item).toEqual(
      run("-y", "db@2", "x", "more"),
    );
    expect(taken("server", { ...of, theirs: [run("-y", "db@3", "x")] })).toMatchObject({
      taken: [],
      conflicts: [{ field: ["transport", "args"] }],
    });
  });
  test("a template is no list: its parts are never mixed", () => {
    const at = (...url: (string | { env: string })[]): Server => ({
      name: "db",
      transport: { type: "http", url },
    });
    const of = {
      ours: [at("https://a/", { env: "X" }, "/1")],
      base: [at("https://b/", { env: "X" }, "/1")],
      theirs: [at("https://b/", { env: "X" }, "/2")],
    };
    expect(taken("server", of)).toMatchObject({ taken: [], conflicts: [{ field: ["transport", "url"] }] });
  });
  test("any two edits of a set leave what both left, add what either added, and nothing else", () => {
    const some = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
    fc.assert(
      fc.property(some, some, some, (base, ours, theirs) => {
        const agent = (tools: string[]) => [{ name: "x", tools, body: "" }];
        const got = adopt(
          "agent",
          views({ ours: agent(ours), base: agent(base), theirs: agent(theirs) }),
          mergeLines,
        );
        const now = (got.taken[0]?.item as { tools: string[] } | undefined)?.tools ?? ours;
        const want = (["a", "b", "c", "d", "e"] as const).filter((x) =>
          base.includes(x) ? ours.includes(x) && theirs.includes(x) : ours.includes(x) || theirs.includes(x),
        );
        expect([...now].sort()).toEqual(want);
        expect(got.conflicts).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
  test("another transport is never mixed with ours", () => {
    const http: Server = { name: "db", transport: { type: "http", url: ["https://x"] } };
    const of = { ours: [server({ A: "2" })], base: [server({ A: "1" })], theirs: [http] };
    expect(taken("server", of)).toMatchObject({ taken: [], conflicts: [{ field: ["transport"] }] });
  });
  test("a tool's own key goes to the tool that had it, a new one to the one it was read for", () => {
    const ours = [server({}, { overrides: { other: { k: 1 } } })];
    const shown = (own: object): Server[] => [server({}, { overrides: { tool: own as never } })];
    const of = { ours, view: shown({ k: 1 }), theirs: shown({ k: 2, n: 3 }), readers: ["tool", "other"] };
    expect(taken("server", of).taken[0]!.item!.overrides).toEqual({ other: { k: 2 }, tool: { n: 3 } });
  });
  test("files of a skill: texts by lines, bytes as a whole", () => {
    const skill = (files: Record<string, string | Uint8Array>): Skill => ({
      name: "s",
      files: Object.fromEntries(Object.entries(files).map(([p, content]) => [p, { content }])),
    });
    const base = [skill({ "SKILL.md": "a\nb\nc\nd\n", x: new Uint8Array([0, 1]) })];
    const ours = [skill({ "SKILL.md": "A\nb\nc\nd\n", x: new Uint8Array([0, 2]) })];
    const theirs = [skill({ "SKILL.md": "a\nb\nc\nD\n", x: new Uint8Array([0, 3]), y: "new" })];
    const out = taken("skill", { ours, base, theirs });
    expect(out.taken[0]!.item).toEqual(
      skill({ "SKILL.md": "A\nb\nc\nD\n", x: new Uint8Array([0, 2]), y: "new" }),
    );
    expect(out.conflicts).toMatchObject([{ field: ["files", "x", "content"] }]);
  });
});

describe("lines", () => {
  const line = fc.constantFrom("a", "b", "c", "", "x y", "<<<<<<< spec", "=======");
  const text = fc.array(line, { minLength: 1, maxLength: 7 }).map((l) => l.join("\n"));
  const sides = (ours: string, view: string, base: string, theirs: string) => ({
    ours,
    view,
    base,
    theirs,
    known: true,
  });

  test("an edit of an output that shows everything comes in as it is", () => {
    fc.assert(
      fc.property(text, text, (o, t) => {
        expect(mergeLines(sides(o, o, o, t))).toEqual({ text: t });
      }),
      { numRuns: 200 },
    );
  });
  test("no edit is no change, whatever is hidden and wherever the spec went", () => {
    fc.assert(
      fc.property(text, text, text, (o, v, b) => {
        expect(mergeLines(sides(o, v, b, b))).toEqual({ text: o });
      }),
      { numRuns: 200 },
    );
  });
  test("a merge holds every line that either side added, and a conflict names them", () => {
    fc.assert(
      fc.property(text, text, text, (o, b, t) => {
        const m = mergeLines(sides(o, o, b, t));
        const said = "text" in m ? m.text.split("\n") : m.hunks.flatMap((h) => h.theirs);
        const fresh =
          "text" in m ? [...o.split("\n"), ...t.split("\n")].filter((l) => !b.split("\n").includes(l)) : [];
        for (const l of fresh) expect(said).toContain(l);
      }),
      { numRuns: 200 },
    );
  });
  test("an edit that shows through lands on the same lines", () => {
    const marked = fc.array(fc.tuple(line, fc.boolean()), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(marked, fc.nat(), (lines, at) => {
        const i = at % lines.length;
        const ours = lines.map(([l, hole], n) => (hole ? `${n} {{1}}` : `${n} ${l}`));
        const view = lines.map(([l, hole], n) => (hole ? `${n} (words)` : `${n} ${l}`));
        const theirs = view.with(i, "edited");
        const m = mergeLines(sides(ours.join("\n"), view.join("\n"), view.join("\n"), theirs.join("\n")));
        if (lines[i]![1]) expect(m).toHaveProperty("hunks");
        else expect(m).toEqual({ text: ours.with(i, "edited").join("\n") });
      }),
      { numRuns: 200 },
    );
  });
});
