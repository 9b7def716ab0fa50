import type { IncomingMessage } from "node:http";
import type { Fault } from "./dialects/dialect.ts";

/** A request that came to the right door. */
export interface Admitted {
  /** Undefined: the path carries none. */
  token: string | undefined;
  path: string;
  query: string;
}
export interface Refused {
  fault: Fault;
  message: string;
}

const TOKEN = /^\/([A-Za-z0-9_-]{16,128})(?=\/)/;
/** Nothing in a path that one server reads otherwise than the next. */
const ODD = /[^\x21-\x7e]|[\\#"<>]|\/\/|\/\.{1,2}(?:\/|$)|%2e|%2f|%5c|%00/i;

const names = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** Whether a Host header names this proxy. */
const isOwn = (host: string, port: number): boolean => {
  const end = host.lastIndexOf(":");
  const hasPort = end > 0 && host.slice(end + 1) === String(port);
  return hasPort ? names.has(host.slice(0, end)) : port === 80 && names.has(host);
};

/** The Host header; undefined: there is none, or more than one. */
const hostOf = (headers: readonly string[]): string | undefined => {
  let host: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length !== 4 || headers[i]!.toLowerCase() !== "host") continue;
    if (host !== undefined) return undefined;
    host = headers[i + 1]!.trim().toLowerCase();
  }
  return host;
};

/**
 * Whether a request was meant for this proxy: a web page can neither name its host (DNS rebinding) nor ask without an origin.
 * Websockets are turned down so that clients go back to plain HTTP.
 */
export const admit = (request: IncomingMessage, port: number): Admitted | Refused => {
  const { headers, rawHeaders, url = "" } = request;
  const host = hostOf(rawHeaders);
  if (host === undefined || !isOwn(host, port))
    return { fault: 403, message: "this proxy answers to 127.0.0.1 and localhost only" };
  if (headers.origin !== undefined || headers["sec-fetch-site"] === "cross-site")
    return { fault: 403, message: "this proxy does not answer web pages" };
  if (/websocket/i.test(headers.upgrade ?? ""))
    return { fault: 426, message: "websockets are not spoken here: use HTTP with server-sent events" };
  const cut = url.indexOf("?");
  const whole = cut < 0 ? url : url.slice(0, cut);
  if (!whole.startsWith("/") || ODD.test(whole) || /[^\x21-\x7e]/.test(url))
    return { fault: 400, message: "not a path of this proxy" };
  const token = TOKEN.exec(whole)?.[1];
  return {
    token,
    path: token === undefined ? whole : whole.slice(token.length + 1),
    query: cut < 0 ? "" : url.slice(cut + 1),
  };
};
