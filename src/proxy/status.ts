import { stateOf } from "./breaker.ts";
import type { Engine } from "./engine.ts";
import type { Registration, Target } from "./types.ts";

/** How a target is, for people and status bars. */
export interface TargetStatus {
  id: string;
  state: "closed" | "probe" | "open";
  reason?: string;
  downSinceMs?: number;
  untilMs?: number;
  headersMs?: number;
  contentMs?: number;
}

const statusFor = (engine: Engine, target: Target): TargetStatus => {
  const place = `${target.id} ${target.origin} `;
  const nowMs = engine.clock.now();
  const breakers = [...engine.breakers].flatMap(([key, breaker]) => (key.startsWith(place) ? [breaker] : []));
  const open = breakers.find(({ state }) => state === "open");
  const pace = engine.paces.get(place.trimEnd());
  return {
    id: target.id,
    state: open ? stateOf(open, nowMs) : "closed",
    ...(open && { reason: open.reason, downSinceMs: open.sinceMs, untilMs: open.openUntilMs }),
    ...(pace && { headersMs: Math.round(pace.headersMs), contentMs: Math.round(pace.contentMs) }),
  };
};

/** What `/status.json` says of one registration; no key and no origin stands in it. */
export const statusOf = (engine: Engine, registration: Registration): object => ({
  label: registration.label,
  plain: registration.plain === true,
  upMs: engine.clock.now() - engine.startedMs,
  inFlight: engine.inFlight,
  routes: registration.routes.map(({ name, targets }) => ({
    name,
    targets: targets.map((target) => statusFor(engine, target)),
  })),
});
