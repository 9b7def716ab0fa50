import { type Entry, fileOf, type Ledger } from "../core/ledger.ts";
import type { World } from "../core/surface.ts";
import { pageOf, pagesOf, surfacesOf, type Target } from "../core/target.ts";
import type { Snapshot } from "../disk/snapshot.ts";
import type { Tree } from "../disk/tree.ts";
import type { InPlace } from "../spec/option-shape.ts";
import { specFile, specFolder } from "../spec/surfaces.ts";
import { targets as allTargets } from "../targets/index.ts";

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** Folders in which each file or folder is an item of a tool's. */
const itemFolders: readonly string[] = [
  ...new Set(
    allTargets.flatMap((t) =>
      surfacesOf(t).flatMap(({ place }) =>
        place.page ? [] : place.reads.flatMap((r) => ("folder" in r && r.folder ? [`/${r.folder}/`] : [])),
      ),
    ),
  ),
];

/**
 * The folder whose page a file is, "" for the root: `.claude/CLAUDE.md` is a page of the root, `docs/style.md` and
 * `.roo/rules/CLAUDE.md` are none.
 */
export const pageFolder = (file: string): string => {
  if (itemFolders.some((f) => `/${file}`.includes(f))) return "";
  const paths = allTargets.flatMap(pagesOf).map((p) => p.path);
  const [longest] = paths
    .filter((p) => file === p || file.endsWith(`/${p}`))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? "" : file.slice(0, file.length - longest.length);
};

/** Folders, other than the root, that have a spec, or a page that is a rule in place. */
export const folderPrefixes = (tree: Tree, from: readonly Target[], pages: readonly InPlace[]): string[] => {
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
export const worldsOf = (
  prefixes: readonly string[],
  snapshot: Snapshot,
  ledger: Ledger,
): Map<string, World> => {
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
    const prefix = ownerOf(fileOf(at));
    worlds.get(prefix)!.ledger.set(at.slice(prefix.length), entry);
  }
  return worlds;
};
