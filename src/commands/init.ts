import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../core/change.ts";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import type { Target } from "../core/target.ts";
import { specFile } from "../spec/surfaces.ts";
import { targetById, targetIds, targets } from "../targets/index.ts";
import { auditFindings } from "./audit.ts";
import { acceptedLines, baseline } from "./baseline.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, type Result, result } from "./context.ts";
import { gather } from "./gather.ts";
import { planProject } from "./planned.ts";
import { loadProject, type Project } from "./project.ts";
import { findRoot, hasSpec } from "./root.ts";

const template = (name: string): string =>
  readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");

/** The tools whose files stand in a folder. */
export const toolsIn = (root: string): Target[] =>
  targets.filter((t) => t.signs.some((s) => existsSync(join(root, s))));

/** The tools that a comma list names, or the first name that is none. */
export const namedTools = (list: string): { tools: Target[]; unknown?: string } => {
  const ids = list
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);
  const unknown = ids.find((id) => !targetById(id));
  return { tools: ids.flatMap((id) => targetById(id) ?? []), ...(unknown !== undefined && { unknown }) };
};
export const unknownTool = (id: string): Result =>
  result(
    exit.refused,
    [],
    [diagnostic("spec/unknown-target", { id, near: nearest(id, targetIds), known: targetIds })],
    {},
  );

/** Looks at what is there and writes the first spec: what stands in place stays the source. */
export const init = (flags: Flags): Result => {
  const known = findRoot(flags.cwd);
  if (known !== undefined && hasSpec(known))
    return result(exit.refused, [], [diagnostic("spec/exists", { path: join(known, specFile) })], {});
  const root = flags.cwd;
  const chosen = flags.from === undefined ? { tools: toolsIn(root) } : namedTools(flags.from);
  if ("unknown" in chosen && chosen.unknown !== undefined) return unknownTool(chosen.unknown);
  const wanted =
    flags.targets === undefined
      ? { tools: targets.filter((t) => chosen.tools.includes(t) || t.id === "agents" || t.id === "claude") }
      : namedTools(flags.targets);
  if ("unknown" in wanted && wanted.unknown !== undefined) return unknownTool(wanted.unknown);
  const ids = wanted.tools.map((t) => t.id).join(", ");
  const from = chosen.tools.map((t) => t.id);
  const spec =
    template("portable.yaml").replace("{{targets}}", ids) +
    (from.length
      ? `from: [${from.join(", ")}] # their own files stay the source where they stand: nothing of yours in them is changed, what comes from elsewhere is added\n`
      : "");
  const changes: Change[] = [
    { path: specFile, after: spec },
    ...(from.length ? [] : [{ path: ".portable/rules/style.md", after: template("rules/style.md") }]),
  ];
  const done = flags["dry-run"] ? { copies: [] } : applied(root, changes, new Set(), true);
  if (done.fault) return result(exit.failed, [], [done.fault], {});
  const said = from.length ? gather(root, chosen.tools, undefined, { cwd: root }).diagnostics : [];
  const unread = said.filter((d) => d.code === "import/unread");
  const first = flags["dry-run"] ? undefined : safety(root);
  if (first?.fault) return result(exit.failed, [], [first.fault], {});
  const found = from.length
    ? `found: ${chosen.tools.map((t) => t.title).join(", ")}`
    : "found no tool's files: wrote a first rule to start from";
  const next = ["", "next: portable diff     what would be written", "      portable build    write it"];
  const unsafe = first?.unsafe ?? [];
  const lines = [found, ...changes.map((c) => `${sign(c)} ${c.path}`), ...(first?.lines ?? []), ...next];
  const data = { from, targets: wanted.tools.map((t) => t.id), files: changes.map((c) => c.path) };
  return result(
    unsafe.length ? exit.drift : exit.clean,
    lines,
    [...unread, ...unsafe],
    data,
    first?.project.source,
  );
};

interface Safety {
  lines: string[];
  /** What goes to no other tool before somebody has read it. */
  unsafe: Diagnostic[];
  project: Project;
  fault?: Diagnostic;
}
/** Accepts what stands in the repository and no check holds back; tells of the rest. */
const safety = (root: string): Safety => {
  const base = baseline(root, () => true);
  const { fault } = applied(root, base.changes, new Set(), true);
  const project = loadProject(root);
  const found = auditFindings(project, planProject(project));
  const unsafe = found.filter((d) => d.level === "error");
  return { lines: acceptedLines(base), unsafe, project, ...(fault && { fault }) };
};
