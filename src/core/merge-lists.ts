import { same } from "./data.ts";
import { kept, type Merged, type MergeText, type Sides, told } from "./sides.ts";

const lists = ["ours", "view", "base", "theirs"] as const;
/** Lists whose order says nothing, and those whose order counts, by the field that holds them; a template is no list. */
const unordered = new Set(["tools", "allowedTools", "agents", "globs"]);
const ordered = new Set(["args", "chain"]);
/** Whether a field holds a list whose elements can be merged one by one. */
export const isList = (at: readonly string[]): boolean =>
  at[0] === "overrides" || unordered.has(at.at(-1)!) || ordered.has(at.at(-1)!);
/** `!` takes back what stands before it. */
const isOrdered = (list: readonly unknown[]): boolean =>
  list.some((x) => typeof x === "string" && x.startsWith("!"));

/** The elements that came and went in the file do so in the spec; one that went and that the tool shows in other words is told. */
const mergedSet = (s: Sides<unknown[]>, at: readonly string[]): Merged => {
  const { ours, view, base, theirs } = s;
  const has = (list: readonly unknown[], x: unknown): boolean => list.some((y) => same(x, y));
  const gone = base.filter((x) => !has(theirs, x));
  if (gone.some((x) => has(view, x) && !has(ours, x))) return { value: ours, conflicts: [told(s, at)] };
  const left = ours.filter((x) => !has(base, x) || has(theirs, x));
  return kept([...left, ...theirs.filter((x) => !has(base, x) && !has(left, x))]);
};

/** Lists, element by element, as texts are merged by lines. */
export const mergedLists = (s: Sides<unknown[]>, at: readonly string[], merge: MergeText): Merged => {
  const isSet = unordered.has(at.at(-1)!) && !lists.some((side) => isOrdered(s[side]));
  if (s.known && isSet) return mergedSet(s, at);
  const written = (list: readonly unknown[]): string => list.map((x) => `${JSON.stringify(x)}\n`).join("");
  const m = merge({
    ours: written(s.ours),
    view: written(s.view),
    base: written(s.base),
    theirs: written(s.theirs),
    known: s.known,
  });
  if ("hunks" in m) return { value: s.ours, conflicts: [told(s, at)] };
  return kept(m.text.split("\n").flatMap((line) => (line ? [JSON.parse(line) as unknown] : [])));
};
