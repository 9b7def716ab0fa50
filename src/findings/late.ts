import { Mismatch } from "../core/data.ts";
import type { Format } from "../core/format.ts";

let reader: Format | undefined;
let missed = false;

const loaded = (): Format => {
  if (reader) return reader;
  missed = true;
  throw new Mismatch("what reads TOML is not loaded");
};

/** TOML, whose reader is large and mostly not needed: unreadable until it is loaded. */
export const toml: Format = {
  id: "toml",
  parse: (text) => loaded().parse(text),
  edit: (text, edits) => loaded().edit(text, edits),
  locate: (text, path) => loaded().locate(text, path),
};

export const useToml = (format: Format): void => {
  reader = format;
};

/** What `act` gives, which changes nothing: it is done again where a file of TOML turned up. */
export const withToml = async <T>(act: () => T): Promise<T> => {
  const first = act();
  if (!missed) return first;
  useToml((await import("../formats/toml.ts")).toml);
  missed = false;
  return act();
};
