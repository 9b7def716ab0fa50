import { agreeing, plural } from "../report/text.ts";
import { exit, type Flags, isResult, open, type Result, result, selected, unclean } from "./context.ts";
import { driftFindings, ledgerFinding, lossFindings, unaccepted } from "./findings.ts";
import { planProject } from "./planned.ts";

/** Says whether the files still agree with the spec. Writes nothing. */
export const verify = (flags: Flags): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const { only, fault } = selected(flags, project);
  if (fault) return result(exit.refused, [], [fault], {});
  const p = planProject(project, only ? { only } : {});
  const local = project.options.outputs === "ignore";
  const drift = local ? [] : driftFindings(p);
  const stale = local ? [] : ledgerFinding(p);
  const found = unaccepted(project, [...project.diagnostics, ...drift, ...stale]).concat(
    lossFindings(p, project),
  );
  const bad = unclean(found, flags.strict);
  const wrong = drift.length + stale.length;
  const last = wrong ? `${plural(wrong, "file")} not as the spec wants` : bad ? "" : agreeing(p.outputs);
  const data = { outputs: p.outputs, clean: !bad };
  return result(bad ? exit.drift : exit.clean, [last], found, data, project.source);
};
