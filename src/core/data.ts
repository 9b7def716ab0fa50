/** Plain data as a format reads it: what JSON can say. Objects have no dangerous keys (`__proto__` is refused by every format). */
export type Data = { [key: string]: unknown };

/** Data that does not have the wanted shape, or text that a format cannot read or write. The only error class. */
export class Mismatch extends Error {
  /** Offset in the text where it shows, UTF-16 units. */
  readonly at: number | undefined;
  constructor(reason: string, at?: number) {
    // thrown for every case of a union that does not fit: a stack trace would cost more than the reading
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = limit;
    this.at = at;
  }
}

/** Runs something whose errors have no stack trace: a library makes an error of every fault of a text, and only their words count. */
export const untraced = <T>(act: () => T): T => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return act();
  } finally {
    Error.stackTraceLimit = limit;
  }
};

export const isObject = (x: unknown): x is Data => typeof x === "object" && x !== null && !Array.isArray(x);

const UNREAD: unique symbol = Symbol("unread");
/** A value that stands in the file but that its dialect cannot read: kept verbatim, reported, never rewritten unasked. */
export interface Unread {
  readonly [UNREAD]: string;
}
export const unread = (source: string): Unread => ({ [UNREAD]: source });
export const isUnread = (x: unknown): x is Unread => isObject(x) && UNREAD in x;
/** The source text of an unread value. */
export const sourceOf = (x: Unread): string => x[UNREAD];

/** Equal as values; the order of keys does not count. */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  if (isUnread(a) || isUnread(b)) return isUnread(a) && isUnread(b) && sourceOf(a) === sourceOf(b);
  if (a instanceof Uint8Array || b instanceof Uint8Array) return sameBytes(a, b);
  const keys = Object.keys(a).filter((k) => a[k] !== undefined);
  const others = Object.keys(b).filter((k) => b[k] !== undefined);
  return keys.length === others.length && keys.every((k) => Object.hasOwn(b, k) && same(a[k], b[k]));
};

const sameBytes = (a: unknown, b: unknown): boolean =>
  a instanceof Uint8Array &&
  b instanceof Uint8Array &&
  a.length === b.length &&
  a.every((x, i) => x === b[i]);
