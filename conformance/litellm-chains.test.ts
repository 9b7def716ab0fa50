import { afterEach, describe, expect, test } from "vitest";
import { type Asked, type ChatMock, serveChat } from "./chat-mock.ts";
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
const chats = (m: ChatMock): Asked[] => m.requests.filter((r) => r.path.endsWith("/chat/completions"));
const at = (m: ChatMock) => ({ type: "llama.cpp", origin: m.origin });

describe(`${name}, long chains`, () => {
  // `max_fallbacks`, 5 by default, does not count the steps of an order
  test("eight steps of which only the last answers: it is reached", async (context) => {
    context.skip(!installed, missing);
    const [broken, good] = [await mock(500), await mock()];
    const ids = Array.from({ length: 7 }, (_, i) => `broken/step-${i + 1}`);
    const spec = {
      providers: { broken: at(broken), good: at(good) },
      models: { main: { chain: [...ids, "good/last"] } },
    };
    await withProxy(spec, {}, async (proxy) => {
      const { status, headers } = await proxy.ask("main");
      expect([status, headers.get("x-litellm-model-id")], proxy.said().slice(-3000)).toEqual([
        200,
        "main:good/last",
      ]);
      const tried = [...new Set(chats(broken).map((r) => r.model))];
      expect(tried).toEqual(ids.map((id) => id.slice("broken/".length)));
    });
  });
});
