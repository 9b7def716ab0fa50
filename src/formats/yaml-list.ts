import { Mismatch } from "../core/data.ts";
import { type Edit, type Format, remembered } from "../core/format.ts";
import { eolOf } from "../core/text.ts";

const KEY = "list";
/** A key that no document has. */
const INNER = "list of the document";
/** A byte order mark, comments, blank lines and the mark of a document may stand before it. */
const FRONT = /^\uFEFF?(?:(?:[ \t]*(?:#[^\n]*)?\r?\n)*---[ \t]*(?:#[^\n]*)?\r?\n)?/;

/** The document as a map of one key; a list in brackets stands on the line of its key. */
const keyed = (text: string): [front: string, map: string, at: number] => {
  const front = FRONT.exec(text)![0];
  const body = text.slice(front.length);
  const key = body.startsWith("[") ? `${INNER}: ` : `${INNER}:${eolOf(text)}`;
  return [front, key + body, front.length - key.length];
};
const LEAD = new RegExp(`^${INNER}:(?: |\\r?\\n)?`);
const inner = ({ path, value }: Edit): Edit => {
  if (path[0] !== KEY) throw new Mismatch("the document is a list and has no keys");
  return { path: [INNER, ...path.slice(1)], value };
};
const shifted = <T>(by: number, use: () => T): T => {
  try {
    return use();
  } catch (e) {
    if (!(e instanceof Mismatch) || e.at === undefined) throw e;
    throw new Mismatch(e.message, Math.max(0, e.at + by));
  }
};
/** A list that begins in the first column, as people write a document that is one. */
const dedented = (lines: string): string =>
  lines.split("\n").every((l) => l === "" || l.startsWith("  ")) ? lines.replace(/^ {2}/gm, "") : lines;

/** A YAML document that is one list, seen as `{ list: [...] }`: `.aider.model.settings.yml`. */
export const yamlList = (yaml: Format): Format => {
  const parse = (text: string) => {
    const [, map, at] = keyed(text);
    const { [INNER]: list, ...others } = shifted(at, () => yaml.parse(map));
    if (Object.keys(others).length || (list !== null && !Array.isArray(list)))
      throw new Mismatch("the document is not a list");
    return list === null ? {} : { [KEY]: list };
  };
  const edit = (text: string | undefined, edits: readonly Edit[]): string => {
    const [front, map, at] = keyed(text ?? "");
    parse(text ?? "");
    const next = shifted(at, () => yaml.edit(map, edits.map(inner))).replace(LEAD, "");
    return front + (text?.trim() ? next : dedented(next));
  };
  return remembered({
    id: `${yaml.id} list`,
    parse,
    edit,
    locate: (text, path) => {
      const [, map, at] = keyed(text);
      const found = path.length ? yaml.locate(map, [INNER, ...path.slice(1)]) : undefined;
      return found && [Math.max(0, found[0] + at), found[1] + at];
    },
  });
};
