import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Change } from "../core/change.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import { type Item, kinds } from "../core/spec.ts";
import { surfacesOf } from "../core/target.ts";
import { plural } from "../report/text.ts";
import { targets as allTargets } from "../targets/index.ts";
import { isTool } from "./adopt-names.ts";
import { settled } from "./adopt-settle.ts";
import { changesOf, newFaults } from "./adopt-spec.ts";
import { type FromFile, type FromFolder, takeFrom } from "./adopt-take.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, isResult, open, type Result, result, unclean } from "./context.ts";
import type { Folder, Project } from "./project.ts";

/** A file of the project: the folder whose spec it is of, and its path in it. */
interface Named {
  folder: Folder;
  path: string;
}

const below = (path: string, folder: string): boolean => path.startsWith(`${folder.replace(/\/$/, "")}/`);

/** The part of the project that a path, from the root, belongs to; of a link the file it leads to. */
const placed = (project: Project, path: string): Named => {
  const [folder] = project.folders
    .filter((f) => path.startsWith(f.prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length) as [Folder];
  const own = path.slice(folder.prefix.length);
  return { folder, path: folder.world.links.get(own) ?? own };
};

/** The files that a name means: itself, or those of ours in a folder. */
const filesOf = (project: Project, path: string): string[] => {
  const written = [...new Set([...project.lock.ledger.keys()].map(fileOf))];
  return written.includes(path) ? [path] : written.filter((p) => below(p, path));
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
  const paths = filesOf(project, placedPath(project, file));
  if (paths.length) return { named: paths.map((p) => placed(project, p)), diagnostics: [] };
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
const placedPath = (project: Project, file: string): string => {
  const { folder, path } = placed(project, file);
  return folder.prefix + path;
};

const grouped = (all: readonly Named[]): Map<Folder, string[]> => {
  const by = new Map<Folder, Set<string>>();
  for (const { folder, path } of all) by.set(folder, (by.get(folder) ?? new Set()).add(path));
  return new Map([...by].map(([folder, paths]) => [folder, [...paths].sort()]));
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
    takeFrom(project.root, folder, project.targets, paths),
  ]);

const importFiles = (project: Project, asked: Asked, flags: Flags): Result => {
  const all = taken(project, asked.named);
  const files = all.flatMap(([, f]) => f.files);
  const found = [...asked.diagnostics, ...files.flatMap((f) => f.diagnostics), ...strangers(project, files)];
  const faults = all.flatMap(([folder, { world }]) => newFaults(folder, world, project.options));
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
  const project = open(flags);
  if (isResult(project)) return project;
  const all = names.map((n) => askedFor(project, flags.cwd, n));
  const asked = { named: all.flatMap((a) => a.named), diagnostics: all.flatMap((a) => a.diagnostics) };
  return importFiles(project, asked, flags);
};
