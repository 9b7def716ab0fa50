import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf, type Ledger } from "../core/ledger.ts";
import { parts } from "../core/regions.ts";
import { emptySpec, held, type Item, type Kind, kinds, type Rule, type Spec } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { pageName } from "../core/surfaces/page.ts";
import { choicesOf, pageOf, pagesOf, type Target } from "../core/target.ts";
import { layout } from "../core/text.ts";
import type { Loaded } from "./load.ts";
import type { InPlace } from "./surfaces.ts";

/** What we wrote is no source: neither a row or file of ours, nor a folder with files of ours. */
const isOurs = (ledger: Ledger, at: string): boolean =>
  at.endsWith("/") ? [...ledger.keys()].some(k => k.startsWith(at)) : ledger.has(at);

/** Reads what stands in a tool's files, as the tool reads them, less what we wrote there ourselves. */
export const readTool = (t: Target, world: World, salvage: boolean, prefix = ""): Loaded => {
  const spec = emptySpec();
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const kind of kinds)
    for (const { place } of choicesOf(t.keeps[kind])) {
      if (seen.has(place.slot)) continue;
      seen.add(place.slot);
      const items = place.read(world, {
        target: t.id,
        unread: (at, reason) => diagnostics.push(diagnostic("import/unread", { reason: `${prefix}${at}: ${reason}` }, { place: { file: prefix + fileOf(at) }, level: "note" })),
        salvage: (at, reason) => diagnostics.push(diagnostic("format/misread", { tool: t.title, reason }, { place: { file: prefix + fileOf(at) } })),
      }) as Item[];
      const asRead = salvage ? items : (place.read(world, { target: t.id }) as Item[]);
      (spec[kind] as Item[]).push(...asRead.filter(i => i.at === undefined || !isOurs(world.ledger, i.at)));
    }
  return { spec, diagnostics };
};

/** A page named by the spec is a rule where it stands. */
const readPage = (place: InPlace, world: World, prefix: string): { rule?: Rule; fault?: Diagnostic } => {
  const content = world.files.get(place.file);
  if (typeof content !== "string") return { fault: diagnostic("spec/no-file", { path: prefix + place.file }, { place: { file: "portable.yaml" } }) };
  const rule: Rule = { name: pageName(place.file), apply: { on: "always" }, body: outside(content), at: place.file };
  return { rule: { ...rule, ...(place.targets && { targets: place.targets }), ...(place.except && { except: place.except }) } };
};
const outside = (text: string): string =>
  layout(
    parts(text)
      .parts.flatMap(p => ("user" in p ? [p.user] : []))
      .join(""),
  ).body;

/**
 * Who sees which of several pages that are rules in place: each the tool whose own page it is (or that imports it), and the
 * first also every tool without a page of its own among them. One page is for all.
 */
const shareHomes = (homes: readonly Rule[], world: World, targets: readonly Target[]): Rule[] => {
  if (homes.length < 2) return [...homes];
  const byPath = new Map(homes.map(h => [h.at!, h]));
  const seenBy = (t: Target): Rule[] => {
    const mine = pagesOf(t).flatMap(p => byPath.get(p.path) ?? []);
    if (!mine.length) return [homes[0]!];
    const through = pageOf(t)?.through;
    const imported = through && byPath.get(through.path);
    const text = String(world.files.get(pageOf(t)!.path) ?? "");
    return imported && text.split(/\r?\n/).some(l => l.trim() === `@${through.path}`) ? [...mine, imported] : mine;
  };
  return homes.map(h => (h.targets || h.except ? h : { ...h, targets: targets.filter(t => seenBy(t).includes(h)).map(t => t.id) }));
};

/** Adds what stands in place to a folder's own items. The same thing in two places is one; a different one is an error. */
export const withInPlace = (
  own: Spec,
  world: World,
  from: readonly Target[],
  pages: readonly InPlace[],
  targets: readonly Target[],
  prefix = "",
): Loaded => {
  const diagnostics: Diagnostic[] = [];
  const spec: Spec = { ...own };
  const sources: Spec[] = [];
  for (const t of from) {
    const read = readTool(t, world, false, prefix);
    diagnostics.push(...read.diagnostics.filter(d => d.level !== "note"));
    sources.push(read.spec);
  }
  const named = pages.map(p => readPage(p, world, prefix));
  diagnostics.push(...named.flatMap(n => n.fault ?? []));
  sources.push({ ...emptySpec(), rule: named.flatMap(n => n.rule ?? []) });
  for (const kind of kinds) {
    const merged = mergedKind(kind, own, sources, diagnostics, prefix);
    (spec[kind] as Item[]) = merged;
  }
  const isHome = (r: Rule): boolean => r.at !== undefined && !r.at.includes("#") && targets.some(t => pagesOf(t).some(p => p.path === r.at));
  const homes = shareHomes(spec.rule.filter(isHome), world, targets);
  const byAt = new Map(homes.map(h => [h.at, h]));
  return { spec: { ...spec, rule: spec.rule.map(r => byAt.get(r.at) ?? r) }, diagnostics };
};

const mergedKind = (kind: Kind, own: Spec, sources: readonly Spec[], diagnostics: Diagnostic[], prefix: string): Item[] => {
  const by = new Map<string, Item>();
  for (const item of own[kind] as Item[]) by.set(item.name, item);
  for (const source of sources)
    for (const item of source[kind] as Item[]) {
      const other = by.get(item.name);
      if (!other) by.set(item.name, item);
      else if (!same(held(other as any), held(item as any))) {
        const one = prefix + (other.at ?? `.portable`);
        diagnostics.push(diagnostic("spec/different", { kind, name: item.name, one, other: prefix + item.at! }, { place: { file: prefix + fileOf(item.at!) } }));
      }
    }
  return [...by.values()];
};
