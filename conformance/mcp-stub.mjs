// A stdio MCP server with one tool. It writes what it was given as TICKETS_TOKEN to `mcp-env.txt` beside itself.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

writeFileSync(new URL("mcp-env.txt", import.meta.url), process.env.TICKETS_TOKEN ?? "unset");

const tools = [{ name: "CANARY_MCP_TOOL", description: "Finds tickets", inputSchema: { type: "object" } }];

const answer = ({ method, params }) => {
  if (method === "tools/list") return { tools };
  if (method !== "initialize") return {};
  const serverInfo = { name: "mcp-stub", version: "1.0.0" };
  return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  console.log(JSON.stringify({ jsonrpc: "2.0", id: message.id, result: answer(message) }));
});
