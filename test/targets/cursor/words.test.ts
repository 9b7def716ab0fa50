import { describe, expect, test } from "vitest";
import { items, read } from "./read.ts";

describe("skills and commands", () => {
  const command =
    "---\nname: ship\ndescription: D\ndisable-model-invocation: true\n---\n\nShip it with $1.\n";
  const skill = '---\nname: s\ndescription: "a: b"\n---\n\nDo.\n';

  test("a skill that only a person starts and that is one file is a command", () => {
    const files = {
      ".cursor/skills/ship/SKILL.md": command,
      ".cursor/skills/s/SKILL.md": skill,
      ".cursor/skills/s/run.sh": "x\n",
    };
    expect(items(files, "command")).toEqual({ ship: { description: "D", body: ["Ship it with $1."] } });
    expect(Object.keys(items(files, "skill"))).toEqual(["s"]);
    expect(read(files).said).toEqual([]);
  });
  test("with more files it is a skill", () => {
    for (const more of ["run.sh", "scripts/run.sh"]) {
      const files = { ".cursor/skills/ship/SKILL.md": command, [`.cursor/skills/ship/${more}`]: "x\n" };
      expect(items(files, "command")).toEqual({});
      expect(items(files, "skill")).toMatchObject({ ship: { files: { [more]: { content: "x\n" } } } });
    }
  });
  test("commands in folders, named by their head or else by their folder", () => {
    const bare = "---\ndisable-model-invocation: true\n---\nB\n";
    const files = { ".cursor/skills/git/undo/SKILL.md": bare, ".cursor/skills/x/SKILL.md": command };
    expect(items(files, "command")).toEqual({
      "git/undo": { body: ["B"] },
      ship: { description: "D", body: ["Ship it with $1."], paths: { cursor: ".cursor/skills/x/SKILL.md" } },
    });
    expect(items(files, "skill")).toEqual({});
    expect(read(files, true).said).toEqual([]);
  });
  test("a head that is not YAML is none: the file is a skill, kept as it is", () => {
    const broken = "---\nname: ship\ndescription: a: b: c\ndisable-model-invocation: true\n---\nB\n";
    expect(items({ ".cursor/skills/ship/SKILL.md": broken }, "command")).toEqual({});
    expect(Object.keys(items({ ".cursor/skills/ship/SKILL.md": broken }, "skill"))).toEqual(["ship"]);
  });
  test("old commands are text, placeholders of other tools too", () => {
    const files = {
      ".cursor/commands/fix.md": "Fix $ARGUMENTS and $1.\n",
      ".cursor/commands/x.txt": "no\n",
    };
    expect(items(files, "command")).toEqual({ fix: { body: ["Fix $ARGUMENTS and $1."] } });
  });
  test("Claude Code's skills and agents are Cursor's too, its commands are not", () => {
    const files = {
      ".claude/skills/s/SKILL.md": skill,
      ".claude/agents/a.md": "---\nname: a\ndescription: D\n---\nB\n",
      ".claude/commands/c.md": "C\n",
    };
    expect(Object.keys(items(files, "skill"))).toEqual(["s"]);
    expect(Object.keys(items(files, "agent"))).toEqual(["a"]);
    expect(items(files, "command")).toEqual({});
  });
});

describe("agents are read line by line", () => {
  const agent = (head: string, body = "B\n") =>
    items({ ".cursor/agents/a.md": `---\n${head}\n---\n\n${body}` }, "agent");
  test("quotes, brackets and comments are part of the text", () => {
    expect(agent('name: r\ndescription: "Reviews" # hard\ntools: [Read, Grep]\nmodel: inherit')).toEqual({
      r: {
        description: '"Reviews" # hard',
        tools: ["[Read", "Grep]"],
        model: "inherit",
        body: "B",
        paths: { cursor: ".cursor/agents/a.md" },
      },
    });
  });
  test("its own keys; a name from the file", () => {
    expect(agent("description: D: d\ntools: Read, Grep\nreadonly: true\nforce-default-model: x")).toEqual({
      a: {
        description: "D: d",
        tools: ["Read", "Grep"],
        body: "B",
        overrides: { cursor: { readonly: true, "force-default-model": "x" } },
      },
    });
  });
  test("several lines are nothing that Cursor reads; an empty body is no agent", () => {
    expect(agent("description: D\ntools:\n  - Read")).toEqual({ a: { description: "D", body: "B" } });
    expect(agent("description: D", "")).toEqual({});
    expect(read({ ".cursor/agents/a.md": "---\nname: a\n---\n" }, true).said.join()).toContain(
      "without a body",
    );
  });
});

describe("hooks", () => {
  const hooks = (of: object) =>
    items({ ".cursor/hooks.json": JSON.stringify({ version: 1, hooks: of }) }, "hook");
  test("events and tools that have neutral names", () => {
    expect(
      hooks({
        preToolUse: [{ command: "./guard.sh", matcher: "Shell|Read", failClosed: true }],
        postToolUse: [{ type: "command", command: "./fmt.sh", matcher: "Write", timeout: 2 }],
        beforeSubmitPrompt: [{ command: "./p.sh" }],
        subagentStop: [{ command: "./s.sh" }],
        preCompact: [{ command: "./c.sh" }],
      }),
    ).toEqual({
      "beforeTool-guard.sh": {
        on: "beforeTool",
        tools: ["shell", "read"],
        run: "./guard.sh",
        overrides: { cursor: { failClosed: true } },
      },
      "afterTool-fmt.sh": { on: "afterTool", tools: ["edit", "write"], run: "./fmt.sh", timeoutMs: 2000 },
      "promptSubmit-p.sh": { on: "promptSubmit", run: "./p.sh" },
      "subagentStop-s.sh": { on: "subagentStop", run: "./s.sh" },
      "beforeCompact-c.sh": { on: "beforeCompact", run: "./c.sh" },
    });
  });
  test("what has none is left where it stands and told", () => {
    const files = {
      ".cursor/hooks.json": JSON.stringify({
        version: 1,
        hooks: {
          afterFileEdit: [{ command: "pnpm fix" }],
          preToolUse: [
            { command: "./x.sh", matcher: "MCP:query" },
            { type: "prompt", prompt: "?" },
          ],
          subagentStop: [{ command: "./y.sh", matcher: "explore" }],
        },
      }),
    };
    expect(items(files, "hook")).toEqual({});
    expect(read(files, true).said.filter((s) => s.startsWith("import/unread"))).toHaveLength(4);
  });
  test("those of Claude Code's settings run in Cursor", () => {
    const settings = { hooks: { Stop: [{ hooks: [{ type: "command", command: "./s.sh" }] }] } };
    expect(items({ ".claude/settings.json": JSON.stringify(settings) }, "hook")).toEqual({
      "stop-s.sh": { on: "stop", run: "./s.sh" },
    });
  });
});

describe("permissions", () => {
  const read = (permissions: object) =>
    Object.keys(items({ ".cursor/cli.json": JSON.stringify({ permissions }) }, "permission"));
  test("tokens that have a neutral form", () => {
    expect(
      read({
        allow: [
          "Shell(git)",
          "Shell(curl:*)",
          "Read(src/**)",
          "WebFetch(docs.x.test)",
          "Mcp(db:query)",
          "Mcp(db:*)",
        ],
        deny: ["Write(**/*.key)", "Read(.env*)"],
      }),
    ).toEqual([
      "allow shell git",
      "allow shell curl",
      "allow read src/**",
      "allow web docs.x.test",
      "allow mcp db/query",
      "allow mcp db",
      "deny edit *.key",
      "deny read /.env*",
    ]);
  });
  test("patterns that have none", () => {
    const tokens = [
      "Shell(npm:run *)",
      "Shell(*)",
      "WebFetch(*.x.test)",
      "Mcp(*:*)",
      "Task(x)",
      "Shell",
      "Read(!x)",
    ];
    expect(read({ allow: tokens })).toEqual([]);
  });
});

describe("servers and ignored files", () => {
  test("with and without a type; only env: is a variable", () => {
    const mcpServers = {
      a: { command: "npx", args: ["--k=${env:K}", "${K}", "${workspaceFolder}/x"], envFile: ".env" },
      b: { type: "stdio", command: "x" },
      c: { url: "https://x.test", headers: { A: "Bearer ${env:T}" } },
      d: { type: "sse", url: "https://x.test/sse" },
      e: { type: "streamable-http", url: "https://x.test", auth: { CLIENT_ID: "${env:C}" } },
    };
    expect(items({ ".cursor/mcp.json": JSON.stringify({ mcpServers }) }, "server")).toEqual({
      a: {
        transport: {
          type: "stdio",
          command: ["npx"],
          args: [["--k=", { env: "K" }], ["${K}"], ["${workspaceFolder}/x"]],
        },
        overrides: { cursor: { envFile: ".env" } },
      },
      b: { transport: { type: "stdio", command: ["x"] } },
      c: { transport: { type: "http", url: ["https://x.test"], headers: { A: ["Bearer ", { env: "T" }] } } },
      d: { transport: { type: "sse", url: ["https://x.test/sse"] } },
      e: {
        transport: { type: "http", url: ["https://x.test"] },
        overrides: { cursor: { auth: { CLIENT_ID: "${env:C}" } } },
      },
    });
  });
  test("lines, without comments", () =>
    expect(Object.keys(items({ ".cursorignore": "# build\ndist/\n\n*.log\n!keep.log\n" }, "ignore"))).toEqual(
      ["dist/", "*.log", "!keep.log"],
    ));
});
