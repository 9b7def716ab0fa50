import type { Change, Content } from "../core/change.ts";
import { same } from "../core/data.ts";
import { fileOf, ledgerPath, readLedger } from "../core/ledger.ts";
import { toLf } from "../core/text.ts";
import { type Failed, failed } from "../disk/git.ts";
import type { Repository } from "../disk/index-git.ts";
import { indexTree } from "../disk/index-read.ts";
import { checkedOut, idsInTree } from "../disk/index-write.ts";
import { read, type Snapshot } from "../disk/snapshot.ts";
import { type Tree, withPathsOf, workTree } from "../disk/tree.ts";
import { planProject } from "./planned.ts";
import { loadProject } from "./project.ts";
import type { Staged } from "./staged.ts";
import type { Aim } from "./staged-write.ts";

/**
 * What the working tree has where the index will change. `same`: what the index had; `done`: what the
 * index will have; `sparse`: nothing, and it is not meant to; `elsewhere`: another file; `other`: anything else.
 */
type Stand = "same" | "done" | "sparse" | "elsewhere" | "other";

/** Files of the working tree in which nobody has written, and what they hold there. */
export type Standing = readonly { aim: Aim; now: Content | undefined }[];

/** What happens to the working tree. */
export type Fate =
  /** These files get their changes there too. */
  | { along: Standing }
  /** It keeps what stands there, which is as its own spec wants it. */
  | "kept"
  /** Somebody's work stands there. */
  | { unstaged: Aim[] };

const lf = (content: Content | undefined): Content | undefined =>
  typeof content === "string" ? toLf(content) : content;
const alike = (a: Content | undefined, b: Content | undefined): boolean => same(lf(a), lf(b));
/** Of the same lines, in whatever order: where ours stand in a file depends on what was there first. */
const ofSameLines = (a: Content | undefined, b: Content | undefined): boolean =>
  alike(a, b) || (typeof a === "string" && typeof b === "string" && linesOf(a) === linesOf(b));
const linesOf = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim().replace(/,$/, ""))
    .filter(Boolean)
    .sort()
    .join("\n");

/** A symbolic link of the working tree is none in the index, or the other way round; or no file can be there. */
const leadsElsewhere = ({ change: { path }, real }: Aim, tree: Snapshot): boolean =>
  (tree.links.get(path) ?? path) !== real || tree.faults.some((f) => f.path === path);

const standOf = (aim: Aim, tree: Snapshot, id: string | undefined): Stand => {
  const now = tree.files.get(aim.change.path);
  if (leadsElsewhere(aim, tree)) return "elsewhere";
  if (now === undefined && aim.entry?.skipped) return "sparse";
  if (same(now, aim.change.before) || (id !== undefined && id === aim.entry?.id)) return "same";
  return id === aim.after?.id ? "done" : "other";
};

const standsOf = ({ index }: Staged, aims: readonly Aim[], tree: Snapshot): Map<Aim, Stand> | Failed => {
  const differing = aims.filter((a) => {
    const now = tree.files.get(a.change.path);
    return now !== undefined && !same(now, a.change.before) && !leadsElsewhere(a, tree);
  });
  const ids = idsInTree(
    index.repository,
    differing.map((a) => a.at),
  );
  return failed(ids) ? ids : new Map(aims.map((a) => [a, standOf(a, tree, ids.get(a.at))]));
};

type Build = (aim: Aim, now: Content | undefined) => Content | undefined;

/** What a build of a tree makes of its files; undefined: its spec cannot be used. */
const buildOf = (root: string, tree: Tree, only: readonly string[] | undefined): Build | undefined => {
  const project = loadProject(root, tree);
  if (project.diagnostics.some((d) => d.level === "error")) return undefined;
  const p = planProject(project, only ? { only } : {});
  const after = new Map([...p.changes, ...p.bookkeeping].map((c) => [c.path, c.after]));
  return ({ change: { path } }, now) => (after.has(path) ? after.get(path) : now);
};

/** The working tree, but with the outputs that the index has. */
const withOutputs = ({ project: { root }, index, prefix }: Staged, aims: readonly Aim[]): Tree =>
  withPathsOf(
    workTree(root),
    indexTree(index, root, prefix),
    new Set([...aims.map((a) => a.change.path), ledgerPath]),
  );

/** Files that the ledger to be names, and that do not change in the index. */
const otherOutputs = (aims: readonly Aim[]): string[] => {
  const ledger = aims.find((a) => a.change.path === ledgerPath)?.change.after;
  const paths = new Set(
    [...readLedger(typeof ledger === "string" ? ledger : undefined).ledger.keys()].map(fileOf),
  );
  for (const a of aims) paths.delete(a.change.path);
  return [...paths];
};

/**
 * What else the working tree needs so that the ledger to be is true of it; undefined: something that
 * a build of it would not make. Its own ledger is of an earlier build.
 */
const rest = (
  { project: { root }, index, prefix }: Staged,
  aims: readonly Aim[],
  rebuilt: Build,
): Standing | undefined => {
  const patterns = otherOutputs(aims).map((file) => ({ file }));
  const [here, there] = [read(root, patterns), indexTree(index, root, prefix).read(patterns)];
  const found: Standing[number][] = [];
  for (const { file: path } of patterns) {
    const [now, content] = [here.files.get(path), there.files.get(path)];
    const real = there.links.get(path) ?? path;
    const entry = index.entries.get(prefix + real);
    if (alike(now, content) || (now === undefined && entry?.skipped)) continue;
    const change: Change = { path, ...(content !== undefined && { before: content, after: content }) };
    const aim: Aim = { change, real, at: prefix + real, ...(entry && { entry, after: entry }) };
    if (leadsElsewhere(aim, here) || !alike(rebuilt(aim, now), content)) return undefined;
    found.push({ aim, now });
  }
  return found;
};

/**
 * What becomes of the working tree where the index changes. Where a build of the working tree makes
 * the same of its own file and of the one in the index, they differ in nothing that somebody wrote.
 * What it would not make again as the index will have it is kept: it is of a spec that is not staged.
 */
export const fateOf = (
  staged: Staged,
  aims: readonly Aim[],
  only: readonly string[] | undefined,
): Fate | Failed => {
  const { root } = staged.project;
  const tree = read(
    root,
    aims.map((a) => ({ file: a.change.path })),
  );
  const stands = standsOf(staged, aims, tree);
  if (failed(stands)) return stands;
  const those = (stand: Stand): Aim[] => aims.filter((a) => stands.get(a) === stand);
  const now = (a: Aim): Content | undefined => tree.files.get(a.change.path);
  const [others, clean, strange] = [those("other"), those("same"), those("elsewhere")];
  if (strange.length) return { unstaged: strange };
  if (!others.length && !clean.length) return { along: [] };
  const build = buildOf(root, withOutputs(staged, aims), only);
  const along = [...clean, ...others].map((aim) => ({ aim, now: now(aim) }));
  if (!others.length) return build && aims.every((a) => alike(now(a), wanted(build, a))) ? "kept" : { along };
  const rebuild = build && buildOf(root, workTree(root), only);
  if (!rebuild) return { unstaged: others.filter((a) => a.change.path !== ledgerPath) };
  return settle(staged, aims, { others, along, build, rebuild, now });
};

const wanted = (build: Build, a: Aim): Content | undefined => build(a, a.change.before);

interface Builds {
  /** Aims at files that are neither as the index has nor as it will have them. */
  others: readonly Aim[];
  along: Standing;
  /** What the working tree's spec makes of the outputs of the index. */
  build: Build;
  /** What it makes of those of the working tree. */
  rebuild: Build;
  now: (aim: Aim) => Content | undefined;
}

const settle = (
  staged: Staged,
  aims: readonly Aim[],
  { others, along, build, rebuild, now }: Builds,
): Fate => {
  const again = (a: Aim): Content | undefined => rebuild(a, now(a));
  const isLedger = (a: Aim): boolean => a.change.path === ledgerPath;
  const unstaged = others.filter((a) => !isLedger(a) && !ofSameLines(again(a), wanted(build, a)));
  if (unstaged.length) return { unstaged };
  const isStaged = aims.every((a) => alike(wanted(build, a), a.change.after));
  if (!isStaged || !others.every((a) => alike(again(a), a.change.after))) return "kept";
  const more = others.some(isLedger) ? rest(staged, aims, rebuild) : [];
  return more ? { along: [...along, ...more] } : "kept";
};

/** The changes for files of the working tree, in the form in which they stand there. Their contents are kept by Git. */
export const changesOf = (repository: Repository, clean: Standing): Change[] | Failed => {
  const changes: Change[] = [];
  for (const { aim, now } of clean) {
    const after = inForm(repository, aim, now);
    if (typeof after === "object" && failed(after)) return after;
    const { path, exec } = aim.change;
    changes.push({
      path,
      ...(now !== undefined && { before: now }),
      ...(after !== undefined && { after }),
      ...(exec !== undefined && { exec }),
    });
  }
  return changes;
};

const inForm = (
  repository: Repository,
  { change, at, after }: Aim,
  now: Content | undefined,
): Content | undefined | Failed => {
  const wanted = change.after;
  if (wanted === undefined || after === undefined || same(now, change.before)) return wanted;
  if (typeof now === "string" && typeof wanted === "string" && now.includes("\r\n"))
    return toLf(wanted).replaceAll("\n", "\r\n");
  return checkedOut(repository, at, after.id);
};
