import { dirname, resolve } from "node:path";

/** What a repository may not decide: which program watches its files, and that a folder in it is a repository. */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
const LARGEST_OUTPUT = 1024 * 1024 * 1024;

/** A Git hook's variables name the repository of the commit, which need not be the one we look at. */
const ownEnvironment = (): NodeJS.ProcessEnv => {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, GIT_COMMON_DIR, ...rest } = process.env;
  return { ...rest, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0" };
};

/** What Git prints in a folder, as bytes; undefined where there is no Git, or where it fails. */
export const gitBytes = (root: string, argv: readonly string[], input?: string): Buffer | undefined => {
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  try {
    return execFileSync("git", ["-C", resolve(root), ...SAFE, ...argv], {
      // Windows looks for programs in the current folder first: that must not be the repository
      cwd: dirname(process.execPath),
      env: ownEnvironment(),
      maxBuffer: LARGEST_OUTPUT,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "ignore"],
      ...(input !== undefined && { input }),
    });
  } catch {
    return undefined;
  }
};

/** The same, as text. */
export const git = (root: string, argv: readonly string[], input?: string): string | undefined =>
  gitBytes(root, argv, input)?.toString("utf8");

const OID = /^([0-9a-f]{40}) /;

/**
 * The blob ids that the last commit has for these paths (relative to `root`); a path that it does
 * not hold is left out. No filter of the repository runs. Undefined: no Git, no commit, or ids that
 * are not SHA-1.
 */
export const committed = (root: string, paths: readonly string[]): Map<string, string> | undefined => {
  const asked = paths.filter((p) => !p.includes("\n"));
  const input = ["HEAD", ...asked.map((p) => `HEAD:./${p}`)].map((name) => `${name}\n`).join("");
  const [head = "", ...lines] = git(root, ["cat-file", "--batch-check"], input)?.split("\n") ?? [];
  if (!OID.test(head)) return undefined;
  return new Map(
    asked.flatMap((path, i): [string, string][] => {
      const id = OID.exec(lines[i] ?? "")?.[1];
      return id === undefined ? [] : [[path, id]];
    }),
  );
};
