import { same } from "./data.ts";

/** Four views of one thing: the spec's own, and three through one tool. */
export interface Sides<T> {
  /** The spec, which may hold more than the tool shows. */
  ours: T;
  /** What the spec of today shows through the tool. */
  view: T;
  /** What we wrote. */
  base: T;
  /** What stands there now. */
  theirs: T;
  /** False: nobody knows any more what we wrote, so that every difference between `view` and `theirs` is a conflict. */
  known: boolean;
}

/** Lines that both sides changed. */
export interface Hunk {
  ours: readonly string[];
  theirs: readonly string[];
}
/** Merges texts by lines, or gives the places where they cannot be. */
export type MergeText = (sides: Sides<string>) => { text: string } | { hunks: Hunk[] };

/** A field that both sides changed, or that the tool shows in other words; the spec keeps its own. */
export interface Conflict {
  name: string;
  /** Path in the item; empty: the whole item. */
  field: readonly string[];
  ours: unknown;
  theirs: unknown;
  /** Of a text: only the lines concerned. */
  hunks?: readonly Hunk[];
  /** The spec is as it was: what the tool shows of it cannot be told back. */
  stood?: true;
}
/** A value as the spec should have it, and what could not be merged. */
export interface Merged {
  value: unknown;
  conflicts: Omit<Conflict, "name">[];
}
export const kept = (value: unknown): Merged => ({ value, conflicts: [] });

/** A conflict at a field. */
export const told = (s: Sides<unknown>, field: readonly string[]): Omit<Conflict, "name"> => ({
  field,
  ours: s.ours,
  theirs: s.theirs,
  ...(s.known && same(s.view, s.base) && { stood: true as const }),
});
