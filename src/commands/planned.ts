import type { Change } from "../core/change.ts";
import { type Code, type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { container, type Entry, fileOf, type Ledger, ledgerPath, printLedger } from "../core/ledger.ts";
import { exactPattern, withLines } from "../core/lines.ts";
import type { Loss } from "../core/loss.ts";
import { type Drift, plan, type Refusal } from "../core/plan.ts";
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
  /** Outputs that stand as they should, and all that are wanted. */
  outputs: number;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One plan over all folders. `only` narrows what is applied and reported, never what is planned. */
export const planProject = (project: Project, input: { force?: boolean; only?: readonly string[] } = {}): Planned => {
  const out: Planned = { changes: [], bookkeeping: [], drifts: [], refusals: [], losses: [], ledger: new Map(), outputs: 0 };
  const ledger = new Map<string, Entry>();
  const wanted = (who: Iterable<string>): boolean => !input.only || [...who].some(t => input.only!.includes(t));
  const upgraded = project.lock.compiler !== undefined && project.lock.compiler !== version;
  for (const { prefix, spec, world } of project.folders) {
    const p = plan({ targets: project.targets, known: allTargets, spec, world, upgraded, ...(input.force && { force: true }) });
    const named = (path: string): boolean => wanted(p.owners.get(path) ?? []);
    out.changes.push(...p.changes.filter(c => named(c.path)).map(c => ({ ...c, path: prefix + c.path })));
    out.drifts.push(...p.drifts.filter(d => wanted(d.targets)).map(d => ({ ...d, at: prefix + d.at, path: prefix + d.path })));
    out.refusals.push(...p.refusals.filter(r => wanted(r.targets)).map(r => ({ ...r, path: prefix + r.path })));
    out.losses.push(...p.losses.filter(l => wanted([l.target])).map(l => ({ ...l, prefix })));
    for (const [at, e] of p.ledger) if (named(fileOf(at))) ledger.set(prefix + at, e);
    for (const [at, e] of world.ledger) if (input.only && !named(fileOf(at))) ledger.set(prefix + at, e);
  }
  out.changes.sort((a, b) => byCodeUnit(a.path, b.path));
  out.ledger = ledger;
  out.outputs = new Set([...ledger].flatMap(([at, e]) => (e.id === container ? [] : [fileOf(at)]))).size;
  out.bookkeeping = bookkeeping(project, ledger);
  return out;
};

/** Files that are ours as a whole: no row of anybody else stands in them. */
const wholeFiles = (ledger: Ledger): string[] => [...new Set([...ledger.keys()].filter(at => !at.includes("#")).map(fileOf))].sort(byCodeUnit);

const bookkeeping = (project: Project, ledger: Ledger): Change[] => {
  const { files } = project.world;
  const text = (path: string): string | undefined => {
    const c = files.get(path);
    return typeof c === "string" ? c : undefined;
  };
  const ignored = project.options.outputs === "ignore";
  const ours = wholeFiles(ledger);
  const marks: [string, string[]][] = [
    [".gitattributes", ignored ? [] : ours.map(p => `${exactPattern(p)} linguist-generated`)],
    [".gitignore", ignored && ours.length ? [...ours.map(exactPattern), `/${ledgerPath}`] : []],
  ];
  const lock = ledger.size ? printLedger(ledger, version) : undefined;
  const wanted: [string, string | undefined][] = [[ledgerPath, lock], ...marks.map(([p, lines]): [string, string | undefined] => [p, withLines(text(p), lines)])];
  return wanted.flatMap(([path, after]): Change[] => {
    const before = text(path);
    if (before === after || (before !== undefined && after !== undefined && before.replaceAll("\r\n", "\n") === after.replaceAll("\r\n", "\n"))) return [];
    return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
};

/** Drift, one finding a file: its worst cause. */
const worst: readonly Drift["cause"][] = ["conflict", "edited", "foreign", "orphan", "missing", "upgraded", "stale"];

export const driftFindings = (p: Planned): Diagnostic[] => {
  const by = new Map<string, Drift[]>();
  const changing = new Set(p.changes.map(c => c.path));
  for (const d of p.drifts) if (!d.ours || changing.has(d.path)) by.set(d.path, [...(by.get(d.path) ?? []), d]);
  const drifts = [...by].map(([path, all]) => {
    const cause = worst.find(c => all.some(d => d.cause === c))!;
    const first = all.find(d => d.cause === cause)!;
    const targets = [...new Set(all.flatMap(d => d.targets))];
    const tools = targets[0] ?? "";
    return diagnostic(`drift/${cause}` as Extract<Code, `drift/${typeof cause}`>, { path, tools } as never, {
      place: { file: path },
      targets,
      ...(first.item !== undefined && { item: all.map(d => d.item).filter(Boolean).join(", ") }),
    });
  });
  const refusals = p.refusals.map(r => diagnostic("drift/unwritable", { reason: `${r.path}: ${r.reason}` }, { place: { file: r.path }, targets: r.targets }));
  const stray = p.changes.filter(c => !by.has(c.path)).map(c => diagnostic("drift/stale", { path: c.path }, { place: { file: c.path } }));
  return [...refusals, ...drifts, ...stray].sort((a, b) => byCodeUnit(a.place!.file, b.place!.file));
};

/** What the targets do not get; kinds without a place are told once a target and reason. */
export const lossFindings = (p: Planned): Diagnostic[] => {
  const whole = new Map<string, { first: Loss; kinds: Map<string, string[]> }>();
  const out: Diagnostic[] = [];
  for (const l of p.losses.filter(l => !l.refused)) {
    const item = `${l.kind} ${l.name}`;
    const more = { level: l.level, targets: [l.target], item };
    const field = l.field.join(".");
    if (l.why === undefined && !l.leak) out.push(diagnostic("loss/unreasoned", { target: l.target, item, field: field || "all of it" }, { ...more, level: "error" }));
    else if (l.leak) out.push(diagnostic("loss/leak", { target: l.target, item }, more));
    else if (l.weak) out.push(diagnostic("loss/weak", { target: l.target, item, field, why: l.why! }, more));
    else if (l.field.length) out.push(diagnostic("loss/field", { target: l.target, item, field, why: l.why! }, more));
    else if (l.level === "error") out.push(diagnostic("loss/item", { target: l.target, item, why: l.why! }, more));
    else {
      const key = `${l.target}\0${l.why}\0${l.level}`;
      const seen = whole.get(key) ?? { first: l, kinds: new Map<string, string[]>() };
      seen.kinds.set(l.kind, [...(seen.kinds.get(l.kind) ?? []), l.name]);
      whole.set(key, seen);
    }
  }
  for (const { first, kinds } of whole.values()) {
    const facts = { target: first.target, kinds: [...kinds].map(([k, names]) => [k, names.length] as const), why: first.why! };
    const item = [...kinds].map(([k, names]) => `${k} ${names.join(", ")}`).join("; ");
    out.push(diagnostic("loss/kind", facts, { level: first.level, targets: [first.target], item }));
  }
  return out;
};

const globRegExp = (glob: string): RegExp => new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*")}$`);

/** Findings less those that the spec accepts with a reason: `code@target:item`. */
export const unaccepted = (project: Project, found: readonly Diagnostic[]): Diagnostic[] => {
  const accepted = (project.options.accept ?? []).filter(a => a.at === undefined).map(a => globRegExp(a.code));
  if (!accepted.length) return [...found];
  return found.filter(d => {
    const name = d.item?.split(" ").slice(1).join(" ") ?? "";
    const keys = [d.code, ...(d.targets ?? []).flatMap(t => [`${d.code}@${t}`, `${d.code}@${t}:${name}`])];
    return !accepted.some(re => keys.some(k => re.test(k)));
  });
};
