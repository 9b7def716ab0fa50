import type { Change } from "../core/change.ts";
import { type Data, same } from "../core/data.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Format } from "../core/format.ts";
import type { Entry } from "../core/ledger.ts";
import { differences } from "../core/loss.ts";
import { idOf } from "../core/own.ts";
import type { Item, Kind, Retrieval, Server, Skill } from "../core/spec.ts";
import { type Job, type World, applied as withChanges } from "../core/surface.ts";
import { valueAt } from "../core/surfaces/rows.ts";
import { yaml } from "../formats/yaml.ts";
import { readItems } from "../spec/load.ts";
import type { Options } from "../spec/option-shape.ts";
import { specFile, specSurfaces } from "../spec/surfaces.ts";
import { targetIds } from "../targets/index.ts";
import { localFile } from "./local.ts";
import type { Folder } from "./project.ts";

/** One item of the spec as it should be. */
export interface SpecEdit {
  kind: Kind;
  name: string;
  /** As the spec has it; undefined: it is new. */
  ours?: Item;
  /** Undefined: it goes. */
  item?: Item;
}

/** May change everything that it is asked about. */
export const freeJob = (owns: Job["owns"] = () => undefined): Job => ({
  readers: ["spec"],
  holds: () => new Map(),
  may: () => true,
  owns,
  made: () => undefined,
  refuse: () => undefined,
  cleared: () => undefined,
  emptied: () => undefined,
});

/** An item as it stands in the spec's own files. */
const standing = (world: World, kind: Kind, name: string): Item | undefined => {
  const items = specSurfaces[kind].read(world, { target: "spec" }) as Item[];
  const item = items.find((i) => i.name === name);
  if (!item) return undefined;
  const { at: _, ...rest } = item;
  return rest as Item;
};

const write = (world: World, kind: Kind, item: Item): World =>
  withChanges(world, specSurfaces[kind].write([item], world, freeJob()));

/** Takes an item out: what it is written as is known from writing it. */
const without = (world: World, kind: Kind, item: Item): World => {
  const ledger = new Map<string, Entry>();
  const owns: Job["owns"] = (at, content) => void ledger.set(at, { id: idOf(content), targets: ["spec"] });
  const place = specSurfaces[kind];
  place.write([item], world, freeJob(owns));
  const gone = place.write([], { ...world, ledger }, freeJob());
  return withChanges(world, gone);
};

/** An item as it stands, with what differs between two others. */
export const patched = (raw: Item, from: Item, to: Item): Item => {
  const [a, b] = [from as unknown as Data, to as unknown as Data];
  const out: Data = { ...(raw as unknown as Data) };
  for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (same(a[k], b[k])) continue;
    if (b[k] === undefined) delete out[k];
    else out[k] = b[k];
  }
  return out as unknown as Item;
};

/** A server that the spec has as retrieval. */
const asRetrieval = (edit: SpecEdit, raw: Retrieval): SpecEdit | string => {
  const { ours, item } = edit as { ours: Server; item?: Server };
  if (!item) return { ...edit, kind: "retrieval", ours: raw };
  if (raw.source.type !== "mcp") return "it starts portable's own server: make the change under `retrieval`";
  const { transport, ...rest } = item;
  const { transport: _, ...before } = ours;
  if (!same(rest, before))
    return "the spec has it under `retrieval`, which holds nothing but how it is reached";
  return { ...edit, kind: "retrieval", ours: raw, item: { ...raw, source: { type: "mcp", mcp: transport } } };
};

/** The edit as one of the spec's own files, or why it is none. */
const located = (world: World, edit: SpecEdit): { edit: SpecEdit; raw?: Item } | string => {
  const { kind, name, ours } = edit;
  if (!ours) return { edit };
  const raw = standing(world, kind, name);
  if (raw) return { edit, raw };
  const retrieval = kind === "server" ? standing(world, "retrieval", name) : undefined;
  if (!retrieval) return `it stands in ${localFile}: make the change there`;
  const turned = asRetrieval(edit, retrieval as Retrieval);
  return typeof turned === "string" ? turned : { edit: turned, raw: retrieval };
};

/** Without the keys of a file that a writing added and that say nothing, so that only what was edited changes. */
export const withoutAdded = (
  path: string,
  format: Format,
  before: World,
  world: World,
  isStill: (bare: World) => boolean,
): World => {
  const [old, now] = [before, world].map((w) => w.files.get(path));
  if (old === now || typeof now !== "string") return world;
  const data = typeof old === "string" ? format.parse(old) : {};
  const added = differences(data, format.parse(now)).filter((at) => valueAt(data, at) === undefined);
  return added.reduce((all, at) => {
    const after = format.edit(all.files.get(path) as string, [{ path: at, value: undefined }]);
    const bare = withChanges(all, [{ path, after }]);
    return isStill(bare) ? bare : all;
  }, world);
};
const bared = (before: World, world: World, kind: Kind, name: string): World => {
  const wanted = standing(world, kind, name);
  return withoutAdded(specFile, yaml, before, world, (w) => same(standing(w, kind, name), wanted));
};

/** A skill without the files that it no longer has. */
const withoutGone = (world: World, kind: Kind, raw: Item, item: Item): World => {
  if (kind !== "skill") return world;
  const { files } = item as Skill;
  const gone = Object.keys((raw as Skill).files).filter((file) => !Object.hasOwn(files, file));
  if (!gone.length) return world;
  return without(world, kind, { ...raw, files: only((raw as Skill).files, gone) } as Item);
};
const only = <T>(all: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
  Object.fromEntries(keys.map((k) => [k, all[k]!]));

/** The folder's tree with one item of the spec changed, or why it cannot be. */
export const withEdit = (world: World, edit: SpecEdit): World | string => {
  const at = located({ ...world, ledger: new Map() }, edit);
  if (typeof at === "string") return at;
  const { kind, ours, item } = at.edit;
  const bare = { ...world, ledger: new Map() };
  const { raw } = at;
  const next = !item
    ? without(bare, kind, raw!)
    : raw
      ? changedTo(bare, kind, raw, patched(raw, ours!, item))
      : write(bare, kind, item);
  return { ...next, ledger: world.ledger };
};

const changedTo = (world: World, kind: Kind, raw: Item, item: Item): World =>
  withoutGone(bared(world, write(world, kind, item), kind, raw.name), kind, raw, item);

/** What the spec's files would be refused for that they were not before. */
export const newFaults = (folder: Folder, after: World, options: Options): Diagnostic[] => {
  const faults = (world: World): Diagnostic[] =>
    readItems(world, targetIds, options, folder.prefix).diagnostics.filter((d) => d.level === "error");
  const before = faults(folder.world);
  return faults(after).filter((d) => !before.some((b) => b.code === d.code && b.reason === d.reason));
};

/** Changes of files, their paths from the root. */
export const changesOf = (folder: Folder, after: World): Change[] => {
  const { world, prefix } = folder;
  const paths = new Set([...world.files.keys(), ...after.files.keys()]);
  return [...paths]
    .filter((p) => !same(world.files.get(p), after.files.get(p)) || world.exec.has(p) !== after.exec.has(p))
    .sort()
    .map((p) => {
      const [before, now] = [world.files.get(p), after.files.get(p)];
      return {
        path: prefix + p,
        ...(before !== undefined && { before }),
        ...(now !== undefined && { after: now }),
        ...(now !== undefined && world.exec.has(p) !== after.exec.has(p) && { exec: after.exec.has(p) }),
      };
    });
};
