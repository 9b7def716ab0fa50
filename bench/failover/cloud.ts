import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireDialect } from "../../src/providers/index.ts";
import { type Body, type Saying, type Tongue, tongues } from "./answers.ts";

/** How a vendor is: well, or out of order in one of these ways. */
export const shapes = [
  "healthy",
  "refused",
  "reset",
  "500",
  "529",
  "429",
  "hang",
  "cut",
  "error event",
  "silence",
  "401",
  "gone after a tool call",
] as const;
export type Shape = (typeof shapes)[number];

/** Which tool a mock calls where a request offers one of these names, and with what. */
export type Calls = Readonly<Record<string, object>>;

/** A vendor of every dialect on loopback. */
export interface Cloud {
  origin: string;
  /** How it answers from now on. With `calls` the first answer of a turn calls a tool. */
  be(shape: Shape, calls?: Calls): Promise<void>;
  /** What it was asked, since `be`: dialect, model and whether a tool's result was there. */
  asked: { dialect: WireDialect; model: string; hasResult: boolean; key: string }[];
  close(): Promise<void>;
}

const read = async (request: IncomingMessage): Promise<Body> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return {};
  }
};

const dialectAt = (path: string): WireDialect | undefined =>
  path.endsWith("/messages")
    ? "messages"
    : path.endsWith("/chat/completions")
      ? "chat"
      : path.endsWith("/responses")
        ? "responses"
        : /:(?:streamGenerateContent|generateContent)$/.test(path)
          ? "gemini"
          : undefined;

/** What stands in the file that the tool reads; it comes back in the answer. */
const CANARY = /canary-[a-z0-9]+/;
/** JSON for a request that asks for it: a router's choice among models. */
const routed = JSON.stringify({
  reasoning: "simple",
  model_choice: "flash",
  complexity_reasoning: "simple",
  complexity_score: 1,
});

const sayingFor = (tongue: Tongue, body: Body, name: string, calls: Calls | undefined): Saying => {
  if (body["generationConfig"]?.responseMimeType === "application/json") return { text: routed };
  const result = tongue.result(body);
  const tool =
    calls && result === undefined ? tongue.tools(body).find((t) => Object.hasOwn(calls, t)) : undefined;
  if (tool !== undefined) return { tool, input: calls![tool]! };
  return {
    text: `answer of ${name}${result === undefined ? "" : `: ${CANARY.exec(result)?.[0] ?? "no result"}`}`,
  };
};

const isStream = (dialect: WireDialect, path: string, body: Body): boolean =>
  dialect === "gemini" ? path.endsWith(":streamGenerateContent") : body["stream"] === true;

const statuses: Partial<Record<Shape, number>> = { "500": 500, "529": 529, "429": 429, "401": 401 };

/** Starts a vendor that calls itself `name`. */
export const startCloud = async (name: string): Promise<Cloud> => {
  let [shape, calls]: [Shape, Calls | undefined] = ["healthy", undefined];
  let port = 0;

  const speak = (response: ServerResponse, tongue: Tongue, saying: Saying, model: string): void => {
    const events = tongue.stream(saying, model);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if (shape === "gone after a tool call" && "tool" in saying)
      return void response.end(events.join(""), () => void close());
    if (shape === "healthy" || shape === "gone after a tool call") return void response.end(events.join(""));
    response.write(events.slice(0, tongue.opening).join(""), () => {
      if (shape === "error event") response.end(tongue.broken);
      else if (shape === "cut") response.socket?.resetAndDestroy();
    });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(request);
    const path = request.url!.split("?")[0]!;
    const dialect = dialectAt(path);
    if (!dialect) return void response.writeHead(404).end("{}");
    const tongue = tongues[dialect];
    const model = String(body["model"] ?? /models\/([^:]+)/.exec(path)?.[1]);
    const { authorization, "x-api-key": key, "x-goog-api-key": google } = request.headers;
    cloud.asked.push({
      dialect,
      model,
      hasResult: tongue.result(body) !== undefined,
      key: String(authorization ?? key ?? google ?? ""),
    });
    const status = statuses[shape];
    if (shape === "reset") return void request.socket.resetAndDestroy();
    if (shape === "hang") return;
    if (status)
      return void response
        .writeHead(status, { "Content-Type": "application/json" })
        .end(JSON.stringify(tongue.fault(status)));
    const saying = sayingFor(tongue, body, name, calls);
    if (isStream(dialect, path, body)) return speak(response, tongue, saying, model);
    // what is out of order is the stream: asked for a whole answer, it gives one
    response
      .writeHead(200, { "Content-Type": "application/json" })
      .end(JSON.stringify(tongue.whole(saying, model)));
  };

  let server: Server | undefined;
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer((request, response) => void answer(request, response));
      server.on("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(void (port = (server!.address() as AddressInfo).port)));
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
      server = undefined;
    });
  await listen();
  const cloud: Cloud = {
    origin: `http://127.0.0.1:${port}`,
    async be(next, tools) {
      [shape, calls] = [next, tools];
      cloud.asked = [];
      if (next === "refused") return close();
      if (server) server.closeAllConnections();
      else await listen();
    },
    asked: [],
    close,
  };
  return cloud;
};
