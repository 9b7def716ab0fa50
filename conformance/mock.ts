import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model answers to one request: a closing text, or one tool call. */
export type Reply = { text: string } | { tool: string; input: Record<string, unknown> };

export interface Mock {
  /** For `ANTHROPIC_BASE_URL`: no `/v1`, no trailing slash. */
  origin: string;
  /** Bodies of `POST /v1/messages`, in the order they came. */
  requests: unknown[];
  close: () => Promise<void>;
}

/**
 * A loopback Anthropic Messages server that answers request n with reply n and streams it.
 * It counts every text as 10 tokens, answers `done` once the replies are used up, and 404 elsewhere.
 */
export const serveMessages = async (replies: Reply[]): Promise<Mock> => {
  const requests: unknown[] = [];
  const server = createServer((request, response) => {
    answer(request, response, requests, replies).catch((error) => response.destroy(error));
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

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  requests: unknown[],
  replies: Reply[],
): Promise<void> => {
  const body = await text(request);
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (request.method !== "POST") return notFound(response);
  if (path === "/v1/messages/count_tokens") return json(response, 200, { input_tokens: 10 });
  if (path !== "/v1/messages") return notFound(response);
  const parsed = JSON.parse(body);
  requests.push(parsed);
  stream(response, parsed.model, requests.length, replies[requests.length - 1] ?? { text: "done" });
};

const text = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

const notFound = (response: ServerResponse): void =>
  json(response, 404, { type: "error", error: { type: "not_found_error", message: "not here" } });

const stream = (response: ServerResponse, model: unknown, n: number, reply: Reply): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events(model, n, reply))
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
};

/** The Messages stream of one content block. Source: platform.claude.com/docs, streaming messages, 2026-11-22. */
const events = (model: unknown, n: number, reply: Reply): { type: string; [key: string]: unknown }[] => {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: `msg_${n}`, type: "message", role: "assistant", model, content: [], usage };
  return [
    { type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null } },
    { type: "content_block_start", index: 0, content_block: opening(n, reply) },
    { type: "content_block_delta", index: 0, delta: delta(reply) },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "tool" in reply ? "tool_use" : "end_turn", stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ];
};

const opening = (n: number, reply: Reply) =>
  "tool" in reply
    ? { type: "tool_use", id: `toolu_${n}`, name: reply.tool, input: {} }
    : { type: "text", text: "" };

const delta = (reply: Reply) =>
  "tool" in reply
    ? { type: "input_json_delta", partial_json: JSON.stringify(reply.input) }
    : { type: "text_delta", text: reply.text };
