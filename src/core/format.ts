import { type Data, Mismatch } from "./data.ts";

/** Where a value stands in a document: object keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** Set the value at `path` (lists: index = length appends), or remove it when `value` is undefined. */
export interface Edit {
  path: Path;
  value: unknown;
}

/** Text to plain data and back, keeping every byte that an edit does not name. */
export interface Format {
  readonly id: string;
  /**
   * The plain data of a document; an empty or comment-only one is `{}`.
   * Throws `Mismatch` (with an offset where one is known) when the text cannot be read, holds `__proto__` as a key,
   * nests deeper than 64 levels or is an alias bomb. Never aborts the process, whatever the input.
   */
  parse(text: string): Data;
  /**
   * The document after `edits`, in order, each on top of the one before; `undefined` is a new document.
   * Only the lines of the named values change. Missing parents are made. Removing what is not there does nothing.
   * Throws `Mismatch` where the text cannot be edited safely (an anchor in use, a key that stands twice).
   */
  edit(text: string | undefined, edits: readonly Edit[]): string;
  /** Offsets `[start, end)` of the key and value at `path`, for messages; undefined where it does not stand. */
  locate(text: string, path: Path): [start: number, end: number] | undefined;
}

const KEPT = 8;
/**
 * The format with what the last few texts came to kept, be it data or why they cannot be read: several surfaces read one
 * file. Nobody changes data that was read.
 */
export const remembered = (format: Format): Format => {
  const known = new Map<string, { data: Data } | { fault: Mismatch }>();
  const read = (text: string): { data: Data } | { fault: Mismatch } => {
    try {
      return { data: format.parse(text) };
    } catch (fault) {
      if (!(fault instanceof Mismatch)) throw fault;
      return { fault };
    }
  };
  return {
    ...format,
    parse: (text) => {
      const found = known.get(text) ?? read(text);
      known.delete(text);
      known.set(text, found);
      if (known.size > KEPT) known.delete(known.keys().next().value!);
      if ("fault" in found) throw found.fault;
      return found.data;
    },
  };
};
