import { afterEach, describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/spec.ts";
import { specData } from "../../src/core/spellings.ts";
import { type Environment, parse } from "../../src/core/template.ts";
import { retrieverFor, type Said } from "../../src/mcp/retriever.ts";
import type { Ask } from "../../src/mcp/shapes.ts";
import { json, type Route, type Served, serveEndpoint } from "./endpoint.ts";

const TOKEN = "s3cr3t-value-of-the-token";
const env: Environment = { RAG_TOKEN: TOKEN };
const t = (text: string) => parse(specData, text);
const bearer = { Authorization: t("Bearer ${RAG_TOKEN}") };

const open: Served[] = [];
const serve = async (route: Route): Promise<Served> => {
  const served = await serveEndpoint(route);
  open.push(served);
  return served;
};
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

const retriever = (url: string, more: Partial<Endpoint> = {}, from: Environment = env) => {
  const http: Endpoint = { url: t(url), headers: bearer, ...more };
  return retrieverFor({ name: "handbook", source: { type: "http", http } }, http, from, "portable/0");
};
const search = (
  url: string,
  more: Partial<Endpoint> = {},
  ask: Ask = { query: "leave" },
  from: Environment = env,
): Promise<Said> => retriever(url, more, from).search(ask, new AbortController().signal);
/** What one route is told and answers. */
const asked = async (route: Route, more: Partial<Endpoint> = {}, ask?: Ask) => {
  const served = await serve(route);
  return { said: await search(`${served.origin}/search`, more, ask), seen: served.seen };
};
const answering = (data: unknown, more: Partial<Endpoint> = {}, ask?: Ask) =>
  asked((_, reply) => json(reply, data), more, ask);

describe("shapes", () => {
  test("Continue's: one POST with the query twice, results in a list", async () => {
    const { said, seen } = await answering([
      {
        name: "Leave",
        description: "HR",
        content: "25 days",
        uri: { type: "url", value: "https://x.test/1" },
      },
      { name: "Sick", description: "HR", content: "Call in" },
    ]);
    expect(said).toEqual({
      text: "1. Leave\nhttps://x.test/1\n25 days\n\n2. Sick\nCall in",
      isError: false,
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: "POST",
      path: "/search",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    });
    expect(JSON.parse(seen[0]!.body)).toEqual({ query: "leave", fullInput: "leave" });
  });

  test("Continue's: one object is one result", async () =>
    expect((await answering({ name: "Leave", content: "25 days" })).said.text).toBe("1. Leave\n25 days"));

  test("OpenAI's vector store", async () => {
    const data = [
      {
        filename: "leave.md",
        score: 0.87654,
        content: [
          { type: "text", text: "25 days" },
          { type: "text", text: "a year" },
        ],
      },
    ];
    const { said, seen } = await answering(
      { object: "page", data },
      { shape: "openai" },
      { query: "q", limit: 3 },
    );
    expect(said.text).toBe("1. leave.md (score 0.877)\n25 days\na year");
    expect(JSON.parse(seen[0]!.body)).toEqual({ query: "q", max_num_results: 3 });
  });

  test("a declared mapping, asked with GET", async () => {
    const hits = [{ _source: { title: "T", body: "B" }, _score: 2, link: "https://x.test" }];
    const more: Partial<Endpoint> = {
      request: { method: "GET", query: "q", limit: "size" },
      results: {
        at: "/hits/hits",
        title: "/_source/title",
        text: "/_source/body",
        url: "link",
        score: "_score",
      },
    };
    const { said, seen } = await answering({ hits: { hits } }, more, { query: "a&b=ü", limit: 2 });
    expect(said.text).toBe("1. T (score 2)\nhttps://x.test\nB");
    expect(seen[0]).toMatchObject({ method: "GET", body: "" });
    expect([...new URL(seen[0]!.path, "http://x").searchParams]).toEqual([
      ["q", "a&b=ü"],
      ["size", "2"],
    ]);
  });

  test("a declared mapping, the query deep in a body with a variable", async () => {
    const more: Partial<Endpoint> = {
      request: {
        query: "/queries/0/text",
        limit: "/top/k",
        body: { key: "${RAG_TOKEN}", queries: [{ lang: "en" }] },
      },
      results: { at: "/matches", text: "/metadata/text" },
    };
    const { seen } = await answering({ matches: [{ metadata: { text: "x" } }] }, more, {
      query: "q",
      limit: 1,
    });
    expect(JSON.parse(seen[0]!.body)).toEqual({
      key: TOKEN,
      queries: [{ lang: "en", text: "q" }],
      top: { k: 1 },
    });
  });

  test("no more results than asked for, whether or not the endpoint can count", async () => {
    const rows = [1, 2, 3].map((n) => ({ name: `N${n}`, content: "x" }));
    expect((await answering(rows, {}, { query: "q", limit: 2 })).said.text).toBe("1. N1\nx\n\n2. N2\nx");
  });
});

describe("what a model is told where there are no results", () => {
  const told = async (route: Route, more: Partial<Endpoint> = {}): Promise<string> => {
    const { said } = await asked(route, more);
    expect(said.isError).toBe(true);
    expect(said.text).not.toContain(TOKEN);
    return said.text;
  };

  test("nothing found is no error", async () =>
    expect((await answering([])).said).toEqual({ text: "No results", isError: false }));
  test("statuses", async () => {
    const status = (code: number) =>
      told((seen, reply) => reply.writeHead(code).end(JSON.stringify(seen.headers)));
    expect(await status(500)).toBe("handbook: it answered 500");
    expect(await status(404)).toBe("handbook: it answered 404");
    expect(await status(403)).toBe("handbook: it answered 403: it does not accept the credentials");
  });
  test("bad JSON, no text at all, and another shape", async () => {
    expect(await told((_, reply) => reply.end("<html>"))).toBe("handbook: its answer is not JSON");
    expect(await told((_, reply) => reply.end())).toBe("handbook: its answer is empty");
    expect(await told((_, reply) => json(reply, 7))).toBe(
      "handbook: its answer holds no results: say in portable.yaml where they are, under results: at:",
    );
    expect(await told((_, reply) => json(reply, { rows: [] }), { shape: "openai" })).toBe(
      'handbook: its answer holds no results at "data": say in portable.yaml where they are, under results: at:',
    );
    expect(await told((_, reply) => json(reply, [{ name: "x" }]))).toBe(
      'handbook: its results hold no text at "content": say in portable.yaml where it is, under results: text:',
    );
  });
  test("ten megabytes, be they packed or endless", async () => {
    const big = "x".repeat(10 * 1024 * 1024);
    expect(await told((_, reply) => json(reply, [{ content: big }]))).toBe(
      "handbook: its answer is larger than 1 MiB",
    );
    const endless: Route = (_, reply) => {
      const more = (): void => {
        while (!reply.destroyed && reply.write("x".repeat(65536)));
      };
      reply.on("drain", more);
      more();
    };
    expect(await told(endless, { maxReplyBytes: 100_000 })).toBe(
      "handbook: its answer is larger than 97.7 KiB",
    );
  });
  test("silence, before the answer and in the middle of it", async () => {
    const late = "handbook: no answer within 0.05 s";
    expect(await told(() => undefined, { timeoutMs: 50 })).toBe(late);
    expect(await told((_, reply) => void reply.write("["), { timeoutMs: 50 })).toBe(late);
  });
  test("nobody there, and a connection that breaks off", async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    expect((await search(gone.origin)).text).toBe("handbook: nothing listens at its address");
    expect(await told((_, reply) => reply.destroy())).toBe("handbook: it cannot be reached, or broke off");
  });
  test("an address that is none, and headers that no request can carry", async () => {
    const reason = async (url: string, from: Environment = env): Promise<string> => {
      const said = await search(url, {}, { query: "q" }, from);
      expect(said.text).not.toContain("hunter");
      return said.text;
    };
    expect(await reason("nowhere")).toBe("handbook: its address is not a URL");
    expect(await reason("file:///etc/passwd")).toBe("handbook: its address is not http or https");
    expect(await reason("http://u:hunter2@127.0.0.1/")).toBe(
      "handbook: its address holds a user name or password: use a header",
    );
    expect(await reason("http://127.0.0.1/", { RAG_TOKEN: "hunter\n2: x" })).toBe(
      'handbook: its header "authorization" cannot be sent',
    );
  });
});

describe("redirects", () => {
  test("to another host: refused, and nothing is sent there", async () => {
    const other = await serve((_, reply) => json(reply, [{ content: "stolen" }]));
    for (const status of [301, 302, 303, 307, 308]) {
      const { said } = await asked((_, reply) =>
        reply.writeHead(status, { location: `${other.origin}/x` }).end(),
      );
      expect(said).toEqual({
        text: `handbook: it redirects to another origin, ${other.origin}, where nothing is sent`,
        isError: true,
      });
    }
    expect(other.seen).toEqual([]);
  });
  test("on the same origin: followed, but not for ever", async () => {
    const once: Route = (seen, reply) =>
      seen.path === "/search"
        ? reply.writeHead(308, { location: "/search/" }).end()
        : json(reply, [{ content: "x" }]);
    const { said, seen } = await asked(once);
    expect(said.text).toBe("1. (no title)\nx");
    expect(seen.map((s) => [s.method, s.body])).toEqual([seen[0], seen[0]].map((s) => [s!.method, s!.body]));
    const loop = await asked((_, reply) => reply.writeHead(302, { location: "/search" }).end());
    expect(loop.said.text).toBe("handbook: it redirects without end");
    expect(loop.seen).toHaveLength(4);
  });
  test("to nowhere", async () =>
    expect((await asked((_, reply) => reply.writeHead(302).end())).said.text).toBe(
      "handbook: it answered 302 without an address",
    ));
});

describe("variables", () => {
  test("one that is not set is named, whatever the tool puts in its place", async () => {
    for (const value of [undefined, "", "${RAG_TOKEN}", "${env:RAG_TOKEN}"]) {
      const served = await serve((_, reply) => json(reply, []));
      const said = await search(served.origin, {}, { query: "q" }, { RAG_TOKEN: value });
      expect(said).toEqual({
        text: "handbook: RAG_TOKEN is not set in the environment of this tool",
        isError: true,
      });
      expect(served.seen).toEqual([]);
    }
  });
  test("defaults stand in, and several that miss are all named", async () => {
    const served = await serve((_, reply) => json(reply, []));
    const headers = { "X-Team": t("${TEAM:-core}") };
    await search(`${served.origin}/\${PART:-all}`, { headers }, { query: "q" }, {});
    expect(served.seen[0]).toMatchObject({ path: "/all", headers: { "x-team": "core" } });
    expect(retriever("http://${HOST}/", { headers: { a: t("${B}") } }, {}).missing).toEqual(["HOST", "B"]);
  });
});

test("an endpoint that tells our headers gets no credential into a result", async () => {
  const { said } = await asked((seen, reply) =>
    json(reply, [
      { name: `for ${TOKEN}`, content: JSON.stringify(seen.headers), uri: { value: `x?${TOKEN}` } },
    ]),
  );
  expect(said.isError).toBe(false);
  expect(said.text).not.toContain(TOKEN);
  expect(said.text).toContain("Bearer ***");
});
test("a variable that says where the endpoint stands is no secret", async () => {
  const served = await serve((_, reply) => json(reply, [{ content: `see ${served.origin}/a` }]));
  const said = await search(
    "${RAG_ORIGIN}/s",
    { headers: {} },
    { query: "q" },
    { RAG_ORIGIN: served.origin },
  );
  expect(said.text).toContain(`see ${served.origin}/a`);
});

test("a search that is cancelled ends its request", async () => {
  const controller = new AbortController();
  const closed = new Promise<void>((done) => {
    void serve((_, reply) => {
      reply.on("close", done);
      controller.abort();
    }).then(({ origin }) => retriever(origin).search({ query: "q" }, controller.signal));
  });
  await closed;
});
