import { type Codec, either, list as listOf, map, oneOf, salvaged, text } from "../core/codec.ts";
import { Mismatch } from "../core/data.ts";
import type { HookEvent, Scope } from "../core/spec.ts";
import { argument, braceEnv, envReading } from "../core/spellings.ts";
import type { Spelling } from "../core/template.ts";

/**
 * `${VAR}` and `${VAR:-default}` in command, args, env, url and headers; `$VAR` and `${env:VAR}` pass as they are; no escape.
 * Measured on 2.1.330, 2026-11-22.
 */
export const claudeData: Spelling = {
  id: "Claude Code's .mcp.json",
  can: [{ env: "X" }, { env: "X", or: "d" }],
  reads: [envReading("\\$\\{", "\\}", ":-")],
  hole: braceEnv,
};

/** A path that reads as a file and not as a handle or a package: it has an extension. */
const FILE = /(?<=^|\s)@((?:[\w.-]+\/)*[\w-][\w.-]*\.[A-Za-z0-9]+)(?=\s|$)/m;
const word = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/**
 * Numbers count from 0, and `$1x` is text; `$ARGUMENTS` is greedy (`$ARGUMENTS_X` is a hole and `_X`); `\$` before a hole is a
 * dollar, but two backslashes are two and the hole is filled; shell only behind white space or at the start of a line.
 * Measured on 2.1.330, 2026-11-22 and 2026-11-25.
 */
export const claudePrompt = (names: readonly string[] = []): Spelling => {
  const known = names.filter(word);
  const named = known.length ? `|(?:${known.join("|")})(?!\\w)` : "";
  return {
    id: "a Claude Code command",
    can: [{ arg: "all" }, { arg: 1 }, { shell: "ls" }, { file: "a.md" }, ...known.map((n) => ({ named: n }))],
    reads: [
      [new RegExp(`(?<!\\\\)\\\\(\\$(?=ARGUMENTS|\\d${named}))`), (m) => m[1]!],
      [/\$ARGUMENTS\[(\d+)\]/, (m) => ({ arg: Number(m[1]) + 1 })],
      [/\$ARGUMENTS/, () => ({ arg: "all" })],
      [/\$(\d)(?!\w)/, (m) => ({ arg: Number(m[1]) + 1 })],
      ...(known.length
        ? ([
            [new RegExp(`\\$(${known.join("|")})(?!\\w)`), (m) => ({ named: m[1]! })],
          ] as const satisfies Spelling["reads"])
        : []),
      [/(?<=^|\s)!`([^`\n]+)`/m, (m) => ({ shell: m[1]! })],
      [FILE, (m) => ({ file: m[1]! })],
    ],
    hole: (h) => {
      if ("shell" in h) return /[`\n]/.test(h.shell) ? undefined : `!\`${h.shell}\``;
      if ("named" in h) return known.includes(h.named) ? `$${h.named}` : undefined;
      if ("file" in h) return FILE.exec(`@${h.file}`)?.[1] === h.file ? `@${h.file}` : undefined;
      return argument(h, "$ARGUMENTS", (n) => (n >= 1 && n <= 10 ? `$ARGUMENTS[${n - 1}]` : undefined));
    },
    escape: (seen) => (/^\\?\$/.test(seen) ? `\\${seen}` : undefined),
  };
};

const spaced = (at: RegExp): Codec<string[]> =>
  map(
    text,
    (s) => s.split(at).filter(Boolean),
    (words) => words.join(" "),
  );

/** Words parted by commas, else by spaces, outside brackets: `Bash(git add:*), Read`. */
export const toolWords: Codec<string[]> = map(
  text,
  (s) => {
    const cut = (at: RegExp): string[] =>
      s
        .split(at)
        .map((p) => p.trim())
        .filter(Boolean);
    const byComma = cut(/,(?![^(]*\))/);
    return byComma.length > 1 ? byComma : cut(/[\s,]+(?![^(]*\))/);
  },
  (words) => {
    if (words.some((w) => w.trim() !== w || w === "" || /,(?![^(]*\))/.test(w)))
      throw new Mismatch("a word holds a comma");
    return words.join(", ");
  },
);

/** A list, or words parted by spaces: a comma becomes part of the name (2.1.330, 2026-11-25). */
export const argumentNames: Codec<string[]> = salvaged(
  either(listOf(text), spaced(/\s+/)),
  spaced(/[\s,]+/),
  "Claude Code parts `arguments` at spaces: a comma becomes part of the name",
);

/** Claude Code's hook events that have a neutral name; 33 in all, from its own error text (2.1.330, 2026-11-22). */
const events: Record<HookEvent, string> = {
  sessionStart: "SessionStart",
  sessionEnd: "SessionEnd",
  promptSubmit: "UserPromptSubmit",
  beforeTool: "PreToolUse",
  afterTool: "PostToolUse",
  stop: "Stop",
  subagentStop: "SubagentStop",
  beforeCompact: "PreCompact",
  notification: "Notification",
};
const eventOf = new Map(Object.entries(events).map(([ours, theirs]) => [theirs, ours as HookEvent]));
export const claudeEvent: Codec<HookEvent> = map(
  oneOf(...Object.values(events)),
  (e) => eventOf.get(e)!,
  (e) => events[e],
);

/** A name for a hook that has none: its event and what it runs. */
export const hookLabel = ({ on, run }: { on: HookEvent; run: string }): string =>
  `${on}-${run
    .split(/\s+/)[0]!
    .split("/")
    .at(-1)!
    .replace(/[^\w.-]/g, "")}`;

/** The first of each is written, all are read. */
const tools: Record<string, string[]> = {
  shell: ["Bash"],
  read: ["Read"],
  edit: ["Edit", "MultiEdit", "NotebookEdit"],
  write: ["Write"],
  search: ["Grep", "Glob"],
  web: ["WebFetch", "WebSearch"],
};
const several = new Set(["search", "web"]);
const neutral = new Map(Object.entries(tools).flatMap(([ours, theirs]) => theirs.map((t) => [t, ours])));

/** Words that name exact tools; anything else is a regular expression to the tool (docs of 2.1.240). */
const toolOf = (word: string): string => {
  const mcp = /^mcp__(.+?)__(?:\.\*|(\w[\w-]*))$/.exec(word);
  if (mcp) return `mcp:${mcp[1]}${mcp[2] ? `/${mcp[2]}` : ""}`;
  const ours = neutral.get(word);
  if (!ours) throw new Mismatch(`no neutral name for the tool ${word}`);
  return ours;
};
const wordsFor = (tool: string): string[] => {
  const mcp = /^mcp:([^/]+)(?:\/(.+))?$/.exec(tool);
  if (mcp) return [`mcp__${mcp[1]!.replace(/[^\w-]/g, "_")}__${mcp[2] ?? ".*"}`];
  const theirs = tools[tool];
  if (!theirs) throw new Mismatch(`Claude Code has no tool ${tool}`);
  return several.has(tool) ? theirs : theirs.slice(0, 1);
};
export const matcher: Codec<string[]> = map(
  text,
  (s) => {
    const words = s.split(/[|,]/).map((w) => w.trim());
    if (words.length === 1 && (words[0] === "" || words[0] === "*")) throw new Mismatch("matches every tool");
    return [...new Set(words.map(toolOf))];
  },
  (ours) => ours.flatMap(wordsFor).join("|"),
);

/** Argument words that a pattern could misread are not said. */
export const plainWords = (argv: readonly string[]): boolean =>
  argv.length > 0 && argv.every((a) => /^[^\s*()]+$/.test(a));
export const plainHost = (host: string): boolean => /^[^\s*()]+$/.test(host);
export const plainGlob = (glob: string): boolean => !/[()\n]/.test(glob);
/** Other characters in the name of a server or tool are written as `_`. */
export const plainTool = (tool: string): boolean => /^(?:mcp:)?[\w-]+(?:\/[\w-]+)?$/.test(tool);
const rooted = (glob: string): string =>
  glob.startsWith("/") ? glob : glob.includes("/") ? `/${glob}` : `/**/${glob}`;
const unrooted = (glob: string): string => {
  if (glob.startsWith("//") || glob.startsWith("~")) throw new Mismatch("a path outside the repository");
  if (glob.startsWith("/**/") && !glob.slice(4).includes("/")) return glob.slice(4);
  const bare = glob.replace(/^\.?\//, "");
  return glob !== bare && !bare.includes("/") ? `/${bare}` : bare;
};

/**
 * `Bash(npm test:*)` is a prefix of words; `Read(/src/**)` counts from the project, `Read(x)` from any depth below the current
 * folder; `WebFetch(domain:x)`; `mcp__server__tool`. Docs of 2.1.240, 2026-08-22.
 */
export const permissionRule: Codec<Scope> = map(
  text,
  (rule): Scope => {
    const mcp = /^mcp__(.+?)(?:__(.+))?$/.exec(rule);
    if (mcp) return { on: "mcp", tool: mcp[1]! + (mcp[2] && mcp[2] !== "*" ? `/${mcp[2]}` : "") };
    const m = /^(Bash|Read|Edit|WebFetch)\((.+)\)$/s.exec(rule);
    if (!m) throw new Mismatch("no neutral form");
    const [, tool, spec] = m as unknown as [string, string, string];
    if (tool === "Read" || tool === "Edit")
      return { on: tool === "Read" ? "read" : "edit", glob: unrooted(spec) };
    if (tool === "WebFetch") {
      if (!spec.startsWith("domain:") || !plainHost(spec.slice(7))) throw new Mismatch("no neutral form");
      return { on: "web", host: spec.slice(7) };
    }
    const prefix = /^(.+?)(?::\*| \*)$/.exec(spec)?.[1]?.split(" ");
    if (!prefix || !plainWords(prefix)) throw new Mismatch("no neutral form: not a prefix of words");
    return { on: "shell", argv: prefix };
  },
  (scope) => {
    if (scope.on === "web") {
      if (!plainHost(scope.host)) throw new Mismatch("a host that the pattern would misread");
      return `WebFetch(domain:${scope.host})`;
    }
    if (scope.on === "mcp")
      return `mcp__${scope.tool
        .replace(/\/\*$/, "")
        .replace(/[^\w/-]/g, "_")
        .replace("/", "__")}`;
    if (scope.on === "shell") {
      if (!plainWords(scope.argv)) throw new Mismatch("a word that the pattern would misread");
      return `Bash(${scope.argv.join(" ")}:*)`;
    }
    if (!plainGlob(scope.glob)) throw new Mismatch("a glob that the pattern would misread");
    return `${scope.on === "read" ? "Read" : "Edit"}(${rooted(scope.glob)})`;
  },
);
