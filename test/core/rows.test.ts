import { describe, expect, test } from "vitest";
import { text } from "../../src/core/codec.ts";
import { drop, key, maybe } from "../../src/core/shape.ts";
import type { Agent, Hook, Permission, Server, Setting } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { list } from "../../src/core/surfaces/table.ts";
import { choicesOf } from "../../src/core/target.ts";
import { json } from "../../src/formats/json.ts";
import { claude } from "../../src/targets/claude.ts";
import { files, next, place, withFiles } from "./worlds.ts";

const placeOf = (kind: "hook" | "permission" | "server" | "setting") =>
  choicesOf(claude.keeps[kind])[0]!.place;
const servers = place<"server">("server", placeOf("server"));
const hooks = place<"hook">("hook", placeOf("hook"));
const permissions = place<"permission">("permission", placeOf("permission"));
const settings = place<"setting">("setting", placeOf("setting"));

const server = (name: string, command: string, more: Partial<Server> = {}): Server => ({
  name,
  transport: { type: "stdio", command: [command] },
  ...more,
});
const hook = (name: string, run: string, more: Partial<Hook> = {}): Hook => ({
  name,
  on: "afterTool",
  run,
  ...more,
});
const shell = (effect: Permission["effect"], ...argv: string[]): Permission => ({
  name: `${effect} shell ${argv.join(" ")}`,
  effect,
  scope: { on: "shell", argv },
});
const setting = (path: string[], value: unknown): Setting => ({
  name: `claude/${path.join("/")}`,
  path,
  value,
  targets: ["claude"],
});
const data = (w: { files: ReadonlyMap<string, unknown> }, path: string) =>
  json.parse(String(w.files.get(path)));

describe("rows by name", () => {
  test("come, change and go; the file and containers that were made for them too", () => {
    const one = next(servers.build(emptyWorld(), [server("a/b", "x"), server("c#d", "y")]));
    expect(data(one, ".mcp.json")).toEqual({
      mcpServers: { "a/b": { type: "stdio", command: "x" }, "c#d": { type: "stdio", command: "y" } },
    });
    expect([...one.ledger.keys()].sort()).toEqual([
      ".mcp.json",
      ".mcp.json#mcpServers/",
      ".mcp.json#mcpServers/a/b",
      ".mcp.json#mcpServers/c#d",
    ]);
    const two = next(servers.build(one, [server("a/b", "z")]));
    expect(data(two, ".mcp.json")).toEqual({ mcpServers: { "a/b": { type: "stdio", command: "z" } } });
    expect(files(next(servers.build(two, [])))).toEqual({});
  });

  test("overrides come with the item and go with it from a row that nobody touched", () => {
    const own = server("a", "x", { overrides: { claude: { trust: true } } });
    const one = next(servers.build(emptyWorld(), [own]));
    expect(servers.read(one)).toMatchObject([own]);
    const two = servers.build(one, [server("a", "x")]);
    expect(data(two.after, ".mcp.json")).toEqual({ mcpServers: { a: { type: "stdio", command: "x" } } });
    expect(two.losses).toEqual([]);
  });

  test("keys that a person added stay, and the row is theirs from then on", () => {
    const one = next(servers.build(emptyWorld(), [server("a", "x")]));
    const touched = {
      ...one,
      files: new Map([
        [
          ".mcp.json",
          json.edit(String(one.files.get(".mcp.json")), [{ path: ["mcpServers", "a", "own"], value: 1 }]),
        ],
      ]),
    };
    expect(servers.build(touched, [server("a", "x")])).toMatchObject({ changes: [], drifts: [], losses: [] });
    const changed = servers.build(touched, [server("a", "y")]);
    expect(changed.drifts).toMatchObject([{ at: ".mcp.json#mcpServers/a", cause: "conflict", ours: false }]);
    expect(changed.changes).toEqual([]);
    expect(
      data(servers.build(touched, [server("a", "y")], { force: true }).after, ".mcp.json"),
    ).toMatchObject({ mcpServers: { a: { command: "y", own: 1 } } });
  });

  test("a foreign row of the same name is refused, and the loss says so", () => {
    const text = '{\n  "mcpServers": { "a": { "command": "theirs" } } // mine\n}\n';
    const p = servers.build(withFiles({ ".mcp.json": text }), [server("a", "x"), server("b", "y")]);
    expect(p.drifts.filter((d) => !d.ours)).toMatchObject([
      { at: ".mcp.json#mcpServers/a", cause: "foreign", item: "server a" },
    ]);
    expect(p.losses).toMatchObject([
      { name: "a", field: ["transport", "command"], why: ".mcp.json is not ours to change", refused: true },
    ]);
    expect(servers.read(p.after).map((s) => s.name)).toEqual(["a", "b"]);
    expect(files(next(servers.build(next(p), [])))).toEqual({ ".mcp.json": text });
  });

  test.each([
    ["no JSON", "{"],
    ["another kind of value in the way", '{ "mcpServers": [] }'],
    ["no text", new Uint8Array([255])],
  ])("a file with %s is refused, with its ledger kept", (_, content) => {
    const ledger = next(servers.build(emptyWorld(), [server("a", "x")])).ledger;
    for (const items of [[server("a", "y"), server("b", "z")], []]) {
      const p = servers.build(withFiles({ ".mcp.json": content }, { ledger }), items);
      expect(p.changes).toEqual([]);
      expect(p.losses.filter((l) => !l.why)).toEqual([]);
      expect(p.losses.map((l) => l.name)).toEqual(items.map((i) => i.name));
    }
  });

  test("an item that can no longer be said leaves no old row behind", () => {
    const one = next(servers.build(emptyWorld(), [server("a", "x"), server("b", "y")]));
    const p = servers.build(one, [
      { ...server("a", "x"), transport: { type: "stdio", command: ["${X}"] } },
      server("b", "y"),
    ]);
    expect(data(p.after, ".mcp.json")).toEqual({ mcpServers: { b: { type: "stdio", command: "y" } } });
    expect(p.losses).toMatchObject([
      { name: "a", field: [], why: "Claude Code's .mcp.json has no way to say this" },
    ]);
  });
});

describe("rows without a name", () => {
  const group = (matcher: string, ...runs: string[]) => ({
    matcher,
    hooks: runs.map((command) => ({ type: "command", command })),
  });
  const inGroups = (...groups: unknown[]) =>
    withFiles({
      ".claude/settings.json": `${JSON.stringify({ hooks: { PostToolUse: groups } }, null, 2)}\n`,
    });
  const groupsOf = (w: { files: ReadonlyMap<string, unknown> }) =>
    (data(w, ".claude/settings.json")["hooks"] as Record<string, unknown>)["PostToolUse"];

  test("keep their names over builds, also when two say the same", () => {
    const same = [hook("a", "x.sh"), hook("b", "x.sh")];
    const one = next(hooks.build(emptyWorld(), same));
    expect(hooks.build(one, same)).toMatchObject({ changes: [], drifts: [] });
    expect(hooks.read(one).map((h) => h.name)).toEqual(["a", "b"]);
    expect(files(next(hooks.build(one, [])))).toEqual({});
    expect(groupsOf(next(hooks.build(one, [same[0]!])))).toHaveLength(1);
  });

  test("swap what they say without a trace", () => {
    const one = next(hooks.build(emptyWorld(), [hook("a", "x.sh"), hook("b", "y.sh")]));
    const p = hooks.build(one, [hook("a", "y.sh")]);
    expect(groupsOf(p.after)).toEqual([{ hooks: [{ type: "command", command: "y.sh" }] }]);
  });

  test("move to the array of another event", () => {
    const one = next(hooks.build(emptyWorld(), [hook("a", "x.sh"), hook("b", "y.sh")]));
    const p = hooks.build(one, [hook("a", "x.sh", { on: "stop" }), hook("b", "y.sh")]);
    expect(data(p.after, ".claude/settings.json")).toEqual({
      hooks: {
        PostToolUse: [{ hooks: [{ type: "command", command: "y.sh" }] }],
        Stop: [{ hooks: [{ type: "command", command: "x.sh" }] }],
      },
    });
    expect(p.losses).toEqual([]);
  });

  test("in a group with others: taken over, moved out alone, and gone with the last", () => {
    const world = inGroups(group("Edit", "a.sh", "b.sh", "mine.sh"));
    const [a, b] = [hook("a", "a.sh", { tools: ["edit"] }), hook("b", "b.sh", { tools: ["edit"] })];
    const one = hooks.build(world, [a, b]);
    expect(one).toMatchObject({ changes: [], losses: [] });
    const moved = hooks.build(next(one), [{ ...a, tools: ["write"] }, b]);
    expect(groupsOf(moved.after)).toEqual([group("Edit", "b.sh", "mine.sh"), group("Write", "a.sh")]);
    expect(groupsOf(hooks.build(next(one), []).after)).toEqual([group("Edit", "mine.sh")]);
    const all = hooks.build(inGroups(group("Edit", "a.sh", "b.sh"), group("Read", "c.sh")), [a, b]);
    expect(groupsOf(hooks.build(next(all), []).after)).toEqual([group("Read", "c.sh")]);
  });

  test("a group of one changes in place", () => {
    const one = next(
      hooks.build(inGroups(group("Read", "mine.sh")), [
        hook("a", "a.sh", { tools: ["edit"], timeoutMs: 1001 }),
      ]),
    );
    const p = hooks.build(one, [hook("a", "a2.sh", { tools: ["shell", "mcp:db/q"], timeoutMs: 1500 })]);
    expect(groupsOf(p.after)).toEqual([
      group("Read", "mine.sh"),
      { matcher: "Bash|mcp__db__q", hooks: [{ type: "command", command: "a2.sh", timeout: 1.5 }] },
    ]);
  });

  test("single values: each goes from its own place, whatever the order", () => {
    const items = [shell("deny", "z"), shell("deny", "a"), shell("deny", "m"), shell("allow", "a")];
    const world = withFiles({
      ".claude/settings.json":
        '{\n  "permissions": {\n    "deny": [\n      "Bash(first:*)",\n      "Read(x)"\n    ]\n  }\n}\n',
    });
    const one = next(permissions.build(world, items));
    expect(permissions.build(one, items)).toMatchObject({ changes: [], drifts: [] });
    expect(files(next(permissions.build(one, [])))).toEqual(files(world));
    const fewer = permissions.build(one, [items[1]!]);
    expect(data(fewer.after, ".claude/settings.json")).toEqual({
      permissions: { deny: ["Bash(first:*)", "Read(x)", "Bash(a:*)"] },
    });
  });

  test("a value has no place for keys of its own, which is said once and written never", () => {
    const own = { ...shell("deny", "x"), overrides: { claude: { extra: 1 } } };
    const p = permissions.build(emptyWorld(), [own]);
    expect(p.losses).toMatchObject([
      { field: ["overrides"], level: "error", why: expect.stringContaining("no keys of their own") },
    ]);
    expect(permissions.build(next(p), [own])).toMatchObject({ changes: [], drifts: [] });
  });
});

describe("settings", () => {
  test("stand beside what others name in the file, empty maps too", () => {
    const mine =
      '{\n  "permissions": { "allow": ["Read"], "defaultMode": "plan" },\n  "env": { "A": "1" }\n}\n';
    const items = [
      setting(["env", "B/C"], "2"),
      setting(["permissions", "extra"], {}),
      setting(["x", "y"], null),
      setting(["claude", "env"], []),
    ];
    const one = settings.build(withFiles({ ".claude/settings.json": mine }), items);
    expect(data(one.after, ".claude/settings.json")).toEqual({
      permissions: { allow: ["Read"], defaultMode: "plan", extra: {} },
      env: { A: "1", "B/C": "2" },
      x: { y: null },
      claude: { env: [] },
    });
    expect(settings.build(next(one), items)).toMatchObject({ changes: [], drifts: [], losses: [] });
    expect(files(next(settings.build(next(one), [])))).toEqual({ ".claude/settings.json": mine });
  });

  test("of other surfaces are never read as such", () => {
    const text = JSON.stringify({
      $schema: "x",
      hooks: { Stop: [] },
      permissions: { deny: ["Read"], defaultMode: "plan" },
      model: "opus",
    });
    expect(settings.read(withFiles({ ".claude/settings.json": text })).map((s) => s.name)).toEqual([
      "claude/permissions/defaultMode",
      "claude/model",
    ]);
  });

  test("one file, several kinds, filled and emptied in one build keeps its line ends", () => {
    const both = (w: ReturnType<typeof emptyWorld>, h: Hook[]) => next(hooks.build(w, h));
    const crlf = both(emptyWorld(), [hook("a", "x")]);
    const world = {
      ...crlf,
      files: new Map([...crlf.files].map(([p, c]) => [p, String(c).replaceAll("\n", "\r\n")])),
    };
    const p = hooks.build(world, [hook("b", "y", { on: "stop" })]);
    expect(String(p.after.files.get(".claude/settings.json"))).not.toMatch(/(?<!\r)\n/);
  });
});

describe("rows that need more than the item says", () => {
  const shape = {
    description: maybe("description", text),
    model: drop("no model"),
    tools: drop("no tools"),
    body: key("body", text),
  };
  const modes = place<"agent">(
    "agent",
    list<Agent>("m.json", json, ["modes"], shape, {
      name: "slug",
      also: (name) => ({ title: name, on: true }),
    }),
  );
  const agent = (name: string, more: Partial<Agent> = {}): Agent => ({ name, body: "B", ...more });

  test("get it when they come, keep it, and do not show it as a key of the tool's own", () => {
    const one = next(modes.build(emptyWorld(), [agent("a")]));
    expect(data(one, "m.json")).toEqual({ modes: [{ slug: "a", title: "a", on: true, body: "B" }] });
    expect(modes.read(one)).toMatchObject([{ name: "a", body: "B" }]);
    expect(modes.read(one)[0]).not.toHaveProperty("overrides");
    const again = modes.build(one, [agent("a")]);
    expect(again.changes).toEqual([]);
    expect(new Map(again.ledger)).toEqual(new Map(one.ledger));
    const two = next(modes.build(one, [agent("a", { description: "d" })]));
    expect(data(two, "m.json")).toEqual({
      modes: [{ slug: "a", title: "a", on: true, body: "B", description: "d" }],
    });
    expect(files(next(modes.build(two, [])))).toEqual({});
  });

  test("another value is the tool's own and wins", () => {
    const own = agent("a", { overrides: { claude: { title: "The A" } } });
    const one = next(modes.build(emptyWorld(), [own]));
    expect(data(one, "m.json")).toEqual({ modes: [{ slug: "a", title: "The A", on: true, body: "B" }] });
    expect(modes.read(one)).toMatchObject([own]);
    const two = next(modes.build(one, [agent("a")]));
    expect(data(two, "m.json")).toEqual({ modes: [{ slug: "a", title: "a", on: true, body: "B" }] });
  });
});
