import schemaProperties from "../../schemas/portable.schema.json" with { type: "json" };
import { type Data, Mismatch } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest, type Place } from "../core/diagnostic.ts";
import type { Path } from "../core/format.ts";
import { unsafePath } from "../core/paths.ts";
import { yaml } from "../formats/yaml.ts";
import { yamlHint } from "../formats/yaml-hint.ts";
import validate, { type Fault } from "../generated/spec-validator.js";
import { type Options, optionsCodec } from "./option-shape.ts";
import { specFile } from "./surfaces.ts";

export interface ReadOptions {
  options: Options;
  diagnostics: Diagnostic[];
}

/** Pages in place that the spec cannot name. */
const pageFaults = ({ rules = [] }: Options, text: string, file: string): Diagnostic[] =>
  rules.flatMap(({ file: path }, i) => {
    const reason = unsafePath(path);
    return reason
      ? [diagnostic("spec/path", { path, reason }, { place: placed(text, file, ["rules", i]) })]
      : [];
  });

/** Reads what portable.yaml says besides items, and what is wrong with it as a document. */
export const readOptions = (text: string | undefined, file = specFile): ReadOptions => {
  const empty: Options = { portable: 1 };
  if (text === undefined) return { options: empty, diagnostics: [] };
  let doc: Data;
  try {
    doc = yaml.parse(text);
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    const hint = e.at === undefined ? undefined : yamlHint(text, e.at);
    const place = { file, ...(e.at !== undefined && { start: e.at, end: e.at + 1 }) };
    return {
      options: empty,
      diagnostics: [
        diagnostic("spec/syntax", { reason: e.message, ...(hint !== undefined && { hint }) }, { place }),
      ],
    };
  }
  const diagnostics = validate(doc) ? [] : schemaFaults(validate.errors ?? [], { doc, text, file });
  try {
    const skipped = (key: string, reason: string): void =>
      void diagnostics.push(...unlessSaid(diagnostics, key, reason, text, file));
    const options = optionsCodec.get(doc, { skipped });
    const faults = pageFaults(options, text, file);
    const rules = options.rules?.filter((r) => unsafePath(r.file) === undefined);
    return { options: { ...options, ...(rules && { rules }) }, diagnostics: [...diagnostics, ...faults] };
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    return {
      options: empty,
      diagnostics: diagnostics.length
        ? diagnostics
        : [valueFault("portable", e.message, text, file, ["portable"])],
    };
  }
};

const placed = (text: string, file: string, path: Path): Place => {
  const at = yaml.locate(text, path);
  return at ? { file, start: at[0], end: at[1] } : { file };
};
const valueFault = (where: string, reason: string, text: string, file: string, path: Path): Diagnostic =>
  diagnostic("spec/value", { where, reason }, { place: placed(text, file, path) });
const unlessSaid = (
  said: readonly Diagnostic[],
  key: string,
  reason: string,
  text: string,
  file: string,
): Diagnostic[] => {
  const fault = valueFault(key, reason, text, file, [key]);
  const covered = said.some(
    (d) =>
      d.place?.start !== undefined &&
      fault.place?.end !== undefined &&
      d.place.start < fault.place.end &&
      d.place.start >= fault.place.start!,
  );
  return covered ? [] : [fault];
};

const pathOf = (pointer: string, doc: Data): Path => {
  let node: unknown = doc;
  return pointer
    .split("/")
    .slice(1)
    .map((s) => {
      const key = s.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(node) ? Number(key) : key;
      node = (node as any)?.[step];
      return step;
    });
};
const dotted = (path: Path): string => (path.length ? path.join(".") : specFile);

/** A document and where its parts stand. */
interface Source {
  doc: Data;
  text: string;
  file: string;
}
const inWords: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  object: "a map",
  string: "text",
};

const unknownKey = (path: Path, key: string, { text, file }: Source): Diagnostic => {
  const known = knownKeys(path);
  const facts = { key, where: dotted(path), near: nearest(key, known), known };
  return diagnostic("spec/unknown-key", facts, { place: keyPlace(text, file, [...path, key]) });
};
const unknownWord = (path: Path, known: string[], { doc, text, file }: Source): Diagnostic[] => {
  const value = path.reduce<any>((v, k) => v?.[k], doc);
  const isTarget = path[0] === "targets" || path[0] === "from";
  if (isTarget && typeof value !== "string") return [];
  const near = typeof value === "string" ? nearest(value, known) : [];
  if (isTarget)
    return [
      diagnostic("spec/unknown-target", { id: value, near, known }, { place: placed(text, file, path) }),
    ];
  const meant = near.length ? `; did you mean "${near[0]}"?` : "";
  return [valueFault(dotted(path), `expected one of ${known.join(", ")}${meant}`, text, file, path)];
};

/** Where a value fits no case of a union, the case that it nearly fits is told, not those of another type. */
const telling = (all: readonly Fault[]): Fault[] => {
  const unions = new Set(all.filter((f) => f.keyword === "anyOf").map((f) => f.instancePath));
  const inner = (path: string): boolean =>
    all.some((f) => f.keyword !== "type" && f.keyword !== "anyOf" && f.instancePath.startsWith(path));
  return all.filter((f) => f.keyword !== "type" || !unions.has(f.instancePath) || !inner(f.instancePath));
};

/** What the validator says, as people say it. Faults of a union's cases are left to the codecs, which name the case. */
const schemaFaults = (all: readonly Fault[], source: Source): Diagnostic[] =>
  telling(all).flatMap(({ instancePath, keyword, params }): Diagnostic[] => {
    const { doc, text, file } = source;
    const path = pathOf(instancePath, doc);
    const type = inWords[String(params["type"])];
    if (keyword === "additionalProperties")
      return [unknownKey(path, String(params["additionalProperty"]), source)];
    if (keyword === "enum") return unknownWord(path, params["allowedValues"] as string[], source);
    if (keyword === "type" && type) return [valueFault(dotted(path), `expected ${type}`, text, file, path)];
    if (keyword === "minimum" || keyword === "maximum") {
      const reason = `expected ${keyword === "minimum" ? "at least" : "at most"} ${params["limit"]}`;
      return [valueFault(dotted(path), reason, text, file, path)];
    }
    if (keyword !== "required" || path.length) return [];
    const reason = `"${params["missingProperty"]}" is missing: write \`portable: 1\` at the top`;
    return [valueFault(specFile, reason, text, file, [])];
  });

/** The key alone, without its value. */
const keyPlace = (text: string, file: string, path: Path): Place => {
  const place = placed(text, file, path);
  if (place.start === undefined) return place;
  const line = text.indexOf("\n", place.start);
  const colon = text.indexOf(":", place.start);
  const end = colon > 0 && (line < 0 || colon < line) ? colon : place.end!;
  return { file, start: place.start, end };
};

const knownKeys = (path: Path): string[] => {
  let node: any = schemaProperties;
  for (const step of path)
    node = typeof step === "number" ? node?.items : (node?.properties?.[step] ?? node?.additionalProperties);
  const cases = (node?.anyOf ?? []).flatMap((c: any) => Object.keys(c.properties ?? {}));
  return [...new Set([...Object.keys(node?.properties ?? {}), ...cases])] as string[];
};
