import { BACKUPS, unsafePath } from "../core/paths.ts";
import { disk, errnoOf, syncFolder, writeNew } from "./fs.ts";
import { locator } from "./locate.ts";
import { foldersAbove, join } from "./paths.ts";
import { load } from "./read.ts";

/** The numbered folder that this process keeps its copies in, by root. */
const folderOfRun = new Map<string, string>();

/**
 * Copies a file to `.portable-backup/<n>/<path>`, flushed to the disk, and gives the copy's path.
 * Each run has its own `n`, one above the last; a second copy of the same file starts a new one.
 * Git ignores the folder. Throws where the file or the folder cannot be used.
 */
export const keepCopy = (root: string, path: string): string => {
  const { bytes, mode } = original(root, path);
  const folder = openFolder(root, path);
  const copy = join(folder, path);
  makeFolders(root, folder, copy);
  writeNew(`${root}/${copy}`, bytes, { mode, sync: true });
  for (const above of ["", ...foldersAbove(copy)]) syncFolder(`${root}/${above}`);
  return copy;
};

const original = (root: string, path: string): { bytes: Uint8Array; mode: number } => {
  const place = locator(root)(path);
  const reason = unsafePath(path) ?? (place.kind === "fault" ? place.reason : undefined);
  if (reason !== undefined || place.kind === "fault") throw new Error(`${path}: ${reason}`);
  const loaded = load(`${root}/${place.real}`, Number.POSITIVE_INFINITY);
  if ("fault" in loaded) throw new Error(`${path}: ${loaded.fault}`);
  return { bytes: new Uint8Array(loaded.bytes), mode: loaded.stat.mode & 0o777 };
};

const openFolder = (root: string, path: string): string => {
  const known = folderOfRun.get(root);
  if (known !== undefined && disk.lstat(`${root}/${known}`) && !disk.lstat(`${root}/${known}/${path}`))
    return known;
  const place = locator(root)(BACKUPS);
  if (place.kind === "fault" || place.real !== BACKUPS) throw new Error(`${BACKUPS}: is a symbolic link`);
  if (place.kind === "absent") disk.mkdir(`${root}/${BACKUPS}`);
  ignore(root);
  const folder = nextFolder(root);
  folderOfRun.set(root, folder);
  return folder;
};

const ignore = (root: string): void => {
  const file = `${root}/${BACKUPS}/.gitignore`;
  if (disk.lstat(file) === undefined) writeNew(file, Buffer.from("*\n"));
};

const nextFolder = (root: string): string => {
  const numbers = disk
    .list(`${root}/${BACKUPS}`)
    .map((entry) => (/^\d{1,9}$/.test(entry.name) ? Number(entry.name) : 0));
  for (let n = Math.max(0, ...numbers) + 1; ; n++) {
    try {
      disk.mkdir(`${root}/${BACKUPS}/${n}`);
      return `${BACKUPS}/${n}`;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  }
};

const makeFolders = (root: string, from: string, copy: string): void => {
  for (const folder of foldersAbove(copy)) {
    if (folder.length <= from.length || disk.lstat(`${root}/${folder}`)) continue;
    disk.mkdir(`${root}/${folder}`);
  }
};
