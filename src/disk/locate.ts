import type { Stats } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { baseOf, folderOf, join } from "./paths.ts";
import { onDisk, type Source } from "./source.ts";

/**
 * Where a path below the root really leads, symbolic links resolved.
 * `real` is relative to the root, `/`-separated, and has no link in it.
 */
export type Place =
  /** `stat` is never that of a link. */
  | { kind: "there"; real: string; stat: Stats }
  /** Nothing stands there; `blocker` is the file that stands where a folder on the way would be. */
  | { kind: "absent"; real: string; blocker?: string }
  | { kind: "fault"; reason: string; outside: boolean };

/** As many links as Linux follows for one path. */
const HOPS = 40;
const LEAVES: Place = { kind: "fault", reason: "a symbolic link leads out of the repository", outside: true };
const INTO_GIT: Place = {
  kind: "fault",
  reason: "a symbolic link leads into Git's own folder",
  outside: true,
};
const NOT_INSIDE: Place = { kind: "fault", reason: "is no path inside the repository", outside: true };
const LOOP: Place = { kind: "fault", reason: "symbolic links lead in a circle", outside: false };
const BROKEN: Place = { kind: "fault", reason: "a symbolic link leads nowhere", outside: false };

const slashes = (path: string): string => (process.platform === "win32" ? path.replaceAll("\\", "/") : path);

/** Names between single slashes, none of which leads up: what may be appended to the root. */
const isPlain = (path: string): boolean =>
  path === "" ||
  !(/(?:^|\/)\.{0,2}(?:\/|$)/.test(path) || (process.platform === "win32" && /[\\:]/.test(path)));

/** `to` relative to `top`, `/`-separated; undefined: not inside. */
const within = (top: string, to: string): string | undefined => {
  const way = slashes(relative(top, to));
  return way === ".." || way.startsWith("../") || isAbsolute(way) ? undefined : way;
};

/**
 * Looks paths up below a root and never leaves it. It remembers the folders it has seen, so make a
 * new one where the disk may have changed. Throws errors of the disk other than "not there".
 */
export const locator = (root: string, from: Source = onDisk): ((path: string) => Place) => {
  const folders = new Map<string, Place>();
  let hops = 0;
  let realRoot: string | undefined;
  const top = (): string => (realRoot ??= from.realpath(root));

  const lookUp = (path: string): Place => {
    if (path === "") return folders.get("") ?? rootPlace();
    const parent = folderAt(folderOf(path));
    if (parent.kind === "fault") return parent;
    const real = join(parent.real, baseOf(path));
    if (parent.kind === "absent") return { ...parent, real };
    if (!parent.stat.isDirectory()) return { kind: "absent", real, blocker: parent.real };
    const stat = from.lstat(`${root}/${real}`);
    if (stat === undefined) return { kind: "absent", real };
    if (!stat.isSymbolicLink()) return { kind: "there", real, stat };
    return follow(parent.real, slashes(from.readlink(`${root}/${real}`)));
  };

  const rootPlace = (): Place => {
    const stat = from.lstat(`${root}/.`);
    return stat === undefined ? { kind: "absent", real: "" } : { kind: "there", real: "", stat };
  };

  const folderAt = (path: string): Place => {
    const known = folders.get(path);
    if (known) return known;
    const place = lookUp(path);
    if (place.kind !== "fault") folders.set(path, place);
    return place;
  };

  const follow = (at: string, target: string): Place => {
    if (++hops > HOPS) return LOOP;
    if (isAbsolute(target)) return enter(target);
    const names = target.split("/").filter((name) => name !== "" && name !== ".");
    let place = folderAt(at);
    for (const [i, name] of names.entries()) {
      if (place.kind === "fault") return place;
      if (name === ".." && place.real === "") return enter(resolve(top(), ...names.slice(i)));
      place = step(place, name);
    }
    return place;
  };

  const step = (place: Exclude<Place, { kind: "fault" }>, name: string): Place => {
    if (name !== "..") return lookUp(join(place.real, name));
    return place.kind === "there" ? folderAt(folderOf(place.real)) : BROKEN;
  };

  /** Goes on at an absolute path if that is below the root, spelled either way. */
  const enter = (absolute: string): Place => {
    const path = within(top(), absolute) ?? within(resolve(root), absolute);
    return path === undefined ? LEAVES : follow("", path);
  };

  return (path) => {
    hops = 0;
    if (!isPlain(path)) return NOT_INSIDE;
    const place = lookUp(path);
    return place.kind !== "fault" && place.real !== path && /^\.git(?:\/|$)/i.test(place.real)
      ? INTO_GIT
      : place;
  };
};
