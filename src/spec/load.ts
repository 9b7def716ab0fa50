import { type Data, isObject } from "../core/data.ts";
import { type Diagnostic, diagnostic, nearest, type Place } from "../core/diagnostic.ts";
import { emptySpec, type Item, type Kind, kinds, type Spec } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { yamlOrLine } from "../formats/dialects.ts";
import { headFault } from "../formats/markdown.ts";
import { check, type Locate } from "./check.ts";
import type { Options } from "./option-shape.ts";
import { bareReason, itemPlace, placeOf, textOf } from "./place.ts";
import { fileKinds, specSurfaces } from "./surfaces.ts";

export interface Loaded {
  spec: Spec;
  diagnostics: Diagnostic[];
}

/** The items that a folder's own spec files hold, and what is wrong with them. `prefix` is the folder, for messages. */
export const readItems = (
  world: World,
  known: readonly string[],
  options: Options,
  prefix = "",
  said: readonly Diagnostic[] = [],
): Loaded => {
  const spec = emptySpec();
  const diagnostics: Diagnostic[] = [];
  for (const kind of kinds) {
    const items = specSurfaces[kind].read(world, {
      target: "spec",
      unread: (at, reason, where) => {
        const place = placeOf(world, at, where, prefix);
        if (!said.some((d) => covers(d, place)))
          diagnostics.push(
            diagnostic(
              "spec/value",
              { where: where?.length ? where.join(".") : at, reason: bareReason(reason, where) },
              { place },
            ),
          );
      },
    }) as Item[];
    for (const item of items) {
      diagnostics.push(...unknownKeys(kind, item, world, prefix, said));
      (spec[kind] as Item[]).push(aimed(kind, item, options));
    }
  }
  const locate: Locate = (kind, item, ...keys) => itemPlace(world, kind, item, keys, prefix);
  return {
    spec,
    diagnostics: [...diagnostics, ...headFaults(world, spec, prefix), ...check(spec, known, locate)],
  };
};

/** A skill's aim stands in portable.yaml, since its own files are kept as they are. */
const aimed = (kind: Kind, item: Item, options: Options): Item => {
  const { overrides, at: _, ...rest } = item;
  const own = Object.fromEntries(Object.entries(overrides ?? {}).filter(([k]) => k !== "spec")) as Record<
    string,
    Data
  >;
  const aim = kind === "skill" ? options.skills?.[item.name] : undefined;
  return { ...rest, ...(Object.keys(own).length && { overrides: own }), ...aim } as Item;
};

const covers = (d: Diagnostic, place: Place): boolean =>
  d.place?.file === place.file &&
  (d.place.start === undefined ||
    place.start === undefined ||
    (d.place.start >= place.start && d.place.start <= (place.end ?? place.start)));

const unknownKeys = (
  kind: Kind,
  item: Item,
  world: World,
  prefix: string,
  said: readonly Diagnostic[],
): Diagnostic[] => {
  const extra = item.overrides?.["spec"];
  if (!isObject(extra)) return [];
  const known = [...new Set(specSurfaces[kind].fields.flatMap((f) => f.theirs ?? []))].filter(
    (k) => k !== "body" && !k.startsWith("@"),
  );
  return Object.keys(extra).flatMap((key) => {
    const place = keyOnly(itemPlace(world, kind, item, [key], prefix), key);
    const fault = diagnostic(
      "spec/unknown-key",
      { key, where: `${kind} ${item.name}`, near: nearest(key, known), known },
      { place },
    );
    return said.some((d) => covers(d, place)) ? [] : [fault];
  });
};
const keyOnly = (place: Place, key: string): Place =>
  place.start === undefined ? place : { ...place, end: place.start + key.length };

/** Heads that are opened and never closed, or hold a key twice. */
const headFaults = (world: World, spec: Spec, prefix: string): Diagnostic[] =>
  fileKinds
    .filter((k) => k !== "skill")
    .flatMap((kind) =>
      (spec[kind] as Item[]).flatMap((item) => {
        const path = specSurfaces[kind].path.replace("{name}", item.name);
        const text = textOf(world, path);
        if (text === undefined || !text.startsWith("---")) return [];
        const fault = headFault(text, yamlOrLine);
        return fault
          ? [
              diagnostic(
                "spec/syntax",
                { reason: fault.reason },
                { place: { file: prefix + path, start: fault.at, end: fault.at + 3 } },
              ),
            ]
          : [];
      }),
    );
