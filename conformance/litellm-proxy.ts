import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { stringify } from "yaml";
import { built } from "./claude-project.ts";
import { type Files, inProject } from "./project.ts";
import { type Started, start } from "./python.ts";

/** Without a strong key the proxy does not start (1.108.6, 2026-11-25). */
const masterKey = `sk-${randomBytes(32).toString("hex")}`;
const headers = { "content-type": "application/json", authorization: `Bearer ${masterKey}` };

export interface Proxy {
  /** One question in OpenAI's chat dialect, or at the path of another. */
  ask(model: string, path?: string): Promise<{ status: number; body: any; headers: Headers }>;
  get(path: string): Promise<string>;
  /** The folder it was started in. */
  root: string;
  /** All that it has said so far. */
  said(): string;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const ready = async (origin: string, proxy: Started): Promise<void> => {
  while (proxy.child.exitCode === null && proxy.child.signalCode === null) {
    const answer = await fetch(`${origin}/health/readiness`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((r) => setTimeout(r, 150));
  }
  throw new Error(`the proxy did not start\n${proxy.said()}`);
};

/** Builds the spec with the real kernel, starts the real proxy on what came of it, and ends it. */
export const withProxy = (
  spec: object,
  env: Record<string, string>,
  use: (p: Proxy) => Promise<void>,
  files: Files = {},
): Promise<void> => {
  const yaml = stringify({ portable: 1, targets: ["litellm"], ...spec });
  return inProject({ ...files, "portable.yaml": yaml }, async (root) => {
    built(root);
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const args = ["--config", "litellm_config.yaml", "--host", "127.0.0.1", "--port", String(port)];
    const all = { LITELLM_MASTER_KEY: masterKey, ...env };
    const proxy = start("litellm", "litellm", args, { cwd: root, env: all, limitMs: 85_000 });
    try {
      await ready(origin, proxy);
      const ask: Proxy["ask"] = async (model, path = "/v1/chat/completions") => {
        const body = JSON.stringify({ model, max_tokens: 9, messages: [{ role: "user", content: "hi" }] });
        const answer = await fetch(origin + path, { method: "POST", headers, body });
        return { status: answer.status, body: await answer.json(), headers: answer.headers };
      };
      const get = async (path: string): Promise<string> => (await fetch(origin + path, { headers })).text();
      await use({ ask, get, root, said: proxy.said });
    } finally {
      await proxy.stop();
    }
  });
};
