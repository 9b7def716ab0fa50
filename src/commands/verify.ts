import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { isCommittable } from "../disk/git.ts";
import { agreeing, plural } from "../report/text.ts";
import { auditFindings } from "./audit.ts";
import {
  brief,
  exit,
  type Flags,
  isResult,
  open,
  type Result,
  result,
  selected,
  unclean,
} from "./context.ts";
import { driftFindings, ledgerFinding, lossFindings, unaccepted } from "./findings.ts";
import { localFile } from "./local.ts";
import { planProject } from "./planned.ts";
import type { Project } from "./project.ts";

/** Says whether the files still agree with the spec. Writes nothing. */
export const verify = (flags: Flags): Result => {
  const project = open(flags);
  return isResult(project) ? project : verifyProject(project, flags);
};

/** In Git's index, what mends the files is what writes them there. */
const mending =
  ({ staged }: Flags) =>
  (d: Diagnostic): Diagnostic =>
    staged && d.fix === "portable build" ? { ...d, fix: `${d.fix} --staged` } : d;

/** A file for one person that a commit would hold, or holds. */
const personal = (root: string): Diagnostic[] =>
  existsSync(join(root, localFile)) && isCommittable(root, localFile)
    ? [diagnostic("spec/personal", { path: localFile }, { place: { file: localFile } })]
    : [];

/** Secrets in what stands in place, where the look at the files has not found them already. */
const withHeldSecrets = (found: readonly Diagnostic[], { held }: Project): Diagnostic[] => {
  const isTold = (d: Diagnostic): boolean =>
    found.some((f) => f.code === d.code && f.place?.file === d.place?.file);
  return [...found, ...held.filter((d) => d.code === "security/secret" && !isTold(d))];
};

export const verifyProject = (project: Project, flags: Flags): Result => {
  const { only, fault } = selected(flags, project);
  if (fault) return result(exit.refused, [], [fault], {});
  const p = planProject(project, only ? { only } : {});
  const local = project.options.outputs === "ignore";
  const drift = local ? [] : driftFindings(p).map(mending(flags));
  const stale = local ? [] : ledgerFinding(p).map(mending(flags));
  const unsafe = withHeldSecrets(auditFindings(project, p), project);
  const said = [...project.diagnostics, ...personal(project.root), ...drift, ...stale, ...unsafe];
  const found = unaccepted(project, said).concat(lossFindings(p, project));
  const bad = unclean(found, flags.strict);
  const wrong = drift.length + stale.length;
  const last = wrong ? `${plural(wrong, "file")} not as the spec wants` : bad ? "" : agreeing(p.outputs);
  const data = { outputs: p.outputs, clean: !bad };
  return brief(result(bad ? exit.drift : exit.clean, [last], found, data, project.source));
};
