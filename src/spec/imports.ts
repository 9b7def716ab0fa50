import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { importedFrom, importIn } from "../core/import-paths.ts";
import { fileOf } from "../core/ledger.ts";
import { folderOf, joined as resolved } from "../core/links.ts";
import type { Import, Rule } from "../core/spec.ts";
import { layout } from "../core/text.ts";
import { scan } from "../formats/markdown-scan.ts";
import { specPath } from "./place.ts";

/** The text of a file of the repository; undefined: no such file, or not text. */
export type ReadText = (path: string) => string | undefined;

/** How far Claude Code follows imports below the file that begins (2.1.330, 2026-11-22). */
const HOPS = 4;

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

/**
 * A rule read from a tool's file with its imports as the spec says them, from the root. `exists` tells of a path from there whether
 * it is a file: a token that leads to none is prose.
 */
export const asSpecImports = (rule: Rule, file: string, exists: (path: string) => boolean): Rule => {
  if (folderOf(file) === "" || !rule.body.includes("@")) return rule;
  let { body } = rule;
  for (const { at, end } of scan(body).imports.toReversed()) {
    const path = importedFrom(file, body.slice(at + 1, end));
    if (path === undefined || !exists(path)) continue;
    body = `${body.slice(0, at)}@${importIn("", path)}${body.slice(end)}`;
  }
  return body === rule.body ? rule : { ...rule, body };
};

/** What a tool's file writes as `@path` from the root, where the tool finds no file: the spec reads it as it was meant. */
export const misreadImports = (rule: Rule, file: string, exists: (path: string) => boolean): string[] => {
  if (folderOf(file) === "" || !rule.body.includes("@")) return [];
  return scan(rule.body).imports.flatMap(({ at, end }) => {
    const token = rule.body.slice(at + 1, end);
    const [here, meant] = [importedFrom(file, token), importedFrom("", token)];
    return meant !== undefined && exists(meant) && !(here !== undefined && exists(here)) ? [token] : [];
  });
};
