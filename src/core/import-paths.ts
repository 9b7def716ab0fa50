import { folderOf, joined } from "./links.ts";

/** The path of an `@path`, its escaped blanks undone. */
const plain = (token: string): string => token.replaceAll("\\ ", " ");
const escaped = (path: string): string => path.replaceAll(" ", "\\ ");

/** Where an `@path` (without its `@`) in a file leads, from the folder of that file; undefined: out of the repository. */
export const importedFrom = (file: string, token: string): string | undefined =>
  /^[~/]/.test(token) ? undefined : joined(folderOf(file), plain(token));

/** A path as an `@path` (without its `@`) in a file says it. */
export const importIn = (file: string, path: string): string => {
  const from = folderOf(file).split("/").filter(Boolean);
  const to = path.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  return escaped([...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/"));
};

const TOKENS = /@((?:[^\s\\`]|\\ )+)/g;
/** How a file's text says an import of `path` already; undefined: it does not. */
export const spelledImport = (text: string, file: string, path: string): string | undefined =>
  [...text.matchAll(TOKENS)].map(([, token]) => token!).find((t) => importedFrom(file, t) === path);
