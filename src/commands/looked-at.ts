import type { Pattern, World } from "../core/surface.ts";
import { surfacesOf } from "../core/target.ts";
import { personalPages, prosePlaces } from "../findings/prose.ts";
import type { Tree } from "../findings/shadow.ts";
import { surveyed } from "../findings/surveyed.ts";
import { type Folder, folderKinds, type Project } from "./project.ts";

/** Every place that is looked at, and of those the files of one person. */
const places: readonly Pattern[] = [...surveyed.flatMap((r) => r.where), ...prosePlaces];
const personal: ReadonlySet<string> = new Set([
  ...personalPages,
  ...surveyed.flatMap((r) => (r.personal ? r.where.flatMap((p) => ("file" in p ? p.file : [])) : [])),
]);

const pathOf = (p: Pattern): string => ("file" in p ? p.file : p.folder);
const below = (prefix: string, p: Pattern): Pattern =>
  "file" in p ? { file: prefix + p.file } : { ...p, folder: prefix + p.folder };

/** Whether something stands at a path, told by the listings of the folders above it, each asked for once. */
const standsIn = (tree: Project["tree"]): ((path: string) => boolean) => {
  if (!tree.names) return () => true;
  const known = new Map<string, ReadonlySet<string>>();
  const namesIn = (folder: string): ReadonlySet<string> => {
    const names = known.get(folder) ?? new Set(tree.names!(folder));
    known.set(folder, names);
    return names;
  };
  const stands = (path: string): boolean => {
    const cut = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(0, cut));
    return (folder === "" || known.has(folder) || stands(folder)) && namesIn(folder).has(path.slice(cut + 1));
  };
  return stands;
};

/** What a project has read of its root, and of its other folders: places of its tools, which hold nothing else that these read. */
const readAlready = (project: Project): { root: ReadonlySet<string>; other: ReadonlySet<string> } => {
  const all = project.targets.flatMap((t) => surfacesOf(t));
  const paths = (of: typeof all): ReadonlySet<string> =>
    new Set(of.flatMap(({ place }) => place.reads.map(pathOf)));
  return { root: paths(all), other: paths(all.filter(({ kind }) => folderKinds.includes(kind))) };
};

/** The places by the first part of their paths. */
const byFirst = new Map<string, Pattern[]>();
for (const p of places) {
  const first = pathOf(p).split("/")[0]!;
  byFirst.set(first, [...(byFirst.get(first) ?? []), p]);
}

/** The places that hold something and are not read: of most tools nothing stands in a folder at all. */
const placesIn = (
  { prefix, world }: Folder,
  known: ReadonlySet<string>,
  tree: Project["tree"],
  stands: (path: string) => boolean,
): Pattern[] => {
  const firsts = tree.names?.(prefix) ?? [...byFirst.keys()];
  return firsts
    .flatMap((name) => byFirst.get(name) ?? [])
    .filter((p) => {
      const path = pathOf(p);
      return !known.has(path) && !world.files.has(path) && stands(prefix + path);
    });
};

const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const personalNames: ReadonlySet<string> = new Set([...personal].map(baseOf));
/** Files of one person that Git ignores. */
const ignored = (tree: Project["tree"], paths: readonly string[]): ReadonlySet<string> => {
  const asked = paths.filter(
    (p) => personalNames.has(baseOf(p)) && [...personal].some((q) => p === q || p.endsWith(`/${q}`)),
  );
  if (!asked.length) return new Set();
  const listed = new Set(tree.folders([...new Set(asked.map(baseOf))]));
  return new Set(asked.filter((p) => !listed.has(p)));
};

/** What stands in a folder where any known tool looks. */
export const treesOf = (project: Project): Tree[] => {
  const { tree, folders } = project;
  const stands = standsIn(tree);
  const known = readAlready(project);
  const asked = folders.map((f) => placesIn(f, f.prefix ? known.other : known.root, tree, stands));
  const snapshot = tree.read(asked.flatMap((all, i) => all.map((p) => below(folders[i]!.prefix, p))));
  const texts = folders.map(({ world }) => textsOf(world.files));
  const links = folders.map(({ world }) => new Map(world.links));
  const prefixes = folders.map((f) => f.prefix);
  const ownerOf = (path: string): number => {
    const [longest] = prefixes.filter((p) => path.startsWith(p)).sort((a, b) => b.length - a.length);
    return prefixes.indexOf(longest!);
  };
  const hidden = ignored(tree, [...snapshot.files.keys()]);
  for (const [path, content] of snapshot.files) {
    const i = ownerOf(path);
    const own = path.slice(prefixes[i]!.length);
    const link = snapshot.links.get(path);
    if (typeof content === "string" && !hidden.has(path)) texts[i]!.set(own, content);
    if (link?.startsWith(prefixes[i]!)) links[i]!.set(own, link.slice(prefixes[i]!.length));
  }
  return folders.map(({ prefix }, i) => ({ prefix, texts: texts[i]!, links: links[i]! }));
};
const textsOf = (files: World["files"]): Map<string, string> =>
  new Map([...files].flatMap(([p, c]) => (typeof c === "string" && !notProse.has(p) ? [[p, c]] : [])));
const notProse = new Set(["portable.lock", ".gitattributes", ".gitignore"]);
