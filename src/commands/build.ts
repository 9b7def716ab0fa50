import type { Change } from "../core/change.ts";
import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { apply, keepCopy, recover } from "../disk/apply.ts";
import { read } from "../disk/snapshot.ts";
import { step } from "../report/progress.ts";
import { agreeing, plural } from "../report/text.ts";
import {
  brief,
  type Exit,
  exit,
  type Flags,
  isResult,
  openToWrite,
  type Result,
  result,
  selected,
  unclean,
} from "./context.ts";
import { driftFindings, lossFindings, unaccepted } from "./findings.ts";
import { type Planned, planProject } from "./planned.ts";
import type { Project } from "./project.ts";
import { findRoot } from "./root.ts";

/** Signs in a printed list: new, changed, gone. */
export const sign = (c: Change): string => (c.before === undefined ? "+" : c.after === undefined ? "-" : "~");

/** Reads back what was written; anything else than what was planned is a fault. */
const readBack = (root: string, changes: readonly Change[]): string | undefined => {
  const now = read(
    root,
    changes.map((c) => ({ file: c.path })),
  );
  return changes.find((c) => !same(now.files.get(c.path), c.after))?.path;
};

export interface Applied {
  copies: string[];
  fault?: Diagnostic;
  /** Why nothing was written, though it could have been. */
  refused?: readonly Diagnostic[];
  /** What else became of it. */
  note?: string;
}
/** Applies changes as one transaction; `keep` are files whose old bytes are kept first. */
export const applied = (
  root: string,
  changes: readonly Change[],
  keep: ReadonlySet<string>,
  sync = false,
): Applied => {
  const copies: string[] = [];
  const backup = (path: string): string | undefined => {
    if (!keep.has(path)) return undefined;
    const copy = keepCopy(root, path);
    copies.push(copy);
    return copy;
  };
  step(`writing ${plural(changes.length, "file")}`);
  const outcome = apply(root, changes, { backup, ...(sync && { sync }) });
  if (!outcome.ok)
    return { copies, fault: diagnostic("disk/refused", { path: outcome.path, reason: outcome.reason }) };
  const wrong = readBack(root, changes);
  return {
    copies,
    ...(wrong !== undefined && {
      fault: diagnostic("disk/refused", { path: wrong, reason: "does not hold what was written" }),
    }),
  };
};

/** What a file loses where it is overwritten although it is not as we left it. */
const forced = (p: Planned): Set<string> => new Set(p.drifts.filter((d) => !d.ours).map((d) => d.path));

/** Drift that a build leaves: what is not ours to change. */
export const left = (p: Planned, force: boolean): Diagnostic[] =>
  driftFindings(p).filter(
    (d) => /unwritable|merge/.test(d.code) || (!force && /edited|conflict|foreign|secret/.test(d.code)),
  );

/** `write` makes the changes, if not on the disk. */
export const buildProject = (
  project: Project,
  flags: Flags,
  only?: readonly string[],
  write?: (changes: readonly Change[]) => Applied,
): Result => {
  const p = planProject(project, { ...(flags.force && { force: true }), ...(only && { only }) });
  const remains = left(p, !!flags.force);
  const found = unaccepted(project, [...project.diagnostics, ...project.held, ...remains]).concat(
    lossFindings(p, project),
  );
  const changes = [...p.changes, ...p.bookkeeping];
  const dry = !!flags["dry-run"];
  const done: Applied = dry
    ? { copies: [] }
    : (write?.(changes) ?? applied(project.root, changes, flags.force ? forced(p) : new Set()));
  const wrote = !done.fault && !done.refused && changes.length > 0;
  const isUnclean = done.refused || unclean(found, flags.strict) || (flags["exit-code"] && wrote);
  const code: Exit = done.fault ? exit.failed : isUnclean ? exit.drift : exit.clean;
  const told = done.fault || done.refused ? [] : changes;
  const nothing = done.fault || done.refused || (!told.length && remains.length);
  const lines = [
    ...told.map((c) => `${sign(c)} ${c.path}`),
    ...done.copies.map((c) => `kept a copy: ${c}`),
    nothing ? "nothing was written" : summary(project, p, told, flags),
    done.note ?? "",
  ];
  const data = {
    changes: told.map((c) => ({ path: c.path, sign: sign(c) })),
    copies: done.copies,
    outputs: p.outputs,
  };
  const all = [...found, ...(done.refused ?? []), ...(done.fault ? [done.fault] : [])];
  return brief(result(code, lines, all, data, project.source));
};

const noTargets = "no tool is named: say which in portable.yaml, as in `targets: [claude, agents]`";

const summary = (project: Project, p: Planned, changes: readonly Change[], flags: Flags): string => {
  if (!project.targets.length && !changes.length) return noTargets;
  if (!changes.length) return `nothing to do${p.outputs ? `: ${agreeing(p.outputs)}` : ""}`;
  const would = flags["dry-run"] ? "would be " : "";
  const gone = changes.filter((c) => c.after === undefined).length;
  const written = changes.length - gone;
  const done = [
    ...(written ? [`${plural(written, "file")} ${would}written`] : []),
    ...(gone ? [`${plural(gone, "file")} ${would}removed`] : []),
  ].join(", ");
  return flags.staged && !would ? `${done} and staged` : done;
};

/** Ends or takes back what a stopped run left; gives the result that says why that cannot be done. */
export const settled = (root: string, flags: Flags): Result | undefined => {
  const recovery = flags["dry-run"] ? undefined : recover(root);
  if (!recovery || !("ok" in recovery)) return undefined;
  const { path, reason } = recovery;
  return result(exit.failed, [], [diagnostic("disk/refused", { path, reason })], {});
};

/** Writes every tool's files from the spec: all or nothing. */
export const build = (flags: Flags): Result => {
  const root = findRoot(flags.cwd);
  const stopped = root === undefined ? undefined : settled(root, flags);
  if (stopped) return stopped;
  const project = openToWrite(flags);
  if (isResult(project)) return project;
  const { only, fault } = selected(flags, project);
  return fault ? result(exit.refused, [], [fault], {}) : buildProject(project, flags, only);
};
