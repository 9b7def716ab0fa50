import type { Change } from "../core/change.ts";
import { type Entry, fileOf, ledgerPath, printLedger } from "../core/ledger.ts";
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
  all.has(at) || [...all].some((a) => a.endsWith("/") && at.startsWith(a));

/** The folders with what stands there counted as what we left. */
const withIds = (project: Project, drifts: readonly Drift[]): Folder[] =>
  project.folders.map((folder) => {
    const mine = drifts.filter((d) => d.at.startsWith(folder.prefix) && isOf(project, d.path, folder));
    if (!mine.length) return folder;
    const ledger = new Map<string, Entry>(folder.world.ledger);
    for (const d of mine) {
      const at = d.at.slice(folder.prefix.length);
      ledger.set(at, { ...ledger.get(at), id: d.id!, targets: d.targets });
    }
    return { ...folder, world: { ...folder.world, ledger } };
  });
const isOf = (project: Project, path: string, folder: Folder): boolean =>
  !project.folders.some((f) => f.prefix.length > folder.prefix.length && path.startsWith(f.prefix));

/** Plans anew with the spec as it is on the disk by now: what was taken is ours as it stands. */
export const settled = (root: string, files: readonly FromFile[]): Settled => {
  const clean = new Set(files.flatMap((f) => [...f.clean]));
  const done = new Set(files.filter((f) => f.clean.size || !f.diagnostics.length).map((f) => f.path));
  const isDone = (path: string): boolean =>
    done.has(path) || [...clean].some((a) => a.endsWith("/") && path.startsWith(a));
  const project = loadProject(root);
  const taken = planProject(project).drifts.filter(
    (d) => isDone(d.path) && !d.ours && d.id !== undefined && covers(clean, d.at),
  );
  const p = planProject({ ...project, folders: withIds(project, taken) });
  const ledger = new Map([
    ...[...project.lock.ledger].filter(([at]) => !isDone(fileOf(at))),
    ...[...p.ledger].filter(([at]) => isDone(fileOf(at))),
  ]);
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
