import type { WireDialect } from "../../providers/index.ts";
import type { Facts } from "./facts.ts";
import type { Json } from "./json.ts";

/** For whom a request is edited. */
export interface Setting {
  /** The target is the vendor whose client asks. */
  isVendor: boolean;
  /** The request in tokens, roughly. */
  tokens: number;
  facts: Facts;
  /** Whether someone else than this target has made what carries this mark. */
  isForeign(mark: string): boolean;
}

/** One change to a request, by name, so that it can be listed. */
export interface Edit {
  id: string;
  dialects: readonly WireDialect[];
  /** `others`: targets that are not the client's own vendor; `all`: also the vendor, once another target has answered in between. */
  to: "others" | "all";
  /** What is done, for people. */
  what: string;
  why: string;
  /** Where that is known from, with the date. */
  source: string;
  /** The request after it; the same object where there is nothing to do. */
  apply(json: Json, setting: Setting): Json;
}
