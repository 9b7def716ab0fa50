import { isMap, type Node } from "yaml";
import { Mismatch } from "../core/data.ts";
import { type Format, type Path, remembered } from "../core/format.ts";
import { eolOf } from "../core/text.ts";
import { editYaml } from "./yaml-edit.ts";
import { contentEnd } from "./yaml-lines.ts";
import { isCollection, membersOf, resolved } from "./yaml-members.ts";
import { readYaml, type Source } from "./yaml-read.ts";
import type { Dialect } from "./yaml-scalar.ts";

export { yamlHint } from "./yaml-hint.ts";

const BOM = "\uFEFF";

/** Runs `use` on the text behind a byte order mark; offsets of what it throws are those of the whole text. */
const behindBom = <T>(text: string, use: (text: string, bom: string) => T): T => {
  if (!text.startsWith(BOM)) return use(text, "");
  try {
    return use(text.slice(BOM.length), BOM);
  } catch (e) {
    if (!(e instanceof Mismatch) || e.at === undefined) throw e;
    throw new Mismatch(e.message, e.at + BOM.length);
  }
};

/** Where a path stands, aliases followed; undefined where it does not stand, or comes from a merge key. */
const place = (source: Source, path: Path): [start: number, end: number] | undefined => {
  let node: Node | undefined = source.root;
  let found = node && ([node.range![0], node.range![1]] as [number, number]);
  for (const key of path) {
    const holder = resolved(node, source);
    if (!isCollection(holder)) return undefined;
    const wanted = isMap(holder) ? String(key) : key;
    const member = membersOf(holder, source).findLast((m) => m.key === wanted);
    if (!member) return undefined;
    found = [member.start, contentEnd(member, source)];
    node = member.node;
  }
  return found;
};

/** A text of which an edit left nothing, and others made a new one, keeps its line ends. */
const endedAs = (before: string, after: string): string =>
  eolOf(before) === "\r\n" && !after.includes("\r\n") ? after.replaceAll("\n", "\r\n") : after;

const format = (id: string, dialect: Dialect): Format => ({
  id,
  parse: (text) => behindBom(text, (body) => readYaml(body, dialect).data),
  edit: (text, edits) =>
    behindBom(
      text ?? "",
      (body, bom) => bom + endedAs(body, edits.reduce(editYaml, readYaml(body, dialect)).text),
    ),
  locate: (text, path) =>
    behindBom(text, (body, bom) => {
      const found = place(readYaml(body, dialect), path);
      return found && [found[0] + bom.length, found[1] + bom.length];
    }),
});

/** YAML 1.2, core schema: what `portable.yaml` is written in. */
export const yaml: Format = remembered(format("yaml", "1.2"));

/**
 * YAML 1.1 as PyYAML reads it (aider, LiteLLM). Every string value it writes is double-quoted, so that no reader
 * takes it for a number, a date or a boolean.
 */
export const yaml11: Format = remembered(format("yaml11", "1.1"));
