import { fileAddress, fileOf } from "../core/ledger.ts";
import type { Item, Kind } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { surfacesOf } from "../core/target.ts";
import type { Reading } from "./adopt-reading.ts";
import { likeness, NEAR } from "./compare.ts";

/** An item of ours that somebody gave another name: its file or folder is gone, and one like it is new. */
export interface Move {
  kind: Kind;
  place: Surface<any>;
  /** Name of the item in the spec. */
  name: string;
  /** Addresses of files, or of folders that end in "/". */
  from: string;
  to: string;
  /** The item as it stands there. */
  item: Item;
}

const isWhole = (at: string | undefined): at is string => at !== undefined && !at.includes("#");
/** Something of ours stood at an address, or in that folder. */
const wasOurs = (at: string, r: Reading): boolean => {
  const { ledger } = r.folder.world;
  return at.endsWith("/") ? [...ledger.keys()].some((k) => k.startsWith(at)) : ledger.has(at);
};
const stands = (at: string, r: Reading): boolean => {
  const { files } = r.folder.world;
  return at.endsWith("/") ? [...files.keys()].some((p) => p.startsWith(fileOf(at))) : files.has(fileOf(at));
};

const movesIn = (kind: Kind, place: Surface<any>, target: string, r: Reading): Move[] => {
  const read = (world: Reading["folder"]["world"]): Item[] =>
    (place.read(world, { target }) as Item[]).filter((i) => isWhole(i.at));
  const gone = read(r.forced.after).filter((i) => wasOurs(i.at!, r) && !stands(i.at!, r));
  if (!gone.length) return [];
  const inPlace = new Set((r.folder.spec[kind] as Item[]).map((i) => i.at));
  const news = read(r.folder.world).filter((i) => !wasOurs(i.at!, r) && !inPlace.has(i.at!));
  const like = (a: Item, b: Item): boolean => likeness(kind, a, b) >= NEAR;
  return gone.flatMap((old) => {
    const found = news.filter((item) => like(old, item));
    const [item] = found;
    if (found.length !== 1 || !item || gone.filter((o) => like(o, item)).length !== 1) return [];
    return [{ kind, place, name: old.name, from: old.at!, to: item.at!, item }];
  });
};

/** Files and folders of ours that were given other names. */
export const movesOf = (r: Reading): Move[] => {
  const { ledger, files } = r.folder.world;
  if (![...ledger.keys()].some((at) => !at.includes("#") && !files.has(fileOf(at)))) return [];
  const seen = new Set<Surface<any>>();
  return r.targets.flatMap((t) =>
    surfacesOf(t).flatMap(({ kind, place }) => {
      if (place.page || seen.has(place)) return [];
      seen.add(place);
      return movesIn(kind, place, t.id, r);
    }),
  );
};

const isAt = (at: string, path: string): boolean =>
  at === fileAddress(path) || (at.endsWith("/") && path.startsWith(fileOf(at)));

/** The paths to look at for those that were asked for: of what has another name by now, the one that we wrote. */
export const asWritten = (paths: readonly string[], moves: readonly Move[], r: Reading): string[] => {
  const { ledger } = r.folder.world;
  const olds = (path: string): string[] => {
    const move = moves.find((m) => isAt(m.to, path));
    if (!move) return [path];
    return [...ledger.keys()]
      .filter((at) => at === move.from || (move.from.endsWith("/") && at.startsWith(move.from)))
      .map(fileOf);
  };
  return [...new Set(paths.flatMap(olds))];
};

/** Whether a file of ours stood where something was moved away. */
export const isMoved = (path: string, { from }: Move): boolean => isAt(from, path);
/** The move of an item that stood in a file. */
export const moveFrom = (path: string, place: Surface<any>, moves: readonly Move[]): Move | undefined =>
  moves.find((m) => m.place === place && isMoved(path, m));
