import { constants, type Stats } from "node:fs";
import type { Change, Content } from "../core/change.ts";
import { unsafePath } from "../core/paths.ts";
import { disk } from "./fs.ts";
import { locator, type Place } from "./locate.ts";
import { self } from "./lock.ts";
import { foldersAbove } from "./paths.ts";
import { load, notAFile } from "./read.ts";
import { each, type Refusal, refuse } from "./refusal.ts";
import { stagedPath } from "./staged.ts";

/** A change that has been checked against the disk. */
export interface Target {
  /** As the change has it. */
  path: string;
  /** The real file, links resolved. */
  real: string;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
  exec: boolean;
  /** Of the file that is replaced or removed. */
  stat: Stats | undefined;
}

type Locate = (path: string) => Place;

const bytesOf = (content: Content | undefined): Uint8Array | undefined =>
  typeof content === "string" ? Buffer.from(content) : content;

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** All changes that need doing, or why the first that cannot be done cannot. Writes nothing. */
export const check = (root: string, changes: readonly Change[]): Target[] | Refusal => {
  const locate = locator(root);
  const targets: Target[] = [];
  const refusal = each(changes, (change) => {
    const target = targetOf(change, locate);
    if ("ok" in target) return target;
    if (!isDone(target)) targets.push(target);
    return unlike(root, target) ?? unwritable(root, target, locate);
  });
  return refusal ?? clash(targets) ?? targets;
};

const targetOf = ({ path, before, after, exec = false }: Change, locate: Locate): Target | Refusal => {
  const unsafe = unsafePath(path);
  if (unsafe !== undefined) return refuse(path, "outside", unsafe);
  const place = locate(path);
  if (place.kind === "fault") return refuse(path, place.outside ? "outside" : "disk", place.reason);
  if (place.kind === "absent" && place.blocker !== undefined) {
    return refuse(path, "disk", `${place.blocker} is a file, not a folder`);
  }
  if (after === undefined && place.real !== path) {
    return refuse(
      path,
      "changed",
      `a symbolic link leads from it to ${place.real}, and only real files are removed`,
    );
  }
  const stat = place.kind === "there" ? place.stat : undefined;
  return { path, real: place.real, before: bytesOf(before), after: bytesOf(after), exec, stat };
};

const isDone = ({ before, after, exec, stat }: Target): boolean => {
  if (before === undefined || after === undefined) return before === after;
  return equal(before, after) && !(exec && stat && withExec(stat.mode) !== stat.mode);
};

/** Executable by all who may read it. */
export const withExec = (mode: number): number => mode | ((mode & 0o444) >> 2);

/** Why the file is not what the plan saw. */
const unlike = (root: string, { path, real, before, stat }: Target): Refusal | undefined => {
  if (stat && !stat.isFile()) return refuse(path, "disk", notAFile(stat));
  if (before === undefined)
    return stat && refuse(path, "changed", "exists, and was not there when it was read");
  if (stat === undefined) return refuse(path, "changed", "is gone, and was there when it was read");
  const loaded = stat.size === before.length ? load(`${root}/${real}`, before.length) : undefined;
  if (loaded && "bytes" in loaded && equal(loaded.bytes, before)) return undefined;
  return refuse(path, "changed", "has changed since it was read");
};

const unwritable = (root: string, { real, stat }: Target, locate: Locate): undefined => {
  if (stat) disk.access(`${root}/${real}`, constants.W_OK);
  // nothing stands there, but the system says whether the longest name that will be needed can be
  disk.lstat(`${root}/${stagedPath(real, self().token, 10_000_000, "tmp")}`);
  const folder = ["", ...foldersAbove(real)].findLast((above) => locate(above).kind === "there");
  disk.access(`${root}/${folder}`, constants.W_OK | constants.X_OK);
};

/** Two changes that get to the same file must want the same of it. */
const clash = (targets: readonly Target[]): Refusal | undefined => {
  const first = new Map<string, Target>();
  return each(targets, (target) => {
    const other = first.get(target.real);
    if (other === undefined) return void first.set(target.real, target);
    if (target.after && other.after && equal(target.after, other.after)) return undefined;
    return refuse(target.path, "disk", `is the same file as ${other.path}, which gets other content`);
  });
};

/** Why a target is no longer as `check` found it; asked right before it is replaced. */
export const checkAgain = (root: string, target: Target): Refusal | undefined => {
  const place = locator(root)(target.real);
  if (place.kind === "fault" || place.real !== target.real) {
    return refuse(target.path, "outside", "a symbolic link has come to stand on the way to it");
  }
  return unlike(root, { ...target, stat: place.kind === "there" ? place.stat : undefined });
};
