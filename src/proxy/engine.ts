import type { IncomingMessage, ServerResponse } from "node:http";
import type { Agents } from "./attempt.ts";
import type { Body } from "./body.ts";
import { type Breaker, closed, stateOf } from "./breaker.ts";
import { type Budget, fullBudget } from "./budget.ts";
import type { Candidate } from "./candidates.ts";
import { type SignIns, signIns } from "./credentials.ts";
import { type Pace, unknownPace } from "./deadlines.ts";
import type { Call, Dialect } from "./dialects/dialect.ts";
import type { Miss, Sink } from "./log.ts";
import type { Key, Registration, Target } from "./types.ts";

/** Milliseconds since 1970, and a number from 0 up to 1. */
export interface Clock {
  now(): number;
  random(): number;
}

/** A request as the steps between client and target see it. */
export interface Asked {
  registration: Registration;
  dialect: Dialect;
  call: Call;
  /** As the client sent them, its credential among them. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: it has none, as a GET. */
  body: Body | undefined;
  tokens: number;
}

/** Steps that others may add; each is a plain function. */
export interface Steps {
  /** Which candidates are asked, and in which order. */
  order?(asked: Asked, candidates: readonly Candidate[]): Ordered;
  /** The body and headers that a target gets. */
  shape?(asked: Asked, candidate: Candidate, out: Shaped): Shaped;
  /** A target has answered: its first content is on its way. */
  answered?(asked: Asked, candidate: Candidate): void;
  /** The request is over, however it went. */
  ended?(asked: Asked): void;
}
export interface Ordered {
  candidates: readonly Candidate[];
  /** Those that are not asked, and why. */
  left?: readonly Miss[];
  /** What the client is told where nobody is asked. */
  refusal?: { status: number; body: unknown };
}
export interface Shaped {
  body: Buffer;
  headers: readonly string[];
}

/** All that a proxy needs from outside. */
export interface Surroundings {
  clock: Clock;
  sink: Sink;
  agents: Agents;
  /** What a token stands for; undefined: nothing. */
  find(token: string): Registration | undefined;
  /** Reads a key of a registration when it is needed; `again`: the one it gave was refused. Undefined: there is none. */
  secret(
    key: Key,
    again: boolean,
    registration: Registration,
  ): string | undefined | Promise<string | undefined>;
  /** For how long, in milliseconds, whoever renews logins was asked in vain, 0 where there is nobody; undefined: there is an answer. */
  signInDown?(): Promise<number | undefined>;
  /** Answers what is below `/-/`: how the proxy itself is told things. */
  control?(path: string, request: IncomingMessage, response: ServerResponse): void;
  /** For hashes of credentials, kept as long as these are. */
  salt: string;
  /** Hashes of credentials that have worked. */
  worked?: Iterable<string>;
  steps?: Steps;
}

/** What the proxy knows; it lives in memory only. */
export interface Engine extends Surroundings {
  steps: Steps;
  breakers: Map<string, Breaker>;
  paces: Map<string, Pace>;
  budget: Budget;
  signIns: SignIns;
  /** Under which key a target was asked last. */
  lastKeys: Map<string, string>;
  /** When a target has last answered for a registration. */
  answers: Map<string, number>;
  inFlight: number;
  startedMs: number;
}

export const createEngine = (around: Surroundings): Engine => ({
  ...around,
  steps: around.steps ?? {},
  breakers: new Map(),
  paces: new Map(),
  budget: fullBudget(around.clock.now()),
  signIns: signIns(around.worked ?? []),
  lastKeys: new Map(),
  answers: new Map(),
  inFlight: 0,
  startedMs: around.clock.now(),
});

const MOST_KEPT = 500;

/** Gets or makes; of too many the oldest goes. */
const kept = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= MOST_KEPT) map.delete(map.keys().next().value!);
  const value = make();
  map.set(key, value);
  return value;
};

const placeOf = ({ target, model }: Candidate): string => `${target.id} ${target.origin} ${model}`;

/** The breaker of a candidate under a credential. */
export const breakerOf = (engine: Engine, candidate: Candidate, print: string): Breaker => {
  const place = placeOf(candidate);
  if (engine.lastKeys.get(place) !== print) {
    engine.lastKeys.delete(place);
    kept(engine.lastKeys, place, () => print);
  }
  return kept(engine.breakers, `${place} ${print}`, closed);
};

const answerKey = ({ token }: Registration, { id }: Target): string => `${token} ${id}`;
/** A target has answered a registration's request for text. */
export const noteAnswer = (
  engine: Engine,
  registration: Registration,
  target: Target,
  atMs: number,
): void => {
  const key = answerKey(registration, target);
  engine.answers.delete(key);
  kept(engine.answers, key, () => atMs);
};
/** When a target has last answered for a registration, in milliseconds since 1970; undefined: it has not. */
export const lastAnswer = (engine: Engine, registration: Registration, target: Target): number | undefined =>
  engine.answers.get(answerKey(registration, target));

export const paceOf = (engine: Engine, target: Target): Pace =>
  kept(engine.paces, `${target.id} ${target.origin}`, unknownPace);

/** Whether a candidate would be asked, as far as is known without its key. */
export const seemsReady = (engine: Engine, candidate: Candidate): boolean => {
  const place = placeOf(candidate);
  const breaker = engine.breakers.get(`${place} ${engine.lastKeys.get(place)}`);
  return !breaker || stateOf(breaker, engine.clock.now()) !== "open";
};
