import { styleText } from "node:util";
import { diffOf } from "../report/diff.ts";
import { plural } from "../report/text.ts";
import {
  colour,
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
import { planProject } from "./planned.ts";

const painted = (patch: string): string =>
  patch
    .split("\n")
    .map((l) =>
      /^[+](?!\+\+)/.test(l)
        ? styleText("green", l)
        : /^-(?!--)/.test(l)
          ? styleText("red", l)
          : /^@@/.test(l)
            ? styleText("cyan", l)
            : l,
    )
    .join("\n");

/** Shows what a build would change. Writes nothing. */
export const diff = (flags: Flags): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const { only, fault } = selected(flags, project);
  if (fault) return result(exit.refused, [], [fault], {});
  const p = planProject(project, { ...(flags.force && { force: true }), ...(only && { only }) });
  const found = unaccepted(project, [
    ...project.diagnostics,
    ...driftFindings(p).filter(
      (d) => d.level === "error" && !p.changes.some((c) => c.path === d.place?.file),
    ),
  ]).concat(lossFindings(p, project));
  const patches = p.changes.map(diffOf);
  const text = colour() ? patches.map(painted) : patches;
  const last = p.changes.length ? `${plural(p.changes.length, "file")} would change` : "nothing would change";
  return result(
    p.changes.length || unclean(found, flags.strict) ? exit.drift : exit.clean,
    [...text.map((t) => t.trimEnd()), last],
    found,
    { changes: p.changes.map((c) => ({ path: c.path, diff: diffOf(c) })) },
    project.source,
  );
};
