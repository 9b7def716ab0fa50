import { spelled } from "../core/codec.ts";
import { drop, key, weak } from "../core/shape.ts";
import type { Command, Ignore, Item } from "../core/spec.ts";
import { glossed } from "../core/spellings.ts";
import { each } from "../core/surfaces/each.ts";
import { listed } from "../core/surfaces/listed.ts";
import { page } from "../core/surfaces/page.ts";
import { list, rest } from "../core/surfaces/table.ts";
import { taking } from "../core/surfaces/taking.ts";
import { target, within } from "../core/target.ts";
import { hasExceptions, isPattern, lines } from "../formats/lines.ts";
import { plain } from "../formats/plain.ts";
import { yaml11 } from "../formats/yaml.ts";
import { agentsMd } from "./agents.ts";
import { models, providersIn } from "./aider-models.ts";
import { options, reserved } from "./aider-words.ts";

const file = ".aider.conf.yml";
/** Aider reads no page by itself: what stands under `read` is loaded, from the folder it is started in. */
const read = list<Item>(file, yaml11, ["read"], {}, { words: true, lone: true });

/**
 * Facts: `aider-chat` 0.86.2 from PyPI, its parser and the tool itself against a recording mock, 2026-11-25; where it does not say,
 * Aider-AI/aider@5dc9490 (2026-05-22).
 */
export const aider = target({
  id: "aider",
  title: "Aider",
  docs: "https://aider.chat/docs/config/aider_conf.html",
  checked: { version: "0.86.2", on: "2026-11-25" },
  expandsImports: false,
  signs: [file, "CONVENTIONS.md"],
  keeps: {
    rule: listed(page("CONVENTIONS.md"), agentsMd, { rows: read, file, at: ["read"] }),
    command: each<Command>(
      ".aider.prompts/{name}.md",
      plain,
      {
        description: drop("a prompt file is sent whole", "note"),
        hint: drop("a prompt file takes no arguments"),
        arguments: drop("a prompt file takes no arguments"),
        allowedTools: drop("Aider asks before it runs a command"),
        model: drop("Aider takes a model with --model"),
        body: key(
          "body",
          spelled(glossed),
          weak(() => true, "Aider has no commands of its own: `aider --message-file` sends the file", "note"),
        ),
      },
      { deep: true },
    ),
    agent: drop("Aider has no subagents"),
    skill: drop("Aider has no skills"),
    hook: drop("Aider has no hooks"),
    permission: drop("Aider asks before it runs a command, and has no rules for what it may do"),
    ignore: taking(
      list<Ignore>(".aiderignore", lines, ["lines"], {}, { words: true, ordered: hasExceptions }),
      (i) => isPattern(i.name) && !i.name.startsWith("./"),
      ".aiderignore is a .gitignore: a line with # before or a space behind, or with ./, matches nothing",
    ),
    setting: options(
      rest(file, yaml11, [], {
        of: "aider",
        except: reserved.map((k) => [k]),
      }),
    ),
    server: drop("Aider has no MCP"),
    retrieval: drop("Aider has no retrieval"),
    provider: within("model", providersIn),
    model: models,
  },
});
