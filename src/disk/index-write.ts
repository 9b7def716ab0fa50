import { tmpdir } from "node:os";
import type { Content } from "../core/change.ts";
import { disk, reasonOf, rmdirIfEmpty, unlinkIfThere, writeNew } from "./fs.ts";
import { type Failed, failed } from "./git.ts";
import { indexToCome, type Repository, run } from "./index-git.ts";
import { type Entry, entriesOf } from "./index-read.ts";
import { contentOf } from "./read.ts";
import { newToken } from "./staged.ts";

/** What the index shall hold at a path, relative to the top; without `after`: nothing. */
export interface EntryChange {
  path: string;
  before?: Entry;
  after?: Pick<Entry, "mode" | "id">;
}

/** The id of a content in a repository with ids of this length: SHA-1 or SHA-256 (64). */
export const contentId = (bytes: Uint8Array, length: number): string => {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash(length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
};

/** Has Git keep contents. */
export const keepContents = (repository: Repository, contents: readonly Uint8Array[]): Failed | undefined => {
  if (!contents.length) return undefined;
  const folder = `${tmpdir()}/portable-${newToken()}`;
  const files = contents.map((_, n) => `${folder}/${n}`);
  try {
    disk.mkdir(folder);
    for (const [n, bytes] of contents.entries()) writeNew(files[n]!, bytes, { mode: 0o600 });
    const ask = ["hash-object", "-w", "--no-filters", "--stdin-paths"];
    const printed = run(repository, ask, files.map((file) => `${file}\n`).join(""));
    return failed(printed) ? printed : undefined;
  } catch (error) {
    return { fault: reasonOf(error) };
  } finally {
    for (const file of files) unlinkIfThere(file);
    rmdirIfEmpty(folder);
  }
};

/** The ids that files of the working tree would get if they were staged; paths relative to the top. */
export const idsInTree = (repository: Repository, paths: readonly string[]): Map<string, string> | Failed => {
  if (!paths.length) return new Map();
  const quoted = paths.map((path) => (path.startsWith('"') ? JSON.stringify(path) : path));
  const printed = run(repository, ["hash-object", "--stdin-paths"], quoted.map((p) => `${p}\n`).join(""));
  if (failed(printed)) return printed;
  const ids = printed.toString("latin1").trim().split("\n");
  return new Map(paths.map((path, n) => [path, ids[n]!]));
};

/** A content as Git would check it out at a path. */
export const checkedOut = (repository: Repository, path: string, id: string): Content | Failed => {
  const printed = run(repository, ["cat-file", "--filters", `--path=${path}`, id]);
  return failed(printed) ? printed : contentOf(printed);
};

/** Those of the paths that Git ignores; relative to the top. */
export const ignored = (repository: Repository, paths: readonly string[]): string[] => {
  if (!paths.length) return [];
  const asked = paths.map((path) => `${path}\0`).join("");
  // it ends with 1 where there is none
  const printed = run(repository, ["check-ignore", "-z", "--no-index", "--stdin"], asked);
  return failed(printed) ? [] : printed.toString("utf8").split("\0").filter(Boolean);
};

/** Why the index cannot be written now; undefined: it can. */
export const lockedIndex = ({ index }: Repository): string | undefined =>
  disk.lstat(`${index}.lock`) && `another program of Git is writing here; if none runs, remove ${index}.lock`;

const line = (path: string, entry: Pick<Entry, "mode" | "id"> | undefined, width: number): string =>
  `${(entry?.mode ?? 0).toString(8)} ${entry?.id ?? "0".repeat(width)}\t${path}\0`;

const put = (repository: Repository, changes: readonly EntryChange[]): Failed | undefined => {
  const width = changes.map((c) => (c.after ?? c.before)!.id.length)[0] ?? 40;
  const lines = changes.map((c) => line(c.path, c.after, width)).join("");
  const printed = run(repository, ["update-index", "-z", "--index-info"], lines);
  return failed(printed) ? printed : keepSkipped(repository, changes);
};

/** What a sparse checkout leaves out stays left out. */
const keepSkipped = (repository: Repository, changes: readonly EntryChange[]): Failed | undefined => {
  const skipped = changes.filter((c) => c.before?.skipped && c.after).map((c) => `${c.path}\0`);
  if (!skipped.length) return undefined;
  const printed = run(repository, ["update-index", "-z", "--skip-worktree", "--stdin"], skipped.join(""));
  return failed(printed) ? printed : undefined;
};

const isAs = (entry: Entry | undefined, wanted: Pick<Entry, "mode" | "id"> | undefined): boolean =>
  entry?.id === wanted?.id && entry?.mode === wanted?.mode;

/**
 * Writes entries into the index. While only some paths are committed, those that stand alike in the
 * index to come are changed there too: else it would take back what has been committed. All or none.
 */
export const writeEntries = (repository: Repository, changes: readonly EntryChange[]): Failed | undefined => {
  const toCome = indexToCome(repository);
  const fault =
    put(repository, changes) ??
    (toCome === undefined ? undefined : follow({ ...repository, index: toCome }, changes)) ??
    unlike(repository, changes);
  if (fault) takeBack(repository, changes);
  return fault;
};

const follow = (later: Repository, changes: readonly EntryChange[]): Failed | undefined => {
  const entries = entriesOf(later);
  if (failed(entries)) return entries;
  const alike = changes.filter((c) => isAs(entries.get(c.path), c.before));
  return alike.length ? put(later, alike) : undefined;
};

/** Reads back what was written. */
const unlike = (repository: Repository, changes: readonly EntryChange[]): Failed | undefined => {
  const entries = entriesOf(repository);
  if (failed(entries)) return entries;
  const wrong = changes.find((c) => !isAs(entries.get(c.path), c.after));
  return wrong && { fault: `does not hold what was written: ${wrong.path}` };
};

/** Gives entries back what they were. */
const takeBack = (repository: Repository, changes: readonly EntryChange[]): Failed | undefined =>
  put(
    repository,
    changes.map(({ path, before, after }) => ({
      path,
      ...(after && { before: { ...after, skipped: before?.skipped ?? false, unmerged: false } }),
      ...(before && { after: before }),
    })),
  );
