import { Mismatch } from "./data.ts";
import type { MergeText } from "./sides.ts";

/** A page as text of the user and regions of ours; joining the parts gives the file back. */
export type Part = { user: string } | Region;
export interface Region {
  name: string;
  /** The text begins with a line that says when the rule applies. */
  when: boolean;
  /** The blank line before it, which is ours. */
  gap: string;
  open: string;
  text: string;
  close: string;
}
export interface Fault {
  line: number;
  reason: string;
}

const OPEN = /^<!-- portable:rule (\S(?:.*?\S)??)( when)?((?: #\d+)?) -->[ \t]*\r?\n?$/;
/** A bare end closes a `portable:only` block and is none of a region's. */
const LOOSE_END = /^<!-- portable:end (?!-->)\S/;
const closing = (name: string, fence: string): string => `<!-- portable:end ${name}${fence} -->`;
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The lines at which each end marker stands, in their order. */
const endsIn = (lines: readonly string[]): Map<string, number[]> => {
  const ends = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith("<!-- portable:end ")) continue;
    const end = line.trimEnd();
    const known = ends.get(end);
    if (known) known.push(i);
    else ends.set(end, [i]);
  }
  return ends;
};
/** The first line from `from` on that is this end marker; -1: none. */
const endFrom = (ends: ReadonlyMap<string, readonly number[]>, end: string, from: number): number => {
  const at = ends.get(end) ?? [];
  let [low, high] = [0, at.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (at[mid]! < from) low = mid + 1;
    else high = mid;
  }
  return at[low] ?? -1;
};

/** Line by line, never by Markdown structure: an open code fence in one rule must not hide the next one's marker. */
const cut = (text: string): { parts: Part[]; faults: Fault[] } => {
  if (!text.includes("<!-- portable:")) return { parts: text ? [{ user: text }] : [], faults: [] };
  const out: Part[] = [];
  const faults: Fault[] = [];
  const seen = new Set<string>();
  const lines = linesOf(text);
  const ends = endsIn(lines);
  let user = "";
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const m = OPEN.exec(i ? line : line.replace(/^\uFEFF/, ""));
    if (!m) {
      if (LOOSE_END.test(line)) faults.push({ line: i + 1, reason: "an end marker without its beginning" });
      user += line;
      continue;
    }
    const [, name, when, fence] = m as unknown as [string, string, string | undefined, string];
    const end = closing(name, fence);
    const j = endFrom(ends, end, i + 1);
    if (j < 0) {
      faults.push({ line: i + 1, reason: `the region "${name}" has no end marker` });
      user += line;
      continue;
    }
    if (seen.has(name)) faults.push({ line: i + 1, reason: `the region "${name}" stands twice` });
    seen.add(name);
    const gap = /(?:^|(?<=\n))\r?\n$/.exec(user)?.[0] ?? "";
    user = user.slice(0, user.length - gap.length);
    if (user) out.push({ user });
    user = "";
    out.push({ name, when: !!when, gap, open: line, text: lines.slice(i + 1, j).join(""), close: lines[j]! });
    i = j;
  }
  if (user) out.push({ user });
  return { parts: out, faults };
};

let last: { text: string; cut: ReturnType<typeof cut> } | undefined;
/** `cut`, with the last page kept: several tools read the same one. */
export const parts = (text: string): ReturnType<typeof cut> => {
  if (!text.includes("<!-- portable:")) return cut(text);
  if (last?.text !== text) last = { text, cut: cut(text) };
  return last.cut;
};

export const joined = (all: readonly Part[]): string =>
  all.map((p) => ("user" in p ? p.user : p.gap + p.open + p.text + p.close)).join("");

export interface RegionText {
  name: string;
  /** LF, with a final newline. */
  text: string;
  when?: boolean;
}

/** A region whose end marker cannot be mistaken for a line of its text: a numbered pair where the text holds one. */
const regionOf = ({ name, text, when = false }: RegionText, eol: string, gap: string): Region => {
  let fence = "";
  if (text.includes("<!-- portable:end ")) {
    const lines = new Set(text.split("\n").map((l) => l.trimEnd()));
    for (let n = 2; lines.has(closing(name, fence)); n++) fence = ` #${n}`;
  }
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return {
    name,
    when,
    gap,
    open: `<!-- portable:rule ${name}${when ? " when" : ""}${fence} -->${eol}`,
    text: body.replaceAll("\n", eol),
    close: `${closing(name, fence)}${eol}`,
  };
};

/** A name that a marker line can hold. */
export const markable = (name: string): boolean => {
  const [open] = [`<!-- portable:rule ${name} -->`];
  return OPEN.exec(open)?.[1] === name && !/[\r\n]|-->/.test(name);
};

/**
 * The page with the rows: in place where their region stands, new ones behind the last of ours, the user's text untouched.
 * Regions not in `rows` go. A page without a final newline stays without. Throws `Mismatch` on a page with faulty markers.
 */
export const withRegions = (old: string, rows: readonly RegionText[], eol: string): string => {
  if (old === "" || old.endsWith("\n")) return withRows(old, rows, eol);
  return withRows(old + eol, rows, eol).slice(0, -eol.length);
};
const withRows = (old: string, rows: readonly RegionText[], eol: string): string => {
  const page = parts(old);
  const fault = page.faults[0];
  if (fault) throw new Mismatch(`line ${fault.line}: ${fault.reason}`);
  const want = new Map(rows.map((r) => [r.name, r]));
  const kept: Part[] = [];
  for (const p of page.parts) {
    const row = "user" in p ? undefined : want.get(p.name);
    if ("user" in p) kept.push(p);
    else if (row) {
      want.delete(p.name);
      const fresh = regionOf(row, eol, p.gap);
      kept.push(p.when === fresh.when && p.text === fresh.text ? p : fresh);
    }
  }
  const last = kept.findLastIndex((p) => "name" in p);
  const behind = last < 0 ? kept.length : last + 1;
  const before = joined(kept.slice(0, behind));
  const fresh: Part[] = [...want.values()].map((r, i) => regionOf(r, eol, i || before ? eol : ""));
  return joined([...kept.slice(0, behind), ...fresh, ...kept.slice(behind)]);
};

/** The text that is no region's. */
export const outsideOf = (all: readonly Part[]): string =>
  all.flatMap((p) => ("user" in p ? [p.user] : [])).join("");
const regionsIn = (all: readonly Part[]): string => JSON.stringify(all.filter((p) => "name" in p));

/** The parts with other text where `before` and `next`, the texts outside, differ: in one of them. */
const inOnePart = (cut: readonly Part[], before: string, next: string): string | undefined => {
  const shorter = Math.min(before.length, next.length);
  let start = 0;
  while (start < shorter && before[start] === next[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === next.at(-1 - same)) same++;
  let at = 0;
  for (const [i, p] of cut.entries()) {
    if (!("user" in p)) continue;
    const end = at + p.user.length;
    if (start >= at && before.length - same <= end)
      return joined(cut.toSpliced(i, 1, { user: next.slice(at, next.length - (before.length - end)) }));
    at = end;
  }
  return undefined;
};

/**
 * The page with other text outside its regions, each of these where it stood; undefined: nobody knows on which side of one
 * something new stands.
 */
export const withOutside = (old: string, next: string, merge: MergeText): string | undefined => {
  const cut = parts(old).parts;
  const before = outsideOf(cut);
  const isKept = (after: string): boolean => {
    const again = parts(after);
    const kept = outsideOf(again.parts) === next && regionsIn(again.parts) === regionsIn(cut);
    return kept && !again.faults.length;
  };
  const one = inOnePart(cut, before, next);
  if (one !== undefined) return isKept(one) ? one : undefined;
  const m = merge({ ours: old, view: before, base: before, theirs: next, known: true });
  return "text" in m && isKept(m.text) ? m.text : undefined;
};
