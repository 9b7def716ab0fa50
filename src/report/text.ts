import { styleText } from "node:util";
import type { Level } from "../core/codec.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { masked } from "../core/secret-text.ts";
import { visible } from "../core/text.ts";

export interface Style {
  /** Colours are wanted: a terminal, and `NO_COLOR` is not set. */
  colour: boolean;
  source: (file: string) => string | undefined;
}

type Ink = Parameters<typeof styleText>[0];
const inks: Record<Level, Ink> = { error: "red", warning: "yellow", note: "blue" };
const painter =
  (style: Style) =>
  (ink: Ink, text: string): string =>
    style.colour ? styleText(ink, text, { validateStream: false } as never) : text;

/** Line and column, from 1, of an offset. */
export const lineOf = (text: string, at: number): { line: number; column: number; text: string } => {
  const start = at > 0 ? text.lastIndexOf("\n", at - 1) + 1 : 0;
  const end = text.indexOf("\n", start);
  const line = text.slice(0, start).split("\n").length;
  return {
    line,
    column: at - start + 1,
    text: text.slice(start, end < 0 ? undefined : end).replace(/\r$/, ""),
  };
};

const WIDTH = 100;
/** The source line with carets below; long lines are cut around the place. */
const frame = (d: Diagnostic, source: string | undefined, paint: ReturnType<typeof painter>): string[] => {
  const { start, end } = d.place ?? {};
  if (source === undefined || start === undefined) return [];
  const { line, column, text: raw } = lineOf(source, start);
  if (d.code.endsWith("/secret")) return [];
  const text = visible(masked(raw));
  const from = Math.max(0, Math.min(column - 1 - WIDTH / 2, text.length - WIDTH));
  const shown = text.slice(from, from + WIDTH).replace(/\t/g, " ");
  const width = Math.max(1, Math.min((end ?? start + 1) - start, shown.length - (column - 1 - from)));
  const gutter = String(line).padStart(4);
  return [
    `${paint("dim", `${gutter} |`)} ${shown}`,
    `${paint("dim", "     |")} ${" ".repeat(column - 1 - from)}${paint(inks[d.level], "^".repeat(width))}`,
  ];
};

const where = (d: Diagnostic, source: string | undefined): string => {
  if (!d.place) return "";
  const { file, start } = d.place;
  if (source === undefined || start === undefined) return file;
  const { line, column } = lineOf(source, start);
  return `${file}:${line}:${column}`;
};

/** A finding without the credentials that a message might quote. */
export const shown = (d: Diagnostic): Diagnostic => ({
  ...d,
  reason: masked(d.reason),
  ...(d.note !== undefined && { note: masked(d.note) }),
  ...(d.fix !== undefined && { fix: masked(d.fix) }),
  ...(d.item !== undefined && { item: masked(d.item) }),
});

/** One finding: what and where, the source line, what to do. */
export const finding = (found: Diagnostic, style: Style): string => {
  const d = shown(found);
  const paint = painter(style);
  const source = d.place && style.source(d.place.file);
  const at = where(d, source);
  const lead = at && !d.reason.startsWith(at) ? `${paint("dim", visible(at))}  ` : "";
  const code = paint("dim", `[${d.code}]`);
  const head = `${paint(inks[d.level], d.level.padEnd(7))} ${lead}${visible(d.reason)} ${code}`;
  const advice = [
    ...(d.note
      ? visible(d.note)
          .split("\n")
          .map((line) => `        ${line}`)
      : []),
    ...(d.fix
      ? visible(d.fix)
          .split("\n")
          .map((line) => `        ${paint("cyan", line)}`)
      : []),
  ];
  return [head, ...frame(d, source, paint), ...advice].join("\n");
};

const rank: Record<Level, number> = { error: 0, warning: 1, note: 2 };
/** Errors first, each finding as a block; notes one line each. */
export const findings = (all: readonly Diagnostic[], style: Style): string =>
  [...all]
    .sort((a, b) => rank[a.level] - rank[b.level])
    .map((d) => finding(d, style))
    .join("\n");

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
/** How many files agree with the spec. */
export const agreeing = (n: number): string =>
  n
    ? `${plural(n, "file")} ${n === 1 ? "agrees" : "agree"} with the spec`
    : "no file is written from the spec";

/** Rows in columns, two spaces apart, without white space at line ends. */
export const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>((w, r) => r.map((c, i) => Math.max(w[i] ?? 0, c.length)), []);
  return rows
    .map((r) =>
      r
        .map((c, i) => c.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
