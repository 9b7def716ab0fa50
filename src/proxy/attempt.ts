import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { alarm } from "./alarm.ts";
import type { Client } from "./client.ts";
import type { Failure, Phase } from "./failure.ts";
import type { Target } from "./types.ts";

/** Connections are kept, the last used first; certificates are checked whatever the environment says. */
export interface Agents {
  http: http.Agent;
  https: https.Agent;
}
export const createAgents = (): Agents => {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const agents = {
    http: new http.Agent(options),
    https: new https.Agent({ ...options, rejectUnauthorized: true }),
  };
  // an agent copies its options for each request, so that this is none of them
  agents.http.maxFreeSockets = agents.https.maxFreeSockets = MOST_IDLE;
  return agents;
};

const MOST_IDLE = 64;
/** A connection that nobody used for so long may be dead without anybody having said so. */
const IDLE_MS = 30_000;

/** `localhost` needs no name service, which may be what is down. */
const loopback: LookupFunction = (_, { all }, found) => {
  if (all)
    found(null, [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
  else found(null, "127.0.0.1", 4);
};

/** One request to one target. */
export interface Outgoing {
  target: Target;
  method: string;
  /** With the query, behind the target's origin. */
  path: string;
  /** Without Host and Content-Length. */
  headers: readonly string[];
  body: Buffer | undefined;
}

/** What a try leads to: response headers, or not. `gone`: the client has hung up. */
export type Opened = { response: IncomingMessage; close(): void } | { failure: Failure } | "gone";

interface Endpoint {
  isTls: boolean;
  hostname: string;
  port: string;
  /** As the Host header says it. */
  host: string;
  /** What the origin's own path puts before every other. */
  base: string;
}
const endpoints = new Map<string, Endpoint>();
const endpointOf = (origin: string): Endpoint => {
  const known = endpoints.get(origin);
  if (known) return known;
  const { protocol, hostname, port, host, pathname } = new URL(origin);
  const isTls = protocol === "https:";
  const endpoint = {
    isTls,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port || (isTls ? "443" : "80"),
    host,
    base: pathname.replace(/\/+$/, ""),
  };
  endpoints.set(origin, endpoint);
  return endpoint;
};

const optionsFor = (out: Outgoing, endpoint: Endpoint, agents: Agents, isFresh: boolean): RequestOptions => {
  const { isTls, hostname, port, host, base } = endpoint;
  const headers = ["Host", host, ...out.headers];
  if (out.body) headers.push("Content-Length", String(out.body.length));
  const options: https.RequestOptions = {
    host: hostname,
    port,
    method: out.method,
    path: base + out.path,
    // said as a list they are sent as they are, and no Host is added
    headers: headers as never,
    agent: isFresh ? false : isTls ? agents.https : agents.http,
  };
  if (isTls) options.rejectUnauthorized = true;
  if (hostname === "localhost") options.lookup = loopback;
  return options;
};

const nameOf = (error: Error): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.slice(0, 80);
};

/** What an error means, by how far the connection had come. */
const failureOf = (error: Error, isConnected: boolean, isHandshake: boolean): Failure => {
  const detail = nameOf(error);
  if ((error as NodeJS.ErrnoException).syscall === "getaddrinfo") return { kind: "dns", detail };
  if (detail.startsWith("HPE_")) return { kind: "malformed", detail };
  if (isConnected) return { kind: "reset", detail };
  return { kind: isHandshake ? "tls" : "connect", detail };
};

/** A kept connection may have been closed at the other end just as it was used: that says nothing about the target. */
const isStale = (request: ClientRequest, failure: Failure): boolean =>
  request.reusedSocket && failure.kind === "reset";

/** Asks a target and waits for its response headers. `headersMs` undefined: as long as it takes. */
export const open = (
  out: Outgoing,
  agents: Agents,
  limits: { connectMs: number; headersMs: number },
  client: Client,
): Promise<Opened> =>
  new Promise((resolve) => {
    const endpoint = endpointOf(out.target.origin);
    let phase: Phase = "connect";
    let settled = false;
    let request: ClientRequest;
    const settle = (opened: Opened): void => {
      if (settled) return;
      settled = true;
      timer.stop();
      client.onGone(undefined);
      if (opened === "gone" || "failure" in opened) request.destroy();
      resolve(opened);
    };
    const timer = alarm(() => settle({ failure: { kind: "deadline", phase, ms: waitOf(phase) } }));
    const waitOf = (at: Phase): number => (at === "connect" ? limits.connectMs : limits.headersMs);
    const connected = (): void => {
      phase = "headers";
      if (!settled) timer.set(limits.headersMs);
    };
    const watch = (socket: Socket, isReused: boolean, onHandshake: () => void): void => {
      if (isReused || !socket.connecting) return void connected();
      if (!settled) timer.set(limits.connectMs);
      if (endpoint.isTls) socket.once("connect", onHandshake);
      socket.once(endpoint.isTls ? "secureConnect" : "connect", connected);
    };
    const send = (isFresh: boolean): void => {
      let isHandshake = false;
      phase = "connect";
      request = (endpoint.isTls ? https : http).request(optionsFor(out, endpoint, agents, isFresh));
      request.on("socket", (socket) => watch(socket, request.reusedSocket, () => (isHandshake = true)));
      request.on("error", (error) => {
        if (settled) return;
        const failure = failureOf(error, phase !== "connect", isHandshake);
        if (isStale(request, failure)) send(true);
        else settle({ failure });
      });
      request.on("response", (response) => settle({ response, close: () => void response.destroy() }));
      request.on("upgrade", (_, socket) => {
        socket.destroy();
        settle({ failure: { kind: "malformed", detail: "upgrade" } });
      });
      request.end(out.body);
    };
    client.onGone(() => settle("gone"));
    if (client.gone()) resolve("gone");
    else send(false);
  });
