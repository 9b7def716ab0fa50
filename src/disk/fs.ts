import fs, { type Dirent, type Stats } from "node:fs";

/**
 * Every call through which this program reaches the disk. All are synchronous: on a warm cache
 * asynchronous reads cost five times the CPU. Tests replace members to make calls fail.
 */
export const disk = {
  access: (file: string, mode: number): void => fs.accessSync(file, mode),
  chmod: (fd: number, mode: number): void => fs.fchmodSync(fd, mode),
  chown: (fd: number, uid: number, gid: number): void => fs.fchownSync(fd, uid, gid),
  close: (fd: number): void => fs.closeSync(fd),
  fstat: (fd: number): Stats => fs.fstatSync(fd),
  link: (from: string, to: string): void => fs.linkSync(from, to),
  list: (folder: string): Dirent[] => fs.readdirSync(folder, { withFileTypes: true }),
  /** What stands at the path itself, links not followed; undefined: nothing. */
  lstat: (file: string): Stats | undefined => fs.lstatSync(file, { throwIfNoEntry: false }),
  mkdir: (folder: string): void => void fs.mkdirSync(folder),
  open: (file: string, flags: number | string, mode?: number): number => fs.openSync(file, flags, mode),
  read: (fd: number, into: Buffer, offset: number, length: number): number =>
    fs.readSync(fd, into, offset, length, null),
  readlink: (file: string): string => fs.readlinkSync(file),
  realpath: (file: string): string => fs.realpathSync(file),
  rename: (from: string, to: string): void => fs.renameSync(from, to),
  rmdir: (folder: string): void => fs.rmdirSync(folder),
  sync: (fd: number): void => fs.fsyncSync(fd),
  unlink: (file: string): void => fs.unlinkSync(file),
  write: (fd: number, bytes: Uint8Array, offset: number): number => fs.writeSync(fd, bytes, offset),
};

/** The system's name of an error (`ENOENT`); undefined where it is no system error. */
export const errnoOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EBUSY: "in use, or a mount point",
  EDQUOT: "disk quota exceeded",
  EEXIST: "something else stands there already",
  EIO: "input/output error",
  EISDIR: "a folder is in the way",
  ELOOP: "a symbolic link is in the way",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many open files",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a file stands where a folder is needed",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  EXDEV: "lies on another file system",
};

/** An error of the disk in words, with the system's name for it. */
export const reasonOf = (error: unknown): string => {
  const code = errnoOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return `${REASONS[code] ?? "the system refused"} (${code})`;
};

/** Writes a file that must not exist yet; `mode` undefined: as the umask has it. */
export const writeNew = (file: string, bytes: Uint8Array, options: NewFile = {}): void => {
  const fd = disk.open(file, "wx", options.mode === undefined ? (options.exec ? 0o777 : 0o666) : 0o600);
  try {
    if (options.mode !== undefined) disk.chmod(fd, options.mode);
    if (options.owner) keepOwner(fd, options.owner);
    writeAll(fd, bytes);
    if (options.sync) disk.sync(fd);
  } finally {
    disk.close(fd);
  }
};

export interface NewFile {
  /** Exactly these permission bits. */
  mode?: number;
  /** Without `mode`: executable by whoever the umask lets. */
  exec?: boolean;
  owner?: { uid: number; gid: number };
  /** Flush it before going on. */
  sync?: boolean;
}

const keepOwner = (fd: number, owner: { uid: number; gid: number }): void => {
  if (process.geteuid?.() === owner.uid && process.getegid?.() === owner.gid) return;
  try {
    disk.chown(fd, owner.uid, owner.gid);
  } catch {
    // only the superuser may give files away; for anybody else the new file is their own
  }
};

/** Writes all the bytes, however many calls the system takes for it. */
export const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length; ) done += disk.write(fd, bytes, done);
};

/** Flushes a folder, so that names made in it survive a power failure. Windows has no such call. */
export const syncFolder = (folder: string): void => {
  if (process.platform === "win32") return;
  const fd = disk.open(folder, "r");
  try {
    disk.sync(fd);
  } finally {
    disk.close(fd);
  }
};

/** What a call says about a name that nothing can have. */
const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/** Removes a file or link; fine if there is none. */
export const unlinkIfThere = (file: string): void => {
  try {
    disk.unlink(file);
  } catch (error) {
    if (!NOT_THERE.has(errnoOf(error) ?? "")) throw error;
  }
};

/** Why a folder stays: it holds something, or is not ours to remove. */
const STAYS = new Set(["ENOTEMPTY", "EEXIST", "EBUSY", "EACCES", "EPERM", "ENOTDIR"]);

/** Removes a folder if it is empty; true if it is gone. */
export const rmdirIfEmpty = (folder: string): boolean => {
  try {
    disk.rmdir(folder);
    return true;
  } catch (error) {
    const code = errnoOf(error) ?? "";
    if (code !== "ENOENT" && !STAYS.has(code)) throw error;
    return code === "ENOENT";
  }
};
