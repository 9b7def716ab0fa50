import type { Spec } from "./claude-project.ts";

const lines = (...text: string[]): string => text.join("\n") + "\n";
const stub = (name: string, ...words: string[]) => ({
  command: "node",
  args: ["mcp-stub.mjs", name, ...words],
});
const log = (name: string) => `echo CANARY_HOOK >> "$CLAUDE_PROJECT_DIR/${name}.txt"`;

/** What is told to the model: rules, commands, agents, skills. */
export const told: Spec = {
  targets: ["claude"],
  parts: {
    "rule for all": {
      files: {
        ".portable/rules/style.md": lines(
          "CANARY_RULE, more in @docs/more.md",
          "",
          "<!-- portable:only claude -->",
          "CANARY_ONLY_HERE",
          "<!-- portable:end -->",
          "<!-- portable:only agents -->",
          "CANARY_ONLY_THERE",
          "<!-- portable:end -->",
        ),
      },
    },
    "rule with globs": {
      files: {
        ".portable/rules/typescript.md": lines(
          "---",
          'globs: ["src/**/*.{ts,tsx}", "!src/gen/**"]',
          "---",
          "CANARY_CONDITIONAL",
        ),
      },
    },
    "rule for one folder's files": {
      files: { ".portable/rules/flat.md": lines("---", 'globs: ["src/*", "docs/**"]', "---", "CANARY_FLAT") },
    },
    "rule with an exclusion from a folder": {
      files: {
        ".portable/rules/excluded.md": lines(
          "---",
          'globs: ["src/**", "!src/gen/**"]',
          "---",
          "CANARY_EXCLUDED",
        ),
      },
    },
    "rule with a bare glob": {
      files: { ".portable/rules/lang/go.md": lines("---", 'globs: ["*.go"]', "---", "CANARY_ANY_DEPTH") },
    },
    "rule with globs and an import": {
      files: {
        ".portable/rules/with-import.md": lines(
          "---",
          'globs: ["src/deep/**"]',
          "---",
          "CANARY_SCOPED, more in @docs/scoped.md",
        ),
      },
    },
    "rule of a folder": {
      files: { "packages/api/.portable/rules/api.md": lines("CANARY_FOLDER, more in @guide.md") },
    },
    "rule of a folder with globs": {
      files: {
        "packages/api/.portable/rules/inner.md": lines(
          "---",
          'globs: ["src/**"]',
          "---",
          "CANARY_FOLDER_SCOPED",
        ),
      },
    },
    "skill of a folder": {
      files: {
        "packages/api/.portable/skills/api-help/SKILL.md": lines(
          "---",
          "name: api-help",
          'description: "CANARY_FOLDER_SKILL"',
          "---",
          "",
          "CANARY_FOLDER_SKILL_BODY",
        ),
      },
    },
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
          "awk '{print $1, $ENV, $10}' \\$ARGUMENTS \\{{arguments}} $ARGUMENTS_X ${X} {{x}} x=!`id`",
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

/** What the client obeys: hooks, permissions, settings. */
export const obeyed: Spec = {
  targets: ["claude"],
  parts: {
    "hook before a tool": {
      yaml: { hooks: { before: { on: "beforeTool", tools: ["read"], run: log("before") } } },
    },
    "hook after a tool": {
      yaml: { hooks: { after: { on: "afterTool", tools: ["edit", "write"], run: log("after") } } },
    },
    "hook with a time limit": {
      yaml: {
        hooks: {
          slow: {
            on: "promptSubmit",
            run: "echo early > early.txt; sleep 4; echo late > late.txt",
            timeoutMs: 1500,
          },
        },
      },
    },
    "hooks of a session": {
      yaml: {
        hooks: {
          start: { on: "sessionStart", run: log("start") },
          end: { on: "sessionEnd", run: log("end") },
          prompt: { on: "promptSubmit", run: log("prompt") },
          stop: { on: "stop", run: log("stop") },
          sub: { on: "subagentStop", run: log("sub") },
        },
      },
    },
    "hook before compaction": {
      yaml: { hooks: { compact: { on: "beforeCompact", run: log("compact") } } },
    },
    "deny shell": { yaml: { permissions: { deny: [{ shell: ["curl"] }, { shell: ["git", "push"] }] } } },
    "deny read": { yaml: { permissions: { deny: [{ read: ".env*" }, { read: "private/**" }] } } },
    "deny edit": { yaml: { permissions: { deny: [{ edit: "locked/**" }] } } },
    "deny web": { yaml: { permissions: { deny: [{ web: "example.com" }] } } },
    "allow shell": { yaml: { permissions: { allow: [{ shell: ["node"] }] } } },
    "allow edit": { yaml: { permissions: { allow: [{ edit: "out/**" }] } } },
    ask: { yaml: { permissions: { ask: [{ shell: ["node", "asked.mjs"] }] } } },
    setting: {
      yaml: {
        settings: { claude: { env: { CANARY_ENV: "CANARY_SETTING" } } },
        hooks: {
          tell: { on: "sessionStart", run: 'echo "$CANARY_ENV" > "$CLAUDE_PROJECT_DIR/setting.txt"' },
        },
      },
    },
  },
};

/** Servers of every transport, and what hooks and permissions say of them. */
export const services: Spec = {
  targets: ["claude"],
  parts: {
    "hook for a server's tools": {
      yaml: {
        hooks: {
          guard: { on: "beforeTool", tools: ["web", "mcp:team.tickets"], run: log("guard") },
          one: { on: "beforeTool", tools: ["mcp:team.tickets/find"], run: log("one") },
        },
      },
    },
    "deny a server": {
      yaml: { permissions: { deny: [{ mcp: "legacy" }] }, mcpServers: { legacy: stub("legacy") } },
    },
    "deny a server's tool": { yaml: { permissions: { deny: [{ mcp: "team.tickets/drop" }] } } },
    "allow a server": { yaml: { permissions: { allow: [{ mcp: "team.tickets" }] } } },
    server: {
      yaml: {
        mcpServers: {
          "team.tickets": {
            ...stub("tickets", "${CANARY_TOKEN}", "${CANARY_UNSET:-CANARY_DEFAULT}"),
            env: { TICKETS_TOKEN: "${CANARY_TOKEN}" },
          },
        },
      },
    },
    "server with a time limit": {
      yaml: {
        mcpServers: { slow: { ...stub("slow"), timeoutMs: 1500 } },
        permissions: { allow: [{ mcp: "slow" }] },
      },
    },
    "remote server": {
      yaml: {
        mcpServers: {
          wiki: {
            type: "http",
            url: "${CANARY_ORIGIN}/mcp",
            headers: { Authorization: "Bearer ${CANARY_TOKEN}", "X-Team": "${CANARY_UNSET:-CANARY_DEFAULT}" },
          },
        },
      },
    },
    "event stream server": {
      yaml: {
        mcpServers: {
          feed: {
            type: "sse",
            url: "${CANARY_ORIGIN}/sse",
            headers: { Authorization: "Bearer ${CANARY_TOKEN}" },
          },
        },
      },
    },
    retrieval: {
      yaml: { retrieval: { papers: { description: "Papers", mcp: { type: "stdio", ...stub("papers") } } } },
    },
  },
};

/** Two rules for all in one page. */
export const regions: Spec = {
  targets: ["claude"],
  parts: {
    first: { files: { ".portable/rules/a.md": lines("CANARY_FIRST") } },
    second: {
      files: { ".portable/rules/b.md": lines("CANARY_SECOND", "", "```sh", "# <!-- kept -->", "```") },
    },
    third: { files: { ".portable/rules/c.md": lines("CANARY_THIRD") } },
  },
};

/** A rule that another tool's page cannot import: each page has a text of its own. */
export const imports: Spec = {
  targets: ["claude", "agents"],
  parts: {
    "with an import": { files: { ".portable/rules/a.md": lines("CANARY_APART, more in @docs/more.md") } },
  },
};

/** Rules that another tool's page holds too: the text is written once and imported. */
export const shared: Spec = {
  targets: ["claude", "agents"],
  parts: {
    alone: { files: { ".portable/rules/a.md": lines("CANARY_ALONE") } },
    "of a folder": { files: { "packages/api/.portable/rules/f.md": lines("CANARY_SHARED_FOLDER") } },
  },
};

/** The same, and a rule for Claude Code only. */
export const sharedAndOwn: Spec = {
  targets: ["claude", "agents"],
  parts: {
    everyone: { files: { ".portable/rules/a.md": lines("CANARY_EVERYONE") } },
    "also everyone": { files: { ".portable/rules/b.md": lines("CANARY_ALSO") } },
    own: { files: { ".portable/rules/c.md": lines("---", "targets: [claude]", "---", "CANARY_OWN") } },
  },
};

/** A page that a person wrote and that stays where it stands, with a rule added to it. */
export const inPlace: Spec = {
  targets: ["claude"],
  parts: {
    page: { files: { "CLAUDE.md": lines("# Mine", "", "CANARY_MINE") }, yaml: { rules: ["CLAUDE.md"] } },
    added: { files: { ".portable/rules/a.md": lines("CANARY_ADDED") } },
  },
};
