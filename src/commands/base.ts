import type { Change } from "../core/change.ts";
import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import { emptyWorld, type World } from "../core/surface.ts";
import { failed } from "../disk/git.ts";
import { repositoryAt } from "../disk/index-git.ts";
import { indexTree, readCommit } from "../disk/index-read.ts";
import type { Trees } from "./meaning.ts";
import { type Planned, planProject } from "./planned.ts";
import { loadProject, type Project } from "./project.ts";

/** Each folder as a build of a commit's spec leaves it, and as one of today's does. */
export const treesSince = (project: Project, p: Planned, commit: string): Trees[] | Diagnostic => {
  const repository = repositoryAt(project.root);
  const index = failed(repository) ? repository : readCommit(repository, commit);
  if (failed(repository) || failed(index))
    return diagnostic("launch/no-commit", { commit, reason: (index as { fault: string }).fault });
  const base = loadProject(project.root, indexTree(index, project.root, repository.prefix));
  const was = base.diagnostics.some((d) => d.level === "error") ? [] : planProject(base).trees;
  const at = (trees: Planned["trees"], prefix: string): World =>
    trees.find((t) => t.prefix === prefix)?.after ?? emptyWorld();
  const prefixes = [...new Set([...was, ...p.trees].map((t) => t.prefix))].sort();
  return prefixes.map((prefix) => ({ prefix, before: at(was, prefix), after: at(p.trees, prefix) }));
};

/** How the outputs differ between trees, in the order of their paths. */
export const changesIn = (trees: readonly Trees[]): Change[] =>
  trees.flatMap(({ prefix, before, after }) => {
    const outputs = new Set([...before.ledger.keys(), ...after.ledger.keys()].map(fileOf));
    return [...outputs].sort().flatMap((path): Change[] => {
      const [was, now] = [before.files.get(path), after.files.get(path)];
      if (same(was, now)) return [];
      return [
        {
          path: prefix + path,
          ...(was !== undefined && { before: was }),
          ...(now !== undefined && { after: now }),
        },
      ];
    });
  });
