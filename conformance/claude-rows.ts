import type { Ask } from "./claude.ts";
import type { Spec } from "./claude-project.ts";
import * as specs from "./claude-spec.ts";
import type { Reply } from "./mock.ts";

/** One item of a project, how to make Claude Code use it, and where its canaries must then arrive. */
export interface Row extends Omit<Ask, "cwd"> {
  item: string;
  expect: Expectation;
  /** Why we do not write it as the row expects. */
  known?: string;
}

export interface Expectation {
  /**
   * By token: all its places (see `where`) in request 0, 1, ...; the last entry counts for all later requests.
   * `[[]]`: it must never be sent.
   */
  places?: Record<string, string[][]>;
  /** By path below the project: what the run leaves there; null: no such file. */
  leaves?: Record<string, string | null>;
  /** By path of the remote server: headers that every request to it has. */
  headers?: Record<string, Record<string, string>>;
  /** How many requests the client makes; without it, one for each reply. */
  requests?: number;
}

/** In a row, the absolute path of the project, and the origin of the remote server. */
export const root = "<root>";
export const remote = "<remote>";

const read = (path: string): Reply => ({ tool: "Read", input: { file_path: `${root}/${path}` } });
const write = (path: string): Reply => ({
  tool: "Write",
  input: { file_path: `${root}/${path}`, content: "written\n" },
});
const edit = (path: string, from: string): Reply => ({
  tool: "Edit",
  input: { file_path: `${root}/${path}`, old_string: from, new_string: "edited" },
});
const shell = (command: string): Reply => ({ tool: "Bash", input: { command, description: "Run it" } });
const call = (tool: string): Reply => ({ tool, input: {} });
const agent = (name: string): Reply => ({
  tool: "Agent",
  input: { description: "Do it", prompt: "CANARY_TASK", subagent_type: name, run_in_background: false },
});
const done: Reply = { text: "done" };
const token = { CANARY_TOKEN: "CANARY_VALUE" };

const atStart = (item: string, places: Record<string, string>): Row => ({
  item,
  prompt: "hi",
  replies: [done],
  expect: {
    places: Object.fromEntries(Object.entries(places).map(([t, place]) => [t, place ? [[place]] : [[]]])),
  },
});

const rules: Row[] = [
  atStart("rule for all", {
    CANARY_RULE: "memory CLAUDE.md",
    CANARY_IMPORTED: "memory docs/more.md",
    CANARY_ONLY_HERE: "memory CLAUDE.md",
    CANARY_ONLY_THERE: "",
    "portable:": "",
  }),
  {
    item: "rule with globs",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/gen/b.ts"), read("src/deep/a.ts"), done],
    expect: { places: { CANARY_CONDITIONAL: [[], [], [], ["memory .claude/rules/typescript.md"]] } },
  },
  {
    item: "rule for one folder's files",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/deep/a.ts"), read("src/top.ts"), done],
    expect: { places: { CANARY_FLAT: [[], [], [], ["memory .claude/rules/flat.md"]] } },
  },
  {
    item: "rule with an exclusion from a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/gen/b.ts"), read("src/deep/a.ts"), done],
    expect: { places: { CANARY_EXCLUDED: [[], [], [], ["memory .claude/rules/excluded.md"]] } },
  },
  {
    item: "rule with a bare glob",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: { places: { CANARY_ANY_DEPTH: [[], [], ["memory .claude/rules/lang/go.md"]] } },
  },
  {
    item: "rule with globs and an import",
    known:
      "Claude Code resolves `@path` from the folder of the rule's own file; we leave it as the spec has it",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/deep/a.ts"), done],
    expect: {
      places: {
        CANARY_SCOPED: [[], [], ["memory .claude/rules/with-import.md", "memory docs/scoped.md"]],
        CANARY_SCOPED_IMPORT: [[], [], ["memory docs/scoped.md"]],
      },
    },
  },
  {
    item: "rule of a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: {
      places: {
        "CANARY_FOLDER,": [[], [], ["memory packages/api/CLAUDE.md"]],
        CANARY_FOLDER_IMPORT: [[], [], ["memory packages/api/guide.md"]],
      },
    },
  },
  {
    item: "rule of a folder with globs",
    prompt: "hi",
    replies: [read("src/deep/a.ts"), read("packages/api/main.go"), read("packages/api/src/main.go"), done],
    expect: {
      places: { CANARY_FOLDER_SCOPED: [[], [], [], ["memory packages/api/.claude/rules/inner.md"]] },
    },
  },
  {
    item: "skill of a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: { places: { CANARY_FOLDER_SKILL: [[], [], ["skill list api-help"]] } },
  },
];

const prompts: Row[] = [
  {
    item: "command",
    prompt: "/ship A 'B C'",
    replies: [done],
    env: { ANTHROPIC_DEFAULT_HAIKU_MODEL: "canary-haiku" },
    expect: {
      places: {
        CANARY_COMMAND_DESCRIPTION: [["skill list ship"]],
        CANARY_SHIP: [["user text"]],
        "CANARY_SHIP all [A 'B C'] again [A 'B C'] first [A] second [B C]": [["user text"]],
        "awk '{print $1, $ENV, $10}' $ARGUMENTS {{arguments}} $ARGUMENTS_X ${X} {{x}} x=!`id`": [
          ["user text"],
        ],
        "canary-haiku": [["model"]],
      },
    },
  },
  {
    item: "command with named arguments",
    prompt: "/deploy prod 'eu west'",
    replies: [done],
    expect: {
      places: {
        CANARY_NAMED_DESCRIPTION: [["skill list deploy"]],
        CANARY_DEPLOY: [["user text"]],
        "CANARY_DEPLOY to [prod] in [eu west], not $env, $region or {{other}}": [["user text"]],
      },
    },
  },
  {
    item: "command that runs and attaches",
    prompt: "/ops:look",
    replies: [done],
    expect: {
      places: {
        CANARY_LOOK_DESCRIPTION: [["skill list ops:look"]],
        "CANARY_LOOK\nCANARY_SHELL\n23\n@notes.txt": [["user text"]],
        "nothing of interest": [["reminder"]],
      },
    },
  },
  {
    item: "agent",
    prompt: "hi",
    replies: [agent("reviewer"), { text: "reviewed" }, done],
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
    item: "agent in a folder",
    prompt: "hi",
    replies: [agent("qa/tester"), { text: "tested" }, done],
    expect: {
      places: {
        CANARY_TESTER_DESCRIPTION: [["agent list qa/tester"], [], ["agent list qa/tester"]],
        CANARY_TESTER_BODY: [[], ["system"], []],
      },
    },
  },
  {
    item: "skill",
    prompt: "hi",
    replies: [
      { tool: "Skill", input: { skill: "handbook" } },
      read(".claude/skills/handbook/extra.md"),
      shell(".claude/skills/handbook/scripts/run.sh"),
      done,
    ],
    trusted: true,
    expect: {
      places: {
        CANARY_SKILL_DESCRIPTION: [["skill list handbook"]],
        CANARY_SKILL_BODY: [[], ["user text"]],
        CANARY_SKILL_EXTRA: [[], [], ["tool result"]],
      },
      leaves: { "skill.txt": "CANARY_SKILL_RAN\n" },
    },
  },
];

const ran = "CANARY_HOOK\n";
const hooks: Row[] = [
  {
    item: "hook before a tool",
    prompt: "hi",
    replies: [shell("pwd"), read("notes.txt"), done],
    expect: { leaves: { "before.txt": ran } },
  },
  {
    item: "hook after a tool",
    prompt: "hi",
    args: ["--permission-mode", "acceptEdits"],
    replies: [read("notes.txt"), edit("notes.txt", "nothing"), write("new.txt"), done],
    expect: { leaves: { "after.txt": ran + ran, "notes.txt": "edited of interest\n" } },
  },
  {
    item: "hook with a time limit",
    prompt: "hi",
    replies: [{ tool: "Bash", input: { command: "sleep 4", description: "Wait" } }, done],
    trusted: true,
    args: ["--allowedTools", "Bash(sleep:*)"],
    expect: { leaves: { "early.txt": "early\n", "late.txt": null } },
  },
  {
    item: "hooks of a session",
    prompt: "hi",
    replies: [agent("general-purpose"), { text: "did" }, done],
    expect: {
      leaves: { "start.txt": ran, "end.txt": ran, "prompt.txt": ran, "stop.txt": ran, "sub.txt": ran },
    },
  },
  {
    item: "hook before compaction",
    prompt: "/compact",
    replies: [],
    expect: { leaves: { "compact.txt": ran } },
  },
];

const denied = "denied by your permission settings";
const permissions: Row[] = [
  {
    item: "setting",
    prompt: "hi",
    replies: [done],
    expect: { leaves: { "setting.txt": "CANARY_SETTING\n" } },
  },
  {
    item: "deny shell",
    prompt: "hi",
    replies: [shell("curl"), shell("curl x"), shell("pwd && curl y"), shell("git push"), done],
    trusted: true,
    args: ["--allowedTools", "Bash"],
    expect: {
      places: {
        "command curl has been denied": [[], ["tool error"]],
        "command curl x has been denied": [[], [], ["tool error"]],
        "command pwd && curl y has been denied": [[], [], [], ["tool error"]],
        "command git push has been denied": [[], [], [], [], ["tool error"]],
      },
    },
  },
  {
    item: "deny read",
    prompt: "hi",
    replies: [
      read("environment.txt"),
      read(".env"),
      read("packages/api/.env.local"),
      read("private/a.txt"),
      done,
    ],
    expect: {
      places: {
        CANARY_OPEN: [[], ["tool result"]],
        CANARY_SECRET: [[]],
        CANARY_PRIVATE: [[]],
        [denied]: [
          [],
          [],
          ["tool error"],
          ["tool error", "tool error"],
          ["tool error", "tool error", "tool error"],
        ],
      },
    },
  },
  {
    item: "deny edit",
    prompt: "hi",
    args: ["--permission-mode", "acceptEdits"],
    replies: [read("locked/a.txt"), edit("locked/a.txt", "locked"), write("locked/b.txt"), done],
    expect: { leaves: { "locked/a.txt": "locked\n", "locked/b.txt": null } },
  },
  {
    item: "deny web",
    prompt: "hi",
    replies: [{ tool: "WebFetch", input: { url: "https://example.com/x", prompt: "read" } }, done],
    expect: { places: { "WebFetch denied access to domain:example.com.": [[], ["tool error"]] } },
  },
  {
    item: "allow shell",
    prompt: "hi",
    replies: [shell("node allowed.mjs now"), done],
    trusted: true,
    expect: { leaves: { "allowed.txt": "CANARY_RAN" } },
  },
  {
    item: "allow edit",
    prompt: "hi",
    replies: [write("out/a.txt"), write("other.txt"), done],
    trusted: true,
    expect: { leaves: { "out/a.txt": "written\n", "other.txt": null } },
  },
  {
    item: "ask",
    prompt: "hi",
    replies: [shell("node asked.mjs"), done],
    trusted: true,
    expect: { leaves: { "asked.txt": null } },
  },
];

const services: Row[] = [
  {
    item: "hook for a server's tools",
    prompt: "hi",
    replies: [call("mcp__team_tickets__find"), read("notes.txt"), done],
    expect: { leaves: { "guard.txt": ran, "one.txt": ran } },
  },
  {
    item: "deny a server",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__legacy__: [[]] }, leaves: { "mcp-legacy.json": '{"words":[],"token":null}' } },
  },
  {
    item: "deny a server's tool",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__team_tickets__find: [["deferred tools"]], mcp__team_tickets__drop: [[]] } },
  },
  {
    item: "allow a server",
    prompt: "hi",
    replies: [call("mcp__team_tickets__find"), done],
    trusted: true,
    expect: { places: { CANARY_ANSWER: [[], ["tool result"]] } },
  },
  {
    item: "server",
    prompt: "hi",
    replies: [done],
    env: token,
    expect: {
      places: { mcp__team_tickets__find: [["deferred tools"]], CANARY_VALUE: [[]] },
      leaves: { "mcp-tickets.json": '{"words":["CANARY_VALUE","CANARY_DEFAULT"],"token":"CANARY_VALUE"}' },
    },
  },
  {
    item: "server with a time limit",
    prompt: "hi",
    replies: [call("mcp__slow__wait"), done],
    trusted: true,
    expect: { places: { "timed out": [[], ["tool error"]] } },
  },
  {
    item: "remote server",
    prompt: "hi",
    replies: [done],
    env: { ...token, CANARY_ORIGIN: remote },
    expect: {
      places: { mcp__wiki__over_mcp: [["deferred tools"]], CANARY_VALUE: [[]] },
      headers: { "/mcp": { authorization: "Bearer CANARY_VALUE", "x-team": "CANARY_DEFAULT" } },
    },
  },
  {
    item: "event stream server",
    prompt: "hi",
    replies: [done],
    env: { ...token, CANARY_ORIGIN: remote },
    expect: {
      places: { mcp__feed__over_sse: [["deferred tools"]] },
      headers: { "/sse": { authorization: "Bearer CANARY_VALUE" } },
    },
  },
  {
    item: "retrieval",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__papers__find: [["deferred tools"]] } },
  },
];

/** A spec, and what each of its items must do in Claude Code. */
export interface Scenario {
  title: string;
  spec: Spec;
  rows: Row[];
}

export const scenarios: Scenario[] = [
  { title: "what is told", spec: specs.told, rows: [...rules, ...prompts] },
  { title: "what is obeyed", spec: specs.obeyed, rows: [...hooks, ...permissions] },
  { title: "servers", spec: specs.services, rows: services },
  {
    title: "a page of regions",
    spec: specs.regions,
    rows: [
      atStart("first", { CANARY_FIRST: "memory CLAUDE.md", "portable:": "" }),
      atStart("second", { CANARY_SECOND: "memory CLAUDE.md" }),
      atStart("third", { CANARY_THIRD: "memory CLAUDE.md" }),
    ],
  },
  {
    title: "a page beside AGENTS.md",
    spec: specs.imports,
    rows: [
      atStart("with an import", { CANARY_APART: "memory CLAUDE.md", CANARY_IMPORTED: "memory docs/more.md" }),
    ],
  },
  {
    title: "a page that imports AGENTS.md",
    spec: specs.shared,
    rows: [
      atStart("alone", { CANARY_ALONE: "memory AGENTS.md" }),
      {
        item: "of a folder",
        prompt: "hi",
        replies: [read("notes.txt"), read("packages/api/main.go"), done],
        expect: { places: { CANARY_SHARED_FOLDER: [[], [], ["memory packages/api/AGENTS.md"]] } },
      },
    ],
  },
  {
    title: "a page that imports AGENTS.md and holds a rule",
    spec: specs.sharedAndOwn,
    rows: [
      atStart("everyone", { CANARY_EVERYONE: "memory AGENTS.md", "portable:": "" }),
      atStart("also everyone", { CANARY_ALSO: "memory AGENTS.md" }),
      atStart("own", { CANARY_OWN: "memory CLAUDE.md" }),
    ],
  },
  {
    title: "a page of a person with a rule added",
    spec: specs.inPlace,
    rows: [
      atStart("page", { CANARY_MINE: "memory CLAUDE.md", "portable:": "" }),
      atStart("added", { CANARY_ADDED: "memory CLAUDE.md" }),
    ],
  },
];
