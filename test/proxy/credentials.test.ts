import { afterEach, describe, expect, it } from "vitest";
import type { WireDialect } from "../../src/providers/index.ts";
import type { Surroundings } from "../../src/proxy/engine.ts";
import { line } from "../../src/proxy/log.ts";
import type { Key } from "../../src/proxy/types.ts";
import { samples } from "./dialect-streams.ts";
import { type Answer, closeAll, proxyOver, type Running, request, target, upstream } from "./mock.ts";

afterEach(closeAll);

const SECRET = "sk-client-0123456789";
const KEY = "sk-provider-9876543210";
const ok: Answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end("{}");
const fails: Answer = (response) => response.writeHead(529).end();
const refuses: Answer = (response) =>
  response.writeHead(401, { "content-type": "application/json" }).end('{"error":{"message":"no"}}');

const ways: [dialect: WireDialect, headers: Record<string, string>, query: string][] = [
  ["messages", { "x-api-key": SECRET }, ""],
  ["messages", { authorization: `Bearer ${SECRET}` }, ""],
  ["chat", { authorization: `Bearer ${SECRET}` }, ""],
  ["responses", { authorization: `Bearer ${SECRET}` }, ""],
  ["gemini", { "x-goog-api-key": SECRET }, ""],
  ["gemini", {}, `&key=${SECRET}`],
];
const ask = (proxy: Running, dialect: WireDialect, headers: Record<string, string>, query = "") => {
  const path =
    samples[dialect].path + (samples[dialect].path.includes("?") ? query : query.replace("&", "?"));
  return request(
    proxy.base + path.replace("streamGenerate", "generate"),
    samples[dialect].body("main", false),
    headers,
  );
};
const keys = (key: string | undefined): Partial<Surroundings> => ({ secret: () => key });
const env: Key = { env: "CLOUD_KEY" };

describe.each(ways)("a credential of %s in %o%s", (dialect, headers, query) => {
  it("goes to its own vendor as it came, and nowhere else", async () => {
    const vendor = await upstream(fails);
    const other = await upstream(fails);
    const local = await upstream(ok);
    const proxy = await proxyOver(
      [
        target("vendor/m", vendor.origin, { own: [dialect] }),
        target("other/m", other.origin, { key: env }),
        target("local/m", local.origin, { local: true }),
      ],
      { around: keys(KEY) },
    );
    const account = { cookie: "a=1", "openai-organization": "org-1", "chatgpt-account-id": "acc-1" };
    const got = await ask(proxy, dialect, { ...headers, ...account }, query);
    expect(got.headers["x-portable-model"]).toBe("local/m");
    const [toVendor] = vendor.seen;
    expect(toVendor!.headers).toMatchObject({ ...headers, ...account });
    expect(toVendor!.url.includes(SECRET)).toBe(query !== "");
    for (const { seen } of [other, local])
      expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${SECRET}|org-1|acc-1|a=1`));
    expect(JSON.stringify(other.seen[0]!.headers)).toContain(KEY);
    expect(JSON.stringify(local.seen)).not.toContain(KEY);
    expect(JSON.stringify(toVendor)).not.toContain(KEY);
  });

  it("stands in no record, no status and no answer of the proxy", async () => {
    const vendor = await upstream(refuses);
    const other = await upstream(refuses);
    const proxy = await proxyOver(
      [target("vendor/m", vendor.origin, { own: [dialect] }), target("other/m", other.origin, { key: env })],
      { around: keys(KEY) },
    );
    const answers: string[] = [];
    const turns: Answer[] = [ok, refuses, refuses, fails];
    for (const answer of turns) {
      vendor.answer = answer;
      const { text, headers: back } = await ask(proxy, dialect, headers, query);
      answers.push(text, JSON.stringify(back));
    }
    const status = await request(`${proxy.base}/status.json`);
    const told = [...proxy.events.map(line), status.text, ...answers].join("");
    expect(told).toContain("vendor/m");
    expect(told).not.toMatch(new RegExp(`${SECRET}|${KEY}`));
  });
});

describe("keys of providers", () => {
  it("are carried as the dialect, or the target, wants it", async () => {
    const up = await upstream(ok);
    for (const [dialect, carrier, name, value] of [
      ["messages", undefined, "x-api-key", KEY],
      ["messages", "bearer", "authorization", `Bearer ${KEY}`],
      ["chat", undefined, "authorization", `Bearer ${KEY}`],
      ["gemini", undefined, "x-goog-api-key", KEY],
    ] as const) {
      const one = target("p/m", up.origin, { key: env, ...(carrier && { carrier }) });
      const proxy = await proxyOver([one], { around: keys(KEY) });
      await ask(proxy, dialect, {});
      expect(up.seen.at(-1)!.headers[name]).toBe(value);
    }
  });

  it("a target's headers stand in place of the client's", async () => {
    const up = await upstream(ok);
    const proxy = await proxyOver([
      target("p/m", up.origin, { headers: { "X-Title": "ours", "X-More": "1" } }),
    ]);
    await ask(proxy, "chat", { "x-title": "theirs", "x-kept": "2" });
    expect(up.seen[0]!.headers).toMatchObject({ "x-title": "ours", "x-more": "1", "x-kept": "2" });
  });

  it("one that is not there is told by name, and the next target answers", async () => {
    const up = await upstream(ok);
    const targets = [target("cloud/m", up.origin, { key: env }), target("local/m", up.origin)];
    const proxy = await proxyOver(targets);
    const got = await ask(proxy, "chat", {});
    expect(got.headers["x-portable-missed"]).toBe(
      "cloud/m: no key: set CLOUD_KEY in .env or before portable proxy on",
    );
    const alone = await proxyOver(targets.slice(0, 1));
    expect(JSON.parse((await ask(alone, "chat", {})).text).error.message).toMatch(/set CLOUD_KEY/);
    expect(up.seen).toHaveLength(1);
  });

  it("what clients send for want of a key is none", async () => {
    const up = await upstream(ok);
    const proxy = await proxyOver([target("v/m", up.origin, { own: ["messages"], key: env })], {
      around: keys(KEY),
    });
    await ask(proxy, "messages", { authorization: "Bearer portable" });
    expect(up.seen[0]!.headers).toMatchObject({ "x-api-key": KEY });
    expect(up.seen[0]!.headers.authorization).toBeUndefined();
  });
});

describe("a refused sign-in", () => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const over = async (options = {}) => {
    const vendor = await upstream(refuses);
    const local = await upstream(ok);
    const proxy = await proxyOver(
      [target("vendor/m", vendor.origin, { own: ["messages"] }), target("local/m", local.origin)],
      options,
    );
    return { vendor, local, proxy, ask: () => ask(proxy, "messages", headers) };
  };

  it("of a credential that never worked stays visible", async () => {
    const { local, ask } = await over();
    for (let i = 0; i < 4; i++)
      expect(await ask()).toMatchObject({ status: 401, text: '{"error":{"message":"no"}}' });
    expect(local.seen).toEqual([]);
  });

  it.each([401, 403])("of one that worked is shown once (%d), then the next target answers", async (code) => {
    const { vendor, proxy, ask } = await over();
    vendor.answer = ok;
    await ask();
    vendor.answer = (response) => response.writeHead(code).end();
    expect((await ask()).status).toBe(code);
    const got = await ask();
    expect(got.status).toBe(200);
    expect(got.headers["x-portable-missed"]).toBe(`vendor/m: sign-in refused (status ${code})`);
    expect(proxy.events.find((e) => e.event === "down")).toMatchObject({ target: "vendor/m" });
    await ask();
    expect(vendor.seen).toHaveLength(3);
  });

  it("of a key that worked is tried twice at once: no client has a fresh one", async () => {
    const { vendor, local, proxy } = await over();
    vendor.answer = ok;
    await ask(proxy, "messages", { "x-api-key": SECRET });
    vendor.answer = refuses;
    const got = await ask(proxy, "messages", { "x-api-key": SECRET });
    expect(got.headers["x-portable-missed"]).toBe("vendor/m: sign-in refused (status 401)");
    expect(vendor.seen.map((r) => r.headers["x-api-key"])).toEqual([SECRET, SECRET, SECRET]);
    expect(local.seen).toHaveLength(1);
  });

  it("of a login is not shown where its client would wait for whoever renews it", async () => {
    let tries = 0;
    const signInDown = async () => (tries++ ? undefined : 2_000);
    const { vendor, ask: asked } = await over({ around: { signInDown } });
    vendor.answer = ok;
    await asked();
    vendor.answer = refuses;
    expect((await asked()).headers["x-portable-missed"]).toBe(
      "vendor/m: sign-in refused (status 401), and its host does not answer for 2 s",
    );
    expect(tries).toBe(1);
  });

  it("of one that worked in an earlier life of the proxy counts too", async () => {
    const first = await over();
    first.vendor.answer = ok;
    await first.ask();
    const worked = first.proxy.events.flatMap((e) => (e.event === "signed in" ? [e.fingerprint] : []));
    expect(worked).toHaveLength(1);
    const targets = [
      target("vendor/m", first.vendor.origin, { own: ["messages"] }),
      target("local/m", first.local.origin),
    ];
    const later = await proxyOver(targets, { around: { worked } });
    first.vendor.answer = refuses;
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(later, "messages", headers)).status);
    expect(statuses).toEqual([401, 200, 200]);
  });

  it("a fresh credential starts anew", async () => {
    const { vendor, proxy, ask: asked } = await over();
    vendor.answer = ok;
    await asked();
    vendor.answer = refuses;
    await asked();
    const fresh = await ask(proxy, "messages", { "x-api-key": "sk-other" });
    expect(fresh.status).toBe(401);
  });

  it("stays visible where the switch says so", async () => {
    const { vendor, ask } = await over({ policy: { signInOutage: false } });
    vendor.answer = ok;
    await ask();
    vendor.answer = refuses;
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(401);
  });

  it("of a provider's key is tried again with a fresh one, at once", async () => {
    const vendor = await upstream(ok);
    const local = await upstream(ok);
    const asked: boolean[] = [];
    let key = "old";
    const proxy = await proxyOver(
      [target("vendor/m", vendor.origin, { key: { command: "x" } }), target("local/m", local.origin)],
      {
        around: {
          secret: async (_, again) => {
            asked.push(again);
            if (again) key = "new";
            return key;
          },
        },
      },
    );
    await ask(proxy, "messages", {});
    vendor.answer = (response, seen) =>
      (seen.headers["x-api-key"] === "new" ? ok : refuses)(response, seen, {} as never);
    expect((await ask(proxy, "messages", {})).headers["x-portable-model"]).toBe("vendor/m");
    expect(asked).toEqual([false, false, true]);
    expect(local.seen).toEqual([]);
  });

  it("on the way through an outage does not stop it", async () => {
    const { vendor, local, proxy } = await over();
    vendor.answer = fails;
    const other = await upstream(refuses);
    const targets = [
      target("vendor/m", vendor.origin),
      target("other/m", other.origin, { key: env }),
      target("local/m", local.origin),
    ];
    const three = await proxyOver(targets, { around: keys(KEY) });
    const got = await ask(three, "messages", {});
    expect(got.headers["x-portable-missed"]).toMatch(/status 529; other\/m: sign-in refused/);
    expect(proxy.events).toEqual([]);
  });
});
