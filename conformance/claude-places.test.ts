import { describe, expect, test } from "vitest";
import { where } from "./claude-places.ts";

describe("where", () => {
  const reminder =
    "<system-reminder>\nRead this.\n\nContents of /p/CLAUDE.md (project instructions):\n\nTOK\n\n" +
    "Contents of /p/a (b)/r.md:\n\nTOK TOK\n</system-reminder>";
  const offers =
    "# Environment\nTOK\nThe following skills are available for use:\n\n- ship: says TOK\n  and TOK\n- x: y";
  const request = {
    model: "TOK-1",
    system: [{ type: "text", text: "be TOK" }],
    tools: [{ name: "Read", description: "reads", input_schema: { properties: { TOK: {} } } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: reminder },
          { type: "text", text: "TOK\nU" },
        ],
      },
      { role: "system", content: offers },
      { role: "assistant", content: [{ type: "tool_use", id: "1", name: "Read", input: { path: "TOK" } }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "TOK" }] },
          { type: "tool_result", tool_use_id: "2", is_error: true, content: 'no "TOK"' },
        ],
      },
    ],
    metadata: { user_id: "TOK" },
  };

  test("names every occurrence, in the order of the parts", () => {
    expect(where(request, "TOK", "/p")).toEqual([
      "model",
      "system",
      "tool Read",
      "memory CLAUDE.md",
      "memory a (b)/r.md",
      "memory a (b)/r.md",
      "user text",
      "reminder",
      "skill list ship",
      "skill list ship",
      "tool call",
      "tool result",
      "tool error",
      "metadata",
    ]);
  });

  test("finds text over several lines and with quotes, and nothing that is not there", () => {
    expect(where(request, "TOK\nU")).toEqual(["user text"]);
    expect(where(request, "says TOK\n  and TOK")).toEqual(["skill list ship"]);
    expect(where(request, 'no "TOK"')).toEqual(["tool error"]);
    expect(where(request, "<Read>")).toEqual(["tool names"]);
    expect(where(request, "absent")).toEqual([]);
    expect(where({}, "TOK")).toEqual([]);
    expect(() => where(request, "")).toThrow("empty token");
  });
});
