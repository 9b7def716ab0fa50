import { describe, expect, test } from "vitest";
import { client, missing, where } from "./claude.ts";
import { judge } from "./claude-judge.ts";
import { project, written } from "./claude-project.ts";
import { rows } from "./claude-rows.ts";

const found = client();
const title = found ? `Claude Code ${found.version}` : "Claude Code";

const wrong = [
  {
    name: "a conditional rule under another tool's key, which loads always",
    item: "conditional rule",
    files: { ".claude/rules/typescript.md": '---\nglobs: "src/**/*.ts"\n---\n\nCANARY_CONDITIONAL\n' },
    fault: "request 0: CANARY_CONDITIONAL is at memory .claude/rules/typescript.md, not no place",
  },
  {
    name: "a text that arrives twice",
    item: "pages",
    files: { "CLAUDE.md": "@AGENTS.md\n\nCANARY_CLAUDE_MD\n\nCANARY_AGENTS_MD\n" },
    fault: "CANARY_AGENTS_MD is at memory CLAUDE.md + memory AGENTS.md, not memory AGENTS.md",
  },
  {
    name: "settings that the client drops as a whole",
    item: "setting",
    files: { ".claude/settings.json": '{ "env": { "CANARY_ENV": "CANARY_SETTING" }, "permissions": 1 }' },
    fault: "did not load",
  },
  {
    name: "a placeholder in another tool's spelling",
    item: "server",
    files: {
      ".mcp.json":
        '{"mcpServers":{"tickets":{"command":"node","args":["mcp-stub.mjs"],"env":{"TICKETS_TOKEN":"${env:CANARY_TOKEN}"}}}}',
    },
    fault: 'mcp-env.txt holds "${env:CANARY_TOKEN}", not "CANARY_TOKEN_VALUE"',
  },
];

describe(`${title}, a project written by hand`, () => {
  for (const row of rows) {
    test(`${row.item}: arrives once, in its place`, async (context) => {
      context.skip(!found, missing);
      const { faults } = await judge(row, project());
      expect(faults).toEqual([]);
    });

    test(`${row.item}: is missed when its files are gone`, async (context) => {
      context.skip(!found, missing);
      const { faults } = await judge(row, project(row.item));
      expect(faults.join("\n")).toMatch(/ is at | holds /);
    });
  }

  for (const { name, item, files, fault } of wrong) {
    test(`sees ${name}`, async (context) => {
      context.skip(!found, missing);
      const row = rows.find((each) => each.item === item)!;
      const { faults } = await judge(row, { ...project(), ...files });
      expect(faults.join("\n")).toContain(fault);
    });
  }

  test("every row has files", () => {
    expect(Object.keys(written).sort()).toEqual(rows.map((row) => row.item).sort());
  });
});

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
