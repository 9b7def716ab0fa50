import type { Format } from "../core/format.ts";
import { json } from "./json.ts";
import { yaml } from "./yaml.ts";

/** A text that begins like an object and that `JSON.parse` takes. */
const isJson = (text: string): boolean => {
  const bare = text.replace(/^\uFEFF/, "");
  if (!/^\s*\{/.test(bare)) return false;
  try {
    JSON.parse(bare);
    return true;
  } catch {
    return false;
  }
};
const of = (text: string): Format => (isJson(text) ? json : yaml);

/** Files that a tool reads as YAML or as strict JSON: each stays what it is, a new one is YAML. */
export const yamlOrJson: Format = {
  id: "YAML or JSON",
  parse: (text) => of(text).parse(text),
  edit: (text, edits) => of(text ?? "").edit(text, edits),
  locate: (text, path) => of(text).locate(text, path),
};
