import { type Data, isObject } from "../core/data.ts";

/** A path in JSON: RFC 6901, where a name without a slash is one key; `""` is the whole. */
export type JsonPath = readonly string[];
export const pathOf = (said: string): JsonPath =>
  said === ""
    ? []
    : said.startsWith("/")
      ? said
          .slice(1)
          .split("/")
          .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      : [said];

const child = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Data)[key] : undefined;

/** What stands at a path; `*` is each element of a list. Without what is missing. */
export const valuesAt = (value: unknown, [key, ...rest]: JsonPath): unknown[] => {
  if (key === undefined) return value === undefined || value === null ? [] : [value];
  if (key === "*" && Array.isArray(value)) return value.flatMap((v) => valuesAt(v, rest));
  return valuesAt(child(value, key), rest);
};

/** The data with a value at a path, made where nothing stands; what was handed in stays as it is. */
export const withValue = (data: unknown, [key, ...rest]: JsonPath, value: unknown): unknown => {
  if (key === undefined) return value;
  const inner = withValue(child(data, key), rest, value);
  if (Array.isArray(data) && /^(?:0|[1-9]\d{0,3})$/.test(key))
    return Object.assign([...data], { [key]: inner });
  return { ...(isObject(data) ? data : {}), [key]: inner };
};
