import { blobId } from "./blob.ts";
import type { Content } from "./change.ts";
import { isObject } from "./data.ts";
import { type Entry, isAsLeft } from "./ledger.ts";

/** Why what stands there differs from what the spec wants. */
export type Cause = "missing" | "stale" | "upgraded" | "edited" | "conflict" | "orphan" | "foreign";

/** The smallest thing with an owner: a file, a row or setting of a shared file, a region of a page. */
export interface Unit {
  /** Its address in the ledger. */
  at: string;
  /** What stands there, and what should; undefined: nothing. Text of a file or region, or the data of a row. */
  prior: unknown;
  next: unknown;
  /** What would be written if nothing stood there, where that differs from `next`: hand formatting is kept in `next`. */
  scratch?: unknown;
  /** The item, for messages: `rule style`. */
  item?: string;
}

const sorted = (_: string, v: unknown): unknown =>
  isObject(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v;

/** A row's data as one text; the order of keys does not count. */
export const canonical = (data: unknown): string => JSON.stringify(data, sorted);

/** The id of a unit's content: a text's blob id without its byte order mark, or that of a row's data with sorted keys. */
export const idOf = (content: unknown): string => {
  if (typeof content === "string") return blobId(content.replace(/^\uFEFF/, ""));
  return blobId(content instanceof Uint8Array ? (content as Content) : canonical(content));
};

/** Whether content is as we left it. */
export const isUntouched = (entry: Entry | undefined, content: unknown): boolean =>
  entry !== undefined && isAsLeft(entry, idOf(content));

export interface Verdict {
  cause: Cause;
  /** Ours to change: it is as we left it, or nothing stands there. */
  ours: boolean;
}

/** Who owns a difference, told by the ledger. Undefined: nothing of ours is concerned. */
export const judge = (unit: Unit, entry: Entry | undefined, upgraded: boolean): Verdict | undefined => {
  const { prior, next } = unit;
  if (prior === undefined) return next === undefined ? undefined : { cause: "missing", ours: true };
  if (next === undefined && !entry) return undefined;
  if (!entry || entry.id === "-") return { cause: "foreign", ours: false };
  const untouched = isUntouched(entry, prior);
  if (next === undefined) return { cause: untouched ? "orphan" : "conflict", ours: untouched };
  if (untouched) return { cause: upgraded ? "upgraded" : "stale", ours: true };
  const standsStill = [next, unit.scratch].some((x) => x !== undefined && isUntouched(entry, x));
  return { cause: standsStill ? "edited" : "conflict", ours: false };
};
