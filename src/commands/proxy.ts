import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import { aligned } from "../report/text.ts";
import { secretHeader } from "../service/service.ts";
import {
  type Environment,
  type Running,
  registered,
  running,
  stateFolder,
  unregister,
} from "../service/state.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { portOf } from "./gateway.ts";
import type { Project } from "./project.ts";
import { chainsIn, usableChains } from "./registrations.ts";

const outputFile = "proxy.log";

/** Asks the proxy in the background; undefined: it does not answer. */
const ask = async (
  { port, secret }: Running,
  method: "GET" | "POST",
  path: string,
): Promise<Record<string, any> | undefined> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/${path}`, {
      method,
      headers: { [secretHeader]: secret },
      signal: AbortSignal.timeout(3_000),
    });
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const START_MS = 10_000;
const STEP_MS = 20;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = process.getBuiltinModule("node:net").connect(port, "127.0.0.1");
    probe.once("connect", () => resolve(!probe.destroy().connecting));
    probe.once("error", () => resolve(false));
  });

/** Starts the process in the background: the entry beside the CLI's, seen from the folder of chunks. Gives what is wrong and waits until it answers. */
const start = async (folder: string, port: number, env: Environment): Promise<Diagnostic | undefined> => {
  const { spawn } = process.getBuiltinModule("node:child_process");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const out = openSync(join(folder, outputFile), "a", 0o600);
  const holder = fileURLToPath(new URL("../holder.js", import.meta.url));
  const child = spawn(process.execPath, [holder, String(port)], {
    cwd: folder,
    detached: true,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", out, out],
  });
  child.unref();
  closeSync(out);
  for (let waited = 0; waited < START_MS && child.exitCode === null; waited += STEP_MS) {
    const there = running(folder);
    if (there?.pid === child.pid && (await ask(there!, "GET", "status"))) return undefined;
    await pause(STEP_MS);
  }
  return diagnostic(
    "disk/refused",
    { path: join(folder, outputFile), reason: "the proxy did not start; this file says why" },
    { level: "error" },
  );
};

/** Registers a project and has the proxy run; what is wrong, or undefined. */
export const ensureProxy = async (
  project: Project,
  flags: Flags,
  env: Environment,
): Promise<Diagnostic | undefined> => {
  const folder = stateFolder(env, homedir());
  const chains = usableChains(project, folder, env, flags.trust);
  if ("reason" in chains) return chains;
  registered(folder, project.root);
  const there = running(folder);
  const port = portOf(project);
  if (there && there.port === port && (await ask(there, "POST", "reload"))) return undefined;
  if (await isTaken(port)) return diagnostic("launch/port-taken", { port });
  return start(folder, port, env);
};

const on = async (flags: Flags, env: Environment): Promise<Result> => {
  const project = open(flags);
  if (isResult(project)) return project;
  const fault = await ensureProxy(project, flags, env);
  if (fault) return result(exit.failed, [], [fault], {}, project.source);
  const { left } = chainsIn(project, env);
  const port = portOf(project);
  return result(
    exit.clean,
    [
      ...left.map((l) => `left out: ${l.step}: ${l.why}`),
      `the proxy listens on 127.0.0.1:${port}`,
      "start a tool through it: portable run claude",
    ],
    [],
    { port, left },
    project.source,
  );
};

const off = async (flags: Flags, env: Environment): Promise<Result> => {
  const folder = stateFolder(env, homedir());
  const there = running(folder);
  const answer = there && (await ask(there, "POST", flags.now ? "end" : "off"));
  if (!answer) return result(exit.clean, ["no proxy was running"], [], { running: false });
  const last = flags.now
    ? "the proxy has ended"
    : "the proxy is a plain pipe now, for tools that still use it; it ends after 30 idle minutes";
  return result(exit.clean, [last], [], { running: !flags.now });
};

const logs = (env: Environment): Result => {
  const path = join(stateFolder(env, homedir()), outputFile);
  try {
    return result(exit.clean, [readFileSync(path, "utf8").trimEnd()], [], { file: path });
  } catch {
    return result(exit.clean, ["nothing was logged"], [], { file: path });
  }
};

/** What a request may lose or gain on its way to a model that is not its vendor's. */
const shownEdits = async (): Promise<Result> => {
  const { allEdits } = await import("../proxy/steps/shape.ts");
  const edits = allEdits.map(({ id, dialects, to, what, why }) => ({ id, dialects, to, what, why }));
  const rows = edits.map((e) => [
    e.id,
    e.to === "all" ? "every target" : "other vendors and local models",
    e.what,
  ]);
  return result(exit.clean, [aligned(rows)], [], { edits });
};

const verbs = ["on", "off", "status", "logs", "forget"];

/** The failover proxy: in this terminal without a verb, else what stands in the background. */
export const proxy = async (flags: Flags, names: readonly string[], env: Environment): Promise<Result> => {
  const [verb, ...more] = names;
  if (more.length || (verb !== undefined && !verbs.includes(verb))) {
    const name = more[0] ?? verb!;
    return result(
      exit.refused,
      [],
      [diagnostic("launch/unknown-verb", { name, near: nearest(name, verbs), known: verbs })],
      {},
    );
  }
  if (flags["show-edits"]) return shownEdits();
  if (verb === "on") return on(flags, env);
  if (verb === "off") return off(flags, env);
  if (verb === "logs") return logs(env);
  if (verb === "status") return (await import("./proxy-status.ts")).proxyStatus(flags, env, ask);
  if (verb === "forget") {
    const project = open(flags);
    if (isResult(project)) return project;
    unregister(stateFolder(env, homedir()), project.root);
    return result(exit.clean, ["this repository is no longer served"], [], {}, project.source);
  }
  return (await import("./proxy-here.ts")).proxyHere(flags, env);
};
