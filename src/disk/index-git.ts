import { dirname, resolve } from "node:path";
import { disk, errnoOf } from "./fs.ts";

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
export interface Failed {
  fault: string;
}
export const failed = <T extends object>(x: T | Failed): x is Failed => "fault" in x;

/** What a repository may not decide: which program watches its files, and that a folder in it is a repository. */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
const LARGEST_OUTPUT = 1024 * 1024 * 1024;

type Variables = Record<string, string | undefined>;

const runIn = (
  folder: string,
  env: Variables,
  argv: readonly string[],
  input?: string | Uint8Array,
): Buffer | Failed => {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const ran = spawnSync("git", ["-C", folder, ...SAFE, ...argv], {
    // Windows looks for programs in the current folder first: that must not be the repository
    cwd: dirname(process.execPath),
    env: { ...env, GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1", LC_ALL: "C" },
    maxBuffer: LARGEST_OUTPUT,
    input: input ?? "",
  });
  if (ran.status === 0) return ran.stdout;
  // where it ended by itself, an error only says that it did not read all of its input
  if (ran.error && ran.status === null) return { fault: `Git could not be run (${errnoOf(ran.error)})` };
  const [line = ""] = ran.stderr.toString("utf8").trim().split("\n");
  return { fault: line.replace(/^(?:fatal|error): /, "") || `git ${argv[0]} failed` };
};

/** What Git prints in a repository, at the top of its working tree; its first line of complaint where it fails. */
export const run = (
  { top, gitDir, index }: Pick<Repository, "top" | "gitDir" | "index">,
  argv: readonly string[],
  input?: string | Uint8Array,
): Buffer | Failed => {
  const { GIT_PREFIX, ...rest } = process.env;
  return runIn(top, { ...rest, GIT_DIR: gitDir, GIT_WORK_TREE: top, GIT_INDEX_FILE: index }, argv, input);
};

const ASK = ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-prefix"];

/**
 * The repository of a folder. A hook's variables may name another one, so the folder is asked first,
 * and they count only where there is none or where they name the same.
 */
export const repositoryAt = (folder: string): Repository | Failed => {
  const { GIT_DIR, GIT_WORK_TREE, GIT_COMMON_DIR, GIT_INDEX_FILE, GIT_PREFIX, ...rest } = process.env;
  const { GIT_INDEX_FILE: _, ...named } = process.env;
  let found = runIn(folder, rest, ASK);
  if (failed(found) && GIT_DIR !== undefined) found = runIn(folder, named, ASK);
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
