import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment as GitHub's API tells it, as far as is needed. */
export interface Comment {
  id: number;
  body: string;
  user: { login: string; type: string };
}
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}
/** A stand-in for GitHub's API on the loopback, for the comments of one pull request. */
export interface Api {
  url: string;
  token: string;
  comments: Comment[];
  /** What was asked, in order: `GET /repos/...`. */
  asked: string[];
  /** Answers in place of its own, each once: the first whose pattern matches what is asked. */
  instead: { when: RegExp; answer: Answer /** It is done all the same. */; isDone?: boolean }[];
  /** Who the token belongs to; undefined: it may not ask. */
  login: string | undefined;
  /** Comments on a page, whatever is asked for. */
  pageSize: number;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<any> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : undefined;
};

const page = (api: Api, url: URL): Answer => {
  const n = Number(url.searchParams.get("page") ?? "1");
  const size = Math.min(api.pageSize, Number(url.searchParams.get("per_page") ?? "30"));
  const more = api.comments.length > n * size;
  const next = new URL(url);
  next.searchParams.set("page", String(n + 1));
  return {
    status: 200,
    headers: more ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="first"` } : {},
    body: api.comments.slice((n - 1) * size, n * size),
  };
};

const viewer = (api: Api): Answer =>
  api.login === undefined
    ? { status: 403, body: { message: "Resource not accessible by integration" } }
    : { status: 200, body: { data: { viewer: { login: api.login } } } };

const answerOf = (api: Api, method: string, url: URL, body: any): Answer => {
  if (url.pathname === "/graphql") return viewer(api);
  const one = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(url.pathname);
  const comment = one && api.comments.find((c) => c.id === Number(one[1]));
  if (comment && method === "PATCH") {
    comment.body = body.body;
    return { status: 200, body: comment };
  }
  if (comment && method === "DELETE") {
    api.comments = api.comments.filter((c) => c !== comment);
    return { status: 204 };
  }
  if (!/^\/repos\/acme\/shop\/issues\/\d+\/comments$/.test(url.pathname))
    return { status: 404, body: { message: "Not Found" } };
  if (method === "GET") return page(api, url);
  const id = 1 + Math.max(0, ...api.comments.map((c) => c.id));
  api.comments.push({
    id,
    body: body.body,
    user: { login: api.login ?? "github-actions[bot]", type: "Bot" },
  });
  return { status: 201, body: api.comments.at(-1) };
};

const takeInstead = (api: Api, asked: string): Api["instead"][number] | undefined => {
  const at = api.instead.findIndex((i) => i.when.test(asked));
  return at < 0 ? undefined : api.instead.splice(at, 1)[0];
};

const answered = (api: Api, request: IncomingMessage, asked: string, url: URL, body: any): Answer => {
  if (request.headers.authorization !== `Bearer ${api.token}`)
    return { status: 401, body: { message: "Bad credentials" } };
  const instead = takeInstead(api, asked);
  const own = instead && !instead.isDone ? undefined : answerOf(api, request.method ?? "", url, body);
  return instead?.answer ?? own!;
};

const handle = async (api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", api.url);
  const asked = `${request.method} ${url.pathname}${url.search}`;
  api.asked.push(asked);
  const body = await bodyOf(request);
  const answer = answered(api, request, asked, url, body);
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
};

/** Starts it on a free port. */
export const startApi = async (): Promise<Api> => {
  const server = createServer((request, response) => void handle(api, request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const api: Api = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: ["ghs", "loopback".repeat(4)].join("_"),
    comments: [],
    asked: [],
    instead: [],
    login: "github-actions[bot]",
    pageSize: 100,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return api;
};
