import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import net, { type AddressInfo } from "node:net";
import { createAgents } from "../../src/proxy/attempt.ts";
import { createEngine, type Engine, type Surroundings } from "../../src/proxy/engine.ts";
import type { LogEvent } from "../../src/proxy/log.ts";
import { createProxy } from "../../src/proxy/serve.ts";
import {
  defaultLimits,
  defaultPolicy,
  type Limits,
  type Policy,
  type Target,
} from "../../src/proxy/types.ts";

/** A request that came to a mock upstream. */
export interface Seen {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}
export type Answer = (response: ServerResponse, seen: Seen, request: IncomingMessage) => unknown;

export interface Upstream {
  origin: string;
  seen: Seen[];
  /** How it answers from now on. */
  answer: Answer;
  server: Server;
}

const open: { close(): unknown }[] = [];
const listening = (server: net.Server): Promise<number> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port)));

/** Ends all servers of a test. */
export const closeAll = (): void => {
  for (const one of open.splice(0)) one.close();
};
const closing = (server: Server): void => {
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
};

/** A server that keeps what it was asked and answers as told. */
export const upstream = async (answer: Answer): Promise<Upstream> => {
  const up: Upstream = { origin: "", seen: [], answer, server: http.createServer() };
  up.server.on("request", (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(parts).toString() };
      up.seen.push(seen);
      up.answer(response, seen, request);
    });
  });
  up.origin = `http://127.0.0.1:${await listening(up.server)}`;
  closing(up.server);
  return up;
};

/** An origin where nobody listens. */
export const nobody = async (): Promise<string> => {
  const server = net.createServer();
  const port = await listening(server);
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}`;
};

/** A server that speaks bytes. */
export const rawServer = async (onSocket: (socket: net.Socket) => void): Promise<string> => {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  const port = await listening(server);
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return `http://127.0.0.1:${port}`;
};

const paths = { messages: "", chat: "/v1", responses: "/v1", gemini: "" };
/** A target at an origin that speaks everything. */
export const target = (id: string, origin: string, more: Partial<Target> = {}): Target => {
  const [provider = "", model = ""] = id.split("/");
  return { id, provider, origin, paths, model, ...more };
};

export const TOKEN = "0123456789abcdef";
export interface Running {
  port: number;
  /** With the token. */
  base: string;
  engine: Engine;
  events: LogEvent[];
  server: Server;
}

/** Deadlines for tests. */
export const quick: Policy = {
  ...defaultPolicy,
  connectMs: 500,
  headersMs: 150,
  firstContentMs: 150,
  idleMs: 150,
  quietMs: 600,
  totalMs: 1_500,
  pingMs: 40,
  openMs: 60_000,
};

export interface ProxyOptions {
  policy?: Partial<Policy>;
  limits?: Partial<Limits>;
  plain?: true;
  onOutage?: "wait";
  around?: Partial<Surroundings>;
}

/** A proxy over one chain named `main`. */
export const proxyOver = async (targets: Target[], options: ProxyOptions = {}): Promise<Running> => {
  const events: LogEvent[] = [];
  const policy = { ...quick, ...options.policy };
  const route = { name: "main", targets, ...(options.onOutage && { onOutage: options.onOutage }) };
  const registration = {
    token: TOKEN,
    label: "repo",
    routes: [route],
    policy,
    ...(options.plain && { plain: options.plain }),
  };
  const engine = createEngine({
    clock: { now: () => performance.timeOrigin + performance.now(), random: () => 1 },
    sink: (event) => events.push(event),
    agents: createAgents(),
    find: (token) => (token === TOKEN ? registration : undefined),
    secret: () => undefined,
    salt: "salt",
    ...options.around,
  });
  const server = createProxy(engine, { ...defaultLimits, ...options.limits });
  const port = await listening(server);
  closing(server);
  return { port, base: `http://127.0.0.1:${port}/${TOKEN}`, engine, events, server };
};

export interface Got {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** The answer broke off. */
  isCut: boolean;
  /** Chunks as they came. */
  parts: string[];
}

/** Asks over plain HTTP, and reads to the end. */
export const request = (
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  method = body === undefined ? "GET" : "POST",
): Promise<Got> =>
  new Promise((done, failed) => {
    const bytes = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const outgoing = http.request(url, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      const finish = (isCut: boolean): void =>
        done({
          status: response.statusCode!,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
          isCut,
          parts: parts.map(String),
        });
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("end", () => finish(false));
      response.once("error", () => finish(true));
    });
    outgoing.once("error", failed);
    outgoing.end(bytes);
  });

/** Sends bytes as they are and reads until the other end closes, or for so long. */
export const rawRequest = (port: number, bytes: string | Buffer, ms = 1_500): Promise<string> =>
  new Promise((done) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.on("data", (part) => (text += part));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      done(text);
    });
  });

export const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
