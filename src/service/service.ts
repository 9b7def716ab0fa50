import { randomBytes } from "node:crypto";
import { appendFileSync, renameSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Environment } from "../core/template.ts";
import { visible } from "../core/text.ts";
import { claudeSignIn } from "../providers/index.ts";
import { createAgents } from "../proxy/attempt.ts";
import { type Clock, createEngine, type Engine } from "../proxy/engine.ts";
import { type LogEvent, line } from "../proxy/log.ts";
import { createProxy } from "../proxy/serve.ts";
import { statusOf } from "../proxy/status.ts";
import { steps } from "../proxy/steps/index.ts";
import type { Registration } from "../proxy/types.ts";
import { controlled, type Given } from "./control.ts";
import { keyring } from "./keys.ts";
import { presenceOf } from "./sign-in.ts";
import { keep, kept, type Repository, repositories } from "./state.ts";

export const logFile = "failovers.jsonl";
const credentialsFile = "credentials.json";
const LARGEST_LOG = 8 * 1024 * 1024;

/** What a repository's spec asks for. */
export interface Read {
  registration: Registration;
  /** Where its tools are sent. */
  port: number;
}
/** Where a service lives, and what tells it the time. */
export interface Place {
  /** The user's state folder. */
  folder: string;
  env: Environment;
  clock: Clock;
  /** What opens the paths that change the proxy. */
  secret: string;
  /** What a repository registers now, with its variables; undefined: its spec is broken, gone or not allowed. */
  read(repository: Repository, env: Environment): Read | undefined;
  /** The files of a repository that change it. */
  specFiles: readonly string[];
  /** Lines for a person who watches. */
  say(text: string): void;
  /** What has been handed over so far, for whoever starts it again. */
  keep?(given: readonly Given[]): void;
  /** It has nothing more to do. */
  end(): void;
}

interface Served extends Read {
  repository: Repository;
  env: Environment;
  key: ReturnType<typeof keyring>;
  /** What its files looked like when they were read. */
  seen: string;
}
export interface Service {
  server: Server;
  engine: Engine;
  /** Takes a repository's variables: its keys are read from them before all else. */
  take(given: Given): void;
}

/** Milliseconds as people say them. */
export const duration = (ms: number): string => {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  return ms < 90 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
};
/** An event as a line for a person; undefined: nothing to tell. */
const told = (e: LogEvent): string | undefined => {
  if (e.event === "down") return `${e.target} is down: ${e.reason}`;
  if (e.event === "up") return `${e.target} is back after ${duration(e.downMs)}`;
  if (e.event === "refused" && e.isOutage) return `${e.target} refuses a key that has worked (${e.status})`;
  if (e.event === "switched") return `${e.label}: ${e.to} answers now, in place of ${e.from}`;
  if (e.event !== "answer") return undefined;
  const missed = e.missed.map((m) => `${m.target}: ${m.reason}`).join("; ");
  if (e.target === undefined) return `${e.label}/${e.route}: nobody answered (${missed})`;
  if (e.broken) return `${e.label}/${e.route}: the answer of ${e.target} broke off: ${e.broken}`;
  return missed ? `${e.label}/${e.route}: ${e.target} answered (${missed})` : undefined;
};

const stamp = (root: string, files: readonly string[]): string =>
  files.map((f) => statSync(join(root, f), { throwIfNoEntry: false })?.mtimeMs ?? 0).join(" ");

/** Salt and hashes of the credentials that have worked; made where there are none. */
const credentials = (folder: string): { salt: string; worked: string[] } => {
  const data = kept(folder, credentialsFile) as { salt?: unknown; worked?: unknown } | undefined;
  if (typeof data?.salt === "string" && Array.isArray(data.worked))
    return { salt: data.salt, worked: data.worked.filter((w): w is string => typeof w === "string") };
  const made = { salt: randomBytes(24).toString("base64url"), worked: [] };
  keep(folder, credentialsFile, made);
  return made;
};

/** What is worth keeping: an answer that took a second target or came from one, and targets that went down or came back. */
const isNews = (e: LogEvent): boolean =>
  e.event === "answer"
    ? e.missed.length > 0 || e.insteadOf !== undefined || e.target === undefined || !!e.broken
    : e.event !== "signed in";
const append = (folder: string, text: string): void => {
  const path = join(folder, logFile);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG) renameSync(path, `${path}.1`);
  appendFileSync(path, text, { mode: 0o600 });
};

const POLL_MS = 2_000;
const SIGN_IN_MS = 2_000;
const IDLE_MS = 30 * 60_000;

/** The proxy with what the state folder and the registered specs say. The server does not listen yet. */
export const createService = (place: Place): Service => {
  const { folder, env, clock } = place;
  const served = new Map<string, Served>();
  /** What users have handed over, by the root of a repository, and the environment that it makes. */
  const given = new Map<string, Record<string, string>>();
  const environments = new Map<string, Environment>();
  const proof = credentials(folder);
  const state = { off: false, lastMs: clock.now() };

  const sink = (event: LogEvent): void => {
    if (event.event === "signed in") {
      // a proxy at another port keeps its own there, too
      const { worked } = credentials(folder);
      proof.worked = [...new Set([...worked, ...proof.worked, event.fingerprint])];
      keep(folder, credentialsFile, proof);
    }
    if (event.event === "answer") state.lastMs = event.atMs;
    if (isNews(event)) append(folder, line(event));
    const text = told(event);
    if (text !== undefined) place.say(visible(text));
  };
  const read = (repository: Repository): void => {
    const { root, token } = repository;
    const seen = stamp(root, place.specFiles);
    const last = served.get(token);
    const own = environments.get(root) ?? env;
    const sameEnv = last?.env === own;
    if (last?.seen === seen && sameEnv) return;
    const fresh = place.read(repository, own);
    if (!fresh) place.say(`${root}: its spec cannot be used${last ? "; the last one that could stays" : ""}`);
    const { registration, port } = fresh ?? last ?? {};
    if (!registration || port === undefined) return;
    const missing = (reason: string): void => place.say(`${root}: no key: ${reason}`);
    served.set(token, {
      repository,
      registration: { ...registration, ...(state.off && { plain: true as const }) },
      key: sameEnv ? last.key : keyring(root, own, clock.now, missing),
      port,
      env: own,
      seen,
    });
  };
  const reload = (): void => {
    const all = repositories(folder);
    for (const token of served.keys()) if (!all.some((r) => r.token === token)) served.delete(token);
    for (const r of all) read(r);
  };
  const turn = (isOff: boolean): void => {
    state.off = isOff;
    for (const s of served.values()) {
      const { plain: _, ...registration } = s.registration;
      s.registration = isOff ? { ...registration, plain: true } : registration;
    }
  };
  const take = ({ root, variables }: Given): void => {
    const own = environments.get(root) ?? env;
    const isNew = Object.entries(variables).some(([name, value]) => own[name] !== value);
    if (!isNew || !repositories(folder).some((r) => r.root === root)) return;
    given.set(root, { ...given.get(root), ...variables });
    environments.set(root, { ...own, ...variables });
    place.keep?.(Array.from(given, ([of, all]) => ({ root: of, variables: all })));
  };
  const on = (more: Given | undefined): boolean => {
    const wasOff = state.off;
    turn(false);
    if (more) take(more);
    reload();
    return wasOff;
  };
  const off = (): boolean => {
    const wasOff = state.off;
    state.lastMs = clock.now();
    turn(true);
    return !wasOff;
  };
  const status = (): object => ({
    pid: process.pid,
    repositories: [...served.values()].map(({ repository, registration, port }) => ({
      root: repository.root,
      port,
      ...statusOf(engine, registration),
    })),
  });
  const agents = createAgents();
  const engine = createEngine({
    clock,
    sink,
    agents,
    steps: steps({ clock, agents, sink }),
    find: (token) => served.get(token)?.registration,
    secret: (key, again, { token }) => served.get(token)?.key(key, again),
    signInDown: async () => {
      const presence = await presenceOf(claudeSignIn, env, SIGN_IN_MS);
      return presence === "there" ? undefined : presence === "hangs" ? SIGN_IN_MS : 0;
    },
    salt: proof.salt,
    worked: proof.worked,
    control: (path, request, response) =>
      void controlled(place.secret, { on, off, reload, end: place.end, status }, path, request, response),
  });
  const server = createProxy(engine);
  const timer = setInterval(() => {
    reload();
    if (engine.inFlight) state.lastMs = clock.now();
    if (state.off && clock.now() - state.lastMs > IDLE_MS) place.end();
  }, POLL_MS);
  timer.unref();
  reload();
  const takeNow = (more: Given): void => {
    take(more);
    reload();
  };
  return { server, engine, take: takeNow };
};
