import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../src/commands/build.ts";
import { type Served, serveEndpoint } from "../test/mcp/endpoint.ts";
import { type Packed, pack } from "../test/packed.ts";
import { client, missing, runClaude, where } from "./claude.ts";

const TOKEN = "s3cr3t-value-of-the-token";
const sdk = join(import.meta.dirname, "node_modules/@modelcontextprotocol/client");
const version = existsSync(sdk)
  ? JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")).version
  : undefined;
const noSdk = "the MCP SDK is not installed here: run `npm --prefix conformance ci`";

let packed: Packed;
let endpoint: Served;
let other: Served;

/** What the endpoint does, by the query: the hostile ones of a day. */
const acts: Record<string, Parameters<typeof serveEndpoint>[0]> = {
  leave: (_, reply) => reply.end(JSON.stringify([{ name: "Leave", content: "CANARY_RESULT 25 days" }])),
  empty: (_, reply) => reply.end("[]"),
  silence: () => undefined,
  broken: (_, reply) => reply.writeHead(500).end(TOKEN),
  big: (_, reply) => reply.end(JSON.stringify([{ content: "x".repeat(10 * 1024 * 1024) }])),
  html: (_, reply) => reply.end("<html>"),
  moved: (_, reply) => reply.writeHead(307, { location: `${other.origin}/x` }).end(),
  hostile: (seen, reply) =>
    reply.end(
      JSON.stringify([{ name: "\u001B[2J\u202E", content: `\u0000\u200B${JSON.stringify(seen.headers)}` }]),
    ),
};

/** The pinned command that stands in committed files, as a registry would serve it. */
const npx = (cli: string): string => `#!/bin/sh
case "$1 $2" in
  "-y @portable-config/cli@"[0-9]*.[0-9]*.[0-9]*) shift 2 ;;
  *) exit 9 ;;
esac
exec "${process.execPath}" "${cli}" "$@"
`;

beforeAll(async () => {
  packed = await pack();
  other = await serveEndpoint((_, reply) => reply.end("[]"));
  endpoint = await serveEndpoint((seen, reply) => acts[JSON.parse(seen.body).query]?.(seen, reply));
  const spec = `portable: 1
targets: [claude]
retrieval:
  handbook:
    description: CANARY_DESCRIPTION
    http:
      url: ${endpoint.origin}/search
      timeoutMs: 1500
      headers:
        Authorization: "Bearer \${RAG_TOKEN}"
permissions:
  allow:
    - mcp: handbook/search
`;
  writeFileSync(join(packed.folder, "portable.yaml"), spec);
  mkdirSync(join(packed.folder, "bin"));
  writeFileSync(join(packed.folder, "bin/npx"), npx(packed.cli), { mode: 0o755 });
  expect(build({ cwd: packed.folder, strict: true }).exit).toBe(0);
}, 60_000);
afterAll(async () => {
  await endpoint.close();
  await other.close();
  packed.remove();
});

const path = (): string => `${join(packed.folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;

/** A connected client of the SDK's, started as the row in `.mcp.json` says. */
const connected = async (mode: unknown) => {
  const { Client } = await import(join(sdk, "dist/index.mjs"));
  const { StdioClientTransport } = await import(join(sdk, "dist/stdio.mjs"));
  const { handbook } = JSON.parse(readFileSync(join(packed.folder, ".mcp.json"), "utf8")).mcpServers;
  expect(handbook.env).toEqual({ RAG_TOKEN: "${RAG_TOKEN}" });
  const { command, args } = handbook;
  const env = { PATH: path(), RAG_TOKEN: TOKEN };
  const client = new Client({ name: "conformance", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ command, args, env, cwd: packed.folder, stderr: "pipe" }));
  return client;
};

for (const [era, mode, negotiated] of [
  ["with a handshake", "legacy", "2025-11-25"],
  ["without one", { pin: "2026-07-28" }, "2026-07-28"],
  ["finding out by itself", "auto", "2026-07-28"],
] as const)
  describe(`MCP SDK ${version ?? ""}, ${era}`, () => {
    test("lists the tool, searches, and is told of every failure", async (context) => {
      context.skip(!version, noSdk);
      const client = await connected(mode);
      try {
        expect(client.getNegotiatedProtocolVersion()).toBe(negotiated);
        const { tools } = await client.listTools();
        expect(tools).toMatchObject([
          { name: "search", description: expect.stringContaining("CANARY_DESCRIPTION") },
        ]);
        const asked = async (query: string): Promise<[boolean, string]> => {
          const said = await client.callTool({ name: "search", arguments: { query } });
          return [said.isError ?? false, said.content[0].text];
        };
        expect(await asked("leave")).toEqual([false, "1. Leave\nCANARY_RESULT 25 days"]);
        expect(await asked("empty")).toEqual([false, "No results"]);
        expect(await asked("silence")).toEqual([true, "handbook: no answer within 1.5 s"]);
        expect(await asked("broken")).toEqual([true, "handbook: it answered 500"]);
        expect(await asked("big")).toEqual([true, "handbook: its answer is larger than 1 MiB"]);
        expect(await asked("html")).toEqual([true, "handbook: its answer is not JSON"]);
        expect((await asked("moved"))[1]).toContain("where nothing is sent");
        expect(other.seen).toEqual([]);
        const [isError, hostile] = await asked("hostile");
        expect(isError).toBe(false);
        expect(hostile).toContain("\u0000\u200B");
        expect(hostile).not.toContain(TOKEN);
      } finally {
        await client.close();
      }
    });

    test("runs searches side by side, and takes one back", async (context) => {
      context.skip(!version, noSdk);
      const client = await connected(mode);
      try {
        const stop = new AbortController();
        const ask = (query: string, more: object = {}) =>
          client.callTool({ name: "search", arguments: { query } }, more);
        const silent = ask("silence", { signal: stop.signal });
        const failed = expect(silent).rejects.toThrow();
        const all = await Promise.all([ask("leave"), ask("empty"), ask("leave")]);
        expect(all.map((r: any) => r.content[0].text.slice(0, 8))).toEqual([
          "1. Leave",
          "No resul",
          "1. Leave",
        ]);
        stop.abort();
        await failed;
        expect((await ask("leave")).isError).toBe(false);
      } finally {
        await client.close();
      }
    });
  });

const found = client();
describe(found ? `Claude Code ${found.version}` : "Claude Code", () => {
  test("starts the row of .mcp.json, and its model gets the results", async (context) => {
    context.skip(!found, missing);
    const run = await runClaude({
      cwd: packed.folder,
      prompt: "hi",
      trusted: true,
      replies: [{ tool: "mcp__handbook__search", input: { query: "leave" } }, { text: "done" }],
      env: { PATH: path(), RAG_TOKEN: TOKEN },
    });
    expect(run.code, run.stderr).toBe(0);
    expect(where(run.requests[0], "CANARY_RESULT")).toEqual([]);
    expect(where(run.requests[1], "CANARY_RESULT"), run.stderr).toEqual(["tool result"]);
    expect(JSON.stringify(run.requests)).not.toContain(TOKEN);
  });
});
