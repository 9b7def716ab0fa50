import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf, isNothing, runsIn } from "../../src/findings/runs.ts";

const word = fc.string({ minLength: 1, maxLength: 12 });
const name = fc.stringMatching(/^X_[A-Z]{1,8}$/);
const server = fc.record({
  command: word,
  args: fc.array(word, { maxLength: 4 }),
  env: fc.dictionary(name, word, { maxKeys: 3 }),
  headers: fc.dictionary(name, word, { maxKeys: 3 }),
});
const hash = (value: unknown): string => hashOf(runsIn(value, false));

describe("the hash over what runs", () => {
  test("does not see values of variables and headers, nor the order of keys", () => {
    fc.assert(
      fc.property(server, word, (s, other) => {
        const masked = (map: Record<string, string>) =>
          Object.fromEntries(
            Object.keys(map)
              .reverse()
              .map((k) => [k, other]),
          );
        const same = { headers: masked(s.headers), env: masked(s.env), args: s.args, command: s.command };
        expect(hash(same)).toBe(hash(s));
      }),
      { numRuns: 150 },
    );
  });

  test("sees every other change", () => {
    fc.assert(
      fc.property(server, server, (a, b) => {
        const alike = JSON.stringify([
          a.command,
          a.args,
          Object.keys(a.env).sort(),
          Object.keys(a.headers).sort(),
        ]);
        const other = JSON.stringify([
          b.command,
          b.args,
          Object.keys(b.env).sort(),
          Object.keys(b.headers).sort(),
        ]);
        expect(hash(a) === hash(b)).toBe(alike === other);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["a word moves from the command to its arguments", { command: "npx x" }, { command: "npx", args: ["x"] }],
    ["two arguments become one", { command: "a", args: ["b", "c"] }, { command: "a", args: ["b c"] }],
    ["a folder", { command: "a" }, { command: "a", cwd: "vendor" }],
    ["a URL", { url: "https://a.example" }, { url: "https://a.example/" }],
    ["the name of a header", { url: "u", headers: { A: "1" } }, { url: "u", headers: { B: "1" } }],
    [
      "a value that redirects",
      { command: "a", env: { HTTPS_PROXY: "x" } },
      { command: "a", env: { HTTPS_PROXY: "y" } },
    ],
    [
      "a value that loads code",
      { command: "a", env: { NODE_OPTIONS: "" } },
      { command: "a", env: { NODE_OPTIONS: "-r x" } },
    ],
    ["a file of variables", { command: "a" }, { command: "a", envFile: "x.env" }],
    ["a helper for headers", { url: "u" }, { url: "u", headersHelper: "./x.sh" }],
    ["a system's own command", { command: "a" }, { command: "a", windows: { command: "b" } }],
  ])("sees %s", (_, a, b) => expect(hash(a)).not.toBe(hash(b)));

  test.each([
    ["Claude's and opencode's spelling", { command: "node", args: ["x"] }, { command: ["node", "x"] }],
    ["Zed's older spelling", { command: "node", args: ["x"] }, { command: { path: "node", args: ["x"] } }],
    ["the case of a header", { url: "u", headers: { "X-A": "1" } }, { url: "u", headers: { "x-a": "2" } }],
    ["Cline's inner transport", { url: "u" }, { transport: { type: "sse", url: "u" } }],
    ["Gemini's key for a URL", { url: "u" }, { httpUrl: "u" }],
    ["what runs nothing", { command: "a" }, { command: "a", timeout: 5, disabled: false }],
  ])("is the same for %s", (_, a, b) => expect(hash(a)).toBe(hash(b)));

  test("is 20 hex digits, whatever it is given", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hash(value)).toMatch(/^[0-9a-f]{20}$/);
      }),
      { numRuns: 150 },
    );
  });

  test("a value without command, URL or file runs nothing", () => {
    for (const value of [undefined, null, 7, {}, { type: "prompt", prompt: "x" }, []])
      expect(isNothing(runsIn(value, true)), JSON.stringify(value)).toBe(true);
  });
});
