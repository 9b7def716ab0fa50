import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** Carries the secret of the state folder. */
export const secretHeader = "x-portable-secret";

/** Variables of one repository, as the shell of its user has them. */
export interface Given {
  root: string;
  variables: Record<string, string>;
}
/** What the owner of the state folder can have a proxy do. */
export interface Control {
  /** Failover, with the variables of a repository; true: it was off. */
  on(given: Given | undefined): boolean;
  /** A plain pipe; true: it was none. */
  off(): boolean;
  /** Reads again what is registered. */
  reload(): void;
  end(): void;
  status(): object;
}

const matches = (given: string | undefined, secret: string): boolean => {
  const [a, b] = [given ?? "", secret].map((x) => createHash("sha256").update(x).digest());
  return timingSafeEqual(a!, b!);
};

const LARGEST_BODY = 256 * 1024;
/** A request's JSON; undefined: it has none, or too much. */
const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > LARGEST_BODY) return undefined;
      parts.push(part);
    }
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
};
const givenIn = (data: unknown): Given | undefined => {
  const { root, variables } = (data ?? {}) as Partial<Given>;
  if (typeof root !== "string" || typeof variables !== "object") return undefined;
  const texts = Object.entries(variables ?? {}).filter(([, value]) => typeof value === "string");
  return { root, variables: Object.fromEntries(texts) };
};

/** `POST /-/on`, `/-/off`, `/-/reload`, `/-/end` and `GET /-/status`, for whoever can read the state folder. */
export const controlled = async (
  secret: string,
  control: Control,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const say = (status: number, data: object): void => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(data));
  };
  if (!matches(request.headers[secretHeader] as string | undefined, secret)) return say(403, {});
  const name = path.slice("/-/".length);
  if (request.method === "GET" && name === "status") return say(200, control.status());
  if (request.method !== "POST") return say(404, {});
  if (name === "on") {
    const changed = control.on(givenIn(await bodyOf(request)));
    return say(200, { ...control.status(), changed });
  }
  if (name === "off") {
    const changed = control.off();
    return say(200, { ...control.status(), changed });
  }
  if (name === "reload") {
    control.reload();
    return say(200, control.status());
  }
  if (name !== "end") return say(404, {});
  // whoever asked hears of it first
  response.on("finish", () => control.end());
  return say(200, control.status());
};
