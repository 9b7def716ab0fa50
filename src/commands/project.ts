import { withBridge } from "../core/bridge.ts";
import { Mismatch } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import { fileOf, ledgerPath, type ReadLedger, readLedger, withStanding } from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { emptySpec, type Item, type Kind, kinds, type Rule, type Spec } from "../core/spec.ts";
import type { Pattern, World } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import { type Tree, workTree } from "../disk/tree.ts";
import { declaredHosts } from "../findings/declared.ts";
import { step } from "../report/progress.ts";
import { withImports } from "../spec/imports.ts";
import { withInPlace } from "../spec/in-place.ts";
import { mayLink, ruleFiles, withLinks } from "../spec/links.ts";
import { type Loaded, readItems } from "../spec/load.ts";
import { withSteps } from "../spec/models.ts";
import type { Options } from "../spec/option-shape.ts";
import { readOptions } from "../spec/options.ts";
import { itemPlace, placeOf } from "../spec/place.ts";
import { specFile, specSurfaces } from "../spec/surfaces.ts";
import { unfinishedMerges } from "../spec/unmerged.ts";
import { targets as allTargets, targetById, targetIds } from "../targets/index.ts";
import { folderPrefixes, pageFolder, worldsOf } from "./folders.ts";
import { unspread } from "./held.ts";
import { localFile, withLocal, withVersion } from "./local.ts";
import { version } from "./version.ts";

/** The root, or a part of a monorepo with rules of its own. */
export interface Folder {
  /** "" or a path that ends in "/". */
  prefix: string;
  spec: Spec;
  /** Paths in it are relative to the folder. */
  world: World;
  /** The spec with what stands in place, as the folder's files would say it if they were others. */
  reread?: (world: World) => Loaded;
}
export interface Project {
  root: string;
  /** Where its files are read. */
  tree: Tree;
  options: Options;
  /** Selected by the spec. */
  targets: readonly Target[];
  folders: readonly Folder[];
  diagnostics: readonly Diagnostic[];
  /** Why items in place go to no other tool. */
  held: readonly Diagnostic[];
  lock: ReadLedger;
  /** Files of the root as read. */
  world: World;
  /** The text of a file, for messages. */
  source: (file: string) => string | undefined;
}

/** Kinds that a folder may have of its own. */
export const folderKinds: readonly Kind[] = ["rule", "skill"];

const specPatterns = (of: readonly Kind[]): Pattern[] => [
  { file: specFile },
  ...of.flatMap((k) => specSurfaces[k].reads),
];
const toolPatterns = (targets: readonly Target[], of: readonly Kind[]): Pattern[] =>
  targets.flatMap((t) => surfacesOf(t).flatMap(({ kind, place }) => (of.includes(kind) ? place.reads : [])));
const below = (prefix: string, p: Pattern): Pattern =>
  "file" in p ? { file: prefix + p.file } : { ...p, folder: prefix + p.folder };
const unique = (patterns: readonly Pattern[]): Pattern[] => [
  ...new Map(patterns.map((p) => [JSON.stringify(p), p])).values(),
];

const safeLedger = (text: string | undefined): { lock: ReadLedger; fault?: Diagnostic } => {
  try {
    return { lock: readLedger(text) };
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    return {
      lock: readLedger(undefined),
      fault: diagnostic("format/unreadable", { reason: e.message }, { place: { file: ledgerPath } }),
    };
  }
};

const textIn = (world: World, path: string): string | undefined => {
  const c = world.files.get(path);
  return typeof c === "string" ? c : undefined;
};

/** The spec of a folder with what stands in place, its imports read. */
const loadFolder = (
  prefix: string,
  world: World,
  input: {
    options: Options;
    said: readonly Diagnostic[];
    from: readonly Target[];
    targets: readonly Target[];
    tree: Tree;
    rootWorld: World;
  },
): Folder & { diagnostics: Diagnostic[] } => {
  const { options, from, targets } = input;
  const isRoot = prefix === "";
  const own = isRoot
    ? { options, diagnostics: [] as Diagnostic[] }
    : readOptions(withVersion(textIn(world, specFile)), prefix + specFile);
  const pages = (options.rules ?? []).flatMap((p, i) => {
    const said = placeOf(input.rootWorld, specFile, ["rules", i], "");
    return pageFolder(p.file) === prefix ? [{ ...p, file: p.file.slice(prefix.length), said }] : [];
  });
  const reread = (world: World): Loaded => {
    const items = readItems(world, targetIds, own.options, prefix, isRoot ? input.said : own.diagnostics);
    const retrieval = items.spec.retrieval.map((r) => withBridge(r, version));
    const { spec, diagnostics } = withInPlace(
      { ...items.spec, retrieval },
      world,
      from,
      pages,
      targets,
      prefix,
    );
    return { spec, diagnostics: [...items.diagnostics, ...diagnostics] };
  };
  const placed = reread(world);
  const stray = isRoot ? [] : strayKinds(placed.spec, world, prefix);
  const readText = (path: string): string | undefined => {
    const content = input.tree.read([{ file: path }]).files.get(path);
    return typeof content === "string" ? content : undefined;
  };
  const rules = placed.spec.rule.map((r) => withImports(r, prefix.slice(0, -1), readText));
  return {
    prefix,
    world,
    reread,
    spec: { ...placed.spec, rule: linked(rules.map((r) => r.rule)) },
    diagnostics: [
      ...own.diagnostics,
      ...placed.diagnostics,
      ...stray,
      ...unknownSkills(placed.spec, own.options, world, prefix),
      ...rules.flatMap((r) => r.diagnostics),
    ],
  };
};
/** The rules with their links to each other found. */
const linked = (rules: readonly Rule[]): Rule[] => {
  if (!rules.some(mayLink)) return [...rules];
  const files = ruleFiles(rules);
  return rules.map((r) => withLinks(r, files));
};
/** Names under `skills:` that no skill has. */
const unknownSkills = (spec: Spec, options: Options, world: World, prefix: string): Diagnostic[] => {
  const known = spec.skill.map((s) => s.name);
  return Object.keys(options.skills ?? {}).flatMap((name) => {
    if (known.includes(name)) return [];
    const place = placeOf(world, `${specFile}#`, ["skills", name], prefix);
    return [diagnostic("spec/no-item", { name, near: nearest(name, known) }, { place })];
  });
};
const strayKinds = (spec: Spec, world: World, prefix: string): Diagnostic[] =>
  kinds.flatMap((kind) => {
    const own = (spec[kind] as Item[]).filter((i) => i.at === undefined);
    if (folderKinds.includes(kind) || !own.length) return [];
    return [
      diagnostic(
        "spec/not-here",
        { key: `${kind} ${own[0]!.name}`, where: `the folder ${prefix}` },
        { place: itemPlace(world, kind, own[0]!, [], prefix) },
      ),
    ];
  });

/** Reads the spec and every file of the selected tools. Never throws for what it finds. */
export const loadProject = (root: string, tree: Tree = workTree(root)): Project => {
  const first = tree.read([
    { file: specFile },
    { file: ledgerPath },
    { file: localFile },
    { file: ".gitattributes" },
    { file: ".gitignore" },
  ]);
  const text = (path: string): string | undefined => {
    const c = first.files.get(path);
    return typeof c === "string" ? c : undefined;
  };
  const { lock: said, fault } = safeLedger(text(ledgerPath));
  const opened = readOptions(text(specFile));
  const byId = (ids: readonly string[] | undefined): Target[] =>
    (ids ?? []).flatMap((id) => targetById(id) ?? []);
  const from = byId(opened.options.from);
  const targets = [...new Set([...byId(opened.options.targets), ...from])];
  const retired = allTargets.filter(
    (t) => !targets.includes(t) && [...said.ledger.values()].some((e) => e.targets.includes(t.id)),
  );
  const pages = opened.options.rules ?? [];
  const prefixes = folderPrefixes(tree, from, pages);
  const tools = [...targets, ...retired];
  const patterns = unique([
    ...specPatterns(kinds),
    ...toolPatterns(tools, kinds),
    ...pages.map((p) => ({ file: p.file })),
    ...[...said.ledger.keys()].map((at) => ({ file: fileOf(at) })),
    ...prefixes.flatMap((prefix) =>
      [...specPatterns(folderKinds), ...toolPatterns(tools, folderKinds)].map((p) => below(prefix, p)),
    ),
  ]);
  const snapshot = tree.read(patterns);
  for (const [p, c] of first.files) snapshot.files.set(p, c);
  const idAt = (path: string): string | undefined => {
    const content = snapshot.files.get(path);
    return content === undefined ? undefined : idOf(content);
  };
  const lock = { ...said, ledger: withStanding(said.ledger, idAt) };
  const worlds = worldsOf(prefixes, snapshot, lock.ledger);
  const folders = [...worlds].map(([prefix, world]) => {
    step(`reading ${prefix || "the root"}`);
    return loadFolder(prefix, world, {
      options: opened.options,
      said: opened.diagnostics,
      from,
      targets,
      tree,
      rootWorld: worlds.get("")!,
    });
  });
  const local = withLocal(text(localFile), opened.options, folders[0]?.spec ?? emptySpec());
  const top = folders[0]!;
  const models = withSteps(
    local.spec,
    (kind, item, ...keys) => local.locate(kind, item, ...keys) ?? itemPlace(top.world, kind, item, keys, ""),
  );
  top.spec = models.spec;
  const declared = declaredHosts(top.spec, local.options.gateway);
  const held = folders.flatMap((f) => {
    const { spec, held } = unspread(f, declared, local.options.accept ?? []);
    f.spec = spec;
    return held;
  });
  const faults = snapshot.faults.map((f) =>
    diagnostic("disk/refused", { path: f.path, reason: f.reason }, { place: { file: f.path } }),
  );
  const torn = [...worlds].flatMap(([prefix, world]) => unfinishedMerges(world, prefix));
  const isTorn = (d: Diagnostic): boolean => torn.some((t) => t.place!.file === d.place?.file);
  const found = [
    ...opened.diagnostics,
    ...folders.flatMap((f) => f.diagnostics),
    ...local.diagnostics,
    ...models.diagnostics,
  ];
  return {
    root,
    tree,
    options: local.options,
    targets,
    folders,
    world: worlds.get("")!,
    held,
    diagnostics: [...(fault ? [fault] : []), ...torn, ...found.filter((d) => !isTorn(d)), ...faults],
    lock,
    source: (file) => {
      const known = snapshot.files.get(file) ?? tree.read([{ file }]).files.get(file);
      return typeof known === "string" ? known : undefined;
    },
  };
};
