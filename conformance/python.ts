import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Judge = "aider" | "litellm" | "pre_commit" | "lefthook";
export const missing = "the Python judges are not installed: run conformance/judges.sh";

/** The folder of a judge's programs, or undefined where it is not installed to its end. */
export const programs = (judge: Judge): string | undefined => {
  const venv = join(import.meta.dirname, ".venv", judge);
  const done = existsSync(venv) && readdirSync(venv).some((f) => f.startsWith(judge));
  return done ? join(venv, "bin") : undefined;
};

/** The version of an installed package. */
export const versionOf = (judge: Judge, name: string): string | undefined => {
  const bin = programs(judge);
  const lib = bin && join(bin, "..", "lib");
  const python = lib && readdirSync(lib)[0];
  const all = python ? readdirSync(join(lib, python, "site-packages")) : [];
  return all.find((f) => f.startsWith(`${name}-`) && f.endsWith(".dist-info"))?.slice(name.length + 1, -10);
};

/** An empty home, no variables but those named here, and no network but the loopback. */
const environment = (home: string, own: Record<string, string>) => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  TMPDIR: home,
  TERM: "dumb",
  LANG: "C.UTF-8",
  PYTHONDONTWRITEBYTECODE: "1",
  LITELLM_LOCAL_MODEL_COST_MAP: "true",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
  ...own,
});

export interface Ended {
  /** Null: a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}
export interface Options {
  cwd: string;
  env?: Record<string, string>;
  /** What is given on the standard input. */
  input?: string;
  /** Ended by force after this. */
  limitMs?: number;
}

export interface Started {
  child: ChildProcess;
  /** All that it has said so far. */
  said: () => string;
  ended: Promise<Ended>;
  stop: () => Promise<void>;
}

/** Starts a judge's program in a group of its own. */
export const start = (judge: Judge, program: string, args: string[], options: Options): Started => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "judge-home-")));
  const env = environment(home, options.env ?? {});
  const child = spawn(join(programs(judge)!, program), args, {
    cwd: options.cwd,
    env,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  child.stdin.end(options.input ?? "");
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // the group has ended by itself
    }
  };
  const timer = setTimeout(() => end("SIGKILL"), options.limitMs ?? 60_000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      end("SIGKILL");
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      resolve({ code, stdout, stderr });
    });
  });
  const stop = async (): Promise<void> => {
    end("SIGTERM");
    await Promise.race([ended, new Promise((r) => setTimeout(r, 3000).unref())]);
    end("SIGKILL");
    await ended;
  };
  return { child, said: () => stdout + stderr, ended, stop };
};

export const run = (judge: Judge, program: string, args: string[], options: Options): Promise<Ended> =>
  start(judge, program, args, options).ended;
