import http, { type RequestOptions } from "node:http";
import https from "node:https";
import type { Agents } from "../attempt.ts";
import { parsed } from "../dialects/dialect.ts";
import type { Target } from "../types.ts";

/** The most bytes read of an answer. */
const MOST_BYTES = 1024 * 1024;

export interface Asking {
  method: "GET" | "POST";
  /** Behind the target's origin. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer;
  /** Until the whole answer is there, in milliseconds. */
  totalMs: number;
  signal?: AbortSignal;
}

/** Asks a target for something of the proxy's own; undefined: no answer, or not a good one. */
export const ask = (agents: Agents, { origin }: Target, asking: Asking): Promise<unknown> =>
  new Promise((resolve) => {
    const url = new URL(origin);
    const isTls = url.protocol === "https:";
    const { method, headers, body, totalMs, signal } = asking;
    const options: RequestOptions = {
      method,
      path: url.pathname.replace(/\/+$/, "") + asking.path,
      headers: { ...headers, ...(body && { "content-length": body.length }) },
      agent: isTls ? agents.https : agents.http,
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(totalMs)]) : AbortSignal.timeout(totalMs),
    };
    const request = (isTls ? https : http).request(url.origin, options, (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on("data", (part: Buffer) => {
        length += part.length;
        if (length > MOST_BYTES) response.destroy();
        else parts.push(part);
      });
      response.on("error", () => resolve(undefined));
      response.once("close", () => resolve(undefined));
      response.once("end", () =>
        resolve(response.statusCode === 200 ? (parsed(Buffer.concat(parts).toString()) ?? "") : undefined),
      );
    });
    request.on("error", () => resolve(undefined));
    request.end(body);
  });
