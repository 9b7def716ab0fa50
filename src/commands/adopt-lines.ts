import { bodyText, type Conflict, type Hunk } from "../core/adopt.ts";
import { isObject } from "../core/data.ts";
import { type Command, held, type Item } from "../core/spec.ts";
import { specData } from "../core/spellings.ts";
import { say, type Template } from "../core/template.ts";

const holeKeys = ["env", "arg", "named", "shell", "file"];
const isTemplate = (v: unknown): v is Template =>
  Array.isArray(v) &&
  v.every((p) => typeof p === "string" || (isObject(p) && holeKeys.some((k) => k in p))) &&
  (v.length === 1 || v.some((p) => typeof p === "object"));

/** Data with its templates as the spec spells them. */
const plain = (v: unknown): unknown => {
  if (v instanceof Uint8Array) return `(${v.length} bytes)`;
  if (isTemplate(v)) return say(specData, v).text;
  if (Array.isArray(v)) return v.map(plain);
  return isObject(v) ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)])) : v;
};

const textOf = (v: unknown): string => {
  const data = plain(v);
  return typeof data === "string" ? data : JSON.stringify(data);
};
const isItem = (v: unknown): v is Item => isObject(v) && typeof v["name"] === "string";

/** A value as lines; of an item its text, where it has one. */
const linesOf = (v: unknown): string[] => {
  if (v === undefined) return [];
  if (!isItem(v)) return textOf(v).split("\n");
  const { body, ...rest } = held(v as never) as { body?: unknown };
  if (typeof body === "string") return body.split("\n");
  return body === undefined ? [textOf(rest)] : bodyText(body as Template, v as Command).split("\n");
};

/** A conflict as Git shows it. */
export const conflictLines = (c: Conflict, path: string): string[] => {
  const hunks: readonly Hunk[] = c.hunks ?? [{ ours: linesOf(c.ours), theirs: linesOf(c.theirs) }];
  return hunks.flatMap((h) => ["<<<<<<< spec", ...h.ours, "=======", ...h.theirs, `>>>>>>> ${path}`]);
};
