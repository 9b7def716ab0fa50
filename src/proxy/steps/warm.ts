import { hash } from "node:crypto";
import type { Candidate } from "../candidates.ts";
import type { Asked, Clock } from "../engine.ts";
import type { Json } from "./json.ts";
import { prefixOf } from "./prefix.ts";

/** Sends a request whose answer nobody reads; resolves when it is over, whatever came of it. */
export type Send = (
  candidate: Candidate,
  asked: Asked,
  body: Buffer,
  signal: AbortSignal,
) => Promise<boolean>;

/** What is known of one local server. */
interface Standby {
  /** The prefix that it holds, as far as is known. */
  resident: string | undefined;
  /** Requests of clients that it is at. */
  busy: Set<Asked>;
  running: AbortController | undefined;
  checkedMs: number;
  sentMs: number;
}

export interface Warm {
  /** Another target has answered: the local server may make itself ready. */
  healthy(asked: Asked, local: Candidate, shaped: (local: Candidate) => Json): void;
  /** A client's request goes to the local server: it comes first. */
  begins(asked: Asked, local: Candidate): void;
  /** The local server has answered a client, so that it holds that client's prefix. */
  answers(asked: Asked, local: Candidate, shaped: (local: Candidate) => Json): void;
  ends(asked: Asked): void;
}

/** Between two looks at a prefix, and between two requests, in milliseconds. */
const CHECK_MS = 5_000;
const SEND_MS = 30_000;

/** Keeps the prefix of the last client in a local server's prompt cache, and out of the way of everything else. */
export const warm = (clock: Clock, send: Send): Warm => {
  const standbys = new Map<string, Standby>();
  const standbyOf = ({ target, model }: Candidate): Standby => {
    const place = `${target.origin} ${model}`;
    const known = standbys.get(place);
    if (known) return known;
    const fresh: Standby = {
      resident: undefined,
      busy: new Set(),
      running: undefined,
      checkedMs: Number.NEGATIVE_INFINITY,
      sentMs: Number.NEGATIVE_INFINITY,
    };
    standbys.set(place, fresh);
    return fresh;
  };
  const bodyFor = (asked: Asked, { model }: Candidate, shaped: Json): string | undefined => {
    const prefix = prefixOf(asked.dialect.id, shaped);
    return prefix && JSON.stringify({ ...prefix, model });
  };
  const refresh = async (asked: Asked, local: Candidate, standby: Standby, text: string): Promise<void> => {
    const control = new AbortController();
    standby.running = control;
    standby.sentMs = clock.now();
    const isDone = await send(local, asked, Buffer.from(text), control.signal).catch(() => false);
    if (standby.running === control) standby.running = undefined;
    if (isDone && !control.signal.aborted) standby.resident = hash("sha1", text, "base64url");
  };
  const isDue = ({ busy, running, checkedMs, sentMs }: Standby, nowMs: number): boolean =>
    busy.size === 0 && !running && nowMs - checkedMs >= CHECK_MS && nowMs - sentMs >= SEND_MS;

  return {
    healthy(asked, local, shaped) {
      const standby = standbyOf(local);
      const nowMs = clock.now();
      if (!isDue(standby, nowMs)) return;
      standby.checkedMs = nowMs;
      const text = bodyFor(asked, local, shaped(local));
      if (text === undefined || hash("sha1", text, "base64url") === standby.resident) return;
      void refresh(asked, local, standby, text);
    },
    begins(asked, local) {
      const standby = standbyOf(local);
      standby.busy.add(asked);
      standby.running?.abort();
      standby.running = undefined;
    },
    answers(asked, local, shaped) {
      const text = bodyFor(asked, local, shaped(local));
      if (text !== undefined) standbyOf(local).resident = hash("sha1", text, "base64url");
    },
    ends(asked) {
      for (const { busy } of standbys.values()) busy.delete(asked);
    },
  };
};
