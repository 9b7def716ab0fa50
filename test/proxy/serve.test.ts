import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { good, samples } from "./dialect-streams.ts";
import {
  closeAll,
  proxyOver,
  type Running,
  rawRequest,
  request,
  TOKEN,
  target,
  type Upstream,
  upstream,
  wait,
} from "./mock.ts";

afterEach(closeAll);

const path = `/${TOKEN}/v1/messages`;
const body = JSON.stringify({ model: "main", messages: [] });
const length = `Content-Length: ${body.length}\r\n`;

const serving = async (options = {}): Promise<{ proxy: Running; up: Upstream }> => {
  const up = await upstream((response) =>
    response.writeHead(200, { "content-type": "application/json" }).end("{}"),
  );
  return { up, proxy: await proxyOver([target("cloud/m", up.origin)], options) };
};
const raw = (proxy: Running, head: string, text = body): string => {
  const last = head.includes("Connection:") ? "" : "Connection: close\r\n";
  return `${head.replaceAll("HOST", `127.0.0.1:${proxy.port}`)}${last}\r\n${text}`;
};
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe("requests that are not for it", () => {
  const host = "Host: HOST\r\n";
  const shapes: [name: string, head: string, status: number][] = [
    ["another host (DNS rebinding)", `POST ${path} HTTP/1.1\r\nHost: evil.example\r\n${length}`, 403],
    ["the right name at another port", `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:1\r\n${length}`, 403],
    ["a host that begins right", `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n${length}`, 403],
    ["no host", `POST ${path} HTTP/1.1\r\n${length}`, 400],
    ["no host in HTTP/1.0", `POST ${path} HTTP/1.0\r\n${length}`, 403],
    ["two hosts", `POST ${path} HTTP/1.1\r\n${host}Host: evil.example\r\n${length}`, 403],
    ["a web page", `POST ${path} HTTP/1.1\r\n${host}Origin: https://evil.example\r\n${length}`, 403],
    ["a page without a place", `POST ${path} HTTP/1.1\r\n${host}Origin: null\r\n${length}`, 403],
    [
      "an image of a web page",
      `GET /${TOKEN}/status.json HTTP/1.1\r\n${host}Sec-Fetch-Site: cross-site\r\n`,
      403,
    ],
    ["a preflight", `OPTIONS ${path} HTTP/1.1\r\n${host}Origin: https://evil.example\r\n`, 403],
    ["no token", `POST /v1/messages HTTP/1.1\r\n${host}${length}`, 403],
    ["a wrong token", `POST /${TOKEN.replace("0", "f")}/v1/messages HTTP/1.1\r\n${host}${length}`, 403],
    ["status without a token", `GET /status.json HTTP/1.1\r\n${host}`, 403],
    ["an absolute address", `POST http://evil.example${path} HTTP/1.1\r\n${host}${length}`, 400],
    ["a path out of the folder", `POST /${TOKEN}/v1/messages/../../x HTTP/1.1\r\n${host}${length}`, 400],
    ["the same in disguise", `POST /${TOKEN}/v1/messages/%2e%2e/x HTTP/1.1\r\n${host}${length}`, 400],
    ["a backslash", `POST /${TOKEN}/v1/messages/..\\x HTTP/1.1\r\n${host}${length}`, 400],
    ["a path that nobody knows", `POST /${TOKEN}/v1/nothing HTTP/1.1\r\n${host}${length}`, 404],
    ["a verb that is not for it", `GET ${path} HTTP/1.1\r\n${host}`, 405],
    ["a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n", 405],
    [
      "a websocket",
      `GET /${TOKEN}/v1/responses HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n`,
      426,
    ],
    ["a packed body", `POST ${path} HTTP/1.1\r\n${host}Content-Encoding: gzip\r\n${length}`, 415],
  ];

  it.each(shapes)("%s", async (_, head, status) => {
    const { proxy, up } = await serving();
    const answer = await rawRequest(proxy.port, raw(proxy, head, head.startsWith("POST") ? body : ""), 200);
    expect(statusOf(answer)).toBe(status);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    if (!head.includes("no host")) expect(answer.toLowerCase()).not.toContain("access-control");
    expect(up.seen).toEqual([]);
  });
});

describe("requests that cannot be read", () => {
  const head = `POST ${path} HTTP/1.1\r\nHost: HOST\r\n`;
  const shapes: [name: string, bytes: string, status: number][] = [
    ["a length and chunks", `${head}${length}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ["two lengths", `${head}${length}Content-Length: 3\r\n\r\n${body}`, 400],
    ["a length that is none", `${head}Content-Length: +5\r\n\r\n${body}`, 400],
    ["chunks under another coding", `${head}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ["a coding that is not known", `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ["a header that goes on in the next line", `${head}X-A: b\r\n c\r\nContent-Length : 3\r\n\r\nabc`, 400],
    ["a space before the colon", `${head}Content-Length : ${body.length}\r\n\r\n${body}`, 400],
    ["a NUL in a header", `${head}X-A: b\0c\r\n${length}\r\n${body}`, 400],
    ["a chunk size that is none", `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n${body}\r\n0\r\n\r\n`, 400],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
    ["headers without end", `${head}X-A: ${"a".repeat(70 * 1024)}\r\n\r\n`, 431],
    ["many headers", `${head}${"X-A: b\r\n".repeat(20_000)}\r\n`, 431],
  ];

  it.each(shapes)("%s", async (_, bytes, status) => {
    const { proxy, up } = await serving();
    const answer = await rawRequest(proxy.port, bytes.replaceAll("HOST", `127.0.0.1:${proxy.port}`), 300);
    expect(statusOf(answer)).toBe(status);
    expect(up.seen).toEqual([]);
  });

  it.each([
    ["half an object", '{"model":"main","messages":['],
    ["a list", "[1]"],
    ["text", '"main"'],
    ["nothing", ""],
    ["a comma too many", '{"model":"main",}'],
    ["no model", '{"messages":[]}'],
    ["a model that is no text", '{"model":{"a":1}}'],
  ])("%s", async (_, text) => {
    const { proxy, up } = await serving();
    const got = await request(`${proxy.base}/v1/messages`, text);
    expect(got.status).toBe(400);
    expect(JSON.parse(got.text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    const chat = await request(`${proxy.base}/v1/chat/completions`, text);
    expect(JSON.parse(chat.text)).toMatchObject({ error: { type: "invalid_request_error", param: null } });
    expect(up.seen).toEqual([]);
  });

  it.each([true, false])("a body of 100 MB, its length said: %s", async (isSaid) => {
    const { proxy, up } = await serving();
    const part = Buffer.alloc(1024 * 1024, 97);
    const size = isSaid ? `Content-Length: ${part.length * 100}` : "Transfer-Encoding: chunked";
    const before = process.memoryUsage().rss;
    const answer = await new Promise<string>((done) => {
      const socket = net.connect(proxy.port, "127.0.0.1");
      let text = "";
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        text += bytes;
        socket.destroy();
      });
      socket.on("close", () => done(text));
      socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n${size}\r\n\r\n`);
      const framed = isSaid ? [part] : [`${part.length.toString(16)}\r\n`, part, "\r\n"];
      for (let i = 0; i < 100; i++) for (const bytes of framed) socket.write(bytes);
    });
    expect(statusOf(answer)).toBe(413);
    expect(up.seen).toEqual([]);
    // the writer's own buffer is counted too
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it("a sender that takes too long", async () => {
    const { proxy, up } = await serving({ limits: { headersMs: 100, requestMs: 200 } });
    const slowHead = await rawRequest(proxy.port, `POST ${path} HTTP/1.1\r\nHost: x`, 2_000);
    expect(statusOf(slowHead)).toBe(408);
    const slowBody = await rawRequest(proxy.port, raw(proxy, `${head}${length}`, "{"), 2_000);
    expect(statusOf(slowBody)).toBe(408);
    expect(up.seen).toEqual([]);
  });

  it("one that gives up half-way is forgotten", async () => {
    const { proxy, up } = await serving();
    const socket = net.connect(proxy.port, "127.0.0.1");
    socket.write(raw(proxy, `${head}${length}`, "{"));
    await wait(30);
    expect(proxy.engine.inFlight).toBe(1);
    socket.destroy();
    for (let i = 0; i < 50 && proxy.engine.inFlight; i++) await wait(5);
    expect(proxy.engine.inFlight).toBe(0);
    expect(up.seen).toEqual([]);
  });
});

describe("requests that are for it", () => {
  it.each(["127.0.0.1", "localhost", "[::1]"])("host %s", async (name) => {
    const { proxy, up } = await serving();
    const head = `POST ${path} HTTP/1.1\r\nHost: ${name}:${proxy.port}\r\nConnection: close\r\n${length}`;
    expect(statusOf(await rawRequest(proxy.port, raw(proxy, head)))).toBe(200);
    expect(up.seen).toHaveLength(1);
  });

  it("an offer of HTTP/2 is let pass by: Java's client makes one with every request", async () => {
    const { proxy, up } = await serving();
    const offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    const head = `POST ${path} HTTP/1.1\r\nHost: HOST\r\n${offer}${length}`;
    expect(statusOf(await rawRequest(proxy.port, raw(proxy, head), 300))).toBe(200);
    expect(Object.keys(up.seen[0]!.headers)).not.toContain("http2-settings");
    expect(up.seen[0]!.headers.upgrade).toBeUndefined();
  });

  it("what is meant for one connection goes no further", async () => {
    const { proxy, up } = await serving();
    const hop =
      "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nProxy-Authorization: Basic x\r\n";
    const head = `POST ${path} HTTP/1.1\r\nHost: HOST\r\n${hop}X-Kept: 1\r\n${length}`;
    await rawRequest(proxy.port, raw(proxy, head), 200);
    const { headers } = up.seen[0]!;
    expect(headers["x-kept"]).toBe("1");
    for (const name of ["x-hop", "te", "proxy-authorization"]) expect(headers).not.toHaveProperty(name);
    expect(headers.host).toBe(up.origin.replace("http://", ""));
  });

  it("a vendor's CORS, HTTP/3 and hop headers do not come back", async () => {
    const { proxy, up } = await serving();
    up.answer = (response) =>
      response
        .writeHead(200, {
          "content-type": "application/json",
          "access-control-allow-origin": "*",
          "alt-svc": 'h3=":443"',
          "request-id": "r1",
        })
        .end("{}");
    const { headers } = await request(`${proxy.base}/v1/messages`, body);
    expect(headers["request-id"]).toBe("r1");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers).not.toHaveProperty("alt-svc");
  });

  it("only the model's name changes in a body", async () => {
    const { proxy, up } = await serving();
    const text =
      '{ "a" : "\\"model\\": \\"main\\"", "tools":[{"model":"main"}],\n "model" : "main", "n": 12345678901234567890, "é": "\\u00e9" }';
    await request(`${proxy.base}/v1/messages`, text);
    expect(up.seen[0]!.body).toBe(text.replace('"model" : "main"', '"model" : "m"'));
    const named = '{"model":"m", "messages":[ ]}';
    await request(`${proxy.base}/v1/messages`, named);
    expect(up.seen[1]!.body).toBe(named);
  });

  it.each([
    ["/v1/messages", "/v1/messages"],
    ["/messages?beta=true", "/v1/messages?beta=true"],
    ["/v1/messages/batches", "/v1/messages/batches"],
    ["/chat/completions", "/v1/chat/completions"],
    ["/v1/completions", "/v1/completions"],
    ["/v1/embeddings", "/v1/embeddings"],
    ["/responses", "/v1/responses"],
    ["/v1beta/models/main:generateContent?x=1", "/v1beta/models/m:generateContent?x=1"],
  ])("%s", async (from, to) => {
    const { proxy, up } = await serving();
    const own = target("cloud/m", up.origin, { own: ["messages"] });
    const other = from.includes("batches") ? await proxyOver([own]) : proxy;
    expect((await request(other.base + from, { model: "main" })).status).toBe(200);
    expect(up.seen[0]!.url).toBe(to);
  });

  it("an origin may have a path, a dialect may begin elsewhere", async () => {
    const { up } = await serving();
    const odd = target("deep/m", `${up.origin}/gateway/`, { paths: { messages: "/anthropic", chat: "" } });
    const proxy = await proxyOver([odd]);
    await request(`${proxy.base}/v1/messages`, body);
    await request(`${proxy.base}/v1/chat/completions`, body);
    expect(up.seen.map((s) => s.url)).toEqual([
      "/gateway/anthropic/v1/messages",
      "/gateway/chat/completions",
    ]);
    const none = await request(`${proxy.base}/v1/responses`, body);
    expect(none.status).toBe(404);
    expect(JSON.parse(none.text).error.message).toMatch(/speaks responses/);
  });
});

describe("what it says of itself", () => {
  it("it is there", async () => {
    const { proxy } = await serving();
    expect(await request(`http://127.0.0.1:${proxy.port}/healthz`)).toMatchObject({ status: 200 });
  });

  it("its models, in each dialect, without a vendor", async () => {
    const { proxy, up } = await serving();
    const get = async (url: string, headers = {}) =>
      JSON.parse((await request(proxy.base + url, undefined, headers)).text);
    const anthropic = { "anthropic-version": "2023-06-01" };
    expect((await get("/v1/models?limit=1000", anthropic)).data.map((m: any) => [m.type, m.id])).toEqual([
      ["model", "main"],
      ["model", "m"],
    ]);
    expect((await get("/v1/models")).data[0]).toMatchObject({ object: "model", id: "main" });
    expect((await get("/v1beta/models")).models[0]).toMatchObject({ name: "models/main" });
    expect(await get("/v1/models/main")).toMatchObject({ id: "main" });
    expect((await request(`${proxy.base}/v1/models/none`)).status).toBe(404);
    expect(up.seen).toEqual([]);
  });

  it("how its targets are", async () => {
    const { proxy, up } = await serving();
    up.answer = (response) => response.writeHead(500).end();
    for (let i = 0; i < 2; i++) await request(`${proxy.base}/v1/messages`, body);
    const status = JSON.parse((await request(`${proxy.base}/status.json`)).text);
    expect(status).toMatchObject({
      label: "repo",
      inFlight: 1,
      routes: [{ name: "main", targets: [{ id: "cloud/m", state: "open", reason: "status 500" }] }],
    });
    expect(JSON.stringify(status)).not.toContain(up.origin);
  });

  it("a fault of its own is an error, and no end", async () => {
    const up = await upstream((response) => response.end("{}"));
    const proxy = await proxyOver([target("cloud/m", up.origin)], {
      around: {
        steps: {
          shape: () => {
            throw new Error("a step that fails");
          },
        },
      },
    });
    for (let i = 0; i < 2; i++) {
      const got = await request(`${proxy.base}/v1/messages`, body);
      expect(got.status).toBe(500);
      expect(got.text).toContain("a step that fails");
    }
    expect(proxy.engine.inFlight).toBe(0);
  });
});

describe("as a plain pipe", () => {
  it("everything goes to the client's own vendor, and comes back as it is", async () => {
    const vendor = await upstream((response) => response.writeHead(529, { "retry-after": "3" }).end("busy"));
    const other = await upstream((response) => response.end("{}"));
    const targets = [
      target("local/m", other.origin),
      target("vendor/m", vendor.origin, { own: ["messages"] }),
    ];
    const proxy = await proxyOver(targets, { plain: true });
    for (let i = 0; i < 3; i++)
      expect(await request(`${proxy.base}/v1/messages`, body, { "x-api-key": "k" })).toMatchObject({
        status: 529,
        text: "busy",
        headers: { "retry-after": "3" },
      });
    const stream = [...samples.messages.opening, samples.messages.text("a")].join("");
    vendor.answer = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(stream);
      await wait(300);
      response.end(good("messages").join(""));
    };
    const got = await request(`${proxy.base}/v1/messages`, samples.messages.body("main"));
    expect(got.text).toBe(stream + good("messages").join(""));
    expect(other.seen).toEqual([]);
  });
});
