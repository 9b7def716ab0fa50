import type { Level } from "../core/codec.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { lineOf, plural, shown } from "./text.ts";

/** How a command ended, as every format tells it. */
export interface Run {
  command: string;
  exit: number;
  diagnostics: readonly Diagnostic[];
  /** What the command says besides its findings. */
  lines: readonly string[];
  data: Record<string, unknown>;
  /** The text of a file of the project, for places. */
  source(file: string): string | undefined;
  repository: Repository;
}

/** Where the project lies in its repository: reviewers see paths from the repository's root. */
export interface Repository {
  /** The project's folder: "" or a path that ends in "/". */
  prefix: string;
  /** Absolute paths that no report tells, longest first, each with what it says instead. */
  hidden: readonly (readonly [absolute: string, said: string])[];
}

/** Where a finding stands: a path from the repository's root; lines and columns from 1, in UTF-16 units, the end one past the last. */
export interface Spot {
  file: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A text without the absolute paths of this machine. */
export const withoutPaths = (text: string, { hidden }: Repository): string =>
  hidden.reduce(
    (said, [absolute, instead]) =>
      said
        .replace(
          new RegExp(`(?<![\\w.-])${escaped(absolute)}/`, "g"),
          () => `${instead === "." ? "" : `${instead}/`}`,
        )
        .replace(new RegExp(`(?<![\\w.-])${escaped(absolute)}(?![\\w.-])`, "g"), () => instead),
    text,
  );

/** Control characters, directions and characters without width, which could make a text look like another. */
const HIDDEN =
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]|\p{Surrogate}/gu;
/** A text in which they stand as `\u{202e}`. */
export const visible = (text: string): string =>
  text
    .replace(/\r\n/g, "\n")
    .replace(HIDDEN, (c) => (c === "\t" ? " " : `\\u{${c.codePointAt(0)!.toString(16)}}`));

/** A finding as it leaves this machine: no credentials, no absolute paths, nothing hidden. */
export const published = (d: Diagnostic, run: Run): Diagnostic => {
  const { reason, note, fix, item, ...rest } = shown(d);
  const plain = (text: string): string => visible(withoutPaths(text, run.repository));
  return {
    ...rest,
    reason: plain(reason),
    ...(note !== undefined && { note: plain(note) }),
    ...(fix !== undefined && { fix: plain(fix) }),
    ...(item !== undefined && { item: plain(item) }),
  };
};

const endOf = (text: string, start: number, end: number | undefined): Partial<Spot> => {
  if (end === undefined || end <= start) return {};
  const last = start + text.slice(start, end).trimEnd().length;
  if (last <= start) return {};
  const { line, column } = lineOf(text, last);
  return { endLine: line, endColumn: column };
};

/** Where a finding stands, if it stands in a file. */
export const spotOf = (d: Diagnostic, run: Run): Spot | undefined => {
  if (!d.place) return undefined;
  const { file, start, end } = d.place;
  const path = file.startsWith("/") ? withoutPaths(file, run.repository) : run.repository.prefix + file;
  const text = start === undefined ? undefined : run.source(file);
  if (text === undefined || start === undefined) return { file: path };
  const { line, column } = lineOf(text, start);
  return { file: path, line, column, ...endOf(text, start, end) };
};

export const levels: readonly Level[] = ["error", "warning", "note"];

/** Findings of a level, as they are published. */
export const ofLevel = (run: Run, level: Level): Diagnostic[] =>
  run.diagnostics.filter((d) => d.level === level).map((d) => published(d, run));

/** `2 errors, 1 warning`; "" where there is neither. Notes are not counted. */
export const counted = (run: Run): string =>
  (["error", "warning"] as const)
    .flatMap((level) => {
      const n = run.diagnostics.filter((d) => d.level === level).length;
      return n ? [plural(n, level)] : [];
    })
    .join(", ");
