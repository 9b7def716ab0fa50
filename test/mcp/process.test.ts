import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packed, pack } from "../packed.ts";
import { json, type Served, serveEndpoint } from "./endpoint.ts";

const TOKEN = "s3cr3t-value-of-the-token";
let packed: Packed;
let endpoint: Served;

beforeAll(async () => {
  packed = await pack();
  endpoint = await serveEndpoint((seen, reply) =>
    seen.body.includes("fail")
      ? reply.writeHead(500).end(TOKEN)
      : json(reply, [{ name: "N", content: "found" }]),
  );
  mkdirSync(join(packed.folder, "deep/er"), { recursive: true });
  const spec = `portable: 1
targets: [claude]
retrieval:
  handbook:
    http:
      url: ${endpoint.origin}/search
      headers:
        Authorization: "Bearer \${RAG_TOKEN}"
  papers:
    mcp:
      command: papers
`;
  writeFileSync(join(packed.folder, "portable.yaml"), spec);
}, 30_000);
afterAll(async () => {
  await endpoint?.close();
  packed?.remove();
});

interface Started {
  child: ChildProcessWithoutNullStreams;
  /** Sends a call, and gives the next line. */
  ask(id: number, method: string, params?: unknown): Promise<any>;
  ended: Promise<{ code: number | null; signal: string | null; out: string; err: string }>;
}
const start = (
  words: string[],
  cwd = packed.folder,
  env: Record<string, string> = { RAG_TOKEN: TOKEN },
): Started => {
  const child = spawn(process.execPath, [packed.cli, "mcp", ...words], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (c) => (out += c));
  child.stderr.on("data", (c) => (err += c));
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, out, err }));
  const ask = async (id: number, method: string, params?: unknown): Promise<any> => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    const [line] = await once(lines, "line");
    return JSON.parse(line);
  };
  return { child, ask, ended };
};
const query = (q: string) => ({ name: "search", arguments: { query: q } });

describe("portable mcp retrieval", { timeout: 20_000 }, () => {
  test("finds the spec above, answers, and ends with its input; nothing but replies on its output", async () => {
    const server = start(["retrieval", "handbook"], join(packed.folder, "deep/er"));
    const hello = await server.ask(1, "initialize", { protocolVersion: "2025-11-25" });
    expect(hello.result.serverInfo.name).toBe("portable-retrieval-handbook");
    const found = await server.ask(2, "tools/call", query("leave"));
    expect(found.result).toEqual({ content: [{ type: "text", text: "1. N\nfound" }], isError: false });
    const failed = await server.ask(3, "tools/call", query("fail"));
    expect(failed.result).toMatchObject({ content: [{ text: "handbook: it answered 500" }], isError: true });
    server.child.stdin.end();
    const { code, out, err } = await server.ended;
    expect([code, out.trim().split("\n").length, err]).toEqual([0, 3, ""]);
    expect(endpoint.seen.at(-1)!.headers["authorization"]).toBe(`Bearer ${TOKEN}`);
    expect(out + err).not.toContain(TOKEN);
  });
  test("SIGTERM ends it", async () => {
    const server = start(["retrieval", "handbook"]);
    await server.ask(1, "ping");
    server.child.kill("SIGTERM");
    expect((await server.ended).signal).toBe("SIGTERM");
  });
  test("a variable that is not set is told to people and to the model", async () => {
    const server = start(["retrieval", "handbook", "--cwd", packed.folder], "/", {});
    const said = await server.ask(1, "tools/call", query("leave"));
    expect(said.result).toEqual({
      content: [{ type: "text", text: "handbook: RAG_TOKEN is not set in the environment of this tool" }],
      isError: true,
    });
    server.child.stdin.end();
    expect((await server.ended).err).toBe(
      "portable mcp retrieval handbook: not set in the environment: RAG_TOKEN\n",
    );
  });
  test("what cannot be served is refused, with nothing on the output", async () => {
    const refused = async (words: string[], cwd = packed.folder): Promise<string> => {
      const { code, out, err } = await start(words, cwd).ended;
      expect([code, out]).toEqual([2, ""]);
      return err;
    };
    expect(await refused(["retrieval", "handbok"])).toContain('did you mean "handbook"?');
    expect(await refused(["retrieval", "papers"])).toContain("tools reach it as it is");
    expect(await refused(["retrieval"])).toContain("usage: portable mcp retrieval");
    const asJson = await start(["retrieval", "handbook", "--json"]).ended;
    expect(JSON.parse(asJson.out)).toMatchObject({
      exit: 2,
      reason: "the output is MCP, in no other format",
    });
    expect(await refused(["retrieval", "handbook"], "/")).toContain("no portable.yaml");
  });
});
