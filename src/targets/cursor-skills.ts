import { attempt } from "../core/codec.ts";
import type { Data } from "../core/data.ts";
import type { World } from "../core/surface.ts";
import { yaml } from "../formats/dialects.ts";
import { markdown } from "../formats/markdown.ts";

export const skillFolder = ".cursor/skills/";
/** Strict YAML: one value that is not and the skill has neither name nor description. `@cursor/sdk` 1.0.32, 2026-11-22. */
export const skillHead = markdown(yaml);
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
export const isCommand = (path: string, head: Data, world: World): boolean =>
  head["disable-model-invocation"] === true && !crowdedIn(world).has(path.slice(0, path.lastIndexOf("/")));

/** The file is a command, and no skill. */
export const isCommandFile = (path: string, world: World): boolean => {
  const content = isSkillFile(path) ? world.files.get(path) : undefined;
  const head = typeof content === "string" ? attempt(() => skillHead.parse(content)) : undefined;
  return head !== undefined && isCommand(path, head, world);
};
