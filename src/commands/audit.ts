import { isObject, same } from "../core/data.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Path } from "../core/format.ts";
import { container, fileAddress } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import type { Standing } from "../core/plan.ts";
import type { Item, Kind } from "../core/spec.ts";
import type { Pattern } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import {
  audit,
  type Context,
  type Owner,
  type Surveyed,
  survey,
  surveyFile,
  unsaid,
} from "../findings/audit.ts";
import { declaredHosts } from "../findings/declared.ts";
import type { Entry } from "../findings/places.ts";
import { hashOf, runsIn } from "../findings/runs.ts";
import type { Tree } from "../findings/shadow.ts";
import { itemPlace } from "../spec/place.ts";
import { targetById } from "../targets/index.ts";
import { specFlaws } from "./held.ts";
import { treesOf } from "./looked-at.ts";
import type { Planned } from "./planned.ts";
import type { Folder, Project } from "./project.ts";

/** What runs or redirects in a file. */
const runsAt = (path: string, text: string): ReadonlySet<string> =>
  new Set(surveyFile({ path, text, prefix: "" }).flatMap((s) => s.entries.map(keyOf(path))));
const keyOf =
  (path: string) =>
  (e: Entry): string =>
    [path, e.kind, hashOf(e.runs)].join("\0");

const readsOf = (targets: readonly Target[]): Pattern[] =>
  targets.flatMap((t) => surfacesOf(t).flatMap((s) => [...s.place.reads]));
const covers = (p: Pattern, path: string): boolean =>
  "file" in p ? p.file === path : path.startsWith(`${p.folder}/`) && path.endsWith(p.suffix ?? "");

type Trees = Planned["trees"][number];
const keyOfPath = (path: Path): string => JSON.stringify(path);
type Rows = ReadonlyMap<string, Standing>;
/** Our row that a place lies in. */
const rowAt = (path: Path, rows: Rows): Standing | undefined => {
  for (let n = path.length; n > 0; n--) {
    const row = rows.get(keyOfPath(path.slice(0, n)));
    if (row) return row;
  }
  return undefined;
};
/** What a row of ours says at a place in it; a row that is one value keeps it under `@row`. */
const mineAt = ({ where, mine }: Standing, path: Path): unknown => {
  const start = isObject(mine) && "@row" in mine ? mine["@row"] : mine;
  return path.slice(where.length).reduce<any>((node, step) => node?.[step], start);
};
/** Whether a row says a value under a key at any depth: one item may be several elements, and its data have another shape. */
const saysSomewhere = (mine: unknown, key: unknown, value: unknown): boolean =>
  typeof mine === "object" &&
  mine !== null &&
  Object.entries(mine).some(([k, v]) => (k === key && same(v, value)) || saysSomewhere(v, key, value));
/** Whether our rows say what stands at a place: one of them, or several that make it up. */
const said = (
  path: Path,
  value: unknown,
  rows: Rows,
  alike: (mine: unknown) => boolean,
): boolean | undefined => {
  const row = rowAt(path, rows);
  if (row)
    return (
      alike(mineAt(row, path)) ||
      (path.length > row.where.length && saysSomewhere(row.mine, path.at(-1), value))
    );
  if (!isObject(value)) return undefined;
  const parts = Object.entries(value).map(([key, part]) =>
    said([...path, key], part, rows, (mine) => same(mine, part)),
  );
  return parts.length ? (parts.includes(undefined) ? undefined : parts.every(Boolean)) : undefined;
};

const runsAlike = (row: unknown, entry: Entry): boolean =>
  same(row, entry.value) || hashOf(runsIn(row, entry.shell)) === hashOf(entry.runs);

/** Whose the entries of a folder are, told by the plan. */
const contextOf = (project: Project, folder: Folder, tree: Trees, p: Planned): Context => {
  const { prefix, world, spec } = folder;
  const from = (project.options.from ?? []).flatMap((id) => targetById(id) ?? []);
  const inPlace = prefix === "" ? readsOf(from) : [];
  const { after } = tree;
  const standing = new Map(
    [...tree.standing].map(([path, all]): [string, Rows] => [
      path,
      new Map(all.map((row) => [keyOfPath(row.where), row])),
    ]),
  );
  const local = (at: string): string => at.slice(prefix.length);
  const drifted = new Set(p.drifts.map((d) => d.path));
  const whole = (path: string): boolean => {
    const id = after.ledger.get(fileAddress(path))?.id;
    const stands = after.files.get(path) === world.files.get(path) && !drifted.has(prefix + path);
    return stands && id !== undefined && id !== container;
  };
  const left = new Map<string, ReadonlySet<string>>();
  const stays = (entry: Entry, path: string): boolean => {
    const text = after.files.get(path);
    if (text === world.files.get(path)) return true;
    if (!left.has(path)) left.set(path, typeof text === "string" ? runsAt(path, text) : new Set());
    return left.get(path)!.has(keyOf(path)(entry));
  };
  const ownerOf = (entry: Entry, path: string): Owner => {
    const mine = said(entry.path, entry.value, standing.get(path) ?? new Map(), (row) =>
      runsAlike(row, entry),
    );
    if (mine !== undefined) return mine ? "built" : "edited";
    if (whole(path)) return "built";
    if (inPlace.some((pattern) => covers(pattern, path))) return "in place";
    if (!world.files.has(path)) return "foreign";
    const was = world.ledger.get(local(entry.at))?.id;
    if (was === idOf(entry.value) || !stays(entry, path)) return "built";
    return was === undefined ? "foreign" : "edited";
  };
  return {
    declared: declaredHosts(spec, project.options.gateway),
    accepts: project.options.accept ?? [],
    ownerOf,
    isBuilt: (path) => whole(path),
    toolOf: (path) => project.targets.find((t) => readsOf([t]).some((r) => covers(r, path)))?.id ?? "",
    isExposed: (path) => p.exposed.has(prefix + path),
  };
};
interface Audited {
  tree: Tree;
  files: Surveyed[];
  context: Context;
}
const audited = (project: Project, p: Planned): Audited[] =>
  treesOf(project).map((tree, i) => {
    const folder = project.folders[i]!;
    const trees = p.trees.find((t) => t.prefix === folder.prefix)!;
    return { tree, files: survey(tree), context: contextOf(project, folder, trees, p) };
  });

/** What the files of a project say about safety, beside and against the spec. */
export const auditFindings = (project: Project, p: Planned): Diagnostic[] =>
  audited(project, p).flatMap(({ tree, files, context }, i) => {
    const folder = project.folders[i]!;
    const place = (kind: Kind, item: Item) => itemPlace(folder.world, kind, item, [], folder.prefix);
    return [...specFlaws(folder, context.declared, place), ...audit(tree, files, context)];
  });

/** What runs or redirects in a project's files and that neither the spec nor its `accept:` says. */
export const unsaidEntries = (
  project: Project,
  p: Planned,
): { entry: Entry; file: Surveyed; context: Context }[] =>
  audited(project, p).flatMap(({ files, context }) => unsaid(files, context).map((u) => ({ ...u, context })));
