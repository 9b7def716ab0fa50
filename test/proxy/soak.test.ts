import { describe, expect, test } from "vitest";
import { tongues } from "../../bench/failover/answers.ts";
import { soaked } from "../../bench/proxy/soaking.ts";
import { faults, wordsFor } from "../../bench/proxy/storm.ts";
import { type Ask, dialects, judged } from "../../bench/proxy/talk.ts";
import { samples } from "./dialect-streams.ts";

const id = "soak-5";
const words = wordsFor(id);
const response = (text: string, status = 200, isCut = false) =>
  ({ end: "response", status, headers: {}, text, isCut }) as const;
const ask = (dialect: Ask["dialect"], streams: boolean): Ask => ({
  id,
  dialect,
  streams,
  patienceMs: undefined,
});

describe.each(dialects)("what counts as an answer: %s", (dialect) => {
  const { opening, text, closing, overloaded } = samples[dialect];
  const stream = (said: readonly string[], end: string): string =>
    [...opening, ...said.map(text), end].join("");
  const verdict = (body: string, status?: number, isCut?: boolean) =>
    judged(ask(dialect, true), response(body, status, isCut));
  const whole = (said: string) => JSON.stringify(tongues[dialect].whole({ text: said }, "m"));

  test("a stream with all words once, in order, to its end", () => {
    expect(verdict(stream(words, closing.join("")))).toBe("answered");
    expect(verdict(stream(words, closing.join("")), 200, true)).toBeUndefined();
    expect(verdict(stream(words, ""))).toBeUndefined();
    expect(verdict(stream(words.slice(1), closing.join("")))).toBeUndefined();
    expect(verdict(stream([...words, words[0]!], closing.join("")))).toBeUndefined();
    expect(verdict(stream(wordsFor("soak-6"), closing.join("")))).toBeUndefined();
  });

  test("a beginning, and the dialect's error event", () => {
    const broken = dialect === "gemini" ? JSON.stringify(tongues.gemini.fault(503)) : overloaded;
    const own = dialect === "responses" ? broken.replace("server_is_overloaded", "server_error") : broken;
    expect(verdict(stream(words.slice(0, 3), own))).toBe("ended by its error event");
    expect(verdict(stream(words.slice(1, 3), own))).toBeUndefined();
    expect(verdict(stream(words.slice(0, 3), own) + stream(words, closing.join("")))).toBeUndefined();
  });

  test("a whole answer, or an error in the dialect", () => {
    const of = (body: string, status = 200) => judged(ask(dialect, false), response(body, status));
    expect(of(whole(words.join("")))).toBe("answered");
    expect(of(whole(words.join("").repeat(2)))).toBeUndefined();
    expect(of("")).toBeUndefined();
    expect(of(JSON.stringify(tongues[dialect].fault(503)), 503)).toBe("refused in its dialect");
    expect(of("<html>", 503)).toBeUndefined();
    expect(of(JSON.stringify({ error: {} }), 503)).toBeUndefined();
  });
});

test("ten seconds of faults, kills and clients that hang up: every answer is well-formed, none is lost or doubled", async () => {
  const result = await soaked({ seconds: 10, clients: 4, seed: 20_261_126, note: () => {} });
  expect(result.violations).toEqual([]);
  expect(result.kills).toBeGreaterThan(0);
  expect(Object.keys(result.played)).toEqual(expect.arrayContaining([...faults, "good", "refused"]));
  expect(result.ends["answered"]).toBeGreaterThan(result.requests / 2);
  expect(result.ends["ended by its error event"]).toBeGreaterThan(0);
  expect(result.grownMB).toBeLessThan(8);
});
