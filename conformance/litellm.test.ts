import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type ChatMock, refusing, serveChat } from "./chat-mock.ts";
import { built } from "./claude-project.ts";
import { inProject } from "./project.ts";
import { missing, programs, type Started, start, versionOf } from "./python.ts";

const installed = programs("litellm") !== undefined;
const name = `LiteLLM ${versionOf("litellm", "litellm") ?? ""}`.trim();

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

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

interface Proxy {
  origin: string;
  ask(model: string, path?: string): Promise<{ status: number; body: any; headers: Headers }>;
  said: () => string;
}
const ready = async (origin: string, proxy: Started): Promise<void> => {
  for (let n = 0; n < 400; n++) {
    const answer = await fetch(`${origin}/health/readiness`).catch(() => undefined);
    if (answer?.ok) return;
    if (proxy.child.exitCode !== null) break;
    await new Promise((r) => setTimeout(r, 150));
  }
  throw new Error(`the proxy did not start\n${proxy.said()}`);
};

/** Builds the spec, starts the real proxy with what came of it, and ends it. */
const withProxy = (
  spec: object,
  env: Record<string, string>,
  use: (p: Proxy, config: string) => Promise<void>,
) =>
  inProject({ "portable.yaml": stringify({ portable: 1, targets: ["litellm"], ...spec }) }, async (root) => {
    built(root);
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const args = ["--config", "litellm_config.yaml", "--host", "127.0.0.1", "--port", String(port)];
    const proxy = start("litellm", "litellm", args, { cwd: root, env, limitMs: 85_000 });
    try {
      await ready(origin, proxy);
      const ask: Proxy["ask"] = async (model, path = "/v1/chat/completions") => {
        const body = { model, max_tokens: 9, messages: [{ role: "user", content: "hi" }] };
        const answer = await fetch(origin + path, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: "Bearer sk-1234" },
          body: JSON.stringify(body),
        });
        return { status: answer.status, body: await answer.json(), headers: answer.headers };
      };
      await use({ origin, ask, said: proxy.said }, readFileSync(join(root, "litellm_config.yaml"), "utf8"));
    } finally {
      await proxy.stop();
    }
  });

const local = (mockOrOrigin: ChatMock | string) => ({
  type: "llama.cpp",
  origin: typeof mockOrOrigin === "string" ? mockOrOrigin : mockOrOrigin.origin,
});

describe(`${name}, what it makes of a chain`, () => {
  test("goes on to the next step on an error and on a refused connection", async (context) => {
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
      expect(broken.requests.length).toBeGreaterThan(0);
      expect(new Set(broken.requests.map((r) => `${r.path} ${r.model} ${r.authorization}`))).toEqual(
        new Set(["/v1/chat/completions big Bearer key-of-first"]),
      );
      expect(good.requests.map((r) => `${r.path} ${r.model} ${r.authorization}`)).toEqual([
        "/v1/chat/completions small Bearer none",
      ]);
      const fast = await proxy.ask("fast");
      expect([fast.status, fast.headers.get("x-litellm-model-id")]).toEqual([200, "fast:last/tiny"]);
      expect((await proxy.ask("lone")).status).toBe(200);
      const models = await (
        await fetch(`${proxy.origin}/v1/models`, { headers: { authorization: "Bearer sk-1234" } })
      ).json();
      expect(models.data.map((m: { id: string }) => m.id).sort()).toEqual(["fast", "lone", "main"]);
      console.log(
        `main: ${broken.requests.length} tries at the first, ${good.requests.length} requests at the last`,
      );
    });
  });

  test("serves Anthropic's dialect, and asks each kind of server at its own path", async (context) => {
    context.skip(!installed, missing);
    const server = await mock(500);
    const good = await mock();
    const kinds = [
      "anthropic",
      "openai",
      "openrouter",
      "ollama",
      "lmstudio",
      "vllm",
      "mistral",
      "groq",
      "google",
    ];
    const spec = {
      providers: {
        ...Object.fromEntries(kinds.map((k) => [k, { origin: `${server.origin}/`, apiKey: "${SOME_KEY}" }])),
        last: local(good),
      },
      models: Object.fromEntries(kinds.map((k) => [`by_${k}`, { chain: [`${k}/some-model`, "last/small"] }])),
    };
    await withProxy(spec, { SOME_KEY: "key-of-some" }, async (proxy) => {
      const paths: Record<string, string> = {};
      for (const k of kinds) {
        const from = server.requests.length;
        const { status } = await proxy.ask(`by_${k}`, k === "anthropic" ? "/v1/messages" : undefined);
        expect(status, `${k}\n${proxy.said().slice(-3000)}`).toBe(200);
        paths[k] = [...new Set(server.requests.slice(from).map((r) => r.path))].join(" ");
      }
      expect(paths).toEqual({
        anthropic: "/v1/messages",
        openai: "/v1/chat/completions",
        openrouter: "/api/v1/chat/completions",
        ollama: "/api/chat",
        lmstudio: "/v1/chat/completions",
        vllm: "/v1/chat/completions",
        mistral: "/v1/chat/completions",
        groq: "/openai/v1/chat/completions",
        google: expect.stringMatching(/^\/v1beta\/models\/some-model:generateContent/),
      });
    });
  });
});
