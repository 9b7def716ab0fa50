import type { Ask } from "./claude.ts";
import type { Reply } from "./mock.ts";

/** One item of a project, how to make Claude Code use it, and where its canaries must then arrive. */
export interface Row extends Omit<Ask, "cwd"> {
  item: string;
  expect: Expectation;
}

export interface Expectation {
  /**
   * By token: all its places (see `where`) in request 0, 1, ...; the last entry counts for all later requests.
   * `[[]]`: it must never be sent.
   */
  places?: Record<string, string[][]>;
  /** By path below the project: what the run leaves there; null: no such file. */
  leaves?: Record<string, string | null>;
}

/** In a reply, the absolute path of the project. */
export const root = "<root>";

const read = (path: string): Reply => ({ tool: "Read", input: { file_path: `${root}/${path}` } });
const shell = (command: string): Reply => ({ tool: "Bash", input: { command, description: "Run it" } });
const done: Reply = { text: "done" };

/** What a project with one item of each kind must do in Claude Code, whoever wrote its files. */
export const rows: Row[] = [
  {
    item: "pages",
    prompt: "hi",
    replies: [done],
    expect: {
      places: { CANARY_CLAUDE_MD: [["memory CLAUDE.md"]], CANARY_AGENTS_MD: [["memory AGENTS.md"]] },
    },
  },
  {
    item: "rule",
    prompt: "hi",
    replies: [done],
    expect: { places: { CANARY_RULE: [["memory .claude/rules/style.md"]] } },
  },
  {
    item: "conditional rule",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/deep/a.ts"), done],
    expect: { places: { CANARY_CONDITIONAL: [[], [], ["memory .claude/rules/typescript.md"]] } },
  },
  {
    item: "folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: { places: { CANARY_FOLDER: [[], [], ["memory packages/api/AGENTS.md"]] } },
  },
  {
    item: "command",
    prompt: "/ship A 'B C'",
    replies: [done],
    expect: {
      places: {
        CANARY_COMMAND_DESCRIPTION: [["skill list ship"]],
        CANARY_SHIP: [["user text"]],
        "CANARY_SHIP all [A 'B C'] first [A] second [B C]": [["user text"]],
      },
    },
  },
  {
    item: "agent",
    prompt: "hi",
    replies: [
      {
        tool: "Agent",
        input: {
          description: "Review",
          prompt: "CANARY_TASK",
          subagent_type: "reviewer",
          run_in_background: false,
        },
      },
      { text: "reviewed" },
      done,
    ],
    env: { ANTHROPIC_DEFAULT_HAIKU_MODEL: "canary-haiku" },
    expect: {
      places: {
        CANARY_AGENT_DESCRIPTION: [["agent list reviewer"], [], ["agent list reviewer"]],
        CANARY_AGENT_BODY: [[], ["system"], []],
        CANARY_TASK: [[], ["user text"], ["tool call"]],
        "<Read,Grep>": [[], ["tool names"], []],
        "canary-haiku": [[], ["model", "reminder"], []],
      },
    },
  },
  {
    item: "skill",
    prompt: "hi",
    replies: [
      { tool: "Skill", input: { skill: "handbook" } },
      read(".claude/skills/handbook/extra.md"),
      done,
    ],
    expect: {
      places: {
        CANARY_SKILL_DESCRIPTION: [["skill list handbook"]],
        CANARY_SKILL_BODY: [[], ["user text"]],
        CANARY_SKILL_EXTRA: [[], [], ["tool result"]],
      },
    },
  },
  {
    item: "hook",
    prompt: "hi",
    replies: [shell("pwd"), read("notes.txt"), done],
    expect: { leaves: { "hook.txt": "CANARY_HOOK\n" } },
  },
  {
    item: "setting",
    prompt: "hi",
    replies: [done],
    expect: { leaves: { "setting.txt": "CANARY_SETTING\n" } },
  },
  {
    item: "deny read",
    prompt: "hi",
    replies: [read("secret.txt"), done],
    expect: {
      places: { CANARY_SECRET: [[]], "denied by your permission settings": [[], ["tool error"]] },
    },
  },
  {
    item: "deny shell",
    prompt: "hi",
    replies: [shell("node denied.mjs now"), done],
    trusted: true,
    expect: {
      places: { "node denied.mjs now has been denied": [[], ["tool error"]] },
      leaves: { "denied.txt": null },
    },
  },
  {
    item: "allow shell",
    prompt: "hi",
    replies: [shell("node allowed.mjs now"), done],
    trusted: true,
    expect: { leaves: { "allowed.txt": "CANARY_ALLOWED" } },
  },
  {
    item: "server",
    prompt: "hi",
    replies: [done],
    env: { CANARY_TOKEN: "CANARY_TOKEN_VALUE" },
    expect: {
      places: { mcp__tickets__CANARY_MCP_TOOL: [["deferred tools"]], CANARY_TOKEN_VALUE: [[]] },
      leaves: { "mcp-env.txt": "CANARY_TOKEN_VALUE" },
    },
  },
];
