import type { Rule } from "../core/spec.ts";
import { scan } from "../formats/markdown-scan.ts";

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "part";

/**
 * Parts a page at its headings of the highest level that stands more than once; what comes before the first keeps the page's
 * name. The order of the parts is kept.
 */
export const parted = (page: Rule): Rule[] => {
  const { headings } = scan(page.body);
  const level = [1, 2, 3, 4, 5, 6].find((n) => headings.filter((h) => h.level === n).length > 1);
  const cuts = headings.filter((h) => h.level === level);
  if (!cuts.length) return [page];
  const names = new Set<string>();
  const unique = (base: string): string => {
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}-${n}`;
      if (!names.has(name)) {
        names.add(name);
        return name;
      }
    }
  };
  const intro = page.body.slice(0, cuts[0]!.at).trimEnd();
  const { paths: _, ...base } = page;
  const parts = cuts.map((h, i) => ({
    name: unique(slug(h.text)),
    body: page.body.slice(h.at, cuts[i + 1]?.at).trimEnd(),
  }));
  const all = intro.trim() ? [{ name: unique(page.name), body: intro }, ...parts] : parts;
  return all.map((p, i) => ({ ...base, name: p.name, body: p.body, order: i + 1 }));
};
