import type { Candidate } from "./candidates.ts";
import type { Failure } from "./failure.ts";
import type { Miss } from "./log.ts";
import type { Access } from "./request.ts";

/** One target's turn. */
export interface Try {
  candidate: Candidate;
  access: Access;
  /** Those that came to nothing before it. */
  missed: readonly Miss[];
  /** Nobody was asked before it. */
  isFirst: boolean;
  /** Nobody ready comes after it. */
  isLast: boolean;
  /** Nobody at all comes after it, so that its own error may be the answer. */
  isOnly: boolean;
  /** Its first content goes out; `isRefusal`: it takes the request for a wrong one. */
  onContent(isRefusal?: boolean): void;
}

/**
 * How a try ended. `gone`: the client hung up, after `silentMs` in which the target had said nothing. `answered`: the client has its answer, good or the target's own refusal of it. `missed`: nothing has gone out,
 * `isBlame` where the target is to blame.
 */
export type Tried =
  | { end: "answered"; status: number; verdict: Verdict; broken?: Failure }
  | { end: "missed"; failure: Failure; isBlame: boolean }
  | { end: "again" }
  | { end: "gone"; silentMs?: number };

/** What an answer says about its target. */
export type Verdict = "good" | "bad" | "nothing";

/** A try that came to nothing. */
export const missed = (failure: Failure, isBlame = true): Tried => ({ end: "missed", failure, isBlame });
