import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the endpoint saw it. */
export interface Seen {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: string;
}
export type Route = (seen: Seen, reply: ServerResponse) => void;
export interface Served {
  origin: string;
  seen: Seen[];
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
};

/** A real HTTP server on loopback. A route that never replies is cut off when it closes. */
export const serveEndpoint = (route: Route): Promise<Served> =>
  new Promise((resolve) => {
    const seen: Seen[] = [];
    const server = createServer((request, reply) => {
      void bodyOf(request).then(
        (body) => {
          const one = { method: request.method!, path: request.url!, headers: { ...request.headers }, body };
          seen.push(one);
          route(one, reply);
        },
        () => undefined,
      );
    });
    server.listen(0, "127.0.0.1", () => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
          server.closeAllConnections();
        });
      resolve({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close });
    });
  });

export const json = (reply: ServerResponse, data: unknown): void => {
  reply.setHeader("content-type", "application/json");
  reply.end(JSON.stringify(data));
};
