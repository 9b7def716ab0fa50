import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "../core/template.ts";
import type { Key } from "../proxy/types.ts";

/** Variables as a repository's programs see them: the environment, then its `.env`. */
export const variablesOf = (root: string, env: Environment): Environment => {
  try {
    return { ...parseEnv(readFileSync(join(root, ".env"), "utf8")), ...env };
  } catch {
    return env;
  }
};

const COMMAND_MS = 20_000;
const LARGEST_KEY = 16 * 1024;
/** What a command prints, without white space at its ends. Rejects with the reason, never with what it printed. */
const printed = (command: string, root: string, env: Environment): Promise<string> =>
  new Promise((resolve, reject) => {
    const [shell, flag] = process.platform === "win32" ? ["cmd.exe", "/c"] : ["/bin/sh", "-c"];
    const options = { cwd: root, env: env as NodeJS.ProcessEnv, timeout: COMMAND_MS, maxBuffer: LARGEST_KEY };
    const child = execFile(shell, [flag, command], options, (error, out) => {
      const key = out.trim();
      if (error) reject(new Error(error.killed ? "its command did not end in time" : "its command failed"));
      else if (!key) reject(new Error("its command printed nothing"));
      else resolve(key);
    });
    child.stdin?.end();
  });

const KEPT_MS = 5 * 60_000;
/** A key from `.env` is good for so long without a look at the file. */
const FILE_MS = 1_000;
/**
 * Reads the keys of a repository when they are asked for: a variable from the environment or `.env`, or what a command prints,
 * which is kept in memory for five minutes; `again` runs it anew. Undefined: there is none, and `missing` was told why.
 */
export const keyring = (
  root: string,
  env: Environment,
  now: () => number,
  missing: (reason: string) => void,
): ((key: Key, again: boolean) => string | undefined | Promise<string | undefined>) => {
  const asked = new Map<string, { at: number; key: Promise<string | undefined> }>();
  let file = { at: Number.NEGATIVE_INFINITY, variables: env };
  const inFile = (name: string, again: boolean): string | undefined => {
    if (again || now() - file.at >= FILE_MS || !file.variables[name])
      file = { at: now(), variables: variablesOf(root, env) };
    return file.variables[name] || undefined;
  };
  const ran = (command: string): Promise<string | undefined> =>
    printed(command, root, env).catch((e: Error) => {
      asked.delete(command);
      missing(e.message);
      return undefined;
    });
  return (key, again) => {
    if ("env" in key) return Object.hasOwn(env, key.env) ? env[key.env] || undefined : inFile(key.env, again);
    const last = asked.get(key.command);
    if (last && !again && now() - last.at < KEPT_MS) return last.key;
    const fresh = { at: now(), key: ran(key.command) };
    asked.set(key.command, fresh);
    return fresh.key;
  };
};
