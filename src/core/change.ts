/** What a file holds: text, or bytes where it is not valid UTF-8 (or holds NUL). */
export type Content = string | Uint8Array;

/** One file that a plan makes, replaces or removes. `before` is what the plan saw; undefined: no such file. */
export interface Change {
  /** Relative to the root, `/`-separated. */
  path: string;
  before?: Content;
  after?: Content;
  /** Make the new file executable; otherwise a replaced file keeps its mode. */
  exec?: boolean;
}
