import { relative } from "node:path";
import type { Change, Content } from "../core/change.ts";
import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { unsafePath } from "../core/paths.ts";
import { failed } from "../disk/git.ts";
import { type Entry, indexSource } from "../disk/index-read.ts";
import {
  contentId,
  type EntryChange,
  ignored,
  keepContents,
  lockedIndex,
  writeEntries,
} from "../disk/index-write.ts";
import { locator, type Place } from "../disk/locate.ts";
import { type Applied, applied } from "./build.ts";
import type { Staged } from "./staged.ts";
import { changesOf, fateOf, type Standing } from "./staged-tree.ts";

/** A change, and the entry of the index that it comes to. */
export interface Aim {
  change: Change;
  /** The real file, links resolved, relative to the project. */
  real: string;
  /** The same, relative to the top. */
  at: string;
  /** Of the index as it is. */
  entry?: Entry;
  /** Of the index to be. */
  after?: Pick<Entry, "mode" | "id">;
}

const EXECUTABLE = 0o100755;
const PLAIN = 0o100644;

const refused = (path: string, reason: string): Diagnostic => diagnostic("disk/refused", { path, reason });

const blocked = (change: Change, place: Place): string | undefined => {
  if (place.kind === "fault") return place.reason;
  if (place.kind === "absent")
    return place.blocker === undefined ? undefined : `${place.blocker} is a file, not a folder`;
  if (place.stat.isDirectory()) return "is a folder, not a file";
  return change.after === undefined && place.real !== change.path
    ? `a symbolic link leads from it to ${place.real}, and only real files are removed`
    : undefined;
};

/** The entries that changes come to, one for each file; the first that cannot be, with the reason. */
const aimsOf = ({ project, index, prefix }: Staged, changes: readonly Change[]): Aim[] | Diagnostic => {
  const locate = locator(project.root, indexSource(index, project.root, prefix));
  const aims = new Map<string, Aim>();
  // a spec is staged, so there is an entry
  const width = [...index.entries.values()][0]!.id.length;
  for (const change of changes) {
    const place = locate(change.path);
    const reason = unsafePath(change.path) ?? blocked(change, place);
    if (reason !== undefined || place.kind === "fault") return refused(change.path, reason ?? "");
    const at = prefix + place.real;
    const other = aims.get(at);
    if (other && !same(other.change.after, change.after))
      return refused(change.path, `is the same file as ${other.change.path}, which gets other content`);
    const entry = index.entries.get(at);
    const after = entryFor(change, entry, width);
    const more = { ...(entry && { entry }), ...(after && { after }) };
    if (!other) aims.set(at, { change, real: place.real, at, ...more });
  }
  return [...aims.values()];
};

const bytesOf = (content: Content): Uint8Array =>
  typeof content === "string" ? Buffer.from(content) : content;

/** What the index shall hold; ids are as long as those that it has. */
const entryFor = ({ after, exec }: Change, before: Entry | undefined, width: number): Aim["after"] =>
  after === undefined
    ? undefined
    : { mode: exec ? EXECUTABLE : (before?.mode ?? PLAIN), id: contentId(bytesOf(after), width) };

/** Outputs that would be new in the index, though the team wants Git not to have them. */
const unwanted = ({ index }: Staged, aims: readonly Aim[]): Diagnostic[] => {
  const paths = aims.flatMap((a) => (a.entry ? [] : [a.at]));
  const found = new Set(ignored(index.repository, paths));
  return aims.flatMap(({ at, change: { path } }) =>
    found.has(at) ? [diagnostic("drift/ignored", { path }, { place: { file: path } })] : [],
  );
};

const entryChange = ({ at, entry, after }: Aim): EntryChange => ({
  path: at,
  ...(entry && { before: entry }),
  ...(after && { after }),
});

/** Writes the index last: where that fails, the working tree gets back what it had. */
const writeBoth = (staged: Staged, aims: readonly Aim[], clean: Standing): Applied => {
  const { project, index } = staged;
  const contents = aims.flatMap(({ change }) => (change.after === undefined ? [] : [bytesOf(change.after)]));
  const unkept = keepContents(index.repository, contents);
  if (unkept) return { copies: [], fault: refused(".git/objects", unkept.fault) };
  const along = changesOf(index.repository, clean);
  if (failed(along)) return { copies: [], fault: refused(indexName(index.repository), along.fault) };
  const done = applied(project.root, along, new Set());
  const fault = done.fault ? undefined : writeEntries(index.repository, aims.map(entryChange));
  if (!done.fault && !fault) return done;
  const back = along.map(({ path, before, after }) => ({
    path,
    ...(after !== undefined && { before: after }),
    ...(before !== undefined && { after: before }),
  }));
  applied(project.root, back, new Set());
  return fault ? { copies: [], fault: refused(indexName(index.repository), fault.fault) } : done;
};

const indexName = ({ top, index }: Staged["index"]["repository"]): string => {
  const path = relative(top, index);
  return path.startsWith("..") ? index : path;
};

/** Makes changes in the index, and in the working tree where that has nothing of its own. All or none. */
export const stage = (
  staged: Staged,
  changes: readonly Change[],
  only: readonly string[] | undefined,
): Applied => {
  if (!changes.length) return { copies: [] };
  const { repository } = staged.index;
  const locked = lockedIndex(repository);
  if (locked !== undefined) return { copies: [], fault: refused(indexName(repository), locked) };
  const aimed = aimsOf(staged, changes);
  if ("code" in aimed) return { copies: [], fault: aimed };
  const against = unwanted(staged, aimed);
  if (against.length) return { copies: [], refused: against };
  const fate = fateOf(staged, aimed, only);
  if (fate === "kept")
    return {
      ...writeBoth(staged, aimed, []),
      note: "the working tree keeps its own files, which differ from what is staged",
    };
  if ("fault" in fate) return { copies: [], fault: refused(indexName(repository), fate.fault) };
  if ("unstaged" in fate) return { copies: [], refused: fate.unstaged.map(unstaged) };
  return writeBoth(staged, aimed, fate.along);
};

const unstaged = ({ change: { path }, entry }: Aim): Diagnostic =>
  diagnostic("drift/unstaged", { path, isNew: entry === undefined }, { place: { file: path } });
