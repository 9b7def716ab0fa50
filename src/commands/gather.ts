import { same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import { folderOf } from "../core/links.ts";
import { parts } from "../core/regions.ts";
import {
  type Command,
  emptySpec,
  held,
  type Item,
  type Kind,
  kinds,
  type Rule,
  type Server,
  type Spec,
} from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import type { Target } from "../core/target.ts";
import { choicesOf, isRetrieval, pagesOf, surfacesOf } from "../core/target.ts";
import { holes } from "../core/template.ts";
import { fileThere, folders as findFiles, read, type Snapshot } from "../disk/snapshot.ts";
import { whereOf } from "../spec/check.ts";
import { hide } from "../spec/hide.ts";
import { asSpecImports, misreadImports } from "../spec/imports.ts";
import { apart, readTool } from "../spec/in-place.ts";
import { normalised, relinked } from "../spec/links.ts";
import { specPath } from "../spec/place.ts";
import { parted } from "../spec/split.ts";
import { specFile } from "../spec/surfaces.ts";
import { targets as allTargets } from "../targets/index.ts";
import type { Flags } from "./context.ts";
import { pageFolder } from "./folders.ts";
import { type Gate, gateOf, heldFindings } from "./held.ts";
import { type Copy, givesBack, type Merged, type Merging, merged } from "./merge.ts";
import type { Project } from "./project.ts";

/** What an import found, before anything is written. */
export interface Found {
  spec: Spec;
  /** Pages that stay where they stand, as `rules:` names them. */
  pages: string[];
  /** Addresses that are ours from now on, as they stand. */
  taken: Set<string>;
  diagnostics: Diagnostic[];
}

interface Search {
  /** The tools' files. */
  world: World;
  /** What the spec has already. */
  known: Spec;
  flags: Flags;
  found: Found;
  gate: Gate;
}

/**
 * The targets of a first spec: the tools of the import. What one tool has goes to all that read AGENTS.md too; where several
 * have files of their own, they would get it twice.
 */
export const targetsFor = (tools: readonly Target[]): Target[] =>
  allTargets.filter((t) => tools.includes(t) || (t.id === "agents" && tools.length < 2));

/** Every path that is some tool's page. */
export const pagePaths: ReadonlySet<string> = new Set(allTargets.flatMap(pagesOf).map((p) => p.path));

/** Everything that the tools' files hold, less what the spec has already. */
export const gather = (
  root: string,
  tools: readonly Target[],
  project: Project | undefined,
  flags: Flags,
): Found => {
  const found: Found = { spec: emptySpec(), pages: [], taken: new Set(), diagnostics: [] };
  const files = read(
    root,
    tools.flatMap((t) => surfacesOf(t).flatMap((s) => s.place.reads)),
  );
  found.diagnostics.push(...unreadable(files));
  const world: World = { ...files, ledger: project?.world.ledger ?? new Map() };
  const known = project?.folders[0]?.spec ?? emptySpec();
  const gate = gateOf(known, project, flags);
  const search: Search = { world, known: flags.move ? ownItems(known) : known, flags, found, gate };
  const reads = tools.map((t) => readTool(t, world, true));
  found.diagnostics.push(...reads.flatMap((r) => r.diagnostics));
  const isPage = (t: Target, r: Rule): boolean => pageFor(t, r.at, world) !== undefined;
  const stays = new Set(
    flags.move ? [] : tools.flatMap((t, i) => reads[i]!.spec.rule.filter((r) => isPage(t, r))),
  );
  const linked = normalised(
    reads.flatMap((r) => r.spec.rule),
    search.known.rule,
    (r) => stays.has(r),
  );
  const exists = fileThere(root);
  const sources = reads.map(({ spec }, i) => {
    const asOurs = (rule: Rule): Rule => {
      if (!tools[i]!.expandsImports || stays.has(rule) || rule.at === undefined) return linked(rule);
      const file = fileOf(rule.at);
      found.diagnostics.push(...misread(tools[i]!, misreadImports(rule, file, exists), file));
      return asSpecImports(linked(rule), file, exists);
    };
    return { ...spec, rule: spec.rule.map(asOurs) };
  });
  const targets = project?.targets ?? targetsFor(tools);
  for (const kind of kinds) {
    const copies = tools.flatMap((t, i) =>
      (sources[i]![kind] as Item[]).flatMap((item) => {
        if (kind === "server" && isRetrieval(t, item as Server, search.known.retrieval)) {
          if (item.at !== undefined) found.taken.add(item.at);
          return [];
        }
        if (kind !== "rule" || !isPage(t, item as Rule)) return copyOf(t, kind, item, search);
        if (!isHeld(t, kind, item, search)) adoptPage(t, apart(kind, item, tools, sources) as Rule, search);
        return [];
      }),
    );
    // a provider goes wherever a model that is asked there does
    const apartFrom = kind === "provider" ? [] : tools;
    const having = apartFrom.filter((_, i) => sources[i]![kind].length > 0).map((t) => t.id);
    adoptCopies(kind, copies, having, targets, search);
  }
  const named = new Set([...found.pages, ...(project?.options.rules ?? []).map((r) => r.file)]);
  found.pages.push(...nestedPages(root, tools, named));
  return found;
};

const misread = (t: Target, tokens: readonly string[], file: string): Diagnostic[] =>
  tokens.map((token) => {
    const reason = `\`@${token}\` counts from ${folderOf(file)}, where no such file stands`;
    return diagnostic("format/misread", { tool: t.title, reason }, { place: { file } });
  });

/** What the spec's own files hold: what stands in place is there to be moved. */
const ownItems = (spec: Spec): Spec =>
  Object.fromEntries(
    kinds.map((k) => [k, (spec[k] as Item[]).filter((i) => i.at === undefined)]),
  ) as unknown as Spec;

/** What stands where a tool looks and yields nothing: links that lead nowhere, and what is no file. */
const unreadable = ({ files, links, faults }: Snapshot): Diagnostic[] => [
  ...faults.map((f) => diagnostic("import/unread", { reason: f.reason }, { place: { file: f.path } })),
  ...[...links].flatMap(([file, to]) => {
    const reason = `a symbolic link to ${to}, where no file stands`;
    return files.has(file)
      ? []
      : [diagnostic("import/unread", { reason }, { place: { file }, level: "note" })];
  }),
];

/** The page that a rule is the text of, as the spec should name it; undefined: it is none. */
const pageFor = (t: Target, at: string | undefined, world: World): string | undefined =>
  at === undefined || pagePaths.has(at) ? at : pagesOf(t).find((p) => world.links.get(p.path) === at)?.path;

/** A page is a rule where it stands, unless it is moved. */
const adoptPage = (t: Target, page: Rule, search: Search): void => {
  const { found, known, flags, world } = search;
  const at = pageFor(t, page.at, world)!;
  if (found.taken.has(page.at!)) return;
  if (flags.move) movePage(page, at, search);
  else if (!found.pages.includes(at) && !known.rule.some((r) => r.at === at)) found.pages.push(at);
};

const movePage = (page: Rule, at: string, search: Search): void => {
  const { diagnostics, pages } = search.found;
  const secrets: Diagnostic[] = [];
  const whole = withoutSecrets("rule", page, secrets);
  if (whole.secret && hasRegions(search.world, page.at!)) {
    // its text would stay beside the rule that it became
    const facts = {
      what: `rule ${page.name}`,
      path: at,
      reason: "it holds a literal secret: replace it there first",
    };
    diagnostics.push(diagnostic("import/blocked", facts, { place: { file: at } }));
    pages.push(at);
    return;
  }
  diagnostics.push(...secrets);
  if (!whole.item) return;
  if (!whole.secret) search.found.taken.add(page.at!);
  const { at: _, ...rule } = whole.item as Rule;
  for (const part of search.flags.split ? parted(rule) : [rule]) add("rule", part, page.at!, search);
};

const hasRegions = ({ files }: World, path: string): boolean =>
  parts(String(files.get(path))).parts.some((p) => "name" in p);

/** An item that nobody should spread stays where it is, and says so. */
const isHeld = (t: Target, kind: Kind, item: Item, { found, world, gate }: Search): boolean => {
  const held = heldFindings(t, kind, item, world, gate);
  found.diagnostics.push(...held);
  return held.length > 0;
};

/** An item of a tool's as the spec would keep it; none where a secret cannot be taken out. */
const copyOf = (t: Target, kind: Kind, item: Item, search: Search): Copy[] => {
  if (isHeld(t, kind, item, search)) return [];
  const safe = withoutSecrets(kind, item, search.found.diagnostics);
  if (!safe.item) return [];
  return [{ tools: [t], item: asOurs(t, kind, safe.item), at: item.at ?? specFile, secret: safe.secret }];
};

/** What no item of the spec says already becomes one; what several say is one. */
const adoptCopies = (
  kind: Kind,
  copies: readonly Copy[],
  having: readonly string[],
  targets: readonly Target[],
  search: Search,
): void => {
  const { found, known, world } = search;
  const { diagnostics } = found;
  const named = new Map((known[kind] as Item[]).map((i) => [i.name, i]));
  const taken = new Set([...named.keys(), ...found.spec[kind].map((i) => i.name)]);
  const merging: Merging = { kind, world, targets, having, taken, diagnostics };
  const isKnown = (c: Copy): boolean => taken.has(c.item.name);
  for (const copy of copies.filter(isKnown)) {
    const mine = named.get(copy.item.name);
    const says =
      mine && !copy.secret && mine.at === undefined && givesBack(mine, [copy], { ...merging, having: [] });
    if (says || add(kind, copy.item, copy.at, search)) own(kind, copy, search);
  }
  const ones = merged(
    copies.filter((c) => !isKnown(c)),
    merging,
  );
  const names = renames(ones);
  for (const { item, copies } of ones) {
    const one = kind === "rule" && names.size ? relinked(item as Rule, names) : item;
    (found.spec[kind] as Item[]).push(one);
    for (const copy of copies) own(kind, copy, search);
  }
};

/** Names that went into an item of another name. */
const renames = (ones: readonly Merged[]): Map<string, string> =>
  new Map(
    ones.flatMap(({ item, copies }) =>
      item.targets
        ? []
        : copies.flatMap((c) => (c.item.name === item.name ? [] : [[c.item.name, item.name] as const])),
    ),
  );

/** A place that the spec says from now on. */
const own = (kind: Kind, copy: Copy, search: Search): void => {
  const { item, at, tools, secret } = copy;
  if (kind === "command" && isNumbered(item as Command)) tellNumbered(tools[0]!, { ...item, at }, search);
  if (!secret && at !== specFile) search.found.taken.add(at);
};

const isNumbered = ({ body }: Command): boolean => holes(body).some((h) => "arg" in h && h.arg !== "all");
const tellNumbered = (t: Target, { name, at }: Item, { found }: Search): void => {
  const place = { file: fileOf(at ?? specFile) };
  found.diagnostics.push(diagnostic("import/argument", { name, tool: t.title }, { place, level: "note" }));
};

/** False: the spec has another of this name. */
const add = (kind: Kind, item: Item, at: string, { known, found }: Search): boolean => {
  const items = found.spec[kind] as Item[];
  const other = [...(known[kind] as Item[]), ...items].find((i) => i.name === item.name);
  if (!other) items.push(item);
  if (!other || same(held(other as any), held(item as any))) return true;
  const facts = { kind, name: item.name, other: other.at ?? specPath(kind, other) };
  found.diagnostics.push(diagnostic("import/conflict", facts, { place: { file: fileOf(at) } }));
  return false;
};

/** The path that a target would choose for an item by itself, alone or `beside` every other tool. */
const defaultPlace = (t: Target, kind: Kind, item: Item, beside: boolean): string | undefined => {
  const bare = { ...item, at: undefined, paths: {} };
  const place = choicesOf(t.keeps[kind]).find(
    (c) => !c.when || c.when(bare as never, { has: () => beside }),
  )?.place;
  return place?.home?.(item) ?? place?.path.replace("{name}", item.name);
};

/** A tool's item as the spec keeps it: where it stood is remembered where another place might be chosen. */
const asOurs = (t: Target, kind: Kind, item: Item): Item => {
  const { at, ...rest } = item;
  const alone = at !== undefined && !at.endsWith("/") && !at.includes("#");
  if (!alone || [false, true].every((beside) => defaultPlace(t, kind, item, beside) === at))
    return rest as Item;
  return { ...rest, paths: { ...rest.paths, [t.id]: at } } as Item;
};

/** Literal secrets become references; the value is never copied, and an item that cannot do without one is left out. */
const withoutSecrets = (
  kind: Kind,
  item: Item,
  diagnostics: Diagnostic[],
): { item: Item | undefined; secret: boolean } => {
  const hidden = hide(kind, item);
  for (const { literal, kind: secret, variable } of hidden.found) {
    const where = whereOf(kind, item, literal);
    const place = { file: fileOf(item.at ?? specFile) };
    diagnostics.push(diagnostic("import/secret", { where, kind: secret, variable }, { place }));
  }
  return { item: hidden.item, secret: hidden.found.length > 0 };
};

/** Pages of folders below: each is a rule of its folder where it stands. */
const nestedPages = (root: string, tools: readonly Target[], known: ReadonlySet<string>): string[] => {
  const names = new Set(
    tools
      .flatMap(pagesOf)
      .map((p) => p.path)
      .filter((p) => !p.includes("/")),
  );
  const paths = findFiles(root, [...names]).filter(
    (p) => p.includes("/") && pageFolder(p) !== "" && !known.has(p),
  );
  const { files, links } = read(
    root,
    paths.map((file) => ({ file })),
  );
  return paths.filter((p) => !links.has(p) && isProse(files.get(p)));
};
const STUB = /^\s*@\.?\/?[\w-]+\.md\s*$/;
const isProse = (content: unknown): boolean =>
  typeof content === "string" && content.trim() !== "" && !STUB.test(content);
