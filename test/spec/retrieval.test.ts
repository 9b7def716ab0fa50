import { describe, expect, test } from "vitest";
import { emptyWorld } from "../../src/core/surface.ts";
import { readItems } from "../../src/spec/load.ts";

const read = (...lines: string[]) => {
  const text = `${["portable: 1", "retrieval:", "  handbook:", "    http:", ...lines].join("\n")}\n`;
  const world = { ...emptyWorld(), files: new Map([["portable.yaml", text]]) };
  const { spec, diagnostics } = readItems(world, [], { portable: 1 });
  return { entries: spec.retrieval, told: diagnostics.map((d) => `${d.code} ${d.reason}`) };
};
const url = "      url: https://x.test/search";

describe("an HTTP endpoint in the spec", () => {
  test("is read with all that it declares", () => {
    const { entries, told } = read(
      url,
      "      shape: openai",
      "      request:",
      "        method: POST",
      "        query: /q/text",
      "        limit: top",
      "        body:",
      '          key: "${SEARCH_KEY}"',
      "      results:",
      "        at: hits",
      '        text: "/parts/*/text"',
      "      timeoutMs: 500",
      "      maxReplyBytes: 1000",
      "      maxTextBytes: 100",
    );
    expect(told).toEqual([]);
    expect(entries).toEqual([
      {
        name: "handbook",
        source: {
          type: "http",
          http: {
            url: ["https://x.test/search"],
            shape: "openai",
            request: { method: "POST", query: "/q/text", limit: "top", body: { key: "${SEARCH_KEY}" } },
            results: { at: "hits", text: "/parts/*/text" },
            timeoutMs: 500,
            maxReplyBytes: 1000,
            maxTextBytes: 100,
          },
        },
      },
    ]);
  });
  test("bounds are whole numbers, words are known ones", () => {
    for (const line of ["timeoutMs: 0", "maxTextBytes: -1", "maxReplyBytes: 1.5", "shape: cohere"])
      expect(read(url, `      ${line}`).told, line).toMatchObject([expect.stringMatching(/^spec\/value /)]);
    expect(read(url, "      request:", "        method: PUT").told).toHaveLength(1);
  });
  test("a credential in its body is refused, a reference is none", () => {
    const body = (key: string) =>
      read(url, "      request:", "        body:", `          api_key: "${key}"`).told;
    expect(body("${TAVILY_KEY}")).toEqual([]);
    const key = `sk-${"a1B2".repeat(12)}`;
    const [told] = body(key);
    expect(told).toMatch(/^spec\/secret /);
    expect(told).not.toContain(key);
  });
});
