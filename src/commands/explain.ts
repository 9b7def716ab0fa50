import type { Diagnostic } from "../core/diagnostic.ts";
import { diagnostic, nearest } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import type { Placed } from "../core/plan.ts";
import { isDrop } from "../core/shape.ts";
import { type Item, type Kind, kinds } from "../core/spec.ts";
import { choicesOf, isVia, isWithin, type Place, type Target } from "../core/target.ts";
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
  const last = found.length
    ? ["", "what is lost or weaker:"]
    : ["", "nothing of this spec is lost in these tools"];
  const r = result(exit.clean, [], found, { matrix }, project.source);
  return {
    ...r,
    text: [table, ...last, r.text]
      .filter((l) => l !== undefined)
      .join("\n")
      .trimEnd(),
  };
};

const partOf = (at: string): string => (at.includes("#") ? at.slice(at.indexOf("#") + 1) : "the file");

/** Which item each part of a file comes from. */
const ofFile = (project: Project, p: Planned, file: string): Result => {
  const mine = p.placed.filter((l) => fileOf(l.at) === file || (l.at.endsWith("/") && file.startsWith(l.at)));
  const by = new Map<string, Placed[]>();
  for (const l of mine) by.set(l.at, [...(by.get(l.at) ?? []), l]);
  if (!by.size) {
    const text =
      project.source(file) === undefined ? `there is no ${file}` : `nothing in ${file} comes from the spec`;
    return result(exit.drift, [text], [], { file, parts: [] }, project.source);
  }
  const rows = [...by].map(([at, all]) => {
    const { kind, name } = all[0]!;
    const source =
      p.ledger.has(at) || at.endsWith("/") ? "written from the spec" : "stands here: it is the source";
    return [partOf(at), `${kind} ${name}`, source, [...new Set(all.map((l) => l.target))].join(", ")];
  });
  const parts = [...by].map(([at, all]) => ({
    at,
    item: `${all[0]!.kind} ${all[0]!.name}`,
    targets: all.map((l) => l.target),
  }));
  return result(
    exit.clean,
    [file, aligned(rows.map((r) => ["", ...r]))],
    [],
    { file, parts },
    project.source,
  );
};

/** Where an item lands in every tool. */
const ofItem = (project: Project, p: Planned, words: readonly string[]): Result => {
  const all = itemsOf(project);
  const kind = kinds.find((k) => k === words[0]);
  const name = (kind && words.length > 1 ? words.slice(1) : words).join(" ");
  const found = all.filter((i) => i.item.name === name && (!(kind && words.length > 1) || i.kind === kind));
  if (!found.length)
    return unknownItem(
      name,
      all.map((i) => i.item.name),
    );
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

const unknownItem = (name: string, known: readonly string[]): Result =>
  result(exit.refused, [], [diagnostic("spec/no-item", { name, near: nearest(name, known) })], {});

/** Explains what each tool gets: the whole, one file, or one item. */
export const explain = (flags: Flags, words: readonly string[]): Result => {
  const project = open(flags);
  if (isResult(project)) return project;
  const p = planProject(project);
  if (flags.file !== undefined) return ofFile(project, p, flags.file.replace(/^\.\//, ""));
  return words.length ? ofItem(project, p, words) : overview(project, p);
};
