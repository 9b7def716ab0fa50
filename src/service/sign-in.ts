import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Environment } from "../core/template.ts";

const either = (env: Environment, name: string): string | undefined =>
  env[name] || env[name.toLowerCase()] || undefined;
const isSpared = (hostname: string, list: string): boolean =>
  list
    .split(/[\s,]+/)
    .map((name) => name.replace(/^\*?\./, ""))
    .some((name) => name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`))));
/** The web proxy that the environment names for a host; undefined: none. */
export const webProxy = (hostname: string, env: Environment): URL | undefined => {
  const named = either(env, "HTTPS_PROXY") ?? either(env, "HTTP_PROXY");
  if (!named || isSpared(hostname, either(env, "NO_PROXY") ?? "")) return undefined;
  return URL.canParse(named) ? new URL(named) : undefined;
};

/** `away`: it cannot be reached; `hangs`: it neither answers nor refuses in time, so that whoever must sign in there waits. */
export type Presence = "there" | "away" | "hangs";

const nobodyThere = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
/** Whether a host is there, asked as the environment's web proxy has it. Nothing but a HEAD goes out. */
export const presenceOf = (address: string, env: Environment, limitMs: number): Promise<Presence> =>
  new Promise((resolve) => {
    const { hostname, port, pathname } = new URL(address);
    const open = new Set<Socket>();
    const end = (presence: Presence): void => {
      clearTimeout(timer);
      resolve(presence);
      for (const socket of open) socket.destroy();
    };
    const timer = setTimeout(end, limitMs, "hangs");
    const send = (request: http.ClientRequest): void => {
      request.on("socket", (socket) => open.add(socket));
      request.on("error", ({ code }: NodeJS.ErrnoException) =>
        end(nobodyThere.has(code ?? "") ? "away" : "there"),
      );
      request.on("response", () => end("there"));
      request.end();
    };
    const ask = (socket?: Socket): void => {
      const through = socket && { socket };
      const where = { host: hostname, port: port || 443, path: pathname };
      send(https.request({ ...where, method: "HEAD", agent: false, ...through } as https.RequestOptions));
    };
    const proxy = webProxy(hostname, env);
    if (!proxy) return ask();
    const { username, password } = proxy;
    const login = Buffer.from(decodeURIComponent(`${username}:${password}`)).toString("base64");
    const target = `${hostname}:${port || 443}`;
    const tunnel = (proxy.protocol === "https:" ? https : http).request({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { Host: target, ...(username && { "Proxy-Authorization": `Basic ${login}` }) },
      agent: false,
    });
    tunnel.on("connect", ({ statusCode }, socket) => {
      open.add(socket);
      if (statusCode === 200) ask(socket);
      else end("away");
    });
    send(tunnel);
  });
