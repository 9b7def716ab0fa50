import type { Rule } from "./spec.ts";

/** How a rule's text is spelt in one file. */
export interface Spelt {
  /** The addresses of its links. */
  urls: readonly string[];
  /** Its imports, each without the `@`; undefined: as the rule has it. */
  imports: readonly (string | undefined)[];
}
const asIs: Spelt = { urls: [], imports: [] };

const OPEN = /^[ \t]*<!-- portable:only ([^>]*?) -->[ \t]*$/;
const CLOSE = /^[ \t]*<!-- portable:end -->[ \t]*$/;

export interface OnlyBlock {
  /** Index of its first line, from 0. */
  line: number;
  targets: string[];
  closed: boolean;
}

/** The blocks of a body that are for some tools only. */
export const onlyBlocks = (body: string): OnlyBlock[] => {
  if (!body.includes("portable:only")) return [];
  const out: OnlyBlock[] = [];
  body.split("\n").forEach((l, line) => {
    const m = OPEN.exec(l);
    if (m) out.push({ line, targets: m[1]!.split(/[\s,]+/).filter(Boolean), closed: false });
    else if (CLOSE.test(l)) for (const b of out) b.closed = true;
  });
  return out;
};

/** The body without the blocks that none of the readers should see. */
const forReaders = (body: string, readers: readonly string[]): string => {
  if (!body.includes("portable:only")) return body;
  const out: string[] = [];
  let shown: boolean | undefined;
  /** A block has gone, and the blank lines around it are now one behind the other. */
  let gap = false;
  for (const line of body.split("\n")) {
    const m = OPEN.exec(line);
    if (m) shown = m[1]!.split(/[\s,]+/).some((t) => readers.includes(t));
    else if (shown !== undefined && CLOSE.test(line)) {
      gap ||= !shown;
      shown = undefined;
    } else if (shown !== false) {
      if (!gap || line.trim() || out.at(-1)?.trim()) out.push(line);
      gap = false;
    }
  }
  return out.join("\n").replace(/^(?:[ \t]*\n)+|\n+$/g, "");
};

/**
 * Links get other addresses and imports other paths; for tools that expand none, `@path` becomes a plain path, and the file's text
 * follows below.
 */
const respelt = (rule: Rule, expands: boolean, { urls, imports: paths }: Spelt): string => {
  const imports = rule.imports ?? [];
  const edits = [
    ...(rule.links ?? []).flatMap((l, i) => (urls[i] === undefined ? [] : [{ ...l, by: urls[i] }])),
    ...imports.flatMap((x, i) => {
      if (!expands) return [{ ...x, by: `\`${x.path}\`` }];
      return paths[i] === undefined ? [] : [{ ...x, by: `@${paths[i]}` }];
    }),
  ].sort((a, b) => b.at - a.at);
  let out = rule.body;
  for (const e of edits) out = out.slice(0, e.at) + e.by + out.slice(e.end);
  const files = new Map(expands ? [] : imports.map((i) => [i.path, i.text]));
  return [out, ...[...files].map(([path, text]) => `From \`${path}\`:\n\n${text}`)].join("\n\n");
};

/** A rule as a place with these readers should show it, spelt as that place has it. */
export const lowered = (
  rule: Rule,
  readers: readonly string[],
  expands: boolean,
  spelt: Spelt = asIs,
): Rule => {
  const plain =
    !spelt.urls.length && (expands ? spelt.imports.every((i) => i === undefined) : !rule.imports?.length);
  const shown = forReaders(plain ? rule.body : respelt(rule, expands, spelt), readers);
  return shown === rule.body ? rule : { ...rule, body: shown };
};
