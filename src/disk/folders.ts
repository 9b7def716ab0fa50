import { BACKUPS } from "../core/paths.ts";
import { disk } from "./fs.ts";
import { git } from "./git.ts";
import { baseOf, folderOf, join } from "./paths.ts";

/** Folders that hold no team's own configuration and can be huge; a Git work tree says it better by `.gitignore`. */
// biome-ignore format: one list
const SKIPPED = new Set([
  ".bundle", ".cache", ".eggs", ".git", ".gradle", ".hg", ".mypy_cache", ".next", ".nox", ".nuxt", ".parcel-cache",
  ".pnpm-store", BACKUPS, ".pytest_cache", ".ruff_cache", ".svelte-kit", ".svn", ".terraform", ".tox", ".turbo", ".venv",
  ".yarn", "__pycache__", "node_modules",
]);

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

/** Whether a path is one of a file whose own name is in `names` or that lies in a folder of them. */
export const matcher = (names: readonly string[]): ((path: string) => boolean) => {
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

const LISTING = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
const byGit = (root: string, names: readonly string[]): string[] | undefined =>
  git(root, [...LISTING, ...names.map(pathspec)])
    ?.split("\0")
    .filter((path) => path !== "");

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
