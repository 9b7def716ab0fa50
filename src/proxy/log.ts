import type { Failure } from "./failure.ts";
import { said } from "./failure.ts";

/** What a target came to that did not answer. */
export interface Miss {
  target: string;
  reason: string;
}

/** What happens, as records; times in milliseconds since 1970. No key, no header and no text of a conversation stands in them. */
export type LogEvent = { atMs: number } & (
  | {
      event: "answer";
      label: string;
      route: string;
      /** Undefined: nobody answered. */
      target: string | undefined;
      status: number;
      tookMs: number;
      /** Until the first content went out; undefined: none did. */
      firstMs: number | undefined;
      /** Those that were asked, or left alone, before it. */
      missed: readonly Miss[];
      /** The target that was asked for, where another one answered. */
      insteadOf?: string;
      /** Why it broke off behind its first content. */
      broken?: string;
    }
  | { event: "down"; target: string; reason: string; untilMs: number }
  | { event: "up"; target: string; downMs: number; reason: string }
  /** A credential has worked for the first time: its salted hash, to be kept. */
  | { event: "signed in"; target: string; fingerprint: string }
  | { event: "refused"; target: string; status: number; isOutage: boolean }
  /** A conversation went from one target to another. */
  | { event: "switched"; label: string; from: string; to: string }
);

export type Sink = (event: LogEvent) => void;

export const miss = (target: string, failure: Failure): Miss => ({ target, reason: said(failure) });

/** An event as one line of JSON. */
export const line = (event: LogEvent): string => `${JSON.stringify(event)}\n`;
