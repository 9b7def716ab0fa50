import { dirname, resolve } from "node:path";
import { BACKUPS } from "../core/paths.ts";
import { disk } from "./fs.ts";
import { baseOf, folderOf, join } from "./paths.ts";

/** Folders that hold no team's own configuration and can be huge; a Git work tree says it better by `.gitignore`. */
// biome-ignore format: one list
const SKIPPED = new Set([
  ".bundle", ".cache", ".eggs", ".git", ".gradle", ".hg", ".mypy_cache", ".next", ".nox", ".nuxt", ".parcel-cache",
  ".pnpm-store", BACKUPS, ".pytest_cache", ".ruff_cache", ".svelte-kit", ".svn", ".terraform", ".tox", ".turbo", ".venv",
  ".yarn", "__pycache__", "node_modules",
]);

/** What a repository may not decide: which program watches its files, and that a folder in it is a repository. */
const SAFE = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
const LARGEST_LISTING = 1024 * 1024 * 1024;

/**
 * Paths below the root, sorted, of all files whose own name is in `names` or that lie at any depth
 * in a folder of `names` (those end in "/": `.cursor/rules/`). In a Git work tree ignored files are
 * left out; elsewhere, or where Git fails, the tree is walked and caches are left out.
 */
export const folders = (root: string, names: readonly string[]): string[] => {
  if (names.length === 0) return [];
  const wanted = matcher(names);
  const listed = isWorkTree(root) ? byGit(root, names) : undefined;
  const found = listed
    ? listed.filter((path) => wanted(path) && disk.lstat(`${root}/${path}`) !== undefined)
    : walked(root, wanted);
  return [...new Set(found)].sort();
};

const matcher = (names: readonly string[]): ((path: string) => boolean) => {
  const files = new Set(names.filter((name) => !name.endsWith("/")));
  const marks = names.filter((name) => name.endsWith("/")).map((name) => `/${name}`);
  return (path) => files.has(baseOf(path)) || marks.some((mark) => `/${path}`.includes(mark));
};

const isWorkTree = (root: string): boolean => {
  if (disk.lstat(root) === undefined) return false;
  for (let at = disk.realpath(root).replaceAll("\\", "/"); ; at = folderOf(at)) {
    if (disk.lstat(`${at}/.git`) !== undefined) return true;
    if (!at.includes("/")) return false;
  }
};

const escaped = (name: string): string => name.replace(/[*?[\]\\]/g, "\\$&");
const pathspec = (name: string): string => `:(glob)**/${escaped(name)}${name.endsWith("/") ? "**" : ""}`;

const byGit = (root: string, names: readonly string[]): string[] | undefined => {
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
  try {
    const out = execFileSync("git", ["-C", resolve(root), ...SAFE, ...listing, ...names.map(pathspec)], {
      // Windows looks for programs in the current folder first: that must not be the repository
      cwd: dirname(process.execPath),
      encoding: "utf8",
      env: ownEnvironment(),
      maxBuffer: LARGEST_LISTING,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return out.split("\0").filter((path) => path !== "");
  } catch {
    return undefined;
  }
};

/** A Git hook's variables name the repository of the commit, which need not be the one we look at. */
const ownEnvironment = (): NodeJS.ProcessEnv => {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, GIT_COMMON_DIR, ...rest } = process.env;
  return rest;
};

const walked = (root: string, wanted: (path: string) => boolean): string[] => {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of entriesOf(`${root}/${folder}`)) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) {
        if (wanted(path)) found.push(path);
      } else if (!SKIPPED.has(entry.name)) walk(path);
    }
  };
  walk("");
  return found;
};

const entriesOf = (folder: string): ReturnType<typeof disk.list> => {
  try {
    return disk.list(folder);
  } catch {
    return [];
  }
};
