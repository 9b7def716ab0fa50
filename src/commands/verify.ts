import type { Diagnostic } from "../core/diagnostic.ts";
import { diagnostic } from "../core/diagnostic.ts";
import { plural } from "../report/text.ts";
import { exit, type Flags, isResult, open, type Result, result, selected, unclean } from "./context.ts";
import { driftFindings, lossFindings, planProject, unaccepted } from "./planned.ts";

/** Says whether the files still agree with the spec. Writes nothing. */
export const verify = (flags: Flags): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const { only, fault } = selected(flags, project);
  if (fault) return result(exit.refused, [], [fault], {});
  const p = planProject(project, only ? { only } : {});
  const local = project.options.outputs === "ignore";
  const drift = local ? [] : driftFindings(p);
  const stale: Diagnostic[] = !local && !drift.length && p.bookkeeping.some(c => c.path === "portable.lock") ? [diagnostic("drift/ledger", {}, { place: { file: "portable.lock" } })] : [];
  const found = unaccepted(project, [...project.diagnostics, ...drift, ...stale, ...lossFindings(p)]);
  const bad = unclean(found, flags.strict);
  const line = bad ? `${plural(drift.length + stale.length, "file")} out of ${p.outputs} not as the spec wants` : `${plural(p.outputs, "file")} agree with the spec`;
  return result(bad ? exit.drift : exit.clean, [drift.length + stale.length || !bad ? line : ""], found, { outputs: p.outputs, clean: !bad }, project.source);
};
