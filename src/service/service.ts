import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { appendFileSync, renameSync, statSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { join } from "node:path";
import { claudeSignIn } from "../providers/index.ts";
import { createAgents } from "../proxy/attempt.ts";
import { type Clock, createEngine, type Engine } from "../proxy/engine.ts";
import { type LogEvent, line } from "../proxy/log.ts";
import { createProxy } from "../proxy/serve.ts";
import { statusOf } from "../proxy/status.ts";
import { steps } from "../proxy/steps/index.ts";
import type { Registration } from "../proxy/types.ts";
import { keyring } from "./keys.ts";
import { hangs } from "./sign-in.ts";
import { type Environment, keep, kept, type Repository, repositories } from "./state.ts";

export const logFile = "failovers.jsonl";
/** Carries the secret of the state folder. */
export const secretHeader = "x-portable-secret";
const credentialsFile = "credentials.json";
const LARGEST_LOG = 8 * 1024 * 1024;

/** Where a service lives, and what tells it the time. */
export interface Place {
  /** The user's state folder. */
  folder: string;
  env: Environment;
  clock: Clock;
  /** What opens the paths that change the proxy. */
  secret: string;
  /** What a repository registers now; undefined: its spec is broken, gone or not allowed. */
  read(repository: Repository): Registration | undefined;
  /** The files of a repository that change it. */
  specFiles: readonly string[];
  /** Lines for a person who watches. */
  say(text: string): void;
  /** It has nothing more to do. */
  end(): void;
}

interface Served {
  repository: Repository;
  registration: Registration;
  key: ReturnType<typeof keyring>;
  /** What its files looked like when they were read. */
  seen: string;
}
export interface Service {
  server: Server;
  engine: Engine;
}

/** What the owner of the state folder can have it do. */
interface Control {
  reload(): void;
  off(): void;
  end(): void;
  status(): object;
}

const matches = (given: string | undefined, secret: string): boolean => {
  const [a, b] = [given ?? "", secret].map((x) => createHash("sha256").update(x).digest());
  return timingSafeEqual(a!, b!);
};
/** `POST /-/reload`, `/-/off`, `/-/end` and `GET /-/status`, for whoever can read the state folder. */
const controlled = (
  secret: string,
  control: Control,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const answer = (): [status: number, data: object] => {
    if (!matches(request.headers[secretHeader] as string | undefined, secret)) return [403, {}];
    const name = path.slice("/-/".length);
    if (name === "status" && request.method === "GET") return [200, control.status()];
    if (request.method !== "POST" || (name !== "reload" && name !== "off" && name !== "end"))
      return [404, {}];
    control[name]();
    return [200, control.status()];
  };
  const [status, data] = answer();
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(data));
};

const minutes = (ms: number): string =>
  ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
/** An event as a line for a person; undefined: nothing to tell. */
const told = (e: LogEvent): string | undefined => {
  if (e.event === "down") return `${e.target} is down: ${e.reason}`;
  if (e.event === "up") return `${e.target} is back after ${minutes(e.downMs)}`;
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
  return { salt: randomBytes(24).toString("base64url"), worked: [] };
};

/** What is worth keeping: an answer that took a second target, and targets that went down or came back. */
const isNews = (e: LogEvent): boolean =>
  e.event === "answer"
    ? e.missed.length > 0 || e.target === undefined || !!e.broken
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
  const proof = credentials(folder);
  const state = { off: false, lastMs: clock.now() };

  const sink = (event: LogEvent): void => {
    if (event.event === "signed in") {
      proof.worked.push(event.fingerprint);
      keep(folder, credentialsFile, proof);
    }
    if (event.event === "answer") state.lastMs = event.atMs;
    if (isNews(event)) append(folder, line(event));
    const text = told(event);
    if (text !== undefined) place.say(text);
  };
  const read = (repository: Repository): void => {
    const { root, token } = repository;
    const seen = stamp(root, place.specFiles);
    const last = served.get(token);
    if (last?.seen === seen) return;
    const fresh = place.read(repository);
    if (!fresh) place.say(`${root}: its spec cannot be used${last ? "; the last one that could stays" : ""}`);
    const registration = fresh ?? last?.registration;
    if (!registration) return;
    const missing = (reason: string): void => place.say(`${root}: no key: ${reason}`);
    served.set(token, {
      repository,
      registration: { ...registration, ...(state.off && { plain: true as const }) },
      key: last?.key ?? keyring(root, env, clock.now, missing),
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
  const on = (): void => {
    turn(false);
    reload();
  };
  const off = (): void => {
    state.lastMs = clock.now();
    turn(true);
  };
  const status = (): object => ({
    pid: process.pid,
    repositories: [...served.values()].map(({ repository, registration }) => ({
      root: repository.root,
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
    signInHangs: async () => ((await hangs(claudeSignIn, env, SIGN_IN_MS)) ? SIGN_IN_MS : undefined),
    salt: proof.salt,
    worked: proof.worked,
    control: (path, request, response) =>
      controlled(place.secret, { reload: on, off, end: place.end, status }, path, request, response),
  });
  const server = createProxy(engine);
  const timer = setInterval(() => {
    reload();
    if (engine.inFlight) state.lastMs = clock.now();
    if (state.off && clock.now() - state.lastMs > IDLE_MS) place.end();
  }, POLL_MS);
  timer.unref();
  reload();
  return { server, engine };
};
