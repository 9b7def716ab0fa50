import type { Change } from "../core/change.ts";
import { JOURNAL, LOCK } from "../core/paths.ts";
import { disk, errnoOf, syncFolder } from "./fs.ts";
import { begin, type Entry, type Journal, markDone, markReady, rawId } from "./journal.ts";
import { type Held, self, take } from "./lock.ts";
import { folderOf } from "./paths.ts";
import { finish, install, recoverHeld, rollBack } from "./recover.ts";
import { each, guarded, type Refusal, refuse } from "./refusal.ts";
import { missingFolders, stage } from "./stage.ts";
import { check, checkAgain, type Target } from "./target.ts";

export { keepCopy } from "./backup.ts";
export { type Recovery, recover } from "./recover.ts";
export type { Refusal } from "./refusal.ts";

/** `wrote`: the paths of the changes that were needed, in their order. */
export type Outcome = { ok: true; wrote: string[] } | Refusal;

export interface ApplyOptions {
  /** Called for every file that will be replaced or removed, before any is; may keep a copy and say where. */
  backup?: (path: string) => string | undefined;
  /** Flush every file: for those that are somebody's only copy. Outputs can be built again. */
  sync?: boolean;
}

/**
 * Makes all the changes or none, under the repository's lock, and ends or takes back what a stopped
 * run left. Nothing is written where one target is unsafe, is not as `before` has it or cannot be
 * written. A change to a linked file goes to the real one. No changes: the disk is not touched.
 */
export const apply = (root: string, changes: readonly Change[], options: ApplyOptions = {}): Outcome => {
  if (changes.length === 0) return { ok: true, wrote: [] };
  return guarded(LOCK, (): Outcome => {
    const lock = take(root);
    if ("busy" in lock) return refuse(LOCK, "busy", lock.busy);
    try {
      return guarded(JOURNAL, () => transact(root, changes, options, lock));
    } finally {
      lock.release();
    }
  });
};

const transact = (root: string, changes: readonly Change[], options: ApplyOptions, lock: Held): Outcome => {
  const left = recoverHeld(root);
  if (left && "ok" in left) return left;
  const targets = check(root, changes);
  if ("ok" in targets) return targets;
  const wrote = targets.map((target) => target.path);
  if (targets.length === 0) return { ok: true, wrote };
  const refusal = keepOld(targets, options) ?? write(root, distinct(targets), options, lock);
  return refusal ?? { ok: true, wrote };
};

const keepOld = (targets: readonly Target[], { backup }: ApplyOptions): Refusal | undefined =>
  each(targets, ({ path, before }) => {
    if (before) backup?.(path);
    return undefined;
  });

/** One target a file: links are other names of the same. */
const distinct = (targets: readonly Target[]): Target[] => {
  const byFile = new Map<string, Target>();
  for (const target of targets) {
    const exec = target.exec || byFile.get(target.real)?.exec === true;
    byFile.set(target.real, { ...target, exec });
  }
  return [...byFile.values()];
};

const idOf = (bytes: Uint8Array | undefined): string | null => (bytes ? rawId(bytes) : null);

const entryOf = ({ real, before, after }: Target): Entry => ({
  path: real,
  before: idOf(before),
  after: idOf(after),
});

const write = (root: string, targets: Target[], options: ApplyOptions, lock: Held): Refusal | undefined => {
  const journal: Journal = {
    holder: self(),
    made: missingFolders(root, targets),
    entries: targets.map(entryOf),
  };
  const fd = open(root, journal, lock);
  if (typeof fd !== "number") return fd;
  const sync = options.sync === true;
  const unstaged = stage(root, targets, journal, sync) ?? guarded(JOURNAL, () => markReady(root, fd));
  const refusal = unstaged ?? installAll(root, targets, journal, sync);
  if (!refusal) quietly(() => markDone(fd));
  quietly(() => disk.close(fd));
  // everything is in place: what cannot be cleaned up now, the next run cleans up
  if (!refusal) return void finish(root, journal);
  return takenBack(refusal, rollBack(root, journal, unstaged ? "staging" : "ready"));
};

const quietly = (act: () => void): void => {
  try {
    act();
  } catch {}
};

/** Begins the journal; it is made only where there is none, so that no two runs ever write at once. */
const open = (root: string, journal: Journal, lock: Held): number | Refusal => {
  if (!lock.isOurs()) return refuse(LOCK, "busy", "another process has taken the lock over");
  try {
    return begin(root, journal);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return refuse(JOURNAL, "busy", "another process is writing here");
    throw error;
  }
};

const installAll = (root: string, targets: Target[], journal: Journal, sync: boolean): Refusal | undefined =>
  each(targets, (target, n) => {
    const refusal = checkAgain(root, target);
    if (!refusal) install(root, journal, n);
    return refusal;
  }) ?? (sync ? syncFolders(root, targets) : undefined);

const syncFolders = (root: string, targets: Target[]): Refusal | undefined => {
  const folders = new Set(targets.map(({ real }) => folderOf(real)));
  return each(
    [...folders].map((path) => ({ path })),
    ({ path }) => void syncFolder(`${root}/${path}`),
  );
};

const takenBack = (refusal: Refusal, failed: Refusal | undefined): Refusal => {
  if (!failed) return refusal;
  const left = `${failed.path}: ${failed.reason}`;
  return {
    ...refusal,
    reason: `${refusal.reason}; it could not all be taken back (${left}), the next run will do so`,
  };
};
