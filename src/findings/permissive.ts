import { isObject } from "../core/data.ts";
import type { Path } from "../core/format.ts";

/** A setting that takes a question away from the user, and what makes it one. */
export interface Lax {
  /** `*` stands for any key or index. */
  at: Path;
  /** Why the value is too much; undefined: it is not. */
  bad: (value: unknown, doc: unknown) => string | undefined;
}

const isOn = (value: unknown): boolean => value === true || value === "true" || value === "on";
const when =
  (test: (value: unknown) => boolean, reason: string): Lax["bad"] =>
  (value) =>
    test(value) ? reason : undefined;
const isOneOf =
  (...words: readonly unknown[]) =>
  (value: unknown): boolean =>
    words.includes(value);

/** A rule that allows every command: `Bash`, `Bash(*)`, `Bash(:*)`, `Shell(*)`. */
const ANY_COMMAND =
  /^(?:Bash|Shell|run_shell_command|execute_command|PowerShell)(?:\(\s*(?::?\*+|\*:\*)?\s*\))?$/;
export const allowsAnyCommand = (rule: unknown): boolean =>
  typeof rule === "string" && (rule.trim() === "*" || ANY_COMMAND.test(rule.trim()));

/** A regular expression or prefix that every command fits. */
const fitsAll = (pattern: unknown): boolean =>
  typeof pattern === "string" && /^(?:|\*|\/?\^?\.[*+]\$?\/?[a-z]*)$/.test(pattern.trim());

/** Tools of servers that run what they are given. */
const SHELL_TOOL =
  /(?:^|[_\-/])(?:bash|shell|terminal|exec|execute|run)(?:[_-]?(?:command|shell|script|code|process|cmd))?$/i;
const isShellTool = (tool: unknown): boolean =>
  typeof tool === "string" && (tool === "*" || SHELL_TOOL.test(tool));

const every = "every command is allowed without a question";
const asksNothing = "the agent asks before nothing";

/** Claude Code, https://code.claude.com/docs/en/settings and its schema in SchemaStore@3b6446a, 2026-08. */
export const claudeLax: readonly Lax[] = [
  { at: ["permissions", "defaultMode"], bad: when(isOneOf("bypassPermissions", "dontAsk"), asksNothing) },
  { at: ["defaultMode"], bad: when(isOneOf("bypassPermissions"), asksNothing) },
  { at: ["skipDangerousModePermissionPrompt"], bad: when(isOn, "the warning before such a mode is skipped") },
  {
    at: ["permissions", "skipDangerousModePermissionPrompt"],
    bad: when(isOn, "the warning before such a mode is skipped"),
  },
  { at: ["permissions", "allow", "*"], bad: when(allowsAnyCommand, every) },
  {
    at: ["enableAllProjectMcpServers"],
    bad: when(isOn, "every server that anybody adds to .mcp.json starts without a question"),
  },
];

/** Subagents and skills of Claude Code: the head of a Markdown file. */
export const claudeHeadLax: readonly Lax[] = [
  { at: ["permissionMode"], bad: when(isOneOf("bypassPermissions", "dontAsk"), asksNothing) },
];

/** `.cursor/cli.json`, https://cursor.com/docs/cli/reference/permissions, 2026-08; `.cursor/permissions.json` likewise. */
export const cursorLax: readonly Lax[] = [
  { at: ["permissions", "allow", "*"], bad: when(allowsAnyCommand, every) },
  { at: ["terminalAllowlist", "*"], bad: when((v) => allowsAnyCommand(v) || fitsAll(v), every) },
  { at: ["autoRun"], bad: when(isOn, asksNothing) },
];

/** Codex CLI 0.169.0, probed with --strict-config, 2026-11-22. */
export const codexLax: readonly Lax[] = [
  {
    at: ["approval_policy"],
    bad: (value, doc) =>
      value === "never" && isObject(doc) && doc["sandbox_mode"] === "danger-full-access"
        ? "nothing is asked and nothing is fenced in"
        : undefined,
  },
  { at: ["sandbox_mode"], bad: when(isOneOf("danger-full-access"), "commands run outside of any sandbox") },
  {
    at: ["mcp_servers", "*", "default_tools_approval_mode"],
    bad: when(isOneOf("approve"), "every tool of the server runs without a question"),
  },
];

/** Gemini CLI 0.61.0, settings schema of google-gemini/gemini-cli@5411f113, 2026-08-21. */
export const geminiLax: readonly Lax[] = [
  { at: ["mcpServers", "*", "trust"], bad: when(isOn, "every tool of the server runs without a question") },
  { at: ["tools", "allowed", "*"], bad: when(allowsAnyCommand, every) },
  { at: ["allowedTools", "*"], bad: when(allowsAnyCommand, every) },
  { at: ["general", "defaultApprovalMode"], bad: when(isOneOf("yolo"), asksNothing) },
];

/** `alwaysAllow` (Roo Code 3.52.1, McpHub.ts@cb83656), `autoApprove` (Cline and Kiro) of a server. */
export const serverLax: readonly Lax[] = ["alwaysAllow", "autoApprove"].map((key) => ({
  at: ["mcpServers", "*", key, "*"],
  bad: when(isShellTool, "a tool that runs commands is allowed without a question"),
}));

/** Settings export of Roo Code 3.52.1: `globalSettingsSchema` of `@roo-code/types` 1.115.0, 2026-11-25. */
export const rooLax: readonly Lax[] = [
  { at: ["globalSettings", "allowedCommands", "*"], bad: when(fitsAll, every) },
];

/**
 * VS Code: CVE-2025-53773 (August 2025) wrote the first of these; https://code.visualstudio.com/docs/agents/approvals, 2026-06.
 * The last ones are of the extensions of Claude Code and Roo Code.
 */
export const editorLax: readonly Lax[] = [
  { at: ["chat.tools.autoApprove"], bad: when(isOn, asksNothing) },
  { at: ["chat.tools.global.autoApprove"], bad: when(isOn, asksNothing) },
  { at: ["chat.permissions.default"], bad: when(isOneOf("bypassApprovals", "autopilot"), asksNothing) },
  { at: ["task.allowAutomaticTasks"], bad: when(isOn, "tasks of the folder start by themselves") },
  {
    at: ["chat.tools.terminal.autoApprove"],
    bad: (value) =>
      isObject(value) &&
      Object.entries(value).some(([rule, on]) => fitsAll(rule) && on !== false && on !== null)
        ? every
        : undefined,
  },
  { at: ["roo-cline.allowedCommands", "*"], bad: when(fitsAll, every) },
  { at: ["claudeCode.allowDangerouslySkipPermissions"], bad: when(isOn, asksNothing) },
  { at: ["claudeCode.initialPermissionMode"], bad: when(isOneOf("bypassPermissions"), asksNothing) },
];

/** opencode 1.18.33 asks where told to; `*` lets everything through, also what asks by default. */
export const opencodeLax: readonly Lax[] = [
  { at: ["permission"], bad: when(isOneOf("allow"), asksNothing) },
  {
    at: ["permission", "*"],
    bad: (value, doc) =>
      value === "allow" && isObject(doc) && isObject(doc["permission"]) && doc["permission"]["*"] === "allow"
        ? asksNothing
        : undefined,
  },
];
