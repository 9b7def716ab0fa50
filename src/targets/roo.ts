import { dict, list as listOf, salvaged, spelled, text } from "../core/codec.ts";
import { lead } from "../core/lead.ts";
import { drop, except, inline, key, maybe, union, weak } from "../core/shape.ts";
import type { Agent, Command, Ignore, Rule, Server, Skill, Transport } from "../core/spec.ts";
import { glossed } from "../core/spellings.ts";
import { each } from "../core/surfaces/each.ts";
import { page } from "../core/surfaces/page.ts";
import { list, table } from "../core/surfaces/table.ts";
import { taking } from "../core/surfaces/taking.ts";
import { tree } from "../core/surfaces/tree.ts";
import { target, viaServer, within } from "../core/target.ts";
import { yaml } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { hasExceptions, lines } from "../formats/lines.ts";
import { markdown } from "../formats/markdown.ts";
import { prose as plainFile } from "../formats/prose.ts";
import { yamlOrJson } from "../formats/yaml-or-json.ts";
import { agentsMd } from "./agents.ts";
import { providersIn } from "./roo-profile-reads.ts";
import { settingsProfiles } from "./roo-profiles.ts";
import {
  commandText,
  inRange,
  isBlank,
  isMadePlain,
  isSkillName,
  isSlug,
  isUrl,
  modeTools,
  prose,
  rooData,
  rulePart,
  seconds,
  trimmed,
  urlText,
  when,
} from "./roo-words.ts";

const data = spelled(rooData);
const trims = "Roo Code takes the blanks off both ends";
const unplain = "Roo Code makes curly quotes, long dashes and invisible characters of .roomodes plain";

/** Every file below the folder is a rule, whole: a head would reach the model as text. */
const ruleFiles = each<Rule>(
  ".roo/rules{name}",
  plainFile,
  {
    description: maybe(
      "description",
      text,
      except((_, r) => r.apply.on !== "relevant", "a rule file of Roo Code's is text without a head", "note"),
    ),
    apply: key(
      "apply",
      when,
      weak((a) => a.on !== "always", "Roo Code cannot scope a rule: its first line says when it applies"),
      except((a, r) => lead.write(a, r.description) === undefined, "no words for when it applies"),
    ),
    agents: drop("Roo Code shows it in every mode: a folder of rules is for one mode or for all"),
    body: key(
      "body",
      prose,
      except(
        (b, r) => r.apply.on === "always" && lead.read(b).apply.on !== "always",
        "it begins like a line that says when a rule applies",
      ),
    ),
  },
  { deep: true, part: rulePart },
);
const rules = { ...ruleFiles, path: ".roo/rules/{name}.md" };
/** Read only where no rule file stands, the first that is not empty; never written by us. */
const fallbacks = [
  page(".roorules"),
  // a folder of that name is Cline's
  { ...page(".clinerules"), reads: [{ file: ".clinerules", orFolder: true as const }] },
];

const ignored = list<Ignore>(".rooignore", lines, ["lines"], {}, { words: true, ordered: hasExceptions });

const remote = {
  url: key(
    "url",
    urlText,
    except(
      (u) => !isUrl(u),
      "Roo Code checks the url before it fills in `${env:NAME}`, and rejects the whole file",
    ),
  ),
  headers: maybe("headers", dict(data)),
};
const stdio = {
  command: key(
    "command",
    commandText,
    except((c) => isBlank(c), "an empty command makes Roo Code reject the whole file"),
  ),
  args: maybe("args", listOf(data)),
  env: maybe("env", dict(data)),
  cwd: maybe("cwd", text),
};
/** One bad row rejects the whole file. A `url` without `type` is SSE. McpHub.ts@cb83656, 2026-04-14. */
const transport = union<"type", Transport>("type", {
  stdio: [stdio, { type: ["stdio", undefined] }],
  http: [remote, { type: "streamable-http" }],
  sse: [remote, { type: ["sse", undefined] }],
});
const meant = union<"type", Transport>("type", {
  stdio: [{ ...stdio, command: key("command", data) }, { type: ["stdio", undefined] }],
  http: [{ ...remote, url: key("url", data) }, { type: ["streamable-http", "http", "streamableHttp"] }],
  sse: [{ ...remote, url: key("url", data) }, { type: ["sse", undefined] }],
});

/**
 * The extension's last source, RooCodeInc/Roo-Code@cb83656 (v3.52.1, 2026-04-14), read 2026-11-25, and `@roo-code/types` 1.115.0.
 * The project ended on 2026-05-15; its successor Zoo Code (Zoo-Code-Org/Zoo-Code) keeps the same files.
 */
export const roo = target({
  id: "roo",
  title: "Roo Code / Zoo Code",
  docs: "https://docs.roocode.com",
  checked: { version: "3.52.1", on: "2026-11-25" },
  frozen: "Roo Code was shut down on 2026-05-15; Zoo Code goes on with its files",
  expandsImports: false,
  signs: [".roo", ".roomodes", ".roorules"],
  keeps: {
    // AGENTS.md of the root is always read; those below only with `enableSubfolderRules`
    rule: [
      { place: rules, when: (r) => !!(r.at ?? r.paths?.["roo"])?.startsWith(".roo/rules") },
      ...fallbacks.map((place) => ({ place, when: (r: Rule) => r.at === place.path })),
      { place: agentsMd, when: (r, others) => r.at === agentsMd.path || others.has("agents") },
      { place: rules },
    ],
    command: taking(
      each<Command>(".roo/commands/{name}.md", markdown(yaml), {
        description: maybe(
          "description",
          trimmed,
          except((d) => d.trim() !== d, trims, "note"),
        ),
        hint: maybe(
          "argument-hint",
          trimmed,
          except((h) => h.trim() !== h, trims, "note"),
        ),
        arguments: drop("Roo Code fills nothing in: the model sees what was typed behind the command"),
        allowedTools: drop("Roo Code allows tools by mode; `overrides: roo: mode:` names one"),
        model: drop("Roo Code has a model per mode, not per command"),
        body: key("body", spelled(glossed)),
      }),
      (c) => !c.name.includes("/"),
      "Roo Code reads no folder below .roo/commands",
    ),
    agent: taking(
      list<Agent>(
        ".roomodes",
        yamlOrJson,
        ["customModes"],
        {
          body: key("roleDefinition", prose, weak(isMadePlain, unplain, "note")),
          description: maybe("description", text, weak(isMadePlain, unplain, "note")),
          tools: inline(modeTools),
          model: drop("Roo Code keeps the model of a mode in its own settings"),
        },
        { name: "slug", also: (name) => ({ name }) },
      ),
      (a) => isSlug(a.name),
      "the slug of a mode has only letters, digits and -, and one bad mode drops every mode of the file",
    ),
    skill: taking(
      tree(".roo/skills/{name}/", "SKILL.md"),
      (s: Skill) => isSkillName(s.name),
      "Roo Code skips a skill whose name is not a-z, 0-9 and single -, at most 64",
    ),
    hook: drop("Roo Code has no hooks"),
    permission: drop(
      "Roo Code keeps what it may do in its own settings; a repository can only name prefixes of commands, in .vscode/settings.json",
      "warning",
    ),
    ignore: taking(
      ignored,
      ({ name }) => !/^#|^\.\/|[\r\n]|^\s*$|\s$/.test(name),
      ".rooignore holds a .gitignore pattern a line: # begins a comment, ./ matches nothing, blanks at the end go",
    ),
    setting: drop("Roo Code has no settings file in the repository"),
    server: table<Server>(".roo/mcp.json", json, ["mcpServers"], {
      transport: inline(
        salvaged(
          transport,
          meant,
          "Roo Code rejects the whole file for this server: it wants `stdio`, `sse` or `streamable-http` and a literal url",
        ),
      ),
      timeoutMs: maybe(
        "timeout",
        seconds,
        except(
          (ms) => !inRange(ms),
          "Roo Code takes 1 to 3600 seconds and rejects the whole file for another",
        ),
      ),
    }),
    retrieval: viaServer(),
    provider: within("model", providersIn),
    model: settingsProfiles,
  },
});
