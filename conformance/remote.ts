import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A loopback MCP server that speaks both remote transports. */
export interface Remote {
  origin: string;
  /** Headers of the requests, by path: `/mcp` is streamable HTTP, `/sse` the older event stream. */
  seen: Record<string, IncomingHttpHeaders[]>;
  close: () => Promise<void>;
}

type Message = { id?: unknown; method?: string; params?: { protocolVersion?: string } };

/** One tool, named after the transport: `over_mcp` or `over_sse`. */
const answer = (path: string, { method, params }: Message): unknown => {
  if (method === "tools/list")
    return { tools: [{ name: `over_${path}`, description: "Finds pages", inputSchema: { type: "object" } }] };
  if (method !== "initialize") return {};
  const serverInfo = { name: "remote", version: "1.0.0" };
  return { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo };
};

const text = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** Starts the server on a free port. MCP revisions 2024-11-05 (`/sse`) and 2025-03-26 (`/mcp`), read 2026-11-25. */
export const serveRemote = async (): Promise<Remote> => {
  const seen: Remote["seen"] = {};
  let stream: ServerResponse | undefined;
  const reply = (path: string, body: string): string => {
    const message = JSON.parse(body) as Message;
    return message.id === undefined
      ? ""
      : JSON.stringify({ jsonrpc: "2.0", id: message.id, result: answer(path, message) });
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    seen[path] = [...(seen[path] ?? []), request.headers];
    const body = await text(request);
    if (path === "/mcp" && request.method === "POST") {
      const json = reply("mcp", body);
      response.writeHead(json ? 200 : 202, { "content-type": "application/json" }).end(json);
    } else if (path === "/sse" && request.method === "GET") {
      stream = response.writeHead(200, { "content-type": "text/event-stream" });
      stream.write("event: endpoint\ndata: /post\n\n");
    } else if (path === "/post") {
      const json = reply("sse", body);
      response.writeHead(202).end();
      if (json) stream?.write(`event: message\ndata: ${json}\n\n`);
    } else response.writeHead(405).end();
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
};
