import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "../../test/service/program.ts";
import { freePort, freshPlace, type Place as Home, ran } from "../failover/place.ts";
import type { Place } from "./load.ts";

/** Something that requests go through. */
export interface System extends Place {
  name: string;
  /** Its processes, the one that answers last. */
  pids: readonly number[];
  stop(): Promise<void> | void;
}

const here = join(process.cwd(), "bench", "proxy");

/** Starts one of the bench's own scripts, which prints its port. */
const script = (name: string, argv: readonly string[] = []): Promise<{ port: number; child: ChildProcess }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(here, name), ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.once("error", reject);
    child.stdout!.once("data", (line) => resolve({ port: Number(line), child }));
  });
const scripted = async (name: string, file: string, argv?: readonly string[]): Promise<System> => {
  const { port, child } = await script(file, argv);
  return { name, port, prefix: "", pids: [child.pid!], stop: () => void child.kill() };
};

/** The vendor itself. */
export const direct = (): Promise<System> => scripted("direct", "upstream.mjs");
export const pipe = (upstream: number): Promise<System> =>
  scripted("bare node:http pipe", "pipe.mjs", [`${upstream}`]);

/** Debian's nginx: one that is installed, or the package unpacked beside; undefined: it cannot be had. */
const nginxBinary = (): string | undefined => {
  const installed = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find((path) => existsSync(path));
  if (installed) return installed;
  const folder = join(here, ".nginx");
  const unpacked = join(folder, "usr", "sbin", "nginx");
  if (existsSync(unpacked)) return unpacked;
  const scratch = mkdtempSync(join(tmpdir(), "portable-nginx-"));
  try {
    execFileSync("apt-get", ["download", "nginx"], { cwd: scratch, stdio: "ignore" });
    const file = readdirSync(scratch).find((name) => name.endsWith(".deb"))!;
    execFileSync("dpkg-deb", ["-x", join(scratch, file), folder], { stdio: "ignore" });
    execFileSync(unpacked, ["-v"], { stdio: "ignore" });
    return unpacked;
  } catch {
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const nginxConfig = (folder: string, port: number, upstream: number): string => `
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_buffer_size 128k; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream vendor { server 127.0.0.1:${upstream}; keepalive 64; }
  server {
    listen 127.0.0.1:${port}; keepalive_requests 1000000000;
    location / { proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}`;

export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** Undefined: there is no nginx here. */
export const nginx = async (upstream: number): Promise<System | undefined> => {
  const binary = nginxBinary();
  if (binary === undefined) return undefined;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "portable-nginx-")));
  const port = await freePort();
  writeFileSync(join(folder, "nginx.conf"), nginxConfig(folder, port, upstream));
  const child = spawn(binary, ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  await answers(port, "/v1/messages", 5_000);
  const stop = (): void => {
    child.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    child.kill();
  };
  return { name: "nginx", port, prefix: "", pids: [child.pid!, ...childrenOf(child.pid!)], stop };
};

const STEP_MS = 2;
/** Asks until somebody answers with 200; gives how long that took, in milliseconds. */
export const answers = async (port: number, path: string, limitMs: number): Promise<number> => {
  const startMs = performance.now();
  for (;;) {
    if (await isThere(port, path)) return performance.now() - startMs;
    if (performance.now() - startMs > limitMs)
      throw new Error(`nobody answers at ${port} after ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
};
const isThere = (port: number, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode === 200));
    });
    request.once("error", () => resolve(false));
  });

const VENDOR = "https://api.anthropic.com";
const KEY = "sk-bench-key-of-the-repository";

const specFor =
  (upstream: number) =>
  (port: number): string =>
    `portable: 1
targets: [agents]
gateway: proxy
providers:
  anthropic: {}
  local:
    type: llama.cpp
    origin: http://127.0.0.1:${upstream}
models:
  main:
    chain: [anthropic/claude-bench, local/spare]
  abroad:
    chain: [local/spare]
proxy:
  port: ${port}
`;

/** The program in a repository of its own; the mock stands where it has the vendor's origin. */
export interface Installed {
  home: Home;
  cli: string;
  env: Readonly<Record<string, string>>;
  remove(): void;
}
/** Bundles the program with other origins in the place of the vendors', and gives it a home and a repository. */
export const install = async (
  spec: (port: number) => string,
  origins: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Promise<Installed> => {
  const program = await bundled(process.cwd(), origins);
  const home = await freshPlace(spec);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home.home,
    XDG_STATE_HOME: join(home.state, ".."),
    ...variables,
  };
  const remove = (): void => {
    program.remove();
    home.remove();
  };
  return { home, cli: program.cli, env, remove };
};
/** With one vendor, and a server that is none. */
export const installed = (
  upstream: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Installed> =>
  install(
    specFor(upstream),
    { [VENDOR]: `http://127.0.0.1:${upstream}` },
    { ANTHROPIC_API_KEY: KEY, ...more },
  );

const LIMIT_MS = 30_000;
export const portable = async ({ home, cli, env }: Installed, argv: readonly string[]): Promise<string> => {
  const ended = await ran({
    program: process.execPath,
    argv: [cli, ...argv],
    cwd: home.repository,
    env,
    limitMs: LIMIT_MS,
  });
  if (ended.code !== 0) throw new Error(`portable ${argv.join(" ")}: ${ended.stdout}${ended.stderr}`);
  return ended.stdout;
};

const state = ({ home }: Installed, name: string): any =>
  JSON.parse(readFileSync(join(home.state, name), "utf8"));
/** The token of the one repository that is registered. */
export const tokenOf = (place: Installed): string => {
  const [file] = readdirSync(join(place.home.state, "repositories"));
  return state(place, `repositories/${file}`).token;
};

/** Where what the proxy says of itself is kept. */
export const logOf = ({ home }: Installed): string => join(home.state, "holder.log");
/**
 * The proxy as it runs in the background, a holder and a worker; its holder is a child of this process and of its session, as
 * a kernel may share time out by session.
 */
export const started = async (place: Installed): Promise<System> => {
  const { home, cli, env } = place;
  await portable(place, ["env", "claude"]);
  const log = openSync(logOf(place), "a");
  const holder = spawn(process.execPath, [join(cli, "..", "holder.js"), `${home.port}`], {
    cwd: home.state,
    env,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  await answers(home.port, "/healthz", LIMIT_MS);
  const gone = new Promise((resolve) => holder.once("exit", resolve));
  const stop = async (): Promise<void> => {
    holder.kill();
    await gone;
  };
  const pids = [holder.pid!, ...childrenOf(holder.pid!)];
  return { name: "portable proxy", port: home.port, prefix: `/${tokenOf(place)}`, pids, stop };
};
