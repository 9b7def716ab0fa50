import { describe, expect, it } from "vitest";
import type { WireDialect } from "../../src/providers/index.ts";
import type { Dialect } from "../../src/proxy/dialects/dialect.ts";
import { dialectOf, dialects } from "../../src/proxy/dialects/index.ts";
import { dataOf, good, samples } from "./dialect-streams.ts";

const byId = (id: WireDialect): Dialect => dialects.find((d) => d.id === id)!;
const find = (method: string, path: string, headers = {}, query = "") => {
  const found = dialectOf({ method, path, query, headers });
  return found && `${found.dialect.id} ${found.call.use} ${found.call.path("M/x")}`;
};

it.each([
  ["POST", "/v1/messages", "messages generate /v1/messages"],
  ["POST", "/messages", "messages generate /v1/messages"],
  ["GET", "/v1/messages", undefined],
  ["POST", "/v1/messages/count_tokens", "messages count /v1/messages/count_tokens"],
  ["POST", "/v1/messages/batches", "messages other /v1/messages/batches"],
  ["POST", "/v1/chat/completions", "chat generate /chat/completions"],
  ["POST", "/v1/completions", "chat generate /completions"],
  ["POST", "/embeddings", "chat embed /embeddings"],
  ["POST", "/v1/responses", "responses generate /responses"],
  ["GET", "/v1/responses/r1", "responses other /responses/r1"],
  ["POST", "/v1/responses/input_tokens", "responses count /responses/input_tokens"],
  ["GET", "/v1/models", "chat models /models"],
  ["GET", "/v1beta/models", "gemini models /v1beta/models"],
  ["POST", "/v1beta/models/a:generateContent", "gemini generate /v1beta/models/M%2Fx:generateContent"],
  ["POST", "/v1beta/models/a:countTokens", "gemini count /v1beta/models/M%2Fx:countTokens"],
  ["POST", "/v1/models/a:embedContent", "gemini embed /v1/models/M%2Fx:embedContent"],
  ["POST", "/v1/messagesx", undefined],
  ["POST", "/v1/constructor", undefined],
  ["POST", "/v2/messages", undefined],
  ["GET", "/", undefined],
])("%s %s is %s", (method, path, what) => {
  expect(find(method, path)).toBe(what);
});

it("a list of models is Anthropic's where its client asks", () => {
  expect(find("GET", "/v1/models", { "anthropic-version": "2023-06-01" })).toBe("messages models /v1/models");
});

it("Gemini streams events only where they are asked for", () => {
  const path = "/v1beta/models/a:streamGenerateContent";
  const streams = (query: string) => dialectOf({ method: "POST", path, query, headers: {} })?.call.streams;
  expect([streams("alt=sse"), streams("key=k&alt=sse"), streams(""), streams("alt=ssex")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe.each(dialects.map((d) => d.id))("%s", (id) => {
  const dialect = byId(id);
  const { opening, text, overloaded, refusal } = samples[id];

  it("a good stream is content, and whole at its end", () => {
    const reader = dialect.reader(false);
    const kinds = good(id).map((event) => reader.read(event));
    expect(kinds.slice(0, opening.length)).not.toContain("content");
    expect(kinds[opening.length]).toBe("content");
    expect(kinds).not.toContain("error");
    expect(reader.whole).toBe(true);
  });

  it("is whole at its end only", () => {
    const reader = dialect.reader(false);
    for (const event of [...opening, text("a")]) {
      reader.read(event);
      expect(reader.whole).toBe(false);
    }
  });

  it("comments and pings are pings, errors are outages or the request's own fault", () => {
    const kind = (event: string) => dialect.reader(false).read(event);
    expect(kind(": hello\n\n")).toBe("ping");
    if (dialect.ping) expect(kind(dialect.ping)).toBe("ping");
    expect(kind(overloaded)).toBe("error");
    expect(kind(refusal)).toBe("refusal");
    expect(kind("data: <html>\n\n")).toBe("malformed");
    expect(kind('data: "text"\n\n')).toBe("malformed");
  });

  it("its own error event is an outage to itself", () => {
    const event = dialect.reader(false).broken("why", false);
    if (id === "gemini") expect(JSON.parse(event).error).toMatchObject({ code: 503, message: "why" });
    else expect(dialect.reader(false).read(event)).toBe("error");
  });

  it("errors have its words", () => {
    for (const status of [400, 401, 403, 404, 413, 429, 500, 503]) {
      const body = dialect.fault(status, "why") as any;
      expect(body.error.message).toBe("why");
      if (id === "messages") expect(body.type).toBe("error");
    }
  });

  it("a refusal in its own words stays itself, any other gets them", () => {
    const own = JSON.stringify(dialect.fault(400, "too long"));
    expect(dialect.refusal(own, "x")).toContain("too long");
    expect(dialect.refusal("<html>", "x said no")).toContain("x said no");
  });
});

it("Responses go on counting, and begin where nothing came before", () => {
  const reader = byId("responses").reader(false);
  for (const event of [...samples.responses.opening, samples.responses.text("a")]) reader.read(event);
  expect(dataOf(reader.broken("why", false))).toMatchObject([
    {
      type: "response.failed",
      sequence_number: 5,
      response: { id: "resp_1", error: { code: "server_error" } },
    },
  ]);
  expect(dataOf(byId("responses").reader(false).broken("why", true))).toMatchObject([
    { type: "response.created", sequence_number: 0 },
    { type: "response.failed", sequence_number: 1 },
  ]);
});

it("OpenAI's keepalive is a ping", () => {
  expect(byId("responses").reader(false).read('event: keepalive\ndata: {"type":"keepalive"}\n\n')).toBe(
    "ping",
  );
});

it("events without a name are known by their type", () => {
  const bare = (events: string[]) => events.map((e) => e.replace(/^event: .*\n/, ""));
  for (const id of ["messages", "responses"] as const) {
    const named = byId(id).reader(false);
    const unnamed = byId(id).reader(false);
    expect(bare(good(id)).map((e) => unnamed.read(e))).toEqual(good(id).map((e) => named.read(e)));
  }
});

it("local servers' thoughts, completions and blocked prompts are content", () => {
  const chat = (value: object) =>
    byId("chat")
      .reader(false)
      .read(`data: ${JSON.stringify(value)}\n\n`);
  expect(chat({ choices: [{ delta: { reasoning_content: "hm" } }] })).toBe("content");
  expect(chat({ choices: [{ text: "a" }] })).toBe("content");
  expect(chat({ choices: [{ delta: { content: "", role: "assistant" }, finish_reason: null }] })).toBe(
    "start",
  );
  const gemini = byId("gemini").reader(false);
  expect(gemini.read('data: {"promptFeedback":{"blockReason":"SAFETY"}}\n\n')).toBe("content");
  expect(gemini.whole).toBe(true);
});

it("a tool call that is not whole is an error, also where the end is said", () => {
  const messages = byId("messages").reader(false);
  const kinds = [...samples.messages.opening, ...samples.messages.tool].map((e) => messages.read(e));
  expect(kinds.at(-1)).toBe("content");
  expect(messages.quiet).toBe(true);
  expect(messages.read(samples.messages.closing[1]!)).toBe("error");
  const chat = byId("chat").reader(false);
  for (const event of samples.chat.tool) chat.read(event);
  expect(chat.read("data: [DONE]\n\n")).toBe("error");
});
