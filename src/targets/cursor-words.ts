import { type Codec, codec, commas, map, oneOf, text } from "../core/codec.ts";
import { type Data, Mismatch, same } from "../core/data.ts";
import { except } from "../core/shape.ts";
import { type Effect, type Hook, type HookEvent, hookEvents, type Scope } from "../core/spec.ts";
import { envReading, plainEnv } from "../core/spellings.ts";
import type { Spelling } from "../core/template.ts";

/**
 * `${env:NAME}` in command, args, env, url and headers; no default, no escape: with its default left out, a variable is still
 * filled in where it is set. Docs as of 2026-08-16.
 */
export const cursorData: Spelling = {
  id: "Cursor's mcp.json",
  can: [{ env: "X" }],
  reads: [envReading("\\$\\{env:", "\\}")],
  hole: plainEnv("${env:", "}"),
  gloss: (h) => ("env" in h ? plainEnv("${env:", "}")({ env: h.env }) : undefined),
};

/** A glob without a slash is a name in the root to Cursor, and a name at any depth to us. Docs as of 2026-08-16. */
export const toCursorGlob = (glob: string): string => {
  if (glob.startsWith("/")) return glob.slice(1);
  if (glob.startsWith("./")) return glob.slice(2);
  return glob.includes("/") || glob === "**" ? glob : `**/${glob}`;
};
export const fromCursorGlob = (glob: string): string => {
  if (glob.startsWith("!") || glob === "**" || glob === "**/**") return glob;
  if (/^\*\*\/[^/]+$/.test(glob)) return glob.slice(3);
  return glob.includes("/") ? glob : `/${glob}`;
};
/** Read back, it is spelled otherwise. */
export const isRespelled = (glob: string): boolean => fromCursorGlob(toCursorGlob(glob)) !== glob;
export const excludes = (glob: string): boolean => glob.startsWith("!");

/** Words parted by commas and nothing else. */
export const commaWords: Codec<string[]> = map(
  text,
  (s) =>
    s
      .split(",")
      .map((w) => w.trim())
      .filter(Boolean),
  (words) => {
    if (!isCommaWords(words)) throw new Mismatch("a word holds a comma or a space at an end");
    return words.join(", ");
  },
);
export const isCommaWords = (words: readonly string[]): boolean =>
  words.length > 0 && words.every((w) => w !== "" && w.trim() === w && !/[,\r\n]/.test(w));

/** The globs parted by commas outside braces; undefined: a line cannot hold one of them. */
export const globLine = (globs: readonly string[]): string | undefined => {
  try {
    const line = String(commas.put(globs.map(toCursorGlob)));
    return globs.length && !/[\r\n]/.test(line) ? line : undefined;
  } catch (e) {
    if (e instanceof Mismatch) return undefined;
    throw e;
  }
};

/** Cursor's names for the events; there is none for notifications. From the loader in `@cursor/sdk` 1.0.32, 2026-11-22. */
const events: Partial<Record<HookEvent, string>> = {
  sessionStart: "sessionStart",
  sessionEnd: "sessionEnd",
  promptSubmit: "beforeSubmitPrompt",
  beforeTool: "preToolUse",
  afterTool: "postToolUse",
  stop: "stop",
  subagentStop: "subagentStop",
  beforeCompact: "preCompact",
};
export const hasTools = (on: HookEvent): boolean => on === "beforeTool" || on === "afterTool";
const eventOf = new Map(hookEvents.flatMap((e) => (events[e] ? [[events[e], e]] : [])));
const eventWord = oneOf(...eventOf.keys());

/** The names of tools whose Cursor name is known; one name stands for edit and write. `@cursor/sdk` 1.0.32, 2026-11-22. */
const tools: Readonly<Record<string, string>> = {
  shell: "Shell",
  read: "Read",
  edit: "Write",
  write: "Write",
};
export const isKnownTool = (tool: string): boolean => Object.hasOwn(tools, tool);
const toolsOf = (word: string): string[] => {
  const ours = Object.keys(tools).filter((t) => tools[t] === word);
  if (!ours.length) throw new Mismatch(`no neutral name for the tool ${word}`);
  return ours;
};

/** An event; a hook for tools of which none has a name would run on every tool, and is not said. */
export const cursorEvent: Codec<HookEvent> = codec(
  (x) => eventOf.get(eventWord.get(x))!,
  (on, _, around) => {
    const of = around?.["tools"] as string[] | undefined;
    if (!events[on] || (hasTools(on) && of && !of.some(isKnownTool)))
      throw new Mismatch("no name for the event or its tools");
    return events[on];
  },
  eventWord.schema,
);

const watchesTools = (hook: Data | undefined): boolean => hasTools(hook?.["on"] as HookEvent);
/** `Shell|Write`: names of tools; on events that no tool is part of it means something else. */
export const cursorMatcher: Codec<string[]> = {
  ...codec<string[]>(
    (x) => {
      const words = text.get(x).split("|");
      return [...new Set(words.flatMap((w) => toolsOf(w.trim())))];
    },
    (ours, _, around) => {
      if (!watchesTools(around)) throw new Mismatch("no matcher for tools");
      return [...new Set(ours.flatMap((t) => tools[t] ?? []))].join("|");
    },
    text.schema,
  ),
  stands: (_, __, around) => watchesTools(around),
};
/** What Cursor's names make of a list of tools. */
const widened = (ours: readonly string[]): string[] => [
  ...new Set(ours.filter(isKnownTool).flatMap((t) => toolsOf(tools[t]!))),
];
export const toolFacts = [
  except<string[]>((_, { on }: Hook) => !hasTools(on), "Cursor's event is not about a tool"),
  except<string[]>((ts) => !ts.every(isKnownTool), "Cursor's names for some of these tools are not known"),
  except<string[]>(
    (ts) => widened(ts).some((t) => !ts.includes(t)),
    "Cursor has one tool for edit and write: the hook runs on both",
  ),
  except<string[]>((ts) => !same(widened(ts), ts), "written in Cursor's order", "note"),
];

/** A command name that no pattern of Cursor's reads as another. */
const plainCommand = (word: string): boolean => /^[^\s:*?()[\]{}|!\\]+$/.test(word);
export const plainArgv = (argv: readonly string[]): boolean => argv.length === 1 && plainCommand(argv[0]!);
export const plainHost = (host: string): boolean => /^[\w.-]+$/.test(host);
export const plainPath = (glob: string): boolean => !/[()\r\n]/.test(glob) && !excludes(glob) && glob !== "/";
export const plainMcp = (tool: string): boolean => /^[^\s:*()/]+(?:\/[^\s:*()/]+|\/\*)?$/.test(tool);

const unsaid = (): never => {
  throw new Mismatch("no neutral form");
};
const readers: Readonly<Record<string, (spec: string) => Scope>> = {
  Shell: (s) => {
    const argv = [s.replace(/:\*$/, "")];
    return plainArgv(argv) ? { on: "shell", argv } : unsaid();
  },
  Read: (s) => (plainPath(s) ? { on: "read", glob: fromCursorGlob(s) } : unsaid()),
  Write: (s) => (plainPath(s) ? { on: "edit", glob: fromCursorGlob(s) } : unsaid()),
  WebFetch: (s) => (plainHost(s) ? { on: "web", host: s } : unsaid()),
  Mcp: (s) => {
    const [, server, tool] = /^([^\s:*()/]+):([^\s:*()/]+|\*)$/.exec(s) ?? unsaid();
    return { on: "mcp", tool: tool === "*" ? server! : `${server}/${tool}` };
  },
};
const said = (scope: Scope): string => {
  if (scope.on === "shell") return plainArgv(scope.argv) ? `Shell(${scope.argv[0]})` : unsaid();
  if (scope.on === "web") return plainHost(scope.host) ? `WebFetch(${scope.host})` : unsaid();
  if (scope.on === "mcp") {
    const [server, tool = "*"] = scope.tool.split("/");
    return plainMcp(scope.tool) ? `Mcp(${server}:${tool})` : unsaid();
  }
  const path = toCursorGlob(scope.glob);
  if (!plainPath(scope.glob) || !path) return unsaid();
  return `${scope.on === "read" ? "Read" : "Write"}(${path})`;
};

/**
 * `Shell(git)` is the first word of a command, `Read(src/**)` and `Write(src/**)` count from the workspace, `WebFetch(x.test)`,
 * `Mcp(server:tool)`. https://cursor.com/docs/cli/reference/permissions, as of 2026-06-26.
 */
export const cursorToken: Codec<Scope> = map(
  text,
  (token): Scope => {
    const [, tool, spec] = /^(\w+)\((.+)\)$/s.exec(token) ?? unsaid();
    return (readers[tool!] ?? unsaid)(spec!);
  },
  said,
);
/** No token asks. */
export const cursorEffect: Codec<Effect> = map(
  oneOf("allow", "deny"),
  (e): Effect => e,
  (e) => (e === "ask" ? unsaid() : e),
);
