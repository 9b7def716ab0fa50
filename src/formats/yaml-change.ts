import { type Data, isObject, isUnread, Mismatch, same } from "../core/data.ts";
import type { Edit, Path } from "../core/format.ts";
import { MAX_DEPTH, tooDeep } from "./yaml-guard.ts";

/** One change that a text can take at a time. `add` puts entries behind the last key, or at `index` of a list. */
export type Step =
  | { op: "set"; path: Path; value: unknown }
  | { op: "drop"; path: Path }
  | { op: "addKeys"; path: Path; entries: [string, unknown][] }
  | { op: "addItems"; path: Path; index: number; values: unknown[] };

/** Whether the value at a path stands there itself, as a map or list that can be changed in part. */
export type Divisible = (path: Path) => boolean;

type Key = string | number;

const has = (at: unknown, key: Key): boolean =>
  Array.isArray(at) ? typeof key === "number" && key in at : isObject(at) && Object.hasOwn(at, key);

const get = (at: unknown, key: Key): unknown => (at as Record<Key, unknown>)[key];

const isPlainObject = (value: unknown): value is Data => {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * The value as YAML can hold it: members that are undefined left out. Throws `Mismatch` for what is no plain data,
 * and for too deep nesting (so for cycles too).
 */
export const plainValue = (value: unknown, depth = 0): unknown => {
  if (isUnread(value)) throw new Mismatch("a value that could not be read cannot be written");
  if (value === null || typeof value !== "object") return value;
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) return Array.from(value, (x) => plainValue(x, depth + 1));
  if (!isPlainObject(value)) throw new Mismatch("only plain objects can be written");
  const members = Object.entries(value).filter(([, v]) => v !== undefined);
  if (members.some(([k]) => k === "__proto__")) throw new Mismatch("`__proto__` cannot be a key");
  return Object.fromEntries(members.map(([k, v]) => [k, plainValue(v, depth + 1)]));
};

/** The value under keys and list indices that do not stand yet. */
const wrapped = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => {
    if (typeof key === "string") return { [key]: inner };
    if (key !== 0) throw new Mismatch(`a new list has no place ${key}`);
    return [inner];
  }, value);

/**
 * The steps that make an edit of `data`; only what differs is named. Places are those in `data`, and stay right when
 * the steps are taken in order. Throws `Mismatch` for a path that cannot be.
 */
export const stepsOf = (data: Data, edit: Edit, divisible: Divisible): Step[] => {
  const path = edit.path;
  if (path.includes("__proto__")) throw new Mismatch("`__proto__` cannot be a key");
  const value = edit.value === undefined ? undefined : plainValue(edit.value);
  let at: unknown = data;
  for (const [i, key] of path.entries()) {
    if (!has(at, key)) return value === undefined ? [] : missing(at, path, i, value);
    at = get(at, key);
  }
  if (path.length === 0) return rootSteps(data, value ?? {}, divisible);
  return value === undefined ? [{ op: "drop", path }] : differences(path, at, value, divisible);
};

const rootSteps = (data: Data, value: unknown, divisible: Divisible): Step[] => {
  if (!isObject(value)) throw new Mismatch("the document is a map of keys");
  return mapDifferences([], data, value, divisible);
};

const missing = (at: unknown, path: Path, i: number, value: unknown): Step[] => {
  const container = path.slice(0, i);
  const key = path[i]!;
  if (at === null) return [{ op: "set", path: container, value: wrapped(path.slice(i), value) }];
  const inner = wrapped(path.slice(i + 1), value);
  if (isObject(at)) return [{ op: "addKeys", path: container, entries: [[String(key), inner]] }];
  if (!Array.isArray(at)) throw new Mismatch(`${shown(container)} is neither a map nor a list`);
  if (key !== at.length) throw new Mismatch(`${shown(container)} has no place ${key}`);
  return [{ op: "addItems", path: container, index: key, values: [inner] }];
};

const differences = (path: Path, old: unknown, value: unknown, divisible: Divisible): Step[] => {
  if (same(old, value)) return [];
  if (isObject(old) && isObject(value) && related(old, value) && divisible(path)) {
    return mapDifferences(path, old, value, divisible);
  }
  if (Array.isArray(old) && Array.isArray(value) && value.length > 0 && divisible(path)) {
    return listDifferences(path, old, value, divisible);
  }
  return [{ op: "set", path, value }];
};

const related = (old: Data, value: Data): boolean => {
  const keys = Object.keys(old);
  return keys.length === 0 || keys.some((k) => Object.hasOwn(value, k));
};

const mapDifferences = (path: Path, old: Data, value: Data, divisible: Divisible): Step[] => {
  const entries = Object.entries(value).filter(([k]) => !Object.hasOwn(old, k));
  const kept = Object.keys(old).filter((k) => Object.hasOwn(value, k));
  const gone = Object.keys(old).filter((k) => !Object.hasOwn(value, k));
  return [
    ...(entries.length > 0 ? [{ op: "addKeys" as const, path, entries }] : []),
    ...kept.flatMap((k) => differences([...path, k], old[k], value[k], divisible)),
    ...gone.map((k) => ({ op: "drop" as const, path: [...path, k] })),
  ];
};

const listDifferences = (path: Path, old: unknown[], value: unknown[], divisible: Divisible): Step[] => {
  const shorter = Math.min(old.length, value.length);
  let head = 0;
  while (head < shorter && same(old[head], value[head])) head++;
  let tail = 0;
  while (tail < shorter - head && same(old.at(-1 - tail), value.at(-1 - tail))) tail++;
  const before = old.slice(head, old.length - tail);
  const after = value.slice(head, value.length - tail);
  const paired = isAligned(before, after) ? Math.min(before.length, after.length) : 0;
  const added = after.slice(paired);
  const gone = before.slice(paired).map((_, i) => head + paired + i);
  const index = head + before.length;
  return [
    ...before.slice(0, paired).flatMap((x, i) => differences([...path, head + i], x, after[i], divisible)),
    ...(added.length > 0 ? [{ op: "addItems" as const, path, index, values: added }] : []),
    ...gone.toReversed().map((i) => ({ op: "drop" as const, path: [...path, i] })),
  ];
};

/** Elements that stand for each other by place: as many as before, or maps that may have changed in part. */
const isAligned = (before: unknown[], after: unknown[]): boolean =>
  before.length === after.length || [...before, ...after].every(isObject);

/** The data after a step; `data` itself stays as it is. */
export const afterStep = (data: Data, step: Step): Data => {
  if (step.op === "set")
    return at(data, step.path.slice(0, -1), (x) => withValue(x, step.path.at(-1)!, step.value));
  if (step.op === "drop") return at(data, step.path.slice(0, -1), (x) => without(x, step.path.at(-1)!));
  if (step.op === "addKeys")
    return at(data, step.path, (x) => ({ ...(x as Data), ...Object.fromEntries(step.entries) }));
  return at(data, step.path, (x) => (x as unknown[]).toSpliced(step.index, 0, ...step.values));
};

const at = (data: Data, path: Path, change: (x: unknown) => unknown): Data => {
  const go = (x: unknown, i: number): unknown =>
    i === path.length ? change(x) : withValue(x, path[i]!, go(get(x, path[i]!), i + 1));
  return go(data, 0) as Data;
};

const withValue = (x: unknown, key: Key, value: unknown): unknown =>
  Array.isArray(x) ? x.with(key as number, value) : { ...(x as Data), [key]: value };

const without = (x: unknown, key: Key): unknown => {
  if (Array.isArray(x)) return x.toSpliced(key as number, 1);
  return Object.fromEntries(Object.entries(x as Data).filter(([k]) => k !== String(key)));
};

/** A path for a message: `mcpServers.db.args[1]`. */
export const shown = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${key}` : key;
  }, "") || "the document";
