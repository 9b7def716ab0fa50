import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Client } from "../clients/index.ts";
import type { Environment } from "../core/template.ts";
import { presenceOf } from "../service/sign-in.ts";

/** Where a tool keeps the login of its own; undefined: it has none. */
export const loginFile = ({ login }: Client, env: Environment): string | undefined =>
  login && join(env[login.variable] || join(homedir(), login.folder), login.file);

const dataIn = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

const PROBE_MS = 2_000;
/**
 * The variables with which a tool starts by its stored login as it is, where that must be renewed and the host that renews it
 * hangs: the tool would wait for it. Empty where it need not. The file is only read; the proxy passes the login to its vendor.
 */
export const storedLogin = async (
  client: Client,
  env: Environment,
  nowMs: number,
): Promise<Record<string, string>> => {
  const { renewal } = client.login ?? {};
  if (!renewal || env[renewal.variable]) return {};
  const stored = renewal.read(dataIn(loginFile(client, env)!));
  if (!stored || nowMs + renewal.earlyMs < stored.expiresMs) return {};
  const presence = await presenceOf(renewal.address, env, PROBE_MS);
  return presence === "hangs" ? { [renewal.variable]: stored.token } : {};
};
