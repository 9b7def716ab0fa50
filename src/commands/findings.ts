import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Loss } from "../core/loss.ts";
import type { Cause } from "../core/own.ts";
import type { Drift, Refusal } from "../core/plan.ts";
import type { Planned } from "./planned.ts";
import type { Project } from "./project.ts";

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const grouped = <T>(all: readonly T[], key: (of: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
};
const unique = (all: readonly (string | undefined)[]): string[] => [
  ...new Set(all.filter((x) => x !== undefined)),
];

const worst: readonly Cause[] = ["conflict", "edited", "foreign", "orphan", "missing", "upgraded", "stale"];
const driftCode = (cause: Cause) => `drift/${cause}` as const;

/** A file, and which of its rows or regions: `.mcp.json (db)`. */
const namedParts = (path: string, drifts: readonly Drift[]): string => {
  const rows = drifts.filter((d) => d.at !== path && d.at.includes("#"));
  const names = unique(rows.map((d) => d.item));
  return rows.length < drifts.length || !names.length ? path : `${path} (${names.join(", ")})`;
};

/** The worst that happened to a file. */
const driftFinding = (path: string, all: readonly Drift[], isExposed: boolean): Diagnostic => {
  const cause = worst.find((c) => all.some((d) => d.cause === c))!;
  const items = unique(all.map((d) => d.item));
  const targets = [...new Set(all.flatMap((d) => d.targets))];
  const more = { place: { file: path }, targets, ...(items.length && { item: items.join(", ") }) };
  if (cause === "foreign" && isExposed) return diagnostic("drift/secret", { path }, more);
  const named = namedParts(
    path,
    all.filter((d) => d.cause === cause),
  );
  return diagnostic(driftCode(cause), { path: named, tools: targets[0] ?? "" }, more);
};

const refusalFinding = ({ path, reason, targets }: Refusal): Diagnostic =>
  diagnostic("drift/unwritable", { reason: `${path}: ${reason}` }, { place: { file: path }, targets });

/** Drift, one finding a file, in the order of paths. */
export const driftFindings = (p: Planned): Diagnostic[] => {
  const changing = new Set(p.changes.map((c) => c.path));
  const by = grouped(
    p.drifts.filter((d) => !d.ours || changing.has(d.path)),
    (d) => d.path,
  );
  const drifts = [...by].map(([path, all]) => driftFinding(path, all, p.exposed.has(path)));
  const stray = p.changes
    .filter((c) => !by.has(c.path))
    .map(({ path }) => diagnostic("drift/stale", { path }, { place: { file: path } }));
  return [...p.refusals.map(refusalFinding), ...drifts, ...stray].sort((a, b) =>
    byCodeUnit(a.place!.file, b.place!.file),
  );
};

/** A loss that is told by itself; undefined: one of many alike. */
const lossFinding = (l: Loss): Diagnostic | undefined => {
  const { target, leak, twice, weak, level } = l;
  const why = l.why ?? "";
  const item = `${l.kind} ${l.name}`;
  const field = l.field.join(".");
  const more = { level, targets: [target], item };
  if (twice) return diagnostic("shadow/twice", { target, item, places: l.why! }, more);
  if (leak) return diagnostic("loss/leak", { target, item }, more);
  if (l.why === undefined)
    return diagnostic(
      "loss/unreasoned",
      { target, item, field: field || "all of it" },
      { ...more, level: "error" },
    );
  if (weak) return diagnostic("loss/weak", { target, item, field, why }, more);
  if (field) return diagnostic("loss/field", { target, item, field, why }, more);
  return level === "error" ? diagnostic("loss/item", { target, item, why }, more) : undefined;
};

/** Items that a target does not get for one reason: names where they matter, else how many. */
const wholeFinding = (losses: readonly Loss[]): Diagnostic => {
  const { target, level, why = "" } = losses[0]!;
  const names = [...grouped(losses, (l) => l.kind)].map(
    ([kind, of]) => [kind, of.map((l) => l.name)] as const,
  );
  const item = names.map(([kind, of]) => `${kind} ${of.join(", ")}`).join("; ");
  const facts = {
    target,
    kinds: names.map(([kind, of]) =>
      level === "note" ? `${kind} (${of.length})` : `${kind} ${of.join(", ")}`,
    ),
    why,
  };
  return diagnostic("loss/kind", facts, { level, targets: [target], item });
};

/** What the targets do not get; kinds without a place are told once a target and reason. */
export const lossFindings = (p: Planned): Diagnostic[] => {
  const losses = p.losses.filter((l) => !l.refused);
  const alike = losses.filter((l) => !lossFinding(l));
  const groups = grouped(alike, (l) => `${l.target}\0${l.why}\0${l.level}`);
  return [...losses.flatMap((l) => lossFinding(l) ?? []), ...[...groups.values()].map(wholeFinding)];
};

const globRegExp = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*")}$`);

/** Findings less those that the spec accepts with a reason: `code@target:item`. */
export const unaccepted = (project: Project, found: readonly Diagnostic[]): Diagnostic[] => {
  const accepted = (project.options.accept ?? [])
    .filter((a) => a.at === undefined)
    .map((a) => globRegExp(a.code));
  if (!accepted.length) return [...found];
  return found.filter((d) => {
    const name = d.item?.split(" ").slice(1).join(" ") ?? "";
    const keys = [d.code, ...(d.targets ?? []).flatMap((t) => [`${d.code}@${t}`, `${d.code}@${t}:${name}`])];
    return !accepted.some((re) => keys.some((k) => re.test(k)));
  });
};
