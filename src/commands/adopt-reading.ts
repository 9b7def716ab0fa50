import { fileAddress } from "../core/ledger.ts";
import { type Plan, plan } from "../core/plan.ts";
import { parts } from "../core/regions.ts";
import type { Item } from "../core/spec.ts";
import { type Reading as Asked, realPath, type World } from "../core/surface.ts";
import { surfacesOf, type Target } from "../core/target.ts";
import type { Folder } from "./project.ts";

/** All that is asked to read a folder's outputs. */
export interface Reading {
  root: string;
  folder: Folder;
  targets: readonly Target[];
  /** Builds of today's spec: upon nothing, and upon what stands there. */
  fresh: Plan;
  forced: Plan;
  /** Addresses of ours that somebody changed. */
  edited: ReadonlySet<string>;
}

/** A page's text without regions, where that is its author's; undefined: nothing of anybody else stands there. */
const authorsText = (world: World, path: string): string | undefined => {
  const text = world.files.get(path);
  if (typeof text !== "string" || world.ledger.get(fileAddress(path))?.outside !== undefined)
    return undefined;
  const own = parts(text)
    .parts.flatMap((p) => ("user" in p ? [p.user] : []))
    .join("");
  return own.trim() ? own : undefined;
};

/** The tree without what was built into these files. */
const unbuilt = (folder: Folder, targets: readonly Target[], paths: readonly string[]): World => {
  const { world } = folder;
  const files = new Map(world.files);
  const pages = new Set(
    targets.flatMap((t) =>
      surfacesOf(t).flatMap(({ place }) => (place.page ? [realPath(world, place.path)] : [])),
    ),
  );
  for (const path of paths) {
    const own = pages.has(path) ? authorsText(world, path) : undefined;
    if (own === undefined) files.delete(path);
    else files.set(path, own);
  }
  return { ...world, files };
};

/** Addresses of ours that somebody changed. */
export const changedHere = (p: Plan): Set<string> =>
  new Set(p.drifts.filter((d) => !d.ours).map((d) => d.at));

/** Builds a folder's outputs in memory, to tell what its spec shows today. */
export const reading = (
  root: string,
  folder: Folder,
  targets: readonly Target[],
  paths: readonly string[],
): Reading => {
  const { spec, world } = folder;
  const forced = plan({ targets, spec, world, force: true });
  return {
    root,
    folder,
    targets,
    fresh: plan({ targets, spec, world: unbuilt(folder, targets, paths), force: true }),
    forced,
    edited: changedHere(forced),
  };
};

export type Tell = NonNullable<Asked["unread"]>;
/** Reads what one place shows in one file, by name. */
export type Read = (world: World, unread?: Tell) => Map<string, Item>;
