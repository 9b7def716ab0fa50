import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createPort } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that answers every Messages request with its name, or with a status. */
export interface Upstream {
  origin: string;
  /** 200 unless a test says otherwise. */
  status: number;
  asked: number;
  /** The credential of the last POST. */
  key: string | undefined;
  close(): void;
}

const message = (name: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: name,
  content: [{ type: "text", text: name }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
});
export const upstream = (name: string): Promise<Upstream> =>
  new Promise((resolve) => {
    const server: Server = createServer((request, response) => {
      request.resume().on("end", () => {
        up.asked++;
        if (request.method === "POST") up.key = request.headers.authorization;
        response.writeHead(up.status, { "Content-Type": "application/json" });
        response.end(
          JSON.stringify(up.status === 200 ? message(name) : { type: "error", error: { type: name } }),
        );
      });
    });
    const up: Upstream = {
      origin: "",
      status: 200,
      asked: 0,
      key: undefined,
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
    server.listen(0, "127.0.0.1", () => {
      up.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve(up);
    });
  });

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createPort().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A spec whose chain is asked in the order given. */
export const specOf = (port: number, origins: readonly string[]): string => `portable: 1
targets: [agents]
gateway: proxy
providers:
${origins.map((origin, i) => `  server${i}:\n    type: llama.cpp\n    origin: ${origin}\n`).join("")}models:
  main:
    chain: [${origins.map((_, i) => `server${i}/m${i}`).join(", ")}]
proxy:
  port: ${port}
`;

/** The same with a key of the first server in a variable. */
export const keyedSpecOf = (port: number, origins: readonly string[], variable: string): string =>
  specOf(port, origins).replace("origin:", `apiKey: "\${${variable}}"\n    origin:`);

/** A state folder with repositories of one user. */
export interface User {
  env: Record<string, string>;
  state: string;
  repository(name: string, spec: string): string;
  remove(): void;
}
export const user = (): User => {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "portable-user-")));
  return {
    env: { PATH: process.env["PATH"]!, HOME: outer, XDG_STATE_HOME: join(outer, "state") },
    state: join(outer, "state", "portable"),
    repository(name, spec) {
      const root = join(outer, name);
      mkdirSync(root, { recursive: true });
      writeFileSync(join(root, "portable.yaml"), spec);
      return root;
    },
    remove: () => rmSync(outer, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
};

export interface Said {
  code: number;
  out: string;
  data: Record<string, any>;
}
/** Runs the program with `--json`. */
export const run = (
  cli: string,
  cwd: string,
  env: Record<string, string>,
  ...argv: string[]
): Promise<Said> => runAs(cli, cwd, env, [...argv, "--json"]);
/** Runs the program as people do. */
export const runAs = (
  cli: string,
  cwd: string,
  env: Record<string, string>,
  argv: readonly string[],
): Promise<Said> =>
  new Promise((resolve) => {
    const options = { cwd, env, timeout: 20_000 };
    execFile(process.execPath, [cli, ...argv], options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      let data: Record<string, any> = {};
      try {
        data = JSON.parse(stdout);
      } catch {
        // it said why on the other stream
      }
      resolve({ code, out: stdout + stderr, data });
    });
  });

export const readJson = (path: string): Record<string, any> => JSON.parse(readFileSync(path, "utf8"));
const request = (text: string): object => ({
  model: "main",
  max_tokens: 9,
  messages: [{ role: "user", content: text }],
});
/** What a client of a base address gets: the status, and who answered. Another text is another conversation. */
export const ask = async (base: string, text = "hi"): Promise<{ status: number; by: string }> => {
  const response = await fetch(`${base}/v1/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(request(text)),
  });
  const body = (await response.json()) as Record<string, any>;
  return { status: response.status, by: body["content"]?.[0]?.text ?? body["error"]?.type };
};
