import type { Level } from "../core/codec.ts";
import { masked } from "../core/secret-text.ts";

/** What a detector found in a text; offsets in UTF-16 units of that text. */
export interface Hit<Rule extends string = string> {
  rule: Rule;
  level: Level;
  start: number;
  end: number;
  /** What is wrong, read behind what it is about (`hook SessionStart: ...`), without a full stop. */
  reason: string;
  /** What was found, as it may be shown: one line, credentials are stars. */
  evidence: string;
  /** What to do. */
  note?: string;
  /** A line to write instead, or a command to run. */
  fix?: string;
}

/** A hit in one word of a command: `arg` counts from 0, the command itself; offsets are of that word. */
export interface WordHit<Rule extends string = string> extends Hit<Rule> {
  arg: number;
}

const LONGEST = 120;

/** Text as evidence: one line of at most 120 characters, without credentials and whatever steers a terminal. */
export const shown = (text: string): string => {
  const line = masked(text.slice(0, 2_000))
    .replace(/\s+/g, " ")
    .replace(
      /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu,
      "\u00b7",
    )
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, "")}…` : line;
};
