import { Mismatch } from "../core/data.ts";
import type { Place } from "../core/diagnostic.ts";
import type { Format, Path } from "../core/format.ts";
import { yamlOrLine } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { markdown } from "../formats/markdown.ts";
import { yaml11 } from "../formats/yaml.ts";
import { yamlList } from "../formats/yaml-list.ts";
import { toml } from "./late.ts";
import type { Layout } from "./surveyed.ts";

const md = markdown(yamlOrLine);
const list = yamlList(yaml11);
const isList = (text: string): boolean =>
  /^(?:\uFEFF?(?:\s*(?:#[^\n]*)?\n)*)(?:---[^\n]*\n)?\s*(?:- |\[)/.test(text);

/** How a file of variables or a script is read: it has no parts. */
const whole = (layout: "env" | "file"): Format => ({
  id: layout,
  parse: (text) => text as never,
  edit: (text) => text ?? "",
  locate: () => undefined,
});

/** The format of a file of a layout; a YAML document that is one list is seen as `{ list: [...] }`. */
export const formatOf = (layout: Layout, text: string): Format => {
  if (layout === "json") return json;
  if (layout === "toml") return toml;
  if (layout === "head") return md;
  if (layout === "yaml") return isList(text) ? list : yaml11;
  return whole(layout);
};

/** The place of a value, or of `needle` inside it as the file spells it; the nearest that stands there. */
export const placeIn = (format: Format, text: string, file: string, path: Path, needle?: string): Place => {
  const span = spanOf(format, text, path);
  const inner = needle ? within(text, span ?? [0, text.length], needle) : undefined;
  const at = inner ?? span;
  return at ? { file, start: at[0], end: at[1] } : { file };
};

const spanOf = (format: Format, text: string, path: Path): [number, number] | undefined => {
  try {
    for (let n = path.length; n > 0; n--) {
      const span = format.locate(text, path.slice(0, n));
      if (span) return [span[0], span[1]];
    }
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
  }
  return undefined;
};

/** Where a text stands in a part of a file, as it is or as JSON escapes it. */
const within = (text: string, [from, to]: [number, number], needle: string): [number, number] | undefined => {
  for (const spelled of [needle, JSON.stringify(needle).slice(1, -1)]) {
    const at = text.indexOf(spelled, from);
    if (at >= 0 && at + spelled.length <= to) return [at, at + spelled.length];
  }
  return undefined;
};

/** Where a text stands in a file, at or behind `near`; else `near`. */
export const needlePlace = (
  text: string | undefined,
  file: string,
  needle: string,
  near: Place = { file },
): Place => {
  const from = near.start ?? 0;
  const at = text === undefined || needle === "" ? undefined : within(text, [from, text.length], needle);
  return at ? { file, start: at[0], end: at[1] } : near;
};
