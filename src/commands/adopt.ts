import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Change } from "../core/change.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import { type Item, kinds } from "../core/spec.ts";
import { realPath } from "../core/surface.ts";
import { surfacesOf } from "../core/target.ts";
import { unmerged } from "../core/unmerged.ts";
import { plural } from "../report/text.ts";
import { targets as allTargets } from "../targets/index.ts";
import { isTool } from "./adopt-names.ts";
import { settled } from "./adopt-settle.ts";
import { changesOf, newFaults } from "./adopt-spec.ts";
import { type FromFile, type FromFolder, takeFrom } from "./adopt-take.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, isResult, openToWrite, type Result, result, unclean } from "./context.ts";
import { newFlaws } from "./held.ts";
import type { Folder, Project } from "./project.ts";

/** A file of the project: the folder whose spec it is of, and its path in it. */
interface Named {
  folder: Folder;
  path: string;
  /** It is one of a folder's that was named and stands there. */
  among?: true;
}

const below = (path: string, folder: string): boolean => path.startsWith(`${folder.replace(/\/$/, "")}/`);

/** The part of the project that a path, from the root, belongs to. */
const named = (project: Project, path: string): Named => {
  const [folder] = project.folders
    .filter((f) => path.startsWith(f.prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length) as [Folder];
  return { folder, path: path.slice(folder.prefix.length) };
};
/** The same, of a link the file it leads to. */
const placed = (project: Project, path: string): Named => {
  const own = named(project, path);
  return { ...own, path: realPath(own.folder.world, own.path) };
};

/** The files that a name means: itself, by whatever name it was written, or those of ours in a folder. */
const filesOf = (project: Project, path: string): Named[] => {
  const written = [...new Set([...project.lock.ledger.keys()].map(fileOf))];
  const real = placedPath(project, path);
  const ones = written.filter((p) => placedPath(project, p) === real);
  if (ones.length) return ones.map((p) => named(project, p));
  const inside = written
    .filter((p) => below(p, path) || below(placedPath(project, p), real))
    .map((p) => named(project, p));
  return existsSync(resolve(project.root, path))
    ? inside.map((n) => ({ ...n, among: true as const }))
    : inside;
};

/** The tools that read a path. */
const readersOf = (path: string): string[] =>
  allTargets
    .filter((t) =>
      surfacesOf(t).some(({ place }) =>
        place.reads.some((r) =>
          "file" in r ? r.file === path : below(path, r.folder) && path.endsWith(r.suffix ?? ""),
        ),
      ),
    )
    .map((t) => t.id);

const isInPlace = ({ folder, path }: Named): boolean =>
  kinds.some((k) => (folder.spec[k] as Item[]).some((i) => i.at !== undefined && fileOf(i.at) === path));

interface Asked {
  named: Named[];
  diagnostics: Diagnostic[];
}
const askedFor = (project: Project, cwd: string, name: string): Asked => {
  const file = relative(project.root, resolve(cwd, name)).replaceAll("\\", "/");
  const place = { file: file || name };
  const paths = filesOf(project, file);
  if (paths.length) return whole(project, paths);
  const one = placed(project, file);
  if (isInPlace(one))
    return {
      named: [],
      diagnostics: [diagnostic("import/in-place", { path: file }, { place, level: "note" })],
    };
  if (one.folder.world.files.has(one.path)) return { named: [one], diagnostics: [] };
  const isThere = !file.startsWith("../") && existsSync(resolve(cwd, name));
  const found = isThere
    ? diagnostic("import/not-ours", { path: file || ".", tools: readersOf(one.path).join(" ") }, { place })
    : diagnostic("import/no-file", { path: file || name }, { place });
  return { named: [], diagnostics: [found] };
};
/** Files of ours, less those in which Git left both sides of a merge. */
const whole = (project: Project, all: readonly Named[]): Asked => {
  const pathOf = ({ folder, path }: Named): string => folder.prefix + path;
  const isTorn = (n: Named): boolean => unmerged(project.source(pathOf(n)) ?? "").length > 0;
  return {
    named: all.filter((n) => !isTorn(n)),
    diagnostics: all
      .filter(isTorn)
      .map((n) => diagnostic("drift/merge", { path: pathOf(n) }, { place: { file: pathOf(n) } })),
  };
};
const placedPath = (project: Project, file: string): string => {
  const { folder, path } = placed(project, file);
  return folder.prefix + path;
};

/** Paths by folder; true: it was not named itself. */
const grouped = (all: readonly Named[]): Map<Folder, Map<string, boolean>> => {
  const by = new Map<Folder, Map<string, boolean>>();
  for (const { folder, path, among } of all) {
    const paths = by.get(folder) ?? new Map<string, boolean>();
    by.set(folder, paths.set(path, !!among && paths.get(path) !== false));
  }
  return by;
};

/** Nothing of ours stands there, and nothing was taken. */
const strangers = (project: Project, files: readonly FromFile[]): Diagnostic[] => {
  const written = new Set([...project.lock.ledger.keys()].map(fileOf));
  return files
    .filter((f) => !written.has(f.path) && !f.taken.length && !f.diagnostics.length)
    .map(({ path }) => {
      const tools = readersOf(placed(project, path).path).join(" ");
      return diagnostic("import/not-ours", { path, tools }, { place: { file: path } });
    });
};

const takenLines = ({ path, taken }: FromFile): string[] =>
  taken.length ? [`from ${path}: ${taken.map((t) => `${t.kind} ${t.name} (${t.what})`).join(", ")}`] : [];

/** What was done, and what comes next. */
const summary = (
  files: readonly FromFile[],
  changes: readonly Change[],
  dry: boolean,
  wrong: boolean,
): string[] => {
  const edits = files.reduce((n, f) => n + f.taken.length, 0);
  if (!edits && !changes.length) return wrong ? ["nothing was imported"] : ["nothing new to import"];
  return [
    ...changes.map((c) => `${sign(c)} ${c.path}`),
    ...files.flatMap(takenLines),
    ...(edits ? [`${dry ? "would import" : "imported"} ${plural(edits, "edit")}`] : []),
    ...(edits ? ["next: portable diff     what a build would change"] : []),
  ];
};

const taken = (project: Project, asked: readonly Named[]): [Folder, FromFolder][] =>
  [...grouped(asked)].map(([folder, paths]) => [
    folder,
    takeFrom(
      project.root,
      folder,
      project.targets,
      [...paths.keys()].sort(),
      new Set([...paths].flatMap(([path, among]) => (among ? [path] : []))),
    ),
  ]);

const importFiles = (project: Project, asked: Asked, flags: Flags): Result => {
  const all = taken(project, asked.named);
  const files = all.flatMap(([, f]) => f.files);
  const found = [...asked.diagnostics, ...files.flatMap((f) => f.diagnostics), ...strangers(project, files)];
  const faults = all.flatMap(([folder, { world }]) => [
    ...newFaults(folder, world, project.options),
    ...newFlaws(
      folder,
      world,
      project,
      flags,
      asked.named.map(({ folder: f, path }) => f.prefix + path),
    ),
  ]);
  const changes = all.flatMap(([folder, { world }]) => changesOf(folder, world));
  if (faults.length)
    return result(
      exit.drift,
      ["nothing was written"],
      [...found, ...faults],
      { files: [], taken: [] },
      project.source,
    );
  const dry = !!flags["dry-run"];
  const done = dry ? { changes } : written(project, changes, files);
  if (done.fault) return result(exit.failed, [], [...found, done.fault], {}, project.source);
  const refused = found.some((d) => d.code === "import/no-file" || d.code === "import/not-ours");
  const bad = unclean(found, false);
  const data = {
    files: done.changes.map((c) => c.path),
    taken: files.flatMap((f) => f.taken.map((t) => ({ file: f.path, ...t }))),
  };
  return result(
    refused ? exit.refused : bad ? exit.drift : exit.clean,
    summary(files, done.changes, dry, bad),
    found,
    data,
    project.source,
  );
};

interface Written {
  changes: Change[];
  fault?: Diagnostic;
}
/** Writes the spec's files, then what stands in the outputs as the spec now says it. */
const written = (project: Project, changes: Change[], files: readonly FromFile[]): Written => {
  const first = changes.length ? applied(project.root, changes, new Set(), true).fault : undefined;
  if (first) return { changes, fault: first };
  const { outputs, ledger } = settled(project.root, files);
  const { fault } = applied(project.root, [...outputs, ...ledger], new Set());
  return { changes: [...changes, ...outputs], ...(fault && { fault }) };
};

/** Brings edits of outputs, given by their paths, into the spec. */
export const importPaths = (flags: Flags, names: readonly string[]): Result => {
  const tools = names.filter(isTool);
  const paths = names.filter((n) => !isTool(n));
  if (tools.length) return result(exit.refused, [], [diagnostic("import/mixed", { tools, paths })], {});
  const project = openToWrite(flags);
  if (isResult(project)) return project;
  const all = names.map((n) => askedFor(project, flags.cwd, n));
  const asked = { named: all.flatMap((a) => a.named), diagnostics: all.flatMap((a) => a.diagnostics) };
  return importFiles(project, asked, flags);
};
