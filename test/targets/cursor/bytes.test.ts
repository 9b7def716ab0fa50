import { describe, expect, test } from "vitest";
import { plan } from "../../../src/core/plan.ts";
import type { Apply, Hook, Rule, Scope, Spec } from "../../../src/core/spec.ts";
import { permissionName } from "../../../src/core/spec.ts";
import type { Target } from "../../../src/core/target.ts";
import { agents } from "../../../src/targets/agents.ts";
import { claude } from "../../../src/targets/claude.ts";
import { cursor } from "../../../src/targets/cursor.ts";
import { spec, worldOf } from "./read.ts";

/** The files that a spec becomes, and what is told of it. */
const written = (some: Partial<Spec>, targets: readonly Target[] = [cursor]) => {
  const p = plan({ targets, known: [agents, claude, cursor], spec: spec(some), world: worldOf({}) });
  expect(p.refusals).toEqual([]);
  return {
    files: Object.fromEntries(p.changes.map((c) => [c.path, c.after])),
    losses: p.losses
      .filter((l) => l.target === "cursor")
      .map((l) => `${l.level} ${l.name} ${l.field.join(".")}: ${l.why}`.replace(" :", ":"))
      .sort(),
  };
};
const lines = (...text: string[]): string => `${text.join("\n")}\n`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const rule = (name: string, apply: Apply, more: Partial<Rule> = {}): Rule => ({
  name,
  apply,
  body: "Body.",
  ...more,
});

describe("rules", () => {
  const globs: Apply = { on: "globs", globs: ["*.ts", "/*.md", "src/**/*.{ts,tsx}"] };
  test("one file each; the head says when", () => {
    const all = written({
      rule: [
        rule("a", { on: "always" }),
        rule("b/c", globs, {
          description: "TypeScript: strict",
          overrides: { cursor: { owner: "web", old: false } },
        }),
        rule("d", { on: "relevant" }, { description: "For\nmigrations" }),
        rule("e", { on: "manual" }, { description: "Never shown" }),
      ],
    });
    expect(all).toEqual({
      files: {
        ".cursor/rules/a.mdc": lines("---", "alwaysApply: true", "---", "", "Body."),
        ".cursor/rules/b/c.mdc": lines(
          "---",
          "description: TypeScript: strict",
          "globs: **/*.ts, *.md, src/**/*.{ts,tsx}",
          "alwaysApply: false",
          "owner: web",
          "old: false",
          "---",
          "",
          "Body.",
        ),
        ".cursor/rules/d.mdc": lines(
          "---",
          "description: For migrations",
          "alwaysApply: false",
          "---",
          "",
          "Body.",
        ),
        ".cursor/rules/e.mdc": lines("---", "alwaysApply: false", "---", "", "Body."),
      },
      losses: [
        "note d description: written on one line",
        "note e description: with a description Cursor would show the rule by itself",
      ],
    });
  });

  test("what the line of globs cannot say", () => {
    const told = (...of: string[]) => written({ rule: [rule("r", { on: "globs", globs: of })] });
    expect(told("a,b").files).toEqual({});
    expect(told("a,b").losses).toEqual([
      "warning r: Cursor parts globs at commas, so none can hold one, nor a space at an end",
    ]);
    expect(told("!x").losses).toEqual(["warning r: Cursor has no way to say only what is excluded"]);
    expect(told("src/**", "!src/gen/**").files[".cursor/rules/r.mdc"]).toContain("globs: src/**\n");
    expect(told("src/**", "!src/gen/**").losses).toEqual([
      "warning r apply.globs: Cursor is not known to exclude: the rule is there for these files too",
    ]);
    expect(told("**/*.ts", "./x").losses).toEqual([
      "note r apply.globs: written as the same glob in Cursor's spelling",
    ]);
    expect(told("*", "**").losses).toEqual([]);
    expect(written({ rule: [rule("r", { on: "relevant" })] }).losses).toEqual([
      "warning r apply.on: Cursor tells by the description when a rule is relevant: without one it waits to be asked for",
    ]);
  });

  test("one for all stands on a page that Cursor loads anyway", () => {
    const two = { rule: [rule("a", { on: "always" }), rule("b", { on: "globs", globs: ["src/**"] })] };
    const withAgents = written(two, [cursor, agents]);
    expect(Object.keys(withAgents.files)).toEqual([".cursor/rules/b.mdc", "AGENTS.md"]);
    expect(withAgents.files["AGENTS.md"]).toContain("read `.portable/rules/b.md` before you work there");
    expect(withAgents.losses).toEqual([]);
    const withClaude = written(two, [claude, cursor]);
    expect(Object.keys(withClaude.files)).toEqual([".claude/rules/b.md", ".cursor/rules/b.mdc", "CLAUDE.md"]);
    expect(withClaude.losses).toEqual([]);
    const withBoth = written({ rule: [two.rule[0]!] }, [claude, agents, cursor]);
    expect(withBoth.files).toEqual({ "AGENTS.md": "Body.\n", "CLAUDE.md": "@AGENTS.md\n" });
    expect(withBoth.losses).toEqual([]);
  });

  test("a page that another tool needs and Cursor loads is told", () => {
    const p = written({ rule: [rule("a", { on: "always" }, { targets: ["claude"] })] }, [claude, cursor]);
    expect(p.losses).toEqual(["warning a: it stands in a place shared with a target that wants it"]);
  });
});

describe("commands, skills, agents", () => {
  const command = {
    name: "ship",
    description: "Ship: it",
    hint: "[env]",
    arguments: ["env"],
    allowedTools: ["Read"],
    model: "haiku",
    body: ["Ship ", { arg: "all" as const }, " to ", { named: "env" }, "; ", { shell: "git log" }],
  };
  const agent = {
    name: "reviewer",
    description: 'Reviews: "hard"',
    model: "inherit",
    tools: ["Read", "Grep"],
    body: "Look hard.",
    overrides: { cursor: { readonly: true } },
  };
  const skill = {
    name: "s",
    files: { "SKILL.md": { content: "---\nname: s\n---\n" }, "run.sh": { content: "x\n" } },
  };

  test("a command is a skill that only a person starts; holes are told in words", () => {
    expect(written({ command: [command] })).toEqual({
      files: {
        ".cursor/skills/ship/SKILL.md": lines(
          "---",
          'name: "ship"',
          "disable-model-invocation: true",
          'description: "Ship: it"',
          "---",
          "",
          'Ship (what the user typed after the command) to (the argument "env" that the user typed); (the output of `git log`)',
        ),
      },
      losses: [
        "warning ship body: what stands in {{...}} is described in words: the tool does not fill it in",
        "note ship hint: Cursor shows no hint for what follows a command's name",
        "note ship arguments: Cursor fills nothing in: the names are told in words",
        "warning ship allowedTools: a skill of Cursor's does not limit its tools",
        "warning ship model: a skill of Cursor's runs with the model of the conversation",
      ].sort(),
    });
  });
  test("an agent, in bare lines", () => {
    expect(written({ agent: [agent] })).toEqual({
      files: {
        ".cursor/agents/reviewer.md": lines(
          "---",
          "name: reviewer",
          'description: Reviews: "hard"',
          "model: inherit",
          "tools: Read, Grep",
          "readonly: true",
          "---",
          "",
          "Look hard.",
        ),
      },
      losses: [],
    });
  });
  test("a skill and a command of other names side by side; the same name is the skill's", () => {
    const both = written({
      skill: [skill],
      command: [
        { ...command, hint: "x" },
        { name: "s", body: ["B"] },
      ],
    });
    expect(Object.keys(both.files)).toEqual([
      ".cursor/skills/s/SKILL.md",
      ".cursor/skills/s/run.sh",
      ".cursor/skills/ship/SKILL.md",
    ]);
    expect(both.files[".cursor/skills/s/SKILL.md"]).toBe("---\nname: s\n---\n");
    expect(both.losses).toContain("warning s: another item stands at .cursor/skills/s/SKILL.md");
  });
  test("beside Claude Code, what Cursor reads of its files is not written again", () => {
    const all = written(
      { skill: [skill], agent: [{ ...agent, description: "Reviews" }], command: [command] },
      [cursor, claude],
    );
    expect(Object.keys(all.files)).toEqual([
      ".claude/agents/reviewer.md",
      ".claude/commands/ship.md",
      ".claude/skills/s/SKILL.md",
      ".claude/skills/s/run.sh",
      ".cursor/skills/ship/SKILL.md",
    ]);
    expect(all.files[".claude/agents/reviewer.md"]).toBe(
      lines(
        "---",
        "name: reviewer",
        "description: Reviews",
        "model: inherit",
        "tools: Read, Grep",
        "readonly: true",
        "---",
        "",
        "Look hard.",
      ),
    );
    expect(all.losses.filter((l) => !l.includes(" ship "))).toEqual([]);
  });
  test("what a bare line cannot say", () => {
    const told = (more: object) => written({ agent: [{ name: "a", body: "B", ...more }] }).losses;
    expect(told({ description: "a\nb" })).toEqual([
      "note a description: written on one line, without the spaces at its ends",
    ]);
    expect(told({ tools: ["Bash(a, b)"] })).toEqual([
      "warning a tools: Cursor parts the tools of an agent at commas",
    ]);
    expect(told({ body: " " })).toEqual(["warning a: Cursor ignores an agent without a body"]);
    expect(told({ overrides: { cursor: { deep: { a: 1 } } } })).toEqual([
      "warning a overrides: a head of Cursor's holds text on one line only",
    ]);
  });
});

describe("hooks", () => {
  const hook = (name: string, on: Hook["on"], more: Partial<Hook> = {}): Hook => ({
    name,
    on,
    run: `./${name}.sh`,
    ...more,
  });
  test("a new file has a version", () => {
    const all = written({
      hook: [
        hook("fmt", "afterTool", { tools: ["edit", "write"], timeoutMs: 1500 }),
        hook("guard", "beforeTool", { tools: ["shell", "read"] }),
        hook("hi", "sessionStart"),
      ],
    });
    expect(all).toEqual({
      files: {
        ".cursor/hooks.json": json({
          version: 1,
          hooks: {
            postToolUse: [{ matcher: "Write", command: "./fmt.sh", timeout: 1.5 }],
            preToolUse: [{ matcher: "Shell|Read", command: "./guard.sh" }],
            sessionStart: [{ command: "./hi.sh" }],
          },
        }),
      },
      losses: [],
    });
  });
  test("what Cursor cannot watch is told, and never widened to every tool", () => {
    const told = (...of: Hook[]) => written({ hook: of });
    expect(told(hook("n", "notification"))).toEqual({
      files: {},
      losses: ["warning n: Cursor has no event for notifications"],
    });
    expect(told(hook("w", "beforeTool", { tools: ["web", "mcp:db"] }))).toEqual({
      files: {},
      losses: [
        "warning w: Cursor's names for these tools are not known, and without them the hook would run on every tool",
      ],
    });
    expect(told(hook("m", "beforeTool", { tools: ["shell", "search"] })).losses).toEqual([
      "warning m tools: Cursor's names for some of these tools are not known",
    ]);
    expect(told(hook("e", "afterTool", { tools: ["edit"] })).losses).toEqual([
      "warning e tools: Cursor has one tool for edit and write: the hook runs on both",
    ]);
    expect(told(hook("s", "stop", { tools: ["shell"] }))).toEqual({
      files: { ".cursor/hooks.json": json({ version: 1, hooks: { stop: [{ command: "./s.sh" }] } }) },
      losses: ["warning s tools: Cursor's event is not about a tool"],
    });
  });
  test("beside Claude Code they stand in its settings only: hooks of every file run", () => {
    const all = written({ hook: [hook("hi", "sessionStart")] }, [claude, cursor]);
    expect(Object.keys(all.files)).toEqual([".claude/settings.json"]);
    expect(all.losses).toEqual([]);
  });
  test("the file goes with the last of our hooks, and stays where someone else's are", () => {
    const first = plan({ targets: [cursor], spec: spec({ hook: [hook("hi", "stop")] }), world: worldOf({}) });
    const none = plan({ targets: [cursor], spec: spec({}), world: first.after });
    expect(none.changes.map((c) => [c.path, c.after])).toEqual([[".cursor/hooks.json", undefined]]);
    const mine = '{\n  // ours\n  "version": 1,\n  "hooks": { "stop": [{ "command": "./own.sh" }] }\n}\n';
    const more = plan({
      targets: [cursor],
      spec: spec({ hook: [hook("hi", "stop")] }),
      world: worldOf({ ".cursor/hooks.json": mine }),
    });
    expect(more.changes[0]!.after).toContain('[{ "command": "./own.sh" }, {"command": "./hi.sh"}]');
    const back = plan({ targets: [cursor], spec: spec({}), world: more.after });
    expect(back.changes.map((c) => c.after)).toEqual([mine]);
  });
});

describe("permissions", () => {
  const permission = (effect: "allow" | "ask" | "deny", scope: Scope) => ({
    name: permissionName(effect, scope),
    effect,
    scope,
  });
  const weak = "holds for Cursor's command line client only; the editor keeps its own lists";
  test("tokens of the command line client", () => {
    const all = written({
      permission: [
        permission("allow", { on: "shell", argv: ["git"] }),
        permission("allow", { on: "mcp", tool: "db/query" }),
        permission("allow", { on: "mcp", tool: "db" }),
        permission("deny", { on: "read", glob: ".env*" }),
        permission("deny", { on: "edit", glob: "/dist/**" }),
        permission("deny", { on: "web", host: "x.test" }),
      ],
    });
    expect(all.files).toEqual({
      ".cursor/cli.json": json({
        permissions: {
          allow: ["Mcp(db:*)", "Mcp(db:query)", "Shell(git)"],
          deny: ["Write(dist/**)", "Read(**/.env*)", "WebFetch(x.test)"],
        },
      }),
    });
    expect(all.losses.filter((l) => !l.includes(weak))).toEqual([
      "note deny edit /dist/** scope.glob: written as the same glob in Cursor's spelling",
    ]);
    expect(all.losses.filter((l) => l.includes(weak))).toHaveLength(6);
  });
  test("a file with one list has the other, empty", () => {
    const all = written({ permission: [permission("deny", { on: "shell", argv: ["rm"] })] });
    expect(all.files[".cursor/cli.json"]).toBe(json({ permissions: { allow: [], deny: ["Shell(rm)"] } }));
  });
  test("what no token says is not written weaker or wider", () => {
    const told = (effect: "allow" | "ask" | "deny", scope: Scope) =>
      written({ permission: [permission(effect, scope)] });
    const push: Scope = { on: "shell", argv: ["git", "push"] };
    const first = "Cursor's token for a command names its first word only";
    expect(told("deny", push)).toEqual({ files: {}, losses: [`error deny shell git push: ${first}`] });
    expect(told("allow", push)).toEqual({ files: {}, losses: [`warning allow shell git push: ${first}`] });
    expect(told("ask", { on: "shell", argv: ["git"] })).toEqual({
      files: {},
      losses: ["error ask shell git: Cursor's permissions allow or deny; what neither names is asked about"],
    });
    for (const scope of [
      { on: "shell", argv: ["g*"] },
      { on: "web", host: "*.x.test" },
      { on: "read", glob: "!x" },
      { on: "read", glob: "a(b)" },
      { on: "mcp", tool: "a b/c" },
    ] satisfies Scope[]) {
      const { files, losses } = told("deny", scope);
      expect(files).toEqual({});
      expect(losses).toEqual([expect.stringMatching(/^error .*: \S/)]);
    }
  });
});

describe("servers, ignored files", () => {
  test("variables are env:, without defaults; a remote server has no type", () => {
    const remote = { url: ["https://x.test"], headers: { Authorization: ["Bearer ", { env: "T" }] } };
    const all = written({
      server: [
        {
          name: "a",
          transport: {
            type: "stdio",
            command: ["npx"],
            args: [["-y"], ["--key=", { env: "KEY" }]],
            env: { T: [{ env: "T" }] },
            cwd: "sub",
          },
          timeoutMs: 5000,
        },
        { name: "b", transport: { type: "http", ...remote } },
        { name: "c", transport: { type: "sse", ...remote } },
        { name: "d", transport: { type: "stdio", command: ["x"], env: { T: [{ env: "T", or: "d" }] } } },
      ],
      retrieval: [{ name: "e", source: { type: "mcp", mcp: { type: "stdio", command: ["search"] } } }],
    });
    const said = { url: "https://x.test", headers: { Authorization: "Bearer ${env:T}" } };
    expect(all.files).toEqual({
      ".cursor/mcp.json": json({
        mcpServers: {
          a: { command: "npx", args: ["-y", "--key=${env:KEY}"], env: { T: "${env:T}" }, cwd: "sub" },
          b: said,
          c: { type: "sse", ...said },
          d: { command: "x", env: { T: "${env:T}" } },
          e: { command: "search" },
        },
      }),
    });
    expect(all.losses).toEqual([
      "note a timeoutMs: Cursor has no timeout for a server",
      "warning d transport.env.T: Cursor's mcp.json has no way to say this",
    ]);
  });
  test("one line each; a line that would be a comment is told", () => {
    const all = written({ ignore: [{ name: "dist/**" }, { name: "!keep" }, { name: "# no" }] });
    expect(all.files).toEqual({ ".cursorignore": "dist/**\n!keep\n" });
    expect(all.losses).toEqual([
      "note !keep: commands in the terminal and MCP servers still reach these files",
      "note dist/**: commands in the terminal and MCP servers still reach these files",
      "warning # no: a line of .cursorignore cannot hold this",
    ]);
  });
});
