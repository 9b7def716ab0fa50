import { type Codec, commas, either, list as listOf, map, salvaged, text } from "../core/codec.ts";
import { Mismatch } from "../core/data.ts";

/** Takes matched folders out again, so that the globs before it tell files. */
const FILES = "!**/";
const excludes = (glob: string): boolean => glob.startsWith("!");
/** `x/*` or `*`, which also matches the folders there. */
const reachesInto = (glob: string): boolean => /(?:^|\/)\*$/.test(glob) && !glob.endsWith("**/*");
const folders = (glob: string): boolean => glob.endsWith("/**") || reachesInto(glob);

/** The list must say that it means files, or it would match more. */
export const needsFiles = (globs: readonly string[]): boolean =>
  globs.some((g) => excludes(g) || reachesInto(g));

const scope = (globs: readonly string[]): string[] => {
  if (!globs.length) throw new Mismatch("no scope");
  return [...globs];
};

const fromTool = (globs: readonly string[]): string[] => {
  const told = globs.filter((g) => g !== "**" && g !== FILES);
  if (globs.includes(FILES)) return scope(told.map((g) => (g.endsWith("/**/*") ? g.slice(0, -2) : g)));
  const positive = told.filter((g) => !excludes(g));
  const vain = positive.every(folders);
  const exclusions = told.filter((g) => excludes(g) && !vain && !g.endsWith("/**"));
  return scope([...positive, ...exclusions].map((g) => (reachesInto(g) ? `${g}*` : g)));
};
const toTool = (globs: readonly string[]): string[] =>
  needsFiles(globs) ? [...globs.map((g) => (g.endsWith("/**") ? `${g}/*` : g)), FILES] : [...globs];

const written = either(listOf(text), commas);

/**
 * `paths` of a rule match as lines of a `.gitignore` do: `x/**` is the folder `x`, `x/*` reaches into the folders there, and
 * nothing can be excluded from a matched folder. Null, an empty list and "**" are no scope. Measured on 2.1.330, 2026-11-25.
 */
export const scopeGlobs: Codec<string[]> = salvaged(
  map(written, fromTool, toTool),
  map(
    written,
    (globs) => (globs.includes(FILES) ? fromTool(globs) : scope(globs.filter((g) => g !== "**"))),
    toTool,
  ),
  "Claude Code matches `paths` as a .gitignore does: what a matched folder holds is never excluded, and `x/*` reaches below",
);
