import { closeSync, mkdirSync, openSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import type { TargetStatus } from "../proxy/status.ts";
import { type Given, secretHeader } from "../service/control.ts";
import { variablesIn } from "../service/routes.ts";
import { allRunning, type Running, registered, running, stateFolder } from "../service/state.ts";
import type { Flags } from "./context.ts";
import { portOf } from "./gateway.ts";
import type { Project } from "./project.ts";
import { usableChains } from "./registrations.ts";

/** Where a proxy in the background says what happens. */
export const outputFile = "proxy.log";

/** How a repository is served. */
export interface RepositoryState {
  root: string;
  label: string;
  /** Where its spec sends its tools. */
  port: number;
  plain: boolean;
  routes: { name: string; targets: TargetStatus[] }[];
}
/** What a proxy says of itself. */
export interface ProxyState {
  repositories: RepositoryState[];
  /** What it was told to be it was not before. */
  changed?: boolean;
}

/** Asks a proxy of this user; undefined: it does not answer. */
export const ask = async (
  { port, secret }: Running,
  method: "GET" | "POST",
  path: string,
  data?: Given,
): Promise<ProxyState | undefined> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/${path}`, {
      method,
      headers: { [secretHeader]: secret },
      ...(data && { body: JSON.stringify(data) }),
      signal: AbortSignal.timeout(3_000),
    });
    return answer.ok ? ((await answer.json()) as ProxyState) : undefined;
  } catch {
    return undefined;
  }
};

/** Asks every proxy of this user; those that do not answer are left out. */
export const askAll = async (
  folder: string,
  method: "GET" | "POST",
  path: string,
): Promise<{ proxy: Running; state: ProxyState }[]> => {
  const all = allRunning(folder).map(async (proxy) => {
    const state = await ask(proxy, method, path);
    return state ? [{ proxy, state }] : [];
  });
  return (await Promise.all(all)).flat();
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

type Reach = () => Promise<ProxyState | undefined>;
const LATE_MS = 500;
/** Reaches a proxy that has begun to listen just now and may not have said so yet. */
const reachLate = async (reach: Reach): Promise<ProxyState | undefined> => {
  for (let waited = 0; waited < LATE_MS; waited += STEP_MS) {
    const state = await reach();
    if (state) return state;
    await pause(STEP_MS);
  }
  return undefined;
};

/** Starts the process in the background: the entry beside the CLI's, seen from the folder of chunks. Waits until it answers, and gives how it is, or what is wrong. */
const start = async (
  folder: string,
  port: number,
  env: Environment,
  reach: Reach,
): Promise<ProxyState | Diagnostic> => {
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
  // it ends at once where another one has just been started
  for (let waited = 0; waited < START_MS; waited += STEP_MS) {
    const state = await reach();
    if (state) return state;
    if (child.exitCode !== null && !(await isTaken(port))) break;
    await pause(STEP_MS);
  }
  return diagnostic(
    "disk/refused",
    { path: join(folder, outputFile), reason: "the proxy did not start; this file says why" },
    { level: "error" },
  );
};

const givenBy = ({ root, folders }: Project, env: Environment): Given => {
  const set = variablesIn(folders[0]!.spec.model).flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  return { root, variables: Object.fromEntries(set) };
};

/** A proxy that serves a repository. */
export interface Serving {
  /** It was on before. */
  already: boolean;
  /** The repository as it is served; undefined: its spec cannot be used. */
  here: RepositoryState | undefined;
}
/** Registers a project and has its proxy run with the variables that its chains name; or what is wrong. */
export const ensureProxy = async (
  project: Project,
  flags: Flags,
  env: Environment,
): Promise<Serving | Diagnostic> => {
  const folder = stateFolder(env, homedir());
  const chains = usableChains(project, folder, env, flags.trust);
  if ("reason" in chains) return chains;
  const { root } = registered(folder, project.root);
  const port = portOf(project);
  const given = { ...givenBy(project, env), root };
  const reach: Reach = async () => {
    const there = running(folder, port);
    return there && ask(there, "POST", "on", given);
  };
  const serving = (state: ProxyState, already: boolean): Serving => ({
    already,
    here: state.repositories.find((r) => r.root === root),
  });
  const there = await reach();
  if (there) return serving(there, !there.changed);
  if (await isTaken(port)) {
    const late = await reachLate(reach);
    return late ? serving(late, !late.changed) : diagnostic("launch/port-taken", { port });
  }
  const state = await start(folder, port, env, reach);
  return "reason" in state ? state : serving(state, false);
};

/** The steps that nobody can ask for want of a key, a line each; `brings`: the client has a credential for its vendor's dialect. */
export const keyless = (
  here: RepositoryState | undefined,
  brings: (target: TargetStatus) => boolean,
): string[] => {
  const targets = here?.routes.flatMap((route) => route.targets) ?? [];
  const lines = targets.flatMap((t) =>
    t.noKey === undefined || brings(t) ? [] : `no key for ${t.id}: set ${t.noKey}, here or in .env`,
  );
  return [...new Set(lines)];
};
