import { byCodeUnit } from "../core/text.ts";
import { folders } from "./folders.ts";
import { disk } from "./fs.ts";
import { type Pattern, read, type Snapshot } from "./snapshot.ts";

/** Files below a root, as they stand in the working tree or in Git's index. Paths are relative to the root. */
export interface Tree {
  read(patterns: readonly Pattern[]): Snapshot;
  /** Paths of all files whose own name is in `names` or that lie in a folder of `names` (`.cursor/rules/`), sorted. */
  folders(names: readonly string[]): string[];
  /** Names of what stands in a folder, where that is cheaper to ask than to read; none: it stands nowhere. */
  names?(folder: string): string[];
}

export const workTree = (root: string): Tree => ({
  read: (patterns) => read(root, patterns),
  folders: (names) => folders(root, names),
  names: (folder) => namesIn(`${root}/${folder}`),
});
const namesIn = (folder: string): string[] => {
  try {
    return disk.list(folder).map((entry) => entry.name);
  } catch {
    return [];
  }
};

const inOrder = <T>(map: Iterable<[string, T]>): Map<string, T> =>
  new Map([...map].sort(([a], [b]) => byCodeUnit(a, b)));

/** One tree, with these paths as another has them. */
export const withPathsOf = (base: Tree, other: Tree, paths: ReadonlySet<string>): Tree => {
  const mixed = <T>(ours: Iterable<T>, theirs: Iterable<T>, pathOf: (one: T) => string): T[] => [
    ...[...ours].filter((x) => !paths.has(pathOf(x))),
    ...[...theirs].filter((x) => paths.has(pathOf(x))),
  ];
  return {
    folders: base.folders,
    read: (patterns) => {
      const [a, b] = [base.read(patterns), other.read(patterns)];
      return {
        files: inOrder(mixed(a.files, b.files, ([path]) => path)),
        exec: new Set(mixed(a.exec, b.exec, (path) => path).sort()),
        links: inOrder(mixed(a.links, b.links, ([path]) => path)),
        linkedFolders: inOrder(mixed(a.linkedFolders, b.linkedFolders, ([path]) => path)),
        faults: mixed(a.faults, b.faults, (f) => f.path),
      };
    },
  };
};
