import { type Declared, type EndpointRule, endpoint, isToolRedirect } from "./endpoints.ts";
import { type Hit, shown } from "./hit.ts";

/**
 * Variables that tell a tool where its own settings are: whoever sets one in a repository's `.env` brings servers and hooks
 * that nobody has approved (CVE-2025-61260 of Codex, fixed 2025-08-20). Names after each tool's documents, 2026-11-22.
 */
const HOMES =
  /^(?:CODEX_HOME|CODEX_SQLITE_HOME|CLAUDE_CONFIG_DIR|CLAUDE_CODE_MANAGED_SETTINGS_PATH|GEMINI_CLI_HOME|GEMINI_CLI_(?:SYSTEM_SETTINGS|SYSTEM_DEFAULTS|TRUSTED_FOLDERS)_PATH|GEMINI_CONFIG_DIR|OPENCODE_CONFIG(?:_DIR|_CONTENT)?|OPENCODE_PERMISSION|COPILOT_HOME|COPILOT_CUSTOM_INSTRUCTIONS_DIRS|CURSOR_CONFIG_DIR|CONTINUE_GLOBAL_DIR|CLINE_(?:DIR|DATA_DIR|HOOKS_DIR|MCP_SETTINGS_PATH|PROVIDER_SETTINGS_PATH)|XDG_(?:CONFIG|DATA)_HOME|AIDER_(?:ENV_FILE|LOAD|READ|MODEL_SETTINGS_FILE|MODEL_METADATA_FILE))$/;
/** Variables that switch a tool's questions off, or give it commands to run. */
const FREES =
  /^(?:COPILOT_ALLOW_ALL|CLINE_COMMAND_PERMISSIONS|AIDER_(?:YES_ALWAYS|LINT_CMD|TEST_CMD|NOTIFICATIONS_COMMAND|AUTO_TEST|SUGGEST_SHELL_COMMANDS))$/;
/** Where they point by themselves. */
const USUAL =
  /^(?:~|\$\{?HOME\}?|%USERPROFILE%)(?:\/\.(?:codex|claude|gemini|config(?:\/opencode)?|copilot|cursor|continue|local\/share))?\/?$/;
const OFF = /^(?:0|false|no|off)$/i;

/** One assignment: `export NAME="value"`, with what may stand behind. No name is looked for inside another line. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+|set[ \t]+|declare[ \t]+-x[ \t]+)?(?<name>[A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:"(?<double>(?:[^"\\]|\\[\s\S])*)"|'(?<single>[^']*)'|(?<bare>[^\n]*))/gm;

const homeHit = (name: string, value: string): Pick<Hit<"home">, "reason" | "note"> | undefined => {
  if (HOMES.test(name))
    return USUAL.test(value)
      ? undefined
      : {
          reason: `moves the settings of a tool to ${shown(value)}: what stands there runs unasked`,
          note: "take it out of the file; set it for one person outside the repository",
        };
  if (!FREES.test(name) || OFF.test(value)) return undefined;
  return {
    reason: "lets a tool act unasked, or gives it a command to run",
    note: "take it out of the file; set it for one person outside the repository",
  };
};

/** Assignments of an `.env` file that move a tool's settings, or redirect it; offsets of the assignment. */
export const envFile = (text: string, declared: Declared = {}): Hit<"home" | EndpointRule>[] =>
  [...text.matchAll(ASSIGNMENT)].flatMap((m): Hit<"home" | EndpointRule>[] => {
    const { name, double, single, bare } = m.groups as Record<string, string | undefined>;
    const value = double ?? single ?? bare!.replace(/(?:^|[ \t])#.*$/, "").trim();
    if (value === "") return [];
    const end = bare === undefined ? m.index + m[0].length : m.index + m[0].trimEnd().length;
    const start = m.index + (m[0].length - m[0].trimStart().length);
    const home = homeHit(name!, value);
    if (home)
      return [{ rule: "home", level: "error", start, end, ...home, evidence: shown(`${name}=${value}`) }];
    // programs that read such a file leave `PATH` as it is, and search paths of a language are everyday
    if (!isToolRedirect(name!) || name === "PATH") return [];
    const hits = endpoint(name!, value, declared).filter((h) => h.rule !== "loads" || h.level === "error");
    return hits.map((h) => ({
      ...h,
      start,
      end,
      evidence: shown(`${name}=${value}`),
    }));
  });
