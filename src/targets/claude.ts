import { commas, count, dict, either, list as listOf, map, oneOf, scaled, spelled, text } from "../core/codec.ts";
import { drop, except, inline, key, maybe, union } from "../core/shape.ts";
import { type Agent, type Apply, type Command, effects, type Hook, type Permission, permissionName, type Rule, type Server, type Transport } from "../core/spec.ts";
import { each } from "../core/surfaces/each.ts";
import { page } from "../core/surfaces/page.ts";
import { list, rest, table } from "../core/surfaces/table.ts";
import { tree } from "../core/surfaces/tree.ts";
import { target, viaServer } from "../core/target.ts";
import { claudeRule, yamlOrLine } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { markdown } from "../formats/markdown.ts";
import { agentsMd } from "./agents.ts";
import { claudeData, claudeEvent, claudePrompt, matcher, permissionRule, toolWords } from "./claude-words.ts";

const data = spelled(claudeData);
const words = either(toolWords, listOf(text));
/** YAML reads `[x]` as a list; the tool shows it as it stands. */
const hint = either(text, map(listOf(text), l => `[${l.join(", ")}]`, s => [s]));

/** Only `paths` is read; null, an empty list and "**" are no scope (2.1.330, 2026-11-22). */
const paths = map(
  either(listOf(text), commas),
  globs => globs.filter(g => g !== "**"),
  globs => globs,
);
const apply = union<"on", Apply>("on", {
  globs: {
    globs: key(
      "paths",
      paths,
      except(gs => gs.some(g => g.startsWith("./")), "Claude Code never matches a glob that begins with ./"),
      except(gs => gs.length === 0 || gs.includes("**"), "Claude Code loads a rule for ** always"),
    ),
  },
  always: {},
  relevant: drop("Claude Code scopes rules by path only"),
  manual: drop("Claude Code scopes rules by path only"),
});
const folder = ".claude/rules/";
/** A rule without a scope goes to the page, unless it already stands in a file of its own. */
const inFile = (r: Rule): boolean => r.apply.on === "globs" || !!r.at?.startsWith(folder) || !!r.paths?.["claude"]?.startsWith(folder);

const rules = each<Rule>(
  `${folder}{name}.md`,
  markdown(claudeRule),
  {
    description: drop("Claude Code reads only `paths` from a rule's head", "note"),
    apply: inline(apply),
    agents: drop("Claude Code shows a rule to every agent"),
    body: key("body", text),
  },
  { deep: true },
);

/** The root page; AGENTS.md is imported, so that the text is written once and older versions read it too. */
export const claudeMd = page("CLAUDE.md", agentsMd);
const innerMd = page(".claude/CLAUDE.md");

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

const later = "not written yet";

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
    rule: [{ place: rules, when: inFile }, { place: innerMd, when: r => r.at === innerMd.path }, { place: claudeMd }],
    // a command's name is its path, with ":" for "/"
    command: each<Command>(
      ".claude/commands/{name}.md",
      markdown(yamlOrLine),
      {
        description: maybe("description", text),
        hint: maybe("argument-hint", hint),
        arguments: maybe("arguments", words),
        allowedTools: maybe("allowed-tools", words),
        model: maybe("model", text),
        body: key("body", spelled(item => claudePrompt(item["arguments"] as string[] | undefined))),
      },
      { deep: true },
    ),
    // identity is `name`, not the file; without it the client drops the file in silence
    agent: each<Agent>(
      ".claude/agents/{name}.md",
      markdown(yamlOrLine),
      {
        description: maybe("description", text),
        model: maybe("model", text),
        tools: maybe("tools", words),
        body: key("body", text),
      },
      { deep: true, nameKey: "name" },
    ),
    skill: tree(".claude/skills/{name}/", "SKILL.md"),
    hook: list<Hook>(
      ".claude/settings.json",
      json,
      ["hooks", "@on"],
      [
        {
          on: key("@on", claudeEvent),
          tools: maybe("matcher", matcher),
          run: key("command", text),
          timeoutMs: maybe("timeout", scaled(count, 1000)),
        },
        { type: "command" },
      ],
      {
        group: { key: "hooks", shared: ["matcher"] },
        label: (h: Hook) => `${h.on}-${h.run.split(/\s+/)[0]!.split("/").at(-1)!.replace(/[^\w.-]/g, "")}`,
        key: d => `${d["@on"]} ${d["command"]}`,
      },
    ),
    permission: list<Permission>(
      ".claude/settings.json",
      json,
      ["permissions", "@effect"],
      { effect: key("@effect", oneOf(...effects)), scope: key("@row", permissionRule) },
      { single: true, label: (p: Permission) => permissionName(p.effect, p.scope) },
    ),
    ignore: drop("Claude Code has no ignore file; `permissions: deny: - read:` keeps it from a file", "warning"),
    setting: rest(".claude/settings.json", json, [], {
      of: "claude",
      except: [["$schema"], ["hooks"], ...effects.map(e => ["permissions", e])],
    }),
    server: table<Server>(".mcp.json", json, ["mcpServers"], { transport: inline(transport), timeoutMs: maybe("timeout", count, except(n => n < 1000, "Claude Code ignores a timeout below one second")) }),
    retrieval: viaServer(later),
    provider: drop(later),
    model: drop(later),
  },
});
