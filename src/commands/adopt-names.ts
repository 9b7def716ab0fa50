import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { targetById } from "../targets/index.ts";

export const isTool = (name: string): boolean => name.split(",").every((id) => !!targetById(id.trim()));

/** Whether a name of `portable import` is meant as a file: no tool's id, and a file that stands there or a name that could be one's. */
const isFile = (cwd: string, name: string): boolean =>
  !isTool(name) && (/[./\\]/.test(name) || existsSync(resolve(cwd, name)));

export const namesFiles = (cwd: string, names: readonly string[]): boolean =>
  names.some((name) => isFile(cwd, name));
