import fc from "fast-check";
import { expect, test } from "vitest";
import { entryOf, isUsual, originIn } from "../../src/providers/entry.ts";
import { isLoopback } from "../../src/providers/index.ts";

test("an entry is named by what it says", () => {
  expect(entryOf("openai", {})).toEqual({ name: "openai" });
  expect(entryOf("openai-compatible", { origin: ["https://gw.example.com:8443/x/"] }).name).toBe(
    "gw.example.com-8443-x",
  );
  expect(entryOf("openai", { apiKey: [{ env: "SECOND_OPENAI_API_KEY" }] }).name).toBe("openai-second-openai");
  expect(entryOf("amazon-bedrock", { region: "us-east-1" })).toEqual({
    name: "amazon-bedrock-us-east-1",
    type: "amazon-bedrock",
    region: "us-east-1",
  });
  expect(entryOf("azure", { origin: [{ env: "BASE" }] }).name).toBe("BASE");
});

test("names are names, whatever the address, and hold nothing of a password in it", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.uuid(), (url, password) => {
      const { name } = entryOf("openai-compatible", {
        origin: [url.replace("://", `://user:${password}@`)],
      });
      expect(name).toMatch(/^[\w.-]+$/);
      expect(name).not.toContain(password);
    }),
    { numRuns: 100 },
  );
});

test("an origin is an address without the path of the dialect", () => {
  expect(originIn("https://h/v1/", "openai-compatible")).toBe("https://h");
  expect(originIn("https://h/api/v1", "openai")).toBe("https://h/api");
  expect(originIn("https://h/v2", "openai")).toBeUndefined();
  expect(originIn("http://h:11434/", "ollama")).toBe("http://h:11434");
  expect(isUsual("ollama", "http://localhost:11434")).toBe(true);
  expect(isUsual("ollama", "http://10.0.0.1:11434")).toBe(false);
});

test.for([
  ["http://127.0.0.1:8080", true],
  ["http://localhost", true],
  ["http://LOCALHOST:1/x", true],
  ["http://a.localhost:1", true],
  ["http://127.1:1", true],
  ["http://0.0.0.0:4000", true],
  ["http://[::1]:4000", true],
  ["http://u:p@127.0.0.1:1/", true],
  ["http://[::ffff:127.0.0.1]/", true],
  ["https://127.0.0.1.example.com", false],
  ["https://localhost.example.com", false],
  ["https://example.com/127.0.0.1", false],
  ["https://example.com:80/@127.0.0.1", false],
  ["http://example.com\\@localhost", false],
  ["http://example.com\\@127.0.0.1:8080/", false],
  ["http://localhost@example.com", false],
  ["http://10.0.0.1", false],
  ["", false],
] as [string, boolean][])("%s is an address of this machine: %s", ([origin, is]) =>
  expect(isLoopback(origin)).toBe(is),
);
