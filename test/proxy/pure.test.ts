import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyOf, withModel } from "../../src/proxy/body.ts";
import { closed, fail, release, stateOf, succeed } from "../../src/proxy/breaker.ts";
import { deposit, fullBudget, withdraw } from "../../src/proxy/budget.ts";
import {
  accepted,
  credentialOf,
  fingerprint,
  refused,
  signIns,
  withoutKey,
} from "../../src/proxy/credentials.ts";
import { deadlinesFor, learnFrom, unknownPace } from "../../src/proxy/deadlines.ts";
import { messages } from "../../src/proxy/dialects/messages.ts";
import { type Failure, isOutage, retryAfter, said } from "../../src/proxy/failure.ts";
import { carried, forwarded, headerText, returned } from "../../src/proxy/headers.ts";
import { defaultPolicy as policy } from "../../src/proxy/types.ts";
import { target } from "./mock.ts";

const busy: Failure = { kind: "status", status: 503 };
const gone: Failure = { kind: "connect", detail: "ECONNREFUSED" };

describe("the breaker", () => {
  it("opens after two failures in a row, at once where it is sure, and only once", () => {
    const breaker = closed();
    expect(fail(breaker, busy, false, policy, 0, () => 1)).toBe(false);
    succeed(breaker);
    expect(fail(breaker, busy, false, policy, 0, () => 1)).toBe(false);
    expect(fail(breaker, busy, false, policy, 0, () => 1)).toBe(true);
    expect(fail(breaker, busy, false, policy, 1, () => 1)).toBe(false);
    expect(breaker.openUntilMs).toBe(policy.openMs);
    expect(fail(closed(), gone, false, policy, 0, () => 1)).toBe(true);
    expect(fail(closed(), { kind: "cut" }, true, policy, 0, () => 1)).toBe(true);
  });

  it("lets one probe through when its time has come", () => {
    const breaker = closed();
    fail(breaker, gone, false, policy, 0, () => 1);
    expect(stateOf(breaker, policy.openMs - 1)).toBe("open");
    expect(stateOf(breaker, policy.openMs)).toBe("probe");
    breaker.probing = true;
    expect(stateOf(breaker, policy.openMs)).toBe("open");
    release(breaker);
    expect(stateOf(breaker, policy.openMs)).toBe("probe");
    expect(succeed(breaker)).toBe(true);
    expect(breaker).toEqual(closed());
  });

  it("waits longer each time, with full jitter, and never longer than the policy says", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 12 }), (jitters) => {
        const breaker = closed();
        let at = 0;
        for (const [n, jitter] of jitters.entries()) {
          fail(breaker, gone, false, policy, at, () => jitter);
          const ms = breaker.openUntilMs - at;
          expect(ms).toBeGreaterThan(999);
          expect(ms).toBeLessThan(
            0.001 + Math.max(1_000, Math.min(policy.maxOpenMs, policy.openMs * 2 ** n)),
          );
          at = breaker.openUntilMs;
        }
      }),
    );
  });

  it("waits at least as long as a missed deadline took", () => {
    const breaker = closed();
    const silence = { kind: "deadline", phase: "idle", ms: 60_000 } as const;
    fail(breaker, silence, true, policy, 0, () => 0);
    expect(breaker.openUntilMs).toBe(60_000);
  });

  it("honours what the vendor asks, and spreads it", () => {
    const breaker = closed();
    fail(breaker, { kind: "status", status: 429, retryAfterMs: 20_000 }, false, policy, 0, () => 0.5);
    expect(breaker.openUntilMs).toBe(21_000);
  });
});

it("the budget allows a fifth of the requests, and one a second", () => {
  const budget = fullBudget(0);
  let taken = 0;
  for (let i = 0; i < 1_000; i++) {
    deposit(budget);
    if (withdraw(budget, 0)) taken++;
  }
  expect(taken).toBeGreaterThanOrEqual(200);
  expect(taken).toBeLessThanOrEqual(225);
  expect(withdraw(budget, 0)).toBe(false);
  expect(withdraw(budget, 1_100)).toBe(true);
});

describe("deadlines", () => {
  const cloud = target("cloud/m", "http://x");
  const local = target("local/m", "http://x", { local: true });
  const at = (pace = unknownPace(), tokens = 0, one = cloud, isLast = false) =>
    deadlinesFor(policy, one, pace, tokens, isLast);

  it("are those of the policy at first, and longer for longer prompts", () => {
    expect(at()).toMatchObject({ connectMs: 3_000, headersMs: 10_000, contentMs: 60_000, idleMs: 60_000 });
    expect(at(unknownPace(), 100_000).headersMs).toBe(20_000);
    expect(at(unknownPace(), 20_000, local).headersMs).toBe(110_000);
    expect(at(unknownPace(), 9_999_999, local).headersMs).toBe(policy.totalMs);
  });

  it("do not count where nobody else is left", () => {
    expect(at(unknownPace(), 0, cloud, true)).toMatchObject({
      headersMs: 600_000,
      contentMs: 600_000,
      idleMs: 60_000,
    });
  });

  it("learn from slow answers, and from deadlines that were missed", () => {
    const pace = unknownPace();
    learnFrom(pace, cloud, 0, { headersMs: 8_000, contentMs: 1_000 });
    expect(at(pace).headersMs).toBe(24_000);
    for (let i = 0; i < 40; i++) learnFrom(pace, cloud, 0, { headersMs: 500, contentMs: 500 });
    expect(at(pace).headersMs).toBe(10_000);
    pace.missed = 9;
    expect(at(pace).headersMs).toBe(22_500);
    learnFrom(pace, cloud, 0, { headersMs: 500_000, contentMs: 0 });
    expect(at(pace).headersMs).toBe(40_000);
  });
});

describe("failures", () => {
  it("outages are what another target may not have", () => {
    const codes = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504, 529];
    expect(codes.filter(isOutage)).toEqual([402, 408, 429, 500, 501, 502, 503, 504, 529]);
  });

  it.each([
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:10 GMT" }, 9_000],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
    [{ "retry-after-ms": "70", "retry-after": "9" }, 70],
    [{ "retry-after": "-3" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("the wait of %o is %s", (headers, ms) => {
    expect(retryAfter(headers, 1_000)).toBe(ms);
  });

  it("are told in a few words", () => {
    expect(said({ kind: "deadline", phase: "headers", ms: 10_000 })).toBe("no response for 10 s");
    expect(said({ kind: "deadline", phase: "idle", ms: 1_500 })).toBe("silence for 1.5 s");
    expect(said(busy)).toBe("status 503");
    expect(said({ kind: "dns", detail: "ENOTFOUND" })).toBe("name not found (ENOTFOUND)");
  });
});

describe("a body", () => {
  it("gets another model and nothing else", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.string(),
        fc.constantFrom(undefined, 1, "\t"),
        (before, after, old, model, indent) => {
          const { model: _, ...rest } = before;
          const { model: __, ...more } = after;
          const text = JSON.stringify({ ...rest, model: old, ...more }, null, indent);
          const body = bodyOf(Buffer.from(text))!;
          const got = withModel(body, model).toString();
          expect(JSON.parse(got)).toEqual({ ...JSON.parse(text), model });
          expect(got.length - text.length).toBe(JSON.stringify(model).length - JSON.stringify(old).length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(["", "[]", "null", "1", '{"a":}', "{"])("%j is none", (text) => {
    expect(bodyOf(Buffer.from(text))).toBeUndefined();
  });

  it("keys in other spellings, and twice, are found", () => {
    const change = (text: string) => withModel(bodyOf(Buffer.from(text))!, "new").toString();
    expect(change('{"mod\\u0065l":"old"}')).toBe('{"mod\\u0065l":"new"}');
    expect(change('{"a":"\\\\","model":"old"}')).toBe('{"a":"\\\\","model":"new"}');
    expect(change('{"model":"x","model":"old"}')).toBe('{"model":"x","model":"new"}');
  });
});

describe("credentials", () => {
  it("are what a dialect's client sends, and no placeholder", () => {
    const found = (headers: Record<string, string>) => credentialOf(messages, headers, "")?.secret;
    expect(found({ authorization: "bearer  abc" })).toBe("abc");
    expect(found({ "x-api-key": "k" })).toBe("k");
    expect(found({ "x-api-key": "portable", authorization: "Bearer real" })).toBe("real");
    expect(found({ authorization: "Bearer portable" })).toBeUndefined();
    expect(found({ "x-goog-api-key": "k" })).toBeUndefined();
    expect(found({})).toBeUndefined();
  });

  it("are known by hashes that differ by salt and origin", () => {
    const prints = [
      fingerprint("a", "o", "s"),
      fingerprint("b", "o", "s"),
      fingerprint("a", "p", "s"),
      fingerprint("a", "o", "t"),
    ];
    expect(new Set(prints).size).toBe(4);
    for (const print of prints) expect(print).toMatch(/^[0-9a-f]{32}$/);
  });

  it("leave a query without a trace", () => {
    expect(withoutKey("alt=sse&key=secret&x=1")).toBe("alt=sse&x=1");
    expect(withoutKey("key=secret")).toBe("");
    expect(withoutKey("monkey=1&keys=2")).toBe("monkey=1&keys=2");
  });

  it("that were refused and then taken start anew", () => {
    const known = signIns([]);
    expect(refused(known, "p")).toBe("unknown");
    expect(accepted(known, "p")).toBe(true);
    expect([refused(known, "p"), refused(known, "p")]).toEqual(["once", "outage"]);
    expect(accepted(known, "p")).toBe(false);
    expect(refused(known, "p")).toBe("once");
  });
});

describe("headers", () => {
  it("credentials never go on by themselves, whatever their case", () => {
    const names = ["Authorization", "X-API-KEY", "x-goog-api-key", "Api-Key", "Proxy-Authorization"];
    fc.assert(
      fc.property(fc.subarray(names), fc.boolean(), (some, isOwn) => {
        const raw = ["Accept", "a", ...some.flatMap((name) => [name, "secret"])];
        expect(forwarded(raw, isOwn, () => false)).toEqual(["Accept", "a"]);
      }),
    );
    expect(forwarded(["Cookie", "a"], true, () => false)).toEqual(["Cookie", "a"]);
    expect(forwarded(["Cookie", "a"], false, () => false)).toEqual([]);
  });

  it("come back without those of the connection", () => {
    const raw = [
      "Content-Length",
      "3",
      "Connection",
      "X-A, close",
      "X-A",
      "1",
      "Set-Cookie",
      "a",
      "Set-Cookie",
      "b",
    ];
    expect(returned(raw, false)).toEqual(["Set-Cookie", "a", "Set-Cookie", "b"]);
  });

  it("hold one line of plain text", () => {
    expect(headerText("a\r\nSet-Cookie: x\u2028é")).toBe("a Set-Cookie: x ");
    expect(carried("bearer", "k")).toEqual(["Authorization", "Bearer k"]);
    expect(carried("x-api-key", "k")).toEqual(["x-api-key", "k"]);
  });
});
