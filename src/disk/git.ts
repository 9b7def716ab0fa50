import { dirname, resolve } from "node:path";
import { errnoOf } from "./fs.ts";

export interface Failed {
  fault: string;
}
export const failed = <T extends object>(x: T | Failed): x is Failed => "fault" in x;

/** What a repository may not decide: which program watches its files, and that a folder in it is a repository. */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
const LARGEST_OUTPUT = 1024 * 1024 * 1024;

/** A Git hook's variables name the repository of the commit, which need not be the one we look at. */
export const withoutRepository = (): NodeJS.ProcessEnv => {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, GIT_COMMON_DIR, ...rest } = process.env;
  return rest;
};

/** What Git prints in a folder, with these variables; its first line of complaint where it fails. */
export const runGit = (
  folder: string,
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
  input: string | Uint8Array = "",
): Buffer | Failed => {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const ran = spawnSync("git", ["-C", folder, ...SAFE, ...argv], {
    // Windows looks for programs in the current folder first: that must not be the repository
    cwd: dirname(process.execPath),
    env: { ...env, GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1", LC_ALL: "C" },
    maxBuffer: LARGEST_OUTPUT,
    input,
  });
  if (ran.status === 0) return ran.stdout;
  // where it ended by itself, an error only says that it did not read all of its input
  if (ran.error && ran.status === null) return { fault: `Git could not be run (${errnoOf(ran.error)})` };
  const [line = ""] = ran.stderr.toString("utf8").trim().split("\n");
  return { fault: line.replace(/^(?:fatal|error): /, "") || `git ${argv[0]} failed` };
};

/** What Git prints in a folder, as bytes; undefined where there is no Git, or where it fails. */
export const gitBytes = (root: string, argv: readonly string[], input?: string): Buffer | undefined => {
  const printed = runGit(resolve(root), withoutRepository(), argv, input);
  return failed(printed) ? undefined : printed;
};

/** The same, as text. */
export const git = (root: string, argv: readonly string[], input?: string): string | undefined =>
  gitBytes(root, argv, input)?.toString("utf8");

const ENTRY = /^\d+ \w+ ([0-9a-f]+)\t(.+)$/s;
const SHA1_DIGITS = 40;

/**
 * The blob ids that the last commit has for these paths (relative to `root`); a path that it does
 * not hold is left out. No filter of the repository runs. Undefined: no Git, no commit, or ids that
 * are not SHA-1. One listing of the tree: Git looks up thousands of names one by one in seconds.
 */
export const committed = (root: string, paths: readonly string[]): Map<string, string> | undefined => {
  const listed = git(root, ["ls-tree", "-r", "-z", "HEAD"]);
  if (listed === undefined) return undefined;
  const asked = new Set(paths);
  const found = new Map<string, string>();
  for (const entry of listed.split("\0")) {
    const [, id, path] = ENTRY.exec(entry) ?? [];
    if (id === undefined) continue;
    if (id.length !== SHA1_DIGITS) return undefined;
    if (asked.has(path!)) found.set(path!, id);
  }
  return found;
};

/** Whether Git has a file (relative to `root`), or would take it with all others that it does not ignore. */
export const isCommittable = (root: string, path: string): boolean => {
  const asked = ["ls-files", "--cached", "--others", "--exclude-standard", "--", `:(literal)${path}`];
  return !!git(root, asked);
};
