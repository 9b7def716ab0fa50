import type { Loss } from "../core/loss.ts";
import type { Kind } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import type { Target } from "../core/target.ts";
import { type Shift, shifts } from "../core/views.ts";
import { shiftWords } from "../report/meaning.ts";
import { aligned } from "../report/text.ts";

/** Tools of which the same is to be said. */
interface Said {
  targets: string[];
  words: string[];
}
/** What a change comes to for one item. */
export interface Meaning {
  kind: Kind;
  /** With the folder it belongs to, in a monorepo. */
  name: string;
  /** What is new, and for which tools. */
  changes: Said[];
  /** Tools that get the change weaker or not at all, and why. */
  losses: Said[];
  /** Tools that have no place for such a thing. */
  without: string[];
}

/** A folder before and after. */
export interface Trees {
  prefix: string;
  before: World;
  after: World;
}

const together = (all: readonly Said[]): Said[] => {
  const out = new Map<string, Said>();
  for (const { targets, words } of all) {
    const key = words.join("\n");
    const known = out.get(key);
    if (known) known.targets.push(...targets.filter((t) => !known.targets.includes(t)));
    else out.set(key, { targets: [...targets], words });
  }
  return [...out.values()];
};

/** A loss of what did not change is old news. */
const concerns = (l: Loss, all: readonly Shift[]): boolean =>
  !l.field.length || all.some((s) => s.after && (!s.before || s.fields.some((f) => f[0] === l.field[0])));
const lossWords = (l: Loss): string => {
  const field = l.field.join(".");
  const why = l.why ?? "is not there";
  if (l.weak) return `weaker${field && ` in ${field}`}: ${why}`;
  if (!field) return `does not get it: ${why}`;
  return `${l.changed ? "with another" : "without its"} ${field}: ${why}`;
};

const meaningFor = (prefix: string, all: readonly Shift[], losses: readonly Loss[]): Meaning => {
  const { kind, name } = all[0]!;
  const told = losses.filter((l) => l.kind === kind && l.name === name && concerns(l, all));
  const isWhole = (l: Loss): boolean => !l.field.length && l.level === "note" && !l.weak;
  return {
    kind,
    name: prefix + name,
    changes: together(all.map((s) => ({ targets: s.targets, words: shiftWords(s) }))),
    losses: together(
      told.filter((l) => !isWhole(l)).map((l) => ({ targets: [l.target], words: [lossWords(l)] })),
    ),
    without: told.filter(isWhole).map((l) => l.target),
  };
};

/** What differs between trees for each tool, item by item; `losses` are those of the plan that leads there. */
export const meaningOf = (
  targets: readonly Target[],
  trees: readonly Trees[],
  losses: readonly (Loss & { prefix: string })[],
): Meaning[] =>
  trees.flatMap(({ prefix, before, after }) => {
    const by = new Map<string, Shift[]>();
    for (const s of shifts(targets, before, after)) {
      const key = `${s.kind} ${s.name}`;
      by.set(key, [...(by.get(key) ?? []), s]);
    }
    const here = losses.filter((l) => l.prefix === prefix);
    return [...by.values()].map((all) => meaningFor(prefix, all, here));
  });

const rows = ({ targets, words }: Said): string[][] =>
  words.map((w, i) => ["", i ? "" : targets.join(", "), w]);

/** A block an item: its name, then a line for what is new, and for whom. */
export const meaningText = (all: readonly Meaning[]): string =>
  all
    .map(({ kind, name, changes, losses, without }) => {
      const last = without.length ? [{ targets: without, words: ["has no place for it"] }] : [];
      return `${kind} ${name}\n${aligned([...changes, ...losses, ...last].flatMap(rows))}`;
    })
    .join("\n");
