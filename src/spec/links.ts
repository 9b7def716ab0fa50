import { meaningOf, ruleFile, urlTo } from "../core/links.ts";
import type { Rule, RuleLink } from "../core/spec.ts";
import { choicesOf } from "../core/target.ts";
import { scan } from "../formats/markdown-scan.ts";
import { targets } from "../targets/index.ts";

/** Files by which rules are known. */
export type RuleFiles = ReadonlyMap<string, Rule>;

/** Where tools would have a rule by themselves. */
const usualFiles = (rule: Rule): string[] => {
  const bare: Rule = {
    name: rule.name,
    apply: rule.apply,
    body: "",
    ...(rule.agents && { agents: rule.agents }),
  };
  return targets.flatMap((t) =>
    choicesOf(t.keeps.rule).flatMap(({ place }) =>
      place.page ? [] : (place.home?.(bare) ?? place.path.replace("{name}", rule.name)),
    ),
  );
};

/** The files of rules: where they stand, then where the spec or a tool would have them. */
export const ruleFiles = (rules: readonly Rule[]): RuleFiles => {
  const files = new Map<string, Rule>();
  const add = (path: string, rule: Rule): void => {
    if (!files.has(path)) files.set(path, rule);
  };
  for (const rule of rules)
    for (const path of [ruleFile(rule), ...Object.values(rule.paths ?? {})]) add(path, rule);
  for (const rule of rules) for (const path of usualFiles(rule)) add(path, rule);
  return files;
};

/** An inline link to something that may be a file of a rule. */
const MAYBE = /\]\(\s*<?[^\s()<>]*(?:\.mdc?\b|rules)/;
export const mayLink = (rule: Rule): boolean => MAYBE.test(rule.body);

/** The links of a rule's text, which stands in `file`, to other rules. */
const linksOf = (rule: Rule, file: string, files: RuleFiles): RuleLink[] => {
  if (!mayLink(rule)) return [];
  return scan(rule.body).links.flatMap(({ url, urlAt }): RuleLink[] => {
    const { paths, rest } = meaningOf(url, file);
    const path = paths.find((p) => files.has(p));
    return path === undefined ? [] : [{ at: urlAt, end: urlAt + url.length, to: files.get(path)!, rest }];
  });
};

/** The rule with its links to other rules found. */
export const withLinks = (rule: Rule, files: RuleFiles): Rule => {
  const links = linksOf(rule, ruleFile(rule), files);
  return links.length ? { ...rule, links } : rule;
};

/** How a text writes a link to a rule; `rest` is what follows the path. */
type Spell = (to: Rule, rest: string) => string;
const bySpec: Spell = (to, rest) => urlTo(ruleFile(to)) + rest;

/** The rule, read from `file`, with its links to other rules spelt anew: as the spec writes them, by the rule's path there. */
export const asSpecLinks = (rule: Rule, file: string, files: RuleFiles, spell: Spell = bySpec): Rule => {
  let body = rule.body;
  for (const { at, end, to, rest } of linksOf(rule, file, files).reverse())
    body = body.slice(0, at) + spell(to, rest) + body.slice(end);
  return body === rule.body ? rule : { ...rule, body };
};

/** The links of a rule of the spec as its author spelt them, else as the spec writes them. */
export const spelledIn =
  (rule: Rule | undefined): Spell =>
  (to, rest) => {
    const own = rule?.links?.find((l) => l.to.name === to.name && l.rest === rest);
    return own ? rule!.body.slice(own.at, own.end) : bySpec(to, rest);
  };

/** The rules as read, each text with its links as the spec writes them; `stays` tells those that are rules where they stand. */
export const normalised = (
  rules: readonly Rule[],
  known: readonly Rule[],
  stays: (rule: Rule) => boolean,
): ((rule: Rule) => Rule) => {
  if (!rules.some(mayLink)) return (rule) => rule;
  const inSpec = (rule: Rule): Rule => {
    const { at: _, ...moved } = rule;
    return known.includes(rule) || stays(rule) ? rule : moved;
  };
  const isWhole = (rule: Rule): boolean => !rule.at?.includes("#");
  const read = ruleFiles([...rules.filter(isWhole), ...known]);
  const files = ruleFiles([...known, ...rules.map(inSpec)]);
  return (rule) => {
    if (stays(rule)) return rule;
    const { body } = asSpecLinks(rule, ruleFile(rule), read, (to, rest) => bySpec(inSpec(to), rest));
    return withLinks({ ...rule, body }, files);
  };
};

/** The rule with the links to rules that got another name. */
export const relinked = (rule: Rule, names: ReadonlyMap<string, string>): Rule => {
  let { body } = rule;
  for (const { at, end, to, rest } of [...(rule.links ?? [])].reverse()) {
    const name = names.get(to.name);
    if (name !== undefined)
      body = body.slice(0, at) + urlTo(ruleFile({ ...to, name })) + rest + body.slice(end);
  }
  return body === rule.body ? rule : { ...rule, body };
};
