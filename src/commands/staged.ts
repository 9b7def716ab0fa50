import { existsSync } from "node:fs";
import { join } from "node:path";
import { diagnostic } from "../core/diagnostic.ts";
import { failed } from "../disk/git.ts";
import { repositoryAt } from "../disk/index-git.ts";
import { type Index, indexTree, readIndex } from "../disk/index-read.ts";
import { specFile, specFolder } from "../spec/surfaces.ts";
import { buildProject, settled } from "./build.ts";
import { exit, type Flags, isResult, type Result, result, selected, unwritten, usable } from "./context.ts";
import { loadProject, type Project } from "./project.ts";
import { findRoot, hasVersion } from "./root.ts";
import { stage } from "./staged-write.ts";

/** A project as Git's index has it. */
export interface Staged {
  project: Project;
  index: Index;
  /** From the top of the working tree to the project: "" or ends in "/". */
  prefix: string;
}

/** A path that ends in "/", and those above it, down to "". */
const upwards = (prefix: string): string[] =>
  prefix === ""
    ? [""]
    : [prefix, ...upwards(prefix.slice(0, prefix.lastIndexOf("/", prefix.length - 2) + 1))];

/** As `findRoot`, in the index. */
const rootIn = (index: Index): string | undefined => {
  const { top, prefix } = index.repository;
  const above = upwards(prefix);
  const { files } = indexTree(index, top, "").read(above.map((at) => ({ file: at + specFile })));
  const holds = (at: string): boolean =>
    files.has(at + specFile) || index.paths.some((path) => path.startsWith(`${at}${specFolder}/`));
  return (
    above.find((at) => hasVersion(String(files.get(at + specFile) ?? ""))) ?? above.find((at) => holds(at))
  );
};

const noSpec = (cwd: string): Result => {
  const root = findRoot(cwd);
  const standing = root === undefined ? [] : [specFile, specFolder].filter((p) => existsSync(join(root, p)));
  const lines = standing.length ? [`one stands in the working tree: git add ${standing.join(" ")}`] : [];
  return result(exit.refused, lines, [diagnostic("spec/missing", { cwd })], {});
};

const could = (path: string, reason: string): Result =>
  result(exit.failed, [], [diagnostic("disk/refused", { path, reason })], {});

/** The project that a commit would hold, or the result that says why there is none. */
export const openStaged = (flags: Flags): Staged | Result => {
  const repository = repositoryAt(flags.cwd);
  if (failed(repository)) return could(flags.cwd, repository.fault);
  const index = readIndex(repository);
  if (failed(index)) return could(repository.index, index.fault);
  const prefix = rootIn(index);
  if (prefix === undefined) return noSpec(flags.cwd);
  const root = `${repository.top}/${prefix}`.replace(/\/$/, "");
  const project = usable(loadProject(root, indexTree(index, root, prefix)));
  return isResult(project) ? project : { project, index, prefix };
};
export const isStaged = (x: Staged | Result): x is Staged => "index" in x;

const wrongUse = (reason: string): Result => result(exit.refused, [reason, "nothing was written"], [], {});

/** Why the index may not be written now; undefined: it may. */
const against = (flags: Flags, env: Record<string, string | undefined>): string | undefined => {
  if (flags.force)
    return "--staged does not go with --force: run `portable build --force`, look at it, stage it";
  // https://pre-commit.com/#pre-commit-during-commits and its PRE_COMMIT variable (4.7.0, 2026-11-26)
  return env["PRE_COMMIT"] && !flags["dry-run"]
    ? "pre-commit has put aside what is not staged, and can lose it where a hook changes the index: use `portable build --exit-code` in its hooks"
    : undefined;
};

/** Writes every tool's files as the staged spec wants them, into the index and the working tree: all or nothing. */
export const buildStaged = (flags: Flags, env: Record<string, string | undefined>): Result => {
  const reason = against(flags, env);
  if (reason !== undefined) return wrongUse(reason);
  const staged = openStaged(flags);
  if (!isStaged(staged)) return unwritten(staged);
  const { project } = staged;
  if (project.options.outputs === "ignore")
    return result(exit.clean, ["nothing to stage: outputs are not committed (outputs: ignore)"], [], {});
  const stopped = settled(project.root, flags);
  if (stopped) return stopped;
  const { only, fault } = selected(flags, project);
  if (fault) return result(exit.refused, [], [fault], {});
  return buildProject(project, flags, only, (changes) => stage(staged, changes, only));
};
