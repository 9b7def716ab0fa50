import { isAlias, isMap, type Node, parseDocument, visit } from "yaml";
import { type Data, isObject, isUnread, Mismatch, untraced } from "../core/data.ts";
import { guardedTokens } from "./yaml-guard.ts";
import { readSimple } from "./yaml-simple.ts";

/** Levels of nesting that are read; `yaml` overflows the stack from about 785, and aborts the process the second time. */
export const MAX_DEPTH = 64;

/** Opening brackets not yet closed, at their most; brackets in strings count, so it errs to the safe side. */
const flowDepth = (text: string): number => {
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    most = Math.max(most, depth);
  }
  return most;
};

/** Levels of indentation, where `- - x` counts as three. */
const blockDepth = (text: string): number => {
  const columns: number[] = [];
  const mark = /[-?:](?:[ \t]+|\r?$)/y;
  let most = 0;
  for (const line of text.split("\n")) {
    let column = /^[ \t]*/.exec(line)![0].length;
    if (column === line.length) continue;
    while (columns.length > 0 && columns.at(-1)! >= column) columns.pop();
    for (let marked = true; marked; column = mark.lastIndex) {
      columns.push(column);
      mark.lastIndex = column;
      marked = mark.test(line);
    }
    most = Math.max(most, columns.length);
  }
  return most;
};

/** What each level of nesting needs at least one of. */
const NESTS = /[-?:[{]/g;
const guardDepth = (text: string): void => {
  if (flowDepth(text) > MAX_DEPTH || blockDepth(text) > MAX_DEPTH)
    throw new Mismatch(`nested deeper than ${MAX_DEPTH} levels`);
  // tags and anchors between marks hide levels from the count above
  if ((text.match(NESTS)?.length ?? 0) > MAX_DEPTH) for (const _ of guardedTokens(text));
};

const guardNumber = (value: number): void => {
  if (!Number.isFinite(value)) throw new Mismatch("a number that JSON cannot hold");
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new Mismatch("a whole number beyond 2^53");
};

const isRecord = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const guardKeys = (map: Data, depth: number): void => {
  for (const key of Object.keys(map)) {
    if (key === "__proto__") throw new Mismatch("the key __proto__");
    if (map[key] !== undefined) guardPlain(map[key], depth);
  }
};

/** Throws `Mismatch` unless `value` is plain data: what JSON can say, no `__proto__`, at most 64 levels. */
export const guardPlain = (value: unknown, depth = 0): void => {
  if (depth > MAX_DEPTH) throw new Mismatch(`nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === "number") guardNumber(value);
  else if (Array.isArray(value)) for (const item of value) guardPlain(item, depth + 1);
  else if (isObject(value) && isRecord(value) && !isUnread(value)) guardKeys(value, depth + 1);
  else if (value !== null && typeof value !== "string" && typeof value !== "boolean")
    throw new Mismatch("a value that is not plain data");
};

/** A value as `yaml` sees it, in the source that stands after the colon. */
export interface Parsed {
  value: unknown;
  node: Node | null;
  /** `node.range` counts from this offset of the source; negative, as a key was put before it. */
  shift: number;
}

/** Errors as they are: `yaml` adds the source line to each, in time that grows with its square (2.9.1, measured 2026-11). */
const QUIET = { version: "1.2", logLevel: "silent", prettyErrors: false } as const;

/** Reads the source after a colon with the YAML parser. Throws `Mismatch` where it is not one plain YAML value. */
export const parseValue = (source: string): Parsed => {
  guardDepth(source);
  if (/^(?:\.\.\.|---)(?:\s|$)/m.test(source)) throw new Mismatch("not YAML: a document marker");
  const before = source === "" || /^[ \t\r\n]/.test(source) ? "k:" : "k: ";
  const doc = untraced(() => parseDocument(before + source, QUIET));
  const flaw = doc.errors[0] ?? doc.warnings[0];
  if (flaw) throw new Mismatch(`not YAML: ${flaw.message.split("\n")[0]}`);
  const map = doc.contents;
  if (!isMap(map) || map.items.length !== 1) throw new Mismatch("not YAML: more than one value");
  visit(doc, {
    Alias() {
      throw new Mismatch("not YAML: an alias");
    },
  });
  const value: unknown = (doc.toJS({ maxAliasCount: 0 }) as { k: unknown }).k;
  guardPlain(value);
  return { value, node: map.items[0]!.value as Node | null, shift: -before.length };
};

/** The value of a YAML 1.2 entry; the parser is asked only where the line reader cannot tell. */
export const readYaml = (source: string): unknown => {
  const value = readSimple(source);
  return value === undefined ? parseValue(source).value : value;
};

/** Whether a whole head is one YAML map (or empty). Aliases that resolve are allowed here. */
export const isYamlMap = (head: string): boolean => {
  try {
    guardDepth(head);
    if (/^(?:\.\.\.|---)(?:\s|$)/m.test(head)) return false;
    const doc = untraced(() => parseDocument(head, QUIET));
    if (doc.errors.length > 0 || isAlias(doc.contents)) return false;
    if (doc.contents !== null && !isMap(doc.contents)) return false;
    doc.toJS({ maxAliasCount: 100 });
    return true;
  } catch (error) {
    if (error instanceof Mismatch || error instanceof ReferenceError) return false;
    throw error;
  }
};
