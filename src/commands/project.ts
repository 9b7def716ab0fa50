import { withBridge } from "../core/bridge.ts";
import { Mismatch } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import {
  type Entry,
  type Ledger,
  ledgerPath,
  type ReadLedger,
  readLedger,
  withStanding,
} from "../core/ledger.ts";
import { idOf } from "../core/own.ts";
import { emptySpec, type Item, type Kind, kinds, type Rule, type Spec } from "../core/spec.ts";
import type { Pattern, World } from "../core/surface.ts";
import { pageOf, pagesOf, surfacesOf, type Target } from "../core/target.ts";
import type { Snapshot } from "../disk/snapshot.ts";
import { type Tree, workTree } from "../disk/tree.ts";
import { declaredHosts } from "../findings/declared.ts";
import { step } from "../report/progress.ts";
import { withImports } from "../spec/imports.ts";
import { withInPlace } from "../spec/in-place.ts";
import { mayLink, ruleFiles, withLinks } from "../spec/links.ts";
import { readItems } from "../spec/load.ts";
import { withSteps } from "../spec/models.ts";
import type { InPlace, Options } from "../spec/option-shape.ts";
import { readOptions } from "../spec/options.ts";
import { itemPlace, placeOf } from "../spec/place.ts";
import { specFile, specFolder, specSurfaces } from "../spec/surfaces.ts";
import { unfinishedMerges } from "../spec/unmerged.ts";
import { targets as allTargets, targetById, targetIds } from "../targets/index.ts";
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

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** The folder whose page a file is, "" for the root: `.claude/CLAUDE.md` is a page of the root, `docs/style.md` is none. */
export const pageFolder = (file: string): string => {
  const paths = allTargets.flatMap(pagesOf).map((p) => p.path);
  const [longest] = paths
    .filter((p) => file === p || file.endsWith(`/${p}`))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? "" : file.slice(0, file.length - longest.length);
};

/** Folders, other than the root, that have a spec, or a page that is a rule in place. */
const folderPrefixes = (tree: Tree, from: readonly Target[], pages: readonly InPlace[]): string[] => {
  const pageNames = from.flatMap((t) => pageOf(t)?.path ?? []).filter((p) => !p.includes("/"));
  const found = tree.folders([specFile, `${specFolder}/`, ...new Set(pageNames)]);
  const prefixes = found.map((p) => {
    const inSpec = `/${p}`.indexOf(`/${specFolder}/`);
    return inSpec >= 0 ? p.slice(0, inSpec) : pageFolder(p);
  });
  const all = new Set([...prefixes, ...pages.map((p) => pageFolder(p.file))]);
  all.delete("");
  return [...all].sort();
};

/** Cuts one reading of the disk, and the ledger, into a world for each folder. */
const worldsOf = (prefixes: readonly string[], snapshot: Snapshot, ledger: Ledger): Map<string, World> => {
  const worlds = new Map(
    ["", ...prefixes].map((p) => [
      p,
      {
        files: new Map(),
        exec: new Set<string>(),
        links: new Map<string, string>(),
        linkedFolders: new Map<string, string>(),
        ledger: new Map<string, Entry>(),
      },
    ]),
  );
  const ownerOf = (path: string): string => {
    for (let at = folderOf(path); at !== ""; at = folderOf(at.slice(0, -1))) if (worlds.has(at)) return at;
    return "";
  };
  for (const [path, content] of snapshot.files) {
    const prefix = ownerOf(path);
    const world = worlds.get(prefix)!;
    world.files.set(path.slice(prefix.length), content);
    if (snapshot.exec.has(path)) world.exec.add(path.slice(prefix.length));
  }
  /** A link that leads out of its folder is none of that folder's. */
  const inside = (links: ReadonlyMap<string, string>, into: "links" | "linkedFolders"): void => {
    for (const [path, real] of links) {
      const prefix = ownerOf(path);
      if (real.startsWith(prefix))
        worlds.get(prefix)![into].set(path.slice(prefix.length), real.slice(prefix.length));
    }
  };
  inside(snapshot.links, "links");
  inside(snapshot.linkedFolders, "linkedFolders");
  for (const [at, entry] of ledger) {
    const prefix = ownerOf(at.split("#", 1)[0]!);
    worlds.get(prefix)!.ledger.set(at.slice(prefix.length), entry);
  }
  return worlds;
};

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
  const items = readItems(world, targetIds, own.options, prefix, isRoot ? input.said : own.diagnostics);
  const pages = (options.rules ?? []).flatMap((p, i) => {
    const said = placeOf(input.rootWorld, specFile, ["rules", i], "");
    return pageFolder(p.file) === prefix ? [{ ...p, file: p.file.slice(prefix.length), said }] : [];
  });
  const retrieval = items.spec.retrieval.map((r) => withBridge(r, version));
  const placed = withInPlace({ ...items.spec, retrieval }, world, from, pages, targets, prefix);
  const stray = isRoot ? [] : strayKinds(placed.spec, world, prefix);
  const readText = (path: string): string | undefined => {
    const content = input.tree.read([{ file: path }]).files.get(path);
    return typeof content === "string" ? content : undefined;
  };
  const rules = placed.spec.rule.map((r) => withImports(r, prefix.slice(0, -1), readText));
  return {
    prefix,
    world,
    spec: { ...placed.spec, rule: linked(rules.map((r) => r.rule)) },
    diagnostics: [
      ...own.diagnostics,
      ...items.diagnostics,
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
    ...[...said.ledger.keys()].map((at) => ({ file: at.split("#", 1)[0]! })),
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
