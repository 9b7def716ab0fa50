import { lstatSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { specFile, specFolder } from "../spec/surfaces.ts";

/** A part of a monorepo need not say the version of its spec; the root does. */
export const hasVersion = (spec: string): boolean => /^["']?portable["']?[ \t]*:/m.test(spec);

const saysVersion = (folder: string): boolean => {
  const file = join(folder, specFile);
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile && hasVersion(readFileSync(file, "utf8"));
};

const stands = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
/** The folder has a portable.yaml, be it a link that leads nowhere. */
export const hasSpec = (folder: string): boolean => stands(join(folder, specFile));

/** The nearest folder at or above whose spec says its version, else the nearest with a spec; never beyond the repository. */
export const findRoot = (cwd: string): string | undefined => {
  let part: string | undefined;
  for (let at = resolve(cwd); ; at = dirname(at)) {
    if (saysVersion(at)) return at;
    if (part === undefined && (hasSpec(at) || stands(join(at, specFolder)))) part = at;
    if (stands(join(at, ".git")) || dirname(at) === at) return part;
  }
};
