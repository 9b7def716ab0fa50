import { attempt, spelled, text } from "../core/codec.ts";
import type { Data } from "../core/data.ts";
import { drop, key, maybe, weak } from "../core/shape.ts";
import type { Command } from "../core/spec.ts";
import { glossed } from "../core/spellings.ts";
import type { World } from "../core/surface.ts";
import { each } from "../core/surfaces/each.ts";
import { tree } from "../core/surfaces/tree.ts";
import { yaml, yamlOrLine } from "../formats/dialects.ts";
import { markdown } from "../formats/markdown.ts";

export const skillFolder = ".cursor/skills/";
/** Strict YAML: one value that is not and the skill has neither name nor description. `@cursor/sdk` 1.0.32, 2026-11-22. */
const skillHead = markdown(yaml);
const isSkillFile = (path: string): boolean => path.endsWith("/SKILL.md");

/** The folders of one tree in which more than SKILL.md stands. */
const crowded = new WeakMap<World["files"], ReadonlySet<string>>();
const crowdedIn = (world: World): ReadonlySet<string> => {
  const known = crowded.get(world.files);
  if (known) return known;
  const found = new Set<string>();
  for (const path of world.files.keys()) {
    if (!path.startsWith(skillFolder) || isSkillFile(path)) continue;
    for (let at = path.lastIndexOf("/"); at > skillFolder.length; at = path.lastIndexOf("/", at - 1))
      found.add(path.slice(0, at));
  }
  crowded.set(world.files, found);
  return found;
};

/**
 * A skill that only a person starts and that is one file is a command: Cursor's own `/migrate-to-skills` writes commands so.
 * https://cursor.com/docs as of 2026-08-16.
 */
const isCommand = (path: string, head: Data, world: World): boolean =>
  head["disable-model-invocation"] === true && !crowdedIn(world).has(path.slice(0, path.lastIndexOf("/")));

/** The file is a command, and no skill. */
const isCommandFile = (path: string, world: World): boolean => {
  const content = isSkillFile(path) ? world.files.get(path) : undefined;
  const head = typeof content === "string" ? attempt(() => skillHead.parse(content)) : undefined;
  return head !== undefined && isCommand(path, head, world);
};

export const commands = each<Command>(
  `${skillFolder}{name}/SKILL.md`,
  skillHead,
  [
    {
      description: maybe(
        "description",
        text,
        weak((d) => d.length > 1536, "Cursor reads 1,536 characters of it", "note"),
      ),
      hint: drop("Cursor shows no hint for what follows a command's name", "note"),
      arguments: drop("Cursor fills nothing in: the names are told in words", "note"),
      allowedTools: drop("a skill of Cursor's does not limit its tools"),
      model: drop("a skill of Cursor's runs with the model of the conversation"),
      body: key("body", spelled(glossed)),
    },
    { "disable-model-invocation": true },
  ],
  { deep: true, nameKey: "name", nameless: true, claims: isCommand },
);
export const oldFolder = ".cursor/commands/";
const plainCommand = drop("Cursor's old commands are text only");
/** No longer in the docs, still read; new ones are skills. */
export const oldCommands = each<Command>(`${oldFolder}{name}.md`, markdown(yamlOrLine), {
  description: plainCommand,
  hint: plainCommand,
  arguments: plainCommand,
  allowedTools: plainCommand,
  model: plainCommand,
  body: key("body", spelled(glossed)),
});
export const skills = tree(`${skillFolder}{name}/`, "SKILL.md", isCommandFile);
