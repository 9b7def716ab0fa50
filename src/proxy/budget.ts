/**
 * Second tries that may still be made where there is trouble: each request adds a fifth, so that load there grows by a fifth at
 * most, and time adds some, so that a single person is never held back. The idea is Finagle's RetryBudget (twitter/finagle, 2026-11-22).
 */
export interface Budget {
  left: number;
  atMs: number;
}

const MOST = 20;
const PER_REQUEST = 0.2;
const PER_SECOND = 1;

export const fullBudget = (nowMs: number): Budget => ({ left: MOST, atMs: nowMs });

const add = (budget: Budget, more: number): void => void (budget.left = Math.min(MOST, budget.left + more));

/** To be called for each request of a client. */
export const deposit = (budget: Budget): void => add(budget, PER_REQUEST);

/** Takes one second try; false: there is none left. */
export const withdraw = (budget: Budget, nowMs: number): boolean => {
  add(budget, (Math.max(0, nowMs - budget.atMs) / 1000) * PER_SECOND);
  budget.atMs = nowMs;
  if (budget.left < 1) return false;
  budget.left--;
  return true;
};
