import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Repository } from "../report/run.ts";
import { findRoot } from "./root.ts";

/** The nearest folder at or above that Git keeps; without one, the folder itself. */
const gitRoot = (folder: string): string => {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
};

/** Where the project that a run starts from lies in its repository. */
export const repositoryOf = (cwd: string): Repository => {
  const project = findRoot(cwd) ?? cwd;
  const real = realpathSync(project);
  const root = gitRoot(real);
  const below = relative(root, real).replaceAll("\\", "/");
  const told: [string, string][] = [
    [project, below || "."],
    [real, below || "."],
    [root, "."],
  ];
  return {
    prefix: below && `${below}/`,
    hidden: told.filter(([path]) => path !== "/").sort(([a], [b]) => b.length - a.length),
  };
};
