import { same } from "../core/data.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { fileAddress, fileOf } from "../core/ledger.ts";
import { providerKey } from "../core/secrets.ts";
import { type Item, type Kind, kinds, type Rule, type Spec } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import type { Target } from "../core/target.ts";
import type { Accepted } from "../findings/accept.ts";
import { surveyFile } from "../findings/audit.ts";
import { declaredHosts } from "../findings/declared.ts";
import { needlePlace } from "../findings/documents.ts";
import type { Declared } from "../findings/endpoints.ts";
import { type Flaw, flawFinding } from "../findings/flaws.ts";
import { graveFlaws, handle, hashOfItem, itemFlaws } from "../findings/items.ts";
import { hashOf } from "../findings/runs.ts";
import { secretsOf } from "../spec/hide.ts";
import { readItems } from "../spec/load.ts";
import { specPath, textOf } from "../spec/place.ts";
import { specFile } from "../spec/surfaces.ts";
import { targetIds } from "../targets/index.ts";
import type { Flags } from "./context.ts";
import type { Folder, Project } from "./project.ts";

/** What decides whether an item of a tool's files may come into the spec. */
export interface Gate {
  declared: Declared;
  accepts: readonly Accepted[];
  /** Handles of items that somebody asked for by name. */
  taken: ReadonlySet<string>;
}

export const gateOf = (spec: Spec, project: Project | undefined, flags: Flags): Gate => ({
  declared: declaredHosts(spec, project?.options.gateway),
  accepts: project?.options.accept ?? [],
  taken: new Set((flags.take ?? "").split(",").map((name) => name.trim())),
});

/** Why an item of a tool's files does not come into the spec; none: it does. */
export const heldFindings = (t: Target, kind: Kind, item: Item, world: World, gate: Gate): Diagnostic[] => {
  if (gate.taken.has(handle(kind, item))) return [];
  const file = fileOf(item.at ?? specFile);
  return graveFlaws(kind, item, gate.declared, gate.accepts).map((flaw) => ({
    ...flawFinding(flaw, `${kind} ${item.name}`, needlePlace(textOf(world, file), file, flaw.needle)),
    note: "it stays where it is and does not come into the spec; once somebody has read it, take it by name:",
    fix: `portable import ${t.id} --take ${handle(kind, item)}`,
  }));
};

/** A folder's spec without items in place that nobody should spread, and why: they stay in their own tool's file. */
export interface Unspread {
  spec: Spec;
  held: Diagnostic[];
}
export const unspread = (
  { spec, world, prefix }: Folder,
  declared: Declared,
  accepts: readonly Accepted[],
): Unspread => {
  const here = accepts.map((a) => (a.at?.startsWith(prefix) ? { ...a, at: a.at.slice(prefix.length) } : a));
  const held: Diagnostic[] = [];
  const spreads = (kind: Kind, item: Item): boolean => {
    const flaws =
      item.at === undefined ? [] : graveFlaws(kind, item, declared, here, secretFlaws(kind, item));
    held.push(...flaws.map((flaw) => unspreadFinding(kind, item, flaw, world, prefix)));
    return !flaws.length;
  };
  const kept = kinds.map((kind) => [kind, (spec[kind] as Item[]).filter((item) => spreads(kind, item))]);
  return { spec: Object.fromEntries(kept) as unknown as Spec, held };
};

const secretFlaws = (kind: Kind, item: Item): Flaw[] =>
  secretsOf(kind, item).map(({ literal: { text, keys }, kind: what }) => {
    const key = providerKey(text);
    const [field, index] = keys;
    const from = field === "imports" ? `, in ${(item as Rule).imports![Number(index)]!.path}` : "";
    return { code: "security/secret", kind: what + from, needle: key ? text.slice(key.at, key.end) : text };
  });
const HELD_SECRET =
  "it stays in this file and goes to no other tool: put it into the environment and name it here; whoever may have seen it, replace it";

const unspreadFinding = (kind: Kind, item: Item, flaw: Flaw, world: World, prefix: string): Diagnostic => {
  const path = fileOf(item.at!);
  const text = textOf(world, path);
  const finding = flawFinding(flaw, `${kind} ${item.name}`, needlePlace(text, prefix + path, flaw.needle));
  if (flaw.code === "security/secret") return { ...finding, note: HELD_SECRET };
  const at = placeToAccept(kind, item, text ?? "", path);
  return {
    ...finding,
    note: "it stays in this file and goes to no other tool until somebody has read it and accepts it in portable.yaml:",
    fix: [
      `  - code: ${flaw.code}`,
      ...(at ? [`    at: ${JSON.stringify(prefix + at.at)}`] : []),
      ...(at?.hash === undefined ? [] : [`    hash: ${JSON.stringify(at.hash)}`]),
      '    reason: "say why"',
    ].join("\n"),
  };
};
/** How `accept:` names an item in place: as the entry of its file that runs the same, or the file where it is one. */
const placeToAccept = (
  kind: Kind,
  item: Item,
  text: string,
  path: string,
): { at: string; hash?: string } | undefined => {
  const hash = hashOfItem(kind, item);
  if (hash === undefined) return item.at!.includes("#") ? undefined : { at: fileAddress(path) };
  const entry = surveyFile({ path, text, prefix: "" })
    .flatMap((s) => s.entries)
    .find((e) => hashOf(e.runs) === hash);
  return entry && { at: entry.at, hash };
};

/** What is wrong with the items that the spec itself holds. `locate` finds an item's file and place. */
export const specFlaws = (
  { spec, world, prefix }: Folder,
  declared: Declared,
  locate: (kind: Kind, item: Item) => { file: string; start?: number; end?: number },
): Diagnostic[] =>
  kinds.flatMap((kind) =>
    (spec[kind] as Item[])
      .filter((item) => item.at === undefined)
      .flatMap((item) =>
        itemFlaws(kind, item, declared)
          .filter((flaw) => !isText(flaw.code))
          .map((flaw) => {
            const place = locate(kind, item);
            const text = textOf(world, place.file.slice(prefix.length));
            return flawFinding(
              flaw,
              `${kind} ${item.name}`,
              needlePlace(text, place.file, flaw.needle, place),
            );
          }),
      ),
  );
/** Told of the file as a whole. */
const isText = (code: string): boolean => code === "security/hidden" || code === "security/comment";

/** What an edit of an output would bring into the spec and nobody should spread. */
export const newFlaws = (
  folder: Folder,
  after: World,
  project: Project,
  flags: Flags,
  files: readonly string[],
): Diagnostic[] => {
  const gate = gateOf(folder.spec, project, flags);
  const items = (world: World): Spec => readItems(world, targetIds, project.options, folder.prefix).spec;
  const [before, now] = [items(folder.world), items(after)];
  return kinds.flatMap((kind) =>
    (now[kind] as Item[]).flatMap((item) => {
      const old = (before[kind] as Item[]).find((b) => b.name === item.name);
      if (gate.taken.has(handle(kind, item)) || same(old, item)) return [];
      const known = new Set(old ? itemFlaws(kind, old, gate.declared).map((f) => f.needle) : []);
      return graveFlaws(kind, item, gate.declared, gate.accepts)
        .filter((flaw) => !known.has(flaw.needle))
        .map((flaw) => ({
          ...flawFinding(flaw, `${kind} ${item.name}`, { file: folder.prefix + specPath(kind, item) }),
          note: "it stays where it is and does not come into the spec; once somebody has read it, take it by name:",
          fix: `portable import ${files.join(" ")} --take ${handle(kind, item)}`,
        }));
    }),
  );
};
