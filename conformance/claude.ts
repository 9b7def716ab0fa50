import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Reply, serveMessages } from "./mock.ts";

export { where } from "./claude-places.ts";

/** How to get the client when {@link client} finds none. */
export const missing = "Claude Code is not installed here: run `npm --prefix conformance ci`";

/** No run may take longer: a client that cannot reach the mock retries for minutes. */
const limitMs = 28_000;

/** How long a client that is told to end may take to end its hooks. */
const graceMs = 2_000;

export interface Client {
  binary: string;
  version: string;
}

/** The pinned native client in `conformance/node_modules`, or undefined where it is not installed. */
export const client = (): Client | undefined => {
  const scope = join(import.meta.dirname, "node_modules", "@anthropic-ai");
  const system = `${process.platform}-${process.arch}`;
  for (const name of [`claude-code-${system}`, `claude-code-${system}-musl`]) {
    const binary = join(scope, name, process.platform === "win32" ? "claude.exe" : "claude");
    if (existsSync(binary)) return { binary, version: packageVersion(join(scope, name)) };
  }
  return undefined;
};

const packageVersion = (folder: string): string =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;

export interface Ask {
  /** The project the client is started in. It runs the hooks and servers found there: only our own. */
  cwd: string;
  prompt: string;
  /** The model's answers, one a request; the last should be a text. */
  replies: Reply[];
  /** As if the user had accepted the trust dialog: committed `permissions.allow` then counts. */
  trusted?: boolean;
  /** Further options of the client, before `-p`. */
  args?: string[];
  /** Variables of the user's shell. */
  env?: Record<string, string>;
}

export interface Run {
  /** Bodies of the model requests, in order; {@link where} reads them. */
  requests: unknown[];
  stdout: string;
  stderr: string;
  /** Exit status; null when a signal ended it. */
  code: number | null;
  /** Wall time of the client in milliseconds. */
  ms: number;
}

/**
 * One `claude -p` run against a scripted model: an empty home, no variables but those named here, no network.
 * Throws when the client is not installed or runs longer than 30 s.
 */
export const runClaude = async (ask: Ask): Promise<Run> => {
  const found = client();
  if (!found) throw new Error(missing);
  const home = realpathSync(mkdtempSync(join(tmpdir(), "claude-home-")));
  const mock = await serveMessages(ask.replies);
  try {
    mkdirSync(join(home, "tmp"));
    if (ask.trusted) trust(home, ask.cwd);
    const options = { cwd: ask.cwd, env: environment(home, mock.origin, ask.env) };
    const ended = await run(found.binary, [...(ask.args ?? []), "-p", ask.prompt], options);
    return { requests: mock.requests, ...ended };
  } finally {
    await mock.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
};

/** What the trust dialog writes; measured with 2.1.330, 2026-11-22. */
const trust = (home: string, cwd: string): void => {
  const project = { hasTrustDialogAccepted: true, hasClaudeMdExternalIncludesApproved: true };
  writeFileSync(join(home, ".claude.json"), JSON.stringify({ projects: { [cwd]: project } }));
};

/**
 * The whole environment of a run. `MCP_CONNECTION_NONBLOCKING=0` makes the first request wait for the servers:
 * without it 2.1.330 goes on after two seconds (measured 2026-11-25).
 */
const environment = (home: string, origin: string, own: Record<string, string> = {}) => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  TMPDIR: join(home, "tmp"),
  TERM: "xterm",
  LANG: "C.UTF-8",
  ANTHROPIC_BASE_URL: origin,
  ANTHROPIC_API_KEY: "dummy-key-for-the-mock",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_MAX_RETRIES: "1",
  DISABLE_AUTOUPDATER: "1",
  MCP_CONNECTION_NONBLOCKING: "0",
  ...own,
});

const run = (
  binary: string,
  args: string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Omit<Run, "requests">> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(binary, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let stdout = "";
    let stderr = "";
    let late = false;
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid, "SIGTERM");
      setTimeout(() => endGroup(child.pid, "SIGKILL"), graceMs).unref();
    }, limitMs);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("exit", () => endGroup(child.pid, "SIGKILL"));
    child.on("close", (code) => {
      clearTimeout(timer);
      if (late) reject(new Error(`claude ran longer than ${limitMs} ms\n${stdout}\n${stderr}`));
      else resolve({ stdout, stderr, code, ms: Math.round(performance.now() - start) });
    });
  });

/** Ends the client and the servers it has left running. Hooks have sessions of their own, which the client ends. */
const endGroup = (pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the group has ended by itself
  }
};
