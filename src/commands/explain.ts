import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { diagnostic, nearest } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import type { Placed } from "../core/plan.ts";
import { isDrop } from "../core/shape.ts";
import { type Item, type Kind, kinds } from "../core/spec.ts";
import { choicesOf, isVia, isWithin, type Place, type Target } from "../core/target.ts";
import { visible } from "../core/text.ts";
import { aligned } from "../report/text.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { lossFindings } from "./findings.ts";
import { type Planned, planProject } from "./planned.ts";
import type { Project } from "./project.ts";

/** Where a target keeps a kind, in a few words. */
const placeWords = (t: Target, kind: Kind): string => {
  const place = t.keeps[kind] as Place<any>;
  if (isVia(place)) return "as MCP servers";
  if (isDrop(place)) return "-";
  if (isWithin(place)) return `with each ${place.within}`;
  return choicesOf(place)[0]!.place.path;
};

const itemsOf = (project: Project): { prefix: string; kind: Kind; item: Item }[] =>
  project.folders.flatMap(({ prefix, spec }) =>
    kinds.flatMap((kind) => (spec[kind] as Item[]).map((item) => ({ prefix, kind, item }))),
  );

/** The names of each kind that the spec holds. */
const namesOf = (project: Project): Partial<Record<Kind, string[]>> => {
  const names: Partial<Record<Kind, string[]>> = {};
  for (const { kind, item } of itemsOf(project)) (names[kind] ??= []).push(visible(item.name));
  return names;
};
/** Names shown of a kind. */
const SHOWN = 8;
const few = (kind: string, names: readonly string[]): string => {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more: portable explain ${kind}` : ""}`;
};
/** The names of one kind, one a line. */
const ofKind = (project: Project, kind: Kind): Result => {
  const names = namesOf(project)[kind] ?? [];
  const lines = names.length ? names : [`the spec holds no ${kind}`];
  return result(exit.clean, lines, [], { kind, names }, project.source);
};

const without = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text;

/** The matrix of the selected targets, and what this spec loses in them. */
const overview = (project: Project, p: Planned): Result => {
  const used = new Set(itemsOf(project).map((i) => i.kind));
  const rows = kinds.map((k) => [
    used.has(k) ? k : `(${k})`,
    ...project.targets.map((t) => placeWords(t, k)),
  ]);
  const table = aligned([["", ...project.targets.map((t) => t.id)], ...rows]);
  const matrix = Object.fromEntries(
    project.targets.map((t) => [t.id, Object.fromEntries(kinds.map((k) => [k, placeWords(t, k)]))]),
  );
  const found = lossFindings(p, project);
  const named = namesOf(project);
  const items = Object.entries(named).map(([kind, names]) => ["", kind, few(kind, names)]);
  const last = found.length
    ? ["", "what is lost or weaker:"]
    : ["", "nothing of this spec is lost in these tools"];
  const r = result(exit.clean, [], found, { matrix, items: named }, project.source);
  return {
    ...r,
    text: [table, ...(items.length ? ["", "items:", aligned(items)] : []), ...last, r.text]
      .filter((l) => l !== undefined)
      .join("\n")
      .trimEnd(),
  };
};

interface Part {
  at: string;
  item: string;
  targets: string[];
}
/** Where a file brings in another page, with an import that we wrote. */
const importing = (p: Planned, file: string): Part[] =>
  [...p.ledger].flatMap(([at, e]) =>
    fileOf(at) === file && e.outside?.startsWith("@")
      ? [{ at, item: `imports ${e.outside.slice(1)}`, targets: [...e.targets] }]
      : [],
  );

const partOf = (at: string): string => (at.includes("#") ? at.slice(at.indexOf("#") + 1) : "the file");

/** Which item each part of a file comes from. */
const ofFile = (project: Project, p: Planned, file: string): Result => {
  const mine = p.placed.filter((l) => fileOf(l.at) === file || (l.at.endsWith("/") && file.startsWith(l.at)));
  const by = new Map<string, Placed[]>();
  for (const l of mine) by.set(l.at, [...(by.get(l.at) ?? []), l]);
  const pages = importing(p, file);
  if (!by.size && !pages.length) {
    if (!existsSync(join(project.root, file)))
      return result(exit.refused, [], [diagnostic("spec/no-file", { path: file })], {}, project.source);
    const text = `nothing in ${file} comes from the spec`;
    return result(exit.drift, [text], [], { file, parts: [] }, project.source);
  }
  const rows = [...by].map(([at, all]) => {
    const { kind, name } = all[0]!;
    const source =
      p.ledger.has(at) || at.endsWith("/") ? "written from the spec" : "stands here: it is the source";
    return [partOf(at), `${kind} ${name}`, source, [...new Set(all.map((l) => l.target))].join(", ")];
  });
  rows.push(...pages.map((i) => [partOf(i.at), i.item, "written from the spec", i.targets.join(", ")]));
  const parts = [...by].map(([at, all]) => ({
    at,
    item: `${all[0]!.kind} ${all[0]!.name}`,
    targets: all.map((l) => l.target),
  }));
  return result(
    exit.clean,
    [file, aligned(rows.map((r) => ["", ...r]))],
    [],
    { file, parts: [...parts, ...pages] },
    project.source,
  );
};

/** Where an item lands in every tool. */
const ofItem = (project: Project, p: Planned, words: readonly string[]): Result => {
  const all = itemsOf(project);
  const kind = kinds.find((k) => k === words[0]);
  const name = (kind && words.length > 1 ? words.slice(1) : words).join(" ");
  const found = all.filter((i) => i.item.name === name && (!(kind && words.length > 1) || i.kind === kind));
  if (!found.length && kind && words.length === 1) return ofKind(project, kind);
  if (!found.length) {
    const among = kind ? all.filter((i) => i.kind === kind) : all;
    return unknownItem(
      kind,
      name,
      among.map((i) => i.item.name),
    );
  }
  const findings: Diagnostic[] = [];
  const lines = found.flatMap(({ prefix, kind: k, item }) => {
    const losses = p.losses.filter((l) => l.prefix === prefix && l.kind === k && l.name === item.name);
    findings.push(...lossFindings({ ...p, losses }, project));
    const rows = project.targets.map((t) => {
      const places = p.placed.filter(
        (l) => l.target === t.id && l.kind === k && l.name === item.name && l.at.startsWith(prefix),
      );
      return ["", t.id, places.map((l) => l.at).join(" and ") || "-"];
    });
    const from = item.at === undefined ? "" : `, stands in ${prefix}${item.at}`;
    return [`${k} ${without(item.name, prefix)}${from}`, aligned(rows)];
  });
  const items = found.map((i) => ({
    kind: i.kind,
    name: i.item.name,
    places: p.placed.filter((l) => l.kind === i.kind && l.name === i.item.name),
  }));
  const r = result(exit.clean, [], findings, { items }, project.source);
  return { ...r, text: [...lines, r.text].join("\n").trimEnd() };
};

const unknownItem = (kind: Kind | undefined, name: string, known: readonly string[]): Result => {
  const facts = { name, near: nearest(name, known), ...(kind && { kind }) };
  return result(exit.refused, [], [diagnostic("spec/no-item", facts)], {});
};

/** Explains what each tool gets: the whole, one file, or one item. */
export const explain = (flags: Flags, words: readonly string[]): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const p = planProject(project);
  if (flags.file !== undefined) return ofFile(project, p, flags.file.replace(/^\.\//, ""));
  return words.length ? ofItem(project, p, words) : overview(project, p);
};
