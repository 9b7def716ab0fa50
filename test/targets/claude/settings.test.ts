import { describe, expect, test } from "vitest";
import { items, others, read } from "./read.ts";

const settings = (value: unknown) => ({ ".claude/settings.json": JSON.stringify(value) });
const hooks = (value: unknown) => items(settings({ hooks: value }), "hook");
const scopes = (effect: string, ...rules: unknown[]) =>
  Object.values(items(settings({ permissions: { [effect]: rules } }), "permission"));
const servers = (value: unknown) => items({ ".mcp.json": JSON.stringify({ mcpServers: value }) }, "server");

describe("hooks", () => {
  const run = (command: string) => ({ type: "command", command });

  test("each handler of a group is one hook, with the group's matcher", () => {
    expect(
      Object.values(
        hooks({
          PostToolUse: [{ matcher: "Edit|Write", hooks: [{ ...run("./a.sh"), timeout: 30 }, run("b")] }],
        }),
      ),
    ).toEqual([
      { on: "afterTool", tools: ["edit", "write"], run: "./a.sh", timeoutMs: 30_000 },
      { on: "afterTool", tools: ["edit", "write"], run: "b" },
    ]);
  });

  const matchers: [matcher: string, tools: string[] | undefined][] = [
    ["Bash", ["shell"]],
    ["Read, Write", ["read", "write"]],
    ["Edit|MultiEdit|NotebookEdit", ["edit"]],
    ["Grep|Glob", ["search"]],
    ["WebFetch|WebSearch", ["web"]],
    ["mcp__srv__.*", ["mcp:srv"]],
    ["mcp__srv__get_it", ["mcp:srv/get_it"]],
    ["*", undefined],
    ["", undefined],
  ];
  for (const [matcher, tools] of matchers)
    test(`matcher "${matcher}"`, () => {
      const found = Object.values(hooks({ PreToolUse: [{ matcher, hooks: [run("x")] }] }));
      expect(found).toEqual([{ on: "beforeTool", run: "x", ...(tools && { tools }) }]);
    });

  test("every event with a neutral name", () => {
    const names = [
      "SessionStart",
      "SessionEnd",
      "UserPromptSubmit",
      "PreToolUse",
      "PostToolUse",
      "Stop",
      "SubagentStop",
      "PreCompact",
      "Notification",
    ];
    const found = hooks(Object.fromEntries(names.map((n) => [n, [{ hooks: [run(n)] }]])));
    expect(Object.values(found)).toEqual([
      { on: "sessionStart", run: "SessionStart" },
      { on: "sessionEnd", run: "SessionEnd" },
      { on: "promptSubmit", run: "UserPromptSubmit" },
      { on: "beforeTool", run: "PreToolUse" },
      { on: "afterTool", run: "PostToolUse" },
      { on: "stop", run: "Stop" },
      { on: "subagentStop", run: "SubagentStop" },
      { on: "beforeCompact", run: "PreCompact" },
      { on: "notification", run: "Notification" },
    ]);
  });

  test("an event or a handler without a neutral form is left and told", () => {
    const files = settings({
      hooks: { FileChanged: [{ hooks: [run("x")] }], Stop: [{ hooks: [{ type: "prompt", prompt: "?" }] }] },
    });
    expect(read(files).spec.hook).toEqual([]);
    expect(read(files).said.length).toBeGreaterThan(0);
  });

  test("a matcher that is a regular expression is not taken for every tool", () => {
    const files = settings({ hooks: { PreToolUse: [{ matcher: "Edit.*|mcp__.*", hooks: [run("x")] }] } });
    expect(read(files).spec.hook).toEqual([]);
    expect(read(files).said.join()).toContain("no neutral name");
  });
});

describe("permissions", () => {
  const rules: [rule: string, scope: unknown][] = [
    ["Bash(npm run test:*)", { on: "shell", argv: ["npm", "run", "test"] }],
    ["Bash(npm run test *)", { on: "shell", argv: ["npm", "run", "test"] }],
    ["Read(./.env)", { on: "read", glob: "/.env" }],
    ["Read(.env*)", { on: "read", glob: ".env*" }],
    ["Read(/src/**)", { on: "read", glob: "src/**" }],
    ["Edit(src/**)", { on: "edit", glob: "src/**" }],
    ["WebFetch(domain:example.com)", { on: "web", host: "example.com" }],
    ["mcp__srv", { on: "mcp", tool: "srv" }],
    ["mcp__srv__*", { on: "mcp", tool: "srv" }],
    ["mcp__srv__do_it", { on: "mcp", tool: "srv/do_it" }],
  ];
  for (const [rule, scope] of rules)
    test(rule, () => expect(scopes("deny", rule)).toEqual([{ effect: "deny", scope }]));

  for (const rule of [
    "Bash",
    "Bash(npm run test)",
    "Bash(node -e *x*)",
    "Read(//etc/passwd)",
    "Read(~/.ssh/**)",
    "Agent(x)",
    "Skill(y)",
    "WebFetch(domain:*.x.com)",
    7,
  ])
    test(`${rule} has no neutral form and is no permission of ours`, () =>
      expect(scopes("allow", rule)).toEqual([]));

  test("all three lists", () => {
    const found = items(
      settings({ permissions: { allow: ["Bash(a:*)"], ask: ["Bash(a:*)"], deny: ["Bash(a:*)"] } }),
      "permission",
    );
    expect(Object.keys(found)).toEqual(["allow shell a", "ask shell a", "deny shell a"]);
  });
});

describe("settings", () => {
  test("every other leaf, one item each", () => {
    const files = settings({
      $schema: "https://json.schemastore.org/claude-code-settings.json",
      env: { A: "1", B: "2" },
      model: "opus",
      permissions: { allow: [], defaultMode: "plan", additionalDirectories: ["../docs"] },
      hooks: {},
    });
    expect(items(files, "setting")).toEqual({
      "claude/env/A": { path: ["env", "A"], value: "1" },
      "claude/env/B": { path: ["env", "B"], value: "2" },
      "claude/model": { path: ["model"], value: "opus" },
      "claude/permissions/defaultMode": { path: ["permissions", "defaultMode"], value: "plan" },
      "claude/permissions/additionalDirectories": {
        path: ["permissions", "additionalDirectories"],
        value: ["../docs"],
      },
    });
    expect(others(read(files).spec, "setting")).toEqual([]);
  });
});

describe("servers", () => {
  test("stdio with and without its type, holes and their defaults", () => {
    const stdio = {
      command: "npx",
      args: ["-y", "x@1", "--key=${KEY}"],
      env: { TOKEN: "${TOKEN:-none}", PLAIN: "$TOKEN" },
    };
    const means = {
      type: "stdio",
      command: ["npx"],
      args: [["-y"], ["x@1"], ["--key=", { env: "KEY" }]],
      env: { TOKEN: [{ env: "TOKEN", or: "none" }], PLAIN: ["$TOKEN"] },
    };
    expect(servers({ a: stdio, b: { type: "stdio", ...stdio } })).toEqual({
      a: { transport: means },
      b: { transport: means },
    });
  });
  test("remote ones, in every spelling of the type", () => {
    const url = { url: "https://x.test/${P}", headers: { Authorization: "Bearer ${T}" } };
    const means = {
      url: ["https://x.test/", { env: "P" }],
      headers: { Authorization: ["Bearer ", { env: "T" }] },
    };
    expect(
      servers({
        a: { type: "http", ...url },
        b: { type: "streamable-http", ...url },
        c: { type: "sse", ...url, timeout: 5000 },
      }),
    ).toEqual({
      a: { transport: { type: "http", ...means } },
      b: { transport: { type: "http", ...means } },
      c: { transport: { type: "sse", ...means }, timeoutMs: 5000 },
    });
  });
  test("a url without a type is skipped by the client, and told", () => {
    const files = { ".mcp.json": JSON.stringify({ mcpServers: { a: { url: "https://x.test" } } }) };
    expect(read(files).spec.server).toEqual([]);
    expect(read(files).said.join()).toContain("import/unread");
  });
  test("another tool's placeholder is text; own keys are kept", () => {
    expect(servers({ a: { command: "x", args: ["${env:T}"], alwaysLoad: true } })).toEqual({
      a: {
        transport: { type: "stdio", command: ["x"], args: [["${env:T}"]] },
        overrides: { claude: { alwaysLoad: true } },
      },
    });
  });
  test("servers without their wrapper, or in the settings, are none", () => {
    expect(items({ ".mcp.json": JSON.stringify({ a: { command: "x" } }) }, "server")).toEqual({});
    expect(items(settings({ mcpServers: { a: { command: "x" } } }), "server")).toEqual({});
  });
});
