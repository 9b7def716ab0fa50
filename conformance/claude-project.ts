import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "./project.ts";

/** Sources and scripts that the rows act on; no tool's configuration. */
export const support: Files = {
  "notes.txt": "nothing of interest\n",
  "secret.txt": "CANARY_SECRET\n",
  "src/deep/a.ts": "export const answer = 42;\n",
  "packages/api/main.go": "package main\n",
  "allowed.mjs":
    'import { writeFileSync } from "node:fs";\nwriteFileSync("allowed.txt", "CANARY_ALLOWED");\n',
  "denied.mjs": 'import { writeFileSync } from "node:fs";\nwriteFileSync("denied.txt", "CANARY_DENIED");\n',
  "mcp-stub.mjs": readFileSync(join(import.meta.dirname, "mcp-stub.mjs"), "utf8"),
};

const markdown = (...lines: string[]): string => lines.join("\n") + "\n";
const json = (value: unknown): string => JSON.stringify(value, null, 2) + "\n";
const hook = (command: string, matcher?: string) => ({
  ...(matcher && { matcher }),
  hooks: [{ type: "command", command }],
});

const settings: Files = {
  ".claude/settings.json": json({
    env: { CANARY_ENV: "CANARY_SETTING" },
    permissions: {
      allow: ["Bash(node:*)"],
      deny: ["Read(./secret.txt)", "Bash(node denied.mjs:*)"],
    },
    hooks: {
      PreToolUse: [hook(`echo CANARY_HOOK >> "$CLAUDE_PROJECT_DIR/hook.txt"`, "Read")],
      SessionStart: [hook(`echo "$CANARY_ENV" >> "$CLAUDE_PROJECT_DIR/setting.txt"`)],
    },
  }),
};

/** By item of the rows: Claude Code's own files for it, as a person writes them. */
export const written: Record<string, Files> = {
  pages: {
    "CLAUDE.md": markdown("@AGENTS.md", "", "CANARY_CLAUDE_MD"),
    "AGENTS.md": markdown("# Guide", "", "CANARY_AGENTS_MD"),
  },
  rule: { ".claude/rules/style.md": markdown("CANARY_RULE") },
  "conditional rule": {
    ".claude/rules/typescript.md": markdown(
      "---",
      "paths:",
      '  - "src/**/*.ts"',
      "---",
      "",
      "CANARY_CONDITIONAL",
    ),
  },
  folder: {
    "packages/api/CLAUDE.md": markdown("@AGENTS.md"),
    "packages/api/AGENTS.md": markdown("CANARY_FOLDER"),
  },
  command: {
    ".claude/commands/ship.md": markdown(
      "---",
      "description: CANARY_COMMAND_DESCRIPTION",
      "argument-hint: '[place] [note]'",
      "---",
      "",
      "CANARY_SHIP all [$ARGUMENTS] first [$ARGUMENTS[0]] second [$1]",
    ),
  },
  agent: {
    ".claude/agents/reviewer.md": markdown(
      "---",
      "name: reviewer",
      "description: CANARY_AGENT_DESCRIPTION",
      "tools: Read, Grep",
      "model: haiku",
      "---",
      "",
      "CANARY_AGENT_BODY",
    ),
  },
  skill: {
    ".claude/skills/handbook/SKILL.md": markdown(
      "---",
      "name: handbook",
      'description: "CANARY_SKILL_DESCRIPTION"',
      "---",
      "",
      "CANARY_SKILL_BODY, more in [extra](extra.md)",
    ),
    ".claude/skills/handbook/extra.md": markdown("CANARY_SKILL_EXTRA"),
  },
  hook: settings,
  setting: settings,
  "deny read": settings,
  "deny shell": settings,
  "allow shell": settings,
  server: {
    ".mcp.json": json({
      mcpServers: {
        tickets: { command: "node", args: ["mcp-stub.mjs"], env: { TICKETS_TOKEN: "${CANARY_TOKEN}" } },
      },
    }),
  },
};

/** The files of all items but `without`. */
export const project = (without?: string): Files => {
  const gone = written[without ?? ""] ?? {};
  const files = Object.assign({}, support, ...Object.values(written)) as Files;
  return Object.fromEntries(Object.entries(files).filter(([path]) => !(path in gone)));
};
