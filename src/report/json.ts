import type { Diagnostic, Place } from "../core/diagnostic.ts";
import type { Run } from "./run.ts";
import { lineOf, shown } from "./text.ts";

/** A finding for machines: the place also as line and column, both from 1. */
export interface JsonDiagnostic extends Omit<Diagnostic, "place"> {
  place?: Place & { line?: number; column?: number };
}

const located = (place: Place, text: string | undefined): JsonDiagnostic["place"] => {
  if (text === undefined || place.start === undefined) return place;
  const { line, column } = lineOf(text, place.start);
  return { ...place, line, column };
};

/** Findings as `--json` prints them, errors as they come. */
const jsonDiagnostics = (
  all: readonly Diagnostic[],
  source: (file: string) => string | undefined,
): JsonDiagnostic[] =>
  all
    .map(shown)
    .map(
      ({ place, ...d }) =>
        ({ ...d, ...(place && { place: located(place, source(place.file)) }) }) as JsonDiagnostic,
    );

/** One JSON document: how the command ended, its findings, and what it did. */
export const jsonReport = (run: Run): string =>
  JSON.stringify(
    {
      command: run.command,
      exit: run.exit,
      diagnostics: jsonDiagnostics(run.diagnostics, run.source),
      ...run.data,
    },
    null,
    2,
  );
