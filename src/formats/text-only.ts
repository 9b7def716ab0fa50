import { attempt } from "../core/codec.ts";
import { type Data, Mismatch, same } from "../core/data.ts";
import type { Edit, Format } from "../core/format.ts";

/** Text that stands for itself or for what JSON reads in it. */
const SCALAR = /^(?:true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?)$/;
const isScalar = (value: unknown): boolean => typeof value === "boolean" || typeof value === "number";

/**
 * A head whose dialect holds text only. `named` are the keys that a target names; every other key is the tool's own: its
 * `true`, `false` and numbers are read and written as such, and a value that the dialect cannot say is left out.
 */
export const textOnly = (format: Format, named: readonly string[]): Format => {
  const isOwn = (key: string | number | undefined): boolean => key !== "body" && !named.includes(String(key));
  const read = (value: unknown): unknown =>
    typeof value === "string" && SCALAR.test(value) ? JSON.parse(value) : value;
  const parse = (text: string): Data =>
    Object.fromEntries(
      Object.entries(format.parse(text)).map(([k, v]) => [k, isOwn(k) && !k.startsWith("@") ? read(v) : v]),
    );
  const asText = ({ path, value }: Edit): Edit => ({ path, value: isScalar(value) ? String(value) : value });
  const one = (text: string | undefined, edit: Edit): string => {
    const [key] = edit.path;
    if (!isOwn(key) || edit.value === undefined) return format.edit(text, [asText(edit)]);
    const said = attempt(() => format.edit(text, [asText(edit)]));
    return said !== undefined && same(parse(said)[key as string], edit.value)
      ? said
      : format.edit(text, [{ path: [key!], value: undefined }]);
  };
  return {
    ...format,
    parse,
    edit: (text, edits) => {
      if (!edits.some((e) => isOwn(e.path[0]) && e.value !== undefined))
        return format.edit(text, edits.map(asText));
      return edits.reduce<string | undefined>(one, text) ?? "";
    },
  };
};

/** Whether such a head can hold a value under a key that is the tool's own. */
export const holdsOwn = (format: Format, key: string, value: unknown): boolean => {
  try {
    return same(format.parse(format.edit(undefined, [{ path: [key], value }]))[key], value);
  } catch (e) {
    if (e instanceof Mismatch) return false;
    throw e;
  }
};
