import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { providers } from "../src/providers/index.ts";
import { type Asked, type ChatMock, refusing, serveChat } from "./chat-mock.ts";
import { withProxy } from "./litellm-proxy.ts";
import { missing, programs, versionOf } from "./python.ts";

const installed = programs("litellm") !== undefined;
const name = `LiteLLM ${versionOf("litellm", "litellm") ?? ""}`.trim();

let mocks: ChatMock[] = [];
const mock = async (status?: number): Promise<ChatMock> => {
  const made = await serveChat(status);
  mocks.push(made);
  return made;
};
afterEach(async () => {
  for (const m of mocks) await m.close();
  mocks = [];
});

/** The requests for an answer; the proxy also asks what models there are. */
const chats = (m: ChatMock): Asked[] => m.requests.filter((r) => r.path === "/v1/chat/completions");
const local = (mockOrOrigin: ChatMock | string) => ({
  type: "llama.cpp",
  origin: typeof mockOrOrigin === "string" ? mockOrOrigin : mockOrOrigin.origin,
});

describe(`${name}, what it makes of the configuration`, () => {
  test("a chain goes on to the next step on an error and on a refused connection", async (context) => {
    context.skip(!installed, missing);
    const [broken, good] = [await mock(500), await mock()];
    const spec = {
      providers: {
        first: { ...local(broken), apiKey: "${FIRST_KEY}" },
        gone: local(await refusing()),
        last: local(good),
      },
      models: {
        main: { chain: ["first/big", "gone/big", "last/small"] },
        fast: { chain: ["gone/tiny", "last/tiny"] },
        lone: { chain: ["last/lone"] },
      },
    };
    await withProxy(spec, { FIRST_KEY: "key-of-first", OPENAI_API_KEY: "CANARY_OPENAI" }, async (proxy) => {
      const main = await proxy.ask("main");
      expect([main.status, main.body.choices?.[0].message.content], proxy.said()).toEqual([200, "done"]);
      expect(main.headers.get("x-litellm-model-id")).toBe("main:last/small");
      expect([...new Set(chats(broken).map((r) => `${r.model} ${r.authorization}`))]).toEqual([
        "big Bearer key-of-first",
      ]);
      expect(chats(good).map((r) => `${r.model} ${r.authorization}`)).toEqual(["small Bearer none"]);
      expect(JSON.stringify([...broken.requests, ...good.requests])).not.toContain("CANARY_OPENAI");
      const fast = await proxy.ask("fast");
      expect([fast.status, fast.headers.get("x-litellm-model-id")]).toEqual([200, "fast:last/tiny"]);
      expect((await proxy.ask("lone")).status).toBe(200);
      const models = JSON.parse(await proxy.get("/v1/models"));
      expect(models.data.map((m: { id: string }) => m.id).sort()).toEqual(["fast", "lone", "main"]);
    });
  });

  test("each kind of provider is asked at its own path, in either dialect", async (context) => {
    context.skip(!installed, missing);
    const [server, good] = [await mock(500), await mock()];
    // those of a region have no address of their own; Copilot wants a person to sign in
    const aside = ["amazon-bedrock", "google-vertex", "github-copilot"];
    const kinds = Object.keys(providers).filter((k) => !aside.includes(k));
    const origin = { origin: `${server.origin}/`, apiKey: "${SOME_KEY}" };
    const spec = {
      providers: { ...Object.fromEntries(kinds.map((k) => [k, origin])), last: local(good) },
      models: Object.fromEntries(kinds.map((k) => [`by_${k}`, { chain: [`${k}/some-model`, "last/small"] }])),
    };
    await withProxy(spec, { SOME_KEY: "key-of-some" }, async (proxy) => {
      const paths: Record<string, string> = {};
      for (const k of kinds) {
        const from = server.requests.length;
        const { status } = await proxy.ask(`by_${k}`, k.startsWith("anthropic") ? "/v1/messages" : undefined);
        expect(status, `${k}\n${proxy.said().slice(-3000)}`).toBe(200);
        const asked = server.requests.slice(from).filter((r) => !r.path.endsWith("/models"));
        paths[k] = [...new Set(asked.map((r) => r.path))].join(" ");
      }
      expect(paths).toEqual({
        ...Object.fromEntries(kinds.map((k) => [k, `${providers[k]!.paths.chat}/chat/completions`])),
        anthropic: "/v1/messages",
        "anthropic-compatible": "/v1/messages",
        azure: expect.stringMatching(/^\/openai\/deployments\/some-model\/chat\/completions\?api-version=/),
        litellm: "/chat/completions",
        ollama: "/api/chat",
        google: expect.stringMatching(/^\/v1beta\/models\/some-model:generateContent/),
      });
    });
  });

  test("servers are started and asked, vector stores are known", async (context) => {
    context.skip(!installed, missing);
    const good = await mock();
    const stub = join(import.meta.dirname, "mcp-stub.mjs");
    const spec = {
      accept: [{ code: "loss/weak@litellm:tickets", reason: "the variable is set here" }],
      providers: { last: local(good) },
      models: { main: { chain: ["last/small"] } },
      mcpServers: {
        tickets: {
          command: "node",
          args: ["mcp-stub.mjs", "tickets", "$a b"],
          env: { TICKETS_TOKEN: "${TICKETS}" },
        },
        later: {
          type: "http",
          url: `${good.origin}/mcp`,
          headers: { Authorization: "Bearer ${TICKETS}", "X-Team": "core" },
        },
      },
      retrieval: {
        handbook: { description: "Company handbook", vector_store: { id: "${STORE}", provider: "openai" } },
      },
    };
    const env = { TICKETS: "CANARY_TOKEN", STORE: "CANARY_STORE", LITELLM_ENABLE_MCP_STDIO: "true" };
    await withProxy(
      spec,
      env,
      async (proxy) => {
        const tools = JSON.parse(await proxy.get("/mcp-rest/tools/list"));
        expect(tools.server_outcomes.tickets, proxy.said()).toEqual({ status: "ok", tool_count: 3 });
        expect(JSON.parse(readFileSync(join(proxy.root, "mcp-tickets.json"), "utf8"))).toEqual({
          words: ["$a b"],
          token: "CANARY_TOKEN",
        });
        const asked = good.requests.find((r) => r.path === "/mcp")!;
        expect([asked.authorization, asked.headers["x-team"]]).toEqual(["Bearer CANARY_TOKEN", "core"]);
        const stores = JSON.parse(await proxy.get("/vector_store/list"));
        expect(stores.data).toEqual([
          expect.objectContaining({
            vector_store_id: "CANARY_STORE",
            custom_llm_provider: "openai",
            vector_store_name: "handbook",
            vector_store_description: "Company handbook",
          }),
        ]);
      },
      { "mcp-stub.mjs": readFileSync(stub, "utf8") },
    );
  });
});
