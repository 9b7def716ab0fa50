import type { Target } from "../types.ts";
import { type Answers, type Facts, factPaths, factsIn } from "./facts.ts";

/** Gets a path of a target; undefined: no answer. */
export type Get = (target: Target, path: string) => Promise<unknown>;

/** How long facts are taken for true, in milliseconds: a server may be started anew with another model. */
const FRESH_MS = 60_000;

interface Known {
  facts: Facts;
  askedMs: number;
}

/**
 * What local servers say of themselves. The answer is what is known now; where that is old, the server is asked beside the
 * request, so that nobody waits.
 */
export const probe = (now: () => number, get: Get): ((target: Target) => Facts) => {
  const known = new Map<string, Known>();
  const refresh = async (target: Target, entry: Known): Promise<void> => {
    const answers: Record<string, unknown> = {};
    for (const path of factPaths) {
      answers[path] = await get(target, path);
      if (isEnough(target, answers)) break;
    }
    const facts = factsIn(target.model, answers);
    if (Object.keys(facts).length) entry.facts = facts;
  };
  return (target) => {
    const said = target.context === undefined ? {} : { context: target.context };
    if (!target.local) return said;
    const place = `${target.origin} ${target.model}`;
    const entry = known.get(place) ?? { facts: {}, askedMs: Number.NEGATIVE_INFINITY };
    known.set(place, entry);
    if (now() - entry.askedMs >= FRESH_MS) {
      entry.askedMs = now();
      refresh(target, entry).catch(() => {});
    }
    return { ...entry.facts, ...said };
  };
};

const isEnough = ({ model }: Target, answers: Answers): boolean =>
  factsIn(model, answers).context !== undefined;
