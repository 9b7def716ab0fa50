import type { IncomingMessage } from "node:http";
import { open } from "./attempt.ts";
import { accepted, isLogin, refused } from "./credentials.ts";
import { type Deadlines, deadlinesFor } from "./deadlines.ts";
import { type Engine, paceOf } from "./engine.ts";
import { isOutage, retryAfter } from "./failure.ts";
import { drop, passOn, relay, whole } from "./pass.ts";
import { outgoing, type Request } from "./request.ts";
import { missed, type Tried, type Try } from "./try.ts";

/** Asks one target, and passes its answer on if it is one. */
export const tryTarget = async (engine: Engine, request: Request, turn: Try): Promise<Tried> => {
  const { policy, plain } = request.registration;
  const { target } = turn.candidate;
  const pace = paceOf(engine, target);
  const deadlines = deadlinesFor(policy, target, pace, request.tokens, turn.isLast);
  const headersMs = headersFor(request, deadlines);
  const sentMs = engine.clock.now();
  const opened = await open(
    outgoing(engine, request, turn.candidate, turn.access),
    engine.agents,
    { connectMs: deadlines.connectMs, headersMs },
    request.client,
  );
  if (opened === "gone") return { end: "gone", silentMs: engine.clock.now() - sentMs };
  if ("failure" in opened) {
    const { failure } = opened;
    if (failure.kind === "deadline" && failure.phase === "headers") pace.missed++;
    return missed(failure);
  }
  const { response } = opened;
  if (plain) return passOn(request, turn, response, "nothing");
  const { statusCode: status = 0 } = response;
  if (status === 401 || status === 403) return onRefused(engine, request, turn, response);
  if (status < 200 || status >= 300) return onStatus(engine, request, turn, response);
  if (turn.access.print && accepted(engine.signIns, turn.access.print))
    engine.sink({
      event: "signed in",
      atMs: engine.clock.now(),
      target: target.id,
      fingerprint: turn.access.print,
    });
  const answered = { sentMs, openMs: engine.clock.now(), deadlines };
  return request.streams
    ? relay(engine, request, turn, response, answered)
    : whole(engine, request, turn, response, answered);
};

/** A count is an aid: rather an estimate than a wait. */
const headersFor = ({ call, streams }: Request, { headersMs, totalMs }: Deadlines): number =>
  streams ? headersMs : call.use === "count" ? Math.min(headersMs, COUNT_MS) : totalMs;
const COUNT_MS = 5_000;

const onStatus = (
  engine: Engine,
  request: Request,
  turn: Try,
  response: IncomingMessage,
): Tried | Promise<Tried> => {
  const status = response.statusCode!;
  if (status < 400) {
    drop(response);
    return missed({ kind: "redirect", status });
  }
  if (isOutage(status) && !turn.isOnly) {
    drop(response);
    const retryAfterMs = retryAfter(response.headers, engine.clock.now());
    return missed({ kind: "status", status, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  if (request.call.use === "count" && (status === 404 || status === 405 || status >= 500)) {
    drop(response);
    return missed({ kind: "status", status }, false);
  }
  return passOn(request, turn, response, isOutage(status) ? "bad" : "good");
};

/** A wrong key stays visible; one that has worked and is refused again is an outage, of whoever signs people in. */
const onRefused = async (
  engine: Engine,
  request: Request,
  turn: Try,
  response: IncomingMessage,
): Promise<Tried> => {
  const { access, candidate, isFirst, isOnly } = turn;
  const status = response.statusCode!;
  const isWatched = request.registration.policy.signInOutage && access.print !== "";
  const verdict = isWatched ? refused(engine.signIns, access.print) : "unknown";
  const isRenewed = access.isClients && isLogin(request.dialect, request.credential);
  const signInMs = verdict === "once" && isRenewed && !isOnly ? await engine.signInDown?.() : undefined;
  const isOut = verdict === "outage" || signInMs !== undefined;
  engine.sink({
    event: "refused",
    atMs: engine.clock.now(),
    target: candidate.target.id,
    status,
    isOutage: isOut,
  });
  if (verdict === "once" && !isRenewed) {
    drop(response);
    return { end: "again" };
  }
  if (isOnly || (!isOut && isFirst)) return passOn(request, turn, response, isOut ? "bad" : "nothing");
  drop(response);
  return missed({ kind: "refused", status, ...(signInMs !== undefined && { signInMs }) }, isOut);
};
