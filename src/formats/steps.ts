import { type Data, isObject, isUnread, Mismatch, sourceOf } from "../core/data.ts";
import type { Edit, Path } from "../core/format.ts";

/** The deepest nesting that a format reads or writes, in levels; the root object is level 1. */
export const MAX_DEPTH = 64;

export const TOO_DEEP = `nests deeper than ${MAX_DEPTH} levels`;

/**
 * One change to a document: `put` replaces what stands at `path`, `drop` removes it, `add` brings a key that does
 * not stand there, or a list item before the one that has that index now.
 */
export type Step = { do: "put" | "add"; path: Path; value: unknown } | { do: "drop"; path: Path };

/** An object that is not an unread value. */
export const isTable = (x: unknown): x is Data => isObject(x) && !isUnread(x);

/** `mcpServers.tickets.args[0]`, for messages. */
export const spelled = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : (i ? "." : "") + step)).join("") ||
  "the document";

/** Equal as values, as a file shows them: unread values by their source, `undefined` members not counted. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (isUnread(a) || isUnread(b)) return isUnread(a) && isUnread(b) && sourceOf(a) === sourceOf(b);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  return isObject(a) && isObject(b) && sameMembers(a, b);
};

const sameMembers = (a: Data, b: Data): boolean => {
  const keys = present(a);
  return (
    keys.length === present(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
};

const present = (data: Data): string[] => Object.keys(data).filter((key) => data[key] !== undefined);

const isPlain = (x: object): boolean => {
  const prototype = Object.getPrototypeOf(x);
  return prototype === Object.prototype || prototype === null;
};

/**
 * A copy of `value` that holds nothing but what a file can say; `level` is the level it will stand on.
 * Throws `Mismatch` for anything else, for `__proto__` keys and for too deep nesting (so for cycles too).
 */
export const plain = (value: unknown, level: number): unknown => {
  if (value === null || typeof value === "string" || typeof value === "boolean" || isUnread(value))
    return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new Mismatch(`a ${typeof value} (${String(value)}) cannot be written`);
  if (level > MAX_DEPTH) throw new Mismatch(TOO_DEEP);
  if (Array.isArray(value)) return Array.from(value, (item) => plain(item, level + 1));
  if (!isPlain(value)) throw new Mismatch("only plain objects can be written");
  const copy: Data = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__") throw new Mismatch("`__proto__` cannot be a key");
    if (member !== undefined) copy[key] = plain(member, level + 1);
  }
  return copy;
};

/** Whether `node` can hold a member called `step`; throws `Mismatch` where it is a value of another kind. */
const checkHolder = (node: unknown, step: string | number, at: Path): void => {
  if (typeof step === "string") {
    if (!isTable(node)) throw new Mismatch(`${spelled(at)} is not an object`);
    return;
  }
  if (!Array.isArray(node)) throw new Mismatch(`${spelled(at)} is not a list`);
  if (!Number.isInteger(step) || step < 0 || step > node.length)
    throw new Mismatch(`${spelled(at)} has ${node.length} items; there is no place ${step}`);
};

const hasMember = (node: unknown, step: string | number): node is Data =>
  typeof step === "number" ? Array.isArray(node) && step in node : isTable(node) && Object.hasOwn(node, step);

/** The value at `path`; undefined where nothing stands. */
export const valueAt = (data: unknown, path: Path): unknown => {
  let node = data;
  for (const step of path) {
    if (!hasMember(node, step)) return undefined;
    node = node[step as string];
  }
  return node;
};

const withMember = (node: unknown, step: string | number, member: unknown): unknown => {
  if (Array.isArray(node))
    return node.toSpliced(step as number, 1, ...(member === undefined ? [] : [member]));
  const { [step]: _, ...others } = node as Data;
  if (member === undefined) return others;
  return { ...(node as Data), [step]: member };
};

/** An edit whose value is plain and fits under its path; throws `Mismatch` for others. */
export const checked = ({ path, value }: Edit): Edit => {
  if (path.length === 0 && !isTable(value)) throw new Mismatch("the document must stay an object");
  if (value === undefined) return { path, value };
  if (path.includes("__proto__")) throw new Mismatch("`__proto__` cannot be a key");
  if (path.length > MAX_DEPTH) throw new Mismatch(TOO_DEEP);
  return { path, value: plain(value, path.length + 1) };
};

/** `data` with one checked edit made; nothing of `data` is changed. Throws `Mismatch` where `path` leads through other kinds. */
export const applied = (data: Data, { path, value }: Edit): Data => appliedAt(data, path, value, 0) as Data;

const appliedAt = (data: unknown, path: Path, value: unknown, done: number): unknown => {
  const step = path[done];
  if (step === undefined) return value;
  if (value === undefined && !hasMember(data, step)) return data;
  const node = data === undefined ? (typeof step === "number" ? [] : {}) : data;
  checkHolder(node, step, path.slice(0, done));
  const member = hasMember(node, step) ? node[step as string] : undefined;
  return withMember(node, step, appliedAt(member, path, value, done + 1));
};

const nested = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }), value);

/** Says whether a list must be replaced as a whole and not item by item. */
export type Whole = (before: readonly unknown[], after: readonly unknown[]) => boolean;

/** The steps that make one edit, each on top of the one before; none where the value is there already. */
export const stepsOf = (data: Data, { path, value }: Edit, whole: Whole = () => false): Step[] => {
  let node: unknown = data;
  for (const [i, step] of path.entries()) {
    if (!hasMember(node, step)) {
      if (value === undefined) return [];
      return [{ do: "add", path: path.slice(0, i + 1), value: nested(path.slice(i + 1), value) }];
    }
    node = node[step as string];
  }
  return value === undefined ? [{ do: "drop", path }] : changes(node, value, path, whole);
};

const changes = (before: unknown, after: unknown, path: Path, whole: Whole): Step[] => {
  if (equal(before, after)) return [];
  if (isTable(before) && isTable(after)) return memberChanges(before, after, path, whole);
  if (Array.isArray(before) && Array.isArray(after) && !whole(before, after))
    return itemChanges(before, after, path, whole);
  return [{ do: "put", path, value: after }];
};

const memberChanges = (before: Data, after: Data, path: Path, whole: Whole): Step[] => {
  const steps: Step[] = [];
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key)) steps.push(...changes(before[key], value, [...path, key], whole));
    else steps.push({ do: "add", path: [...path, key], value });
  }
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [...steps, ...gone.map((key): Step => ({ do: "drop", path: [...path, key] }))];
};

/** From the last gap between kept items to the first, so that indices before a gap stay true. */
const itemChanges = (before: unknown[], after: unknown[], path: Path, whole: Whole): Step[] => {
  const steps: Step[] = [];
  let [i, j] = [before.length, after.length];
  for (const [keptI, keptJ] of [...keptItems(before, after).reverse(), [-1, -1] as const]) {
    const paired = Math.min(i - keptI, j - keptJ) - 1;
    const [oldFrom, newFrom] = [keptI + 1, keptJ + 1];
    for (let k = paired; newFrom + k < j; k++)
      steps.push({ do: "add", path: [...path, oldFrom + k], value: after[newFrom + k] });
    for (let k = i - 1; k >= oldFrom + paired; k--) steps.push({ do: "drop", path: [...path, k] });
    for (let k = 0; k < paired; k++)
      steps.push(...changes(before[oldFrom + k], after[newFrom + k], [...path, oldFrom + k], whole));
    [i, j] = [keptI, keptJ];
  }
  return steps;
};

/** Above this many comparisons only a common start and end are looked for. */
const MAX_COMPARISONS = 40_000;

/** Index pairs of items that stand in both lists, in the same order. */
const keptItems = (before: unknown[], after: unknown[]): [number, number][] => {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && equal(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && equal(before.at(-1 - end), after.at(-1 - end))) end++;
  const middle = longestCommon(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  return [
    ...Array.from({ length: start }, (_, i): [number, number] => [i, i]),
    ...middle.map(([i, j]): [number, number] => [start + i, start + j]),
    ...Array.from({ length: end }, (_, i): [number, number] => [
      before.length - end + i,
      after.length - end + i,
    ]),
  ];
};

/** Longest common subsequence, as index pairs. */
const longestCommon = (a: unknown[], b: unknown[]): [number, number][] => {
  if (a.length * b.length > MAX_COMPARISONS) return [];
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]![j]!;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] = equal(a[i], b[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (equal(a[i], b[j])) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
};

/** Runs `read` on the text without its byte order mark; the offsets of its faults count the mark. */
export const pastBom = <T>(text: string, read: (body: string, bom: string) => T): T => {
  if (!text.startsWith("\uFEFF")) return read(text, "");
  try {
    return read(text.slice(1), "\uFEFF");
  } catch (fault) {
    if (fault instanceof Mismatch && fault.at !== undefined) throw new Mismatch(fault.message, fault.at + 1);
    throw fault;
  }
};
