import { type Breaker, fail, release, stateOf, succeed } from "./breaker.ts";
import { deposit, withdraw } from "./budget.ts";
import { type Candidate, type Routed, routed } from "./candidates.ts";
import type { Client } from "./client.ts";
import { breakerOf, type Engine, noteAnswer, type Ordered, seemsReady } from "./engine.ts";
import type { Failure } from "./failure.ts";
import { tryTarget } from "./judge.ts";
import { type Miss, miss } from "./log.ts";
import { type Access, accessFor, type Maybe, type Request } from "./request.ts";
import type { Tried, Try } from "./try.ts";

/** A request on its way through the chain. */
interface Turn {
  engine: Engine;
  request: Request;
  route: string;
  /** Who was asked for. */
  home: Candidate;
  startMs: number;
  firstMs: number | undefined;
  missed: Miss[];
  /** Those left alone because they are down. */
  skipped: Miss[];
  /** Those that are not asked at all. */
  left: readonly Miss[];
  /** How many targets were asked, and the origins of those that failed. */
  tries: number;
  failed: Set<string>;
}
/** A candidate with what it takes to ask it. */
interface Ready {
  candidate: Candidate;
  access: Access;
  breaker: Breaker;
}
type Answered = Extract<Tried, { end: "answered" }> & { candidate: Candidate };

/** Answers a request by the first target that can. */
export const answer = async (engine: Engine, request: Request): Promise<void> => {
  const model = String(request.call.model ?? request.body?.json["model"] ?? "");
  const found = routed(request.registration, request.dialect, request.call.use, model);
  if (!found?.candidates.length) return tell(request, 404, nobody(request, found, model));
  const ordered: Ordered = engine.steps.order?.(request, found.candidates) ?? {
    candidates: found.candidates,
  };
  const startMs = engine.clock.now();
  const turn: Turn = {
    engine,
    request,
    route: found.route.name,
    home: found.candidates[0]!,
    startMs,
    firstMs: undefined,
    missed: [],
    skipped: [],
    left: ordered.left ?? [],
    tries: 0,
    failed: new Set(),
  };
  if (ordered.refusal) return refuse(turn, ordered.refusal);
  deposit(engine.budget);
  try {
    const answered = await goThrough(turn, ordered.candidates);
    if (answered !== "gone") report(turn, answered, answered?.status ?? giveUp(turn));
  } finally {
    engine.steps.ended?.(request);
  }
};

/** Nobody is asked: the request itself is at fault. */
const refuse = (turn: Turn, { status, body }: { status: number; body: unknown }): void => {
  send(turn.request.client, status, body);
  report(turn, undefined, status);
};

const nobody = ({ dialect }: Request, found: Routed | undefined, model: string): string =>
  found
    ? `no model of "${found.route.name}" speaks ${dialect.id}: add one to its chain that does`
    : `no chain for "${model}": name one under models`;

/** Tells a client what is wrong, in its dialect. */
export const tell = (
  { client, dialect }: Pick<Request, "client" | "dialect">,
  status: number,
  message: string,
): void => {
  send(client, status, dialect.fault(status, message));
};

const send = (client: Client, status: number, value: unknown): void => {
  const body = JSON.stringify(value);
  client.start(status, [
    "Content-Type",
    "application/json",
    "Content-Length",
    String(Buffer.byteLength(body)),
  ]);
  client.end(body);
};

/** Asks those that are ready in their order, then, where nobody was, those that were left alone. */
const goThrough = async (
  turn: Turn,
  candidates: readonly Candidate[],
): Promise<Answered | "gone" | undefined> => {
  const spare: Ready[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const ready = await readyFor(turn, candidate);
    if (!ready) continue;
    if (stateOf(ready.breaker, turn.engine.clock.now()) === "open") {
      spare.push(ready);
      turn.skipped.push({ target: candidate.target.id, reason: ready.breaker.reason });
      continue;
    }
    const after = candidates.slice(i + 1);
    const isLast = !after.some((next) => seemsReady(turn.engine, next));
    const isOnly = !after.length && !spare.length && !turn.missed.length && !turn.left.length;
    const tried = await ask(turn, ready, { isLast, isOnly });
    if (tried) return tried;
  }
  turn.skipped = [];
  for (const [i, ready] of spare.entries()) {
    const isAlone = candidates.length === 1;
    const isOnly = i === spare.length - 1 && !turn.missed.length && !turn.left.length;
    const tried = await ask(turn, ready, { isLast: isAlone, isOnly });
    if (tried) return tried;
  }
  return undefined;
};

const readyFor = (turn: Turn, candidate: Candidate): Maybe<Ready | undefined> => {
  const ready = (access: Access | { failure: Failure }): Ready | undefined => {
    if ("failure" in access) return note(turn, candidate, access.failure);
    return { candidate, access, breaker: breakerOf(turn.engine, candidate, access.print) };
  };
  const access = accessFor(turn.engine, turn.request, candidate);
  return access instanceof Promise ? access.then(ready) : ready(access);
};

const note = (turn: Turn, { target }: Candidate, failure: Failure): undefined =>
  void turn.missed.push(miss(target.id, failure));

/** A second try adds to the load of who is in trouble: a target that is down, or one where this request has failed before. */
const isSecond = ({ tries, failed }: Turn, { breaker, candidate }: Ready): boolean =>
  tries > 0 && (breaker.state === "open" || failed.has(candidate.target.origin));

/** Who gives up after so many times the deadline for headers has waited for a target that hangs. */
const PATIENCE = 3;
/** Asks one target; undefined: it came to nothing, and the next may be asked. */
const ask = async (
  turn: Turn,
  ready: Ready,
  place: Pick<Try, "isLast" | "isOnly">,
): Promise<Answered | "gone" | undefined> => {
  const { engine } = turn;
  if (isSecond(turn, ready) && !withdraw(engine.budget, engine.clock.now()))
    return note(turn, ready.candidate, { kind: "left alone", detail: "too many second tries of late" });
  if (ready.breaker.state === "open") ready.breaker.probing = true;
  const isFirst = turn.tries++ === 0 && !turn.missed.length;
  let tried: Tried;
  try {
    tried = await askOnce(turn, ready, { ...place, isFirst });
  } catch (error) {
    release(ready.breaker);
    throw error;
  }
  if (tried.end === "gone") {
    const { silentMs = 0 } = tried;
    if (silentMs < PATIENCE * turn.request.registration.policy.headersMs) release(ready.breaker);
    else blame(turn, ready, { kind: "deadline", phase: "total", ms: silentMs }, true);
    return "gone";
  }
  if (tried.end === "answered") {
    if (tried.broken) blame(turn, ready, tried.broken, true);
    else if (tried.verdict === "bad") blame(turn, ready, { kind: "status", status: tried.status }, false);
    else release(ready.breaker);
    return { ...tried, candidate: ready.candidate };
  }
  if (tried.end === "missed") {
    if (tried.isBlame) blame(turn, ready, tried.failure, false);
    else release(ready.breaker);
    turn.failed.add(ready.candidate.target.origin);
    note(turn, ready.candidate, tried.failure);
  }
  return undefined;
};

/** Asks with a key, and where a key that has worked is refused, once more with a fresh one. */
const askOnce = async (
  turn: Turn,
  ready: Ready,
  place: Pick<Try, "isLast" | "isOnly" | "isFirst">,
): Promise<Tried> => {
  const { engine, request } = turn;
  const { candidate } = ready;
  const missed = [...turn.skipped, ...turn.missed];
  const onContent = (isRefusal = false): void => {
    turn.firstMs ??= engine.clock.now() - turn.startMs;
    praise(turn, ready);
    if (!isRefusal) engine.steps.answered?.(request, candidate);
  };
  const attempt: Try = { ...place, candidate, access: ready.access, missed, onContent };
  const tried = await tryTarget(engine, request, attempt);
  if (tried.end !== "again") return tried;
  const access = await accessFor(engine, request, candidate, true);
  if ("failure" in access) return { end: "missed", failure: access.failure, isBlame: true };
  const second = await tryTarget(engine, request, { ...attempt, access });
  return second.end === "again"
    ? { end: "missed", failure: { kind: "refused", status: 401 }, isBlame: true }
    : second;
};

const praise = ({ engine }: Turn, { breaker, candidate }: Ready): void => {
  const { sinceMs, reason } = breaker;
  if (!succeed(breaker)) return;
  const atMs = engine.clock.now();
  engine.sink({ event: "up", atMs, target: candidate.target.id, downMs: atMs - sinceMs, reason });
};

const blame = ({ engine, request }: Turn, ready: Ready, failure: Failure, isSure: boolean): void => {
  const { breaker, candidate } = ready;
  const atMs = engine.clock.now();
  const { policy } = request.registration;
  if (!fail(breaker, failure, isSure, policy, atMs, engine.clock.random)) return;
  const { reason, openUntilMs: untilMs } = breaker;
  engine.sink({ event: "down", atMs, target: candidate.target.id, reason, untilMs });
};

/** Where nobody answered, the client is told what to do; then the record goes out. */
const report = (turn: Turn, answered: Answered | undefined, status: number): void => {
  const { engine, request } = turn;
  const missed = [...turn.skipped, ...turn.missed, ...turn.left];
  const atMs = engine.clock.now();
  const [target, home] = [answered?.candidate.target, turn.home.target];
  if (target && request.call.use === "generate") noteAnswer(engine, request.registration, target, atMs);
  engine.sink({
    event: "answer",
    atMs,
    label: request.registration.label,
    route: turn.route,
    target: target?.id,
    status,
    tookMs: atMs - turn.startMs,
    firstMs: turn.firstMs,
    missed,
    ...(target && target.id !== home.id && { insteadOf: home.id }),
    ...(answered?.broken && { broken: miss("", answered.broken).reason }),
  });
};

const giveUp = ({ request, route, missed, left }: Turn): number => {
  const { client, dialect, call, tokens } = request;
  if (call.use === "count") {
    const body = JSON.stringify(dialect.count(tokens));
    client.start(200, ["Content-Type", "application/json", "X-Portable-Model", "estimate"]);
    client.end(body);
    return 200;
  }
  const reasons = [...missed, ...left].map(({ target, reason }) => `${target}: ${reason}`).join("; ");
  const message = `no model of "${route}" can answer now (${reasons}); wait, or start a local model, and ask again`;
  if (client.started()) client.end(dialect.reader(false).broken(message, true));
  else tell(request, dialect.exhausted, message);
  return dialect.exhausted;
};
