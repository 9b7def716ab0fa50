import type { Dirent } from "node:fs";
import type { Content } from "../core/change.ts";
import { errnoOf, reasonOf } from "./fs.ts";
import { locator, type Place } from "./locate.ts";
import { foldersAbove, join } from "./paths.ts";
import { contentOf, notAFile } from "./read.ts";
import { onDisk, type Source } from "./source.ts";
import { isStaged } from "./staged.ts";

export { folders } from "./folders.ts";

/**
 * Which files to read; paths relative to the root, `/`-separated. A folder stands for the files in
 * it, with `suffix` only those whose names end so, with `deep` also those in its folders; "" is the root.
 */
export type Pattern = { file: string; orFolder?: true } | { folder: string; suffix?: string; deep?: boolean };

export interface Fault {
  path: string;
  reason: string;
}

/** The files as read. Maps, sets and faults are in the order of their paths' code units. */
export interface Snapshot {
  files: Map<string, Content>;
  /** Paths that their owner may execute; empty for the disk of Windows. */
  exec: Set<string>;
  /**
   * Paths that lead through symbolic links, to the path of the real file. Those in `files` hold the
   * real file's content; one that is not there leads to where no file stands yet.
   */
  links: Map<string, string>;
  /** Folders that lead through symbolic links, to the path of the real folder, be it there or not. */
  linkedFolders: Map<string, string>;
  /** What stands where a file was asked for but could not be read; none of these is in `files`. */
  faults: Fault[];
}

/** Linked folders entered at most: links to links to links would otherwise grow without end. */
const LINKED_FOLDERS = 1_000;

type There = Extract<Place, { kind: "there" }>;
type FolderPattern = Extract<Pattern, { folder: string }>;

interface Reading {
  root: string;
  from: Source;
  locate: (path: string) => Place;
  /** Folders that are asked for, or may be there: finding one where a file was asked for too is no fault. */
  asked: Set<string>;
  linkedFolders: number;
  files: Map<string, Content>;
  exec: Set<string>;
  links: Map<string, string>;
  folders: Map<string, string>;
  faults: Map<string, string>;
}

/** Reads what the patterns name. What is missing is left out; never throws for what it finds below the root. */
export const read = (root: string, patterns: readonly Pattern[], from: Source = onDisk): Snapshot => {
  const reading: Reading = {
    root,
    from,
    locate: locator(root, from),
    asked: new Set(patterns.flatMap((p) => ("folder" in p ? p.folder : p.orFolder ? p.file : []))),
    linkedFolders: 0,
    files: new Map(),
    exec: new Set(),
    links: new Map(),
    folders: new Map(),
    faults: new Map(),
  };
  for (const pattern of patterns) {
    const path = "file" in pattern ? pattern.file : pattern.folder;
    orFault(reading, path, () =>
      "file" in pattern ? readNamed(reading, path) : readFolder(reading, pattern),
    );
  }
  return sorted(reading);
};

/** Tells of a path below a folder (`""` or ending in `/`) whether a file stands there. */
export const fileThere =
  (root: string, folder = "") =>
  (path: string): boolean =>
    read(root, [{ file: folder + path }]).files.has(folder + path);

const orFault = (reading: Reading, path: string, act: () => void): void => {
  try {
    act();
  } catch (error) {
    const gone = errnoOf(error) === "ENOENT" && !path.includes("\uFFFD");
    if (!gone) reading.faults.set(path, reasonOf(error));
  }
};

const sorted = ({ files, exec, links, folders, faults }: Reading): Snapshot => ({
  files: inOrder(files),
  exec: new Set([...exec].sort()),
  links: inOrder(links),
  linkedFolders: inOrder(folders),
  faults: [...inOrder(faults)].map(([path, reason]) => ({ path, reason })),
});

const inOrder = <T>(map: Map<string, T>): Map<string, T> =>
  new Map([...map.keys()].sort().map((path) => [path, map.get(path)!]));

const readNamed = (reading: Reading, path: string): void => {
  const place = reading.locate(path);
  if (place.kind === "fault") return void reading.faults.set(path, place.reason);
  if (place.real !== path) reading.links.set(path, place.real);
  if (place.kind === "absent") return;
  if (place.stat.isFile()) readFile(reading, path, place.real);
  else if (!(place.stat.isDirectory() && reading.asked.has(path)))
    reading.faults.set(path, notAFile(place.stat));
};

const readFile = (reading: Reading, path: string, real: string): void => {
  if (reading.files.has(path)) return;
  const loaded = reading.from.load(`${reading.root}/${real}`);
  if ("fault" in loaded) return void reading.faults.set(path, loaded.fault);
  reading.files.set(path, contentOf(loaded.bytes));
  if (reading.from.modes && (loaded.stat.mode & 0o100) !== 0) reading.exec.add(path);
};

const readFolder = (reading: Reading, pattern: FolderPattern): void => {
  const place = reading.locate(pattern.folder);
  if (place.kind === "fault") return void reading.faults.set(pattern.folder, place.reason);
  if (place.real !== pattern.folder) reading.folders.set(pattern.folder, place.real);
  if (place.kind === "absent" || !place.stat.isDirectory()) return;
  const above = foldersAbove(pattern.folder).flatMap((path) => {
    const parent = reading.locate(path);
    return parent.kind === "there" ? parent.real : [];
  });
  list(reading, pattern, pattern.folder, place.real, [...above, place.real]);
};

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** `within`: the real folders that this one stands in, itself last. */
const list = (
  reading: Reading,
  pattern: FolderPattern,
  path: string,
  real: string,
  within: string[],
): void => {
  for (const entry of reading.from.list(`${reading.root}/${real}`).sort(byName)) {
    if (isStaged(entry.name)) continue;
    const child = join(path, entry.name);
    orFault(reading, child, () => readEntry(reading, pattern, entry, child, join(real, entry.name), within));
  }
};

const readEntry = (
  reading: Reading,
  pattern: FolderPattern,
  entry: Dirent,
  path: string,
  real: string,
  within: string[],
): void => {
  const wanted = pattern.suffix === undefined || entry.name.endsWith(pattern.suffix);
  if (entry.isSymbolicLink()) {
    readLinked(reading, pattern, path, wanted, within);
  } else if (entry.isDirectory()) {
    if (pattern.deep) list(reading, pattern, path, real, [...within, real]);
  } else if (!entry.isFile()) {
    if (wanted) readNamed(reading, path);
  } else if (wanted) {
    if (real !== path) reading.links.set(path, real);
    readFile(reading, path, real);
  }
};

const readLinked = (
  reading: Reading,
  pattern: FolderPattern,
  path: string,
  wanted: boolean,
  within: string[],
): void => {
  const place = reading.locate(path);
  const isFolder = place.kind === "there" && place.stat.isDirectory();
  if (isFolder) {
    if (pattern.deep) readLinkedFolder(reading, pattern, path, place, within);
  } else if (wanted || (place.kind === "fault" && pattern.deep)) {
    readNamed(reading, path);
  }
};

const readLinkedFolder = (
  reading: Reading,
  pattern: FolderPattern,
  path: string,
  place: There,
  within: string[],
): void => {
  if (within.includes(place.real)) {
    reading.faults.set(path, "a symbolic link leads to a folder that it stands in");
  } else if (++reading.linkedFolders > LINKED_FOLDERS) {
    reading.faults.set(path, `more than ${LINKED_FOLDERS} linked folders`);
  } else {
    reading.folders.set(path, place.real);
    list(reading, pattern, path, place.real, [...within, place.real]);
  }
};
