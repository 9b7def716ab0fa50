import type { ServerResponse } from "node:http";

/** The client's side of one request. */
export interface Client {
  /** It has hung up. */
  gone(): boolean;
  /** Called once when it hangs up; undefined: nobody is called. */
  onGone(listener: (() => void) | undefined): void;
  /** Status and headers have gone out. */
  started(): boolean;
  start(status: number, headers: readonly string[]): void;
  /** False: it reads more slowly than it is written to; wait for `onDrain`. */
  write(bytes: Buffer | string): boolean;
  onDrain(listener: () => void): void;
  end(bytes?: Buffer | string): void;
  /** Breaks the connection: the only thing left for an answer whose end is lost. */
  break(): void;
  /** From now on, until the answer begins, it is told now and then that it is still being served. */
  keepWaiting(everyMs: number, ping: string): void;
}

/** What a client gets that waits for the first content of a stream. */
const STREAM_HEADERS = ["Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache"];

export const clientOf = (response: ServerResponse): Client => {
  let waiting: NodeJS.Timeout | undefined;
  let onGone: (() => void) | undefined;
  let isGone = response.destroyed;
  response.on("close", () => {
    clearInterval(waiting);
    isGone = !response.writableFinished;
    if (isGone) onGone?.();
  });
  const stopWaiting = (): void => {
    clearInterval(waiting);
    waiting = undefined;
  };
  const start = (status: number, headers: readonly string[]): void => {
    stopWaiting();
    if (!response.headersSent && !isGone) response.writeHead(status, headers as string[]);
  };
  return {
    gone: () => isGone,
    onGone: (listener) => void (onGone = listener),
    started: () => response.headersSent,
    start,
    write(bytes) {
      stopWaiting();
      return isGone || response.write(bytes);
    },
    onDrain: (listener) => void response.once("drain", listener),
    end(bytes) {
      stopWaiting();
      response.end(bytes);
    },
    break: () => void response.destroy(),
    keepWaiting(everyMs, ping) {
      waiting ??= setInterval(() => {
        if (!response.headersSent) {
          response.writeHead(200, STREAM_HEADERS);
          response.flushHeaders();
        }
        if (ping) response.write(ping);
      }, everyMs);
    },
  };
};
