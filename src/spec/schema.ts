import type { Schema } from "../core/codec.ts";
import { isObject } from "../core/data.ts";
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

/** The JSON Schema of portable.yaml, derived from the codecs that read it. `ids` are the known targets. */
export const specSchema = (ids: readonly string[]): Schema => {
  const options = optionsCodec.schema as { properties: Schema };
  const target = { enum: [...ids] };
  const properties: Schema = { ...options.properties, ...itemSchemas };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "portable.yaml",
    description: "How a team works with coding agents: one spec for every tool.",
    ...(closed({
      ...options,
      properties: {
        ...properties,
        targets: { type: "array", items: target },
        from: { anyOf: [target, { type: "array", items: target }] },
      },
    }) as Schema),
  };
};
