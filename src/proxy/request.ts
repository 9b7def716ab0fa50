import type { Outgoing } from "./attempt.ts";
import { withModel } from "./body.ts";
import type { Candidate } from "./candidates.ts";
import type { Client } from "./client.ts";
import { type Credential, fingerprint, withoutKey } from "./credentials.ts";
import type { Head } from "./dialects/dialect.ts";
import type { Asked, Engine } from "./engine.ts";
import type { Failure } from "./failure.ts";
import { carried, forwarded } from "./headers.ts";

/** A client's request, read and understood. */
export interface Request extends Asked {
  head: Head;
  rawHeaders: readonly string[];
  /** What the client brings for its own vendor. */
  credential: Credential | undefined;
  streams: boolean;
  client: Client;
}

/** What a target is shown, and what that is known by. */
export interface Access {
  isClients: boolean;
  header: readonly string[];
  /** The credential stays in the query. */
  inQuery: boolean;
  /** Empty: none is shown. */
  print: string;
}

const nothing: Access = { isClients: false, header: [], inQuery: false, print: "" };

/** A client's credential goes to its own vendor and nowhere else; every other target gets the key of its provider. */
export const accessFor = (
  engine: Engine,
  { credential, dialect, registration }: Request,
  { target }: Candidate,
  again = false,
): Maybe<Access | { failure: Failure }> => {
  if (credential && target.own?.includes(dialect.id)) {
    const print = fingerprint(engine.salt, target.origin, credential.secret);
    return { isClients: true, header: credential.header ?? [], inQuery: !credential.header, print };
  }
  const { key: place, origin } = target;
  if (!place) return nothing;
  const withKey = (key: string | undefined): Access | { failure: Failure } => {
    if (!key) return { failure: { kind: "no key", detail: missing(place) } };
    const header = carried(target.carrier ?? dialect.carrier, key);
    return { isClients: false, header, inQuery: false, print: fingerprint(engine.salt, origin, key) };
  };
  const read = engine.secret(place, again, registration);
  return typeof read === "object" ? read.then(withKey) : withKey(read);
};

/** Most things are known at once. */
export type Maybe<T> = T | Promise<T>;

const missing = (key: { env: string } | { command: string }): string =>
  "env" in key
    ? `no key: set ${key.env} in .env or before portable proxy on`
    : "no key: its command gave none";

/** The request as a target gets it. */
export const outgoing = (
  engine: Engine,
  request: Request,
  candidate: Candidate,
  access: Access,
): Outgoing => {
  const { call, dialect, head, body, streams } = request;
  const { target, model } = candidate;
  const own = target.headers ?? {};
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  if (streams) replaced.add("accept-encoding");
  const headers = forwarded(request.rawHeaders, access.isClients, (name) => replaced.has(name));
  headers.push(...access.header, ...Object.entries(own).flat());
  if (streams) headers.push("Accept-Encoding", "identity");
  const query = dialect.id === "gemini" && !access.inQuery ? withoutKey(head.query) : head.query;
  const path = `${target.paths[dialect.id]}${call.path(model)}${query && `?${query}`}`;
  const bytes = body && (call.model === undefined ? withModel(body, model) : body.bytes);
  const shaped =
    bytes && engine.steps.shape
      ? engine.steps.shape(request, candidate, { body: bytes, headers })
      : { body: bytes, headers };
  return { target, method: head.method, path, headers: shaped.headers, body: shaped.body };
};
