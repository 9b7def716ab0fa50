import { count, dict, either, list as listOf, map, oneOf, scaled, spelled, text } from "../core/codec.ts";
import { drop, except, inline, key, maybe, narrowing, union, weak } from "../core/shape.ts";
import {
  type Agent,
  type Apply,
  type Command,
  effects,
  type Hook,
  type Permission,
  permissionName,
  type Rule,
  type Scope,
  type Server,
  type Transport,
} from "../core/spec.ts";
import { each } from "../core/surfaces/each.ts";
import { page } from "../core/surfaces/page.ts";
import { list, table } from "../core/surfaces/table.ts";
import { tree } from "../core/surfaces/tree.ts";
import { target, viaServer, within } from "../core/target.ts";
import { bareYaml, claudeRule, yamlOrLine } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { markdown } from "../formats/markdown.ts";
import { agentsMd } from "./agents.ts";
import { needsFiles, scopeGlobs } from "./claude-globs.ts";
import { models, providersIn, settings } from "./claude-models.ts";
import {
  argumentNames,
  claudeData,
  claudeEvent,
  claudePrompt,
  hookLabel,
  matcher,
  permissionRule,
  plainGlob,
  plainHost,
  plainTool,
  plainWords,
  toolWords,
} from "./claude-words.ts";

const data = spelled(claudeData);
const words = either(toolWords, listOf(text));
/** YAML reads `[x]` as a list; the tool shows it as it stands. */
const hint = either(
  text,
  map(
    listOf(text),
    (l) => `[${l.join(", ")}]`,
    (s) => [s],
  ),
);

const apply = union<"on", Apply>("on", {
  globs: {
    globs: key(
      "paths",
      scopeGlobs,
      except(
        (gs) => needsFiles(gs) && gs.some((g) => g.endsWith("/**/*")),
        "written as the same glob without /*",
        "note",
      ),
      weak(
        (gs) => gs.some((g) => g.startsWith("./")),
        "Claude Code never matches a glob that begins with ./",
      ),
    ),
  },
  always: {},
  relevant: drop("Claude Code scopes rules by path only"),
  manual: drop("Claude Code scopes rules by path only"),
});
const folder = ".claude/rules/";
const scoped = (a: Apply): boolean => a.on === "globs" && !a.globs.includes("**");
/** A rule without a scope goes to the page, unless it already stands in a file of its own. */
export const inFile = (r: Rule): boolean =>
  scoped(r.apply) ||
  !!r.at?.startsWith(folder) ||
  (r.apply.on === "always" && !!r.paths?.["claude"]?.startsWith(folder));

const rules = each<Rule>(
  `${folder}{name}.md`,
  markdown(claudeRule),
  {
    description: drop("Claude Code reads only `paths` from a rule's head", "note"),
    apply: inline(apply),
    agents: drop("Claude Code shows a rule to every agent"),
    body: key(
      "body",
      text,
      weak(
        (_, r) => !!r.imports?.length && scoped(r.apply),
        "Claude Code loads the file that a scoped rule imports at once, whatever is worked on",
      ),
    ),
  },
  { deep: true },
);

/** The root page; AGENTS.md is imported, so that the text is written once and older versions read it too. */
export const claudeMd = page("CLAUDE.md", agentsMd);
export const innerMd = page(".claude/CLAUDE.md");

/**
 * Identity is `name`, not the file; without it the client drops the file in silence. Values are bare where YAML lets them:
 * Cursor reads the same files line by line and keeps quotes.
 */
export const claudeAgents = each<Agent>(
  ".claude/agents/{name}.md",
  markdown(bareYaml),
  {
    description: maybe("description", text),
    model: maybe("model", text),
    tools: maybe("tools", words),
    body: key("body", text),
  },
  { deep: true, nameKey: "name" },
);
export const claudeSkills = tree(".claude/skills/{name}/", "SKILL.md");

const otherNames = "Claude Code writes _ for other characters in the names of servers and tools";
export const claudeHooks = list<Hook>(
  ".claude/settings.json",
  json,
  ["hooks", "@on"],
  [
    {
      on: key("@on", claudeEvent),
      tools: narrowing(
        maybe(
          "matcher",
          matcher,
          except((ts) => ts.some((t) => t.startsWith("mcp:") && !plainTool(t)), otherNames, "note"),
        ),
        (m) => m !== "" && m !== "*",
      ),
      run: key("command", text),
      timeoutMs: maybe("timeout", scaled(count, 1000)),
    },
    { type: "command" },
  ],
  {
    group: { key: "hooks", shared: ["matcher"] },
    label: hookLabel,
    key: (d) => `${d["@on"]} ${d["command"]}`,
  },
);

const remote = { url: key("url", data), headers: maybe("headers", dict(data)) };
/** A `url` without `type` is skipped by the client (2.1.330, 2026-11-22). */
const transport = union<"type", Transport>("type", {
  stdio: [
    {
      command: key("command", data),
      args: maybe("args", listOf(data)),
      env: maybe("env", dict(data)),
      cwd: drop("Claude Code starts servers in the project folder"),
    },
    { type: ["stdio", undefined] },
  ],
  http: [remote, { type: ["http", "streamable-http"] }],
  sse: [remote, { type: "sse" }],
});

const misread = [
  except<Scope>(
    (s) => s.on === "shell" && !plainWords(s.argv),
    "a Bash pattern cannot hold a word with a space, a * or a bracket",
  ),
  except<Scope>((s) => s.on === "web" && !plainHost(s.host), "Claude Code takes whole host names only"),
  except<Scope>(
    (s) => (s.on === "read" || s.on === "edit") && !plainGlob(s.glob),
    "a path pattern cannot hold a bracket",
  ),
  except<Scope>(
    (s) => (s.on === "read" || s.on === "edit") && /^\*\*\/[^/]*$/.test(s.glob),
    "written as the same glob without **/",
    "note",
  ),
  except<Scope>((s) => s.on === "mcp" && !plainTool(s.tool), otherNames, "note"),
];

/**
 * Facts: the client itself, `@anthropic-ai/claude-code` 2.1.330 against a recording mock, 2026-11-22; where it does not say,
 * https://code.claude.com/docs as of 2026-08-22 (about 2.1.240).
 */
export const claude = target({
  id: "claude",
  title: "Claude Code",
  docs: "https://code.claude.com/docs",
  checked: { version: "2.1.330", on: "2026-11-22" },
  expandsImports: true,
  signs: ["CLAUDE.md", ".claude", ".mcp.json"],
  keeps: {
    rule: [
      { place: rules, when: inFile },
      { place: innerMd, when: (r) => r.at === innerMd.path },
      { place: claudeMd },
    ],
    // a command's name is its path, with ":" for "/"
    command: each<Command>(
      ".claude/commands/{name}.md",
      markdown(yamlOrLine),
      {
        description: maybe("description", text),
        hint: maybe("argument-hint", hint),
        arguments: maybe("arguments", argumentNames),
        allowedTools: maybe("allowed-tools", words),
        model: maybe("model", text),
        body: key(
          "body",
          spelled((item) => claudePrompt(item["arguments"] as string[] | undefined)),
        ),
      },
      { deep: true },
    ),
    agent: claudeAgents,
    skill: claudeSkills,
    hook: claudeHooks,
    permission: list<Permission>(
      ".claude/settings.json",
      json,
      ["permissions", "@effect"],
      { effect: key("@effect", oneOf(...effects)), scope: key("@row", permissionRule, ...misread) },
      { single: true, label: (p: Permission) => permissionName(p.effect, p.scope) },
    ),
    ignore: drop(
      "Claude Code has no ignore file; `permissions: deny: - read:` keeps it from a file",
      "warning",
    ),
    setting: settings,
    server: table<Server>(".mcp.json", json, ["mcpServers"], {
      transport: inline(transport),
      timeoutMs: maybe(
        "timeout",
        count,
        weak((n) => n < 1000, "Claude Code ignores a timeout below one second"),
      ),
    }),
    retrieval: viaServer(),
    provider: within("model", providersIn),
    model: models,
  },
});
