import { Mismatch } from "../core/data.ts";
import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import type { Format } from "../core/format.ts";
import { fileAddress } from "../core/ledger.ts";
import { secretIn } from "../core/secrets.ts";
import { type Accepted, acceptance, acceptLines, acceptsFlaw, codeOf } from "./accept.ts";
import { formatOf, placeIn } from "./documents.ts";
import type { Declared } from "./endpoints.ts";
import { envFile } from "./env-files.ts";
import { type Flaw, flawFinding, flawsOf } from "./flaws.ts";
import { type Entry, entriesIn, type Licence, licencesIn } from "./places.ts";
import { isProse, proseFlaws } from "./prose.ts";
import { hashOf } from "./runs.ts";
import { shadowFindings, type Tree } from "./shadow.ts";
import { type Row, rowsAt } from "./surveyed.ts";

/** Whose an entry is: of the spec by way of a build, of the spec where it stands, ours but for an edit, or nobody's. */
export type Owner = "built" | "in place" | "edited" | "foreign";

/** A file of the table, read. */
export interface Surveyed {
  row: Row;
  /** Relative to the folder. */
  path: string;
  text: string;
  format: Format;
  entries: Entry[];
  licences: Licence[];
  fault?: { reason: string; at?: number };
}

/** What the project says about its files. */
export interface Context {
  declared: Declared;
  accepts: readonly Accepted[];
  /** `path` is relative to the folder. */
  ownerOf: (entry: Entry, path: string) => Owner;
  /** The file is as a build wrote it. */
  isBuilt: (path: string) => boolean;
  /** The target that an import of the file would be of; empty: none. */
  toolOf: (path: string) => string;
  /** Secrets in it are told elsewhere. */
  isExposed: (path: string) => boolean;
}

/** The folder of the spec's own prose. */
const specFolder = ".portable";

/** Words without which an unreadable file runs nothing. */
const RUNS = /command|hooks|url|args|helper|\\u/i;

const read = (row: Row, path: string, text: string, prefix: string): Surveyed => {
  const format = formatOf(row.layout, text);
  const empty = { row, path, text, format, entries: [], licences: [] };
  try {
    const doc = format.parse(text);
    const entries = entriesIn(doc, prefix + path, row.spots);
    return { ...empty, entries, licences: licencesIn(doc, prefix + path, row.lax ?? []) };
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    if (row.layout === "head" || !RUNS.test(text)) return empty;
    return { ...empty, fault: { reason: e.message, ...(e.at !== undefined && { at: e.at }) } };
  }
};

/** A file as each row of the table that knows it reads it. */
export const surveyFile = (of: { path: string; text: string; prefix: string }): Surveyed[] =>
  rowsAt(of.path).map((row) => read(row, of.path, of.text, of.prefix));

/** Another name of a file that is looked at under its own. */
const isAlias = ({ links, texts }: Tree, path: string): boolean => texts.has(links.get(path) ?? "");

/** Every file of the table that stands in a folder. */
export const survey = (tree: Tree): Surveyed[] =>
  [...tree.texts].flatMap(([path, text]) =>
    isAlias(tree, path) && rowsAt(tree.links.get(path)!).length
      ? []
      : surveyFile({ path, text, prefix: tree.prefix }),
  );

/** An element of a list has no key to show: what it runs is shown. */
const needleOf = ({ runs, path }: Entry): string | undefined =>
  typeof path.at(-1) === "number" ? (runs.lines[0] ?? runs.argv[0] ?? runs.urls[0]) : undefined;
const placeOf = (s: Surveyed, file: string, entry: Pick<Entry, "path">, needle?: string): Place =>
  entry.path.length ? placeIn(s.format, s.text, file, entry.path, needle) : { file, start: 0, end: 0 };

/** What is wrong with an entry by itself, less what the spec accepts. */
const entryFlaws = (s: Surveyed, file: string, entry: Entry, context: Context): Diagnostic[] => {
  const name =
    entry.kind === "base URL" ? String(entry.path.findLast((k) => typeof k === "string")) : undefined;
  const hash = hashOf(entry.runs);
  return flawsOf(entry.runs, context.declared, name).flatMap((flaw) => {
    if (acceptsFlaw(context.accepts, flaw.code, entry.at, hash)) return [];
    if (flaw.code === "security/secret" && context.isExposed(s.path)) return [];
    return [flawFinding(flaw, entry.what, placeOf(s, file, entry, flaw.needle))];
  });
};

/** Entries that are nobody's, one finding a file and code, with the lines that accept them. */
const foreignFindings = (
  s: Surveyed,
  file: string,
  groups: ReadonlyMap<"runs" | "redirects" | "changed" | "edited", Entry[]>,
  tool: string,
): Diagnostic[] =>
  [...groups].map(([group, entries]) => {
    const what = [...new Set(entries.map((e) => e.what))];
    const facts = { what, file, tool, accept: acceptLines(entries) };
    const more = {
      place: placeOf(s, file, entries[0]!, needleOf(entries[0]!)),
      item: what.join(", "),
      ...(what.length > 1 && { items: what }),
    };
    if (group === "edited") return diagnostic("security/changed", { ...facts, said: "spec" }, more);
    if (group === "changed") return diagnostic("security/changed", { ...facts, said: "accept" }, more);
    return diagnostic(`security/${group}`, facts, more);
  });

const groupOf = (
  entry: Entry,
  owner: Owner,
  context: Context,
): "runs" | "redirects" | "changed" | "edited" | undefined => {
  if (owner === "built" || owner === "in place") return undefined;
  const accepted = acceptance(context.accepts, entry);
  if (accepted === "as it is") return undefined;
  if (accepted === "changed") return "changed";
  if (owner === "edited") return "edited";
  return codeOf(entry) === "security/runs" ? "runs" : "redirects";
};

const licenceFinding = (s: Surveyed, file: string, licence: Licence): Diagnostic => {
  const what = licence.path.filter((k) => typeof k === "string").join(".");
  const note = `take it out, or accept it in portable.yaml: code security/permissive, at ${licence.at}`;
  const flaw: Flaw = {
    code: "security/permissive",
    hit: { level: "error", reason: licence.reason, note },
    needle: "",
  };
  return flawFinding(flaw, what, placeOf(s, file, licence));
};

const fileFindings = (s: Surveyed, prefix: string, context: Context): Diagnostic[] => {
  const file = prefix + s.path;
  if (s.fault) {
    const { at } = s.fault;
    const place = { file, ...(at !== undefined && { start: at, end: at + 1 }) };
    return [diagnostic("security/unread", { reason: s.fault.reason }, { place })];
  }
  if (s.row.layout === "env") return envFindings(s, file, context);
  const groups = new Map<"runs" | "redirects" | "changed" | "edited", Entry[]>();
  const flaws: Diagnostic[] = [];
  for (const entry of s.entries) {
    const owner = context.ownerOf(entry, s.path);
    const group = groupOf(entry, owner, context);
    if (group) groups.set(group, [...(groups.get(group) ?? []), entry]);
    if (owner !== "built") flaws.push(...entryFlaws(s, file, entry, context));
  }
  const licences = s.licences.filter((l) => !acceptsFlaw(context.accepts, "security/permissive", l.at));
  return [
    ...foreignFindings(s, file, groups, context.toolOf(s.path)),
    ...flaws,
    ...licences.map((l) => licenceFinding(s, file, l)),
  ];
};

const ASSIGNED = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(["']?)(.*?)\2[ \t]*$/gm;
/** A file of variables: what it moves, redirects or gives away. */
const envFindings = (s: Surveyed, file: string, context: Context): Diagnostic[] => {
  const found = envFile(s.text, context.declared).map((hit) => {
    const code = hit.rule === "home" ? ("security/env-home" as const) : ("security/endpoint" as const);
    const what = s.text.slice(hit.start, hit.end).split("=")[0]!.trim();
    return flawFinding({ code, hit, needle: "" }, what, { file, start: hit.start, end: hit.end });
  });
  const secrets = [...s.text.matchAll(ASSIGNED)].flatMap((m) => {
    const secret = secretIn(m[1]!, m[3]!);
    if (!secret) return [];
    const place = { file, start: m.index, end: m.index + m[0].length };
    return [diagnostic("security/secret", { what: m[1]!, kind: secret.kind }, { place, item: m[1]! })];
  });
  const at = fileAddress(file);
  return [...found, ...secrets].filter((d) => !acceptsFlaw(context.accepts, d.code, at));
};

const isSpec = (path: string): boolean => path.startsWith(`${specFolder}/`);
/** What a text shows only to a model; what a build wrote is told of where it comes from. */
const proseFindings = (tree: Tree, context: Context): Diagnostic[] => {
  const found = [...tree.texts].flatMap(([path, text]) => {
    if (!isProse(path) || isAlias(tree, path) || context.isBuilt(path)) return [];
    const flaws = proseFlaws(text, tree.prefix + path);
    return flaws.length ? [{ path, flaws }] : [];
  });
  const said = new Set(found.flatMap((f) => (isSpec(f.path) ? f.flaws.map((x) => x.flaw.needle) : [])));
  return found.flatMap(({ path, flaws }) => {
    const file = tree.prefix + path;
    return flaws
      .filter(({ flaw }) => isSpec(path) || !said.has(flaw.needle))
      .filter(({ flaw }) => !acceptsFlaw(context.accepts, flaw.code, fileAddress(file)))
      .map(({ flaw, place }) => ({
        ...flawFinding(flaw, flaw.code === "security/hidden" ? "hidden text" : "hidden orders", place),
        item: file,
      }));
  });
};

const byPlace = (a: Diagnostic, b: Diagnostic): number => {
  const [x, y] = [a.place!, b.place!];
  return x.file < y.file ? -1 : x.file > y.file ? 1 : (x.start ?? 0) - (y.start ?? 0);
};

/** Everything that the files of one folder say about safety, in the order of places. */
export const audit = (tree: Tree, files: readonly Surveyed[], context: Context): Diagnostic[] =>
  [
    ...files.flatMap((s) => fileFindings(s, tree.prefix, context)),
    ...proseFindings(tree, context),
    ...shadowFindings(tree, context.isBuilt),
  ].sort(byPlace);

/** Entries of a folder that neither the spec nor its `accept:` says. */
export const unsaid = (files: readonly Surveyed[], context: Context): { entry: Entry; file: Surveyed }[] =>
  files.flatMap((s) =>
    s.entries
      .filter((e) => groupOf(e, context.ownerOf(e, s.path), context) !== undefined)
      .map((entry) => ({ entry, file: s })),
  );
