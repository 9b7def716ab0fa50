import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { WireDialect } from "../../src/providers/index.ts";
import { samples } from "../../test/proxy/dialect-streams.ts";
import { tongues } from "../failover/answers.ts";

/** A number from 0 up to 1; the same numbers for the same seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const ID = /soak-(\d+)/;
/** What stands in a request, so that its answer can be known. */
export const idOf = (nth: number): string => `soak-${nth}`;
/** The words of the answer to a request: each holds its id and its place. */
export const wordsFor = (id: string): string[] =>
  Array.from({ length: 3 + (Number(ID.exec(id)![1]) % 17) }, (_, i) => `${id}.${i} `);

/** What goes wrong, beside the server that stops listening for a while. */
export const faults = [
  "reset",
  "500",
  "529",
  "429",
  "hang",
  "a page",
  "cut",
  "error event",
  "error event at first",
  "silence",
] as const;
type Fault = (typeof faults)[number];

export interface Storm {
  origin: string;
  /** How often each fault was played, and how often none. */
  played: Map<Fault | "good" | "refused", number>;
  /** Stops listening now and then, until a time. */
  gust(untilMs: number): Promise<void>;
  close(): Promise<void>;
}

const dialectOf = (url: string): WireDialect =>
  /messages/.test(url)
    ? "messages"
    : /responses/.test(url)
      ? "responses"
      : /chat\/completions/.test(url)
        ? "chat"
        : "gemini";
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const HELD_MS = 4_000;
/** Answers a stream, and may leave it in the middle. */
const stream = async (
  response: ServerResponse,
  dialect: WireDialect,
  id: string,
  fault: Fault | undefined,
  random: () => number,
): Promise<void> => {
  const { opening, text, closing, overloaded } = samples[dialect];
  const words = wordsFor(id);
  const broken =
    fault === undefined || fault === "error event at first"
      ? 0
      : 1 + Math.floor(random() * (words.length - 1));
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  if (fault === "error event at first") return void response.end(overloaded);
  response.write(opening.join(""));
  for (const [i, word] of words.entries()) {
    if (broken && i === broken) {
      if (fault === "error event") return void response.end(overloaded);
      if (fault === "silence") await pause(HELD_MS);
      return void response.destroy();
    }
    if (random() < 0.5) await pause(random() * 8);
    response.write(text(word));
  }
  response.end(closing.join(""));
};

const page = "<html><body>Sign in to this network</body></html>";
const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  fault: Fault | undefined,
  random: () => number,
): Promise<void> => {
  const dialect = dialectOf(request.url!);
  const id = ID.exec(body)![0];
  const streams = /"stream":true/.test(body) || /alt=sse/.test(request.url!);
  const status = Number(fault);
  if (fault === "reset") return void request.socket.resetAndDestroy();
  if (fault === "hang") {
    await pause(HELD_MS);
    return void request.socket.destroy();
  }
  if (status) {
    const after = random() < 0.7 ? { "Retry-After": String(Math.floor(random() * 2)) } : {};
    response.writeHead(status, { "Content-Type": "application/json", ...after });
    return void response.end(JSON.stringify(tongues[dialect].fault(status)));
  }
  if (fault === "a page") {
    response.writeHead(200, { "Content-Type": "text/html" });
    return void response.end(page);
  }
  if (streams) return stream(response, dialect, id, fault, random);
  const whole = JSON.stringify(tongues[dialect].whole({ text: wordsFor(id).join("") }, "soak"));
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(whole) });
  if (fault === undefined) return void response.end(whole);
  response.write(whole.slice(0, whole.length / 2));
  if (fault === "silence") await pause(HELD_MS);
  response.destroy();
};

/** A vendor that fails at this rate. */
export const startStorm = async (random: () => number, rate: number): Promise<Storm> => {
  const played: Storm["played"] = new Map();
  const count = (what: Fault | "good" | "refused"): void =>
    void played.set(what, (played.get(what) ?? 0) + 1);
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    response.on("error", () => {});
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      // a proxy asks local servers for what they are
      if (!ID.test(body)) return void response.writeHead(404).end();
      const fault = random() < rate ? faults[Math.floor(random() * faults.length)] : undefined;
      count(fault ?? "good");
      answer(request, response, body, fault, random).catch(() => response.destroy());
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) =>
      server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const port = await listen(0);
  const gust = async (untilMs: number): Promise<void> => {
    for (;;) {
      await pause(Math.min(500 + random() * 3_000, untilMs - Date.now()));
      if (Date.now() >= untilMs) return;
      await stop();
      count("refused");
      await pause(100 + random() * 600);
      await listen(port);
    }
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    played,
    gust,
    close: stop,
  };
};
