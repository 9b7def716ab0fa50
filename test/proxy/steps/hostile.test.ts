import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireDialect } from "../../../src/providers/index.ts";
import { edited, edits } from "../../../src/proxy/steps/shape.ts";
import { registration, rig, serveMock, target, whole } from "./rig.ts";

const dialects: readonly WireDialect[] = ["messages", "chat", "responses", "gemini"];
/** A part of a request that looks right where it matters, and holds anything elsewhere. */
const part = (inner: fc.Arbitrary<unknown>) =>
  fc.record(
    {
      type: fc.constantFrom(
        ...[
          "text",
          "thinking",
          "redacted_thinking",
          "tool_use",
          "tool_result",
          "tool_reference",
          "reasoning",
        ],
        ...[
          "function_call",
          "function_call_output",
          "custom_tool_call",
          "custom_tool_call_output",
          "image",
          "",
          "x",
        ],
      ),
      role: fc.constantFrom("user", "assistant", "system", "developer", "tool", "model"),
      content: inner,
      parts: inner,
      output: inner,
      text: fc.constantFrom("", "a", null, "x-anthropic-billing-header: a"),
      reasoning_content: fc.constant("r"),
      id: fc.oneof(fc.string({ maxLength: 3 }), fc.constant(7)),
      call_id: fc.oneof(fc.string({ maxLength: 90 }), fc.constant(null)),
      tool_use_id: fc.string({ maxLength: 3 }),
      signature: fc.constantFrom("", "s".repeat(80), null),
      tool_calls: inner,
      functionCall: fc.constant({}),
      thoughtSignature: fc.constantFrom("s", ""),
    },
    { requiredKeys: [] },
  );
const few = (entry: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(entry, { maxLength: 3 }) },
    fc.constantFrom(null, 1, "", "a", {}, ["x", null]),
  );
const turns = few(part(few(part(few(part(fc.constant("end")))))));
const request = fc.record(
  {
    messages: turns,
    input: turns,
    contents: turns,
    system: turns,
    metadata: fc.constant({}),
    store: fc.boolean(),
    tools: turns,
    thinking: fc.constantFrom({ type: "enabled", budget_tokens: 9 }, null, 5),
    max_tokens: fc.constantFrom(1, 1e9, "x", null),
    tool_choice: fc.constantFrom({ type: "tool", name: "x" }, "auto", null),
  },
  { requiredKeys: [] },
);
const setting = fc.record({
  isVendor: fc.boolean(),
  tokens: fc.constantFrom(0, 1e6),
  facts: fc.constantFrom({}, { context: 1_000, vision: false }),
  isForeign: fc.constantFrom(
    () => true,
    () => false,
  ),
});

test("whatever a request holds, edits neither fail nor change it in place, and doing them twice changes nothing more", () => {
  const done = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...dialects), request, setting, (dialect, json, at) => {
      const before = JSON.stringify(json);
      const once = edited(dialect, json, at);
      for (const { id } of once.by) done.add(id);
      expect(JSON.stringify(json)).toBe(before);
      if (!once.by.length) expect(once.json).toBe(json);
      const twice = edited(dialect, once.json, at);
      expect(twice.by.map(({ id }) => id)).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(done.size, "the test reaches nearly every edit").toBeGreaterThan(edits.length - 4);
});

test("a body that is nested beyond all reason ends its own request at most", async () => {
  const cloud = await serveMock((_, response) => whole(response, 529, {}));
  const local = await serveMock((_, response) => whole(response, 200, { content: [] }));
  const chain = registration(
    [
      target("cloud/big", cloud.origin, ["messages"], { own: ["messages"] }),
      target("local/small", local.origin, ["messages"], { local: true }),
    ],
    { warm: true },
  );
  const proxy = await rig(chain);
  const deep = `${"[".repeat(24_000)}${"]".repeat(24_000)}`;
  const ask = (content: string, more = ""): Promise<Response> =>
    fetch(`${proxy.base}/v1/messages`, {
      method: "POST",
      body: `{"model":"big","max_tokens":9${more},"messages":[{"role":"user","content":${content}}]}`,
      headers: { "content-type": "application/json" },
    });
  for (const more of ["", ',"metadata":{}']) {
    const odd = await ask(deep, more);
    expect([200, 400, 500]).toContain(odd.status);
    await odd.text();
  }
  const next = await ask('"hi"');
  expect(next.status).toBe(200);
  await next.text();
  await Promise.all([proxy.close(), local.close(), cloud.close()]);
});
