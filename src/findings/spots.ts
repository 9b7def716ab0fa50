import { isObject } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import { redirectKind } from "./endpoints.ts";
import { nothing, type Runs } from "./runs.ts";

/** One place in a document where something that runs or redirects can stand. */
export interface Spot {
  /** `hook`, `server`, `helper`, ... */
  kind: string;
  /** `*` stands for any key or index. */
  at: Path;
  /** A command without arguments is a line for a shell. */
  shell?: true;
  when?: (value: unknown, path: Path) => boolean;
  /** What the value says, where its spelling is its own. */
  reads?: (value: unknown, path: Path) => Runs;
}
/** Servers by name under a key. */
export const servers = (...at: readonly string[]): Spot => ({ kind: "server", at: [...at, "*"] });
/** `{"hooks": {"<Event>": [{"matcher": "..", "hooks": [{"command": ".."}]}]}}`, the shape that Claude Code began. */
export const hookGroups = (...at: readonly string[]): Spot => ({
  kind: "hook",
  at: [...at, "*", "*", "hooks", "*"],
  shell: true,
});
/** `{"hooks": {"<event>": [{"command": ".."}]}}`, the flat shape of Cursor and Copilot. */
export const hookList = (...at: readonly string[]): Spot => ({
  kind: "hook",
  at: [...at, "*", "*"],
  shell: true,
});
/** A line for a shell under one key. */
export const helper = (...at: readonly string[]): Spot => ({ kind: "helper", at, shell: true });
/** A program and its arguments under one key. */
export const program = (...at: readonly string[]): Spot => ({ kind: "helper", at });
/** A setting that names where requests go; a `*` at the end stands for keys such as `openAiBaseUrl`. */
export const base = (...at: readonly string[]): Spot => ({
  kind: "base URL",
  at,
  when: (value, path) =>
    typeof value === "string" && (at.at(-1) !== "*" || /BaseUrl$/.test(String(path.at(-1)))),
  reads: (value) => ({ ...nothing(), urls: [String(value)] }),
});
/** Variables that a tool sets: those that redirect or load code. */
export const variables = (...at: readonly string[]): Spot => ({
  kind: "variable",
  at: [...at, "*"],
  when: (value, path) => typeof value === "string" && redirectKind(String(path.at(-1))) !== undefined,
  reads: (value, path) => ({ ...nothing(), env: { [String(path.at(-1))]: String(value) } }),
});
const assignment = (value: unknown): Record<string, string> => {
  const [name = "", ...rest] = String(value).split("=");
  return redirectKind(name.trim()) === undefined ? {} : { [name.trim()]: rest.join("=").trim() };
};
/** `NAME=value`, one or a list of them. */
export const assignments = (...at: readonly string[]): Spot => ({
  kind: "variable",
  at,
  reads: (value) => ({ ...nothing(), env: Object.assign({}, ...[value].flat().map(assignment)) }),
});
/** Code of a tool's own kind that is loaded by name. */
export const loaded = (kind: string, ...at: readonly string[]): Spot => ({
  kind,
  at,
  reads: (value) => ({
    ...nothing(),
    loads: typeof value === "string" ? [value] : value === true ? [String(at.at(-1))] : [],
  }),
});
/** A file that is run or loaded as it is. */
export const script: Spot = {
  kind: "script",
  at: [],
  reads: (text) => ({ ...nothing(), loads: [String(text)] }),
};

/** Plugins of Claude Code: packages with hooks and servers of their own. */
export const plugins: Spot = {
  kind: "plugin",
  at: ["enabledPlugins", "*"],
  when: (on) => on !== false,
  reads: (_, path) => ({ ...nothing(), loads: [String(path.at(-1))] }),
};
/** Where plugins come from. */
const marketplaces: Spot = {
  kind: "marketplace",
  at: ["extraKnownMarketplaces", "*"],
  reads: (value) => {
    const source = isObject(value) ? value["source"] : undefined;
    return { ...nothing(), loads: isObject(source) ? Object.values(source).map(String) : [] };
  },
};

const settingsHelpers = [
  "apiKeyHelper",
  "awsAuthRefresh",
  "awsCredentialExport",
  "gcpAuthRefresh",
  "otelHeadersHelper",
];
/** What Claude Code runs from its settings. */
export const claudeSettings: readonly Spot[] = [
  hookGroups("hooks"),
  ...settingsHelpers.map((key) => helper(key)),
  { kind: "status line", at: ["statusLine"], shell: true },
  { kind: "status line", at: ["subagentStatusLine"], shell: true },
  { kind: "helper", at: ["fileSuggestion"], shell: true },
  variables("env"),
  plugins,
  marketplaces,
];
/** Agents and skills of several tools may bring hooks and servers of their own. */
export const heads: readonly Spot[] = [hookGroups("hooks"), servers("mcpServers"), servers("mcp-servers")];

/** A task of VS Code that starts when the folder is opened. */
export const isAutomatic = (task: unknown): boolean => {
  const options = isObject(task) ? task["runOptions"] : undefined;
  return isObject(options) && options["runOn"] === "folderOpen";
};
/** Variables that VS Code sets in every terminal. */
export const editorVariables = ["linux", "osx", "windows"].map((os) =>
  variables(`terminal.integrated.env.${os}`),
);
/** What opencode and its descendants run from their settings. */
export const opencode: readonly Spot[] = [
  servers("mcp"),
  base("provider", "*", "options", "baseURL"),
  base("provider", "*", "api"),
  loaded("plugin", "plugin", "*"),
  program("lsp", "*", "command"),
  program("formatter", "*", "command"),
  {
    kind: "instructions",
    at: ["instructions", "*"],
    when: (value) => /^https?:/i.test(String(value)),
    reads: (value) => ({ ...nothing(), urls: [String(value)] }),
  },
];
/** What Continue runs from its settings, and where it sends requests. */
export const continueSpots: readonly Spot[] = [
  { kind: "server", at: ["mcpServers", "*"] },
  base("models", "*", "apiBase"),
  base("models", "*", "requestOptions", "proxy"),
  base("requestOptions", "proxy"),
  base("context", "*", "params", "url"),
];

/** One line for a shell, or several. */
export const lines = (...at: readonly string[]): Spot => ({
  kind: "hook",
  at,
  reads: (value) => ({
    ...nothing(),
    lines: [value].flat().filter((v): v is string => typeof v === "string"),
  }),
});
