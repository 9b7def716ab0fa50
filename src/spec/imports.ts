import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import type { Import, Rule } from "../core/spec.ts";
import { layout } from "../core/text.ts";
import { scan } from "../formats/markdown-scan.ts";
import { specPath } from "./place.ts";

/** The text of a file of the repository; undefined: no such file, or not text. */
export type ReadText = (path: string) => string | undefined;

/** How far Claude Code follows imports below the file that begins (2.1.330, 2026-11-22). */
const HOPS = 4;

/** `a/./b/../c` -> `a/c`; undefined where it leaves the root. */
const resolved = (folder: string, path: string): string | undefined => {
  const out: string[] = [];
  for (const step of [...folder.split("/"), ...path.split("/")]) {
    if (step === "" || step === ".") continue;
    if (step !== "..") out.push(step);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join("/");
};
const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");

/** The file's text, followed by what it imports itself. */
const expanded = (path: string, text: string, read: ReadText, seen: Set<string>, hops: number): string => {
  const body = layout(text).body;
  if (hops === 0 || !body.includes("@")) return body;
  const more = scan(body).imports.flatMap((i) => {
    const target = resolved(folderOf(path), i.path);
    if (target === undefined || seen.has(target)) return [];
    const inner = read(target);
    if (inner === undefined) return [];
    seen.add(target);
    return [`From \`${target}\`:\n\n${expanded(target, inner, read, seen, hops - 1)}`];
  });
  return [body, ...more].join("\n\n");
};

/** Names a file, and one outside of the repository: above its root, absolute, or in somebody's home. */
const isOutside = (base: string, path: string): boolean => {
  if (/^[~/]/.test(path)) return /[./]/.test(path.slice(1));
  return path.startsWith("../") && resolved(base, path) === undefined;
};

/** Where the rule's file names a path. */
const placeOf = (rule: Rule, folder: string, path: string, read: ReadText): Place => {
  const own = rule.at === undefined ? specPath("rule", rule) : fileOf(rule.at);
  const file = [folder, own].filter(Boolean).join("/");
  const start = read(file)?.indexOf(`@${path}`) ?? -1;
  return start < 0 ? { file } : { file, start, end: start + path.length + 1 };
};

/** The rule with the files that it names as `@path`; a token that resolves to no file is prose. */
export const withImports = (
  rule: Rule,
  folder: string,
  read: ReadText,
): { rule: Rule; diagnostics: Diagnostic[] } => {
  if (!rule.body.includes("@")) return { rule, diagnostics: [] };
  const base = [folder, rule.at === undefined ? "" : folderOf(fileOf(rule.at))].filter(Boolean).join("/");
  const found = scan(rule.body).imports;
  const diagnostics = found
    .filter(({ path }) => isOutside(base, path))
    .map(({ path }) =>
      diagnostic(
        "spec/import-outside",
        { path },
        { place: placeOf(rule, folder, path, read), level: "warning" },
      ),
    );
  const imports = found.flatMap(({ at, end, path }): Import[] => {
    const target = isOutside(base, path) ? undefined : resolved(base, path);
    const text = target === undefined ? undefined : read(target);
    if (target === undefined || text === undefined) return [];
    return [{ at, end, path: target, text: expanded(target, text, read, new Set([target]), HOPS - 1) }];
  });
  return { rule: imports.length ? { ...rule, imports } : rule, diagnostics };
};
