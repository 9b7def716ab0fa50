import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { masked } from "../../src/core/secret-text.ts";

const key = ["sk", "ant", "api03", "Kp4sTd".repeat(7)].join("-");
const random = createHash("sha256").update("x").digest("base64url").slice(0, 30);

describe("what is shown", () => {
  test.each([
    `apiKey: ${key}`,
    `"apiKey": "${key}"`,
    `{ "a": 1, "Authorization": "Bearer ${random}" }`,
    `api_key = '${random}'`,
    `  token: ${random} # mine`,
    `API_TOKEN=${random} npm start`,
    `{apiKey: ${random}, x: y}`,
    `postgres://me:${random}@db.example/x`,
    `two: ${key} and ${key}`,
    `${key}`,
  ])("hides the credential of %#", (text) => {
    expect(masked(text)).not.toContain(key);
    expect(masked(text)).not.toContain(random);
    expect(masked(text)).toHaveLength(text.length);
  });

  test.each([
    "apiKey: ${ANTHROPIC_API_KEY}",
    "token: your-token-here",
    "Small functions: 12 lines",
    "see https://example.com/a?b=c#d",
    "sk-ant-xxxxxxxxxxxxxxxxxxxx",
    "# sha256: 0123456789abcdef",
  ])("leaves %j as it is", (text) => expect(masked(text)).toBe(text));

  test("keeps its length and a second masking changes nothing", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.constantFrom(key, random, "apiKey: ", '"', "://a:", "@", "\n", "{", ", ")),
          { maxLength: 8 },
        ),
        (parts) => {
          const text = parts.join(" ");
          const once = masked(text);
          expect(once).toHaveLength(text.length);
          expect(once).not.toContain(key);
          expect(masked(once)).toBe(once);
        },
      ),
      { numRuns: 500, seed: 20261122 },
    );
  });

  // with the square of it, one of these takes minutes
  test("is told in time that grows with the text", { timeout: 20_000 }, () => {
    masked(`${"a:".repeat(20_000)}\n${"'".repeat(20_000)}\n${"x://a:".repeat(5_000)}`);
    for (const part of [
      "a",
      "a.",
      "-",
      '"a',
      "'a'",
      "a =",
      " ",
      "://",
      "x:",
      "://a",
      "a: ",
      'a:"',
      `${key} `,
    ])
      expect(masked(part.repeat(100_000 / part.length))).not.toContain(key);
  });
});
