import { describe, expect, test } from "vitest";
import { plan } from "../../../src/core/plan.ts";
import { emptySpec, type Spec } from "../../../src/core/spec.ts";
import { emptyWorld } from "../../../src/core/surface.ts";
import { claude } from "../../../src/targets/claude.ts";

/** The files that a spec becomes, and what is told of it. */
const written = (spec: Partial<Spec>) => {
  const p = plan({ targets: [claude], spec: { ...emptySpec(), ...spec }, world: emptyWorld() });
  expect(p.refusals).toEqual([]);
  return {
    files: Object.fromEntries(p.changes.map((c) => [c.path, c.after])),
    losses: p.losses.map((l) => `${l.name} ${l.field.join(".")}: ${l.why}`.replace("  ", " ")),
  };
};
const lines = (...text: string[]): string => `${text.join("\n")}\n`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

describe("exact bytes, one full item of each kind", () => {
  test("a rule with globs", () => {
    const rule = {
      name: "web/ts",
      description: "TypeScript",
      agents: ["a"],
      apply: { on: "globs" as const, globs: ["src/**/*.{ts,tsx}", "lib/**"] },
      body: "Be strict.",
    };
    expect(written({ rule: [rule] })).toEqual({
      files: {
        ".claude/rules/web/ts.md": lines(
          "---",
          "paths:",
          '  - "src/**/*.{ts,tsx}"',
          '  - "lib/**"',
          "---",
          "",
          "Be strict.",
        ),
      },
      losses: [
        "web/ts description: Claude Code reads only `paths` from a rule's head",
        "web/ts agents: Claude Code shows a rule to every agent",
      ],
    });
  });

  test("a rule with an exclusion, and one for the files of a folder", () => {
    const rule = (name: string, ...globs: string[]) => ({
      name,
      apply: { on: "globs" as const, globs },
      body: "B",
    });
    const head = (...globs: string[]) =>
      lines("---", "paths:", ...globs.map((g) => `  - "${g}"`), "---", "", "B");
    expect(written({ rule: [rule("a", "src/**", "!src/gen/**"), rule("b", "src/*")] })).toEqual({
      files: {
        ".claude/rules/a.md": head("src/**/*", "!src/gen/**/*", "!**/"),
        ".claude/rules/b.md": head("src/*", "!**/"),
      },
      losses: [],
    });
  });

  test("one rule for all, and three of several kinds", () => {
    const rule = { name: "style", apply: { on: "always" as const }, body: "Be kind.\n\nAnd short." };
    expect(written({ rule: [rule] }).files).toEqual({ "CLAUDE.md": "Be kind.\n\nAnd short.\n" });
    const relevant = {
      name: "db",
      description: "migrations",
      apply: { on: "relevant" as const },
      body: "Ask first.",
    };
    const manual = { name: "zed", apply: { on: "manual" as const }, body: "Last." };
    expect(written({ rule: [manual, relevant, rule] }).files).toEqual({
      "CLAUDE.md": lines(
        "<!-- portable:rule db when -->",
        "> Applies when this is relevant: migrations",
        "",
        "Ask first.",
        "<!-- portable:end db -->",
        "",
        "<!-- portable:rule style -->",
        "Be kind.",
        "",
        "And short.",
        "<!-- portable:end style -->",
        "",
        "<!-- portable:rule zed when -->",
        "> Applies only when it is asked for by name.",
        "",
        "Last.",
        "<!-- portable:end zed -->",
      ),
    });
  });

  test("a command", () => {
    const body = [
      "Ship ",
      { arg: "all" },
      " or ",
      { arg: 1 },
      " to ",
      { named: "env" },
      "; $1 is text\n",
      { shell: "git log" },
      "\n",
      { file: "docs/a.md" },
    ] as const;
    const command = {
      name: "ops/ship",
      description: "Ship: it",
      hint: "[env]",
      arguments: ["env", "note"],
      allowedTools: ["Bash(git log:*)", "Read"],
      model: "haiku",
      body,
      overrides: { claude: { effort: "low" } },
    };
    expect(written({ command: [command] })).toEqual({
      files: {
        ".claude/commands/ops/ship.md": lines(
          "---",
          'description: "Ship: it"',
          'argument-hint: "[env]"',
          "arguments:",
          '  - "env"',
          '  - "note"',
          'allowed-tools: "Bash(git log:*), Read"',
          'model: "haiku"',
          'effort: "low"',
          "---",
          "",
          "Ship $ARGUMENTS or $ARGUMENTS[0] to $env; \\$1 is text",
          "!`git log`",
          "@docs/a.md",
        ),
      },
      losses: [],
    });
  });

  test("an agent", () => {
    const agent = {
      name: "reviewer",
      description: "Reviews",
      model: "haiku",
      tools: ["Read", "Grep"],
      body: "Look hard.",
    };
    expect(written({ agent: [agent] })).toEqual({
      files: {
        ".claude/agents/reviewer.md": lines(
          "---",
          "name: reviewer",
          "description: Reviews",
          "model: haiku",
          "tools: Read, Grep",
          "---",
          "",
          "Look hard.",
        ),
      },
      losses: [],
    });
  });

  test("a skill, byte for byte", () => {
    const files = {
      "SKILL.md": { content: "---\r\nname: s\r\n---\r\n" },
      "run.sh": { content: "#!/bin/sh\n", exec: true as const },
    };
    expect(written({ skill: [{ name: "s", files }] })).toEqual({
      files: {
        ".claude/skills/s/SKILL.md": "---\r\nname: s\r\n---\r\n",
        ".claude/skills/s/run.sh": "#!/bin/sh\n",
      },
      losses: [],
    });
  });

  test("hooks, permissions and settings in one file", () => {
    const all = written({
      hook: [
        {
          name: "fmt",
          on: "afterTool",
          tools: ["edit", "write", "search", "web", "mcp:db", "mcp:db/get"],
          run: "./fmt.sh",
          timeoutMs: 1500,
        },
        { name: "hi", on: "sessionStart", run: "echo hi" },
      ],
      permission: [
        { name: "allow shell npm test", effect: "allow", scope: { on: "shell", argv: ["npm", "test"] } },
        { name: "ask edit src/**", effect: "ask", scope: { on: "edit", glob: "src/**" } },
        { name: "deny mcp db/drop", effect: "deny", scope: { on: "mcp", tool: "db/drop" } },
        { name: "deny read .env*", effect: "deny", scope: { on: "read", glob: ".env*" } },
        { name: "deny web x.test", effect: "deny", scope: { on: "web", host: "x.test" } },
      ],
      setting: [{ name: "claude/env/A", path: ["env", "A"], value: "1", targets: ["claude"] }],
    });
    expect(all.losses).toEqual([]);
    expect(Object.keys(all.files)).toEqual([".claude/settings.json"]);
    expect(all.files[".claude/settings.json"]).toBe(
      json({
        env: { A: "1" },
        hooks: {
          PostToolUse: [
            {
              matcher: "Edit|Write|Grep|Glob|WebFetch|WebSearch|mcp__db__.*|mcp__db__get",
              hooks: [{ type: "command", command: "./fmt.sh", timeout: 1.5 }],
            },
          ],
          SessionStart: [{ hooks: [{ type: "command", command: "echo hi" }] }],
        },
        permissions: {
          allow: ["Bash(npm test:*)"],
          ask: ["Edit(/src/**)"],
          deny: ["mcp__db__drop", "Read(/**/.env*)", "WebFetch(domain:x.test)"],
        },
      }),
    );
  });

  test("servers of each transport, and retrieval over one", () => {
    const stdio = {
      type: "stdio" as const,
      command: ["npx"],
      args: [["-y"], ["--key=", { env: "KEY" }]],
      env: { T: [{ env: "T", or: "d" }] },
    };
    const remote = { url: ["https://x.test"], headers: { Authorization: ["Bearer ", { env: "T" }] } };
    const all = written({
      server: [
        { name: "a", transport: stdio, timeoutMs: 5000 },
        { name: "b", transport: { type: "http", ...remote } },
        { name: "c", transport: { type: "sse", ...remote } },
      ],
      retrieval: [{ name: "d", source: { type: "mcp", mcp: { type: "stdio", command: ["search"] } } }],
    });
    expect(all).toEqual({
      files: {
        ".mcp.json": json({
          mcpServers: {
            a: {
              type: "stdio",
              command: "npx",
              args: ["-y", "--key=${KEY}"],
              env: { T: "${T:-d}" },
              timeout: 5000,
            },
            b: { type: "http", url: "https://x.test", headers: { Authorization: "Bearer ${T}" } },
            c: { type: "sse", url: "https://x.test", headers: { Authorization: "Bearer ${T}" } },
            d: { type: "stdio", command: "search" },
          },
        }),
      },
      losses: [],
    });
  });
});

describe("what Claude Code cannot hold is told", () => {
  const told = (spec: Partial<Spec>): string[] => written(spec).losses;
  test("facts of single fields", () => {
    const glob = (...globs: string[]) =>
      told({ rule: [{ name: "r", apply: { on: "globs", globs }, body: "B" }] });
    expect(glob("./src/**")).toEqual(["r apply.globs: Claude Code never matches a glob that begins with ./"]);
    expect(glob("src/**/*", "!src/a")).toEqual(["r apply.globs: written as the same glob without /*"]);
    expect(
      told({ server: [{ name: "s", transport: { type: "stdio", command: ["x"] }, timeoutMs: 999 }] }),
    ).toEqual(["s timeoutMs: Claude Code ignores a timeout below one second"]);
    expect(
      told({ server: [{ name: "s", transport: { type: "stdio", command: ["x"] }, timeoutMs: 1000 }] }),
    ).toEqual([]);
    expect(told({ server: [{ name: "s", transport: { type: "stdio", command: ["x"], cwd: "d" } }] })).toEqual(
      ["s transport.cwd: Claude Code starts servers in the project folder"],
    );
  });
  test("a deny that no pattern says is an error, and is not written weaker", () => {
    const deny = (scope: Spec["permission"][number]["scope"]) =>
      plan({
        targets: [claude],
        spec: { ...emptySpec(), permission: [{ name: "p", effect: "deny", scope }] },
        world: emptyWorld(),
      });
    for (const scope of [
      { on: "shell" as const, argv: ["rm", "a b"] },
      { on: "shell" as const, argv: ["rm", "*"] },
      { on: "read" as const, glob: "a(b).md" },
      { on: "web" as const, host: "*.x.test" },
    ]) {
      const p = deny(scope);
      expect(p.changes).toEqual([]);
      expect(p.losses.map((l) => l.level)).toEqual(["error"]);
      expect(p.losses[0]!.why).toBeTruthy();
    }
  });
});
