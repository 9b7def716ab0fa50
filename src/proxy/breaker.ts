import { type Failure, isCertain, said } from "./failure.ts";
import type { Policy } from "./types.ts";

/** Whether a target is asked, for one (target, credential); times as the clock says them. */
export interface Breaker {
  state: "closed" | "open";
  /** Failures one after the other. */
  inARow: number;
  /** Outcomes of late, the newest in the lowest bit; 1 is a failure. */
  recent: number;
  seen: number;
  /** How often it opened without a success between. */
  opened: number;
  openUntilMs: number;
  /** When it opened first. */
  sinceMs: number;
  /** One request is out to see whether the target is back. */
  probing: boolean;
  reason: string;
}

export const closed = (): Breaker => ({
  state: "closed",
  inARow: 0,
  recent: 0,
  seen: 0,
  opened: 0,
  openUntilMs: 0,
  sinceMs: 0,
  probing: false,
  reason: "",
});

/** `probe`: it may be asked by one request that has another target ready. */
export const stateOf = (breaker: Breaker, nowMs: number): "closed" | "probe" | "open" => {
  if (breaker.state === "closed") return "closed";
  return nowMs >= breaker.openUntilMs && !breaker.probing ? "probe" : "open";
};

/** A good answer; true: the breaker was open and is closed now. */
export const succeed = (breaker: Breaker): boolean => {
  const wasOpen = breaker.state === "open";
  if (wasOpen) Object.assign(breaker, closed());
  else {
    breaker.inARow = 0;
    note(breaker, 0);
  }
  return wasOpen;
};

/** A request that ended without telling anything about the target: its client went away. */
export const release = (breaker: Breaker): void => void (breaker.probing = false);

/** A failure, `isSure` where one is enough; true: the breaker was closed and is open now. */
export const fail = (
  breaker: Breaker,
  failure: Failure,
  isSure: boolean,
  policy: Policy,
  nowMs: number,
  random: () => number,
): boolean => {
  breaker.inARow++;
  note(breaker, 1);
  breaker.probing = false;
  const wasOpen = breaker.state === "open";
  if (!wasOpen && !isSure && !isCertain(failure) && breaker.inARow < IN_A_ROW && !isMostlyFailing(breaker))
    return false;
  // of requests that failed together only the first opens it
  if (wasOpen && nowMs < breaker.openUntilMs) return false;
  breaker.state = "open";
  breaker.reason = said(failure);
  if (!wasOpen) breaker.sinceMs = nowMs;
  breaker.openUntilMs = nowMs + openFor(breaker, failure, policy, random);
  breaker.opened++;
  return !wasOpen;
};

const IN_A_ROW = 2;
const WINDOW = 20;
const ENOUGH = 10;

const note = (breaker: Breaker, bit: 0 | 1): void => {
  breaker.recent = ((breaker.recent << 1) | bit) & ((1 << WINDOW) - 1);
  breaker.seen = Math.min(WINDOW, breaker.seen + 1);
};

const isMostlyFailing = ({ recent, seen }: Breaker): boolean => {
  let failures = 0;
  for (let bits = recent; bits; bits &= bits - 1) failures++;
  return seen >= ENOUGH && failures * 2 >= seen;
};

/**
 * As long as the vendor asked, and up to a tenth more; else exponential with full jitter (AWS Architecture Blog, Exponential
 * Backoff And Jitter, 2015), at least a second, and as long as the failure took.
 */
const openFor = (breaker: Breaker, failure: Failure, policy: Policy, random: () => number): number => {
  const asked = failure.kind === "status" ? failure.retryAfterMs : undefined;
  if (asked !== undefined) return Math.min(asked, policy.maxRetryAfterMs) * (1 + random() / 10);
  const longest = Math.min(policy.maxOpenMs, policy.openMs * 2 ** Math.min(breaker.opened, 20));
  // the next try may cost as much again
  const lost = failure.kind === "deadline" ? Math.min(failure.ms, policy.maxOpenMs) : 0;
  return Math.max(Math.min(LEAST_OPEN_MS, policy.openMs), lost, random() * longest);
};

const LEAST_OPEN_MS = 1_000;
