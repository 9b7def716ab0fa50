import type { Change } from "../core/change.ts";
import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { apply, keepCopy, recover } from "../disk/apply.ts";
import { read } from "../disk/snapshot.ts";
import { step } from "../report/progress.ts";
import { agreeing, plural } from "../report/text.ts";
import {
  type Exit,
  exit,
  type Flags,
  isResult,
  open,
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
    (d) => d.code === "drift/unwritable" || (!force && /edited|conflict|foreign|secret/.test(d.code)),
  );

export const buildProject = (project: Project, flags: Flags, only?: readonly string[]): Result => {
  const p = planProject(project, { ...(flags.force && { force: true }), ...(only && { only }) });
  const remains = left(p, !!flags.force);
  const found = unaccepted(project, [...project.diagnostics, ...remains]).concat(lossFindings(p, project));
  const changes = [...p.changes, ...p.bookkeeping];
  const dry = !!flags["dry-run"];
  const done: Applied = dry
    ? { copies: [] }
    : applied(project.root, changes, flags.force ? forced(p) : new Set());
  const code: Exit = done.fault ? exit.failed : unclean(found, flags.strict) ? exit.drift : exit.clean;
  const lines = [
    ...p.changes.map((c) => `${sign(c)} ${c.path}`),
    ...done.copies.map((c) => `kept a copy: ${c}`),
    done.fault || (!p.changes.length && remains.length) ? "nothing was written" : summary(p, dry),
  ];
  return result(
    code,
    lines,
    done.fault ? [...found, done.fault] : found,
    {
      changes: p.changes.map((c) => ({ path: c.path, sign: sign(c) })),
      copies: done.copies,
      outputs: p.outputs,
    },
    project.source,
  );
};

const summary = (p: Planned, dry: boolean): string => {
  if (!p.changes.length) return `nothing to do${p.outputs ? `: ${agreeing(p.outputs)}` : ""}`;
  const gone = p.changes.filter((c) => c.after === undefined).length;
  const written = p.changes.length - gone;
  const done = [
    ...(written ? [`${plural(written, "file")} ${dry ? "would be " : ""}written`] : []),
    ...(gone ? [`${plural(gone, "file")} ${dry ? "would be " : ""}removed`] : []),
  ];
  return `${done.join(", ")}${p.outputs > written ? `, ${p.outputs} in all` : ""}`;
};

/** Writes every tool's files from the spec: all or nothing. */
export const build = (flags: Flags): Result => {
  const root = findRoot(flags.cwd);
  if (root !== undefined && !flags["dry-run"]) {
    const recovery = recover(root);
    if (recovery && "ok" in recovery)
      return result(
        exit.failed,
        [],
        [diagnostic("disk/refused", { path: recovery.path, reason: recovery.reason })],
        {},
      );
  }
  const project = open(flags);
  if (isResult(project)) return project;
  const { only, fault } = selected(flags, project);
  return fault ? result(exit.refused, [], [fault], {}) : buildProject(project, flags, only);
};
