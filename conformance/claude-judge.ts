import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Run, runClaude, where } from "./claude.ts";
import { type Row, root as rootToken } from "./claude-rows.ts";
import { type Files, inProject } from "./project.ts";

/** What a run of one row on `files` did wrong, one sentence each; empty: all arrived as the row expects. */
export const judge = ({ item, expect, ...ask }: Row, files: Files): Promise<{ run: Run; faults: string[] }> =>
  inProject(files, async (cwd) => {
    const replies = JSON.parse(JSON.stringify(ask.replies).replaceAll(rootToken, cwd));
    const run = await runClaude({ ...ask, replies, cwd });
    const faults = [
      ...runFaults(run, replies.length),
      ...Object.entries(expect.places ?? {}).flatMap(([token, places]) =>
        run.requests.flatMap((request, n) => placeFault(request, n, token, places, cwd)),
      ),
      ...Object.entries(expect.leaves ?? {}).flatMap(([path, text]) => leaveFault(cwd, path, text)),
    ];
    return { run, faults: faults.map((fault) => `${item}: ${fault}`) };
  });

const runFaults = (run: Run, replies: number): string[] => [
  ...(run.code === 0 ? [] : [`exit status ${run.code}: ${run.stderr}`]),
  ...(run.requests.length === replies ? [] : [`${run.requests.length} requests for ${replies} replies`]),
  ...(run.stderr.includes("did not load") ? [run.stderr] : []),
];

const placeFault = (
  request: unknown,
  n: number,
  token: string,
  places: string[][],
  cwd: string,
): string[] => {
  const wanted = places[Math.min(n, places.length - 1)] ?? [];
  const got = where(request, token, cwd);
  if (isDeepStrictEqual(got, wanted)) return [];
  return [`request ${n}: ${token} is at ${show(got)}, not ${show(wanted)}`];
};

const show = (places: string[]): string => places.join(" + ") || "no place";

const leaveFault = (cwd: string, path: string, wanted: string | null): string[] => {
  const file = join(cwd, path);
  const got = existsSync(file) ? readFileSync(file, "utf8") : null;
  return got === wanted ? [] : [`${path} holds ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
};
