import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { type Item, type Kind, kinds, type Spec } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { readItems } from "../spec/load.ts";
import type { Options } from "../spec/option-shape.ts";
import { readOptions } from "../spec/options.ts";
import { itemPlace, placeOf } from "../spec/place.ts";
import { specFile } from "../spec/surfaces.ts";
import { targetIds } from "../targets/index.ts";

export const localFile = "portable.local.yaml";

/** A folder's own portable.yaml need not say the version again. */
export const withVersion = (text: string | undefined): string | undefined =>
  text === undefined || /^portable:/m.test(text) ? text : `${text}\nportable: 1\n`;

interface Local {
  options: Options;
  spec: Spec;
  diagnostics: Diagnostic[];
  /** Where an item of the personal file stands; undefined: it is none of them. */
  locate(kind: Kind, item: Item, ...keys: (string | number)[]): Place | undefined;
}
const inLocal = (place: Place): Place => ({ ...place, file: localFile });

/** What may not stand in a personal file. */
const strays = (read: Options, spec: Spec, world: World): Diagnostic[] => {
  const { portable: _, proxy: __, gateway: ___, ...others } = read;
  const keys = Object.keys(others).map((key) => ({ key, place: placeOf(world, `${specFile}#`, [key], "") }));
  const items = kinds
    .filter((k) => k !== "provider" && k !== "model" && spec[k].length)
    .map((k) => ({ key: `${k} ${spec[k][0]!.name}`, place: itemPlace(world, k, spec[k][0]!, [], "") }));
  return [...keys, ...items].map(({ key, place }) =>
    diagnostic("spec/not-here", { key, where: localFile }, { place: inLocal(place) }),
  );
};

/** One's own items in place of those of the same name. */
const over = <I extends Item>(base: readonly I[], mine: readonly I[]): I[] => [
  ...base.filter((i) => !mine.some((m) => m.name === i.name)),
  ...mine,
];

/** The personal overlay: providers, models, the gateway and the proxy; nothing that would reach a committed file. */
export const withLocal = (text: string | undefined, options: Options, spec: Spec): Local => {
  if (text === undefined) return { options, spec, diagnostics: [], locate: () => undefined };
  const read = readOptions(withVersion(text), localFile);
  const files = new Map([[specFile, text]]);
  const world: World = { files, exec: new Set(), links: new Map(), ledger: new Map() };
  const said = read.diagnostics.map((d) => (d.place ? { ...d, place: { ...d.place, file: specFile } } : d));
  const own = readItems(world, targetIds, read.options, "", said);
  const moved = own.diagnostics.map((d) => (d.place ? { ...d, place: inLocal(d.place) } : d));
  const { proxy, gateway } = read.options;
  return {
    options: {
      ...options,
      ...(proxy && { proxy: { ...options.proxy, ...proxy } }),
      ...(gateway !== undefined && { gateway }),
    },
    spec: {
      ...spec,
      provider: over(spec.provider, own.spec.provider),
      model: over(spec.model, own.spec.model),
    },
    diagnostics: [...read.diagnostics, ...moved, ...strays(read.options, own.spec, world)],
    locate: (kind, item, ...keys) => {
      const mine = (own.spec[kind] as Item[]).some((i) => i.name === item.name);
      return mine ? inLocal(itemPlace(world, kind, item, keys, "")) : undefined;
    },
  };
};
