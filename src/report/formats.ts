import type { Run } from "./run.ts";

/** How findings can be printed; `text` is for people at a terminal. */
export const formats = ["text", "json", "github", "sarif", "markdown"] as const;
export type Format = (typeof formats)[number];

export const isFormat = (word: string): word is Format => (formats as readonly string[]).includes(word);

const writers: Record<Exclude<Format, "text">, (run: Run) => Promise<string>> = {
  json: async (run) => (await import("./json.ts")).jsonReport(run),
  github: async (run) => (await import("./github.ts")).githubReport(run),
  sarif: async (run) => (await import("./sarif.ts")).sarifReport(run),
  markdown: async (run) => (await import("./markdown.ts")).markdownReport(run),
};

/** A run in a format for machines or reviewers, without a final newline; only that format's code is loaded. */
export const reported = (format: Exclude<Format, "text">, run: Run): Promise<string> => writers[format](run);
