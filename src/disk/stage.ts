import { disk, writeNew } from "./fs.ts";
import { type Journal, stagedFile } from "./journal.ts";
import { locator } from "./locate.ts";
import { foldersAbove } from "./paths.ts";
import { each, type Refusal } from "./refusal.ts";
import { type Target, withExec } from "./target.ts";

/** The folders that must be made first, outermost first. */
export const missingFolders = (root: string, targets: readonly Target[]): string[] => {
  const locate = locator(root);
  const above = targets.flatMap(({ after, real }) => (after ? foldersAbove(real) : []));
  return [...new Set(above)].filter((folder) => locate(folder).kind === "absent").sort();
};

/** Puts the new content of each target beside it, and keeps a name for the old. Touches no target. */
export const stage = (
  root: string,
  targets: readonly Target[],
  journal: Journal,
  sync: boolean,
): Refusal | undefined => {
  const made = journal.made.map((path) => ({ path }));
  return (
    each(made, ({ path }) => void disk.mkdir(`${root}/${path}`)) ??
    each(targets, (target, n) => {
      if (!target.after) return undefined;
      stageNew(stagedFile(root, journal, n, "tmp"), target, target.after, sync);
      if (target.before)
        stageOld(`${root}/${target.real}`, stagedFile(root, journal, n, "old"), target, target.before);
      return undefined;
    })
  );
};

const stageNew = (file: string, { stat, exec }: Target, after: Uint8Array, sync: boolean): void => {
  const mode = stat && (exec ? withExec(stat.mode) : stat.mode) & 0o777;
  writeNew(file, after, stat && mode !== undefined ? { mode, owner: stat, sync } : { exec, sync });
};

/** A second name where the file system has such, else a copy. */
const stageOld = (target: string, old: string, { stat }: Target, before: Uint8Array): void => {
  try {
    disk.link(target, old);
  } catch {
    writeNew(old, before, stat ? { mode: stat.mode & 0o777, owner: stat } : {});
  }
};
