import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import { findings, plural } from "../report/text.ts";
import { targetIds } from "../targets/index.ts";
import { loadProject, type Project } from "./project.ts";
import { findRoot } from "./root.ts";

/** How a command ended; the same in every command. */
export const exit = { clean: 0, drift: 1, refused: 2, failed: 3 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

export interface Flags {
  cwd: string;
  json?: boolean;
  format?: string;
  strict?: boolean;
  force?: boolean;
  "dry-run"?: boolean;
  targets?: string;
  from?: string;
  move?: boolean;
  split?: boolean;
  take?: string;
  file?: string;
  shell?: string;
  unset?: boolean;
  trust?: boolean;
  now?: boolean;
  line?: boolean;
  since?: string;
  base?: string;
  "show-edits"?: boolean;
  staged?: boolean;
  "exit-code"?: boolean;
}
/** What a command says, at the end. */
export interface Result {
  exit: Exit;
  /** For people; without a final newline. */
  text: string;
  /** What of it are not findings. */
  lines: readonly string[];
  /** For machines. */
  data: Record<string, unknown>;
  /** Findings, for both. */
  diagnostics: readonly Diagnostic[];
  /** The text of a file, for places. */
  source: Project["source"];
}

export const colour = (): boolean => !!process.stdout.isTTY && !process.env["NO_COLOR"];

export const result = (
  code: Exit,
  lines: readonly string[],
  diagnostics: readonly Diagnostic[],
  data: Record<string, unknown>,
  source: Project["source"] = () => undefined,
): Result => {
  const said = diagnostics.length ? [findings(diagnostics, { colour: colour(), source })] : [];
  const text = [...said, ...lines].filter(Boolean).join("\n");
  return { exit: code, text, lines, data, diagnostics, source };
};

const isLoss = (d: Diagnostic): boolean => d.level === "note" && d.code.startsWith("loss/");
/** The same for people who know by now what a tool cannot hold: such notes are counted, `portable explain` tells them. */
export const brief = (r: Result): Result => {
  const notes = r.diagnostics.filter(isLoss).length;
  if (!notes) return r;
  const told = r.diagnostics.filter((d) => !isLoss(d));
  const lines = [`${plural(notes, "note")}: portable explain`, ...r.lines];
  return { ...r, text: result(r.exit, lines, told, {}, r.source).text };
};

/** The targets of `--targets`, or the fault in them. */
export const selected = (flags: Flags, project: Project): { only?: string[]; fault?: Diagnostic } => {
  if (flags.targets === undefined) return {};
  const ids = flags.targets
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);
  const known = project.targets.map((t) => t.id);
  const wrong = ids.find((id) => !known.includes(id));
  if (wrong !== undefined || !ids.length) {
    const id = wrong ?? "";
    return {
      fault: diagnostic("spec/unknown-target", {
        id,
        near: nearest(id, targetIds),
        known: known.length ? known : targetIds,
      }),
    };
  }
  return { only: ids };
};

/** As `open`, for what writes: it says too that it wrote nothing. */
export const openToWrite = (flags: Flags): Project | Result => {
  const opened = open(flags);
  return isResult(opened) ? unwritten(opened) : opened;
};
export const unwritten = (r: Result): Result => {
  const line = "nothing was written";
  return { ...r, text: `${r.text}\n${line}`, lines: [...r.lines, line] };
};

/** The project of the flags, or the result that says why there is none. */
export const open = (flags: Flags): Project | Result => {
  const root = findRoot(flags.cwd);
  if (root === undefined)
    return result(exit.refused, [], [diagnostic("spec/missing", { cwd: flags.cwd })], {});
  return usable(loadProject(root));
};

/** A project whose spec can be used, or the result that says why it cannot. */
export const usable = (project: Project): Project | Result => {
  const errors = project.diagnostics.filter((d) => d.level === "error");
  if (!errors.length) return project;
  const disk = errors.every((d) => d.code === "disk/refused");
  return result(disk ? exit.failed : exit.refused, [], project.diagnostics, {}, project.source);
};
export const isResult = (x: Project | Result): x is Result => "exit" in x;

/** Whether findings make a run unclean. */
export const unclean = (all: readonly Diagnostic[], strict: boolean | undefined): boolean =>
  all.some((d) => d.level === "error" || (!!strict && d.level === "warning"));
