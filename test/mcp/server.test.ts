import { once } from "node:events";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Retriever, Said } from "../../src/mcp/retriever.ts";
import { MAX_CALLS, MAX_LINE, serve } from "../../src/mcp/server.ts";
import type { Ask } from "../../src/mcp/shapes.ts";
import { answererFor } from "../../src/mcp/tool.ts";

const info = { name: "portable-retrieval-handbook", version: "1.2.3" };
type Search = (ask: Ask, cancelled: AbortSignal) => Promise<Said>;
const echo: Search = async ({ query, limit }) => ({ text: `${query} ${limit ?? "-"}`, isError: false });

/** A server on two pipes: what is written to it, and every reply it gave. */
const started = (search: Search = echo) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const replies: any[] = [];
  const logged: string[] = [];
  let rest = "";
  output.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    replies.push(...lines.map((l) => JSON.parse(l)));
  });
  const retriever: Retriever = { id: "handbook", description: "Company handbook", missing: [], search };
  const log = (text: string): void => void logged.push(text);
  const ended = serve({ input, output, log }, answererFor(retriever, info));
  const say = (text: string): void => void input.write(text);
  const send = (...messages: unknown[]): void => {
    for (const m of messages) say(`${JSON.stringify(m)}\n`);
  };
  const until = async (n: number): Promise<any[]> => {
    while (replies.length < n) await once(output, "data");
    return replies;
  };
  return { say, send, until, ended, replies, logged, input, output };
};
const call = (id: unknown, method: string, params?: unknown) => ({ jsonrpc: "2.0", id, method, params });
const find = (id: unknown, query: unknown, more: object = {}) =>
  call(id, "tools/call", { name: "search", arguments: { query, ...more } });
const replyTo = async (message: unknown): Promise<any> => {
  const server = started();
  server.send(message);
  const [reply] = await server.until(1);
  server.input.end();
  await server.ended;
  return reply;
};
const text = (reply: any): string => reply.result.content[0].text;

describe("with a handshake", () => {
  test("a version that is known is taken, another is answered with our newest", async () => {
    const version = async (asked: unknown) =>
      (await replyTo(call(1, "initialize", { protocolVersion: asked, capabilities: {} }))).result;
    expect(await version("2025-06-18")).toEqual({
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: info,
    });
    for (const known of ["2024-11-05", "2025-03-26", "2025-11-25"])
      expect((await version(known)).protocolVersion).toBe(known);
    for (const other of ["2026-07-28", "1999-01-01", undefined, 7])
      expect((await version(other)).protocolVersion).toBe("2025-11-25");
  });
  test("one tool, ping, and a search", async () => {
    const { tools } = (await replyTo(call("a", "tools/list"))).result;
    expect(tools).toMatchObject([
      { name: "search", inputSchema: { type: "object", required: ["query"], additionalProperties: false } },
    ]);
    expect(tools[0].description).toMatch(/^Company handbook\n/);
    expect(await replyTo(call(7, "ping"))).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
    expect(await replyTo(find(8, "leave", { limit: 3 }))).toEqual({
      jsonrpc: "2.0",
      id: 8,
      result: { content: [{ type: "text", text: "leave 3" }], isError: false },
    });
  });
  test("arguments that are wrong are told to the model", async () => {
    for (const bad of ["", "  ", 7, null, undefined, ["x"], "x".repeat(9000)])
      expect((await replyTo(find(1, bad))).result).toMatchObject({ isError: true });
    for (const limit of [0, -1, 1.5, "3", 1e9, {}])
      expect((await replyTo(find(1, "q", { limit }))).result).toMatchObject({ isError: true });
    expect(text(await replyTo(find(1, "q", { limit: null, other: 1 })))).toBe("q -");
  });
});

describe("without a handshake (2026-07-28)", () => {
  const meta = (version: unknown, more: object = { "io.modelcontextprotocol/clientCapabilities": {} }) => ({
    _meta: { "io.modelcontextprotocol/protocolVersion": version, ...more },
  });
  const complete = { resultType: "complete", _meta: { "io.modelcontextprotocol/serverInfo": info } };

  test("discovery, with metadata and without", async () => {
    for (const params of [meta("2026-07-28"), undefined])
      expect((await replyTo(call(1, "server/discover", params))).result).toEqual({
        ...complete,
        supportedVersions: ["2026-07-28"],
        capabilities: { tools: {} },
        ttlMs: 3_600_000,
        cacheScope: "public",
      });
  });
  test("the tool and a search", async () => {
    expect((await replyTo(call(1, "tools/list", meta("2026-07-28")))).result).toMatchObject({
      ...complete,
      tools: [{ name: "search" }],
      cacheScope: "public",
    });
    const params = { ...meta("2026-07-28"), name: "search", arguments: { query: "q" } };
    expect((await replyTo(call(1, "tools/call", params))).result).toEqual({
      ...complete,
      content: [{ type: "text", text: "q -" }],
      isError: false,
    });
  });
  test("another version is refused with those that are known; a request needs its capabilities", async () => {
    expect((await replyTo(call(1, "tools/list", meta("2030-01-01")))).error).toEqual({
      code: -32022,
      message: "Unsupported protocol version",
      data: { supported: ["2026-07-28"], requested: "2030-01-01" },
    });
    expect((await replyTo(call(1, "tools/list", meta("2026-07-28", {})))).error.code).toBe(-32602);
    expect((await replyTo(call(1, "ping", meta("2026-07-28")))).error.code).toBe(-32601);
  });
});

describe("hostile input", () => {
  test("what is no JSON, no message, no method or no tool", async () => {
    const server = started();
    server.say("{bad\n\n \r\n");
    expect(await server.until(1)).toMatchObject([{ id: null, error: { code: -32700 } }]);
    const code = async (message: unknown) => (await replyTo(message)).error.code;
    for (const bad of [
      7,
      null,
      "x",
      {},
      [],
      [[]],
      { method: "ping", id: 1 },
      { ...call(1, "ping"), jsonrpc: "1.0" },
    ])
      expect([await replyTo(bad)].flat()[0].error.code, JSON.stringify(bad)).toBe(-32600);
    for (const id of [null, 1.5, {}, true]) expect(await code(call(id, "ping"))).toBe(-32600);
    expect(await code(call(1, "ping", [1]))).toBe(-32600);
    expect(await code(call(1, "resources/list"))).toBe(-32601);
    expect(await code(call(1, "__proto__"))).toBe(-32601);
    expect(await code(call(1, "tools/call", { name: "rm" }))).toBe(-32602);
    expect(await code(call(1, "tools/call", { name: "search", arguments: 7 }))).toBe(-32602);
  });
  test("answers and notices get no reply", async () => {
    const server = started();
    server.send({ jsonrpc: "2.0", id: 1, result: {} }, { jsonrpc: "2.0", id: 1, error: {} });
    server.send({ jsonrpc: "2.0", method: "notifications/initialized" }, { jsonrpc: "2.0", method: "x" });
    server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "none" } });
    server.send(call(2, "ping"));
    expect(await server.until(1)).toMatchObject([{ id: 2, result: {} }]);
  });
  test("a batch is answered in one line", async () => {
    const server = started();
    const notice = { jsonrpc: "2.0", method: "notifications/initialized" };
    server.send([call(1, "ping"), notice, find(2, "q"), 7], [notice], call(3, "ping"));
    const replies = await server.until(2);
    const batch = replies.find((r) => Array.isArray(r));
    expect(batch).toMatchObject([
      { id: 1 },
      { id: 2, result: { isError: false } },
      { error: { code: -32600 } },
    ]);
    expect(replies).toHaveLength(2);
  });
  test("a line of five megabytes is refused once, and the next is served", async () => {
    const server = started();
    const part = "x".repeat(512 * 1024);
    for (let n = 0; n < 10; n++) server.say(part);
    server.say(`\n${JSON.stringify(call(1, "ping"))}\n`);
    expect(await server.until(2)).toMatchObject([
      { id: null, error: { code: -32600 } },
      { id: 1, result: {} },
    ]);
    expect(server.logged).toEqual([`a message is longer than ${MAX_LINE} bytes`]);
  });
  test("a message in pieces of any size is one message", async () => {
    const line = `${JSON.stringify(find("é", "Größe 👩‍💻"))}\n`;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
        const server = started();
        const bytes = Buffer.from(line);
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length]!;
          server.input.write(bytes.subarray(at, at + size));
          at += size;
        }
        const [reply] = await server.until(1);
        expect([reply.id, text(reply)]).toEqual(["é", "Größe 👩‍💻 -"]);
      }),
      { numRuns: 50 },
    );
  });
  test("whatever is said, every line of the output is one reply, and the server goes on", async () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((params) => JSON.stringify(call(1, "tools/call", params))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          line.map((l) => l.replace(/[\r\n]/g, "")),
          { maxLength: 8 },
        ),
        async (lines) => {
          const server = started();
          for (const l of lines) server.say(`${l}\n`);
          server.send(call("last", "ping"));
          while (!server.replies.some((r) => r.id === "last")) await once(server.output, "data");
          for (const r of server.replies.flat()) expect(r.jsonrpc).toBe("2.0");
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("calls at work", () => {
  /** Searches that end when they are told to, or taken back. */
  const held = () => {
    const open = new Map<string, (said: Said) => void>();
    const taken: string[] = [];
    const search: Search = ({ query }, cancelled) =>
      new Promise((resolve) => {
        open.set(query, resolve);
        cancelled.addEventListener("abort", () => {
          taken.push(query);
          resolve({ text: "gone", isError: true });
        });
      });
    return { open, taken, search };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test("each is answered when it is done, in any order", async () => {
    const { open, search } = held();
    const server = started(search);
    server.send(find(1, "a"), find(2, "b"), call(3, "ping"));
    expect(await server.until(1)).toMatchObject([{ id: 3 }]);
    open.get("b")!({ text: "B", isError: false });
    open.get("a")!({ text: "A", isError: false });
    expect((await server.until(3)).slice(1).map((r) => [r.id, text(r)])).toEqual([
      [2, "B"],
      [1, "A"],
    ]);
  });
  test("one that is taken back is ended, and never answered", async () => {
    const { taken, search } = held();
    const server = started(search);
    server.send(find("1", "a"), find(1, "b"));
    server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    server.send(call(9, "ping"));
    await server.until(1);
    await settled();
    expect(taken).toEqual(["b"]);
    expect(server.replies.map((r) => r.id)).toEqual([9]);
  });
  test("an id that is at work is not taken twice, nor are too many", async () => {
    const server = started(held().search);
    server.send(find(0, "a"), find(0, "b"));
    expect(await server.until(1)).toMatchObject([{ id: 0, error: { code: -32600 } }]);
    for (let n = 1; n <= MAX_CALLS; n++) server.send(find(n, `q${n}`));
    expect((await server.until(2))[1]).toMatchObject({ id: MAX_CALLS, error: { code: -32603 } });
  });
  test("the end of the input ends them all", async () => {
    const { taken, search } = held();
    const server = started(search);
    server.send(find(1, "a"), find(2, "b"));
    server.input.end();
    await server.ended;
    expect(taken).toEqual(["a", "b"]);
  });
  test("a client that goes away ends the server", async () => {
    const server = started();
    server.output.destroy(new Error("EPIPE"));
    await server.ended;
  });
  test("a fault of a search is no fault of the server, and tells nothing", async () => {
    const server = started(() => Promise.reject(new Error("secret")));
    server.send(find(1, "a"));
    expect(await server.until(1)).toEqual([
      { jsonrpc: "2.0", id: 1, error: { code: -32603, message: "internal error" } },
    ]);
  });
});
