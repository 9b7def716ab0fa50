import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plan } from "../src/core/plan.ts";
import { emptySpec, type Model, type Server, type Spec } from "../src/core/spec.ts";
import { emptyWorld } from "../src/core/surface.ts";
import { roo } from "../src/targets/roo.ts";
import { profiles } from "../src/targets/roo-profile-reads.ts";
import { spec } from "../test/arbitraries.ts";
import { faults, isServer, missing, types } from "./roo-judge.ts";

const name = types ? `@roo-code/types ${types.version}` : "@roo-code/types";
const runs = Number(process.env["LAWS"] ?? 300);
const built = (s: Spec) => plan({ targets: [roo], spec: s, world: emptyWorld() });

const url = fc.tuple(
  fc.constantFrom("https://x.example", "http://127.0.0.1:80", "https://"),
  fc.constantFrom<(string | { env: string })[]>(["/mcp"], [{ env: "X" }], ["/", { env: "X" }], ["/a b"], []),
);
const server: fc.Arbitrary<Server> = fc.record({
  name: fc.constantFrom("a", "b.c", "d e"),
  transport: url.map(([head, rest]) => ({ type: "http" as const, url: [head, ...rest] })),
  timeoutMs: fc.constantFrom(0, 999, 1000, 1500.5, 3_600_000, 3_600_001),
});
const model: fc.Arbitrary<Model> = fc
  .record({
    name: fc.constantFrom("main", "fast", "x y"),
    provider: fc.record(
      {
        name: fc.constantFrom("own", "1"),
        type: fc.constantFrom(...Object.keys(profiles), "unknown"),
        origin: fc.constantFrom(["http://127.0.0.1:1/"], [{ env: "X" }]),
        region: fc.constant("eu"),
        project: fc.constant("p"),
        apiKey: fc.constant(["sk-1"]),
        headers: fc.constant({ A: ["b"] }),
      },
      { requiredKeys: ["name", "type"] },
    ),
  })
  .map(({ name, provider }) => ({ name, chain: [`${provider.name}/m`], steps: [{ provider, id: "m" }] }));
const unique = <I extends { name: string }>(of: fc.Arbitrary<I>) =>
  fc.uniqueArray(of, { selector: (i) => i.name, maxLength: 3 });
const servers = unique(server);
const models = unique(model);

describe(`${name} takes what is written`, () => {
  test("whatever the spec, over an older build too", (context) => {
    context.skip(!types, missing);
    const seen: Record<string, number> = {};
    fc.assert(
      fc.property(spec, spec, servers, models, (older, newer, more, aliases) => {
        const whole = {
          ...newer,
          server: [...newer.server, ...more.filter((m) => !newer.server.some((s) => s.name === m.name))],
          model: [...newer.model.filter((m) => !aliases.some((a) => a.name === m.name)), ...aliases],
        };
        const first = built(older);
        const over = plan({ targets: [roo], spec: whole, world: first.after });
        for (const p of [first, built(whole), over]) {
          expect(faults(p.after.files)).toEqual([]);
          for (const f of p.after.files.keys())
            seen[f.replace(/(skills|rules[^/]*|commands)\/.*/, "$1")] =
              (seen[f.replace(/(skills|rules[^/]*|commands)\/.*/, "$1")] ?? 0) + 1;
        }
      }),
      { numRuns: runs, seed: 20261122 },
    );
    for (const file of [".roomodes", ".roo/mcp.json", ".roo/settings-export.json", ".roo/skills"])
      expect(seen[file] ?? 0, file).toBeGreaterThan(runs / 10);
  });

  test("every kind of provider has a profile", (context) => {
    context.skip(!types, missing);
    for (const [type, { apiProvider }] of Object.entries(profiles)) {
      expect(types.isProviderName(apiProvider), type).toBe(true);
      const origin = ["https://server.example"];
      const steps = [{ provider: { name: type, region: "r", project: "p", origin }, id: "m" }];
      const p = built({ ...emptySpec(), model: [{ name: "main", chain: [`${type}/m`], steps }] });
      expect(p.after.files.has(".roo/settings-export.json"), type).toBe(true);
      expect(faults(p.after.files)).toEqual([]);
    }
  });
});

describe(`${name} would see it otherwise`, () => {
  const wrong: [string, string, string][] = [
    [
      "a server called http",
      ".roo/mcp.json",
      '{"mcpServers":{"a":{"type":"http","url":"https://x.example"}}}',
    ],
    ["a hole at the host", ".roo/mcp.json", '{"mcpServers":{"a":{"type":"sse","url":"https://${env:H}/x"}}}'],
    ["no time", ".roo/mcp.json", '{"mcpServers":{"a":{"command":"x","timeout":0}}}'],
    ["an empty command", ".roo/mcp.json", '{"mcpServers":{"a":{"command":""}}}'],
    [
      "a slug with a blank",
      ".roomodes",
      "customModes:\n  - {slug: a b, name: A, roleDefinition: x, groups: []}",
    ],
    ["no groups", ".roomodes", "customModes:\n  - {slug: a, name: A, roleDefinition: x}"],
    [
      "a group that is none",
      ".roomodes",
      "customModes:\n  - {slug: a, name: A, roleDefinition: x, groups: [all]}",
    ],
    ["a skill's name", ".roo/skills/My_Skill/SKILL.md", ""],
    ["no current profile", ".roo/settings-export.json", '{"providerProfiles":{"apiConfigs":{"a":{}}}}'],
    [
      "a key of another provider",
      ".roo/settings-export.json",
      '{"providerProfiles":{"currentApiConfigName":"a","apiConfigs":{"a":{"apiProvider":"ollama","openAiModelId":"x"}}}}',
    ],
  ];
  for (const [title, path, text] of wrong)
    test(title, (context) => {
      context.skip(!types, missing);
      expect(faults(new Map([[path, text]]))).not.toEqual([]);
    });
  test("and takes a url without type", () => expect(isServer({ url: "https://x.example" })).toBe(true));
});
