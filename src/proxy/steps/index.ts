import type { Agents } from "../attempt.ts";
import type { Candidate } from "../candidates.ts";
import type { Asked, Clock, Ordered, Shaped, Steps } from "../engine.ts";
import type { Sink } from "../log.ts";
import type { Target } from "../types.ts";
import { ask } from "./ask.ts";
import type { Setting } from "./edit.ts";
import type { Facts } from "./facts.ts";
import { fitting } from "./fit.ts";
import type { Json } from "./json.ts";
import { makerOf } from "./makers.ts";
import { probe } from "./probe.ts";
import {
  headerIdOf,
  inTurn,
  markPure,
  mix,
  mixedSession,
  noSessions,
  noteAnswer,
  placeOf,
  type Sessions,
} from "./sessions.ts";
import { type Edited, edited, headerEdit, isSuspicious, printed, publicHeaders } from "./shape.ts";
import { warm } from "./warm.ts";

/** What the steps need from outside. */
export interface Around {
  clock: Clock;
  agents: Agents;
  sink: Sink;
  /** What is known of a target; without it local servers are asked. */
  factsOf?(target: Target): Facts;
}

/** The steps, and a look at what they change. */
export interface OwnSteps extends Required<Steps> {
  /** The ids of the edits that a target's request gets. */
  edits(asked: Asked, candidate: Candidate): readonly string[];
}

const FACT_MS = 2_000;
const WARM_MS = 600_000;

const isVendor = ({ dialect }: Asked, { target }: Candidate): boolean =>
  target.own?.includes(dialect.id) === true;
const isText = ({ call }: Asked): boolean => call.use === "generate" || call.use === "count";
const isEdited = (asked: Asked): boolean => isText(asked) && !asked.registration.plain && !!asked.body;

/** Pass-through to other models: order and fail-back, context fit, shaping, clean histories, warm standby. */
export const steps = ({ clock, agents, sink, factsOf }: Around): OwnSteps => {
  const sessions = noSessions();
  const homes = new WeakMap<Asked, readonly Candidate[]>();
  const facts =
    factsOf ??
    probe(clock.now, (target, path) => ask(agents, target, { method: "GET", path, totalMs: FACT_MS }));
  const standby = warm(clock, (local, asked, body, signal) => sendWarm(agents, local, asked, body, signal));
  const homeOf = (asked: Asked, candidate: Candidate): Candidate => homes.get(asked)?.[0] ?? candidate;
  const settingFor = (asked: Asked, candidate: Candidate): Setting => ({
    isVendor: isVendor(asked, candidate),
    tokens: asked.tokens,
    facts: facts(candidate.target),
    isForeign: foreignTo(sessions, placeOf(candidate), placeOf(homeOf(asked, candidate))),
  });
  const editedFor = (asked: Asked, candidate: Candidate): Edited =>
    edited(asked.dialect.id, asked.body!.json, settingFor(asked, candidate));

  const stand = (asked: Asked, candidate: Candidate): void => {
    const shaped = (local: Candidate): Json => editedFor(asked, local).json;
    const local = homes.get(asked)?.find(({ target }) => target.local && !target.key);
    if (candidate.target.local) standby.answers(asked, candidate, shaped);
    else if (local) standby.healthy(asked, local, shaped);
  };

  return {
    order(asked, candidates): Ordered {
      homes.set(asked, candidates);
      if (!isEdited(asked) || asked.call.use !== "generate") return { candidates };
      const fit = fitting(asked, candidates, ({ target }) => facts(target));
      return { ...fit, candidates: inTurn(sessions, asked, fit.candidates, clock.now()) };
    },
    shape(asked, candidate, out): Shaped {
      if (!isEdited(asked)) return out;
      if (isVendor(asked, candidate)) return forVendor(sessions, asked, candidate, out, homeOf, editedFor);
      if (candidate.target.local && asked.call.use === "generate") standby.begins(asked, candidate);
      const { json, by } = editedFor(asked, candidate);
      return {
        headers: publicHeaders(out.headers),
        body: by.length ? printed(asked, candidate, json) : out.body,
      };
    },
    answered(asked, candidate) {
      if (!isEdited(asked) || asked.call.use !== "generate") return;
      aside(() => {
        const switched = noteAnswer(sessions, asked, candidate, homeOf(asked, candidate), clock);
        const { label, policy } = asked.registration;
        if (switched) sink({ event: "switched", atMs: clock.now(), label, ...switched });
        if (policy.warm) stand(asked, candidate);
      });
    },
    ended: (asked) => standby.ends(asked),
    edits(asked, candidate) {
      if (!isEdited(asked)) return [];
      const { by } = editedFor(asked, candidate);
      return [...(isVendor(asked, candidate) ? [] : [headerEdit.id]), ...by.map(({ id }) => id)];
    },
  };
};

/** Does something once the answer is on its way; a fault in it is nobody's outage. */
const aside = (task: () => void): void =>
  void Promise.resolve()
    .then(task)
    .catch(() => {});

/** Whether a mark is somebody else's: without a note it is the home target's. */
const foreignTo =
  ({ makers }: Sessions, place: string, home: string) =>
  (mark: string): boolean =>
    (makerOf(makers, mark) ?? home) !== place;

/** A vendor's own client is left alone, byte for byte, unless others have left something in its history. */
const forVendor = (
  sessions: Sessions,
  asked: Asked,
  candidate: Candidate,
  out: Shaped,
  homeOf: (asked: Asked, candidate: Candidate) => Candidate,
  editedFor: (asked: Asked, candidate: Candidate) => Edited,
): Shaped => {
  const isHome = placeOf(candidate) === placeOf(homeOf(asked, candidate));
  const isMixed = mixedSession(sessions, asked) !== undefined;
  const id = headerIdOf(asked);
  if (!isMixed && isHome && id !== undefined && sessions.pure.has(id)) return out;
  if (!isMixed && !isSuspicious(asked.dialect.id, asked.body!.json)) return out;
  const { json, by } = editedFor(asked, candidate);
  if (by.length && isHome) mix(sessions, asked);
  else if (!isMixed && isHome && id !== undefined) markPure(sessions, id);
  return by.length ? { ...out, body: printed(asked, candidate, json) } : out;
};

const pathOf = (asked: Asked, { target, model }: Candidate): string =>
  `${target.paths[asked.dialect.id]}${asked.call.path(model)}`;

const sendWarm = async (
  agents: Agents,
  local: Candidate,
  asked: Asked,
  body: Buffer,
  signal: AbortSignal,
): Promise<boolean> => {
  const headers = { "content-type": "application/json", ...local.target.headers };
  const path = pathOf(asked, local);
  const answer = await ask(agents, local.target, {
    method: "POST",
    path,
    headers,
    body,
    totalMs: WARM_MS,
    signal,
  });
  return answer !== undefined;
};
