import type { Change } from "../change.ts";
import type { Field } from "../codec.ts";
import { Mismatch } from "../data.ts";
import { addressOf } from "../ledger.ts";
import { markable, parts, type Region, type RegionText, withRegions } from "../regions.ts";
import type { Apply, Rule } from "../spec.ts";
import { changed, type Job, type Surface, type World } from "../surface.ts";
import { eolOf, laid, layout } from "../text.ts";

/** What a page says above a rule that the tool cannot scope: two-way, and a weakness by declaration. */
const lead = {
  write: (apply: Apply, description: string | undefined): string | undefined => {
    if (apply.on === "always") return "";
    if (apply.on === "manual") return "> Applies only when it is asked for by name.\n\n";
    if (apply.on === "relevant") {
      const fits = description && !/\n/.test(description) && description.trim() === description;
      return fits ? `> Applies when this is relevant: ${description}\n\n` : undefined;
    }
    return apply.globs.length && !apply.globs.some(g => /[`\n]/.test(g)) ? `> Applies to ${apply.globs.map(g => `\`${g}\``).join(", ")}.\n\n` : undefined;
  },
  read: (text: string): { apply: Apply; description?: string; body: string } => {
    const m =
      /^> Applies (?:only when it is asked for by name\.|when this is relevant: (.*)|to (`[^`\n]+`(?:, `[^`\n]+`)*)\.)\n\n/.exec(text);
    if (!m) return { apply: { on: "always" }, body: text };
    const body = text.slice(m[0].length);
    if (m[2]) return { apply: { on: "globs", globs: m[2].slice(1, -1).split("`, `") }, body };
    return m[1] === undefined ? { apply: { on: "manual" }, body } : { apply: { on: "relevant" }, description: m[1], body };
  },
};

const fieldsOf = (path: string): Field[] => [
  { path: ["description"], note: `${path} has no place for a description`, level: "note", only: (_, r: Rule) => r.apply.on !== "relevant" },
  { path: ["apply"], weak: true, only: (a: Apply) => a.on !== "always", note: `${path} is always loaded whole; a line says when the rule applies` },
  { path: ["apply"], only: (a: Apply, r: Rule) => lead.write(a, r.description) === undefined, note: "no words for when it applies" },
  { path: ["agents"], note: `${path} is read by every agent` },
  { path: [], only: (r: Rule) => !markable(r.name), note: "a marker cannot hold this name" },
];

/** The `@path` lines of a page that import another, told by the lines alone: `@AGENTS.md`. */
const importsPage = (text: string, path: string): boolean => text.split(/\r?\n/).some(l => l.trim() === `@${path}` || l.trim() === `@./${path}`);

const bodyOf = (r: Region): string => {
  const { gap, body } = layout(r.text);
  return gap.replaceAll("\r", "") + body;
};

/**
 * One prose file that holds many rules, and text of the user around them. With `through`, rules that the other page holds
 * are imported from it (`@AGENTS.md`), so that the text is written once.
 */
export const page = (path: string, through?: Surface<Rule>): Surface<Rule> => {
  const stem = path.split("/").at(-1)!.replace(/\.[^.]*$/, "");
  const stub = through && `@${through.path}`;
  const addressFor = (name: string): string => addressOf(path, ["rule"], name);

  const open = (world: World) => {
    const content = world.files.get(path);
    const text = typeof content === "string" ? content : undefined;
    const cut = parts(text ?? "");
    const regions = cut.parts.filter((p): p is Region => "name" in p);
    const outside = cut.parts.flatMap(p => ("user" in p ? [p.user] : [])).join("");
    const blank = !outside.replace(/^\uFEFF/, "").trim() || outside.replace(/^\uFEFF/, "").trim() === stub;
    return { content, text, faults: cut.faults, regions, outside, blank, entry: world.ledger.get(path) };
  };
  const imports = (o: ReturnType<typeof open>): boolean => !!through && (importsPage(o.outside, through.path) || o.regions.some(r => r.name === stub));

  /** The rule that the text outside the regions is; undefined: text of the user, or none. */
  const outsideName = (o: ReturnType<typeof open>, home: Rule | undefined): string | undefined => {
    if (o.blank) return undefined;
    if (home) return home.name;
    if (o.entry) return o.entry.outside;
    return o.regions.length ? undefined : stem;
  };

  const read = (world: World, reading: Parameters<Surface<Rule>["read"]>[1]): Rule[] => {
    const o = open(world);
    if (o.content !== undefined && o.text === undefined) reading.unread?.(path, "not text in UTF-8");
    for (const f of o.faults) reading.unread?.(path, `line ${f.line}: ${f.reason}`);
    if (world.links.has(path) && through && world.links.get(path) === through.path) return through.read(world, reading);
    const home = (reading.hints as readonly Rule[] | undefined)?.find(i => i.at === path);
    const name = outsideName(o, home);
    const own: Rule[] = name === undefined ? [] : [{ name, apply: { on: "always" }, body: layout(o.outside).body, at: path }];
    for (const r of o.regions) {
      if (r.name === stub) continue;
      const text = bodyOf(r);
      own.push({ name: r.name, ...(r.when ? lead.read(text) : { apply: { on: "always" as const }, body: text }), at: addressFor(r.name) });
    }
    const names = new Set(own.map(r => r.name));
    const others = imports(o) ? through!.read(world, reading).filter(r => !names.has(r.name)) : [];
    return [...own, ...others];
  };

  const rowOf = (r: Rule): RegionText | undefined => {
    const when = lead.write(r.apply, r.description);
    return when === undefined || !markable(r.name) ? undefined : { name: r.name, when: when !== "", text: `${when}${r.body}\n` };
  };
  const alone = (r: Rule): boolean => {
    const cut = parts(r.body);
    return r.apply.on === "always" && r.body.trim() !== "" && !cut.faults.length && cut.parts.every(p => "user" in p);
  };

  const write = (items: readonly Rule[], world: World, job: Job): Change[] => {
    const o = open(world);
    if (through && world.links.get(path) === through.path) return [];
    if (o.content !== undefined && o.text === undefined) return items.length ? (job.refuse(path, "not text in UTF-8"), []) : [];
    const home = items.find(i => i.at === path);
    const elsewhere = through ? importable(job.holds(through), items) : new Set<string>();
    const imported = home || !through ? [] : items.filter(i => elsewhere.has(i.name));
    const mine = items.filter(i => i !== home && !imported.includes(i) && !(imports(o) && elsewhere.has(i.name)));
    const rules = imported.length && !importsPage(o.blank ? "" : o.outside, through!.path) ? [importRule(stub!), ...mine] : mine;
    return settle(rules, home, o, world, job);
  };
  /** The other page is imported whole or not at all: what it holds must all be wanted here. */
  const importable = (names: ReadonlySet<string>, items: readonly Rule[]): ReadonlySet<string> => {
    const wanted = new Set(items.map(i => i.name));
    return [...names].every(n => wanted.has(n)) ? names : new Set();
  };
  const importRule = (name: string): Rule => ({ name, apply: { on: "always" }, body: name });

  const settle = (rules: readonly Rule[], home: Rule | undefined, o: ReturnType<typeof open>, world: World, job: Job): Change[] => {
    const oursOutside = !home && o.entry?.outside !== undefined;
    const only = rules.length === 1 && !home && alone(rules[0]!) ? rules[0]! : undefined;
    const equal = !!only && !o.regions.length && layout(o.outside).body === only.body;
    if (only && (o.text === undefined || (o.blank && !oursOutside) || oursOutside || equal)) return single(only, o, world, job);
    if (rules.length && !home && !o.entry && !o.regions.length && !o.blank) {
      job.may({ at: path, prior: o.text, next: rules.map(r => r.body).join("\n\n"), item: rules.map(r => r.name).join(", ") });
      return [];
    }
    return many(rules, home, o, world, job);
  };

  /** The page is one rule's text, without markers. */
  const single = (rule: Rule, o: ReturnType<typeof open>, world: World, job: Job): Change[] => {
    const next = o.regions.length ? laid(rule.body).replaceAll("\n", eolOf(o.text ?? "")) : laid(rule.body, o.text);
    const regionsOurs = o.regions.every(r => job.may({ at: addressFor(r.name), prior: bodyOf(r), next: undefined }) || !world.ledger.has(addressFor(r.name)));
    if (o.regions.length && !regionsOurs) return [];
    if (next === o.text || o.blank || job.may({ at: path, prior: o.outside, next, scratch: laid(rule.body), item: rule.name })) {
      job.owns(path, next, rule.name);
      return changed(world, path, next);
    }
    return [];
  };

  const many = (rules: readonly Rule[], home: Rule | undefined, o: ReturnType<typeof open>, world: World, job: Job): Change[] => {
    if (o.faults.length && (rules.length || o.regions.length)) {
      job.refuse(path, `line ${o.faults[0]!.line}: ${o.faults[0]!.reason}`);
      return [];
    }
    const keepsOutside = !dropsOutside(rules, home, o, job);
    const byName = new Map(o.regions.map(r => [r.name, r]));
    const rows: RegionText[] = [];
    for (const rule of rules) {
      const row = rowOf(rule);
      const old = byName.get(rule.name);
      byName.delete(rule.name);
      if (row) rows.push(ruled(row, old, job));
    }
    for (const old of byName.values()) {
      const at = addressFor(old.name);
      if (!job.may({ at, prior: bodyOf(old), next: undefined })) rows.push({ name: old.name, text: `${bodyOf(old)}\n`, when: old.when });
    }
    const base = keepsOutside ? (o.text ?? "") : "";
    try {
      const next = withRegions(base, rows, o.text === undefined ? "\n" : eolOf(o.text));
      const gone = !next.replace(/^\uFEFF/, "").trim() && !home && (o.regions.length > 0 || !keepsOutside);
      return changed(world, path, gone ? undefined : o.text === undefined && !next ? undefined : next);
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e;
      job.refuse(path, e.message);
      return [];
    }
  };

  /** Takes the text outside away where it is ours, a rule or an import, and no longer stands there by itself. */
  const dropsOutside = (rules: readonly Rule[], home: Rule | undefined, o: ReturnType<typeof open>, job: Job): boolean => {
    if (home || o.entry?.outside === undefined || o.outside.trim() === "") return false;
    const next = rules.length ? rules.map(r => r.body).join("\n\n") : undefined;
    return job.may({ at: path, prior: o.outside, next });
  };

  /** The region as it shall stand: ours, or as it is where it may not be changed. */
  const ruled = (row: RegionText, old: Region | undefined, job: Job): RegionText => {
    const at = addressFor(row.name);
    const prior = old && bodyOf(old);
    const next = row.text.slice(0, -1);
    if (prior === next && old!.when === !!row.when) job.owns(at, next);
    else if (job.may({ at, prior, next, item: row.name })) job.owns(at, next);
    else return { name: row.name, text: `${prior}\n`, when: !!old?.when };
    return row;
  };

  return { path, slot: path, fields: fieldsOf(path), reads: [{ file: path }], page: true, ...(through && { through }), read, write };
};
