import type { Change } from "../core/change.ts";
import type { Edit } from "../core/format.ts";
import type { Pattern } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import { codeOf } from "../findings/accept.ts";
import { flawsOf, isGrave } from "../findings/flaws.ts";
import { useToml } from "../findings/late.ts";
import { hashOf } from "../findings/runs.ts";
import { toml } from "../formats/toml.ts";
import { yaml } from "../formats/yaml.ts";
import { specFile } from "../spec/surfaces.ts";
import { unsaidEntries } from "./audit.ts";
import { planProject } from "./planned.ts";
import { loadProject, type Project } from "./project.ts";

useToml(toml);

/** What stands in a repository when portable first looks at it, as the spec then accepts it. */
export interface Baseline {
  changes: Change[];
  /** What is accepted from now on: `.vscode/mcp.json: server x`. */
  accepted: string[];
}

const covers = (p: Pattern, path: string): boolean =>
  "file" in p ? p.file === path : path.startsWith(`${p.folder}/`);
/** Whether one of these tools reads a path. */
export const readBy = (tools: readonly Target[]): ((path: string) => boolean) => {
  const patterns = tools.flatMap((t) => surfacesOf(t).flatMap((s) => [...s.place.reads]));
  return (path) => patterns.some((p) => covers(p, path));
};

/** Edits of the spec that accept, by the hash of its content, what runs or redirects in these files and no check holds back. */
const editsFor = (project: Project, isAsked: (path: string) => boolean): [Edit, string][] => {
  const old = project.options.accept?.length ?? 0;
  const found = unsaidEntries(project, planProject(project)).filter(
    ({ entry, file, context }) =>
      isAsked(file.path) &&
      context.ownerOf(entry, file.path) === "foreign" &&
      !flawsOf(entry.runs, context.declared, entry.kind === "base URL" ? "base_url" : undefined).some(
        isGrave,
      ),
  );
  return found.map(({ entry, file }, i) => {
    const value = {
      code: codeOf(entry),
      at: entry.at,
      hash: hashOf(entry.runs),
      reason: "stood there when portable first looked",
    };
    return [{ path: ["accept", old + i], value }, `${file.path}: ${entry.what}`];
  });
};

/** The spec with its first `accept:` lines. */
export const baseline = (root: string, isAsked: (path: string) => boolean): Baseline => {
  const project = loadProject(root);
  const before = project.source(specFile);
  if (before === undefined || project.diagnostics.some((d) => d.level === "error"))
    return { changes: [], accepted: [] };
  const edits = editsFor(project, isAsked);
  if (!edits.length) return { changes: [], accepted: [] };
  const after = yaml.edit(
    before,
    edits.map(([edit]) => edit),
  );
  return { changes: [{ path: specFile, before, after }], accepted: edits.map(([, what]) => what) };
};

/** What was accepted, for people. */
export const acceptedLines = ({ accepted }: Baseline): string[] =>
  accepted.length
    ? [
        `accepted as ${accepted.length > 1 ? "they stand" : "it stands"}, see accept: in ${specFile}:`,
        ...accepted.map((a) => `  ${a}`),
      ]
    : [];
