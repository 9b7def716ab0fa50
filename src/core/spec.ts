import type { Content } from "./change.ts";
import type { Data } from "./data.ts";
import type { Template } from "./template.ts";

/** Whom an item is for and where it stands; no part of what a tool holds. */
export interface Aim {
  targets?: string[];
  except?: string[];
  /** Keys that only one tool has, by target. */
  overrides?: Record<string, Data>;
  /** The file this item was imported from, by target, where the default would differ. */
  paths?: Record<string, string>;
  /** Rules with a lower number come first; those without one follow, by name. */
  order?: number;
  /** Address of the file or row that is this item's source, when it is a tool's own (`from:`, `rules:`). */
  at?: string;
}

interface Named extends Aim {
  name: string;
}

/** When a tool puts a rule in front of the model. */
export type Apply =
  | { on: "always" }
  | { on: "globs"; globs: string[] }
  | { on: "relevant" }
  | { on: "manual" };

export interface Rule extends Named {
  description?: string;
  apply: Apply;
  /** Subagents or modes this rule is for; without it, all. */
  agents?: string[];
  body: string;
  /** On a page: the file that holds the text, where the page only points to it. */
  points?: string;
  /** Files that the body names as `@path` and that exist: where, and what they hold. */
  imports?: Import[];
  /** Links in the body that lead to other rules, in their order. */
  links?: RuleLink[];
}
/** A link from one rule to another. */
export interface RuleLink {
  /** Offsets of its address in the body. */
  at: number;
  end: number;
  to: Rule;
  /** What follows the path: `#part`. */
  rest: string;
}
export interface Import {
  /** Offsets of the token in the body. */
  at: number;
  end: number;
  path: string;
  text: string;
}

export interface Command extends Named {
  description?: string;
  /** Shown after the command's name while it is typed. */
  hint?: string;
  /** Names of the arguments, in order: `{{name}}` in the body. */
  arguments?: string[];
  allowedTools?: string[];
  model?: string;
  body: Template;
}

export interface Agent extends Named {
  description?: string;
  model?: string;
  tools?: string[];
  body: string;
}

/** Kept as bytes: SKILL.md and whatever stands beside it. */
export interface Skill extends Named {
  files: Record<string, SkillFile>;
}
export interface SkillFile {
  content: Content;
  exec?: true;
}

export const hookEvents = [
  "sessionStart",
  "sessionEnd",
  "promptSubmit",
  "beforeTool",
  "afterTool",
  "stop",
  "subagentStop",
  "beforeCompact",
  "notification",
] as const;
export type HookEvent = (typeof hookEvents)[number];
/** What a hook can watch; `mcp:server/tool` and `mcp:server` stand beside these. */
export const toolNames = ["shell", "read", "edit", "write", "search", "web"] as const;

export interface Hook extends Named {
  on: HookEvent;
  /** Without it: every tool. */
  tools?: string[];
  /** A shell command line, passed on as it is. */
  run: string;
  timeoutMs?: number;
}

export const effects = ["allow", "ask", "deny"] as const;
export type Effect = (typeof effects)[number];
export type Scope =
  | { on: "shell"; argv: string[] }
  | { on: "read"; glob: string }
  | { on: "edit"; glob: string }
  | { on: "web"; host: string }
  | { on: "mcp"; tool: string };
export interface Permission extends Named {
  effect: Effect;
  scope: Scope;
}

/** Files that agents should not look at; the name is the glob. */
export type Ignore = Named;

/** One key of a tool's own settings that no other kind names. */
export interface Setting extends Named {
  /** Keys from the root of the tool's settings. */
  path: string[];
  value: unknown;
}

export type Transport =
  | {
      type: "stdio";
      command: Template;
      args?: Template[];
      env?: Record<string, Template>;
      cwd?: string;
    }
  | { type: "http" | "sse"; url: Template; headers?: Record<string, Template> };

export interface Server extends Named {
  transport: Transport;
  timeoutMs?: number;
}

/** A plain HTTP retriever. Texts in its body hold `${NAME}` like any other; paths are JSON pointers, a bare name is one key. */
export interface Endpoint {
  url: Template;
  headers?: Record<string, Template>;
  /** Whose way of asking and answering it has; without it Continue's. What is declared below goes before. */
  shape?: "continue" | "openai";
  request?: {
    method?: "GET" | "POST";
    /** Where the query goes: a parameter of a GET, or a path in the body. */
    query?: string;
    /** Where the number of results goes. */
    limit?: string;
    /** What else the body holds. */
    body?: Data;
  };
  /** Where the results stand, and paths in one of them; `*` is each element of a list. */
  results?: { at?: string; title?: string; text?: string; url?: string; score?: string };
  timeoutMs?: number;
  maxReplyBytes?: number;
  /** Of text for the model. */
  maxTextBytes?: number;
}
export type Source =
  | { type: "mcp"; mcp: Transport }
  | { type: "http"; http: Endpoint }
  | { type: "vector_store"; vector_store: { id: Template; provider?: string } };
export interface Retrieval extends Named {
  description?: string;
  source: Source;
  /** Starts our own MCP server for a plain HTTP source, given by the loader. */
  bridge?: Transport;
}

export interface Provider extends Named {
  /** Which row of the provider table; without it the name says so. */
  type?: string;
  /** Without a dialect path such as `/v1`. */
  origin?: Template;
  apiKey?: Template;
  /** A command that prints the key. */
  keyCommand?: string;
  region?: string;
  project?: string;
  headers?: Record<string, Template>;
  /** Tokens that it takes, where that is less than the model does: a server of one's own is told so at its start. */
  context?: number;
}

export interface Model extends Named {
  /** `provider/native-id`, tried in order. */
  chain: string[];
  onOutage?: "wait" | "degrade";
  limits?: { tokensPerDay?: number; usdPerDay?: number };
  /** The chain with its providers, found by the loader. */
  steps?: Step[];
}
/** One step of a chain: the provider entry, and the model by the provider's own id. */
export interface Step {
  provider: Provider;
  id: string;
}

/** Every kind of thing a spec can hold. */
export interface Kinds {
  rule: Rule;
  command: Command;
  agent: Agent;
  skill: Skill;
  hook: Hook;
  permission: Permission;
  ignore: Ignore;
  setting: Setting;
  server: Server;
  retrieval: Retrieval;
  provider: Provider;
  model: Model;
}
export type Kind = keyof Kinds;
export const kinds = [
  "rule",
  "command",
  "agent",
  "skill",
  "hook",
  "permission",
  "ignore",
  "setting",
  "server",
  "retrieval",
  "provider",
  "model",
] as const satisfies readonly Kind[];

export type Item = Kinds[Kind];
export type Spec = { [K in Kind]: Kinds[K][] };
export const emptySpec = (): Spec => Object.fromEntries(kinds.map((k) => [k, []])) as unknown as Spec;

/** What a tool is asked to hold: the item without its name and its aim. */
export type Held<I> = Omit<I, "name" | "points" | "imports" | "links" | "steps" | "bridge" | keyof Aim>;
const aside = new Set([
  "name",
  "targets",
  "except",
  "overrides",
  "paths",
  "order",
  "at",
  "imports",
  "links",
  "points",
  "steps",
  "bridge",
]);
export const held = <I extends Named>(item: I): Held<I> => {
  const out: Record<string, unknown> = {};
  for (const [k, v] of Object.entries(item)) if (v !== undefined && !aside.has(k)) out[k] = v;
  return out as Held<I>;
};

export const isFor = (item: Aim, target: string): boolean =>
  (!item.targets || item.targets.includes(target)) && !item.except?.includes(target);

/** The name of a permission is what it says: two that say the same are one. */
export const permissionName = (effect: Effect, scope: Scope): string => {
  const what =
    scope.on === "shell"
      ? scope.argv.join(" ")
      : scope.on === "web"
        ? scope.host
        : scope.on === "mcp"
          ? scope.tool
          : scope.glob;
  return `${effect} ${scope.on} ${what}`;
};
