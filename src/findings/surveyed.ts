import type { Pattern } from "../core/surface.ts";
import {
  claudeHeadLax,
  claudeLax,
  codexLax,
  cursorLax,
  editorLax,
  geminiLax,
  type Lax,
  opencodeLax,
  rooLax,
  serverLax,
} from "./permissive.ts";
import {
  assignments,
  base,
  claudeSettings,
  continueSpots,
  editorVariables,
  heads,
  helper,
  hookGroups,
  hookList,
  isAutomatic,
  lines,
  loaded,
  opencode,
  program,
  type Spot,
  script,
  servers,
  variables,
} from "./spots.ts";

/** How a file is read: `file` counts as a whole, `env` holds assignments, `head` is the head of a Markdown file. */
export type Layout = "json" | "yaml" | "toml" | "head" | "env" | "file";
/** What is known of one file, or of the files of a folder. */
export interface Row {
  tool: string;
  where: readonly Pattern[];
  /** Of a folder, only the files whose path fits. */
  named?: RegExp;
  layout: Layout;
  spots: readonly Spot[];
  lax?: readonly Lax[];
  /** It is one person's: where Git ignores it, it is not looked at. */
  personal?: true;
  source: string;
  /** Day on which the source was read. */
  on: string;
}

const file = (...paths: readonly string[]): Pattern[] => paths.map((p) => ({ file: p }));
const folder = (path: string, suffix?: string, deep?: true): Pattern => ({
  folder: path,
  ...(suffix !== undefined && { suffix }),
  ...(deep && { deep }),
});

/**
 * Where each tool keeps what runs or redirects. Only these places are looked at; a tool that is no target is looked at too,
 * for a file of it that somebody commits runs on the machine of everybody who uses it.
 */
export const surveyed: readonly Row[] = [
  {
    tool: "Claude Code",
    where: file(".claude/settings.json"),
    layout: "json",
    spots: claudeSettings,
    lax: claudeLax,
    source: "@anthropic-ai/claude-code 2.1.330; https://code.claude.com/docs/en/settings",
    on: "2026-11-22",
  },
  {
    tool: "Claude Code",
    where: file(".claude/settings.local.json"),
    layout: "json",
    spots: claudeSettings,
    lax: claudeLax,
    personal: true,
    source: "@anthropic-ai/claude-code 2.1.330",
    on: "2026-11-22",
  },
  {
    tool: "Claude Code",
    where: file(".mcp.json"),
    layout: "json",
    spots: [servers("mcpServers")],
    lax: serverLax,
    source: "@anthropic-ai/claude-code 2.1.330; GitHub Copilot CLI 1.0.102 reads it too",
    on: "2026-11-22",
  },
  {
    tool: "Claude Code",
    where: [folder(".claude/agents", ".md", true), folder(".claude/skills", ".md", true)],
    layout: "head",
    spots: heads,
    lax: claudeHeadLax,
    source: "https://code.claude.com/docs/en/sub-agents of 2.1.240",
    on: "2026-08-22",
  },
  {
    tool: "Cursor",
    where: file(".cursor/mcp.json"),
    layout: "json",
    spots: [servers("mcpServers")],
    lax: serverLax,
    source: "@cursor/sdk 1.0.32",
    on: "2026-11-22",
  },
  {
    tool: "Cursor",
    where: file(".cursor/hooks.json"),
    layout: "json",
    spots: [hookList("hooks")],
    source: "@cursor/sdk 1.0.32",
    on: "2026-11-22",
  },
  {
    tool: "Cursor",
    where: file(".cursor/cli.json", ".cursor/permissions.json"),
    layout: "json",
    spots: [],
    lax: cursorLax,
    source: "https://cursor.com/docs/cli/reference/permissions",
    on: "2026-08-16",
  },
  {
    tool: "Codex",
    where: file(".codex/config.toml"),
    layout: "toml",
    spots: [
      servers("mcp_servers"),
      hookGroups("hooks"),
      program("notify"),
      base("openai_base_url"),
      base("chatgpt_base_url"),
      base("model_providers", "*", "base_url"),
      { kind: "helper", at: ["model_providers", "*", "auth"] },
      variables("shell_environment_policy", "set"),
    ],
    lax: codexLax,
    source: "@openai/codex 0.169.0, probed key by key; older versions also took the base URLs from a project",
    on: "2026-11-22",
  },
  {
    tool: "Codex",
    where: [folder(".codex/agents", ".toml")],
    layout: "toml",
    spots: [servers("mcp_servers")],
    lax: codexLax,
    source: "@openai/codex 0.169.0",
    on: "2026-11-22",
  },
  {
    tool: "Codex",
    where: file(".codex/hooks.json"),
    layout: "json",
    spots: [hookGroups("hooks")],
    source: "@openai/codex 0.169.0",
    on: "2026-11-22",
  },
  {
    tool: "Gemini CLI",
    where: file(".gemini/settings.json"),
    layout: "json",
    spots: [
      servers("mcpServers"),
      hookGroups("hooks"),
      helper("tools", "discoveryCommand"),
      helper("tools", "callCommand"),
      helper("toolDiscoveryCommand"),
      helper("toolCallCommand"),
      helper("mcp", "serverCommand"),
      helper("mcpServerCommand"),
    ],
    lax: geminiLax,
    source: "@google/gemini-cli 0.61.0; schema of google-gemini/gemini-cli@5411f113",
    on: "2026-08-21",
  },
  {
    tool: "opencode",
    where: file("opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc"),
    layout: "json",
    spots: opencode,
    lax: opencodeLax,
    source: "opencode-ai 1.18.33 and @opencode-ai/sdk 1.18.33: no trust gate",
    on: "2026-11-22",
  },
  {
    tool: "opencode",
    where: [".opencode/plugin", ".opencode/plugins", ".opencode/tool", ".opencode/tools"].map((p) =>
      folder(p),
    ),
    named: /\.[cm]?[jt]s$/,
    layout: "file",
    spots: [script],
    source: "opencode-ai 1.18.33",
    on: "2026-11-22",
  },
  {
    tool: "VS Code",
    where: file(".vscode/tasks.json"),
    layout: "json",
    spots: [{ kind: "task", at: ["tasks", "*"], shell: true, when: isAutomatic }],
    source:
      "https://code.visualstudio.com/docs/debugtest/tasks; written by the worm of 2026-05-11 (CVE-2026-45321)",
    on: "2026-05-17",
  },
  {
    tool: "VS Code",
    where: file(".vscode/mcp.json"),
    layout: "json",
    spots: [servers("servers"), servers("mcpServers")],
    source: "microsoft/vscode-docs@08868fe",
    on: "2026-07-01",
  },
  {
    tool: "VS Code",
    where: file(".vscode/settings.json"),
    layout: "json",
    spots: [
      servers("mcp", "servers"),
      base("http.proxy"),
      base("github.copilot.advanced", "debug.overrideProxyUrl"),
      base("github.copilot.advanced", "debug.overrideCAPIUrl"),
      program("claudeCode.claudeProcessWrapper"),
      loaded("settings file", "roo-cline.autoImportSettingsPath"),
      ...editorVariables,
    ],
    lax: editorLax,
    source: "https://code.visualstudio.com/docs/agents/approvals; Roo Code 3.52.1",
    on: "2026-06-25",
  },
  {
    tool: "GitHub Copilot",
    where: [folder(".github/hooks", ".json")],
    layout: "json",
    spots: [hookList("hooks"), hookGroups("hooks")],
    source: "@github/copilot 1.0.102",
    on: "2026-11-22",
  },
  {
    tool: "GitHub Copilot",
    where: file(".github/mcp.json"),
    layout: "json",
    spots: [servers("mcpServers")],
    source: "@github/copilot 1.0.102",
    on: "2026-11-22",
  },
  {
    tool: "GitHub Copilot",
    where: file(".github/copilot/settings.json", ".github/copilot/settings.local.json"),
    layout: "json",
    spots: [hookList("hooks"), hookGroups("hooks"), servers("mcpServers")],
    source: "@github/copilot 1.0.102",
    on: "2026-11-22",
  },
  {
    tool: "GitHub Copilot",
    where: [folder(".github/agents", ".md"), folder(".github/skills", ".md", true)],
    layout: "head",
    spots: heads,
    source: "microsoft/vscode@047238f, promptFileAttributes.ts",
    on: "2026-07-01",
  },
  {
    tool: "Continue",
    where: file(".continue/config.yaml", ".continuerc.json", ".continue/config.json"),
    layout: "yaml",
    spots: continueSpots,
    source: "@continuedev/config-yaml 1.42.0",
    on: "2026-11-22",
  },
  {
    tool: "Continue",
    where: ["models", "mcpServers", "agents", "assistants", "configs", "context"].map((n) =>
      folder(`.continue/${n}`),
    ),
    named: /\.(?:ya?ml|json)$/,
    layout: "yaml",
    spots: continueSpots,
    source: "continuedev/continue@d0a3c0b, loadLocalAssistants.ts",
    on: "2026-06-18",
  },
  {
    tool: "Continue",
    where: file(".continue/settings.json", ".continue/settings.local.json"),
    layout: "json",
    spots: [hookGroups("hooks")],
    source: "continuedev/continue@d0a3c0b, hookConfig.ts",
    on: "2026-06-18",
  },
  {
    tool: "Zed",
    where: file(".zed/settings.json"),
    layout: "json",
    spots: [
      servers("context_servers"),
      { kind: "helper", at: ["lsp", "*", "binary"] },
      variables("terminal", "env"),
    ],
    source: "zed-industries/zed, crates/settings_content/src/project.rs",
    on: "2026-10-01",
  },
  {
    tool: "Cline",
    where: [folder(".clinerules/hooks"), folder(".cline/hooks")],
    named:
      /\/(?:TaskStart|TaskResume|TaskCancel|TaskComplete|TaskError|PreToolUse|PostToolUse|UserPromptSubmit|PreCompact|SessionShutdown)(?:\.(?:sh|bash|zsh|[cm]?[jt]s|py|ps1))?$/,
    layout: "file",
    spots: [script],
    source: "cline/cline@21cb8d2, hook-file-config.ts",
    on: "2026-08-22",
  },
  {
    tool: "Roo Code",
    where: file(".roo/mcp.json"),
    layout: "json",
    spots: [servers("mcpServers")],
    lax: serverLax,
    source: "RooCodeInc/Roo-Code@cb83656, McpHub.ts",
    on: "2026-04-14",
  },
  {
    tool: "Roo Code",
    where: file(".roo/settings-export.json"),
    layout: "json",
    spots: [base("providerProfiles", "apiConfigs", "*", "*")],
    lax: rooLax,
    source: "@roo-code/types 1.115.0",
    on: "2026-11-25",
  },
  {
    tool: "Aider",
    where: file(".aider.conf.yml"),
    layout: "yaml",
    spots: [
      base("openai-api-base"),
      assignments("set-env"),
      lines("lint-cmd"),
      lines("test-cmd"),
      loaded("commands", "load"),
    ],
    source: "Aider-AI/aider@5dc9490, args.py",
    on: "2026-05-22",
  },
  {
    tool: "Aider",
    where: file(".aider.model.settings.yml"),
    layout: "yaml",
    spots: [base("list", "*", "extra_params", "api_base"), base("*", "extra_params", "api_base")],
    source: "Aider-AI/aider@5dc9490, models.py",
    on: "2026-05-22",
  },
  {
    tool: "LiteLLM",
    where: file("litellm_config.yaml", "litellm-config.yaml"),
    layout: "yaml",
    spots: [
      base("model_list", "*", "litellm_params", "api_base"),
      servers("mcp_servers"),
      variables("environment_variables"),
    ],
    source: "BerriAI/litellm-docs@ef86ded",
    on: "2026-05-02",
  },
  {
    tool: "Kilo Code",
    where: file("kilo.json", "kilo.jsonc", ".kilo/kilo.json", ".kilo/kilo.jsonc", ".kilocode/kilo.jsonc"),
    layout: "json",
    spots: opencode,
    lax: opencodeLax,
    source: "@kilocode/cli 7.7.9",
    on: "2026-11-22",
  },
  {
    tool: "other tools with Claude's file of servers",
    where: file(
      ".kilocode/mcp.json",
      ".factory/mcp.json",
      ".warp/.mcp.json",
      ".agents/.mcp.json",
      ".kiro/settings/mcp.json",
      ".junie/mcp/mcp.json",
    ),
    layout: "json",
    spots: [servers("mcpServers")],
    lax: serverLax,
    source: "@kilocode/cli 7.7.9, droid 0.215.0, warpdotdev/Warp@be5b39a; documentation of Kiro and Junie",
    on: "2026-11-22",
  },
  {
    tool: "Amp",
    where: file(".amp/settings.json"),
    layout: "json",
    spots: [servers("amp.mcpServers")],
    source: "https://ampcode.com/manual",
    on: "2026-11-22",
  },
  {
    tool: "files of variables",
    where: file(
      ".env",
      ".env.local",
      ".env.development",
      ".env.production",
      ".env.test",
      ".envrc",
      ".gemini/.env",
      ".continue/.env",
      ".codex/.env",
    ),
    layout: "env",
    spots: [],
    personal: true,
    source:
      "CVE-2025-61260 (Codex CLI, fixed in 0.23.0 on 2025-08-20); aider loads .env over the shell's own",
    on: "2026-11-22",
  },
];

const isAt = (p: Pattern, path: string): boolean => {
  if ("file" in p) return p.file === path;
  if (!path.startsWith(`${p.folder}/`) || !path.endsWith(p.suffix ?? "")) return false;
  return !!p.deep || !path.slice(p.folder.length + 1).includes("/");
};
const byFile = new Map<string, Row[]>();
for (const row of surveyed)
  for (const p of row.where) if ("file" in p) byFile.set(p.file, [...(byFile.get(p.file) ?? []), row]);
/** Rows of folders, by the first part of the folder's path. */
const byFolder = new Map<string, Row[]>();
for (const row of surveyed)
  for (const p of row.where) {
    const first = "folder" in p ? p.folder.split("/")[0]! : undefined;
    const known = first === undefined ? undefined : (byFolder.get(first) ?? []);
    if (known && !known.includes(row)) byFolder.set(first!, [...known, row]);
  }

/** What is known of a file, by its path in its folder. */
export const rowsAt = (path: string): readonly Row[] => {
  const rows = byFile.get(path);
  if (rows) return rows;
  const inFolder = byFolder.get(path.split("/", 1)[0]!) ?? [];
  return inFolder.filter(
    (row) => row.where.some((p) => isAt(p, path)) && (!row.named || row.named.test(path)),
  );
};
