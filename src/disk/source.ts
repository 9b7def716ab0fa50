import type { Dirent, Stats } from "node:fs";
import { disk } from "./fs.ts";
import { type Loaded, load } from "./read.ts";

/** Where files are read from: the disk, or Git's index. Paths are absolute. */
export interface Source {
  /** What stands at the path itself, links not followed; undefined: nothing. */
  lstat(file: string): Stats | undefined;
  readlink(file: string): string;
  realpath(file: string): string;
  list(folder: string): Dirent[];
  load(file: string): Loaded;
  /** Whether the mode of a file tells who may execute it. */
  modes: boolean;
}

export const onDisk: Source = {
  lstat: (file) => disk.lstat(file),
  readlink: (file) => disk.readlink(file),
  realpath: (file) => disk.realpath(file),
  list: (folder) => disk.list(folder),
  load: (file) => load(file),
  modes: process.platform !== "win32",
};
