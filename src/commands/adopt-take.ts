import { adopt, type Conflict, type Taken, type Views } from "../core/adopt.ts";
import { type Data, isObject, same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { fileOf } from "../core/ledger.ts";
import { differences } from "../core/loss.ts";
import type { Item, Kind } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { placeFor } from "../core/tasks.ts";
import { mergeLines } from "../formats/merge.ts";
import { whereOf } from "../spec/check.ts";
import { hide } from "../spec/hide.ts";
import { withEditInPlace } from "./adopt-in-place.ts";
import { conflictLines } from "./adopt-lines.ts";
import { asWritten, isMoved, movesOf } from "./adopt-moves.ts";
import { type Reading, reading } from "./adopt-reading.ts";
import { type FileSides, sidesOf } from "./adopt-sides.ts";
import { withEdit } from "./adopt-spec.ts";
import type { Folder } from "./project.ts";

/** What one file gave. */
export interface FromFile {
  /** From the root. */
  path: string;
  taken: { kind: Kind; name: string; what: string }[];
  diagnostics: Diagnostic[];
  /** Addresses from the root that the spec says from now on as they stand. */
  clean: Set<string>;
}
export interface FromFolder {
  files: FromFile[];
  /** The folder's tree with the spec's files as they then are. */
  world: World;
}

/** The items of the spec as they are after what was taken so far. */
type Now = Map<string, Item | undefined>;
const keyOf = (kind: Kind, name: string): string => `${kind}\0${name}`;

const withValue = (v: unknown, [head, ...rest]: readonly string[], to: unknown): unknown => {
  if (head === undefined) return to;
  const data = isObject(v) ? v : {};
  return { ...data, [head]: withValue(data[head], rest, to) };
};
const valueIn = (v: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((x, k) => (isObject(x) ? (x as Data)[k] : undefined), v);

interface File {
  sides: FileSides;
  out: FromFile;
  folder: Folder;
}

/** The variable that a template names, alone or with text around it. */
const variableIn = (v: unknown): string | undefined =>
  Array.isArray(v)
    ? v.find((p): p is { env: string } => isObject(p) && typeof p["env"] === "string")?.env
    : undefined;

/** An item without its literal secrets: what the spec has there, else a reference. Undefined: it cannot do without one. */
const withoutSecrets = (item: Item, { sides, out, folder }: File): { item?: Item; secret: boolean } => {
  const { kind } = sides;
  const hidden = hide(kind, item);
  if (!hidden.found.length) return { item, secret: false };
  const before = sides.base.get(item.name) ?? sides.view.get(item.name);
  const places = differences(item, hidden.item ?? item).flatMap((path) => {
    const old = valueIn(before, path);
    return old === undefined ? [] : [{ path, old }];
  });
  for (const { literal, kind: secret, variable } of hidden.found) {
    const known = places.find((p) => p.path.at(-1) === literal.name);
    const facts = {
      where: whereOf(kind, item, literal),
      kind: secret,
      variable: variableIn(known?.old) ?? variable,
    };
    out.diagnostics.push(
      diagnostic("import/secret", facts, { place: { file: folder.prefix + fileOf(item.at!) } }),
    );
  }
  if (!hidden.item) return { secret: true };
  const bare = places.reduce<unknown>((v, { path, old }) => withValue(v, path, old), hidden.item);
  return { item: bare as Item, secret: true };
};

/** Names that cannot be taken from the file, with the findings about them. */
const blockedNames = (file: File, path: string): Set<string> => {
  const { sides, out } = file;
  const items = [...sides.base.values(), ...sides.view.values(), ...sides.theirs.values()];
  const names = new Set<string>();
  for (const { at, reason } of sides.blocked) {
    const whole = !at.includes("#") && !at.endsWith("/");
    const mine = [...new Set(items.filter((i) => whole || i.at === at).map((i) => i.name))];
    for (const n of mine) names.add(n);
    const one = mine.length && !(whole && sides.place.page);
    const what = one ? `${sides.kind} ${mine.join(", ")}` : `${sides.kind}s`;
    tell(out, "import/blocked", what, path, reason);
  }
  return names;
};
const tell = (out: FromFile, code: "import/blocked", what: string, path: string, reason: string): void => {
  const found = diagnostic(code, { what, path, reason }, { place: { file: path }, item: what });
  if (!out.diagnostics.some((d) => same(d, found))) out.diagnostics.push(found);
};

/** The sides as they are taken from: less what is left out, without secrets, and with the spec as it is by now. */
interface Ready {
  views: Views;
  /** Names of what stands in the file otherwise than the spec will say it. */
  unclean: Set<string>;
}
const readied = (file: File, now: Now, blocked: ReadonlySet<string>): Ready => {
  const { sides } = file;
  const ours = new Map(sides.ours);
  for (const name of new Set([...ours.keys(), ...sides.theirs.keys()])) {
    const key = keyOf(sides.kind, name);
    if (!now.has(key)) continue;
    const item = now.get(key);
    if (item) ours.set(name, item);
    else ours.delete(name);
  }
  const skipped = new Set(blocked);
  const unclean = new Set(blocked);
  const theirs = new Map<string, Item>();
  for (const [name, item] of sides.theirs) {
    const at = ours.get(name)?.at;
    if (at !== undefined && at === item.at) skipped.add(name);
    if (skipped.has(name)) continue;
    const safe = withoutSecrets(item, file);
    if (safe.secret) unclean.add(name);
    if (safe.item) theirs.set(name, safe.item);
    else skipped.add(name);
  }
  const only = (all: ReadonlyMap<string, Item>): Map<string, Item> =>
    new Map([...all].filter(([name]) => !skipped.has(name)));
  const lost = new Set([...sides.lost].filter((name) => !skipped.has(name)));
  return { views: { ...sides, ours, theirs, view: only(sides.view), base: only(sides.base), lost }, unclean };
};

/** A new item keeps the file it stands in, where the next build would choose another place. */
const placed = (item: Item, at: string | undefined, { sides }: File, r: Reading): Item => {
  if (at === undefined || at.includes("#") || at.endsWith("/")) return item;
  const reader = r.targets.find((t) => t.id === sides.readers[0])!;
  const selected = new Set(r.targets.map((t) => t.id));
  const chosen = placeFor(reader, sides.kind, item, r.folder.world, selected);
  return chosen === sides.place
    ? item
    : ({ ...item, paths: { ...item.paths, [reader.id]: fileOf(at) } } as Item);
};

const conflictFinding = (c: Conflict, { sides }: File, path: string): Diagnostic => {
  const item = `${sides.kind} ${c.name}`;
  const what = c.field.length ? `${item} (${c.field.join(".")})` : item;
  const lines = conflictLines(c, path);
  const isGone = !c.field.length && c.ours === undefined;
  return diagnostic(
    "import/both",
    { what, path, lines, now: isGone ? "gone" : c.stood ? "stood" : "changed" },
    { place: { file: path }, item, targets: sides.readers },
  );
};

/** An item whose file has another name keeps that in the spec. */
const withMoves = (taken: readonly Taken[], views: Views, { sides }: File): Taken[] => {
  const moved = [...views.theirs].flatMap(([name, { at }]): Taken[] => {
    const ours = views.ours.get(name);
    const before = sides.base.get(name)?.at;
    if (!ours || at === undefined || before === undefined || at === before || at.includes("#")) return [];
    const edit = taken.find((t) => t.name === name);
    const item = edit?.item ?? ours;
    const paths = { ...item.paths, [sides.readers[0]!]: fileOf(at) };
    return [{ name, item: { ...item, paths } as Item, fields: [...(edit?.fields ?? []), "paths"] }];
  });
  return [...taken.filter((t) => !moved.some((m) => m.name === t.name)), ...moved];
};

const whatOf = (t: Taken, ours: Item | undefined): string =>
  t.fields.length ? t.fields.join(", ") : ours ? "removed" : "new";

/** Takes one kind of item from a file; gives the tree with the spec's files as they then are. */
const takeKind = (file: File, world: World, now: Now, r: Reading): World => {
  const { sides, out } = file;
  const { kind } = sides;
  const { views, unclean } = readied(file, now, blockedNames(file, out.path));
  const { taken: edits, conflicts } = adopt(kind, views, mergeLines);
  const taken = withMoves(edits, views, file);
  for (const c of conflicts) unclean.add(c.name);
  out.diagnostics.push(...conflicts.map((c) => conflictFinding(c, file, out.path)));
  let after = world;
  for (const t of taken) {
    const ours = views.ours.get(t.name);
    const item = t.item && !ours ? placed(t.item, views.theirs.get(t.name)?.at, file, r) : t.item;
    const edit = { kind, name: t.name, ...(ours && { ours }), ...(item && { item }) };
    const next =
      ours?.at === undefined
        ? withEdit(after, edit)
        : withEditInPlace(r.folder, r.targets, after, { ...edit, ours });
    if (typeof next === "string") {
      unclean.add(t.name);
      tell(out, "import/blocked", `${kind} ${t.name}`, out.path, next);
      continue;
    }
    after = next;
    now.set(keyOf(kind, t.name), item);
    out.taken.push({ kind, name: t.name, what: whatOf(t, ours) });
  }
  for (const [name, item] of [...sides.base, ...sides.theirs])
    if (!unclean.has(name)) out.clean.add(r.folder.prefix + item.at!);
  return after;
};

/** Kinds that a folder below the root may have. */
const folderKinds: readonly Kind[] = ["rule", "skill"];

/** Of a folder that was named, what is gone stays in the spec: it may be gone for other reasons. */
const goneFinding = (path: string): Diagnostic => {
  const reason = "it is gone: to take it out of the spec, name the file itself";
  return diagnostic(
    "import/blocked",
    { what: "what stood there", path, reason },
    { place: { file: path }, level: "note" },
  );
};

/**
 * Takes the edits of a folder's files, given by their paths in it, into its spec. What is gone of those `among` others is left in
 * the spec.
 */
export const takeFrom = (
  root: string,
  folder: Folder,
  targets: Reading["targets"],
  paths: readonly string[],
  among: ReadonlySet<string> = new Set(),
): FromFolder => {
  const r = reading(root, folder, targets, paths);
  const now: Now = new Map();
  const moves = movesOf(r);
  let { world } = folder;
  const files = asWritten(paths, moves, r).map((path) => {
    const out: FromFile = { path: folder.prefix + path, taken: [], diagnostics: [], clean: new Set() };
    if (among.has(path) && !folder.world.files.has(path) && !moves.some((m) => isMoved(path, m))) {
      out.diagnostics.push(goneFinding(out.path));
      return out;
    }
    for (const sides of sidesOf(r, path, moves))
      if (!folder.prefix || folderKinds.includes(sides.kind))
        world = takeKind({ sides, out, folder }, world, now, r);
    return out;
  });
  return { files, world };
};
