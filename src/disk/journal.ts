import { constants } from "node:fs";
import { blobId } from "../core/blob.ts";
import { JOURNAL, unsafePath } from "../core/paths.ts";
import { disk, errnoOf, syncFolder, writeAll } from "./fs.ts";
import { type Holder, parseHolder } from "./lock.ts";
import { foldersAbove } from "./paths.ts";
import { LARGEST_FILE, load } from "./read.ts";
import { type StagedKind, stagedPath, TOKEN } from "./staged.ts";

/** One file of a transaction. The ids are Git's, of the bytes as they are; null: no such file. */
export interface Entry {
  /** The real file, links resolved, relative to the root. */
  path: string;
  before: string | null;
  after: string | null;
}

/** What a transaction is about to do: all that is needed to end it or to take it back. */
export interface Journal {
  holder: Holder;
  /** Folders that did not exist before, outermost first. */
  made: string[];
  entries: Entry[];
}

/**
 * How far it came. `staging`: no target has been touched; `ready`: targets may have been; `done`: all
 * targets are in place, only staged files may be left; `undo`: it is being taken back.
 */
export type Phase = "staging" | "ready" | "done" | "undo";

export type Found =
  | { kind: "journal"; journal: Journal; phase: Phase }
  /** Its writer was stopped before it had staged anything. */
  | { kind: "torn" }
  | { kind: "foreign"; reason: string };

/** Git's id of bytes as they are, without a thought for line ends. */
export const rawId = (bytes: Uint8Array): string => blobId(bytes);

/** The absolute path of a staged file of the `n`-th entry. */
export const stagedFile = (root: string, journal: Journal, n: number, kind: StagedKind): string =>
  `${root}/${stagedPath(journal.entries[n]!.path, journal.holder.token, n, kind)}`;

/** Begins a journal, which must not exist yet; gives its open file. Line one is the transaction, later ones its phases. */
export const begin = (root: string, journal: Journal): number => {
  const fd = disk.open(`${root}/${JOURNAL}`, "wx");
  try {
    writeAll(fd, Buffer.from(`${JSON.stringify({ portable: 1, ...journal })}\n`));
    return fd;
  } catch (error) {
    disk.close(fd);
    disk.unlink(`${root}/${JOURNAL}`);
    throw error;
  }
};

/** Says that everything is staged, and makes sure that this is known even after a power failure. */
export const markReady = (root: string, fd: number): void => {
  writeAll(fd, Buffer.from("ready\n"));
  disk.sync(fd);
  syncFolder(root);
};

export const markDone = (fd: number): void => writeAll(fd, Buffer.from("done\n"));

/** Says that it is being taken back, as far as the disk still lets itself be written to. */
export const markUndo = (root: string): void => {
  try {
    const fd = disk.open(`${root}/${JOURNAL}`, constants.O_WRONLY | constants.O_APPEND);
    try {
      writeAll(fd, Buffer.from("undo\n"));
    } finally {
      disk.close(fd);
    }
  } catch {}
};

/** The journal that a stopped run left; undefined: none. Throws errors of the disk. */
export const find = (root: string): Found | undefined => {
  const file = `${root}/${JOURNAL}`;
  const stat = disk.lstat(file);
  if (stat === undefined) return undefined;
  if (!stat.isFile()) return { kind: "foreign", reason: "is not a file" };
  try {
    const loaded = load(file, 16 * LARGEST_FILE);
    return "fault" in loaded
      ? { kind: "foreign", reason: loaded.fault }
      : parse(loaded.bytes.toString("utf8"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

const parse = (text: string): Found => {
  const end = text.indexOf("\n");
  if (end < 0) return { kind: "torn" };
  const journal = parseJournal(text.slice(0, end));
  if (typeof journal === "string") return { kind: "foreign", reason: journal };
  return { kind: "journal", journal, phase: phaseOf(text.slice(end + 1)) };
};

/** A mark counts once its line is whole. */
const phaseOf = (marks: string): Phase => {
  const lines = marks.split("\n").slice(0, -1);
  const phases = ["undo", "done", "ready"] as const;
  return phases.find((phase) => lines.includes(phase)) ?? "staging";
};

/** A journal lies in a folder that strangers may have made: nothing in it is taken on trust. */
const parseJournal = (line: string): Journal | string => {
  let data: { portable?: unknown; holder?: unknown; made?: unknown; entries?: unknown };
  try {
    data = JSON.parse(line) ?? {};
  } catch {
    return "is not one that portable wrote";
  }
  const holder = parseHolder(data.holder);
  if (data.portable !== 1 || !holder || !TOKEN.test(holder.token)) return "is not one that portable wrote";
  if (!Array.isArray(data.entries) || !Array.isArray(data.made)) return "is not one that portable wrote";
  const { entries, made } = data;
  return faultOf(entries, made) ?? { holder, made, entries: entries.map(entryOf) };
};

const entryOf = ({ path, before, after }: Entry): Entry => ({ path, before, after });

const faultOf = (entries: readonly unknown[], made: readonly unknown[]): string | undefined => {
  if (!entries.every(isEntry)) return "has an entry that portable would not write";
  if (new Set(entries.map((entry) => entry.path)).size !== entries.length) return "names a file twice";
  const above = new Set<unknown>(entries.flatMap((entry) => foldersAbove(entry.path)));
  return made.every((folder) => above.has(folder))
    ? undefined
    : "names a folder that it has no business with";
};

const isEntry = (value: unknown): value is Entry => {
  const { path, before, after } = (value ?? {}) as Partial<Entry>;
  if (typeof path !== "string" || unsafePath(path) !== undefined) return false;
  return isId(before) && isId(after) && !(before === null && after === null);
};

const isId = (value: unknown): boolean =>
  value === null || (typeof value === "string" && /^[0-9a-f]{40}$/.test(value));
