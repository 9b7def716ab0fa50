import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A repository that may send requests through the proxy. */
export interface Repository {
  root: string;
  /** The first part of every path it asks for. */
  token: string;
}
/** The proxy of this user that runs in the background. */
export interface Running {
  pid: number;
  port: number;
  version: string;
  /** Opens what changes the proxy: reload, off. */
  secret: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

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
/** Every repository that is registered, by its root. */
export const repositories = (folder: string): Repository[] => {
  try {
    return readdirSync(join(folder, "repositories"))
      .filter((f) => f.endsWith(".json"))
      .map((f) => kept(folder, `repositories/${f}`))
      .filter(isRepository)
      .sort((a, b) => (a.root < b.root ? -1 : 1));
  } catch {
    return [];
  }
};

const isRunning = (x: unknown): x is Running =>
  Number.isInteger((x as Running | undefined)?.pid) && typeof (x as Running).secret === "string";
/** What the state folder says of the proxy in the background; whether it lives is for its port to say. */
export const running = (folder: string): Running | undefined => {
  const entry = kept(folder, "proxy.json");
  return isRunning(entry) ? entry : undefined;
};
