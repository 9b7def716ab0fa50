import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { baseline } from "../../src/commands/baseline.ts";
import { build } from "../../src/commands/build.ts";
import { verify } from "../../src/commands/verify.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { lineOf } from "../../src/report/text.ts";

const spec = `portable: 1
targets: [agents, claude, cursor, roo, aider, litellm]
mcpServers:
  db:
    type: stdio
    command: npx
    args: ["-y", "@acme/db-mcp@1.4.2"]
    env:
      DATABASE_URL: "\${DATABASE_URL}"
  tickets:
    type: http
    url: https://mcp.example.com
hooks:
  format:
    on: afterTool
    tools: [edit, write]
    run: ./scripts/format.sh
settings:
  claude:
    env:
      LOG_LEVEL: debug
providers:
  anthropic:
    apiKey: "\${ANTHROPIC_API_KEY}"
  local:
    type: llama.cpp
    origin: http://127.0.0.1:8080
models:
  main:
    chain: [anthropic/claude-opus-4-8, local/qwen3-coder-30b]
  fast:
    chain: [local/qwen3-coder-30b]
`;

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

/** A repository of a team that uses many tools: one spec, and files of tools that are no targets. */
const healthy: Readonly<Record<string, string>> = {
  "portable.yaml": spec,
  ".portable/rules/style.md":
    "Small functions. Name things as people of the field do, and keep lines short.\n",
  ".portable/rules/sql.md": '---\nglobs: ["db/**"]\n---\n\nUse placeholders.\n',
  ".portable/commands/fix.md": "---\ndescription: Fix it\n---\n\nFix {{arguments}}\n",
  ".vscode/tasks.json": json({
    version: "2.0.0",
    tasks: [
      { label: "watch", type: "shell", command: "npm run watch", runOptions: { runOn: "folderOpen" } },
      { label: "test", type: "shell", command: "npm test" },
    ],
  }),
  ".vscode/settings.json": `{
  // the team's formatter
  "editor.formatOnSave": true,
  "chat.tools.terminal.autoApprove": { "ls": true, "/^git status$/": true },
}
`,
  ".vscode/mcp.json": json({ servers: { docs: { type: "http", url: "https://docs.example.com/mcp" } } }),
  ".codex/config.toml": `model = "gpt-5.5"
approval_policy = "on-request"
sandbox_mode = "workspace-write"

[mcp_servers.docs]
command = "npx"
args = ["-y", "@acme/docs-mcp@2.0.0"]
`,
  ".codex/hooks.json": json({ hooks: { Stop: [{ hooks: [{ type: "command", command: "npm run lint" }] }] } }),
  ".gemini/settings.json": json({
    mcpServers: { docs: { command: "node", args: ["tools/docs.mjs"], trust: false } },
  }),
  "opencode.json": json({
    mcp: { docs: { type: "local", command: ["node", "tools/docs.mjs"] } },
    instructions: ["AGENTS.md"],
  }),
  ".zed/settings.json": json({
    context_servers: { docs: { command: "node", args: ["tools/docs.mjs"] } },
    lsp: { vtsls: { settings: { a: true } } },
  }),
  ".continue/config.yaml": `name: team
version: 1.0.0
schema: v1
models:
  - name: main
    provider: anthropic
    model: claude-opus-4-8
mcpServers:
  - name: docs
    command: node
    args: [tools/docs.mjs]
`,
  ".github/hooks/team.json": json({
    version: 1,
    hooks: { sessionStart: [{ type: "command", bash: "./scripts/hello.sh" }] },
  }),
  ".cline/hooks/PreToolUse": "#!/bin/sh\nexec ./scripts/check.sh\n",
  ".kiro/settings/mcp.json": json({ mcpServers: { docs: { command: "node", args: ["tools/docs.mjs"] } } }),
  ".env": "LOG_LEVEL=debug\nPORT=3000\n",
  "scripts/format.sh": "#!/bin/sh\nexit 0\n",
};

export interface Repository {
  root: string;
  text(path: string): string;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Findings on safety, and how `verify` ends. */
  verify(): { exit: number; found: Diagnostic[]; text: string };
  /** The line of a file where a finding stands, from 1, and its text. */
  line(d: Diagnostic): { line: number; text: string };
  done(): void;
}

/** A repository in a folder of its own, built and with its `accept:` lines. */
export const repository = (files: Readonly<Record<string, string>> = healthy): Repository => {
  const root = mkdtempSync(join(tmpdir(), "portable-findings-"));
  const text = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);

  if (files["portable.yaml"] !== undefined) {
    for (let n = 0; n < 2; n++) build({ cwd: root });
    for (const c of baseline(root, () => true).changes) write(c.path, String(c.after));
  }
  return {
    root,
    text,
    write,
    remove: (path) => rmSync(join(root, path)),
    verify: () => {
      const { exit, diagnostics, text: said } = verify({ cwd: root });
      return { exit, found: diagnostics.filter((d) => /^(?:security|shadow)\//.test(d.code)), text: said };
    },
    line: (d) => {
      const { line, text: shown } = lineOf(text(d.place!.file), d.place!.start ?? 0);
      return { line, text: shown };
    },
    done: () => rmSync(root, { recursive: true, force: true }),
  };
};
