import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Row, remote as remoteToken, root as rootToken } from "./claude/row.ts";
import { type Run, runClaude, where } from "./claude.ts";
import { built } from "./claude-project.ts";
import { type Files, inProject, writeFiles } from "./project.ts";
import { type Remote, serveRemote } from "./remote.ts";

/**
 * Builds `files` and runs one row on them, with `over` written on top of what was built. What was wrong, one sentence
 * each; empty: all arrived as the row expects.
 */
export const judge = (row: Row, files: Files, over: Files = {}): Promise<{ run: Run; faults: string[] }> =>
  inProject(files, async (cwd) => {
    built(cwd);
    writeFiles(cwd, over);
    const remote = await serveRemote();
    try {
      const run = await runClaude({ ...asked(row, cwd, remote), cwd });
      return { run, faults: faultsOf(row, run, cwd, remote).map((fault) => `${row.item}: ${fault}`) };
    } finally {
      await remote.close();
    }
  });

/** The row with its tokens replaced by what they stand for in this run. */
const asked = ({ prompt, replies, trusted, args, env }: Row, cwd: string, { origin }: Remote) => {
  const ask = { prompt, replies, ...(trusted && { trusted }), ...(args && { args }), ...(env && { env }) };
  const text = JSON.stringify(ask).replaceAll(rootToken, cwd).replaceAll(remoteToken, origin);
  return JSON.parse(text) as typeof ask;
};

const faultsOf = ({ replies, expect }: Row, run: Run, cwd: string, remote: Remote): string[] => [
  ...runFaults(run, expect.requests ?? replies.length),
  ...Object.entries(expect.places ?? {}).flatMap(([token, places]) =>
    run.requests.flatMap((request, n) => placeFault(request, n, token, places, cwd)),
  ),
  ...Object.entries(expect.leaves ?? {}).flatMap(([path, text]) => leaveFault(cwd, path, text)),
  ...Object.entries(expect.headers ?? {}).flatMap(([path, headers]) => headerFaults(remote, path, headers)),
];

const runFaults = (run: Run, requests: number): string[] => [
  ...(run.code === 0 ? [] : [`exit status ${run.code}: ${run.stderr}`]),
  ...(run.requests.length === requests ? [] : [`${run.requests.length} requests, not ${requests}`]),
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

const headerFaults = (remote: Remote, path: string, wanted: Record<string, string>): string[] => {
  const all = remote.seen[path] ?? [];
  if (!all.length) return [`${path} holds no request`];
  return Object.entries(wanted).flatMap(([name, text]) =>
    all.every((headers) => headers[name] === text)
      ? []
      : [`${path}: ${name} holds ${JSON.stringify(all.map((headers) => headers[name]))}, not "${text}"`],
  );
};
