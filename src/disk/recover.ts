import { DEAD_LOCK, JOURNAL, LOCK } from "../core/paths.ts";
import { disk, errnoOf, rmdirIfEmpty, unlinkIfThere } from "./fs.ts";
import { type Entry, find, type Journal, markUndo, type Phase, rawId, stagedFile } from "./journal.ts";
import { locator } from "./locate.ts";
import { type Held, inUse, isAlive, take } from "./lock.ts";
import { foldersAbove } from "./paths.ts";
import { load } from "./read.ts";
import { each, guarded, type Refusal, refuse } from "./refusal.ts";

/** What became of a run that was stopped half-way; the lists hold the files that it was about to write. */
export type Recovery = { completed: string[] } | { rolledBack: string[] };

/**
 * Ends or takes back a run that was stopped, so that the tree is all new or all old; undefined: there
 * was none. What somebody changed since then stays as they left it. Doing it again changes nothing.
 */
export const recover = (root: string): Recovery | Refusal | undefined =>
  guarded(JOURNAL, () => {
    if ([JOURNAL, LOCK, DEAD_LOCK].every((name) => disk.lstat(`${root}/${name}`) === undefined))
      return undefined;
    const lock = take(root);
    if ("busy" in lock) return disk.lstat(`${root}/${JOURNAL}`) && refuse(LOCK, "busy", lock.busy);
    return underLock(root, lock);
  });

const underLock = (root: string, lock: Held): Recovery | Refusal | undefined => {
  try {
    unlinkIfThere(`${root}/${DEAD_LOCK}`);
    return recoverHeld(root);
  } finally {
    lock.release();
  }
};

/** The same for one who holds the lock. Throws errors of the disk. */
export const recoverHeld = (root: string): Recovery | Refusal | undefined => {
  const found = find(root);
  if (found === undefined) return undefined;
  if (found.kind === "foreign") return refuse(JOURNAL, "disk", `${found.reason}: look at it, then remove it`);
  if (found.kind === "torn") return void disk.unlink(`${root}/${JOURNAL}`);
  const { journal, phase } = found;
  if (isAlive(journal.holder)) return refuse(JOURNAL, "busy", inUse(journal.holder, JOURNAL));
  return strayed(root, journal) ?? settle(root, journal, phase);
};

/** The first entry that a symbolic link leads elsewhere. */
const strayed = (root: string, journal: Journal): Refusal | undefined => {
  const locate = locator(root);
  return each(journal.entries, ({ path }) => {
    const place = locate(path);
    const reason =
      place.kind === "fault" ? place.reason : "a symbolic link has come to stand on the way to it";
    if (place.kind !== "fault" && place.real === path) return undefined;
    return refuse(path, "outside", `${reason}; mend it, or remove ${JOURNAL}`);
  });
};

const settle = (root: string, journal: Journal, phase: Phase): Recovery | Refusal => {
  const paths = journal.entries.map((entry) => entry.path);
  const forward =
    phase === "done" || (phase === "ready" && journal.entries.every((_, n) => canEnd(root, journal, n)));
  const refusal = forward ? complete(root, journal) : rollBack(root, journal, phase);
  return refusal ?? (forward ? { completed: paths } : { rolledBack: paths });
};

/** Bytes; what is larger cannot be what we wrote. */
const LARGEST_TARGET = 64 * 1024 * 1024;

/** The id of the file at an absolute path; null: none; undefined: something that is no file, or cannot be read. */
const idAt = (file: string): string | null | undefined => {
  const stat = disk.lstat(file);
  if (stat === undefined) return null;
  if (!stat.isFile()) return undefined;
  try {
    const loaded = load(file, LARGEST_TARGET);
    return "fault" in loaded ? undefined : rawId(loaded.bytes);
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? null : undefined;
  }
};

/** `pending`: still as before, and what it takes to go on is there; `installed`: the step was taken; `spoiled`: neither. */
type State = "pending" | "installed" | "spoiled";

const stateOf = (root: string, journal: Journal, n: number): State => {
  const entry = journal.entries[n]!;
  const current = idAt(`${root}/${entry.path}`);
  if (entry.after === null)
    return current === null ? "installed" : current === entry.before ? "pending" : "spoiled";
  const staged = idAt(stagedFile(root, journal, n, "tmp"));
  if (staged !== null) return staged === entry.after && current === entry.before ? "pending" : "spoiled";
  return current === entry.before && current !== entry.after ? "spoiled" : "installed";
};

const canEnd = (root: string, journal: Journal, n: number): boolean =>
  stateOf(root, journal, n) !== "spoiled";

const complete = (root: string, journal: Journal): Refusal | undefined =>
  each(journal.entries, (_, n) => {
    if (stateOf(root, journal, n) === "pending") install(root, journal, n);
    return undefined;
  }) ?? finish(root, journal);

/** Puts the new file in the old one's place, or the old one away. Throws errors of the disk. */
export const install = (root: string, journal: Journal, n: number): void => {
  const { path, after } = journal.entries[n]!;
  const target = `${root}/${path}`;
  if (after === null) disk.rename(target, stagedFile(root, journal, n, "old"));
  else disk.rename(stagedFile(root, journal, n, "tmp"), target);
};

/** Cleans up after all is in place: staged files, folders that removals emptied, the journal. */
export const finish = (root: string, journal: Journal): Refusal | undefined =>
  sweep(root, journal) ??
  guarded(JOURNAL, () => {
    for (const entry of journal.entries) if (entry.after === null) removeEmptied(root, entry);
    disk.unlink(`${root}/${JOURNAL}`);
    return undefined;
  });

const removeEmptied = (root: string, { path }: Entry): void => {
  for (const folder of foldersAbove(path).reverse()) if (!rmdirIfEmpty(`${root}/${folder}`)) return;
};

/** Gives every target that is as we wrote it its old content back, then cleans up. */
export const rollBack = (root: string, journal: Journal, phase: Phase): Refusal | undefined =>
  (phase === "staging" ? undefined : restoreAll(root, journal)) ??
  sweep(root, journal) ??
  guarded(JOURNAL, () => {
    for (const folder of journal.made.toReversed()) rmdirIfEmpty(`${root}/${folder}`);
    disk.unlink(`${root}/${JOURNAL}`);
    return undefined;
  });

const restoreAll = (root: string, journal: Journal): Refusal | undefined => {
  markUndo(root);
  return each(journal.entries, (_, n) => restore(root, journal, n));
};

const restore = (root: string, journal: Journal, n: number): undefined => {
  const { path, before, after } = journal.entries[n]!;
  const target = `${root}/${path}`;
  if (stateOf(root, journal, n) !== "installed" || idAt(target) !== after) return;
  if (before === null) return disk.unlink(target) as undefined;
  const old = stagedFile(root, journal, n, "old");
  if (idAt(old) === before) disk.rename(old, target);
};

const sweep = (root: string, journal: Journal): Refusal | undefined =>
  each(journal.entries, (_, n) => {
    unlinkIfThere(stagedFile(root, journal, n, "tmp"));
    unlinkIfThere(stagedFile(root, journal, n, "old"));
    return undefined;
  });
