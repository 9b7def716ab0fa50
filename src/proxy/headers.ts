import type { Carrier } from "./types.ts";

/** Headers as node:http reads and writes them: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Meant for one connection (RFC 9110, 7.6.1), beside those that `Connection` names. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];
/** Said anew for each target. */
const ownWords = [
  "host",
  "content-length",
  "expect",
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
];
/** What a client proves who it is with; it goes to its own vendor only. */
const credentials = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];
/** What tells whose account it is. */
const accounts = [
  "cookie",
  "openai-organization",
  "openai-project",
  "chatgpt-account-id",
  "x-goog-user-project",
];
const never = new Set([...hopByHop, ...ownWords, ...credentials]);
const neverAbroad = new Set([...never, ...accounts]);
/** Answers speak for the vendor's host, not for this one: neither CORS nor another protocol. */
const notBack = new Set([...hopByHop, "alt-svc", "strict-transport-security", "content-length"]);

/** The names that `Connection` adds. */
const named = (headers: RawHeaders): string[] => {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === 10 && headers[i]!.toLowerCase() === "connection")
      return headers[i + 1]!.split(",").map((name) => name.trim().toLowerCase());
  return [];
};

/** A client's headers for a target: `isOwn` keeps what tells whose account it is, `replaced` are said anew. */
export const forwarded = (
  headers: RawHeaders,
  isOwn: boolean,
  replaced: (name: string) => boolean,
): string[] => {
  const drop = isOwn ? never : neverAbroad;
  const also = named(headers);
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (!drop.has(name) && !also.includes(name) && !replaced(name)) out.push(headers[i]!, headers[i + 1]!);
  }
  return out;
};

/** A target's headers for the client; the length is said anew, `isPlain` leaves the encoding out. */
export const returned = (headers: RawHeaders, isPlain: boolean): string[] => {
  const also = named(headers);
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (notBack.has(name) || name.startsWith("access-control-") || also.includes(name)) continue;
    if (isPlain && name === "content-encoding") continue;
    out.push(headers[i]!, headers[i + 1]!);
  }
  return out;
};

/** How a key is said. */
export const carried = (carrier: Carrier, key: string): [name: string, value: string] =>
  carrier === "bearer" ? ["Authorization", `Bearer ${key}`] : [carrier, key];

/** Text that may stand in a header. */
export const headerText = (text: string): string => text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 500);
