import type { Files } from "./project.ts";

/** Files in a spelling that Claude Code reads otherwise, and the fault that the judge must find in them. */
export interface Wrong {
  title: string;
  item: string;
  files: Files;
  fault: string;
}

export const wrong: Wrong[] = [
  {
    title: "a conditional rule under another tool's key, which loads always",
    item: "rule with globs",
    files: { ".claude/rules/typescript.md": '---\nglobs: "src/**/*.ts"\n---\n\nCANARY_CONDITIONAL\n' },
    fault: "request 0: CANARY_CONDITIONAL is at memory .claude/rules/typescript.md, not no place",
  },
  {
    title: "a text that arrives twice",
    item: "alone",
    files: { "CLAUDE.md": "@AGENTS.md\n\nCANARY_ALONE\n" },
    fault: "CANARY_ALONE is at memory CLAUDE.md + memory AGENTS.md, not memory AGENTS.md",
  },
  {
    title: "settings that the client drops as a whole",
    item: "setting",
    files: { ".claude/settings.json": '{ "env": { "CANARY_ENV": "CANARY_SETTING" }, "permissions": 1 }' },
    fault: "did not load",
  },
  {
    title: "a placeholder in another tool's spelling",
    item: "server",
    files: {
      ".mcp.json":
        '{"mcpServers":{"team.tickets":{"command":"node","args":["mcp-stub.mjs","tickets"],"env":{"TICKETS_TOKEN":"${env:CANARY_TOKEN}"}}}}',
    },
    fault: '\\"token\\":\\"${env:CANARY_TOKEN}\\"',
  },
  {
    title: "a remote server without its type",
    item: "remote server",
    files: { ".mcp.json": '{"mcpServers":{"wiki":{"url":"${CANARY_ORIGIN}/mcp"}}}' },
    fault: "/mcp holds no request",
  },
  {
    title: "arguments that count from 1",
    item: "command",
    files: {
      ".claude/commands/ship.md":
        "---\ndescription: CANARY_COMMAND_DESCRIPTION\n---\n\nCANARY_SHIP all [$ARGUMENTS] again [$ARGUMENTS] first [$1] second [$2]\n",
    },
    fault: "CANARY_SHIP all [A 'B C'] again [A 'B C'] first [A] second [B C] is at no place, not user text",
  },
  {
    title: "a time limit in milliseconds",
    item: "hook with a time limit",
    files: {
      ".claude/settings.json":
        '{"hooks":{"UserPromptSubmit":[{"hooks":[{"type":"command","command":"sleep 4; echo late > late.txt","timeout":1500}]}]}}',
    },
    fault: 'late.txt holds "late\\n", not null',
  },
  {
    title: "an agent without its name",
    item: "agent",
    files: {
      ".claude/agents/reviewer.md": "---\ndescription: CANARY_AGENT_DESCRIPTION\n---\n\nCANARY_AGENT_BODY\n",
    },
    fault: "CANARY_AGENT_DESCRIPTION is at no place",
  },
  {
    title: "a server's name as a matcher, which matches none of its tools",
    item: "hook for a server's tools",
    files: {
      ".claude/settings.json":
        '{"hooks":{"PreToolUse":[{"matcher":"mcp__team_tickets","hooks":[{"type":"command","command":"echo CANARY_HOOK >> guard.txt"}]}]}}',
    },
    fault: "guard.txt holds null",
  },
];
