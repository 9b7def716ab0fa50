import type { WireDialect } from "../providers/index.ts";
import { stateOf } from "./breaker.ts";
import { type Engine, lastAnswer } from "./engine.ts";
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
  /** When it has last answered this registration. */
  answeredMs?: number;
  /** The variable that would hold its key, and does not. */
  noKey?: string;
  /** Dialects whose clients may bring a credential for it. */
  own?: readonly WireDialect[];
}

/** The variable that a target's key is missing in; commands are not run for it. */
const noKeyFor = (engine: Engine, registration: Registration, { key }: Target): string | undefined =>
  key && "env" in key && engine.secret(key, false, registration) === undefined ? key.env : undefined;

const statusFor = (engine: Engine, registration: Registration, target: Target): TargetStatus => {
  const place = `${target.id} ${target.origin} `;
  const nowMs = engine.clock.now();
  const breakers = [...engine.breakers].flatMap(([key, breaker]) => (key.startsWith(place) ? [breaker] : []));
  const open = breakers.find(({ state }) => state === "open");
  const noKey = noKeyFor(engine, registration, target);
  const answeredMs = lastAnswer(engine, registration, target);
  const pace = engine.paces.get(place.trimEnd());
  return {
    id: target.id,
    state: open ? stateOf(open, nowMs) : "closed",
    ...(open && { reason: open.reason, downSinceMs: open.sinceMs, untilMs: open.openUntilMs }),
    ...(pace && { headersMs: Math.round(pace.headersMs), contentMs: Math.round(pace.contentMs) }),
    ...(answeredMs !== undefined && { answeredMs }),
    ...(noKey !== undefined && { noKey }),
    ...(target.own && { own: target.own }),
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
    targets: targets.map((target) => statusFor(engine, registration, target)),
  })),
});
