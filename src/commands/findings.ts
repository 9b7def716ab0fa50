import { type Code, type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { ledgerPath } from "../core/ledger.ts";
import type { Loss } from "../core/loss.ts";
import type { Cause } from "../core/own.ts";
import type { Drift, Refusal } from "../core/plan.ts";
import { byCodeUnit } from "../core/text.ts";
import type { Planned } from "./planned.ts";
import type { Project } from "./project.ts";

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
  const unwanted = all.every((d) => d.cause !== cause || d.unwanted);
  return diagnostic(driftCode(cause), { path: named, file: path, tools: targets[0] ?? "", unwanted }, more);
};

const refusalFinding = ({ path, reason, start, targets }: Refusal): Diagnostic =>
  diagnostic(
    "drift/unwritable",
    { reason: start === undefined ? `${path}: ${reason}` : reason },
    { place: { file: path, ...(start !== undefined && { start, end: start + 1 }) }, targets },
  );

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
  const merges = [...p.torn].map((path) => diagnostic("drift/merge", { path }, { place: { file: path } }));
  const others = [...p.refusals.map(refusalFinding), ...drifts, ...stray].filter(
    (d) => !p.torn.has(d.place!.file),
  );
  return [...merges, ...others].sort((a, b) => byCodeUnit(a.place!.file, b.place!.file));
};

/** The ledger alone is not as the next build would write it, told where nothing else differs. */
export const ledgerFinding = (p: Planned): Diagnostic[] =>
  !driftFindings(p).length && p.bookkeeping.some((c) => c.path === ledgerPath)
    ? [diagnostic("drift/ledger", {}, { place: { file: ledgerPath } })]
    : [];

type LossCode = Extract<Code, `loss/${string}` | "shadow/twice">;
/** What kind of loss it is. */
const lossCode = (l: Loss): LossCode => {
  if (l.twice) return "shadow/twice";
  if (l.leak) return "loss/leak";
  if (l.why === undefined) return "loss/unreasoned";
  if (l.weak) return "loss/weak";
  if (l.field.length) return "loss/field";
  return l.level === "error" ? "loss/item" : "loss/kind";
};

const SHOWN = 3;
/** `rule a`, `rules a, b`, `rules a, b, c and 4 more`. */
const few = (kind: string, names: readonly string[]): string => {
  const more = names.length - SHOWN;
  const list = `${names.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return `${kind}${names.length > 1 ? "s" : ""} ${list}`;
};

/** Losses of one code, target, field and reason. */
const lossFinding = (code: LossCode, losses: readonly Loss[]): Diagnostic => {
  const { target, level, kind, why = "" } = losses[0]!;
  const items = unique(losses.map((l) => `${l.kind} ${l.name}`));
  const more = { level, targets: [target], item: items.join(", "), items };
  const item = few(kind, unique(losses.map((l) => l.name)));
  const field = losses[0]!.field.join(".");
  if (code === "shadow/twice") return diagnostic(code, { target, item, places: why }, more);
  if (code === "loss/leak") return diagnostic(code, { target, item, own: !!losses[0]!.own }, more);
  if (code === "loss/unreasoned")
    return diagnostic(code, { target, item, field: field || "all of it" }, { ...more, level: "error" });
  const their = items.length > 1 ? "their" : "its";
  if (code === "loss/field")
    return diagnostic(code, { target, item, field, why, their, changed: !!losses[0]!.changed }, more);
  if (code === "loss/item") return diagnostic(code, { target, item, why }, more);
  if (code === "loss/weak") return diagnostic(code, { target, item, field, why }, more);
  const kinds = [...grouped(losses, (l) => l.kind)].map(([k, of]) =>
    level === "note"
      ? `${k} (${of.length})`
      : few(
          k,
          of.map((l) => l.name),
        ),
  );
  return diagnostic(code, { target, kinds, why }, more);
};

/** What the targets do not get, less what the spec accepts; alike losses are told once. */
export const lossFindings = (p: Planned, project: Project): Diagnostic[] => {
  const accepts = acceptance(project);
  const losses = p.losses.filter((l) => !l.refused && !accepts(lossCode(l), [l.target], l.name));
  const keyOf = (l: Loss): string => {
    const code = lossCode(l);
    const fine = code === "loss/kind" ? "" : `${l.kind}\0${l.field.join(".")}`;
    return [code, l.target, fine, l.why, l.level, l.changed].join("\0");
  };
  return [...grouped(losses, keyOf).values()].map((group) => lossFinding(lossCode(group[0]!), group));
};

const globRegExp = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*")}$`);

/** Whether the spec accepts a finding, with a reason: `code@target:item`, each a glob. */
const acceptance = (
  project: Project,
): ((code: string, targets: readonly string[], name: string) => boolean) => {
  const globs = (project.options.accept ?? [])
    .filter((a) => a.at === undefined)
    .map((a) => globRegExp(a.code));
  if (!globs.length) return () => false;
  return (code, targets, name) => {
    const keys = [
      code,
      `${code}:${name}`,
      ...targets.flatMap((t) => [`${code}@${t}`, `${code}@${t}:${name}`]),
    ];
    return globs.some((re) => keys.some((k) => re.test(k)));
  };
};

/** What is only accepted with its place and the hash of its content. */
const byContent: ReadonlySet<Code> = new Set(["security/runs", "security/redirects", "security/changed"]);

/** Findings less those that the spec accepts. */
export const unaccepted = (project: Project, found: readonly Diagnostic[]): Diagnostic[] => {
  const accepts = acceptance(project);
  return found.filter(
    (d) =>
      byContent.has(d.code) || !accepts(d.code, d.targets ?? [], d.item?.split(" ").slice(1).join(" ") ?? ""),
  );
};
