import fc from "fast-check";
import { expect, test } from "vitest";
import { eventOf, splitter } from "../../src/proxy/sse.ts";

/** Feeds chunks; gives the events, and the bytes up to the end of the last one. */
const run = (chunks: readonly Buffer[]): { events: string[]; safe: string; pending: number } => {
  const split = splitter();
  const events: string[] = [];
  const safe: Buffer[] = [];
  let held: Buffer[] = [];
  for (const chunk of chunks) {
    let end = 0;
    split.push(chunk, (text, at) => {
      events.push(text);
      end = at;
      return true;
    });
    if (end) {
      safe.push(...held, chunk.subarray(0, end));
      held = [];
    }
    held.push(chunk.subarray(end));
  }
  return { events, safe: Buffer.concat(safe).toString(), pending: split.pending() };
};
const cutAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i]!, end));
};

const line = fc.string({ unit: "grapheme", maxLength: 8 }).map((s) => s.replaceAll(/[\r\n]/g, "x"));
const event = fc
  .array(fc.tuple(fc.constantFrom("data: ", "data:", "event: ", ": ", "id: "), line), {
    minLength: 1,
    maxLength: 3,
  })
  .map((lines) => lines.map(([field, value]) => field + value));

test("events are the same however the bytes are cut, and their ends are where they end", () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 5 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.nat(500), { maxLength: 20 }),
      fc.constantFrom("", "data: half", "data: ä", "data: x\n"),
      (events, end, cuts, rest) => {
        const texts = events.map((lines) => lines.map((l) => l + end).join("") + end);
        const bytes = Buffer.from(texts.join("") + rest);
        const got = run(cutAt(bytes, cuts));
        expect(got.events.map(eventOf)).toEqual(texts.map(eventOf));
        expect(bytes.toString().startsWith(got.safe)).toBe(true);
        // of a CRLF that was cut in two the second half may come later
        expect(texts.join("").length - got.safe.length).toBeLessThanOrEqual(end === "\r\n" ? 1 : 0);
        if (end !== "\r" || !rest) expect(got.pending).toBeGreaterThanOrEqual(Buffer.byteLength(rest) && 1);
      },
    ),
    { numRuns: 300 },
  );
});

test("lines of data are joined, one space is no part of them", () => {
  expect(eventOf("event: a\ndata: 1\ndata:  2\r\ndata:3\rid: x\n\n")).toEqual({
    name: "a",
    data: "1\n 2\n3",
  });
  expect(eventOf(": comment\n\n")).toEqual({ name: "", data: undefined });
  expect(eventOf("data\n\n")).toEqual({ name: "", data: undefined });
  expect(eventOf("data:\n\n")).toEqual({ name: "", data: "" });
});

test("a long event costs no more than its bytes", () => {
  const chunk = Buffer.from("x".repeat(1024));
  const split = splitter();
  let count = 0;
  split.push(Buffer.from("data: "), () => true);
  for (let i = 0; i < 8_000; i++) split.push(chunk, () => true);
  expect(split.pending()).toBe(6 + 8_000 * 1024);
  split.push(Buffer.from("\n\n"), (text) => {
    count += text.length;
    return true;
  });
  expect(count).toBe(8 + 8_000 * 1024);
});
