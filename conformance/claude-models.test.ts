import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { client, missing, runClaude } from "./claude.ts";
import { built } from "./claude-project.ts";
import { inProject } from "./project.ts";

const found = client();
const accept = [
  { code: "loss/*", reason: "known" },
  { code: "model/*", reason: "known" },
];

interface Failing {
  origin: string;
  /** `POST path model`, in the order they came. */
  asked: string[];
  headers: IncomingMessage["headers"][];
  close: () => Promise<void>;
}
/** A server that fails every request: after one such answer the client goes on to a fallback, where it has one. */
const serveFailing = async (): Promise<Failing> => {
  const [asked, headers]: [string[], IncomingMessage["headers"][]] = [[], []];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const model = body ? (JSON.parse(body).model ?? "") : "";
    asked.push(`${request.method} ${request.url} ${model}`.trim());
    headers.push(request.headers);
    const error = { type: "error", error: { type: "api_error", message: "Internal server error" } };
    response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify(error));
  };
  const server = createServer((q, r) => void answer(q, r).catch((e) => r.destroy(e)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, asked, headers, close };
};

let servers: Failing[] = [];
afterEach(async () => {
  for (const s of servers) await s.close();
  servers = [];
});
const failing = async (): Promise<Failing> => {
  const made = await serveFailing();
  servers.push(made);
  return made;
};
const modelsOf = (asked: readonly string[]): string[] => [
  ...new Set(asked.filter((a) => a.includes("/messages")).map((a) => a.split(" ").at(-1)!)),
];

/** One question in a project that the spec was built in. */
const ask = (spec: object, env: Record<string, string>, args: string[] = []) =>
  inProject(
    { "portable.yaml": stringify({ portable: 1, targets: ["claude"], accept, ...spec }) },
    async (root) => {
      built(root);
      return runClaude({ cwd: root, prompt: "hi", replies: [{ text: "done" }], env, args });
    },
  );

describe(`Claude Code ${found?.version ?? ""}, the models of a session`, () => {
  const chain = ["claude-opus-4-8", "claude-sonnet-5", "claude-haiku-4-5"].map((m) => `anthropic/${m}`);

  test("main is asked, and after its failure each fallback in turn", async (context) => {
    context.skip(!found, missing);
    const server = await failing();
    await ask({ models: { main: { chain } } }, { ANTHROPIC_BASE_URL: server.origin });
    expect(modelsOf(server.asked)).toEqual(["claude-opus-4-8", "claude-sonnet-5", "claude-haiku-4-5"]);
  });

  test("the names of its own stand for the models of the spec", async (context) => {
    context.skip(!found, missing);
    const models = { fast: { chain: ["anthropic/small-one"] }, sonnet: { chain: ["anthropic/middle-one"] } };
    for (const [name, id] of [
      ["haiku", "small-one"],
      ["sonnet", "middle-one"],
    ] as const) {
      const { requests } = await ask({ models }, {}, ["--model", name]);
      expect(
        requests.map((r) => (r as { model: string }).model),
        name,
      ).toContain(id);
    }
  });

  test("Bedrock and Vertex AI are asked in their own way, at the region and project of the spec", async (context) => {
    context.skip(!found, missing);
    const cloud = async (
      providers: object,
      step: string,
      env: (origin: string) => Record<string, string>,
    ) => {
      const server = await failing();
      await ask({ providers, models: { main: { chain: [step] } } }, env(server.origin));
      return server;
    };
    const bedrock = await cloud(
      { bed: { type: "amazon-bedrock", region: "eu-central-1" } },
      "bed/eu.anthropic.claude-opus-4-8",
      (origin) => ({
        ANTHROPIC_BEDROCK_BASE_URL: origin,
        AWS_ACCESS_KEY_ID: "dummy",
        AWS_SECRET_ACCESS_KEY: "dummy",
      }),
    );
    expect(bedrock.asked.join("\n")).toContain("/model/eu.anthropic.claude-opus-4-8/invoke");
    expect(bedrock.headers.map((h) => h.authorization).join("\n")).toContain("/eu-central-1/bedrock/");
    const vertex = await cloud(
      { v: { type: "google-vertex", region: "europe-west1", project: "p-1" } },
      "v/claude-opus-4-8@20260301",
      (origin) => ({ ANTHROPIC_VERTEX_BASE_URL: origin, CLAUDE_CODE_SKIP_VERTEX_AUTH: "1" }),
    );
    expect(vertex.asked.join("\n")).toContain(
      "/projects/p-1/locations/europe-west1/publishers/anthropic/models/claude-opus-4-8@20260301",
    );
  });

  test("a command for the key is run, and literal headers are sent", async (context) => {
    context.skip(!found, missing);
    const server = await failing();
    const providers = { anthropic: { keyCommand: "echo key-of-command", headers: { "X-Team": "core" } } };
    await ask(
      { providers, models: { main: { chain: ["anthropic/claude-opus-4-8"] } } },
      { ANTHROPIC_BASE_URL: server.origin, ANTHROPIC_API_KEY: "" },
    );
    const sent = server.headers.find((h) => h["x-api-key"] !== undefined)!;
    expect([sent["x-api-key"], sent["x-team"]]).toEqual(["key-of-command", "core"]);
  });
});
