import { fields, textOf } from "../dialects/dialect.ts";

/** A JSON object, never changed in place. */
export type Json = Readonly<Record<string, unknown>>;

/** A list, else an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Each entry by what `each` makes of it, undefined leaves it out; the list itself where nothing changes. */
export const mapped = (
  list: readonly unknown[],
  each: (entry: unknown, at: number) => unknown,
): readonly unknown[] => {
  let changed = false;
  const out: unknown[] = [];
  for (const [at, entry] of list.entries()) {
    const made = each(entry, at);
    if (made !== entry) changed = true;
    if (made !== undefined) out.push(made);
  }
  return changed ? out : list;
};

/** The object with a key set, or without it where the value is undefined; itself where nothing changes. */
export const put = (object: Json, key: string, value: unknown): Json => {
  if (value === undefined) return without(object, [key]);
  return object[key] === value ? object : { ...object, [key]: value };
};

/** The object without some keys; itself where it has none of them. */
export const without = (object: Json, keys: readonly string[]): Json =>
  keys.some((key) => Object.hasOwn(object, key))
    ? Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
    : object;

/** The object with the list under a key mapped; itself where nothing changes. */
export const inList = (object: Json, key: string, each: (entry: unknown, at: number) => unknown): Json => {
  const list = object[key];
  return Array.isArray(list) ? put(object, key, mapped(list, each)) : object;
};

export const typeOf = (value: unknown): string => textOf(fields(value)["type"]);
export const roleOf = (value: unknown): string => textOf(fields(value)["role"]);

/** The text of a message's content, whether it is a string or a list of text parts. */
export const wordsOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : listOf(content)
        .map((part) => textOf(fields(part)["text"]))
        .join("\n");
