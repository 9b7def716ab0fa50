import { fileOf } from "./ledger.ts";
import type { Rule } from "./spec.ts";

/** The file in which the spec has a rule: its own, or the one that it is where it stands. */
export const ruleFile = (rule: Rule): string =>
  rule.at === undefined ? `.portable/rules/${rule.name}.md` : fileOf(rule.at);

/** `a/./b/../c` -> `a/c`; undefined where it leaves the root. */
export const joined = (folder: string, path: string): string | undefined => {
  const out: string[] = [];
  for (const step of [...folder.split("/"), ...path.split("/")]) {
    if (step === "" || step === ".") continue;
    if (step !== "..") out.push(step);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join("/");
};
export const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf("/")));
const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** What the address of a link may mean. */
export interface Meaning {
  /** Paths from the root, the likeliest first. */
  paths: string[];
  /** What follows the path: `#part`. */
  rest: string;
}
/**
 * What a link in a file leads to: `/a/b.md` from the root, `../b.md` from the file's folder, `b.md` from there or else from
 * the root, and `mdc:a/b.mdc`, as people write them for Cursor, from the root. Addresses elsewhere lead nowhere.
 */
export const meaningOf = (url: string, file: string): Meaning => {
  const bare = url.replace(/^mdc:\/*/, "/");
  const cut = bare.search(/[?#]/);
  const [path, rest] = cut < 0 ? [bare, ""] : [bare.slice(0, cut), bare.slice(cut)];
  if (path === "" || path.startsWith("//") || /^[a-z][a-z0-9+.-]*:/i.test(path)) return { paths: [], rest };
  const relative = /^\.\.?\//.test(path) ? [folderOf(file)] : [folderOf(file), ""];
  const paths = (path.startsWith("/") ? [""] : relative).flatMap((f) => joined(f, decoded(path)) ?? []);
  return { paths: [...new Set(paths)], rest };
};

/** A path as the address of a link, with what would end or change it escaped. */
export const urlTo = (path: string): string =>
  path.replace(/[\s()<>\\%#?:]/g, (c) => encodeURIComponent(c).replace("(", "%28").replace(")", "%29"));

/** The address of a path in a file's link: from the root, which a file in a folder must say. */
export const urlIn = (file: string, path: string): string => (file.includes("/") ? "/" : "") + urlTo(path);

/** Whether an address leads where link number `n` does. */
export type Leads = (url: string, n: number) => boolean;

/** The address at `from` that leads where link `n` does and stands before `after`. */
const addressAt = (
  text: string,
  from: number,
  after: string,
  n: number,
  leads: Leads,
): string | undefined => {
  for (let end = from + 1; end <= text.length && !/[\s<>]/.test(text[end - 1]!); end++) {
    const url = text.slice(from, end);
    if (text.startsWith(after, end) && leads(url, n)) return url;
  }
  return undefined;
};
/** The addresses of a text that holds the body but for them; undefined: it is another text. */
const aligned = (
  text: string,
  body: string,
  links: readonly { at: number; end: number }[],
  leads: Leads,
): string[] | undefined => {
  const between = (n: number): string => body.slice(links[n - 1]?.end ?? 0, links[n]?.at);
  let at = text.indexOf(between(0));
  if (at < 0) return undefined;
  at += between(0).length;
  const urls: string[] = [];
  for (const n of links.keys()) {
    const url = addressAt(text, at, between(n + 1), n, leads);
    if (url === undefined) return undefined;
    urls.push(url);
    at += url.length + between(n + 1).length;
  }
  return urls;
};

/** What stands behind `](`: enough to find a spelling. */
const URLS = /\]\(\s*<?([^\s()<>]+)/g;
/**
 * For each link of a body the address that `text` has for it, in its own spelling. Where the text holds the body but for its
 * addresses, each has its own; else the first that leads there stands for all.
 */
export const spellings = (
  text: string,
  body: string,
  links: readonly { at: number; end: number }[],
  leads: Leads,
): (string | undefined)[] => {
  const own = text === "" ? undefined : aligned(text, body, links, leads);
  if (own) return own;
  const urls = [...new Set([...text.matchAll(URLS)].map(([, url = ""]) => url))];
  return links.map((_, n) => urls.find((url) => leads(url, n)));
};
