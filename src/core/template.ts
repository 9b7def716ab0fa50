import { same } from "./data.ts";

/** A place in a text that is filled in later. Numbered arguments count from 1, whatever the tool does. */
export type Hole =
  | { env: string; or?: string }
  | { arg: number | "all" }
  | { named: string }
  | { shell: string }
  | { file: string };
export type Part = string | Hole;
/** Text with typed holes: adjoining literals are joined, empty ones left out. */
export type Template = readonly Part[];

/** Variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a reader takes for a hole, or (a string) for a literal in disguise. */
export type Reading = readonly [pattern: RegExp, to: (match: RegExpExecArray) => Hole | string];

/** How one tool spells holes in one kind of place. */
export interface Spelling {
  readonly id: string;
  /** Holes it must be able to say, each alone: keeps a fault here from passing as a loss with a reason. */
  readonly can: readonly Hole[];
  /** The earliest match wins, then the order of the list. */
  readonly reads: readonly Reading[];
  /** Undefined: the tool has no such hole. */
  hole(hole: Hole): string | undefined;
  /** A literal that the tool would take for a hole, written so that it does not; undefined: it has no way. */
  escape?(seen: string): string | undefined;
  /** Replaces `escape` where escaping needs to know what follows. */
  literal?(text: string, next: string): string;
  /** Words for the model in place of a hole the tool lacks; always a loss. */
  gloss?(hole: Hole): string | undefined;
}

export interface Said {
  text: string;
  /** Parts that do not read back as meant. */
  unsaid: Part[];
}

export const tidy = (parts: Template): Template => {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof last === "string") out[out.length - 1] = last + part;
    else out.push(part);
  }
  return out;
};

export const holes = (template: Template): Hole[] => template.filter((p) => typeof p !== "string");

interface Cursor {
  pattern: RegExp;
  match: RegExpExecArray | null | undefined;
}

/** The earliest match at or behind `from`; each pattern is searched once per match it gives. */
const earliest = (cursors: Cursor[], text: string, from: number): number => {
  let best = -1;
  cursors.forEach((c, i) => {
    if (c.match === undefined || (c.match && c.match.index < from)) {
      c.pattern.lastIndex = from;
      c.match = c.pattern.exec(text);
    }
    if (c.match && (best < 0 || c.match.index < cursors[best]!.match!.index)) best = i;
  });
  return best;
};

const scan = (spelling: Spelling, text: string, hit: (seen: string, to: Hole | string) => Part): Part[] => {
  const out: Part[] = [];
  const cursors = spelling.reads.map(
    ([re]): Cursor => ({ pattern: new RegExp(re, re.flags.replace("g", "") + "g"), match: undefined }),
  );
  let at = 0;
  while (at <= text.length) {
    const best = earliest(cursors, text, at);
    if (best < 0) break;
    const match = cursors[best]!.match!;
    out.push(text.slice(at, match.index), hit(match[0], spelling.reads[best]![1](match)));
    at = match.index + Math.max(1, match[0].length);
  }
  if (at <= text.length) out.push(text.slice(at));
  return out;
};

export const parse = (spelling: Spelling, text: string): Template =>
  tidy(scan(spelling, text, (_, to) => to));

/** The text in a tool's spelling; never something the tool would read as something else without naming it. */
export const say = (spelling: Spelling, template: Template): Said => {
  const unsaid: Part[] = [];
  const escapeLiteral = (seen: string): string => {
    const escaped = spelling.escape?.(seen);
    if (escaped === undefined) unsaid.push(seen);
    return escaped ?? seen;
  };
  const literal = (text: string, next: Part | undefined): string => {
    if (!spelling.literal) return scan(spelling, text, escapeLiteral).join("");
    return spelling.literal(text, typeof next === "object" ? (spelling.hole(next) ?? "") : "");
  };
  const hole = (h: Hole): string => {
    const said = spelling.hole(h);
    if (said === undefined) unsaid.push(h);
    return said ?? spelling.gloss?.(h) ?? "";
  };
  const text = template
    .map((p, i) => (typeof p === "string" ? literal(p, template[i + 1]) : hole(p)))
    .join("");
  // two parts may join into a hole that neither was; only reading it back tells
  if (!unsaid.length && !same(parse(spelling, text), tidy(template))) unsaid.push(...template);
  return { text, unsaid };
};
