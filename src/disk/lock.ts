import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { DEAD_LOCK, LOCK } from "../core/paths.ts";
import { disk, errnoOf, unlinkIfThere, writeAll } from "./fs.ts";
import { load } from "./read.ts";
import { newToken, type Token } from "./staged.ts";

/** The process that holds a lock or wrote a journal. */
export interface Holder {
  pid: number;
  host: string;
  /** When the process began, in the system's own spelling; "" where only Linux would tell. */
  started: string;
  token: Token;
}

export interface Held {
  /** False once somebody else has taken the lock over; nothing may be written then. */
  isOurs: () => boolean;
  release: () => void;
}

/** When a process began, in clock ticks since the system did. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (2026-11-22) */
const startOf = (pid: number): string => {
  if (process.platform !== "linux") return "";
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
};

let me: Holder | undefined;
/** This process, as it signs locks and journals. */
export const self = (): Holder =>
  (me ??= { pid: process.pid, host: hostname(), started: startOf(process.pid), token: newToken() });

/** Whether another process still runs that signed as a holder; undefined: it runs elsewhere, if at all. */
export const isAlive = (holder: Holder): boolean | undefined => {
  if (holder.host !== self().host) return undefined;
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return started === "" || holder.started === "" || started === holder.started;
};

/** The holder that a record names; undefined: it is no such record. */
export const parseHolder = (value: unknown): Holder | undefined => {
  const { pid, host, started, token } = (value ?? {}) as Partial<Holder>;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (typeof host !== "string" || typeof started !== "string" || typeof token !== "string") return undefined;
  return { pid, host, started, token };
};

/** What is said to those who find a lock or journal in use. */
export const inUse = ({ pid, host }: Holder, file: string): string =>
  `process ${pid} on ${printable(host)} is writing here; if it no longer runs, remove ${file}`;

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);

const TRIES = 20;
const PAUSE_MS = 10;

/**
 * Takes the one lock of a repository, also from a holder that no longer runs. `busy` says who has
 * it. Given back by `release`, at the latest when the process ends. Throws errors of the disk.
 */
export const take = (root: string): Held | { busy: string } => {
  const file = `${root}/${LOCK}`;
  for (let tries = 0; tries < TRIES; tries++) {
    if (create(file)) return held(file);
    const seen = recordIn(file);
    if (seen === undefined) continue;
    const holder = parse(seen);
    if (ours.has(file)) return { busy: inUse(self(), LOCK) };
    if (holder && isAlive(holder) !== false) return { busy: inUse(holder, LOCK) };
    // a record may be empty for a moment, between its making and its writing
    if (holder || tries >= TRIES / 2) bury(root, seen);
    else pause();
  }
  return { busy: `others are taking turns; if nothing else runs, remove ${LOCK}` };
};

const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);

const create = (file: string): boolean => {
  let fd: number;
  try {
    fd = disk.open(file, "wx");
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    sign(fd);
  } catch (error) {
    unlinkIfThere(file);
    throw error;
  }
  return true;
};

const sign = (fd: number): void => {
  try {
    writeAll(fd, Buffer.from(JSON.stringify(self()) + "\n"));
  } finally {
    disk.close(fd);
  }
};

/** The text of a lock; undefined: there is none. */
const recordIn = (file: string): string | undefined => {
  try {
    const loaded = load(file, 4096);
    if ("fault" in loaded) throw new Error(loaded.fault);
    return loaded.bytes.toString("utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

const parse = (record: string): Holder | undefined => {
  try {
    return parseHolder(JSON.parse(record));
  } catch {
    return undefined;
  }
};

/** Moves a dead holder's lock away. If it was another's by then, that one gets it back. */
const bury = (root: string, seen: string): void => {
  const dead = `${root}/${DEAD_LOCK}`;
  try {
    disk.rename(`${root}/${LOCK}`, dead);
    if (recordIn(dead) !== seen) disk.link(dead, `${root}/${LOCK}`);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "EEXIST") throw error;
  }
  unlinkIfThere(dead);
};

const isOurs = (file: string): boolean => parse(recordIn(file) ?? "")?.token === self().token;

const held = (file: string): Held => {
  onEnd();
  ours.add(file);
  return {
    isOurs: () => isOurs(file),
    release: () => {
      ours.delete(file);
      giveBack(file);
    },
  };
};

/** A lock that cannot be removed names a process that will be gone, so that the next run takes it over. */
const giveBack = (file: string): void => {
  try {
    if (isOurs(file)) disk.unlink(file);
  } catch {}
};

const ours = new Set<string>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let listening = false;

/** Once per process: gives all locks back at its end. A signal that comes while files are written waits for them. */
const onEnd = (): void => {
  if (listening) return;
  listening = true;
  process.once("exit", giveAllBack);
  for (const signal of SIGNALS) process.once(signal, () => endBy(signal));
};

const giveAllBack = (): void => {
  for (const file of ours) giveBack(file);
  ours.clear();
};

/** Lets the signal do what it would have done without us, unless others listen to it too. */
const endBy = (signal: NodeJS.Signals): void => {
  giveAllBack();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
};
