import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mock, type Rig, registration, rig, serveMock, target } from "../test/proxy/steps/rig.ts";
import { answers, CALLS, llamaResponses, TEXT, thoughtOf, USAGE } from "./sdk-answers.ts";
import { installed, responseText, sdkClients } from "./sdk-clients.ts";

/** Writes a stream in pieces that respect neither events nor characters. */
const pieces = async (response: ServerResponse, stream: string, size: number): Promise<void> => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    if (at % (size * 40) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
};

for (const { dialect, sdk, stream, whole } of sdkClients) {
  const name = installed(sdk);
  describe.skipIf(!name)(
    name ? `${name}, ${dialect}` : `${sdk}: not installed (npm --prefix conformance ci)`,
    () => {
      const answer = answers[dialect];
      const understood = { text: TEXT, thinking: thoughtOf(dialect), calls: CALLS, usage: USAGE };
      let cloud: Mock;
      let second: Mock;
      let proxy: Rig;
      const good: Mock["say"] = async ({ text, path }, response) => {
        if (path.includes("treamGenerate") || /"stream":true/.test(text)) {
          await pieces(response, answer.stream, 7);
          response.end();
        } else {
          response.writeHead(200, { "content-type": "application/json" });
          response.end(JSON.stringify(answer.whole));
        }
      };
      beforeAll(async () => {
        cloud = await serveMock(good);
        second = await serveMock(good);
      });
      /** Fresh for each test: what one test breaks would be left alone in the next. */
      const fresh = async (): Promise<void> => {
        await proxy?.close();
        const chain = [
          target("cloud/big", cloud.origin, [dialect], { own: [dialect] }),
          target("local/small", second.origin, [dialect]),
        ];
        proxy = await rig(
          registration(chain, { headersMs: 300, firstContentMs: 300, idleMs: 300, quietMs: 300 }),
        );
        cloud.say = second.say = good;
        cloud.heard.length = second.heard.length = 0;
      };
      afterAll(async () => {
        await proxy?.close();
        await Promise.all([cloud.close(), second.close()]);
      });

      test("a stream says through the proxy what it says without it", async () => {
        await fresh();
        expect(await stream(`${cloud.origin}`)).toEqual(understood);
        expect(await stream(proxy.base)).toEqual(understood);
        expect(cloud.heard.length).toBe(2);
        expect(cloud.heard[1]!.text.length).toBe(cloud.heard[0]!.text.length);
      });

      test("its bytes are the target's own", async () => {
        await fresh();
        await stream(cloud.origin);
        const { path, text } = cloud.heard[0]!;
        const headers = { "content-type": "application/json", "x-api-key": "k" };
        const raw = await fetch(proxy.base + path, { method: "POST", body: text, headers });
        expect(Buffer.from(await raw.arrayBuffer()).equals(Buffer.from(answer.stream))).toBe(true);
      });

      test("an answer in one piece", async () => {
        await fresh();
        expect(await whole(proxy.base)).toEqual(understood);
      });

      const opens: Mock["say"] = (_, response) => pieces(response, answer.opening, 9);
      const begins: Mock["say"] = (_, response) => pieces(response, answer.cut, 9);
      const then = (say: Mock["say"], end: (response: ServerResponse) => void): Mock["say"] => {
        return async (heard, response) => {
          await say(heard, response);
          // what was written must have arrived
          await new Promise((resolve) => setTimeout(resolve, 50));
          end(response);
        };
      };
      const failures: [string, Mock["say"]][] = [
        ["refused by status 529", (_, response) => void response.writeHead(529).end("{}")],
        ["a connection that breaks", (_, response) => void response.destroy()],
        ["a hang", () => {}],
        ["an opening, then the end", then(opens, (response) => response.end())],
        ["an opening, then silence", opens],
        [
          "a page instead of a stream",
          (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
        ],
      ];
      test.each(failures)("failover before the first content cannot be seen: %s", async (_, say) => {
        await fresh();
        cloud.say = say;
        expect(await stream(proxy.base)).toEqual(understood);
        expect([cloud.heard.length, second.heard.length]).toEqual([1, 1]);
      });

      const ends: [string, Mock["say"]][] = [
        ["a cut", then(begins, (response) => response.destroy())],
        ["an end too early", then(begins, (response) => response.end())],
        ["silence", begins],
      ];
      test.each(ends)(
        "behind the first content the SDK throws, and never takes half an answer for a whole one: %s",
        async (_, say) => {
          await fresh();
          cloud.say = say;
          await expect(stream(proxy.base)).rejects.toThrow(/cloud\/big broke off/);
          expect(second.heard.length, "no other model goes on").toBe(0);
        },
      );

      test("where nobody is left the SDK throws what to do", async () => {
        await fresh();
        cloud.say = second.say = (_, response) => void response.writeHead(500).end("{}");
        await expect(stream(proxy.base)).rejects.toThrow(
          /can answer now \(cloud\/big: status 500; local\/small: status 500\)/,
        );
      });
    },
  );
}

describe.skipIf(!installed("openai"))("openai's SDK and the Responses stream of llama-server", () => {
  const { stream } = sdkClients.find(({ dialect }) => dialect === "responses")!;
  test("events are read; its own gathering of them is not made for a stream without indices", async () => {
    const local = await serveMock(async (_, response) => {
      await pieces(response, llamaResponses, 9);
      response.end();
    });
    const proxy = await rig(
      registration([target("local/big", local.origin, ["responses"], { local: true })]),
    );
    expect(await responseText(proxy.base)).toBe(TEXT);
    for (const base of [local.origin, proxy.base])
      await expect(stream(base)).rejects.toThrow("rsp.output is not iterable");
    await Promise.all([proxy.close(), local.close()]);
  });
});
