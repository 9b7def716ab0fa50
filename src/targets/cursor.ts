import { count, dict, list as listOf, map, scaled, spelled, text } from "../core/codec.ts";
import { Mismatch } from "../core/data.ts";
import { fileOf } from "../core/ledger.ts";
import { drop, except, inline, key, maybe, narrowing, union, weak } from "../core/shape.ts";
import {
  type Agent,
  type Hook,
  type Ignore,
  type Item,
  type Permission,
  permissionName,
  type Rule,
  type Scope,
  type Server,
  type Transport,
} from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { each } from "../core/surfaces/each.ts";
import { page } from "../core/surfaces/page.ts";
import { list, table } from "../core/surfaces/table.ts";
import { taking } from "../core/surfaces/taking.ts";
import { target, viaServer } from "../core/target.ts";
import { bareLine } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { hasExceptions, isPattern, lines } from "../formats/lines.ts";
import { markdown } from "../formats/markdown.ts";
import { textOnly } from "../formats/text-only.ts";
import { agentsMd } from "./agents.ts";
import { claudeAgents, claudeHooks, claudeMd, claudeSkills, inFile, innerMd } from "./claude.ts";
import { hookLabel } from "./claude-words.ts";
import { bareText, bareTextFacts, heads, ruleFolder, rules } from "./cursor-rules.ts";
import { commands, oldCommands, oldFolder, skillFolder, skills } from "./cursor-skills.ts";
import {
  commaWords,
  cursorData,
  cursorEffect,
  cursorEvent,
  cursorMatcher,
  cursorToken,
  hasTools,
  isCommaWords,
  isKnownTool,
  isRespelled,
  plainArgv,
  plainHost,
  plainMcp,
  plainPath,
  toolFacts,
} from "./cursor-words.ts";

/** The item stands in a folder or file, or shall stand there. */
const under =
  (path: string) =>
  (item: Item): boolean =>
    !!(item.at && fileOf(item.at).startsWith(path)) || !!item.paths?.["cursor"]?.startsWith(path);

/** Still loaded, always; only that of the root. `@cursor/sdk` 1.0.32, 2026-11-22. */
const cursorrules = page(".cursorrules");
/** A rule without a scope, and no file of its own. */
const onPage = (r: Rule): boolean => r.apply.on === "always" && !under(ruleFolder)(r);

const agentFolder = ".cursor/agents/";
const agentHead = textOnly(markdown(bareLine), ["name", "description", "model", "tools"]);
const filled = map(
  text,
  (body) => (body.trim() ? body : empty()),
  (body) => (body.trim() ? body : empty()),
);
const empty = (): never => {
  throw new Mismatch("Cursor ignores an agent without a body");
};
const agents = heads(
  each<Agent>(
    `${agentFolder}{name}.md`,
    agentHead,
    {
      description: maybe("description", bareText, ...bareTextFacts),
      model: maybe("model", bareText, ...bareTextFacts),
      tools: maybe(
        "tools",
        commaWords,
        except((ts) => !isCommaWords(ts), "Cursor parts the tools of an agent at commas"),
      ),
      body: key(
        "body",
        filled,
        except((b) => !b.trim(), "Cursor ignores an agent without a body"),
      ),
    },
    { deep: true, nameKey: "name", nameless: true },
  ),
  agentHead,
);
/** Claude Code keeps the agent where Cursor looks too. */
const inClaude = ({ paths }: Item): boolean => paths?.["claude"]?.startsWith(".claude/agents/") ?? true;

const hookFile = ".cursor/hooks.json";
const hooks = list<Hook>(
  hookFile,
  json,
  ["hooks", "@on"],
  [
    {
      on: key(
        "@on",
        cursorEvent,
        except((on) => on === "notification", "Cursor has no event for notifications"),
        except(
          (on, { tools }: Hook) => hasTools(on) && !!tools && !tools.some(isKnownTool),
          "Cursor's names for these tools are not known, and without them the hook would run on every tool",
        ),
      ),
      tools: narrowing(maybe("matcher", cursorMatcher, ...toolFacts), (m) => !/^(?:\.?\*)?$/.test(String(m))),
      run: key("command", text),
      timeoutMs: maybe("timeout", scaled(count, 1000)),
    },
    { type: [undefined, "command"] },
  ],
  { frame: { version: 1 }, label: hookLabel, key: (d) => `${d["@on"]} ${d["command"]}` },
);

const isPath = (s: Scope): s is Extract<Scope, { glob: string }> => s.on === "read" || s.on === "edit";
const permissions = list<Permission>(
  ".cursor/cli.json",
  json,
  ["permissions", "@effect"],
  {
    effect: key(
      "@effect",
      cursorEffect,
      except(
        (e) => e === "ask",
        "Cursor's permissions allow or deny; what neither names is asked about",
        "error",
      ),
      weak(
        () => true,
        "holds for Cursor's command line client only; the editor keeps its own lists",
        "warning",
      ),
    ),
    scope: key(
      "@row",
      cursorToken,
      except(
        (s) => s.on === "shell" && s.argv.length > 1,
        "Cursor's token for a command names its first word only",
      ),
      except(
        (s) => s.on === "shell" && !plainArgv(s.argv),
        "Cursor's token would read the word as a pattern",
      ),
      except((s) => s.on === "web" && !plainHost(s.host), "Cursor's token takes a whole host name"),
      except((s) => isPath(s) && !plainPath(s.glob), "Cursor's token cannot hold this path"),
      except(
        (s) => isPath(s) && isRespelled(s.glob),
        "written as the same glob in Cursor's spelling",
        "note",
      ),
      except((s) => s.on === "mcp" && !plainMcp(s.tool), "Cursor's token cannot hold this name"),
      except((s) => s.on === "mcp" && s.tool.endsWith("/*"), "written as the name of the server", "note"),
    ),
  },
  {
    frame: { permissions: { allow: [], deny: [] } },
    single: true,
    label: (p: Permission) => permissionName(p.effect, p.scope),
  },
);

const ignored = taking(
  list<Ignore>(".cursorignore", lines, ["lines"], {}, { words: true, ordered: hasExceptions }),
  (i) => isPattern(i.name),
  "a line of .cursorignore cannot hold this",
);
const ignore: Surface<Ignore> = {
  ...ignored,
  fields: [
    ...ignored.fields,
    {
      path: [],
      weak: true,
      level: "note",
      note: "commands in the terminal and MCP servers still reach these files",
    },
  ],
};

const data = spelled(cursorData);
const remote = { url: key("url", data), headers: maybe("headers", dict(data)) };
/** Cursor finds out by itself how a remote server speaks. */
const transport = union<"type", Transport>("type", {
  stdio: [
    {
      command: key("command", data),
      args: maybe("args", listOf(data)),
      env: maybe("env", dict(data)),
      cwd: maybe("cwd", text),
    },
    { type: [undefined, "stdio"] },
  ],
  sse: [remote, { type: "sse" }],
  http: [remote, { type: [undefined, "http", "streamable-http", "streamableHttp"] }],
});

const elsewhere = "Cursor keeps it in the editor's own settings: no file of a repository holds it";

/**
 * Facts: Cursor's own loaders in `@cursor/sdk` 1.0.32, run offline 2026-11-22; where they do not say, https://cursor.com/docs as
 * of 2026-08-16. With "Include third-party ... configs" on, which it is unless switched off, Cursor also loads CLAUDE.md and
 * `.claude/{skills,agents}` and the hooks of `.claude/settings.json`; `.claude/rules` it does not.
 */
export const cursor = target({
  id: "cursor",
  title: "Cursor",
  docs: "https://cursor.com/docs",
  checked: { version: "@cursor/sdk 1.0.32", on: "2026-11-22" },
  expandsImports: false,
  signs: [".cursor", ".cursorrules"],
  keeps: {
    rule: [
      { place: cursorrules, when: (r) => r.at === cursorrules.path },
      { place: innerMd, when: (r) => r.at === innerMd.path },
      {
        place: agentsMd,
        when: (r, others) =>
          under(agentsMd.path)(r) || (onPage(r) && others.has("agents") && !under(claudeMd.path)(r)),
      },
      {
        place: claudeMd,
        when: (r, others) => under(claudeMd.path)(r) || (onPage(r) && others.has("claude") && !inFile(r)),
      },
      { place: rules },
    ],
    command: [{ place: oldCommands, when: under(oldFolder) }, { place: commands }],
    agent: [
      {
        place: claudeAgents,
        when: (a, others) =>
          under(".claude/agents/")(a) || (others.has("claude") && inClaude(a) && !under(agentFolder)(a)),
      },
      { place: agents },
    ],
    skill: [
      {
        place: claudeSkills,
        when: (s, others) => under(".claude/skills/")(s) || (others.has("claude") && !under(skillFolder)(s)),
      },
      { place: skills },
    ],
    // hooks of every file run: one that stands in two would run twice
    hook: [
      {
        place: claudeHooks,
        when: (h, others) =>
          under(".claude/settings.json")(h) || (others.has("claude") && !under(hookFile)(h)),
      },
      { place: hooks },
    ],
    permission: permissions,
    ignore,
    setting: drop(elsewhere),
    server: table<Server>(".cursor/mcp.json", json, ["mcpServers"], {
      transport: inline(transport),
      timeoutMs: drop("Cursor has no timeout for a server", "note"),
    }),
    // where Cursor starts a server by itself is not documented (https://cursor.com/docs as of 2026-08-16)
    retrieval: viaServer(undefined, (ours) => ({ ...ours, cwd: "${workspaceFolder}" })),
    provider: drop(elsewhere),
    model: drop(elsewhere),
  },
});
