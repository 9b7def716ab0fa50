import type { Change } from "../core/change.ts";
import { container, type Entry, fileOf, type Ledger, ledgerPath, printLedger } from "../core/ledger.ts";
import { exactPattern, withLines } from "../core/lines.ts";
import type { Loss } from "../core/loss.ts";
import { type Drift, type Placed, type Plan, plan, type Refusal } from "../core/plan.ts";
import { masked } from "../core/secret-text.ts";
import type { World } from "../core/surface.ts";
import { byCodeUnit } from "../core/text.ts";
import { unmerged } from "../core/unmerged.ts";
import { step } from "../report/progress.ts";
import { targets as allTargets } from "../targets/index.ts";
import type { Project } from "./project.ts";
import { version } from "./version.ts";

export interface Planned {
  /** Outputs, sorted by path; without the ledger and the marks for Git. */
  changes: Change[];
  /** The ledger and the region in `.gitattributes` or `.gitignore`. */
  bookkeeping: Change[];
  drifts: Drift[];
  refusals: Refusal[];
  losses: (Loss & { prefix: string })[];
  ledger: Ledger;
  /** Where items stand, by target. */
  placed: Placed[];
  /** Files that are written from the spec. */
  outputs: number;
  /** Files that are not ours to change and hold a literal secret. */
  exposed: ReadonlySet<string>;
  /** Files in which Git left both sides of a merge. */
  torn: ReadonlySet<string>;
  /** Each folder as it is, and as it will be. */
  trees: { prefix: string; before: World; after: World; standing: Plan["standing"] }[];
}

/** One plan over all folders. `only` narrows what is applied and reported, never what is planned. */
export const planProject = (
  project: Project,
  input: { force?: boolean; only?: readonly string[] } = {},
): Planned => {
  const out: Planned = {
    changes: [],
    bookkeeping: [],
    drifts: [],
    refusals: [],
    losses: [],
    ledger: new Map(),
    placed: [],
    outputs: 0,
    exposed: new Set(),
    torn: new Set(),
    trees: [],
  };
  const ledger = new Map<string, Entry>();
  const wanted = (who: Iterable<string>): boolean =>
    !input.only || [...who].some((t) => input.only!.includes(t));
  const upgraded = project.lock.compiler !== undefined && project.lock.compiler !== version;
  for (const { prefix, spec, world } of project.folders) {
    step(`planning ${prefix || "the root"}`);
    const p = plan({
      targets: project.targets,
      known: allTargets,
      spec,
      world,
      upgraded,
      ...(input.force && { force: true }),
    });
    const named = (path: string): boolean => wanted(p.owners.get(path) ?? []);
    out.changes.push(...p.changes.filter((c) => named(c.path)).map((c) => ({ ...c, path: prefix + c.path })));
    out.drifts.push(
      ...p.drifts
        .filter((d) => wanted(d.targets))
        .map((d) => ({ ...d, at: prefix + d.at, path: prefix + d.path })),
    );
    out.refusals.push(
      ...p.refusals.filter((r) => wanted(r.targets)).map((r) => ({ ...r, path: prefix + r.path })),
    );
    out.trees.push({ prefix, before: world, after: p.after, standing: p.standing });
    out.placed.push(...p.placed.filter((l) => wanted([l.target])).map((l) => ({ ...l, at: prefix + l.at })));
    out.losses.push(...p.losses.filter((l) => wanted([l.target])).map((l) => ({ ...l, prefix })));
    for (const [at, e] of p.ledger) if (named(fileOf(at))) ledger.set(prefix + at, e);
    for (const [at, e] of world.ledger) if (input.only && !named(fileOf(at))) ledger.set(prefix + at, e);
  }
  out.changes.sort((a, b) => byCodeUnit(a.path, b.path));
  out.ledger = ledger;
  out.outputs = new Set([...ledger].flatMap(([at, e]) => (e.id === container ? [] : [fileOf(at)]))).size;
  out.bookkeeping = bookkeeping(project, ledger);
  out.exposed = exposed(project, out.drifts);
  out.torn = torn(project, [...out.drifts.filter((d) => !d.ours), ...out.refusals]);
  return out;
};

const torn = (project: Project, left: readonly { path: string }[]): Set<string> =>
  new Set(left.flatMap(({ path }) => (unmerged(project.source(path) ?? "").length ? [path] : [])));

/** Files with a row in our way that hold a credential: mostly what an import could not bring in. */
const exposed = (project: Project, drifts: readonly Drift[]): Set<string> => {
  const paths = new Set(drifts.filter((d) => d.cause === "foreign").map((d) => d.path));
  return new Set(
    [...paths].filter((path) => {
      const text = project.source(path);
      return text !== undefined && masked(text) !== text;
    }),
  );
};

/** Files that are ours as a whole: no row of anybody else stands in them. */
const wholeFiles = (ledger: Ledger): string[] =>
  [...new Set([...ledger.keys()].filter((at) => !at.includes("#")).map(fileOf))].sort(byCodeUnit);

const generated = (path: string): string => `${exactPattern(path)} linguist-generated`;
/** Git keeps the ledger's lines of both branches: what stands there tells which is true. https://git-scm.com/docs/gitattributes (2026-11-26) */
const MERGED = `/${ledgerPath} linguist-generated merge=union`;

const bookkeeping = (project: Project, ledger: Ledger): Change[] => {
  const { files } = project.world;
  const text = (path: string): string | undefined => {
    const c = files.get(path);
    return typeof c === "string" ? c : undefined;
  };
  const ignored = project.options.outputs === "ignore";
  const ours = wholeFiles(ledger);
  const marks: [string, string[]][] = [
    [".gitattributes", ignored || !ours.length ? [] : [...ours.map(generated), MERGED]],
    [".gitignore", ignored && ours.length ? [...ours.map(exactPattern), `/${ledgerPath}`] : []],
  ];
  const lock = ledger.size ? printLedger(ledger, version) : undefined;
  const wanted: [string, string | undefined][] = [
    [ledgerPath, lock],
    ...marks.map(([p, lines]): [string, string | undefined] => [p, withLines(text(p), lines)]),
  ];
  return wanted.flatMap(([path, after]): Change[] => {
    const before = text(path);
    if (
      before === after ||
      (before !== undefined &&
        after !== undefined &&
        before.replaceAll("\r\n", "\n") === after.replaceAll("\r\n", "\n"))
    )
      return [];
    return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
};
