import schemaProperties from "../../schemas/portable.schema.json" with { type: "json" };
import { type Data, isObject, Mismatch } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest, type Place } from "../core/diagnostic.ts";
import type { Format, Path } from "../core/format.ts";
import { fileOf } from "../core/ledger.ts";
import { emptySpec, type Item, type Kind, kinds, type Spec } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { yamlOrLine } from "../formats/dialects.ts";
import { headFault, markdown } from "../formats/markdown.ts";
import { yaml } from "../formats/yaml.ts";
import { yamlHint } from "../formats/yaml-hint.ts";
import validate, { type Fault } from "../generated/spec-validator.js";
import { check, type Locate } from "./check.ts";
import { fileKinds, type Options, optionsCodec, specFile, specSurfaces } from "./surfaces.ts";

const md = markdown(yamlOrLine);

export interface ReadOptions {
  options: Options;
  diagnostics: Diagnostic[];
}

const textOf = (world: World, path: string): string | undefined => {
  const content = world.files.get(path);
  return typeof content === "string" ? content : undefined;
};

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
    return { options: empty, diagnostics: [diagnostic("spec/syntax", { reason: e.message, ...(hint !== undefined && { hint }) }, { place })] };
  }
  const diagnostics = validate(doc) ? [] : schemaFaults(validate.errors ?? [], doc, text, file);
  try {
    return { options: optionsCodec.get(doc, { skipped: (key, reason) => diagnostics.push(...unlessSaid(diagnostics, key, reason, text, file)) }), diagnostics };
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    return { options: empty, diagnostics: diagnostics.length ? diagnostics : [valueFault("portable", e.message, text, file, ["portable"])] };
  }
};

const placed = (text: string, file: string, path: Path): Place => {
  const at = yaml.locate(text, path);
  return at ? { file, start: at[0], end: at[1] } : { file };
};
const valueFault = (where: string, reason: string, text: string, file: string, path: Path): Diagnostic =>
  diagnostic("spec/value", { where, reason }, { place: placed(text, file, path) });
const unlessSaid = (said: readonly Diagnostic[], key: string, reason: string, text: string, file: string): Diagnostic[] => {
  const fault = valueFault(key, reason, text, file, [key]);
  const covered = said.some(d => d.place?.start !== undefined && fault.place?.end !== undefined && d.place.start < fault.place.end && d.place.start >= fault.place.start!);
  return covered ? [] : [fault];
};

const pathOf = (pointer: string, doc: Data): Path => {
  let node: unknown = doc;
  return pointer
    .split("/")
    .slice(1)
    .map(s => {
      const key = s.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(node) ? Number(key) : key;
      node = (node as any)?.[step];
      return step;
    });
};
const dotted = (path: Path): string => (path.length ? path.join(".") : specFile);

/** What the validator says, as people say it. Faults of a union's cases are left to the codecs, which name the case. */
const schemaFaults = (faults: readonly Fault[], doc: Data, text: string, file: string): Diagnostic[] =>
  faults.flatMap((f): Diagnostic[] => {
    const path = pathOf(f.instancePath, doc);
    if (f.keyword === "additionalProperties") {
      const key = String(f.params["additionalProperty"]);
      const known = knownKeys(path);
      return [diagnostic("spec/unknown-key", { key, where: dotted(path), near: nearest(key, known), known }, { place: keyPlace(text, file, [...path, key]) })];
    }
    const inTargets = path[0] === "targets" || path[0] === "from";
    if (f.keyword === "enum" && inTargets) {
      const value = path.reduce<any>((v, k) => v?.[k], doc);
      const known = (f.params["allowedValues"] as string[]) ?? [];
      if (typeof value !== "string") return [];
      return [diagnostic("spec/unknown-target", { id: value, near: nearest(value, known), known }, { place: placed(text, file, path) })];
    }
    if (f.keyword === "enum") return [valueFault(dotted(path), `expected one of ${(f.params["allowedValues"] as unknown[]).join(", ")}`, text, file, path)];
    if (f.keyword === "type" && !String(f.message).includes(",")) return [valueFault(dotted(path), f.message ?? "wrong type", text, file, path)];
    if (f.keyword === "required" && path.length === 0) return [valueFault(specFile, `"${f.params["missingProperty"]}" is missing: write \`portable: 1\` at the top`, text, file, [])];
    return [];
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
  for (const step of path) node = typeof step === "number" ? node?.items : (node?.properties?.[step] ?? node?.additionalProperties);
  const cases = (node?.anyOf ?? []).flatMap((c: any) => Object.keys(c.properties ?? {}));
  return [...new Set([...Object.keys(node?.properties ?? {}), ...cases])] as string[];
};

export interface Loaded {
  spec: Spec;
  diagnostics: Diagnostic[];
}

/** The items that a folder's own spec files hold, and what is wrong with them. `prefix` is the folder, for messages. */
export const readItems = (world: World, known: readonly string[], options: Options, prefix = "", said: readonly Diagnostic[] = []): Loaded => {
  const spec = emptySpec();
  const diagnostics: Diagnostic[] = [];
  for (const kind of kinds) {
    const items = specSurfaces[kind].read(world, {
      target: "spec",
      unread: (at, reason, where) => {
        const place = placeOf(world, at, where, prefix);
        if (!said.some(d => covers(d, place))) diagnostics.push(diagnostic("spec/value", { where: where?.length ? where.join(".") : at, reason }, { place }));
      },
    }) as Item[];
    for (const item of items) {
      diagnostics.push(...unknownKeys(kind, item, world, prefix, said));
      (spec[kind] as Item[]).push(aimed(kind, item, options));
    }
  }
  const locate: Locate = (kind, item, ...keys) => itemPlace(world, kind, item, keys, prefix);
  return { spec, diagnostics: [...diagnostics, ...headFaults(world, spec, prefix), ...check(spec, known, locate)] };
};

/** A skill's aim stands in portable.yaml, since its own files are kept as they are. */
const aimed = (kind: Kind, item: Item, options: Options): Item => {
  const { overrides, at: _, ...rest } = item;
  const own = Object.fromEntries(Object.entries(overrides ?? {}).filter(([k]) => k !== "spec")) as Record<string, Data>;
  const aim = kind === "skill" ? options.skills?.[item.name] : undefined;
  return { ...rest, ...(Object.keys(own).length && { overrides: own }), ...aim } as Item;
};

const covers = (d: Diagnostic, place: Place): boolean =>
  d.place?.file === place.file && (d.place.start === undefined || place.start === undefined || (d.place.start >= place.start && d.place.start <= (place.end ?? place.start)));

const formatOf = (path: string): Format => (path.endsWith(".md") ? md : yaml);
const placeOf = (world: World, at: string, where: Path | undefined, prefix: string): Place => {
  const path = fileOf(at);
  const text = textOf(world, path);
  const file = prefix + path;
  if (text === undefined || !where?.length) return { file };
  try {
    for (let n = where.length; n > 0; n--) {
      const found = formatOf(path).locate(text, where.slice(0, n));
      if (found) return { file, start: found[0], end: found[1] };
    }
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
  }
  return { file };
};

const sections: Partial<Record<Kind, string>> = { server: "mcpServers", retrieval: "retrieval", provider: "providers", model: "models", hook: "hooks" };
const itemPlace = (world: World, kind: Kind, item: Item, keys: string[], prefix: string): Place => {
  if (kind === "skill") return { file: `${prefix}.portable/skills/${item.name}/SKILL.md` };
  if (fileKinds.includes(kind)) {
    const file = specSurfaces[kind].path.replace("{name}", item.name);
    return placeOf(world, file, keys.length ? keys : undefined, prefix);
  }
  const section = sections[kind];
  if (section) return placeOf(world, `${specFile}#`, [section, item.name, ...keys], prefix);
  if (kind === "setting") return placeOf(world, `${specFile}#`, ["settings", ...item.name.split("/")], prefix);
  return placeOf(world, `${specFile}#`, [kind === "permission" ? "permissions" : "ignore"], prefix);
};

const unknownKeys = (kind: Kind, item: Item, world: World, prefix: string, said: readonly Diagnostic[]): Diagnostic[] => {
  const extra = item.overrides?.["spec"];
  if (!isObject(extra)) return [];
  const known = [...new Set(specSurfaces[kind].fields.flatMap(f => f.theirs ?? []))].filter(k => k !== "body" && !k.startsWith("@"));
  return Object.keys(extra).flatMap(key => {
    const place = keyOnly(itemPlace(world, kind, item, [key], prefix), key);
    const fault = diagnostic("spec/unknown-key", { key, where: `${kind} ${item.name}`, near: nearest(key, known), known }, { place });
    return said.some(d => covers(d, place)) ? [] : [fault];
  });
};
const keyOnly = (place: Place, key: string): Place => (place.start === undefined ? place : { ...place, end: place.start + key.length });

/** Heads that are opened and never closed, or hold a key twice. */
const headFaults = (world: World, spec: Spec, prefix: string): Diagnostic[] =>
  fileKinds
    .filter(k => k !== "skill")
    .flatMap(kind =>
      (spec[kind] as Item[]).flatMap(item => {
        const path = specSurfaces[kind].path.replace("{name}", item.name);
        const text = textOf(world, path);
        if (text === undefined || !text.startsWith("---")) return [];
        const fault = headFault(text, yamlOrLine);
        return fault ? [diagnostic("spec/syntax", { reason: fault.reason }, { place: { file: prefix + path, start: fault.at, end: fault.at + 3 } })] : [];
      }),
    );
