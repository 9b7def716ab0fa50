import judge from "@iarna/toml";
import { type Data, Mismatch } from "../core/data.ts";
import type { Edit, Format, Path } from "../core/format.ts";
import { eolOf, toLf } from "../core/text.ts";
import type { Span } from "./sequence.ts";
import {
  applied,
  checked,
  equal,
  isTable,
  pastBom,
  type Step,
  stepsOf,
  valueAt,
  type Whole,
} from "./steps.ts";
import { partsAt, stepped } from "./toml-edit.ts";
import { isInherited, printedDocument } from "./toml-print.ts";
import { dataOf, documentOf, itemsOf, spotAt, syntaxOf } from "./toml-tree.ts";

const rootData = (text: string): Data => dataOf(documentOf(text));

/**
 * Whether a strict reader of TOML 1.0 takes the text (without byte order mark). It is not asked about names of
 * `Object.prototype`: of `toString.call = 1` it makes a property of that very function (`@iarna/toml` 3.0.0, 2026-11-22).
 */
const isJudgedGood = (text: string, data: Data): boolean => {
  if (hasInheritedName(data)) return false;
  try {
    judge.parse(toLf(text));
    return true;
  } catch {
    return false;
  }
};

const hasInheritedName = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(hasInheritedName);
  return (
    isTable(value) &&
    Object.entries(value).some(([key, member]) => isInherited(key) || hasInheritedName(member))
  );
};

/** A list of tables that gets other items, or none, is written in another way: `[[x]]` cannot say it. */
const changesForm: Whole = (before, after) =>
  before.length > 0 && before.every(isTable) && !(after.length > 0 && after.every(isTable));

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && equal(Object.keys(value), []);

/** Tables that were emptied, had no header to stay, and so are gone from the file: from the inner to the outer. */
const vanished = (got: Data, wanted: Data, steps: readonly Step[]): Path[] => {
  const paths = steps.flatMap(({ do: verb, path }) =>
    verb === "drop" ? path.map((_, i) => path.slice(0, -1 - i)) : [],
  );
  return paths.filter(
    (path) => path.length > 0 && isEmpty(valueAt(wanted, path)) && valueAt(got, path) === undefined,
  );
};

interface State {
  text: string;
  data: Data;
  eol: string;
}

const takeSteps = (text: string, steps: readonly Step[], eol: string): string =>
  steps.reduce((before, step) => stepped(before, step, eol), text);

/**
 * One edit made. Taking the last key of a table that no header says leaves no table; a value that was set with empty
 * tables in it gets them written.
 */
const advanced = ({ text, data, eol }: State, edit: Edit): State => {
  const steps = stepsOf(data, edit, changesForm);
  const wanted = applied(data, edit);
  const out = takeSteps(text, steps, eol);
  if (edit.value === undefined) return { text: out, data: withoutVanished(out, wanted, steps), eol };
  return { text: withEmpties(out, wanted, steps, eol), data: wanted, eol };
};

const withEmpties = (text: string, wanted: Data, steps: readonly Step[], eol: string): string => {
  if (!steps.some((step) => step.do === "drop")) return text;
  return vanished(rootData(text), wanted, steps).reduce(
    (out, path) => takeSteps(out, stepsOf(rootData(out), { path, value: valueAt(wanted, path) }), eol),
    text,
  );
};

const withoutVanished = (text: string, wanted: Data, steps: readonly Step[]): Data => {
  if (steps.length === 0) return wanted;
  const got = rootData(text);
  let data = wanted;
  for (let [path] = vanished(got, data, steps); path; [path] = vanished(got, data, steps))
    data = applied(data, { path, value: undefined });
  return data;
};

const edited = (text: string, edits: readonly Edit[]): string => {
  const start: State = { text, data: rootData(text), eol: eolOf(text) };
  const { text: out, data } = edits.map(checked).reduce(advanced, start);
  if (out === text) return text;
  if (!equal(rootData(out), data)) throw new Mismatch("the edit does not read back");
  if (isJudgedGood(text, start.data) && !isJudgedGood(out, data))
    throw new Mismatch("older TOML readers would reject the edited file");
  return out;
};

const written = (edits: readonly Edit[]): string => {
  const data = edits.map(checked).reduce(applied, {} as Data);
  const text = printedDocument(data);
  if (!equal(rootData(text), data) || !isJudgedGood(text, data))
    throw new Mismatch("the document does not read back");
  return text;
};

const located = (text: string, path: Path): Span | undefined => {
  const doc = documentOf(text);
  if (path.length === 0) return [0, text.length];
  const spot = spotAt(doc, path);
  const parts = spot?.within
    ? spot.within.items.map((i) => itemsOf(spot.within!.list)[i]!)
    : partsAt(doc, path);
  const [first] = parts;
  return first && [first.range[0], Math.max(...parts.map(({ range }) => range[1]))];
};

/**
 * TOML 1.1, read and edited by spans: comments, order, line ends and byte order mark stay. Dates are their source
 * text; integers beyond 2^53, `inf` and `nan` are unread values. New text is TOML 1.0. A file that a strict 1.0 reader
 * (`@iarna/toml` 3.0.0) takes before an edit is one that it takes after, else the edit is refused.
 */
export const toml: Format = {
  id: "toml",
  parse: (text) => pastBom(text, rootData),
  edit: (text, edits) =>
    text === undefined ? written(edits) : pastBom(text, (body, bom) => bom + edited(body, edits)),
  locate: (text, path) =>
    pastBom(text, (body, bom) => {
      const span = located(body, path);
      return span && [span[0] + bom.length, span[1] + bom.length];
    }),
};

/**
 * Why a reader of TOML 1.0 rejects a text, and where: syntax of TOML 1.1 (line breaks or a trailing comma in an inline
 * table, `\e`, `\xHH`, times without seconds), or a fault in both. Undefined when it reads it.
 */
export const strictTomlFault = (text: string): { at: number; reason: string } | undefined => {
  try {
    pastBom(text, (body) => syntaxOf(body, "1.0"));
    return undefined;
  } catch (fault) {
    if (!(fault instanceof Mismatch)) throw fault;
    return { at: fault.at ?? 0, reason: fault.message };
  }
};
