import { describe, expect, test } from "vitest";
import type { WireDialect } from "../../../src/providers/index.ts";
import type { Setting } from "../../../src/proxy/steps/edit.ts";
import { allEdits, edited, isSuspicious, publicHeaders } from "../../../src/proxy/steps/shape.ts";
import type { Json } from "./rig.ts";

const others: Setting = { isVendor: false, tokens: 100, facts: {}, isForeign: () => true };
const vendor: Setting = { ...others, isVendor: true };
const shaped = (dialect: WireDialect, json: Json, setting: Partial<Setting> = {}) => {
  const { json: out, by } = edited(dialect, json, { ...others, ...setting });
  return { out: out as Json, by: by.map(({ id }) => id) };
};
const text = (words: string): Json => ({ type: "text", text: words });

describe("Anthropic Messages for another server", () => {
  test("the billing block goes, whatever its suffix, so that two conversations begin alike", () => {
    const ask = (suffix: string): Json => ({
      system: [
        text(`x-anthropic-billing-header: cc_version=2.1.330.${suffix}; cc_entrypoint=cli;`),
        text("Be good"),
      ],
      messages: [{ role: "user", content: "hi" }],
    });
    expect(shaped("messages", ask("d01")).out).toEqual(shaped("messages", ask("a74")).out);
    expect(shaped("messages", ask("d01"))).toEqual({
      out: { system: [text("Be good")], messages: [{ role: "user", content: "hi" }] },
      by: ["billing-block"],
    });
    const quoted = { system: [text("about x-anthropic-billing-header:")], messages: [] };
    expect(shaped("messages", quoted).by).toEqual([]);
  });

  test("instructions behind the first prompt join system; later ones join the person's turn before them", () => {
    const { out } = shaped("messages", {
      system: "S",
      messages: [
        { role: "user", content: "one" },
        { role: "system", content: [text("skills")] },
        { role: "assistant", content: [text("ok")] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "x" }] },
        { role: "system", content: "tokens left: 5" },
        { role: "system", content: "and this" },
      ],
    });
    expect(out["system"]).toEqual([text("S"), text("skills")]);
    expect(out["messages"]).toEqual([
      { role: "user", content: "one" },
      { role: "assistant", content: [text("ok")] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "x" },
          text("<system-reminder>\ntokens left: 5\n</system-reminder>"),
          text("<system-reminder>\nand this\n</system-reminder>"),
        ],
      },
    ]);
  });

  test("the prefix of a growing conversation stays as it was", () => {
    const first = [
      { role: "user", content: "one" },
      { role: "system", content: "skills" },
    ];
    const later = [
      ...first,
      { role: "assistant", content: [text("ok")] },
      { role: "system", content: "reminder" },
      { role: "user", content: "two" },
    ];
    const [a, b] = [first, later].map((messages) => shaped("messages", { messages }).out);
    expect(a!["system"]).toEqual(b!["system"]);
    expect((b!["messages"] as Json[]).slice(0, 1)).toEqual(a!["messages"]);
    expect((b!["messages"] as Json[]).map((turn) => turn["role"])).toEqual([
      "user",
      "assistant",
      "user",
      "user",
    ]);
  });

  test("nothing private and nothing of a beta is left", () => {
    const { out, by } = shaped("messages", {
      metadata: { user_id: "device" },
      context_management: { edits: [] },
      output_config: { effort: "high" },
      tools: [
        { name: "Bash", input_schema: {}, defer_loading: true, cache_control: { type: "ephemeral" } },
        { type: "web_search_20250305", name: "web_search" },
        { type: "custom", name: "Own", input_schema: {} },
      ],
      tool_choice: { type: "tool", name: "web_search" },
      messages: [
        { role: "user", content: "q" },
        {
          role: "assistant",
          content: [
            { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
            { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
            text("found"),
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "t",
              content: [{ type: "tool_reference", tool_name: "Bash" }],
            },
          ],
        },
      ],
    });
    expect(out).toEqual({
      tools: [
        { name: "Bash", input_schema: {}, cache_control: { type: "ephemeral" } },
        { type: "custom", name: "Own", input_schema: {} },
      ],
      messages: [
        { role: "user", content: "q" },
        { role: "assistant", content: [text("found")] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: [text("Bash")] }] },
      ],
    });
    expect(by).toEqual(["account", "vendor-fields", "vendor-tools", "vendor-blocks"]);
  });

  test("an answer is no longer than the context has room for", () => {
    const ask = { max_tokens: 128_000, thinking: { type: "enabled", budget_tokens: 64_000 }, messages: [] };
    expect(shaped("messages", ask).out).toEqual(ask);
    const facts = { context: 8_192 };
    expect(shaped("messages", ask, { facts, tokens: 4_000 }).out).toEqual({
      max_tokens: 4_192,
      messages: [],
    });
    expect(shaped("messages", { max_tokens: 10 }, { facts, tokens: 4_000 }).by).toEqual([]);
    expect(shaped("chat", { max_completion_tokens: 9e9 }, { facts, tokens: 9_000 }).out).toEqual({
      max_completion_tokens: 256,
    });
    expect(shaped("responses", { max_output_tokens: 9_000 }, { facts, tokens: 0 }).out).toEqual({
      max_output_tokens: 8_192,
    });
  });

  test("images go only where the model is known to be blind", () => {
    const picture = { type: "image", source: { type: "base64", data: "AAAA" } };
    const ask = {
      messages: [
        { role: "user", content: [picture, { type: "tool_result", tool_use_id: "t", content: [picture] }] },
      ],
    };
    expect(shaped("messages", ask).by).toEqual([]);
    expect(shaped("messages", ask, { facts: { vision: true } }).by).toEqual([]);
    const note = text("[an image that this model cannot see]");
    expect(shaped("messages", ask, { facts: { vision: false } }).out).toEqual({
      messages: [
        { role: "user", content: [note, { type: "tool_result", tool_use_id: "t", content: [note] }] },
      ],
    });
    const chat = {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:" } }] }],
    };
    expect(shaped("chat", chat, { facts: { vision: false } }).out).toEqual({
      messages: [{ role: "user", content: [note] }],
    });
    const input = [
      { type: "function_call_output", call_id: "c", output: [{ type: "input_image", image_url: "data:" }] },
    ];
    expect(JSON.stringify(shaped("responses", { input }, { facts: { vision: false } }).out)).not.toContain(
      "data:",
    );
  });
});

describe("OpenAI's dialects for another server", () => {
  test("items that only OpenAI knows are said plainly or go", () => {
    const { out, by } = shaped("responses", {
      client_metadata: {},
      prompt_cache_key: "p",
      include: ["reasoning.encrypted_content"],
      tools: [
        { type: "function", name: "shell" },
        { type: "custom", name: "apply_patch" },
        { type: "web_search" },
      ],
      tool_choice: { type: "custom", name: "apply_patch" },
      input: [
        { role: "developer", content: "d" },
        { type: "reasoning", summary: [], encrypted_content: "gAAAAA" },
        { type: "custom_tool_call", call_id: "c", name: "apply_patch", input: "*** Begin" },
        { type: "custom_tool_call_output", call_id: "c", output: "done" },
        { type: "web_search_call", id: "ws_1" },
        { role: "assistant", content: [{ type: "output_text", text: "a" }] },
        { type: "function_call", call_id: "f", name: "shell", arguments: "{}" },
        {
          type: "function_call_output",
          call_id: "f",
          output: [
            { type: "input_text", text: "x" },
            { type: "input_file", filename: "f" },
          ],
        },
      ],
    });
    expect(out).toEqual({
      tools: [{ type: "function", name: "shell" }],
      input: [
        { role: "developer", content: "d" },
        { type: "function_call", call_id: "c", name: "apply_patch", arguments: '{"input":"*** Begin"}' },
        { type: "function_call_output", call_id: "c", output: "done" },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "a" }] },
        { type: "function_call", call_id: "f", name: "shell", arguments: "{}" },
        {
          type: "function_call_output",
          call_id: "f",
          output: [
            { type: "input_text", text: "x" },
            { type: "input_text", text: "[input_file left out]" },
          ],
        },
      ],
    });
    expect(by).toEqual(["account", "vendor-fields", "plain-items", "function-tools", "reasoning"]);
  });

  test("chat knows no tools and calls with free text", () => {
    const named = { type: "function", function: { name: "view" } };
    const done = { id: "b", type: "function", function: { name: "view", arguments: "{}" } };
    const call = { id: "a", type: "custom", custom: { name: "apply_patch", input: 'x"' } };
    const { out, by } = shaped("chat", {
      tools: [named, { type: "custom", custom: { name: "apply_patch", format: { type: "grammar" } } }],
      tool_choice: { type: "custom", custom: { name: "apply_patch" } },
      messages: [null, { role: "assistant", tool_calls: [call, done] }],
    });
    expect(out).toEqual({
      tools: [named],
      messages: [
        null,
        {
          role: "assistant",
          tool_calls: [
            { id: "a", type: "function", function: { name: "apply_patch", arguments: '{"input":"x\\""}' } },
            done,
          ],
        },
      ],
    });
    expect(by).toEqual(["plain-calls", "function-tools"]);
  });

  test("chat knows no developer, and no account", () => {
    const ask = {
      user: "me",
      store: true,
      messages: [
        { role: "developer", content: "d" },
        { role: "user", content: "u" },
      ],
    };
    expect(shaped("chat", ask)).toEqual({
      out: {
        messages: [
          { role: "system", content: "d" },
          { role: "user", content: "u" },
        ],
      },
      by: ["account", "vendor-fields", "system-role"],
    });
  });
});

test("headers that name a session or switch on a beta stay at home; names and values stay together", () => {
  const headers = [
    ["Accept", "anthropic-beta"],
    ["anthropic-beta", "a,b"],
    ["anthropic-version", "2023-06-01"],
    ["X-Claude-Code-Session-Id", "s"],
    ["x-stainless-os", "Linux"],
    ["session-id", "s"],
    ["Content-Type", "application/json"],
  ].flat();
  expect(publicHeaders(headers)).toEqual([
    "Accept",
    "anthropic-beta",
    "anthropic-version",
    "2023-06-01",
    "Content-Type",
    "application/json",
  ]);
});

test("every edit has a name of its own, a reason and a source with a date", () => {
  expect(new Set(allEdits.map(({ id }) => id)).size).toBe(allEdits.length);
  for (const { id, what, why, source } of allEdits) {
    expect(what && why, id).toBeTruthy();
    expect(source, id).toMatch(/20\d\d/);
  }
});

test("only a history with thoughts is looked through", () => {
  const said = (...content: Json[]): Json => ({ messages: [{ role: "assistant", content }] });
  expect(isSuspicious("messages", said({ type: "text", text: 'the word "signature": x' }))).toBe(false);
  expect(isSuspicious("messages", said({ type: "thinking", signature: "" }))).toBe(true);
  expect(isSuspicious("messages", said({ type: "redacted_thinking", data: "x" }))).toBe(true);
  expect(isSuspicious("messages", { messages: [null, "x", { content: "x" }, { content: [null] }] })).toBe(
    false,
  );
  expect(isSuspicious("chat", { messages: [{ role: "assistant", reasoning_content: "x" }] })).toBe(true);
  expect(isSuspicious("responses", { input: [{ type: "reasoning" }] })).toBe(true);
  expect(isSuspicious("responses", { input: "reasoning" })).toBe(false);
});

test("a vendor's own history is never touched where nothing is foreign and nothing is odd", () => {
  const json = {
    metadata: { user_id: "u" },
    system: [text("x-anthropic-billing-header: a")],
    messages: [
      { role: "user", content: "q" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "t", signature: "E".repeat(100) },
          { type: "tool_use", id: "toolu_1", name: "B", input: {} },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "x" }] },
    ],
  };
  expect(edited("messages", json, { ...vendor, isForeign: () => false }).json).toBe(json);
});
