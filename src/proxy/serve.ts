import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Admitted, admit } from "./admit.ts";
import { type Body, bodyOf } from "./body.ts";
import { namesFor } from "./candidates.ts";
import { clientOf } from "./client.ts";
import { credentialOf } from "./credentials.ts";
import { chat } from "./dialects/chat.ts";
import { type Call, type Dialect, estimateTokens, type Head } from "./dialects/dialect.ts";
import { dialectOf } from "./dialects/index.ts";
import type { Engine } from "./engine.ts";
import { answer } from "./failover.ts";
import type { Request } from "./request.ts";
import { statusOf } from "./status.ts";
import { defaultLimits, type Limits, type Registration } from "./types.ts";

/** A server for the engine, not listening yet; it is meant for a loopback address. */
export const createProxy = (engine: Engine, limits: Limits = defaultLimits): Server => {
  const server = http.createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5_000),
      // clients close first: to be refused on a kept connection is an outage too
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => void serve(engine, limits, request, response),
  );
  server.maxHeadersCount = 0;
  server.on("clientError", onBroken);
  server.on("connect", (_, socket) => refuse(socket as Socket, 405, "no tunnels here"));
  return server;
};

const KEEP_ALIVE_MS = 600_000;

/** Sockets whose answer has begun: nothing may be written between. */
const answering = new WeakMap<Socket, ServerResponse>();

const broken: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, "the headers are too large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "the chunk extensions are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "the request took too long to arrive"],
};

const onBroken = (error: NodeJS.ErrnoException, socket: Socket): void => {
  const response = answering.get(socket);
  if (!socket.writable || error.code === "ECONNRESET" || response?.headersSent) return void socket.destroy();
  const [status, message] = broken[error.code ?? ""] ?? [400, "not a request that can be read"];
  refuse(socket, status, message);
};

const refuse = (socket: Socket, status: number, message: string): void => {
  const body = JSON.stringify({ error: { message, type: "invalid_request_error" } });
  const head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  socket.destroySoon();
};

const serve = async (
  engine: Engine,
  limits: Limits,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  answering.set(incoming.socket, response);
  engine.inFlight++;
  response.on("close", () => engine.inFlight--);
  try {
    await route(engine, limits, incoming, response);
  } catch (error) {
    onFault(response, error);
  }
};

/** A fault of the proxy's own ends one request and nothing else. */
const onFault = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy();
  const message = `the proxy failed: ${error instanceof Error ? error.message : "unknown"}`;
  json(response, 500, chat.fault(500, message));
};

const json = (response: ServerResponse, status: number, value: unknown): void => {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
};

/** The dialect in which a path's faults are told. */
const toneOf = (head: Head): Dialect => dialectOf({ ...head, method: "POST" })?.dialect ?? chat;

const route = async (
  engine: Engine,
  limits: Limits,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const admitted = admit(incoming, incoming.socket.localPort ?? 0);
  const { method = "GET", headers } = incoming;
  if ("fault" in admitted) return turnDown(response, chat, admitted.fault, admitted.message);
  const { token, path } = admitted;
  if (token === undefined && path === "/healthz" && method === "GET")
    return json(response, 200, { ok: true });
  if (token === undefined && path.startsWith("/-/") && engine.control)
    return engine.control(path, incoming, response);
  const head: Head = { method, path, query: admitted.query, headers };
  const registration = token === undefined ? undefined : engine.find(token);
  if (!registration) return turnDown(response, toneOf(head), 403, UNKNOWN);
  if (path === "/status.json" && method === "GET") return json(response, 200, statusOf(engine, registration));
  const found = dialectOf(head);
  if (!found) return noPath(response, head, admitted);
  const { dialect, call } = found;
  if (call.use === "models") return list(response, registration, dialect, path);
  await converse(engine, limits, incoming, response, { head, registration, dialect, call });
};

const UNKNOWN = "this base URL belongs to no repository: run `portable proxy on` in yours";

/** Says no; what follows of the body is thrown away. */
const turnDown = (response: ServerResponse, tone: Dialect, status: number, message: string): void => {
  if (status === 426) response.setHeader("Upgrade", "HTTP/1.1");
  json(response, status, tone.fault(status, message));
};

const noPath = (response: ServerResponse, head: Head, { path }: Admitted): void => {
  const tone = dialectOf({ ...head, method: "POST" });
  if (tone) return void turnDown(response, tone.dialect, 405, `${head.method} is not for ${path}`);
  turnDown(response, chat, 404, `${path.slice(0, 100)} is not a path of this proxy`);
};

/** Models are those of the chains: the answer needs no vendor. */
const list = (response: ServerResponse, registration: Registration, dialect: Dialect, path: string): void => {
  const names = namesFor(registration, dialect);
  const id = /\/models\/(.+)$/.exec(path)?.[1];
  if (id === undefined) return void json(response, 200, dialect.models(names));
  if (names.includes(id)) return void json(response, 200, dialect.model(id));
  json(response, 404, dialect.fault(404, `no chain has the model "${id.slice(0, 100)}"`));
};

type Understood = Pick<Request, "head" | "registration" | "dialect" | "call">;

const converse = async (
  engine: Engine,
  limits: Limits,
  incoming: IncomingMessage,
  response: ServerResponse,
  understood: Understood,
): Promise<void> => {
  const { dialect, call, head, registration } = understood;
  const encoding = incoming.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    return turnDown(response, dialect, 415, "send the request without compression");
  const bytes = await read(incoming, limits.maxBodyBytes);
  if (bytes === undefined) return;
  if (bytes === "too large")
    return turnDown(response, dialect, 413, `the request is larger than ${limits.maxBodyBytes} bytes`);
  const isCall = call.use !== "other" || bytes.length > 0;
  const body = isCall ? bodyOf(bytes) : undefined;
  if (isCall && !body) return turnDown(response, dialect, 400, "the body is not a JSON object");
  if (body && call.use !== "other" && call.model === undefined && typeof body.json["model"] !== "string")
    return turnDown(response, dialect, 400, 'the body names no "model"');
  const client = clientOf(response);
  await answer(engine, {
    head,
    registration,
    dialect,
    call,
    headers: incoming.headers,
    tokens: estimateTokens(bytes.length),
    rawHeaders: incoming.rawHeaders,
    body,
    credential: credentialOf(dialect, incoming.headers, head.query),
    streams: !registration.plain && isStream(call, body),
    client,
  });
};

const isStream = ({ use, streams }: Call, body: Body | undefined): boolean =>
  streams ?? (use === "generate" && body?.json["stream"] === true);

/** Reads a body whole; undefined: the client went away. */
const read = (incoming: IncomingMessage, mostBytes: number): Promise<Buffer | "too large" | undefined> =>
  new Promise((resolve) => {
    if (Number(incoming.headers["content-length"] ?? 0) > mostBytes) return resolve("too large");
    const parts: Buffer[] = [];
    let length = 0;
    const onData = (part: Buffer): void => {
      parts.push(part);
      length += part.length;
      if (length <= mostBytes) return;
      incoming.off("data", onData);
      incoming.pause();
      resolve("too large");
    };
    incoming.on("data", onData);
    incoming.on("end", () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
