import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What came to a server: where, with which headers, and what was said. */
export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  authorization: string | undefined;
  model: string;
  body: string;
}
export interface ChatMock {
  /** Without a path. */
  origin: string;
  requests: Asked[];
  close: () => Promise<void>;
}

/** A loopback server of OpenAI's chat dialect, and of Ollama's own, that always answers `done`, or always with an error status. */
export const serveChat = async (status = 200): Promise<ChatMock> => {
  const requests: Asked[] = [];
  const server = createServer((request, response) => {
    answer(request, response, requests, status).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, requests, close };
};

/** A loopback origin where nothing listens. */
export const refusing = async (): Promise<string> => {
  const mock = await serveChat();
  await mock.close();
  return mock.origin;
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  requests: Asked[],
  status: number,
): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const said = body ? JSON.parse(body) : {};
  requests.push({
    path: request.url ?? "",
    headers: request.headers,
    authorization: request.headers.authorization,
    model: String(said.model),
    body,
  });
  if (status !== 200) {
    const error = { message: "out of order", type: "server_error", code: String(status) };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  } else if (request.url === "/api/chat") native(response, said.model);
  else if (said.stream) stream(response, said.model);
  else whole(response, said.model);
};

/** Ollama's own dialect, one JSON a line. https://docs.ollama.com/api/chat, 2026-11-25. */
const native = (response: ServerResponse, model: unknown): void => {
  const reply = {
    model,
    created_at: "2026-11-25T00:00:00Z",
    message: { role: "assistant", content: "done" },
  };
  const last = { ...reply, message: { role: "assistant", content: "" }, done: true, done_reason: "stop" };
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.end(`${JSON.stringify({ ...reply, done: false })}\n${JSON.stringify(last)}\n`);
};

const base = (model: unknown) => ({ id: "chat-1", created: 1, model });
const whole = (response: ServerResponse, model: unknown): void => {
  const message = { role: "assistant", content: "done" };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const reply = {
    ...base(model),
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage,
  };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
};
/** https://platform.openai.com/docs/api-reference/chat-streaming, 2026-11-25. */
const stream = (response: ServerResponse, model: unknown): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object, finish_reason: string | null): void => {
    const event = {
      ...base(model),
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason }],
    };
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  send({ role: "assistant", content: "done" }, null);
  send({}, "stop");
  response.end("data: [DONE]\n\n");
};
