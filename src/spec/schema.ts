import type { Schema } from "../core/codec.ts";
import { type Data, isObject } from "../core/data.ts";
import { meaningOf } from "./about.ts";
import { optionsCodec } from "./option-shape.ts";
import { itemSchemas } from "./surfaces.ts";

/** Objects with named properties take no others. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const out = Object.fromEntries(
    Object.entries(schema).map(([k, v]) => [k, k === "anyOf" || k === "allOf" ? closedCases(v) : closed(v)]),
  );
  const names = isObject(schema["properties"]) && schema["type"] === "object";
  return names && !("additionalProperties" in schema) ? { ...out, additionalProperties: false } : out;
};
/** The cases of a union only say which keys they need: what else may stand there is the object's matter. */
const closedCases = (cases: unknown): unknown =>
  (cases as unknown[]).map((c) => (isObject(c) && c["type"] === undefined ? c : closed(c)));

/** The same with what each key says. `at` is the path of keys: `mcpServers.*`. */
const described = (schema: unknown, at: string): unknown => {
  if (!isObject(schema)) return schema;
  const says = meaningOf(at);
  const within = (k: string): string => (at === "" ? k : `${at}.${k}`);
  const { properties, additionalProperties, items } = schema;
  return {
    ...(says !== undefined && { description: says }),
    ...schema,
    ...(isObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([k, v]) => [k, described(v, within(k))]),
      ),
    }),
    ...(isObject(additionalProperties) && {
      additionalProperties: isObject(additionalProperties["properties"])
        ? described(additionalProperties, `${at}.*`)
        : additionalProperties,
    }),
    ...(isObject(items) && { items: inList(items, at) }),
  };
};
/** Of a list, the rows have their keys below its own path. */
const inList = (items: Data, at: string): unknown => {
  const cases = items["anyOf"];
  if (!Array.isArray(cases)) return isObject(items["properties"]) ? withoutOwn(described(items, at)) : items;
  return {
    ...items,
    anyOf: cases.map((c) => (isObject(c) && c["properties"] ? withoutOwn(described(c, at)) : c)),
  };
};
const withoutOwn = (schema: unknown): unknown => {
  const { description: _, ...rest } = schema as Data;
  return rest;
};

/** The JSON Schema of portable.yaml, derived from the codecs that read it. `ids` are the known targets. */
export const specSchema = (ids: readonly string[]): Schema => {
  const options = optionsCodec.schema as { properties: Schema };
  const target = { enum: [...ids] };
  const oneOrMore = { anyOf: [target, { type: "array", items: target }] };
  const properties: Schema = { ...options.properties, ...itemSchemas };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "portable.yaml",
    description: "How a team works with coding agents: one spec for every tool.",
    ...(described(
      closed({
        ...options,
        properties: {
          ...properties,
          targets: oneOrMore,
          from: oneOrMore,
        },
      }),
      "",
    ) as Schema),
  };
};
