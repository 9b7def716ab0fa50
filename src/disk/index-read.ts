import type { Dirent, Stats } from "node:fs";
import { matcher } from "./folders.ts";
import { type Failed, failed } from "./git.ts";
import { type Repository, run } from "./index-git.ts";
import { LARGEST_FILE, type Loaded } from "./read.ts";
import { read } from "./snapshot.ts";
import type { Source } from "./source.ts";
import type { Tree } from "./tree.ts";

/** One file of the index. */
export interface Entry {
  /** As Git has it: 0o100644, 0o100755, 0o120000 (a link), 0o160000 (a submodule). */
  mode: number;
  /** Of its content. */
  id: string;
  /** A sparse checkout leaves it out of the working tree. */
  skipped: boolean;
  /** A merge left several versions. */
  unmerged: boolean;
}

/** The index, its paths relative to the top. Contents are fetched when they are asked for. */
export interface Index {
  repository: Repository;
  entries: Map<string, Entry>;
  /** Sorted by code units. */
  paths: string[];
  /** By id; null: Git does not have it. */
  contents: Map<string, Buffer | null>;
}

const LINK = 0o120000;
const SUBMODULE = 0o160000;

const entryOf = (record: string, tab: number): Entry => ({
  mode: Number.parseInt(record.slice(2, 8), 8),
  id: record.slice(9, tab - 2),
  skipped: record.startsWith("S"),
  unmerged: record[tab - 1] !== "0",
});

/** `H 100644 <id> 0<tab>path`, each ended by NUL. https://git-scm.com/docs/git-ls-files (2026-11-26) */
export const entriesOf = (repository: Repository): Map<string, Entry> | Failed => {
  const listed = run(repository, ["ls-files", "-z", "-t", "--stage"]);
  if (failed(listed)) return listed;
  const entries = new Map<string, Entry>();
  for (const record of listed.toString("utf8").split("\0")) {
    const tab = record.indexOf("\t");
    if (tab > 0) entries.set(record.slice(tab + 1), entryOf(record, tab));
  }
  return entries;
};

/** The index as it is now, with where its links lead. */
export const readIndex = (repository: Repository): Index | Failed => {
  const entries = entriesOf(repository);
  return failed(entries) ? entries : withLinks(repository, entries);
};
const withLinks = (repository: Repository, entries: Map<string, Entry>): Index => {
  const index: Index = { repository, entries, paths: [...entries.keys()].sort(), contents: new Map() };
  const links = [...entries.values()].filter((e) => e.mode === LINK).map((e) => e.id);
  fetchContents(index, links);
  return index;
};

/** The tree of a commit, read as an index of just that. https://git-scm.com/docs/git-ls-tree (2026-11-26) */
export const readCommit = (repository: Repository, name: string): Index | Failed => {
  const listed = run(repository, ["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", name]);
  if (failed(listed)) return listed;
  const entries = new Map<string, Entry>();
  for (const record of listed.toString("utf8").split("\0")) {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(record) ?? [];
    if (path !== undefined)
      entries.set(path, { mode: Number.parseInt(mode!, 8), id: id!, skipped: false, unmerged: false });
  }
  return withLinks(repository, entries);
};

/** Has Git print contents that are not yet known. */
const fetchContents = ({ repository, contents }: Index, ids: readonly string[]): void => {
  const unknown = [...new Set(ids)].filter((id) => !contents.has(id));
  if (!unknown.length) return;
  const asked = unknown.map((id) => `${id}\n`).join("");
  const answer = run(repository, ["cat-file", "--batch"], asked);
  const printed = failed(answer) ? Buffer.alloc(0) : answer;
  let at = 0;
  for (const id of unknown) {
    const end = printed.indexOf(10, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(printed.toString("latin1", at, end))?.[1];
    at = end + 1;
    contents.set(id, size === undefined ? null : printed.subarray(at, at + Number(size)));
    if (size !== undefined) at += Number(size) + 1;
  }
};

/** The place of the first path that is not before `key`. */
const firstFrom = (paths: readonly string[], key: string): number => {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (paths[mid]! < key) low = mid + 1;
    else high = mid;
  }
  return low;
};

/** What tells of a file of the index all that this program asks. */
const statOf = (mode: number, size = 0): Stats => {
  const is = (type: number) => (): boolean => (mode & 0o170000) === type;
  const no = (): boolean => false;
  const kinds = { isFile: is(0o100000), isDirectory: is(0o040000), isSymbolicLink: is(LINK) };
  return { mode, size, ...kinds, isFIFO: no, isSocket: no } as Partial<Stats> as Stats;
};
const FOLDER = statOf(0o040000);

const namesIn = ({ paths, entries }: Index, folder: string): Dirent[] => {
  const start = folder === "" ? "" : `${folder}/`;
  const found: Dirent[] = [];
  for (let n = firstFrom(paths, start); n < paths.length && paths[n]!.startsWith(start); ) {
    const [name = "", more] = paths[n]!.slice(start.length).split("/", 2);
    const entry = more === undefined ? entries.get(paths[n]!)! : undefined;
    if (entry?.mode !== SUBMODULE)
      found.push(Object.assign(statOf(entry?.mode ?? 0o040000), { name }) as never);
    // "0" is the next after "/"
    n = entry ? n + 1 : firstFrom(paths, `${start}${name}0`);
  }
  return found;
};

/** The files of the index as a disk would have them below `root`; `load` gives what one holds. */
const sourceOf = (index: Index, root: string, prefix: string, load: Source["load"]): Source => {
  const inIndex = (file: string): string => {
    const path = file.slice(root.length + 1);
    return path === "" || path === "." ? prefix.slice(0, -1) : prefix + path;
  };
  const { entries, paths, contents } = index;
  return {
    modes: true,
    realpath: (folder) => folder,
    readlink: (file) => contents.get(entries.get(inIndex(file))!.id)?.toString("utf8") ?? "",
    list: (folder) => namesIn(index, inIndex(folder)),
    load: (file) => load(inIndex(file)),
    lstat: (file) => {
      const path = inIndex(file);
      const entry = entries.get(path);
      if (entry) return entry.mode === SUBMODULE ? FOLDER : statOf(entry.mode);
      if (path === "") return FOLDER;
      return paths[firstFrom(paths, `${path}/`)]?.startsWith(`${path}/`) ? FOLDER : undefined;
    },
  };
};

const loadedFrom = ({ entries, contents }: Index, path: string): Loaded => {
  const { id, mode, unmerged } = entries.get(path)!;
  const bytes = contents.get(id);
  if (unmerged) return { fault: "a merge left several versions of it: settle them, then stage it" };
  if (!bytes) return { fault: "Git does not give its content" };
  if (bytes.length > LARGEST_FILE) return { fault: `is larger than ${LARGEST_FILE / 1024 / 1024} MiB` };
  return { bytes, stat: statOf(mode, bytes.length) };
};

/** Takes out the empty files that are only announced (`git add -N`): no commit would hold them. */
const withoutAnnounced = (index: Index, wanted: readonly string[]): void => {
  const { entries, contents, repository } = index;
  const empty = wanted.filter((path) => contents.get(entries.get(path)!.id)?.length === 0);
  if (!empty.length) return;
  const ask = ["--literal-pathspecs", "diff-files", "-z", "--name-only", "--diff-filter=A", "--", ...empty];
  const printed = run(repository, ask);
  const announced = failed(printed) ? [] : printed.toString("utf8").split("\0").filter(Boolean);
  for (const path of announced) entries.delete(path);
  if (announced.length) index.paths = index.paths.filter((path) => entries.has(path));
};

/** What the index holds below `root`, which is `prefix` from its top. */
export const indexTree = (index: Index, root: string, prefix: string): Tree => ({
  folders: (names) => {
    const wanted = matcher(names);
    return index.paths.flatMap((path) => {
      const isThere = path.startsWith(prefix) && index.entries.get(path)!.mode !== SUBMODULE;
      return isThere && wanted(path.slice(prefix.length)) ? [path.slice(prefix.length)] : [];
    });
  },
  read: (patterns) => {
    const wanted: string[] = [];
    const asking = (path: string): Loaded => {
      wanted.push(path);
      return { fault: "" };
    };
    read(root, patterns, sourceOf(index, root, prefix, asking));
    fetchContents(
      index,
      wanted.map((path) => index.entries.get(path)!.id),
    );
    withoutAnnounced(index, wanted);
    return read(
      root,
      patterns,
      sourceOf(index, root, prefix, (path) => loadedFrom(index, path)),
    );
  },
});

/** Where a path below `root` leads in the index. */
export const indexSource = (index: Index, root: string, prefix: string): Source =>
  sourceOf(index, root, prefix, (path) => loadedFrom(index, path));
