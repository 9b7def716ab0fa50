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
import { meaningOf, meaningText } from "./meaning.ts";
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

/** Shows what a build would change, or what the spec changed since a commit, by item and then by file. Writes nothing. */
export const diff = async (flags: Flags): Promise<Result> => {
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
  ]).concat(
    lossFindings(p, project).filter((d) => d.level === "error" || (flags.strict && d.level === "warning")),
  );
  const since = flags.base === undefined ? undefined : await import("./base.ts");
  const trees = since ? since.treesSince(project, p, flags.base!) : p.trees;
  if ("reason" in trees) return result(exit.refused, [], [trees], {}, project.source);
  const targets = project.targets.filter((t) => only?.includes(t.id) ?? true);
  const meaning = meaningOf(targets, trees, p.losses);
  const changes = since ? since.changesIn(trees) : p.changes;
  const patches = changes.map(diffOf);
  const text = colour() ? patches.map(painted) : patches;
  const word = flags.base === undefined ? "would change" : `changed since ${flags.base}`;
  const last = changes.length ? `${plural(changes.length, "file")} ${word}` : `nothing ${word}`;
  return result(
    changes.length || unclean(found, flags.strict) ? exit.drift : exit.clean,
    [meaningText(meaning), ...text.map((t) => t.trimEnd()), last],
    found,
    { items: meaning, changes: changes.map((c, i) => ({ path: c.path, diff: patches[i] })) },
    project.source,
  );
};
