// A stdio MCP server: `node mcp-stub.mjs NAME [words]`. It leaves its words and what it was given as TICKETS_TOKEN in
// `mcp-NAME.json` beside itself. Its tools answer `CANARY_ANSWER`; the one named `wait` never does.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [name, ...words] = process.argv.slice(2);
const given = { words, token: process.env.TICKETS_TOKEN ?? null };
writeFileSync(new URL(`mcp-${name}.json`, import.meta.url), JSON.stringify(given));

const tools = ["find", "drop", "wait"].map((tool) => ({
  name: tool,
  description: `CANARY_${name.toUpperCase()}`,
  inputSchema: { type: "object" },
}));

const answer = ({ method, params }) => {
  if (method === "tools/list") return { tools };
  if (method === "tools/call") return { content: [{ type: "text", text: "CANARY_ANSWER" }] };
  if (method !== "initialize") return {};
  const serverInfo = { name: "mcp-stub", version: "1.0.0" };
  return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined || message.params?.name === "wait") return;
  console.log(JSON.stringify({ jsonrpc: "2.0", id: message.id, result: answer(message) }));
});
