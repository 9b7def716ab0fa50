import type { Change } from "../core/change.ts";
import { type Data, isObject, same } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import type { Edit } from "../core/format.ts";
import { container, type Entry, fileOf, type Ledger, ledgerPath, printLedger } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { outsideOf, parts } from "../core/regions.ts";
import { kinds } from "../core/spec.ts";
import { type Job, type World, applied as withChanges } from "../core/surface.ts";
import { pagesOf, type Target } from "../core/target.ts";
import { pageName } from "../core/text.ts";
import { read } from "../disk/snapshot.ts";
import { yaml } from "../formats/yaml.ts";
import { plural } from "../report/text.ts";
import { specFile, specSurfaces } from "../spec/surfaces.ts";
import { targets as allTargets, targetIds } from "../targets/index.ts";
import { acceptedLines, type Baseline, baseline, readBy } from "./baseline.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, isResult, openToWrite, type Result, result } from "./context.ts";
import { type Found, gather, pagePaths, targetsFor } from "./gather.ts";
import { namedTools, toolsIn } from "./init.ts";
import { type Planned, planProject } from "./planned.ts";
import { loadProject } from "./project.ts";
import { findRoot, hasSpec } from "./root.ts";
import { version } from "./version.ts";

/** The spec's own files with the new items in them. */
const specChanges = (root: string, found: Found, tools: readonly Target[], moves: boolean): Change[] => {
  const start: World = {
    ...read(root, [{ file: specFile }, ...kinds.flatMap((k) => specSurfaces[k].reads)]),
    ledger: new Map(),
  };
  let world = start;
  const job: Job = {
    readers: ["spec"],
    holds: () => new Map(),
    may: (u) => u.prior === undefined,
    owns: () => undefined,
    made: () => undefined,
    refuse: () => undefined,
    cleared: () => undefined,
    emptied: () => undefined,
  };
  const before = start.files.get(specFile);
  if (before === undefined) {
    const ids = targetsFor(tools).map((t) => t.id);
    const text = `portable: 1\ntargets: [${ids.join(", ")}]\n`;
    world = withChanges(world, [{ path: specFile, after: text }]);
  }
  if (moves && typeof before === "string")
    world = withChanges(world, [
      { path: specFile, after: yaml.edit(before, movedAway(yaml.parse(before), tools)) },
    ]);
  const text = world.files.get(specFile);
  if (found.pages.length && typeof text === "string") {
    const rules = yaml.parse(text)["rules"];
    const have = Array.isArray(rules) ? rules.length : 0;
    const edits = found.pages.map((p, i) => ({ path: ["rules", have + i], value: p }));
    world = withChanges(world, [{ path: specFile, after: yaml.edit(text, edits) }]);
  }
  for (const kind of kinds)
    world = withChanges(world, specSurfaces[kind].write(found.spec[kind] as never[], world, job));
  return [...world.files]
    .filter(([p, c]) => !same(start.files.get(p), c))
    .map(([path, after]): Change => {
      const old = start.files.get(path);
      return {
        path,
        ...(old !== undefined && { before: old }),
        after,
        ...(world.exec.has(path) && { exec: true }),
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** What was moved stands in place no longer: tools under `from:`, and pages of the root under `rules:`. */
const movedAway = (doc: Data, tools: readonly Target[]): Edit[] => {
  const from = [doc["from"] ?? []].flat().filter((id) => !tools.some((t) => t.id === id));
  const rules = [doc["rules"] ?? []].flat().filter((r) => !rootPages(tools).has(isObject(r) ? r["file"] : r));
  const list = (key: string, left: unknown[]): Edit[] =>
    doc[key] === undefined ? [] : [{ path: [key], value: left.length ? left : undefined }];
  return [...list("from", from), ...list("rules", rules)];
};
const rootPages = (tools: readonly Target[]): ReadonlySet<unknown> =>
  new Set(tools.flatMap(pagesOf).map((p) => p.path));

/** Pages that were moved: the text around regions of ours is ours too, so that no build keeps it beside the rule that it became. */
const movedPages = (
  world: World,
  targets: readonly Target[],
  taken: ReadonlySet<string>,
): [string, Entry][] =>
  [...taken].flatMap((at): [string, Entry][] => {
    const text = world.files.get(fileOf(at));
    if (!pagePaths.has(at) || typeof text !== "string") return [];
    const cut = parts(text).parts;
    const outside = outsideOf(cut);
    if (!outside.trim() || cut.every((p) => "user" in p)) return [];
    const readers = targets.filter((t) => pagesOf(t).some((p) => p.path === at)).map((t) => t.id);
    return [[at, { id: idOf(outside), targets: readers, outside: pageName(at) }]];
  });

/** The ledger of a plan that nobody applies: what the next build will write is as the last one left it. */
const standing = (p: Planned, before: Ledger): Map<string, Entry> => {
  const made = [...p.ledger].flatMap(([at, e]) => (e.id === container ? [at] : []));
  const coming = p.drifts.flatMap((d) => (d.ours ? [d.at] : []));
  const out = new Map(p.ledger);
  for (const at of [...made, ...coming]) {
    const entry = before.get(at);
    if (entry) out.set(at, entry);
    else out.delete(at);
  }
  return out;
};

/** What agrees with the new spec, or was imported, is ours from now on. */
const ledgerChange = (root: string, taken: ReadonlySet<string>): Change[] => {
  const project = loadProject(root);
  const p = planProject(project);
  const ledger = standing(p, project.lock.ledger);
  const isTaken = (at: string): boolean =>
    [...taken].some((t) => t === at || (t.endsWith("/") && at.startsWith(t)));
  for (const d of p.drifts) {
    if (d.cause !== "foreign" || !d.id || !isTaken(d.at)) continue;
    const isPage = pagePaths.has(d.at);
    ledger.set(d.at, { id: d.id, targets: d.targets, ...(isPage && { outside: pageName(d.at) }) });
  }
  for (const [at, e] of movedPages(project.world, project.targets, taken)) ledger.set(at, e);
  const before = project.world.files.get(ledgerPath);
  const after = ledger.size ? printLedger(ledger, version) : undefined;
  if (before === after) return [];
  return [
    { path: ledgerPath, ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
  ];
};

const nothing = (tools: readonly Target[], root: string, found: readonly Diagnostic[] = []): Result => {
  const titles = (tools.length ? tools : allTargets).map((t) => t.title).join(" or ");
  return result(exit.refused, [], [...found, diagnostic("import/nothing", { titles, root })], {});
};

interface Written {
  base: Baseline;
  fault?: Diagnostic;
}
/**
 * Writes the spec's files, then the ledger of what stands as the spec wants it, then what the spec accepts although it cannot
 * hold it: in the files of these tools, for a first spec in all.
 */
const written = (
  root: string,
  changes: readonly Change[],
  found: Found,
  tools: readonly Target[],
  isFirst: boolean,
): Written => {
  const none = { changes: [], accepted: [] };
  const fault =
    applied(root, changes, new Set(), true).fault ??
    applied(root, ledgerChange(root, found.taken), new Set()).fault;
  if (fault || !changes.length) return { base: none, ...(fault && { fault }) };
  const base = baseline(root, isFirst ? () => true : readBy(tools));
  const last = applied(root, base.changes, new Set(), true).fault;
  return { base, ...(last && { fault: last }) };
};

const summaryOf = (found: Found, changes: readonly Change[], dry: boolean): string[] => {
  const counts = kinds.flatMap((k) => (found.spec[k].length ? [plural(found.spec[k].length, k)] : []));
  const stays =
    found.pages.length === 1 ? "stays where it stands, as a rule" : "stay where they stand, as rules";
  const pages = found.pages.length ? [`${stays}: ${found.pages.join(", ")}`] : [];
  if (!changes.length) return ["nothing new to import"];
  return [
    ...changes.map((c) => `${sign(c)} ${c.path}`),
    ...pages,
    `${dry ? "would import" : "imported"} ${counts.join(", ") || plural(found.pages.length, "page")}`,
    "next: portable diff     what a build would change",
  ];
};

/** The text of a file below a root, for messages. */
const sourceIn =
  (root: string) =>
  (file: string): string | undefined => {
    const content = read(root, [{ file }]).files.get(file);
    return typeof content === "string" ? content : undefined;
  };

const unknownName = (name: string): Result =>
  result(
    exit.refused,
    [],
    [diagnostic("import/no-name", { name, near: nearest(name, targetIds), known: targetIds })],
    {},
  );

/** Brings what tools already have into the spec. */
export const importTools = (flags: Flags, names: readonly string[]): Result => {
  const root = findRoot(flags.cwd) ?? flags.cwd;
  const opened = hasSpec(root) ? openToWrite(flags) : undefined;
  if (opened && isResult(opened)) return opened;
  const chosen = names.length ? namedTools(names.join(",")) : { tools: toolsIn(root) };
  if ("unknown" in chosen && chosen.unknown !== undefined) return unknownName(chosen.unknown);
  const { tools } = chosen;
  const found = gather(root, tools, opened, { ...flags, ...(flags.split && { move: true }) });
  const any = found.pages.length > 0 || kinds.some((k) => found.spec[k].length > 0);
  if (!any && !opened) return nothing(tools, root, found.diagnostics);
  const changes = any ? specChanges(root, found, tools, !!flags.move || !!flags.split) : [];
  const dry = !!flags["dry-run"];
  const { base, fault } = dry ? { base: undefined } : written(root, changes, found, tools, !opened);
  if (fault) return result(exit.failed, [], [...found.diagnostics, fault], {});
  const errors = found.diagnostics.some((d) => d.level === "error");
  const items = Object.fromEntries(kinds.map((k) => [k, found.spec[k].length]));
  const data = { files: changes.map((c) => c.path), items, pages: found.pages };
  return result(
    errors ? exit.drift : exit.clean,
    [...summaryOf(found, changes, dry), ...(base ? acceptedLines(base) : [])],
    found.diagnostics,
    data,
    opened?.source ?? sourceIn(root),
  );
};
