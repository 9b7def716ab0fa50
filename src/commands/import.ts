import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../core/change.ts";
import { isObject, same } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { type Entry, fileOf, ledgerPath, printLedger } from "../core/ledger.ts";
import { variableFor } from "../core/secrets.ts";
import { emptySpec, held, type Item, type Kind, kinds, type Rule, type Spec } from "../core/spec.ts";
import { applied as withChanges, type Job, type World } from "../core/surface.ts";
import { choicesOf, pagesOf, surfacesOf, type Target } from "../core/target.ts";
import { folders as findFiles, read } from "../disk/snapshot.ts";
import { yaml } from "../formats/yaml.ts";
import { plural } from "../report/text.ts";
import { literalsOf, secretOf } from "../spec/check.ts";
import { readTool } from "../spec/in-place.ts";
import { parted } from "../spec/split.ts";
import { specFile, specSurfaces } from "../spec/surfaces.ts";
import { targetIds, targets as allTargets } from "../targets/index.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { namedTools, toolsIn, unknownTool } from "./init.ts";
import { planProject } from "./planned.ts";
import { findRoot, loadProject, pageFolder, type Project } from "./project.ts";
import { version } from "./version.ts";

/** What an import found, before anything is written. */
interface Found {
  spec: Spec;
  /** Pages that stay where they stand, as `rules:` names them. */
  pages: string[];
  /** Addresses that are ours from now on, as they stand. */
  taken: Set<string>;
  diagnostics: Diagnostic[];
}

const surfaceFiles = (tools: readonly Target[]) => tools.flatMap(t => surfacesOf(t).flatMap(s => s.place.reads));

/** The path that a target would choose for an item by itself. */
const defaultPlace = (t: Target, kind: Kind, item: Item): string | undefined => {
  const place = choicesOf(t.keeps[kind]).find(c => !c.when || c.when({ ...item, at: undefined, paths: {} } as never))?.place;
  return place?.path.replace("{name}", item.name);
};

/** A tool's item as the spec keeps it: where it stood is remembered where another place would be chosen. */
const asOurs = (t: Target, kind: Kind, item: Item): Item => {
  const { at, ...rest } = item;
  if (at === undefined || at.endsWith("/") || at.includes("#")) return rest as Item;
  return (defaultPlace(t, kind, item) === at ? rest : { ...rest, paths: { ...rest.paths, [t.id]: at } }) as Item;
};

/** Literal secrets become references; the value is never copied. */
const withoutSecrets = (kind: Kind, item: Item, diagnostics: Diagnostic[]): { item: Item; secret: boolean } => {
  const found = literalsOf(kind, item).filter(l => secretOf(l));
  for (const l of found) {
    const where = `${kind} ${item.name}, ${l.keys.join(".")}`;
    const place = { file: fileOf(item.at ?? specFile) };
    diagnostics.push(diagnostic("import/secret", { where, kind: secretOf(l)!, variable: variableFor(item.name, l.name || "key") }, { place }));
  }
  if (!found.length) return { item, secret: false };
  const texts = new Map(found.map(l => [l.text, { env: variableFor(item.name, l.name || "key") }]));
  const replaced = (v: unknown): unknown => {
    if (Array.isArray(v) && v.length === 1 && typeof v[0] === "string" && texts.has(v[0])) return [texts.get(v[0])!];
    if (typeof v === "string" && texts.has(v)) return `\${${texts.get(v)!.env}}`;
    if (Array.isArray(v)) return v.map(replaced);
    return isObject(v) ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, replaced(x)])) : v;
  };
  return { item: replaced(item) as Item, secret: true };
};

/** Everything that the tools' files hold, less what the spec has already. */
const gather = (root: string, tools: readonly Target[], project: Project | undefined, flags: Flags): Found => {
  const found: Found = { spec: emptySpec(), pages: [], taken: new Set(), diagnostics: [] };
  const world: World = { ...read(root, surfaceFiles(tools)), ledger: project?.world.ledger ?? new Map() };
  const known = project?.folders[0]?.spec ?? emptySpec();
  for (const t of tools) {
    const { spec, diagnostics } = readTool(t, world, true);
    found.diagnostics.push(...diagnostics);
    for (const kind of kinds) for (const item of spec[kind] as Item[]) adopt(t, kind, item, world, known, found, flags);
  }
  if (!flags.move) found.pages.push(...nestedPages(root, tools, found.pages));
  return found;
};

const adopt = (t: Target, kind: Kind, item: Item, world: World, known: Spec, found: Found, flags: Flags): void => {
  const isPage = kind === "rule" && pagesOf(t).some(p => p.path === item.at);
  if (isPage && world.links.has(item.at!)) return;
  if (isPage && !flags.move) {
    if (!found.pages.includes(item.at!) && !known.rule.some(r => r.at === item.at)) found.pages.push(item.at!);
    return;
  }
  const { item: safe, secret } = withoutSecrets(kind, item, found.diagnostics);
  const ours = isPage ? (({ at: _, ...r }) => r as Item)(safe) : asOurs(t, kind, safe);
  const items = isPage && flags.split ? parted(ours as Rule) : [ours];
  if (item.at !== undefined && !secret) found.taken.add(item.at);
  for (const one of items) {
    const other = [...(known[kind] as Item[]), ...(found.spec[kind] as Item[])].find(i => i.name === one.name);
    if (!other) (found.spec[kind] as Item[]).push(one);
    else if (!same(held(other as any), held(one as any)))
      found.diagnostics.push(diagnostic("import/conflict", { kind, name: one.name, other: other.at ?? `the ${kind} of that name` }, { place: { file: fileOf(item.at ?? specFile) }, level: "error" }));
  }
};

/** Pages of folders below: each is a rule of its folder where it stands. */
const nestedPages = (root: string, tools: readonly Target[], known: readonly string[]): string[] => {
  const names = [...new Set(tools.flatMap(pagesOf).map(p => p.path).filter(p => !p.includes("/")))];
  const paths = findFiles(root, names).filter(p => p.includes("/") && pageFolder(p) !== "" && !known.includes(p));
  const { files, links } = read(root, paths.map(file => ({ file })));
  const stub = (p: string): boolean => /^\s*@\.?\/?[\w-]+\.md\s*$/.test(String(files.get(p)));
  return paths.filter(p => typeof files.get(p) === "string" && !links.has(p) && !stub(p) && String(files.get(p)).trim() !== "");
};

/** The spec's own files with the new items in them. */
const specChanges = (root: string, found: Found, tools: readonly Target[]): Change[] => {
  const start: World = { ...read(root, [{ file: specFile }, ...kinds.flatMap(k => specSurfaces[k].reads)]), ledger: new Map() };
  let world = start;
  const job: Job = { readers: ["spec"], holds: () => new Set(), may: u => u.prior === undefined, owns: () => undefined, made: () => undefined, refuse: () => undefined };
  const before = start.files.get(specFile);
  if (before === undefined) {
    const ids = targetIds.filter(id => tools.some(t => t.id === id) || id === "agents");
    const text = `portable: 1\ntargets: [${ids.join(", ")}]\n`;
    world = withChanges(world, [{ path: specFile, after: text }]);
  }
  const text = world.files.get(specFile);
  if (found.pages.length && typeof text === "string") {
    const rules = yaml.parse(text)["rules"];
    const have = Array.isArray(rules) ? rules.length : 0;
    const edits = found.pages.map((p, i) => ({ path: ["rules", have + i], value: p }));
    world = withChanges(world, [{ path: specFile, after: yaml.edit(text, edits) }]);
  }
  for (const kind of kinds) world = withChanges(world, specSurfaces[kind].write(found.spec[kind] as never[], world, job));
  return [...world.files]
    .filter(([p, c]) => !same(start.files.get(p), c))
    .map(([path, after]): Change => {
      const old = start.files.get(path);
      return { path, ...(old !== undefined && { before: old }), after, ...(world.exec.has(path) && { exec: true }) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** What agrees with the new spec, or was imported, is ours from now on. */
const ledgerChange = (root: string, taken: ReadonlySet<string>): Change[] => {
  const project = loadProject(root);
  const p = planProject(project);
  const ledger = new Map<string, Entry>(p.ledger);
  for (const d of p.drifts) {
    const from = [...taken].some(at => at === d.at || (at.endsWith("/") && d.at.startsWith(at)));
    if (d.cause === "foreign" && d.id && from) ledger.set(d.at, { id: d.id, targets: d.targets });
  }
  // what the next build will write is not there yet
  const coming = new Set(p.drifts.filter(d => d.ours && d.cause === "missing").map(d => d.at));
  const standing = [...ledger].filter(([at]) => !coming.has(at));
  const after = printLedger(new Map(standing), version);
  const before = project.world.files.get(ledgerPath);
  return before === after ? [] : [{ path: ledgerPath, ...(before !== undefined && { before }), after }];
};

/** Brings what tools already have into the spec. */
export const importTools = (flags: Flags, names: readonly string[]): Result => {
  const root = findRoot(flags.cwd) ?? flags.cwd;
  const opened = existsSync(join(root, specFile)) ? open(flags) : undefined;
  if (opened && isResult(opened)) return opened;
  const chosen = names.length ? namedTools(names.join(",")) : { tools: toolsIn(root) };
  if ("unknown" in chosen && chosen.unknown !== undefined) return unknownTool(chosen.unknown);
  if (!chosen.tools.length) return result(exit.refused, [], [diagnostic("import/nothing", { what: `no file of ${allTargets.map(t => t.title).join(", ")} stands in ${root}` }, { level: "error" })], {});
  const found = gather(root, chosen.tools, opened, { ...flags, ...(flags.split && { move: true }) });
  const changes = specChanges(root, found, chosen.tools);
  const counts = kinds.flatMap(k => (found.spec[k].length ? [plural(found.spec[k].length, k)] : []));
  const errors = found.diagnostics.some(d => d.level === "error");
  const code = errors ? exit.drift : exit.clean;
  const lines = [
    ...changes.map(c => `${sign(c)} ${c.path}`),
    ...(found.pages.length ? [`stay where they stand, as rules: ${found.pages.join(", ")}`] : []),
    changes.length ? `${flags["dry-run"] ? "would import" : "imported"} ${counts.join(", ") || plural(found.pages.length, "page")}` : "nothing new to import",
  ];
  if (!flags["dry-run"]) {
    const done = applied(root, changes, new Set(), true);
    if (done.fault) return result(exit.failed, [], [...found.diagnostics, done.fault], {});
    const kept = applied(root, ledgerChange(root, found.taken), new Set());
    if (kept.fault) return result(exit.failed, [], [...found.diagnostics, kept.fault], {});
  }
  return result(code, lines, found.diagnostics, { files: changes.map(c => c.path), items: Object.fromEntries(kinds.map(k => [k, found.spec[k].length])), pages: found.pages }, opened?.source);
};
