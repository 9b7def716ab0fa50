import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { keysUnder, type World } from "../core/surface.ts";
import { unmerged } from "../core/unmerged.ts";
import { scan } from "../formats/markdown-scan.ts";
import { textOf } from "./place.ts";
import { specFile, specFolder } from "./surfaces.ts";

/** Where a merge was left open; what a fence of Markdown shows is an example. */
const openMerges = (text: string, path: string): number[] => {
  const found = unmerged(text);
  if (!found.length || !path.endsWith(".md")) return found;
  const { fences } = scan(text);
  return found.filter((at) => !fences.some((f) => f.at <= at && at < f.end));
};

/** Files of the spec in which Git left both sides of a merge: built, they would reach every tool. */
export const unfinishedMerges = (world: World, prefix: string): Diagnostic[] =>
  [specFile, ...keysUnder(world.files, `${specFolder}/`).filter((p) => p.endsWith(".md"))].flatMap((path) => {
    const file = prefix + path;
    const [start] = openMerges(textOf(world, path) ?? "", path);
    return start === undefined
      ? []
      : [diagnostic("spec/merge", { path: file }, { place: { file, start, end: start + 7 } })];
  });
