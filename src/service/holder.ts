import { type ChildProcess, fork } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import type { Given } from "./control.ts";

/** Waits between two starts of a worker that dies, in milliseconds. */
const FIRST_WAIT = 20;
const LONGEST_WAIT = 5_000;
/** A worker that lived this long was sound. */
const SOUND_MS = 10_000;
/** Connections that wait for a worker; more are refused. */
const MOST_WAITING = 1_024;

/** Young objects in 2 MB: 126 MB of memory after 50 KB bodies became 102, at 3 % less speed (Node 20.20, measured 2026-11-26). */
const SMALL = ["--max-semi-space-size=2"];

/** What a worker tells its holder. */
export type Told = { ready: true } | { got: number } | { end: true } | { keep: readonly Given[] };
/** What a holder sends with each connection; or, to a worker that is started again, what the last one had it keep. */
export type Handed = { id: number } | { kept: readonly Given[] };

export interface Holding {
  port: number;
  /** Starts what answers the connections. */
  worker: { script: string; argv: readonly string[] };
  log(line: string): void;
  now(): number;
  /** The worker asked for the end, or the port cannot be had. */
  ended(fault?: NodeJS.ErrnoException): void;
}

/**
 * Holds the listening socket and hands every connection to a worker. While a worker is started again its connections wait, so
 * that no client is refused.
 */
export const hold = ({ port, worker, log, now, ended }: Holding): Server => {
  const waiting: Socket[] = [];
  /** Handed over, and not yet confirmed. */
  const handed = new Map<number, Socket>();
  let [current, ready, over]: [ChildProcess | undefined, boolean, boolean] = [undefined, false, false];
  let [next, wait] = [0, FIRST_WAIT];
  /** In memory alone: keys are among them. */
  let given: readonly Given[] = [];

  const hand = (socket: Socket): void => {
    if (!ready || !current) {
      if (waiting.length < MOST_WAITING) waiting.push(socket);
      else socket.destroy();
      return;
    }
    const id = next++;
    handed.set(id, socket);
    current.send({ id } satisfies Handed, socket, { keepOpen: true }, (fault) => {
      if (fault) handed.delete(id) && waiting.push(socket);
    });
  };
  const flush = (): void => {
    for (const socket of waiting.splice(0)) if (!socket.destroyed) hand(socket);
  };
  const told = (message: Told): void => {
    if ("ready" in message) {
      ready = true;
      if (given.length) current?.send({ kept: given } satisfies Handed);
      flush();
    } else if ("keep" in message) given = message.keep;
    else if ("got" in message) {
      handed.get(message.got)?.destroy();
      handed.delete(message.got);
    } else {
      over = true;
      server.close();
      current?.disconnect();
      ended();
    }
  };
  const start = (): void => {
    const born = now();
    const child = fork(worker.script, worker.argv, { stdio: "inherit", execArgv: SMALL });
    current = child;
    child.on("message", told);
    child.on("error", (e) => log(`worker: ${e.message}`));
    child.on("exit", (code, signal) => {
      [current, ready] = [undefined, false];
      // handed to one that did not take them
      waiting.push(...handed.values());
      handed.clear();
      if (over) return;
      wait = now() - born > SOUND_MS ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
      log(`worker ended (${signal ?? code}); the next starts in ${wait} ms`);
      setTimeout(start, wait);
    });
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, hand);
  server.on("error", ended);
  server.listen(port, "127.0.0.1", start);
  return server;
};
