import { held, type Item, type Kind, type Skill } from "../core/spec.ts";
import { applied, emptyWorld, type Job } from "../core/surface.ts";
import { diffOf } from "../report/diff.ts";
import { specSurfaces } from "../spec/surfaces.ts";

/** From which share of common lines on two texts are one text and its copy: what separates the copies of real repositories. */
export const NEAR = 0.9;

const freely: Job = {
  readers: ["spec"],
  holds: () => new Map(),
  may: () => true,
  owns: () => undefined,
  made: () => undefined,
  refuse: () => undefined,
  cleared: () => undefined,
  emptied: () => undefined,
};

const skillText = ({ files }: Skill): string =>
  Object.keys(files)
    .sort()
    .map((path) => {
      const { content } = files[path]!;
      return `${path}:\n${typeof content === "string" ? content : `${content.length} bytes\n`}`;
    })
    .join("");

/** What an item says, as the spec's files would say it, without whom it is for. */
const textOf = (kind: Kind, item: Item): string => {
  if (kind === "skill") return skillText(item as Skill);
  const bare = { ...held(item as never), name: item.name } as Item;
  const world = applied(emptyWorld(), specSurfaces[kind].write([bare], emptyWorld(), freely));
  return [...world.files.values()].map(String).join("");
};

/** The lines that count: not the head, no blank ones, without spaces at their ends. */
const linesOf = (kind: Kind, item: Item): Set<string> => {
  const bare =
    "body" in item ? ({ name: item.name, apply: { on: "always" }, body: item.body } as Item) : item;
  return new Set(
    textOf(kind, bare)
      .split("\n")
      .flatMap((line) => line.trimEnd() || []),
  );
};

/** The share of lines that two items have in common, from 0 to 1 (Jaccard). */
export const likeness = (kind: Kind, a: Item, b: Item): number => {
  const [one, other] = [linesOf(kind, a), linesOf(kind, b)];
  const shared = [...one].filter((line) => other.has(line)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 1 : shared / all;
};

/** The lines in which two items differ: `- ` those of the first, `+ ` those of the second. Credentials are stars. */
export const differing = (kind: Kind, a: Item, b: Item): string[] => {
  const [before, after] = [textOf(kind, a), textOf(kind, { ...b, name: a.name })];
  if (before === after) return [];
  const lines = diffOf({ path: "", before, after }).split("\n");
  return lines
    .slice(lines.findIndex((line) => line.startsWith("@@")))
    .filter((line) => /^[-+]/.test(line))
    .map((line) => `${line[0]} ${line.slice(1)}`.trimEnd());
};
