import { dirname, resolve } from "node:path";
import { disk } from "./fs.ts";
import { type Failed, failed, runGit, withoutRepository } from "./git.ts";

/** A Git repository with a working tree, and the index that the commit at hand is made from. */
export interface Repository {
  /** The top of the working tree, absolute. */
  top: string;
  gitDir: string;
  /** The index file. Git gives hooks one of its own where only some paths are committed. */
  index: string;
  /** Where the look-up began, relative to the top: "" or ends in "/". */
  prefix: string;
}

/** What Git prints in a repository, at the top of its working tree; its first line of complaint where it fails. */
export const run = (
  { top, gitDir, index }: Pick<Repository, "top" | "gitDir" | "index">,
  argv: readonly string[],
  input?: string | Uint8Array,
): Buffer | Failed => {
  const { GIT_PREFIX, ...rest } = process.env;
  return runGit(top, { ...rest, GIT_DIR: gitDir, GIT_WORK_TREE: top, GIT_INDEX_FILE: index }, argv, input);
};

const ASK = ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-prefix"];

/**
 * The repository of a folder. A hook's variables may name another one, so the folder is asked first,
 * and they count only where there is none or where they name the same.
 */
export const repositoryAt = (folder: string): Repository | Failed => {
  const { GIT_INDEX_FILE, ...named } = process.env;
  let found = runGit(folder, withoutRepository(), ASK);
  if (failed(found) && named["GIT_DIR"] !== undefined) found = runGit(folder, named, ASK);
  if (failed(found)) return found;
  const [top = "", gitDir = "", prefix = ""] = found.toString("utf8").split("\n");
  return { top, gitDir, prefix, index: indexOf(top, gitDir, GIT_INDEX_FILE) };
};

/** The index named by the environment, unless it belongs to another repository; else the usual one. */
const indexOf = (top: string, gitDir: string, named: string | undefined): string => {
  const usual = `${gitDir}/index`;
  if (!named) return usual;
  const file = resolve(top, named);
  const folder = dirname(file);
  const real = realFolder(folder);
  if (real === undefined) return usual;
  const isAnothers = real !== realFolder(gitDir) && disk.lstat(`${real}/HEAD`) !== undefined;
  return isAnothers ? usual : file;
};

/** Undefined: there is no such folder. */
const realFolder = (folder: string): string | undefined => {
  try {
    const real = disk.realpath(folder);
    return disk.lstat(real)?.isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
};

/** While `git commit PATH` runs its hooks, the index that will stand after it, else undefined. */
export const indexToCome = ({ gitDir, index }: Repository): string | undefined => {
  const locked = `${gitDir}/index.lock`;
  return /\/next-index-\d+\.lock$/.test(index.replaceAll("\\", "/")) && disk.lstat(locked)
    ? locked
    : undefined;
};
