import { diffArrays } from "diff";
import type { Hunk, MergeText } from "../core/adopt.ts";

/** Lines of a text that others take the place of; `gone` may be none, and so may `lines`. */
interface Edit {
  at: number;
  gone: number;
  lines: readonly string[];
}

const editsBetween = (from: readonly string[], to: readonly string[]): Edit[] => {
  const out: Edit[] = [];
  let at = 0;
  let open: { at: number; gone: number; lines: string[] } | undefined;
  for (const part of diffArrays([...from], [...to])) {
    if (!part.added && !part.removed) {
      at += part.value.length;
      open = undefined;
      continue;
    }
    if (!open) out.push((open = { at, gone: 0, lines: [] }));
    if (part.added) open.lines.push(...part.value);
    else {
      open.gone += part.value.length;
      at += part.value.length;
    }
  }
  return out;
};

const endOf = (e: Edit): number => e.at + e.gone;
/** They share lines, or one stands strictly inside of the other. */
const overlap = (a: Edit, b: Edit): boolean => a.at < endOf(b) && b.at < endOf(a);
const touch = (a: Edit, b: Edit): boolean => a.at <= endOf(b) && b.at <= endOf(a);
const equal = (a: Edit, b: Edit): boolean =>
  a.at === b.at &&
  a.gone === b.gone &&
  a.lines.length === b.lines.length &&
  a.lines.every((l, i) => l === b.lines[i]);

const applied = (text: readonly string[], edits: readonly Edit[]): string[] => {
  const out: string[] = [];
  let at = 0;
  for (const e of [...edits].sort((a, b) => a.at - b.at || a.gone - b.gone)) {
    out.push(...text.slice(at, e.at), ...e.lines);
    at = endOf(e);
  }
  return [...out, ...text.slice(at)];
};

type Outcome = { lines: string[] } | { hunks: Hunk[] };

/** Both sets of edits of one text, where none of the one is in the way of one of the other. */
const together = (
  text: readonly string[],
  ours: readonly Edit[],
  theirs: readonly Edit[],
  clash: (ours: Edit, theirs: Edit) => boolean,
): Outcome => {
  const fresh = theirs.filter((t) => !ours.some((o) => equal(o, t)));
  const hunks = fresh.flatMap((t): Hunk[] => {
    const against = ours.filter((o) => clash(o, t));
    return against.length ? [{ ours: against.flatMap((o) => [...o.lines]), theirs: t.lines }] : [];
  });
  return hunks.length ? { hunks } : { lines: applied(text, [...ours, ...fresh]) };
};

/**
 * An edit of what is shown may fall on lines that are shown truly, and on no others. Beside a line that is only shown in other
 * words it may stand; where lines are hidden, or some are shown that the spec has elsewhere, nobody knows on which side.
 */
const hidden = (shown: Edit, edit: Edit): boolean =>
  overlap(shown, edit) || (touch(shown, edit) && edit.gone === 0 && shown.gone !== shown.lines.length);

/**
 * Line-wise three-way merge through a view that may show less than the spec holds: what changed between `base` and `theirs` is
 * laid over `view`, then over `ours`. Edits of the two sides that touch are a conflict, as in Git.
 */
export const mergeLines: MergeText = (s) => {
  const [ours, view, base, theirs] = [s.ours, s.view, s.base, s.theirs].map((t) => t.split("\n")) as [
    string[],
    string[],
    string[],
    string[],
  ];
  if (!s.known) {
    const all = editsBetween(view, theirs);
    return { hunks: all.map((e) => ({ ours: view.slice(e.at, endOf(e)), theirs: e.lines })) };
  }
  const seen = together(base, editsBetween(base, view), editsBetween(base, theirs), touch);
  if ("hunks" in seen) return seen;
  const all = together(view, editsBetween(view, ours), editsBetween(view, seen.lines), hidden);
  return "hunks" in all ? all : { text: all.lines.join("\n") };
};
