import { afterEach, describe, expect, it } from "vitest";
import type { WireDialect } from "../../src/providers/index.ts";
import { good, samples } from "./dialect-streams.ts";
import {
  type Answer,
  closeAll,
  nobody,
  proxyOver,
  type Running,
  rawServer,
  request,
  target,
  upstream,
  wait,
} from "./mock.ts";

afterEach(closeAll);

const dialects = Object.keys(samples) as WireDialect[];
const sse = { "content-type": "text/event-stream" };
const stream =
  (events: readonly string[], end: "end" | "cut" | "hang" = "end"): Answer =>
  (response) => {
    response.writeHead(200, sse);
    for (const event of events) response.write(event);
    if (end === "end") response.end();
    if (end === "cut") setTimeout(() => response.destroy(), 10);
  };
const status =
  (code: number, body = "{}", headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, { "content-type": "application/json", ...headers });
    response.end(body);
  };
const never: Answer = () => {};
const ask = (proxy: Running, dialect: WireDialect, headers = {}) =>
  request(proxy.base + samples[dialect].path, samples[dialect].body("main"), headers);
/** A chain of a target that answers like this and one that is well. */
const chain = async (dialect: WireDialect, answer: Answer, options = {}) => {
  const first = await upstream(answer);
  const second = await upstream(stream(good(dialect, "second")));
  const targets = [target("cloud/big", first.origin), target("local/small", second.origin, { local: true })];
  return { first, second, proxy: await proxyOver(targets, options) };
};

describe.each(dialects)("%s, before the first content", (dialect) => {
  const { opening, overloaded } = samples[dialect];
  const shapes: [name: string, answer: Answer, reason: RegExp][] = [
    ["500", status(500), /status 500/],
    ["529", status(529), /status 529/],
    ["429", status(429), /status 429/],
    ["408", status(408), /status 408/],
    ["402", status(402), /status 402/],
    [
      "a page instead of an answer",
      (r) => r.writeHead(200, { "content-type": "text/html" }).end("<p>"),
      /text\/html/,
    ],
    ["a redirect", status(307, "", { location: "http://127.0.0.1:1/" }), /redirects/],
    ["a hang", never, /no response for 0.2 s/],
    ["silence behind the opening", stream(opening, "hang"), /no content for 0.2 s/],
    ["a cut behind the opening", stream(opening, "cut"), /cut off/],
    ["an end behind the opening", stream(opening), /cut off/],
    ["an empty stream", stream([]), /cut off/],
    ["an error event", stream([...opening, overloaded]), /error in the stream/],
    ["an error event alone", stream([overloaded]), /error in the stream/],
    ["no JSON", stream(["event: content_block_delta\ndata: <html>\n\n"]), /malformed/],
    ["a reset", (_, __, incoming) => incoming.socket.resetAndDestroy(), /connection lost/],
  ];

  it.each(shapes)("%s: the next target answers", async (_, answer, reason) => {
    const { proxy, first, second } = await chain(dialect, answer);
    const got = await ask(proxy, dialect);
    expect(got.status).toBe(200);
    expect(got.isCut).toBe(false);
    expect(got.text.replaceAll(/event: ping\ndata: .*\n\n|: ping\n\n/g, "")).toBe(
      good(dialect, "second")
        .join("")
        .replaceAll(/event: ping\ndata: .*\n\n/g, ""),
    );
    expect([first.seen.length, second.seen.length]).toEqual([1, 1]);
    const answered = proxy.events.find((e) => e.event === "answer");
    expect(answered).toMatchObject({ target: "local/small", status: 200, missed: [{ target: "cloud/big" }] });
    expect(JSON.stringify(answered)).toMatch(reason);
  });

  it("refused: the next target answers, and the one that is not there is left alone", async () => {
    const second = await upstream(stream(good(dialect, "second")));
    const proxy = await proxyOver([
      target("cloud/big", await nobody()),
      target("local/small", second.origin),
    ]);
    const got = await ask(proxy, dialect);
    expect(got.text).toBe(good(dialect, "second").join(""));
    expect(got.headers["x-portable-model"]).toBe("local/small");
    expect(got.headers["x-portable-missed"]).toMatch(/cloud\/big: cannot connect \(ECONNREFUSED\)/);
    expect(proxy.events.filter((e) => e.event === "down")).toHaveLength(1);
    await ask(proxy, dialect);
    expect(proxy.events.filter((e) => e.event === "answer")[1]).toMatchObject({
      missed: [{ target: "cloud/big", reason: "cannot connect (ECONNREFUSED)" }],
    });
  });

  it.each([400, 404, 413, 422])("%d is the request's own fault: it passes as it is", async (code) => {
    const body = '{ "error": {"message": "no",   "type": "x"} }';
    const { proxy, second } = await chain(dialect, status(code, body, { "x-request-id": "r1" }));
    const got = await ask(proxy, dialect);
    expect(got).toMatchObject({ status: code, text: body, headers: { "x-request-id": "r1" } });
    expect(second.seen).toEqual([]);
    expect((await ask(proxy, dialect)).status).toBe(code);
    expect(proxy.events.filter((e) => e.event === "down")).toEqual([]);
  });

  it("an error event that is the request's own fault passes as it is", async () => {
    const events = [...opening, samples[dialect].refusal];
    const { proxy, second } = await chain(dialect, stream(events));
    expect((await ask(proxy, dialect)).text).toBe(events.join(""));
    expect(second.seen).toEqual([]);
  });

  it("a client that waits is told so, and the failover stays invisible", async () => {
    const slow: Answer = (response) => {
      response.writeHead(200, sse);
      response.write(opening[0]!);
      setTimeout(() => response.destroy(), 110);
    };
    const { proxy } = await chain(dialect, slow);
    const got = await ask(proxy, dialect);
    expect(got.text.startsWith(samples[dialect].opening[0]!)).toBe(dialect === "gemini");
    expect(samples[dialect].shown(got.text)).toBe("second");
    const pings = got.text.match(/event: ping|: ping/g)?.length ?? 0;
    if (dialect !== "gemini") expect(pings).toBeGreaterThanOrEqual(2);
  });

  it("where nobody answers, it says why: as an error with a status", async () => {
    const { proxy, second } = await chain(dialect, status(500));
    second.answer = status(503);
    const got = await ask(proxy, dialect);
    expect(got.status).toBe(dialect === "messages" ? 529 : 503);
    const { error } = JSON.parse(got.text);
    expect(error.message).toMatch(/cloud\/big: status 500; local\/small: status 503/);
  });

  it("where nobody answers behind a ping, it says why: as an error event", async () => {
    const { proxy, second } = await chain(dialect, (response) => {
      response.writeHead(200, sse).flushHeaders();
      setTimeout(() => response.destroy(), 100);
    });
    second.answer = status(503);
    const got = await ask(proxy, dialect);
    expect(got.status).toBe(200);
    expect(got.isCut).toBe(false);
    expect(got.text).toMatch(/status 503/);
    expect(samples[dialect].isBroken(got.text)).toBe(true);
    expect(got.text.includes("response.created")).toBe(dialect === "responses");
  });

  it("a target's own refusal behind a ping becomes the last event", async () => {
    const { proxy, second } = await chain(dialect, (response) => {
      response.writeHead(200, sse).flushHeaders();
      setTimeout(() => response.destroy(), 100);
    });
    const refusal = {
      type: "error",
      error: { type: "invalid_request_error", message: "too long", code: 400 },
    };
    second.answer = status(400, JSON.stringify(refusal));
    const got = await ask(proxy, dialect);
    expect(got).toMatchObject({ status: 200, isCut: false });
    expect(got.text).toContain("too long");
  });
});

describe.each(dialects)("%s, behind the first content", (dialect) => {
  const { opening, text, overloaded, shown, isBroken, tool } = samples[dialect];
  const begun = [...opening, text("he"), text("llo")];
  const shapes: [name: string, answer: Answer][] = [
    ["a cut", stream(begun, "cut")],
    ["an end without an end event", stream(begun)],
    ["silence", stream(begun, "hang")],
    ["an error event", stream([...begun, overloaded])],
    ["half an event", stream([...begun, text("never seen").slice(0, -9)], "cut")],
  ];

  it.each(shapes)("%s ends in an error event, and the next request goes elsewhere", async (_, answer) => {
    const { proxy, first, second } = await chain(dialect, answer);
    const got = await ask(proxy, dialect);
    expect(got.status).toBe(200);
    expect(got.isCut).toBe(false);
    expect(got.text.startsWith(begun.join(""))).toBe(true);
    expect(shown(got.text)).toBe("hello");
    expect(isBroken(got.text)).toBe(true);
    expect(got.text).not.toContain('"server_is_overloaded"');
    expect(second.seen).toEqual([]);
    const again = await ask(proxy, dialect);
    expect(shown(again.text)).toBe("second");
    expect([first.seen.length, second.seen.length]).toEqual([1, 1]);
  });

  it.runIf(tool.length)("a tool call is never left half", async () => {
    const { proxy } = await chain(dialect, stream([...begun, ...tool]));
    expect(isBroken((await ask(proxy, dialect)).text)).toBe(true);
  });

  it("pings are no sound", async () => {
    const { proxy } = await chain(dialect, (response) => {
      response.writeHead(200, sse);
      response.write(begun.join(""));
      const timer = setInterval(() => response.write(dialect === "messages" ? opening[2] : ": ping\n\n"), 30);
      response.on("close", () => clearInterval(timer));
    });
    expect(isBroken((await ask(proxy, dialect)).text)).toBe(true);
  });

  it("an end that came is an end, whatever follows", async () => {
    const whole = good(dialect);
    const { proxy } = await chain(dialect, stream(whole, "cut"));
    expect((await ask(proxy, dialect)).text).toBe(whole.join(""));
    expect(proxy.events.filter((e) => e.event === "down")).toEqual([]);
  });
});

describe("thoughts and tool calls in one piece", () => {
  const { opening, text, closing } = samples.messages;
  const event = (type: string, data: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const slowly =
    (before: string[], after: string[], ms: number): Answer =>
    async (response) => {
      response.writeHead(200, sse).write(before.join(""));
      await wait(ms);
      response.end(after.join(""));
    };
  const begin = (type: string): string => event("content_block_start", { index: 0, content_block: { type } });

  it("a silence while the model thinks is none, before the first content", async () => {
    const before = [opening[0]!, begin("thinking")];
    const after = [event("content_block_stop", { index: 0 }), text("hi"), ...closing];
    const { proxy, second } = await chain("messages", slowly(before, after, 300));
    const got = await ask(proxy, "messages");
    expect(got.text.replaceAll(/event: ping\ndata: .*\n\n/g, "")).toBe([...before, ...after].join(""));
    expect(second.seen).toEqual([]);
  });

  it("nor behind it, while it writes a tool call", async () => {
    const before = [...opening, text("hi"), closing[0]!, begin("tool_use")];
    const after = [event("content_block_stop", { index: 0 }), ...closing.slice(1)];
    const { proxy } = await chain("messages", slowly(before, after, 300));
    expect((await ask(proxy, "messages")).text).toBe([...before, ...after].join(""));
  });

  it("but it has an end", async () => {
    const { proxy } = await chain("messages", stream([opening[0]!, begin("thinking")], "hang"));
    expect(samples.messages.shown((await ask(proxy, "messages")).text)).toBe("second");
    expect(JSON.stringify(proxy.events)).toMatch(/no content for 0.6 s/);
  });

  it("chat shows no thoughts: a request for them has the time", async () => {
    const after = [samples.chat.text("hi"), ...samples.chat.closing];
    const { proxy } = await chain("chat", slowly([samples.chat.opening[0]!], after, 300));
    const body = { ...samples.chat.body("main"), reasoning_effort: "high" };
    const got = await request(proxy.base + samples.chat.path, body);
    expect(samples.chat.shown(got.text)).toBe("hi");
  });
});

describe("answers in one piece", () => {
  const path = "/v1/messages";
  const body = { model: "main", messages: [] };
  const json = '{"type":"message",  "content":[]}';

  it("go out as they came, with no deadline for headers", async () => {
    const { proxy } = await chain("messages", async (response) => {
      await wait(400);
      status(200, json, { "request-id": "r" })(response, {} as never, {} as never);
    });
    const got = await request(proxy.base + path, body);
    expect(got).toMatchObject({ status: 200, text: json, headers: { "request-id": "r" } });
    expect(got.headers["content-length"]).toBe(String(json.length));
  });

  it("fail over until they are whole", async () => {
    const { proxy, second } = await chain("messages", (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(json.slice(0, 9));
      setTimeout(() => response.destroy(), 20);
    });
    second.answer = status(200, json);
    expect((await request(proxy.base + path, body)).text).toBe(json);
  });

  it("have a total deadline", async () => {
    const { proxy, second } = await chain("messages", never, { policy: { totalMs: 120 } });
    second.answer = status(200, json);
    expect((await request(proxy.base + path, body)).text).toBe(json);
    expect(JSON.stringify(proxy.events)).toMatch(/no response for 0.1 s/);
  });

  it("may be long", async () => {
    const long = JSON.stringify("x".repeat(9 * 1024 * 1024));
    const { proxy } = await chain("messages", status(200, long));
    const got = await request(proxy.base + path, body);
    expect(got.text === long).toBe(true);
  });

  it("keep the encoding they came in", async () => {
    const { proxy, first } = await chain(
      "messages",
      status(200, "\u001f packed", { "content-encoding": "zstd" }),
    );
    const got = await request(proxy.base + path, body, { "accept-encoding": "zstd" });
    expect(got).toMatchObject({ text: "\u001f packed", headers: { "content-encoding": "zstd" } });
    expect(first.seen[0]!.headers["accept-encoding"]).toBe("zstd");
  });
});

describe("what nobody else can answer", () => {
  it("vectors come from one model only", async () => {
    const { proxy, second } = await chain("chat", status(500));
    second.answer = status(200, "[]");
    const got = await request(`${proxy.base}/v1/embeddings`, { model: "main", input: "x" });
    expect(got.status).toBe(500);
    expect(second.seen).toEqual([]);
  });

  it("a stored response is the vendor's", async () => {
    const up = await upstream(status(200, "{}"));
    const other = await upstream(status(200, "{}"));
    const proxy = await proxyOver([
      target("local/m", other.origin),
      target("openai/m", up.origin, { own: ["responses"] }),
    ]);
    const got = await request(`${proxy.base}/v1/responses/resp_1?x=1`, undefined, {
      authorization: "Bearer k",
    });
    expect(got.status).toBe(200);
    expect(up.seen[0]).toMatchObject({ method: "GET", url: "/v1/responses/resp_1?x=1" });
    expect(other.seen).toEqual([]);
  });

  it("who waits, waits", async () => {
    const { proxy, second } = await chain("messages", status(529, "busy"), { onOutage: "wait" });
    expect(await ask(proxy, "messages")).toMatchObject({ status: 529, text: "busy" });
    expect(second.seen).toEqual([]);
  });

  it("a chain of one is a pipe for errors too", async () => {
    const up = await upstream(status(429, "slow", { "retry-after": "7" }));
    const proxy = await proxyOver([target("cloud/big", up.origin)]);
    for (let i = 0; i < 3; i++)
      expect(await ask(proxy, "messages")).toMatchObject({
        status: 429,
        text: "slow",
        headers: { "retry-after": "7" },
      });
    expect(up.seen).toHaveLength(3);
  });
});

describe("counts of tokens", () => {
  const body = { model: "main", messages: [{ role: "user", content: "x".repeat(400) }] };

  it("come from the target", async () => {
    const { proxy } = await chain("messages", status(200, '{"input_tokens":7}'));
    const got = await request(`${proxy.base}/v1/messages/count_tokens?beta=true`, body);
    expect(got.text).toBe('{"input_tokens":7}');
  });

  it.each([
    ["/v1/messages/count_tokens", "input_tokens"],
    ["/v1/responses/input_tokens", "input_tokens"],
    ["/v1beta/models/main:countTokens", "totalTokens"],
  ])("are estimated where nobody counts: %s", async (path, key) => {
    const { proxy, second } = await chain("messages", status(500));
    second.answer = status(404);
    const got = await request(proxy.base + path, body);
    expect(got).toMatchObject({ status: 200, headers: { "x-portable-model": "estimate" } });
    expect(JSON.parse(got.text)[key]).toBeGreaterThan(100);
  });
});

describe("connections", () => {
  it("a kept one that is dead is no outage", async () => {
    let count = 0;
    const origin = await rawServer((socket) => {
      const isFirst = count++ === 0;
      let asked = 0;
      socket.on("data", () => {
        if (isFirst && asked++) return socket.resetAndDestroy();
        const body = '{"ok":1}';
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      });
    });
    const proxy = await proxyOver([target("cloud/big", origin), target("local/small", await nobody())]);
    for (let i = 0; i < 2; i++)
      expect((await request(`${proxy.base}/v1/messages`, { model: "main" })).text).toBe('{"ok":1}');
    expect(count).toBe(2);
    expect(proxy.events.filter((e) => e.event === "answer").map((e) => "missed" in e && e.missed)).toEqual([
      [],
      [],
    ]);
  });

  it("what is no HTTP is no answer", async () => {
    const origin = await rawServer((socket) => socket.on("data", () => socket.end("SSH-2.0-x\r\n\r\n")));
    const second = await upstream(stream(good("chat", "second")));
    const proxy = await proxyOver([target("cloud/big", origin), target("local/small", second.origin)]);
    expect(samples.chat.shown((await ask(proxy, "chat")).text)).toBe("second");
    expect(JSON.stringify(proxy.events)).toMatch(/malformed answer \(HPE_/);
  });

  it("TLS with a server that speaks none is an outage of its own kind", async () => {
    const second = await upstream(stream(good("chat", "second")));
    const { origin } = await upstream(never);
    const proxy = await proxyOver([
      target("cloud/big", origin.replace("http:", "https:")),
      target("local/small", second.origin),
    ]);
    expect(samples.chat.shown((await ask(proxy, "chat")).text)).toBe("second");
    expect(JSON.stringify(proxy.events)).toMatch(/TLS not trusted/);
  });

  it("a client that hangs up takes its request with it, and blames nobody", async () => {
    let closed = 0;
    const { proxy, second } = await chain("messages", (response) => {
      response.on("close", () => closed++);
      response.writeHead(200, sse).write(samples.messages.opening[0]);
    });
    const controller = new AbortController();
    const asked = fetch(proxy.base + samples.messages.path, {
      method: "POST",
      body: JSON.stringify(samples.messages.body("main")),
      signal: controller.signal,
    }).catch(() => "aborted");
    await wait(40);
    controller.abort();
    expect(await asked).toBe("aborted");
    for (let i = 0; i < 50 && !closed; i++) await wait(10);
    expect(closed).toBe(1);
    expect(second.seen).toEqual([]);
    expect(proxy.events).toEqual([]);
    expect(proxy.engine.inFlight).toBe(0);
  });

  /** Asks for a whole answer and hangs up after a while. */
  const giveUp = async (base: string, afterMs: number): Promise<void> => {
    const { path, body } = samples.messages;
    const options = { method: "POST", body: JSON.stringify(body("main", false)) };
    await fetch(base + path, { ...options, signal: AbortSignal.timeout(afterMs) }).catch(() => {});
    await wait(30);
  };

  it("a client that gave up on a target that says nothing finds another when it asks again", async () => {
    const { proxy, first, second } = await chain("messages", () => {});
    await giveUp(proxy.base, 30);
    expect(proxy.events).toEqual([]);
    await giveUp(proxy.base, 600);
    expect(proxy.events).toMatchObject([{ event: "down", target: "cloud/big" }]);
    expect((await ask(proxy, "messages")).headers["x-portable-model"]).toBe("local/small");
    expect([first.seen.length, second.seen.length]).toEqual([2, 1]);
  });

  it("a client that closes as soon as it has read the end was answered", async () => {
    const { proxy } = await chain("messages", (response) => {
      response.writeHead(200, sse).write(good("messages", "whole").join(""));
    });
    const controller = new AbortController();
    const { path, body } = samples.messages;
    const response = await fetch(proxy.base + path, {
      method: "POST",
      body: JSON.stringify(body("main")),
      signal: controller.signal,
    });
    const reader = response.body!.getReader();
    let text = "";
    while (!text.includes("message_stop")) text += Buffer.from((await reader.read()).value!).toString();
    controller.abort();
    for (let i = 0; i < 50 && !proxy.events.length; i++) await wait(10);
    expect(proxy.events).toMatchObject([{ event: "answer", target: "cloud/big", status: 200 }]);
  });

  it("a client that reads slowly is no silence of the target", async () => {
    const text = "x".repeat(64 * 1024);
    const large: Answer = (response) => {
      response.writeHead(200, sse).write(samples.chat.text("a"));
      for (let i = 0; i < 100; i++) response.write(samples.chat.text(text));
      response.end(samples.chat.closing.join(""));
    };
    // only the silence after the first content is what is looked at
    const { proxy } = await chain("chat", large, { policy: { headersMs: 5_000, firstContentMs: 5_000 } });
    const response = await fetch(proxy.base + samples.chat.path, {
      method: "POST",
      body: JSON.stringify(samples.chat.body("main")),
    });
    await wait(250);
    const got = await response.text();
    expect(samples.chat.shown(got).length).toBe(1 + 100 * text.length);
    expect(got.endsWith("[DONE]\n\n")).toBe(true);
  });
});
