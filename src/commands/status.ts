import { blobId } from "../core/blob.ts";
import type { Level } from "../core/codec.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { container, fileOf, ledgerPath } from "../core/ledger.ts";
import { type Kind, kinds } from "../core/spec.ts";
import { committed } from "../disk/git.ts";
import { aligned, plural } from "../report/text.ts";
import { specFile, specFolder } from "../spec/surfaces.ts";
import { auditFindings } from "./audit.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { driftFindings, ledgerFinding, lossFindings, unaccepted } from "./findings.ts";
import { type Planned, planProject } from "./planned.ts";
import type { Project } from "./project.ts";

/** File names told of each cause. */
const SHOWN = 8;
const few = (names: readonly string[]): string => {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

const itemCounts = (project: Project): Partial<Record<Kind, number>> =>
  Object.fromEntries(
    kinds.flatMap((kind) => {
      const n = project.folders.reduce((sum, f) => sum + f.spec[kind].length, 0);
      return n ? [[kind, n]] : [];
    }),
  );

/** Files by why they differ, the causes in the order in which they want attention. */
const causes = [
  "merge",
  "unwritable",
  "conflict",
  "edited",
  "secret",
  "foreign",
  "missing",
  "stale",
  "upgraded",
  "orphan",
  "ledger",
];
const byCause = (drift: readonly Diagnostic[]): Record<string, string[]> =>
  Object.fromEntries(
    causes.flatMap((cause) => {
      const files = drift.flatMap((d) => (d.code === `drift/${cause}` && d.place ? [d.place.file] : []));
      return files.length ? [[cause, files]] : [];
    }),
  );

const levels: readonly Level[] = ["error", "warning", "note"];
const byLevel = (found: readonly Diagnostic[]): Record<Level, number> =>
  Object.fromEntries(levels.map((l) => [l, found.filter((d) => d.level === l).length])) as Record<
    Level,
    number
  >;

/** The spec's own files. */
const specPaths = (project: Project): string[] =>
  project.folders.flatMap(({ prefix, world }) =>
    [...world.files.keys()]
      .filter((path) => path === specFile || path.startsWith(`${specFolder}/`))
      .map((path) => prefix + path),
  );
/** What is written from the spec, and what says so. */
const outputPaths = (p: Planned): string[] => {
  const ours = [...p.ledger].flatMap(([at, e]) => (e.id === container ? [] : [fileOf(at)]));
  return p.ledger.size ? [...ours, ledgerPath, ".gitattributes"] : [];
};
/** Files of the spec and outputs whose last commit holds something else than stands there; undefined where Git cannot say. */
const uncommitted = (project: Project, p: Planned): string[] | undefined => {
  const outputs = project.options.outputs === "ignore" ? [] : outputPaths(p);
  const paths = [...new Set([...outputs, ...specPaths(project)])].sort();
  const known = paths.length ? committed(project.root, paths) : undefined;
  return known && paths.filter((path) => differs(project, path, known.get(path)));
};
const differs = (project: Project, path: string, id: string | undefined): boolean => {
  for (const { prefix, world } of project.folders) {
    const content = path.startsWith(prefix) ? world.files.get(path.slice(prefix.length)) : undefined;
    if (content !== undefined) return blobId(content) !== id;
  }
  return id !== undefined;
};

interface Seen {
  drift: readonly Diagnostic[];
  levels: Record<Level, number>;
  uncommitted: readonly string[] | undefined;
}
/** The one command to type next; undefined: nothing is to be done. */
const nextCommand = ({ drift, levels, uncommitted }: Seen): string | undefined => {
  const [first] = causes.flatMap((c) => drift.filter((d) => d.code === `drift/${c}`));
  if (first) return first.fix?.startsWith("portable ") ? first.fix : "portable verify";
  if (levels.error) return "portable verify";
  if (uncommitted?.length) return "git status";
  return levels.warning ? "portable explain" : undefined;
};

const rowsOf = (project: Project, p: Planned, seen: Seen): string[][] => {
  const folders = project.folders.flatMap((f) => (f.prefix === "" ? [] : [f.prefix]));
  const items = Object.entries(itemCounts(project)).map(([kind, n]) => plural(n, kind));
  const found = levels.flatMap((l) => (seen.levels[l] ? [plural(seen.levels[l], l)] : []));
  const differing = Object.entries(byCause(seen.drift)).map(([cause, files]) => [`  ${cause}`, few(files)]);
  return [
    ["spec", project.root],
    ["targets", project.targets.map((t) => t.id).join(", ") || "none"],
    ...(folders.length ? [["folders", few(folders)]] : []),
    ["items", items.join(", ") || "none"],
    ["outputs", plural(p.outputs, "file")],
    ["drift", differing.length ? plural(seen.drift.length, "file") : "none"],
    ...differing,
    ["findings", found.join(", ") || "none"],
    ...(seen.uncommitted ? [["git", gitWords(seen.uncommitted)]] : []),
  ];
};
const gitWords = (paths: readonly string[]): string =>
  paths.length ? `not committed: ${few(paths)}` : "all is committed";

/** Where a project stands, on one screen, and what to type next. Writes nothing. */
export const status = (flags: Flags): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const p = planProject(project);
  const drift = unaccepted(project, [...driftFindings(p), ...ledgerFinding(p)]);
  const unsafe = auditFindings(project, p);
  const found = [...unaccepted(project, [...project.diagnostics, ...unsafe]), ...lossFindings(p, project)];
  const seen: Seen = { drift, levels: byLevel(found), uncommitted: uncommitted(project, p) };
  const next = nextCommand(seen);
  const text = [aligned(rowsOf(project, p, seen)), "", next ? `next: ${next}` : "nothing to do"].join("\n");
  const data = {
    root: project.root,
    targets: project.targets.map((t) => t.id),
    folders: project.folders.map((f) => f.prefix).filter(Boolean),
    items: itemCounts(project),
    outputs: p.outputs,
    drift: byCause(drift),
    findings: seen.levels,
    ...(seen.uncommitted && { uncommitted: seen.uncommitted }),
    ...(next !== undefined && { next }),
  };
  return { ...result(exit.clean, [text], [], data, project.source), diagnostics: [...drift, ...found] };
};
