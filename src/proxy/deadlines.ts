import type { Policy, Target } from "./types.ts";

/** What waits at a target have taught; in milliseconds, the time for reading the prompt taken off. */
export interface Pace {
  headersMs: number;
  contentMs: number;
  /** Deadlines missed one after the other. */
  missed: number;
}

export const unknownPace = (): Pace => ({ headersMs: 0, contentMs: 0, missed: 0 });

/** Slow prompts: 10,000 tokens a second in the cloud, 200 on a machine of one's own. Estimates of 2026-11-22, on the safe side. */
const msPerToken = (target: Target): number => (target.local ? 5 : 0.1);
const reading = (target: Target, tokens: number): number => tokens * msPerToken(target);

/** How long a target gets for each phase of a stream. */
export interface Deadlines {
  connectMs: number;
  headersMs: number;
  contentMs: number;
  idleMs: number;
  quietMs: number;
  totalMs: number;
}

/** A slower target than usual gets up to three times as long, and a missed deadline half as much again, up to twice. */
const raised = (baseMs: number, learntMs: number, missed: number): number =>
  Math.min(4 * baseMs, Math.max(baseMs, 3 * learntMs) * 1.5 ** Math.min(missed, 2));

/**
 * The deadlines of one try. `isLast`: nothing else can be asked after it, so that waiting costs nothing; then only `totalMs`
 * counts until content comes.
 */
export const deadlinesFor = (
  policy: Policy,
  target: Target,
  pace: Pace,
  tokens: number,
  isLast: boolean,
): Deadlines => {
  const within = (ms: number): number => (isLast ? policy.totalMs : Math.min(policy.totalMs, ms));
  const prompt = reading(target, tokens);
  return {
    connectMs: policy.connectMs,
    headersMs: within(raised(policy.headersMs, pace.headersMs, pace.missed) + prompt),
    contentMs: within(raised(policy.firstContentMs, pace.contentMs, pace.missed) + prompt),
    idleMs: policy.idleMs,
    quietMs: policy.quietMs,
    totalMs: policy.totalMs,
  };
};

/** Takes a wait into account: the slowest of late counts, and fades by a tenth with each faster one. */
const learn = (slowestMs: number, waitMs: number): number => Math.max(waitMs, slowestMs * 0.9);

/** A stream came to content: how long its headers, and then its content, took. */
export const learnFrom = (
  pace: Pace,
  target: Target,
  tokens: number,
  took: { headersMs: number; contentMs: number },
): void => {
  const prompt = reading(target, tokens);
  pace.headersMs = learn(pace.headersMs, Math.max(0, took.headersMs - prompt));
  pace.contentMs = learn(pace.contentMs, Math.max(0, took.contentMs - prompt));
  pace.missed = 0;
};
