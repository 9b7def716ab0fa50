import type { Change } from "../core/change.ts";
import { type Entry, fileOf, isFolderAddress, ledgerPath, leftAs, printLedger } from "../core/ledger.ts";
import type { Drift } from "../core/plan.ts";
import type { FromFile } from "./adopt-take.ts";
import { planProject } from "./planned.ts";
import { type Folder, loadProject, type Project } from "./project.ts";
import { version } from "./version.ts";

/** What is left to write once the spec has the edits. */
interface Settled {
  /** The files themselves, where the spec says them in other words than they stand in. */
  outputs: Change[];
  ledger: Change[];
}

/** Whether an address is one of those, or in a folder of one. */
const covers = (all: ReadonlySet<string>, at: string): boolean =>
  all.has(at) || [...all].some((a) => isFolderAddress(a) && at.startsWith(a));

/** The folders with what stands there counted as what we left. */
const withIds = (project: Project, drifts: readonly Drift[]): Folder[] =>
  project.folders.map((folder) => {
    const mine = drifts.filter((d) => d.at.startsWith(folder.prefix) && isOf(project, d.path, folder));
    if (!mine.length) return folder;
    const ledger = new Map<string, Entry>(folder.world.ledger);
    for (const d of mine) {
      const at = d.at.slice(folder.prefix.length);
      ledger.set(at, leftAs(ledger.get(at), d.id!, d.targets));
    }
    return { ...folder, world: { ...folder.world, ledger } };
  });
const isOf = (project: Project, path: string, folder: Folder): boolean =>
  !project.folders.some((f) => f.prefix.length > folder.prefix.length && path.startsWith(f.prefix));

/** Plans anew with the spec as it is on the disk by now: what was taken is ours as it stands. */
export const settled = (root: string, files: readonly FromFile[]): Settled => {
  const clean = new Set(files.flatMap((f) => [...f.clean]));
  const whole = new Set(files.filter((f) => !f.diagnostics.length).map((f) => f.path));
  const folders = [...clean].filter((at) => isFolderAddress(at));
  /** Nothing in the file is left open, so that it may be written. */
  const isDone = (path: string): boolean => whole.has(path) || folders.some((at) => path.startsWith(at));
  const project = loadProject(root);
  const first = planProject(project);
  const taken = first.drifts.filter((d) => !d.ours && d.id !== undefined && covers(clean, d.at));
  const p = planProject({ ...project, folders: withIds(project, taken) });
  const open = new Set(p.drifts.map((d) => d.at));
  const ledger = new Map(project.lock.ledger);
  for (const at of ledger.keys()) if (isDone(fileOf(at))) ledger.delete(at);
  for (const [at, e] of p.ledger)
    if (isDone(fileOf(at)) || (covers(clean, at) && !open.has(at))) ledger.set(at, e);
  for (const d of taken)
    if (open.has(d.at) && !isDone(d.path)) ledger.set(d.at, leftAs(ledger.get(d.at), d.id!, d.targets));
  const before = project.source(ledgerPath);
  const after = ledger.size ? printLedger(ledger, project.lock.compiler ?? version) : undefined;
  return {
    outputs: p.changes.filter((c) => isDone(c.path)),
    ledger:
      before === after
        ? []
        : [
            {
              path: ledgerPath,
              ...(before !== undefined && { before }),
              ...(after !== undefined && { after }),
            },
          ],
  };
};
