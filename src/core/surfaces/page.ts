import type { Change, Content } from "../change.ts";
import type { Field } from "../codec.ts";
import { Mismatch, same } from "../data.ts";
import { lead, pointer } from "../lead.ts";
import { addressOf, container, fileAddress } from "../ledger.ts";
import { isUntouched } from "../own.ts";
import { type Fault, markable, parts, type Region, type RegionText, withRegions } from "../regions.ts";
import { type Apply, held, type Item, type Rule } from "../spec.ts";
import { changed, type Job, keysUnder, realPath, type Surface, type World } from "../surface.ts";
import { eolOf, laid, layout, pageName, toLf } from "../text.ts";

const fieldsOf = (path: string): Field[] => [
  {
    path: ["description"],
    note: `${path} has no place for a description`,
    level: "note",
    only: (_, r: Rule) => r.apply.on !== "relevant",
  },
  {
    path: ["apply"],
    weak: true,
    only: (a: Apply, r: Rule) => a.on !== "always" && r.points === undefined,
    note: `${path} is always loaded whole; a line says when the rule applies`,
  },
  {
    path: ["body"],
    weak: true,
    only: (_, r: Rule) => r.points !== undefined,
    note: `${path} points to the rule's file, since another tool that reads this page has the rule scoped`,
  },
  {
    path: ["apply"],
    only: (a: Apply, r: Rule) => lead.write(a, r.description) === undefined,
    note: "no words for when it applies",
  },
  { path: ["agents"], note: `${path} is read by every agent` },
  { path: [], only: (r: Rule) => !markable(r.name), note: "a marker cannot hold this name" },
  { path: ["overrides"], note: `${path} has no keys` },
];

/** The `@path` lines of a page that import another, told by the lines alone: `@AGENTS.md`. */
const importsPage = (text: string, path: string): boolean =>
  text.split(/\r?\n/).some((l) => l.trim() === `@${path}` || l.trim() === `@./${path}`);

/** Offset of a line, from 1. */
const lineAt = (text: string, line: number): number =>
  text
    .split("\n")
    .slice(0, line - 1)
    .reduce((at, l) => at + l.length + 1, 0);

/** The text between the markers: LF, without its final newline. */
const regionText = (r: Region): string => toLf(r.text).replace(/\n$/, "");

/** A page as it stands. */
interface Open {
  /** The file itself, where the page is a link. */
  real: string;
  content: Content | undefined;
  text: string | undefined;
  faults: readonly Fault[];
  regions: readonly Region[];
  /** The text outside of all regions. */
  outside: string;
  blank: boolean;
  /** The ledger says that the text outside is ours: a rule's, or the import of another page. */
  ours: string | undefined;
  /** We made the file, to hold regions. */
  made: boolean;
  /** Something of ours stands or stood here. */
  known: boolean;
}

/**
 * One prose file that holds many rules, and text of the user around them. With `through`, rules that the other page holds
 * are imported from it (`@AGENTS.md`), so that the text is written once.
 */
export const page = (path: string, through?: Surface<Rule>): Surface<Rule> => {
  const stem = pageName(path);
  const stub = through && `@${through.path}`;
  const addressFor = (name: string): string => addressOf(path, ["rule"], name);

  const open = (world: World): Open => {
    const content = world.files.get(path);
    const text = typeof content === "string" ? content : undefined;
    const cut = parts(text ?? "");
    const regions = cut.parts.filter((p): p is Region => "name" in p);
    const outside = cut.parts.flatMap((p) => ("user" in p ? [p.user] : [])).join("");
    const real = realPath(world, path);
    const entry = world.ledger.get(fileAddress(real));
    const ours = entry?.outside;
    const made = entry?.id === container;
    const known = entry !== undefined || keysUnder(world.ledger, addressOf(real, ["rule"], "")).length > 0;
    return {
      real,
      content,
      text,
      faults: cut.faults,
      regions,
      outside,
      blank: !outside.replace(/^\uFEFF/, "").trim(),
      ours,
      made,
      known,
    };
  };
  /** The rule that this page is, by whichever name of the file: a page may be a link to another. */
  const homeOf = (items: readonly Rule[], world: World): Rule | undefined =>
    items.find((i) => i.at !== undefined && realPath(world, i.at) === realPath(world, path));
  /** The page is a link to the one it would import. */
  const isLink = (world: World): boolean => !!through && world.links.get(path) === through.path;

  /** The rule that the text outside the regions is; undefined: none, or text of the user. */
  const outsideName = (o: Open, home: Rule | undefined): string | undefined => {
    if (o.blank || layout(o.outside).body.trim() === stub) return undefined;
    if (home) return home.name;
    if (o.known) return o.ours === stub ? undefined : o.ours;
    return o.regions.length ? undefined : stem;
  };

  const read: Surface<Rule>["read"] = (world, reading) => {
    if (isLink(world)) return through!.read(world, reading);
    const o = open(world);
    if (o.content !== undefined && o.text === undefined) reading.unread?.(path, "not text in UTF-8");
    for (const f of o.faults) reading.unread?.(path, `line ${f.line}: ${f.reason}`);
    const hints = (reading.hints ?? []) as readonly Rule[];
    const home = homeOf(hints, world);
    const name = outsideName(o, home);
    const own: Rule[] =
      name === undefined
        ? []
        : [{ name, apply: { on: "always" }, body: layout(o.outside).body, at: home?.at ?? o.real }];
    const hinted = new Map(hints.map((h) => [h.name, h]));
    for (const r of o.regions) {
      if (r.name === stub) continue;
      own.push({ name: r.name, ...ruleOf(r, hinted), at: addressOf(o.real, ["rule"], r.name) });
    }
    const names = new Set(own.map((r) => r.name));
    const imports =
      !!through && (importsPage(o.outside, through.path) || o.regions.some((r) => r.name === stub));
    return [...own, ...(imports ? through.read(world, reading).filter((r) => !names.has(r.name)) : [])];
  };

  /** What a region says; the text of a rule that the page only points to is that of the rule that is looked for. */
  const ruleOf = (r: Region, hints: ReadonlyMap<string, Rule>): Omit<Rule, "name"> => {
    const text = regionText(r);
    if (!r.when) return { apply: { on: "always" }, body: text };
    const to = pointer.read(text);
    if (!to) return lead.read(text);
    return {
      apply: { on: "globs", globs: to.globs },
      body: hints.get(r.name)?.body ?? text,
      points: to.file,
    };
  };

  const rowOf = (r: Rule): RegionText | undefined => {
    const points =
      r.points !== undefined && r.apply.on === "globs" ? pointer.write(r.apply.globs, r.points) : undefined;
    if (points !== undefined && markable(r.name)) return { name: r.name, when: true, text: `${points}\n` };
    const when = lead.write(r.apply, r.description);
    return when === undefined || !markable(r.name)
      ? undefined
      : { name: r.name, when: when !== "", text: `${when}${r.body}\n` };
  };
  /** A rule whose text can be a page by itself. */
  const alone = (r: Rule): boolean => {
    const cut = parts(r.body);
    const plain = !cut.faults.length && cut.parts.every((p) => "user" in p);
    return (
      r.apply.on === "always" && r.body.trim() !== "" && plain && (r.name === stub || r.body.trim() !== stub)
    );
  };

  const write: Surface<Rule>["write"] = (items, world, job) => {
    if (isLink(world)) return through!.write(items, world, job);
    const o = open(world);
    const home = homeOf(items, world);
    if (o.content !== undefined && o.text === undefined) {
      if (items.length || o.known) job.refuse(path, "not text in UTF-8");
      return [];
    }
    const stays = home || o.ours === undefined ? o.outside : "";
    const imports = !!through && importsPage(stays, through.path);
    const other = !!through && realPath(world, through.path) !== o.real;
    const elsewhere = other && (!home || imports) ? importable(job.holds(through), items) : new Set<string>();
    const mine = items.filter((i) => i !== home && !elsewhere.has(i.name));
    const rules = elsewhere.size && !imports ? [importRule(stub!), ...mine] : mine;
    return settle(rules, home, o, world, job);
  };
  /** The other page is imported whole or not at all: all that it shows must be wanted here, as it shows it, or only point to a file. */
  const importable = (shown: ReadonlyMap<string, Item>, items: readonly Rule[]): ReadonlySet<string> => {
    const wanted = new Map(items.map((i) => [i.name, i]));
    const alike = (there: Item): boolean =>
      (there as Rule).points !== undefined ||
      (wanted.has(there.name) && same(held(there as Rule), held(wanted.get(there.name)!)));
    const any = items.some((i) => shown.has(i.name));
    return any && [...shown.values()].every(alike) ? new Set(shown.keys()) : new Set();
  };
  const importRule = (name: string): Rule => ({ name, apply: { on: "always" }, body: name });

  const settle = (
    rules: readonly Rule[],
    home: Rule | undefined,
    o: Open,
    world: World,
    job: Job,
  ): Change[] => {
    const only = rules.length === 1 && !home && alone(rules[0]!) ? rules[0]! : undefined;
    const equal = !!only && !o.regions.length && layout(o.outside).body === only.body;
    if (only && (o.blank || o.ours !== undefined || equal) && o.regions.every((r) => isOurs(r, world)))
      return single(only, o, world, job);
    const stubOnly = layout(o.outside).body.trim() === stub;
    if (rules.length && !home && !o.known && !o.regions.length && !o.blank && !stubOnly) {
      job.may({
        at: path,
        prior: o.text,
        next: rules.map((r) => r.body).join("\n\n"),
        item: rules.map((r) => r.name).join(", "),
      });
      return [];
    }
    return many(rules, home, o, world, job);
  };
  const isOurs = (r: Region, world: World): boolean =>
    isUntouched(world.ledger.get(addressFor(r.name)), regionText(r));

  /** The page is one rule's text, without markers. */
  const single = (rule: Rule, o: Open, world: World, job: Job): Change[] => {
    const next = o.regions.length
      ? laid(rule.body).replaceAll("\n", eolOf(o.text ?? ""))
      : laid(rule.body, o.text);
    const prior = o.text === undefined || o.blank ? undefined : o.outside;
    if (
      next !== o.text &&
      prior !== undefined &&
      !job.may({ at: path, prior, next, scratch: laid(rule.body), item: rule.name })
    )
      return [];
    if (prior === undefined && !o.regions.length && next !== o.text)
      job.may({ at: path, prior, next, item: rule.name });
    for (const r of o.regions)
      job.may({
        at: addressFor(r.name),
        prior: regionText(r),
        next: r.name === rule.name ? rule.body : undefined,
      });
    job.owns(path, next, rule.name);
    return changed(world, path, next);
  };

  const many = (
    rules: readonly Rule[],
    home: Rule | undefined,
    o: Open,
    world: World,
    job: Job,
  ): Change[] => {
    if (o.faults.length && (rules.length || o.known)) {
      const [{ line, reason }] = o.faults as [Fault];
      job.refuse(path, reason, lineAt(o.text!, line));
      return [];
    }
    const drops = dropsOutside(rules, home, o, job);
    // the page's only rule was edited: it stays as it stands and gets no region beside it
    const edited = home || drops || o.blank ? undefined : o.ours;
    const rows = regionsFor(
      rules.filter((r) => r.name !== edited),
      o,
      job,
    );
    const base = drops ? "" : (o.text ?? "");
    const made = o.text === undefined || o.made || drops;
    try {
      const next = withRegions(base, rows, o.text === undefined ? "\n" : eolOf(o.text));
      const gone = made && !home && !next.replace(/^\uFEFF/, "").trim();
      if (made && !gone) job.made(fileAddress(path));
      return changed(world, path, gone ? undefined : next);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      job.refuse(path, e.message, e.at);
      return [];
    }
  };

  /** The regions as they shall stand: one for each rule, and those that are not ours to take away. */
  const regionsFor = (rules: readonly Rule[], o: Open, job: Job): RegionText[] => {
    const wanted = new Map(rules.flatMap((r) => (rowOf(r) ? [[r.name, rowOf(r)!] as const] : [])));
    const standing = new Map(o.regions.map((r) => [r.name, r]));
    const left = o.regions.filter(
      (r) =>
        !wanted.has(r.name) && !job.may({ at: addressFor(r.name), prior: regionText(r), next: undefined }),
    );
    return [
      ...[...wanted.values()].map((row) => ruled(row, standing.get(row.name), job)),
      ...left.map(asItIs),
    ];
  };
  const asItIs = (r: Region): RegionText => ({ name: r.name, text: `${regionText(r)}\n`, when: r.when });

  /** The region as it shall stand: ours, or as it is where it may not be changed. */
  const ruled = (row: RegionText, old: Region | undefined, job: Job): RegionText => {
    const at = addressFor(row.name);
    const prior = old && regionText(old);
    const next = row.text.slice(0, -1);
    const stands = prior === next && old!.when === !!row.when;
    if (!stands && !job.may({ at, prior, next, item: row.name })) return asItIs(old!);
    job.owns(at, next);
    return row;
  };

  /** Takes the text outside away where it is ours, a rule or an import, and no longer stands there by itself. */
  const dropsOutside = (rules: readonly Rule[], home: Rule | undefined, o: Open, job: Job): boolean => {
    if (home || o.ours === undefined || o.blank) return false;
    const item = rules.find((r) => r.name === o.ours)?.name;
    return job.may({
      at: path,
      prior: o.outside,
      next: rules.length ? rules.map((r) => r.body).join("\n\n") : undefined,
      ...(item !== undefined && { item }),
    });
  };

  return {
    path,
    slot: path,
    fields: fieldsOf(path),
    reads: [{ file: path }],
    page: true,
    ...(through && { through }),
    read,
    write,
  };
};
