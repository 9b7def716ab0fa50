import type { Rule } from "./spec.ts";

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
  for (const line of body.split("\n")) {
    const m = OPEN.exec(line);
    if (m) shown = m[1]!.split(/[\s,]+/).some((t) => readers.includes(t));
    else if (shown !== undefined && CLOSE.test(line)) shown = undefined;
    else if (shown !== false) out.push(line);
  }
  return out.join("\n").replace(/^(?:[ \t]*\n)+|\n+$/g, "");
};

/** `@path` becomes a plain path, and the file's text follows below, for tools that expand no imports; links get other addresses. */
const respelt = (rule: Rule, expands: boolean, urls: readonly string[]): string => {
  const imports = expands ? [] : (rule.imports ?? []);
  const edits = [
    ...(rule.links ?? []).flatMap((l, i) => (urls[i] === undefined ? [] : [{ ...l, by: urls[i] }])),
    ...imports.map((i) => ({ ...i, by: `\`${i.path}\`` })),
  ].sort((a, b) => b.at - a.at);
  let out = rule.body;
  for (const e of edits) out = out.slice(0, e.at) + e.by + out.slice(e.end);
  const files = new Map(imports.map((i) => [i.path, i.text]));
  return [out, ...[...files].map(([path, text]) => `From \`${path}\`:\n\n${text}`)].join("\n\n");
};

/** A rule as a place with these readers should show it; `urls` are the addresses of its links there. */
export const lowered = (
  rule: Rule,
  readers: readonly string[],
  expands: boolean,
  urls: readonly string[] = [],
): Rule => {
  const plain = !urls.length && (expands || !rule.imports?.length);
  const shown = forReaders(plain ? rule.body : respelt(rule, expands, urls), readers);
  return shown === rule.body ? rule : { ...rule, body: shown };
};
