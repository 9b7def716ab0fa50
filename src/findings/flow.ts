import { isDecoder, isFetcher, type Program, programOf, runsInput } from "./programs.ts";
import type { Call, Word } from "./shell.ts";

export type CommandRule =
  | "fetch-and-run"
  | "decode-and-run"
  | "reverse-shell"
  | "permissions"
  | "steals"
  | "shell"
  | "inline-code";

/** A place in the words of a line: what was found, from where to where. */
export interface Found {
  rule: CommandRule;
  start: number;
  end: number;
}

/** Calls with their programs, read once. */
export interface Line {
  text: string;
  calls: readonly Call[];
  programs: ReadonlyMap<Call, Program>;
}
export const lineOf = (text: string, calls: readonly Call[]): Line => ({
  text,
  calls,
  programs: new Map(
    calls.flatMap((c) => {
      const p = programOf(c);
      return p ? [[c, p] as const] : [];
    }),
  ),
});

/** The word of the outer call that an inner one stands in. */
const wordAround = (outer: Call, inner: Call): Word | undefined =>
  outer.words.find((w) => w.start <= inner.start && inner.start <= w.end);

/** For each call, the one that its output reaches and `stops` accepts; every call is passed once. */
export const reaching = (
  { calls }: Line,
  stops: (to: Call, by: NonNullable<Call["by"]>, from: Call) => boolean,
): ReadonlyMap<Call, Call> => {
  const known = new Map<Call, Call | undefined>();
  for (const from of calls) {
    const path: Call[] = [];
    let at: Call | undefined = from;
    let end: Call | undefined;
    while (at && !known.has(at)) {
      known.set(at, undefined);
      path.push(at);
      if (at.into && stops(at.into, at.by!, at)) {
        end = at.into;
        break;
      }
      at = at.into;
    }
    end ??= at && known.get(at);
    for (const call of path) known.set(call, end);
  }
  return new Map([...known].filter((e): e is [Call, Call] => e[1] !== undefined));
};

const startOf = (call: Call): number => call.words[0]?.start ?? call.start;
export const spanOf = (rule: CommandRule, from: Call, to: Call): Found => ({
  rule,
  start: Math.min(startOf(from), startOf(to)),
  end: Math.max(from.end, to.end),
});

/** `curl x | sh`, `sh -c "$(base64 -d ...)"`, `source <(wget ...)`. */
export const runs = (line: Line): Found[] => {
  const { programs } = line;
  const executed = reaching(line, (to, by, from) => {
    const p = programs.get(to);
    return !!p && runsInput(p, by, by === "pipe" ? undefined : wordAround(to, from));
  });
  return line.calls.flatMap((call) => {
    const [p, end] = [programs.get(call), executed.get(call)];
    if (!p || !end) return [];
    if (isFetcher(p)) return [spanOf("fetch-and-run", call, end)];
    return isDecoder(p) ? [spanOf("decode-and-run", call, end)] : [];
  });
};

const base = (path: string): string => path.replace(/[?#].*$/, "").replace(/^.*\//, "");
/** Whether a fetcher names its file after the URL. */
const namesByUrl = ({ name, args }: Program): boolean =>
  name === "curl"
    ? args.some((w) => /^(?:-[a-zA-Z]*O[a-zA-Z]*|--remote-name(?:-all)?)$/.test(w.text))
    : name === "wget" || name === "aria2c";
/** Names of the files that a fetcher writes. */
const written = ({ to }: Call, p: Program): string[] => [
  ...to,
  ...p.args.flatMap((w, i) => {
    if (
      /^(?:-[a-zA-Z]*o|--output|--output-document|-OutFile)$/i.test(w.text) &&
      (p.name !== "curl" || !/O$/.test(w.text))
    )
      return p.args[i + 1]?.text ?? [];
    return namesByUrl(p) && /^(?:https?:\/\/)?[^/]+\/./.test(w.text) ? base(w.text) : [];
  }),
];
/** `curl -o x URL && sh x`. */
export const runsDownload = (line: Line): Found[] => {
  const files = new Map<string, Call>();
  return line.calls.flatMap((call) => {
    const p = line.programs.get(call);
    if (!p) return [];
    if (isFetcher(p)) {
      for (const file of written(call, p)) files.set(base(file), call);
      return [];
    }
    const first = p.args.find((w) => !w.text.startsWith("-"));
    const own = /[\\/]/.test(p.word.text) ? files.get(base(p.word.text)) : undefined;
    const run = own ?? (first && runsInput(p, "file", first) ? files.get(base(first.text)) : undefined);
    return run ? [spanOf("fetch-and-run", run, call)] : [];
  });
};
