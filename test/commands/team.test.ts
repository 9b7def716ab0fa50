import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const text = readFileSync(join(import.meta.dirname, "../../templates/litellm.compose.yaml"), "utf8");
const compose = parse(text) as { services: Record<string, any>; volumes: Record<string, unknown> };

test("the compose file names images by tag, never a digest of its own", () => {
  const images = Object.values(compose.services).map((s) => String(s.image));
  expect(images).toHaveLength(3);
  for (const image of images) expect(image).toMatch(/:[\w.-]+\}?$/);
  expect(text).not.toContain("@sha256");
});

test("it holds no key: each is a variable without a default", () => {
  for (const [, name, rest] of text.matchAll(/\$\{(\w*(?:KEY|PASSWORD|SECRET|TOKEN)\w*)([^}]*)\}/g))
    expect(rest, name).toMatch(/^:\?/);
  for (const line of text
    .split("\n")
    .filter((l) => /PASSWORD|_KEY|DATABASE_URL/.test(l) && !l.startsWith("#")))
    expect(line).toContain("${");
});

test("servers of this machine have a name in it", () =>
  expect(compose.services["litellm"].extra_hosts).toEqual(["host.docker.internal:host-gateway"]));

test("it listens on this machine only unless told otherwise, and waits for what it needs", () => {
  expect(compose.services["litellm"].ports).toEqual(["${LITELLM_BIND:-127.0.0.1}:4000:4000"]);
  const needs = Object.keys(compose.services["litellm"].depends_on);
  expect(needs.sort()).toEqual(["db", "redis"]);
  for (const name of needs) expect(compose.services[name].healthcheck).toBeDefined();
  expect(compose.services["db"].ports ?? compose.services["redis"].ports).toBeUndefined();
});
