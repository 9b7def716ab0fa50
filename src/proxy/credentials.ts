import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { placeholder } from "../providers/index.ts";
import type { Dialect } from "./dialects/dialect.ts";

/** What a client has proved itself with: the header it came in, or the query's `key`. */
export interface Credential {
  /** Name and value of the header; undefined: it came in the query. */
  header?: [name: string, value: string];
  secret: string;
}

const bare = (value: string): string => value.replace(/^bearer\s+/i, "");

/** The credential a client brings in one of its dialect's headers, or, as Gemini takes it, in the query; undefined: none. */
export const credentialOf = (
  dialect: Dialect,
  headers: IncomingHttpHeaders,
  query: string,
): Credential | undefined => {
  for (const name of dialect.credentials) {
    const value = headers[name];
    if (typeof value === "string" && bare(value) !== "" && bare(value) !== placeholder)
      return { header: [name, value], secret: bare(value) };
  }
  const key = dialect.id === "gemini" ? new URLSearchParams(query).get("key") : null;
  return key && key !== placeholder ? { secret: key } : undefined;
};

/** A login, for which its client can get a fresh token once it is refused: only Claude Code's goes to the vendor's API. */
export const isLogin = (dialect: Dialect, credential: Credential | undefined): boolean =>
  dialect.id === "messages" && credential?.header?.[0] === "authorization";

/** A query without the credential it may hold; the rest as it stands. */
export const withoutKey = (query: string): string =>
  query
    .split("&")
    .filter((part) => !/^key(?:=|$)/.test(part))
    .join("&");

/** What a credential is known by: its salted hash. */
export const fingerprint = (salt: string, origin: string, secret: string): string =>
  hash("sha256", `${salt}\0${origin}\0${secret}`, "hex").slice(0, 32);

/** Which credentials have ever worked, and how often each was refused since; by fingerprint. */
export interface SignIns {
  worked: Set<string>;
  refused: Map<string, number>;
}

export const signIns = (worked: Iterable<string>): SignIns => ({
  worked: new Set(worked),
  refused: new Map(),
});

/** A credential was taken; true: for the first time. */
export const accepted = (known: SignIns, print: string): boolean => {
  known.refused.delete(print);
  if (known.worked.has(print)) return false;
  known.worked.add(print);
  return true;
};

/**
 * A credential was refused. `unknown`: it never worked, so that it may simply be wrong; `once`: its client may get a fresh one,
 * as it must be told for; `outage`: nobody can sign in.
 */
export const refused = (known: SignIns, print: string): "unknown" | "once" | "outage" => {
  if (!known.worked.has(print)) return "unknown";
  const times = (known.refused.get(print) ?? 0) + 1;
  known.refused.set(print, times);
  return times < 2 ? "once" : "outage";
};
