import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { fileOf, type Ledger } from "../core/ledger.ts";
import { parts } from "../core/regions.ts";
import {
  emptySpec,
  held,
  type Item,
  type Kind,
  kinds,
  type Provider,
  type Rule,
  type Spec,
} from "../core/spec.ts";
import type { Reading, Surface, World } from "../core/surface.ts";
import { choicesOf, isRetrieval, isWithin, pageOf, pagesOf, type Target } from "../core/target.ts";
import { layout, pageName } from "../core/text.ts";
import { splitModel } from "../providers/index.ts";
import type { Loaded } from "./load.ts";
import type { InPlace } from "./option-shape.ts";
import { bareReason, placeOf, specPath } from "./place.ts";

/** What we wrote is no source: no row, region or file of ours, no folder with files of ours; on a page, no text of ours. */
const isOurs = (ledger: Ledger, at: string, isPage: boolean): boolean => {
  if (at.endsWith("/")) return [...ledger.keys()].some((k) => k.startsWith(at));
  return isPage && !at.includes("#") ? ledger.get(at)?.outside !== undefined : ledger.has(at);
};

/** Text on a page that nobody says is ours is a rule of the page's name; a page that is a link is the file it leads to. */
const homeOf = (place: Surface<any>, world: World): Item[] => {
  const at = world.links.get(place.path) ?? place.path;
  return place.page ? [{ name: pageName(at), apply: { on: "always" }, body: "", at }] : [];
};

/** What a read tells, as findings. */
const telling = (
  t: Target,
  world: World,
  prefix: string,
  diagnostics: Diagnostic[],
): Pick<Reading, "unread" | "salvage"> => ({
  unread: (at, reason, where) => {
    const place = placeOf(world, at, where, prefix);
    const what = where?.length ? `${where.join(".")}: ${bareReason(reason, where)}` : reason;
    diagnostics.push(diagnostic("import/unread", { reason: what }, { place, level: "note" }));
  },
  salvage: (at, reason) => {
    const place = { file: prefix + fileOf(at) };
    diagnostics.push(diagnostic("format/misread", { tool: t.title, reason }, { place }));
  },
});

/** Reads what stands in a tool's files, as the tool reads them, less what we wrote there ourselves. */
export const readTool = (t: Target, world: World, salvage: boolean, prefix = ""): Loaded => {
  const spec = emptySpec();
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const kind of kinds)
    for (const { place } of choicesOf(t.keeps[kind])) {
      if (seen.has(place.slot)) continue;
      seen.add(place.slot);
      const reading: Reading = { target: t.id, hints: homeOf(place, world) };
      const said = place.read(world, { ...reading, ...telling(t, world, prefix, diagnostics) }) as Item[];
      const items = salvage ? said : (place.read(world, reading) as Item[]);
      const ours = (i: Item): boolean => i.at !== undefined && isOurs(world.ledger, i.at, !!place.page);
      (spec[kind] as Item[]).push(...items.filter((i) => !ours(i)));
    }
  spec.provider.push(...providersOf(t, spec, world));
  return { spec, diagnostics };
};

/** The providers that a tool's own files tell of, as far as the models read from them are asked there. */
const providersOf = (t: Target, { model }: Spec, world: World): Provider[] => {
  const place = t.keeps.provider;
  const told = isWithin(place) ? ((place.reads?.(world) ?? []) as Provider[]) : [];
  const asked = new Set(model.flatMap((m) => m.chain.map((step) => splitModel(step)?.provider)));
  return told.filter((p) => asked.has(p.name));
};

/** A page that the spec names, and where it does. */
export interface NamedPage extends InPlace {
  said: Place;
}

/** A page named by the spec is a rule where it stands. */
const readPage = (place: NamedPage, world: World, prefix: string): { rule?: Rule; fault?: Diagnostic } => {
  const content = world.files.get(place.file);
  if (typeof content !== "string")
    return {
      fault: diagnostic("spec/no-file", { path: prefix + place.file }, { place: place.said }),
    };
  const rule: Rule = {
    name: pageName(place.file),
    apply: { on: "always" },
    body: outside(content),
    at: place.file,
  };
  return {
    rule: {
      ...rule,
      ...(place.targets && { targets: place.targets }),
      ...(place.except && { except: place.except }),
    },
  };
};
const outside = (text: string): string =>
  layout(
    parts(text)
      .parts.flatMap((p) => ("user" in p ? [p.user] : []))
      .join(""),
  ).body;

/**
 * Who sees which of several pages that are rules in place: each the tool whose own page it is (or that imports it), and the
 * owner of the first stands for every tool without a page of its own among them. One page is for all.
 */
const shareHomes = (homes: readonly Rule[], world: World, targets: readonly Target[]): Rule[] => {
  if (homes.length < 2) return [...homes];
  const byPath = new Map(homes.map((h) => [h.at!, h]));
  const owner = targets.find((t) => pagesOf(t).some((p) => p.path === homes[0]!.at));
  const seenBy = (t: Target): Rule[] => {
    const mine = pagesOf(t).flatMap((p) => byPath.get(world.links.get(p.path) ?? p.path) ?? []);
    if (!mine.length) return owner ? seenBy(owner) : [homes[0]!];
    const through = pageOf(t)?.through;
    const imported = through && byPath.get(through.path);
    const own = pageOf(t);
    const text = String((own && world.files.get(own.path)) ?? "");
    return imported && text.split(/\r?\n/).some((l) => l.trim() === `@${through.path}`)
      ? [...mine, imported]
      : mine;
  };
  return homes.map((h) =>
    h.targets || h.except
      ? h
      : { ...h, targets: targets.filter((t) => seenBy(t).includes(h)).map((t) => t.id) },
  );
};

/** Adds what stands in place to a folder's own items. The same thing in two places is one; a different one is an error. */
export const withInPlace = (
  own: Spec,
  world: World,
  from: readonly Target[],
  pages: readonly NamedPage[],
  targets: readonly Target[],
  prefix = "",
): Loaded => {
  const diagnostics: Diagnostic[] = [];
  const spec: Spec = { ...own };
  const sources: Spec[] = [];
  for (const t of from) {
    const read = readTool(t, world, false, prefix);
    diagnostics.push(...read.diagnostics.filter((d) => d.level !== "note"));
    const server = read.spec.server.filter((i) => !isRetrieval(t, i, own.retrieval));
    sources.push({ ...read.spec, server });
  }
  const named = pages.map((p) => readPage(p, world, prefix));
  diagnostics.push(...named.flatMap((n) => n.fault ?? []));
  sources.push({ ...emptySpec(), rule: named.flatMap((n) => n.rule ?? []) });
  const isHome = (r: Rule): boolean =>
    r.at !== undefined && !r.at.includes("#") && targets.some((t) => pagesOf(t).some((p) => p.path === r.at));
  for (const kind of kinds) {
    const merged = mergedKind(kind, own, sources, diagnostics, prefix);
    const isPage = (item: Item): boolean => kind === "rule" && isHome(item as Rule);
    (spec[kind] as Item[]) = merged.map((i) => (isPage(i) ? i : apart(kind, i, from, sources)));
  }
  const homes = shareHomes(spec.rule.filter(isHome), world, targets);
  const byAt = new Map(homes.map((h) => [h.at, h]));
  return { spec: { ...spec, rule: spec.rule.map((r) => byAt.get(r.at) ?? r) }, diagnostics };
};

/**
 * What stands in one tool's own files is not added to those of another whose files count as they stand too. `sources` is
 * what each of `tools` reads; a tool without anything of the kind gets all.
 */
export const apart = <I extends Item>(
  kind: Kind,
  item: I,
  tools: readonly Target[],
  sources: readonly Spec[],
): I => {
  // a provider goes wherever a model that is asked there does
  if (kind === "provider") return item;
  const reads = (i: number): boolean => (sources[i]![kind] as Item[]).some((s) => s.name === item.name);
  if (item.targets || item.except || !tools.some((_, i) => reads(i))) return item;
  const others = tools.filter((_, i) => sources[i]![kind].length > 0 && !reads(i)).map((t) => t.id);
  return others.length ? { ...item, except: others } : item;
};

/** An item of the spec that a tool's file holds too is that file's, which must not lose it with the spec's. */
const standing = (own: Item, inPlace: Item): Item =>
  own.at === undefined && own.overrides === undefined && inPlace.at !== undefined
    ? { ...own, at: inPlace.at }
    : own;

const mergedKind = (
  kind: Kind,
  own: Spec,
  sources: readonly Spec[],
  diagnostics: Diagnostic[],
  prefix: string,
): Item[] => {
  const by = new Map<string, Item>();
  for (const item of own[kind] as Item[]) by.set(item.name, item);
  for (const source of sources)
    for (const item of source[kind] as Item[]) {
      const other = by.get(item.name);
      if (!other) by.set(item.name, item);
      else if (same(held(other as any), held(item as any))) by.set(item.name, standing(other, item));
      else {
        const one = prefix + (other.at ?? specPath(kind, other));
        diagnostics.push(
          diagnostic(
            "spec/different",
            { kind, name: item.name, one, other: prefix + item.at! },
            { place: { file: prefix + fileOf(item.at!) } },
          ),
        );
      }
    }
  return [...by.values()];
};
