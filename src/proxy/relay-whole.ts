import type { IncomingMessage } from "node:http";
import { alarm } from "./alarm.ts";
import type { Client } from "./client.ts";
import type { Failure } from "./failure.ts";

/** A response's body as it came; `rest`: it is longer than wanted, and goes on. */
export type Collected = { bytes: Buffer; isWhole: boolean } | { failure: Failure } | "gone";

/** Reads a response up to so many bytes, within so much time. */
export const collect = (
  response: IncomingMessage,
  client: Client,
  mostBytes: number,
  totalMs: number,
): Promise<Collected> =>
  new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    const settle = (collected: Collected): void => {
      timer.stop();
      client.onGone(undefined);
      if (!response.readableEnded) response.off("data", onData).off("end", onEnd);
      if (collected === "gone" || "failure" in collected) response.destroy();
      resolve(collected);
    };
    const bytes = (): Buffer => (parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    const onEnd = (): void => settle({ bytes: bytes(), isWhole: true });
    const onData = (part: Buffer): void => {
      parts.push(part);
      length += part.length;
      if (length <= mostBytes) return;
      response.pause();
      settle({ bytes: bytes(), isWhole: false });
    };
    const timer = alarm(() => settle({ failure: { kind: "deadline", phase: "total", ms: totalMs } }));
    timer.set(totalMs);
    client.onGone(() => settle("gone"));
    response.on("error", () => settle({ failure: { kind: "cut" } }));
    response.on("data", onData);
    response.on("end", onEnd);
  });

/** Passes on whatever comes, with no look into it; true: to its end. */
export const pipeOn = (response: IncomingMessage, client: Client): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (isWhole: boolean): void => {
      client.onGone(undefined);
      if (isWhole) client.end();
      else {
        response.destroy();
        client.break();
      }
      resolve(isWhole);
    };
    client.onGone(() => settle(false));
    response.on("error", () => settle(false));
    response.once("end", () => settle(true));
    response.on("data", (part: Buffer) => {
      if (client.write(part)) return;
      response.pause();
      client.onDrain(() => response.resume());
    });
    response.resume();
  });
