import http, { type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireDialect } from "../../../src/providers/index.ts";
import { createAgents } from "../../../src/proxy/attempt.ts";
import { createEngine, type Steps } from "../../../src/proxy/engine.ts";
import type { LogEvent } from "../../../src/proxy/log.ts";
import { createProxy } from "../../../src/proxy/serve.ts";
import { type Around, steps } from "../../../src/proxy/steps/index.ts";
import { defaultPolicy, type Policy, type Registration, type Target } from "../../../src/proxy/types.ts";

export type Json = Record<string, unknown>;

/** What a mock server was asked. */
export interface Heard {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  json: Json;
}
export interface Mock {
  origin: string;
  heard: Heard[];
  /** How it answers from now on. */
  say: (heard: Heard, response: ServerResponse) => unknown;
  close(): Promise<void>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

export const serveMock = async (say: Mock["say"]): Promise<Mock> => {
  const server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const { method = "", url: path = "", headers } = request;
    const json = text ? (JSON.parse(text) as Json) : {};
    const heard = { method, path, headers, text, json };
    mock.heard.push(heard);
    mock.say(heard, response);
  });
  const port = await listen(server);
  const mock: Mock = { origin: `http://127.0.0.1:${port}`, heard: [], say, close: () => close(server) };
  return mock;
};

export const sse = (response: ServerResponse, events: readonly Json[], named = true): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events)
    response.write(`${named ? `event: ${event["type"]}\n` : ""}data: ${JSON.stringify(event)}\n\n`);
  response.end();
};
export const whole = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const paths: Readonly<Record<WireDialect, string>> = {
  messages: "",
  chat: "/v1",
  responses: "/v1",
  gemini: "",
};
export const target = (
  id: string,
  origin: string,
  dialects: readonly WireDialect[],
  more: Partial<Target> = {},
): Target => ({
  id,
  provider: id.split("/")[0]!,
  origin,
  model: id.split("/")[1]!,
  paths: Object.fromEntries(dialects.map((dialect) => [dialect, paths[dialect]])),
  ...more,
});

export const TOKEN = "t".repeat(24);
export const registration = (targets: readonly Target[], policy: Partial<Policy> = {}): Registration => ({
  token: TOKEN,
  label: "test",
  routes: [{ name: "main", targets }],
  policy: { ...defaultPolicy, openMs: 1_000, ...policy },
});

export interface Rig {
  base: string;
  events: LogEvent[];
  /** Adds to the clock, in milliseconds. */
  later(ms: number): void;
  close(): Promise<void>;
}

/** A proxy with the real steps, a clock that can be put forward, and no chance. */
export const rig = async (
  chain: Registration,
  more: Partial<Around> & { steps?: Steps } = {},
): Promise<Rig> => {
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, random: () => 0.5 };
  const events: LogEvent[] = [];
  const sink = (event: LogEvent): void => void events.push(event);
  const agents = createAgents();
  const engine = createEngine({
    clock,
    sink,
    agents,
    find: (token) => (token === TOKEN ? chain : undefined),
    secret: () => undefined,
    salt: "salt",
    steps: more.steps ?? steps({ clock, agents, sink, factsOf: () => ({}), ...more }),
  });
  const server = createProxy(engine);
  const port = await listen(server);
  return {
    base: `http://127.0.0.1:${port}/${TOKEN}`,
    events,
    later: (ms) => void (ahead += ms),
    close: async () => {
      await close(server);
      agents.http.destroy();
    },
  };
};

export const post = (url: string, json: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(json),
    headers: { "content-type": "application/json", ...headers },
  });

/** The events of a stream as data. */
export const eventsOf = (text: string): Json[] =>
  text
    .split("\n\n")
    .flatMap((event) => event.split("\n").filter((line) => line.startsWith("data: ")))
    .filter((line) => line !== "data: [DONE]")
    .map((line) => JSON.parse(line.slice(6)) as Json);
