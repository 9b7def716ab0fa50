import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { WireDialect } from "../../src/providers/index.ts";
import { good, samples } from "./dialect-streams.ts";
import { type Answer, closeAll, proxyOver, type Running, request, target, upstream, wait } from "./mock.ts";

afterEach(closeAll);

const body = { model: "main", messages: [] };
const json =
  (text: string): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(text);
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end("{}");
const ask = async (proxy: Running): Promise<string> => {
  const got = await request(`${proxy.base}/v1/messages`, body);
  return String(got.headers["x-portable-model"] ?? got.status);
};

/** A clock that only the test moves. */
const clock = () => {
  const self = { at: 1_000_000, now: () => self.at, random: () => 1 };
  return self;
};
const chain = async (options: Parameters<typeof proxyOver>[1] = {}) => {
  const time = clock();
  const first = await upstream(json("1"));
  const second = await upstream(json("2"));
  const targets = [target("cloud/big", first.origin), target("local/small", second.origin)];
  const proxy = await proxyOver(targets, { ...options, around: { clock: time, ...options.around } });
  return { time, first, second, proxy };
};
const times = async (count: number, what: () => Promise<string>): Promise<string[]> => {
  const all: string[] = [];
  for (let i = 0; i < count; i++) all.push(await what());
  return all;
};

describe("a target that fails", () => {
  it("is left alone after two failures, asked by one request when its time has come, and taken back", async () => {
    const { time, first, proxy } = await chain();
    first.answer = status(503);
    expect(await times(4, () => ask(proxy))).toEqual(Array(4).fill("local/small"));
    expect(first.seen).toHaveLength(2);
    expect(proxy.events.filter((e) => e.event === "down")).toMatchObject([
      { target: "cloud/big", reason: "status 503", untilMs: time.at + 60_000 },
    ]);
    time.at += 60_001;
    expect(await times(2, () => ask(proxy))).toEqual(Array(2).fill("local/small"));
    expect(first.seen).toHaveLength(3);
    time.at += 119_000;
    await ask(proxy);
    expect(first.seen).toHaveLength(3);
    time.at += 2_000;
    first.answer = json("1");
    expect(await times(2, () => ask(proxy))).toEqual(Array(2).fill("cloud/big"));
    expect(proxy.events.find((e) => e.event === "up")).toMatchObject({
      target: "cloud/big",
      downMs: 181_001,
    });
  });

  it("is asked by one request only", async () => {
    const { time, first, proxy } = await chain();
    first.answer = status(503);
    await times(2, () => ask(proxy));
    time.at += 60_001;
    first.answer = async (response) => {
      await wait(80);
      json("1")(response, {} as never, {} as never);
    };
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(proxy)));
    expect(answers.sort()).toEqual(["cloud/big", ...Array(4).fill("local/small")]);
    expect(first.seen).toHaveLength(3);
  });

  it.each([
    ["seconds", { "retry-after": "700" }, 700_000],
    ["a date", { "retry-after": new Date(1_000_000 + 90_000).toUTCString() }, 90_000],
    ["milliseconds", { "retry-after-ms": "1500" }, 1_500],
    ["a day, which is cut", { "retry-after": "86400" }, 3_600_000],
  ])("is left alone as long as it asks: %s", async (_, headers, ms) => {
    const { time, first, proxy } = await chain();
    first.answer = status(429, headers);
    expect(await ask(proxy)).toBe("local/small");
    time.at += ms - 1;
    await ask(proxy);
    expect(first.seen).toHaveLength(1);
    time.at += ms / 10 + 2;
    await ask(proxy);
    expect(first.seen).toHaveLength(2);
  });

  it("is asked all the same where nobody else can answer", async () => {
    const { first, second, proxy } = await chain();
    first.answer = status(503);
    await times(2, () => ask(proxy));
    second.answer = status(500);
    await times(2, () => ask(proxy));
    first.answer = json("1");
    expect(await ask(proxy)).toBe("cloud/big");
    expect(await ask(proxy)).toBe("cloud/big");
  });

  it("now and then only is caught by its rate", async () => {
    const { first, proxy } = await chain();
    let count = 0;
    first.answer = (response, seen, incoming) =>
      (count++ % 2 ? status(500) : json("1"))(response, seen, incoming);
    await times(14, () => ask(proxy));
    expect(count).toBeLessThan(14);
    expect(proxy.events.filter((e) => e.event === "down")).toHaveLength(1);
  });

  const slowly =
    (code: number): Answer =>
    async (response) => {
      await wait(150);
      status(code)(response, {} as never, {} as never);
    };

  it("does not multiply load: second tries where there is trouble have a budget", async () => {
    const vendor = await upstream(slowly(500));
    const targets = [target("cloud/big", vendor.origin), target("cloud/small", vendor.origin)];
    const proxy = await proxyOver(targets, { around: { clock: clock() } });
    await Promise.all(Array.from({ length: 60 }, () => ask(proxy)));
    expect(vendor.seen.length).toBeGreaterThan(60 + 15);
    expect(vendor.seen.length).toBeLessThanOrEqual(60 + 20 + 60 / 5 + 1);
    expect(JSON.stringify(proxy.events)).toContain("too many second tries");
  });

  it("sends everybody to one that is well", async () => {
    const { first, second, proxy } = await chain();
    first.answer = slowly(500);
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(proxy)));
    expect(answers).toEqual(Array(60).fill("local/small"));
    expect(second.seen).toHaveLength(60);
  });

  it("under one credential may work under another", async () => {
    const first = await upstream((response, seen, incoming) =>
      (seen.headers["x-api-key"] === "spent" ? status(429, { "retry-after": "60" }) : json("1"))(
        response,
        seen,
        incoming,
      ),
    );
    const second = await upstream(json("2"));
    const targets = [
      target("cloud/big", first.origin, { own: ["messages"] }),
      target("local/small", second.origin),
    ];
    const proxy = await proxyOver(targets);
    const as = async (key: string) =>
      (await request(`${proxy.base}/v1/messages`, body, { "x-api-key": key })).headers["x-portable-model"];
    expect([await as("spent"), await as("spent"), await as("fresh")]).toEqual([
      "local/small",
      "local/small",
      "cloud/big",
    ]);
    expect(first.seen).toHaveLength(2);
  });
});

describe("which target is asked", () => {
  it("a model that no chain names goes to its vendor as it is, and then down the usual chain", async () => {
    const vendor = await upstream(json("1"));
    const local = await upstream(json("2"));
    const proxy = await proxyOver([
      target("anthropic/opus", vendor.origin, { own: ["messages"] }),
      target("local/small", local.origin),
    ]);
    await request(`${proxy.base}/v1/messages`, { ...body, model: "haiku-new" });
    expect(JSON.parse(vendor.seen[0]!.body).model).toBe("haiku-new");
    vendor.answer = status(529);
    await request(`${proxy.base}/v1/messages`, { ...body, model: "haiku-new" });
    expect(JSON.parse(local.seen[0]!.body).model).toBe("small");
  });

  it("a model within a chain is asked from there on", async () => {
    const { first, second, proxy } = await chain();
    await request(`${proxy.base}/v1/messages`, { ...body, model: "local/small" });
    second.answer = status(500);
    await request(`${proxy.base}/v1/messages`, { ...body, model: "small" });
    expect([first.seen.length, second.seen.length]).toEqual([0, 2]);
  });

  it("steps may order, shape and watch", async () => {
    const answered: string[] = [];
    const { first, second, proxy } = await chain({
      around: {
        steps: {
          order: (_, candidates) => ({ candidates: [...candidates].reverse() }),
          shape: (asked, candidate, out) => ({
            headers: [...out.headers, "X-Shaped", candidate.target.id],
            body: Buffer.from(JSON.stringify({ ...asked.body!.json, model: candidate.model, shaped: true })),
          }),
          answered: (_, candidate) => void answered.push(candidate.target.id),
        },
      },
    });
    second.answer = status(500);
    await ask(proxy);
    expect(second.seen[0]!.headers["x-shaped"]).toBe("local/small");
    expect(JSON.parse(first.seen[0]!.body)).toMatchObject({ model: "big", shaped: true });
    expect(answered).toEqual(["cloud/big"]);
  });
});

describe("streams pass byte for byte", () => {
  const dialects = Object.keys(samples) as WireDialect[];

  it("however they are cut into chunks, and whatever ends their lines", async () => {
    const up = await upstream(json(""));
    const proxy = await proxyOver([target("cloud/big", up.origin)]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...dialects),
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        async (dialect, end, words, cuts) => {
          const s = samples[dialect];
          const text = [...s.opening, ...words.map((w) => s.text(`x${w}`)), ...s.closing].join("");
          const bytes = Buffer.from(text.replaceAll("\n", end));
          up.answer = async (response) => {
            response.writeHead(200, { "content-type": "text/event-stream" });
            let at = 0;
            for (const cut of cuts) {
              response.write(bytes.subarray(at, at + cut));
              at += cut;
              await new Promise(setImmediate);
            }
            response.end(bytes.subarray(at));
          };
          const got = await request(proxy.base + s.path, s.body("main"));
          expect(got.text).toBe(bytes.toString());
        },
      ),
      { numRuns: 120 },
    );
  });

  it("one that is packed though nobody asked for it is unpacked", async () => {
    const up = await upstream((response) =>
      response
        .writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" })
        .end(gzipSync(good("chat").join(""))),
    );
    const proxy = await proxyOver([target("cloud/big", up.origin)]);
    const got = await request(proxy.base + samples.chat.path, samples.chat.body("main"), {
      "accept-encoding": "gzip, br",
    });
    expect(got.text).toBe(good("chat").join(""));
    expect(got.headers).not.toHaveProperty("content-encoding");
    expect(up.seen[0]!.headers["accept-encoding"]).toBe("identity");
  });

  it("each event goes out when it comes", async () => {
    const { opening, text, closing } = samples.messages;
    const up = await upstream(async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(opening.join(""));
      for (const word of ["a", "b", "c"]) {
        response.write(text(word));
        await wait(20);
      }
      response.end(closing.join(""));
    });
    const proxy = await proxyOver([target("cloud/big", up.origin)]);
    const got = await request(proxy.base + samples.messages.path, samples.messages.body("main"));
    expect(got.parts.length).toBeGreaterThanOrEqual(4);
    const first = got.parts.find((part) => part.includes(text("a")));
    expect(first).not.toContain(text("b"));
  });
});
