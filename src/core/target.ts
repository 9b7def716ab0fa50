import { bridgedId } from "./bridge.ts";
import { same } from "./data.ts";
import type { Drop } from "./shape.ts";
import { isDrop } from "./shape.ts";
import {
  type Endpoint,
  type Item,
  type Kind,
  type Kinds,
  kinds,
  type Retrieval,
  type Server,
  type Transport,
} from "./spec.ts";
import type { Surface, World } from "./surface.ts";

/** The other selected targets that an item is for too. */
export interface Others {
  has(id: string): boolean;
}
/** Of several places the first that accepts an item holds it. */
export interface Choice<I> {
  place: Surface<I>;
  when?: (item: I, others: Others) => boolean;
}
/** What is a server is written with the servers; the rest has a place of its own, or a reason. */
export interface ViaServer {
  server: (item: Retrieval) => Server | undefined;
  otherwise: Surface<Retrieval> | Drop;
}
/** The kind has no place of its own: what the tool needs of it stands with the items of another kind. */
export interface Within {
  within: Kind;
  /** Items of the kind, as a tool's own files tell of them. */
  reads?(world: World): Item[];
}
export type Place<I> = Surface<I> | readonly Choice<I>[] | Drop | ViaServer | Within;
/** A place, or a reason, for every kind. A kind left out does not compile. */
export type Keeps = { [K in Kind]: Place<Kinds[K]> };

export interface Target {
  id: string;
  title: string;
  docs: string;
  /** The version these formats were last checked against, and when. */
  checked: { version: string; on: string };
  /** Since when, and why, the tool no longer changes. */
  frozen?: string;
  keeps: Keeps;
  /** `@path` in a rule loads that file. */
  expandsImports: boolean;
  /** Files whose presence says that a repository uses this tool. */
  signs: readonly string[];
}
export const target = (t: Target): Target => t;

const STORE = "a vector store is asked at its search endpoint: give that as `http:` with `shape: openai`";
/**
 * Retrieval over MCP, or that our own server brings over MCP, is a server of the same name; the rest has a place of its own, or
 * is dropped for a reason. `asHere` is how the tool is told to start our server.
 */
export const viaServer = (
  otherwise: Surface<Retrieval> | string = STORE,
  asHere: (bridge: Transport, endpoint: Endpoint) => Transport = (bridge) => bridge,
): ViaServer => ({
  server: ({ source, bridge, name, targets, except, overrides }) => {
    const ours = bridge && source.type === "http" ? asHere(bridge, source.http) : undefined;
    const transport = source.type === "mcp" ? source.mcp : ours;
    if (!transport) return undefined;
    return {
      name,
      transport,
      ...(targets && { targets }),
      ...(except && { except }),
      ...(overrides && { overrides }),
    };
  },
  otherwise: typeof otherwise === "string" ? { drop: otherwise } : otherwise,
});

export const within = (kind: Kind, reads?: Within["reads"]): Within => ({
  within: kind,
  ...(reads && { reads }),
});

export const isVia = (p: Place<any>): p is ViaServer => !Array.isArray(p) && "server" in p;
export const isWithin = (p: Place<any>): p is Within => !Array.isArray(p) && "within" in p;

/** A server of a tool's is the retrieval that the spec has: reached the same way, or by our server, be it of another version. */
export const isRetrieval = (t: Target, server: Server, all: readonly Retrieval[]): boolean => {
  const via = t.keeps.retrieval;
  const item = all.find((r) => r.name === server.name);
  const wanted = item && isVia(via) ? via.server(item) : undefined;
  if (!item || !wanted) return false;
  return (
    (item.bridge && bridgedId(server.transport) === item.name) || same(wanted.transport, server.transport)
  );
};

/** The place for what does not stand with the items of another kind. */
export const ownPlace = (place: Place<any>): Exclude<Place<any>, ViaServer> =>
  isVia(place) ? place.otherwise : place;

export const choicesOf = (of: Place<any>): readonly Choice<any>[] => {
  const place = ownPlace(of);
  if (Array.isArray(place)) return place;
  return isDrop(place) || isWithin(place) ? [] : [{ place: place as Surface<any> }];
};
type Kept = readonly { kind: Kind; place: Surface<Item> }[];
const surfaces = new WeakMap<Target, Kept>();
/** Every surface of a target, by kind. */
export const surfacesOf = (t: Target): Kept => {
  const known = surfaces.get(t);
  if (known) return known;
  const all = kinds.flatMap((kind) => choicesOf(t.keeps[kind]).map((c) => ({ kind, place: c.place })));
  surfaces.set(t, all);
  return all;
};
/** The prose pages that a target reads. */
export const pagesOf = (t: Target): Surface<any>[] =>
  choicesOf(t.keeps.rule).flatMap((c) => (c.place.page ? [c.place] : []));
/** The target's own prose page, if it has one. */
export const pageOf = (t: Target): Surface<any> | undefined =>
  choicesOf(t.keeps.rule).find((c) => c.place.page && !c.when)?.place;

/** Two declarations may not write one place. */
export const clashes = (targets: readonly Target[]): string[] => {
  const by = new Map<string, Surface<any>>();
  return targets.flatMap((t) =>
    surfacesOf(t).flatMap(({ place }) => {
      const other = by.get(place.slot);
      by.set(place.slot, place);
      return other && other !== place ? [`${t.id}: ${place.slot} is declared twice`] : [];
    }),
  );
};
