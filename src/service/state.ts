import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "../core/template.ts";

/** A repository that may send requests through the proxy. */
export interface Repository {
  root: string;
  /** The first part of every path it asks for. */
  token: string;
}
/** A proxy of this user, in the background or in a terminal; one for each port. */
export interface Running {
  pid: number;
  port: number;
  version: string;
  /** Opens what changes the proxy: reload, off. */
  secret: string;
}

/** The user's state folder: `$XDG_STATE_HOME/portable`, by the XDG base directory specification 0.8. */
export const stateFolder = (env: Environment, home: string): string => {
  const base = env["XDG_STATE_HOME"]?.startsWith("/") ? env["XDG_STATE_HOME"] : undefined;
  const local = env["LOCALAPPDATA"];
  if (base === undefined && local && process.platform === "win32") return join(local, "portable", "state");
  return join(base ?? join(home, ".local", "state"), "portable");
};

const PRIVATE = 0o600;
/** Writes a file of the state folder at once or not at all; nobody else may read it. */
export const keep = (folder: string, name: string, data: unknown): void => {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, typeof data === "string" ? data : `${JSON.stringify(data)}\n`, { mode: PRIVATE });
  chmodSync(draft, PRIVATE);
  renameSync(draft, path);
};
/** What a file of the state folder holds; undefined: it is not there, or is no JSON. */
export const kept = (folder: string, name: string): unknown => {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8"));
  } catch {
    return undefined;
  }
};
export const forget = (folder: string, name: string): void => rmSync(join(folder, name), { force: true });

const isRepository = (x: unknown): x is Repository =>
  typeof (x as Repository | undefined)?.root === "string" &&
  /^[\w-]{22,}$/.test((x as Repository).token ?? "");
const fileFor = (root: string): string =>
  `repositories/${createHash("sha256").update(resolve(root)).digest("hex").slice(0, 16)}.json`;

/** The repository's entry, made where there is none. */
export const registered = (folder: string, root: string): Repository => {
  const known = kept(folder, fileFor(root));
  if (isRepository(known) && known.root === resolve(root)) return known;
  const fresh: Repository = { root: resolve(root), token: randomBytes(18).toString("base64url") };
  keep(folder, fileFor(root), fresh);
  return fresh;
};
/** The repository's entry, if it has one. */
export const known = (folder: string, root: string): Repository | undefined => {
  const entry = kept(folder, fileFor(root));
  return isRepository(entry) && entry.root === resolve(root) ? entry : undefined;
};
export const unregister = (folder: string, root: string): void => forget(folder, fileFor(root));
const filesIn = (folder: string, name: string): string[] => {
  try {
    return readdirSync(join(folder, name)).filter((f) => f.endsWith(".json"));
  } catch {
    return [];
  }
};
/** Every repository that is registered, by its root. */
export const repositories = (folder: string): Repository[] =>
  filesIn(folder, "repositories")
    .map((f) => kept(folder, `repositories/${f}`))
    .filter(isRepository)
    .sort((a, b) => (a.root < b.root ? -1 : 1));

const isRunning = (x: unknown): x is Running =>
  Number.isInteger((x as Running | undefined)?.pid) && typeof (x as Running).secret === "string";
const PROXIES = "proxies";
const proxyFile = (port: number): string => `${PROXIES}/${port}.json`;
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (e) {
    // it is another user's
    return (e as NodeJS.ErrnoException).code === "EPERM";
  }
};
/** A proxy of this process listens. */
export const runs = (folder: string, proxy: Running): void => keep(folder, proxyFile(proxy.port), proxy);
/** The proxy of this process has ended; of two that start at once the other one's entry stays. */
export const ran = (folder: string, port: number): void => {
  if (running(folder, port)?.pid === process.pid) forget(folder, proxyFile(port));
};
/** What the state folder says of the proxy at a port, if its process is there; whether it answers is for the port to say. */
export const running = (folder: string, port: number): Running | undefined => {
  const entry = kept(folder, proxyFile(port));
  return isRunning(entry) && entry.port === port && isAlive(entry.pid) ? entry : undefined;
};
/** Every proxy of this user, by its port. */
export const allRunning = (folder: string): Running[] =>
  filesIn(folder, PROXIES)
    .flatMap((file) => running(folder, Number.parseInt(file, 10)) ?? [])
    .sort((a, b) => a.port - b.port);
