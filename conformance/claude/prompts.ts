import type { Spec } from "../claude-project.ts";
import { agent, done, lines, type Row, read, shell } from "./row.ts";

/** Commands with every kind of hole, agents, skills. */
export const spec: Spec = {
  targets: ["claude"],
  parts: {
    command: {
      files: {
        ".portable/commands/ship.md": lines(
          "---",
          "description: CANARY_COMMAND_DESCRIPTION",
          'argument-hint: "[place] [note]"',
          "model: haiku",
          "---",
          "",
          "CANARY_SHIP all [{{arguments}}] again [$ARGUMENTS] first [{{1}}] second [{{2}}]",
          "awk '{print $1, $1x, $ENV, $10}' \\$ARGUMENTS \\{{arguments}} $ARGUMENTS_X ${X} {{x}} x=!`id`",
        ),
      },
    },
    "command with named arguments": {
      files: {
        ".portable/commands/deploy.md": lines(
          "---",
          "description: CANARY_NAMED_DESCRIPTION",
          "arguments: [env, region]",
          "---",
          "",
          "CANARY_DEPLOY to [{{env}}] in [{{region}}], not $env, $region or {{other}}",
        ),
      },
    },
    "command that runs and attaches": {
      files: {
        ".portable/commands/ops/look.md": lines(
          "---",
          "description: CANARY_LOOK_DESCRIPTION",
          "allowed-tools: [Bash(echo:*), Bash(expr:*)]",
          "---",
          "",
          "CANARY_LOOK",
          "{{!echo CANARY_'SHELL'}}",
          "{{!expr 20 + 3}}",
          "{{@notes.txt}}",
        ),
      },
    },
    agent: {
      files: {
        ".portable/agents/reviewer.md": lines(
          "---",
          "description: CANARY_AGENT_DESCRIPTION",
          "tools: [Read, Grep]",
          "model: haiku",
          "---",
          "",
          "CANARY_AGENT_BODY",
        ),
      },
    },
    "agent in a folder": {
      files: {
        ".portable/agents/qa/tester.md": lines(
          "---",
          "description: CANARY_TESTER_DESCRIPTION",
          "---",
          "",
          "CANARY_TESTER_BODY",
        ),
      },
    },
    skill: {
      files: {
        ".portable/skills/handbook/SKILL.md": lines(
          "---",
          "name: handbook",
          'description: "CANARY_SKILL_DESCRIPTION"',
          "---",
          "",
          "CANARY_SKILL_BODY, more in [extra](extra.md)",
        ),
        ".portable/skills/handbook/extra.md": lines("CANARY_SKILL_EXTRA"),
        ".portable/skills/handbook/scripts/run.sh": lines("#!/bin/sh", "echo CANARY_SKILL_RAN > skill.txt"),
      },
      yaml: { permissions: { allow: [{ shell: [".claude/skills/handbook/scripts/run.sh"] }] } },
    },
  },
};

export const rows: Row[] = [
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
        "awk '{print $1, $1x, $ENV, $10}' $ARGUMENTS {{arguments}} $ARGUMENTS_X ${X} {{x}} x=!`id`": [
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
