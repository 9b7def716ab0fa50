import type { Spec } from "../claude-project.ts";
import { call, done, log, type Row, read, remote, stub } from "./row.ts";

/** What the user has in the environment. */
const token = { CANARY_TOKEN: "CANARY_VALUE" };

const ran = "CANARY_HOOK\n";
/** Servers of every transport, and what hooks and permissions say of them. */
export const spec: Spec = {
  targets: ["claude"],
  parts: {
    "hook for a server's tools": {
      yaml: {
        hooks: {
          guard: { on: "beforeTool", tools: ["web", "mcp:team.tickets"], run: log("guard") },
          one: { on: "beforeTool", tools: ["mcp:team.tickets/find"], run: log("one") },
        },
      },
    },
    "deny a server": {
      yaml: { permissions: { deny: [{ mcp: "legacy" }] }, mcpServers: { legacy: stub("legacy") } },
    },
    "deny a server's tool": { yaml: { permissions: { deny: [{ mcp: "team.tickets/drop" }] } } },
    "allow a server": { yaml: { permissions: { allow: [{ mcp: "team.tickets" }] } } },
    server: {
      yaml: {
        mcpServers: {
          "team.tickets": {
            ...stub("tickets", "${CANARY_TOKEN}", "${CANARY_UNSET:-CANARY_DEFAULT}"),
            env: { TICKETS_TOKEN: "${CANARY_TOKEN}" },
          },
        },
      },
    },
    "server with a time limit": {
      yaml: {
        mcpServers: { slow: { ...stub("slow"), timeoutMs: 1500 } },
        permissions: { allow: [{ mcp: "slow" }] },
      },
    },
    "remote server": {
      yaml: {
        mcpServers: {
          wiki: {
            type: "http",
            url: "${CANARY_ORIGIN}/mcp",
            headers: { Authorization: "Bearer ${CANARY_TOKEN}", "X-Team": "${CANARY_UNSET:-CANARY_DEFAULT}" },
          },
        },
      },
    },
    "event stream server": {
      yaml: {
        mcpServers: {
          feed: {
            type: "sse",
            url: "${CANARY_ORIGIN}/sse",
            headers: { Authorization: "Bearer ${CANARY_TOKEN}" },
          },
        },
      },
    },
    retrieval: {
      yaml: { retrieval: { papers: { description: "Papers", mcp: { type: "stdio", ...stub("papers") } } } },
    },
  },
};

export const rows: Row[] = [
  {
    item: "hook for a server's tools",
    prompt: "hi",
    replies: [call("mcp__team_tickets__find"), read("notes.txt"), done],
    expect: { leaves: { "guard.txt": ran, "one.txt": ran } },
  },
  {
    item: "deny a server",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__legacy__: [[]] }, leaves: { "mcp-legacy.json": '{"words":[],"token":null}' } },
  },
  {
    item: "deny a server's tool",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__team_tickets__find: [["deferred tools"]], mcp__team_tickets__drop: [[]] } },
  },
  {
    item: "allow a server",
    prompt: "hi",
    replies: [call("mcp__team_tickets__find"), done],
    trusted: true,
    expect: { places: { CANARY_ANSWER: [[], ["tool result"]] } },
  },
  {
    item: "server",
    prompt: "hi",
    replies: [done],
    env: token,
    expect: {
      places: { mcp__team_tickets__find: [["deferred tools"]], CANARY_VALUE: [[]] },
      leaves: { "mcp-tickets.json": '{"words":["CANARY_VALUE","CANARY_DEFAULT"],"token":"CANARY_VALUE"}' },
    },
  },
  {
    item: "server with a time limit",
    prompt: "hi",
    replies: [call("mcp__slow__wait"), done],
    trusted: true,
    expect: { places: { "timed out": [[], ["tool error"]] } },
  },
  {
    item: "remote server",
    prompt: "hi",
    replies: [done],
    env: { ...token, CANARY_ORIGIN: remote },
    expect: {
      places: { mcp__wiki__over_mcp: [["deferred tools"]], CANARY_VALUE: [[]] },
      headers: { "/mcp": { authorization: "Bearer CANARY_VALUE", "x-team": "CANARY_DEFAULT" } },
    },
  },
  {
    item: "event stream server",
    prompt: "hi",
    replies: [done],
    env: { ...token, CANARY_ORIGIN: remote },
    expect: {
      places: { mcp__feed__over_sse: [["deferred tools"]] },
      headers: { "/sse": { authorization: "Bearer CANARY_VALUE" } },
    },
  },
  {
    item: "retrieval",
    prompt: "hi",
    replies: [done],
    expect: { places: { mcp__papers__find: [["deferred tools"]] } },
  },
];
