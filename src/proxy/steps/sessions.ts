import type { Candidate } from "../candidates.ts";
import { textOf } from "../dialects/dialect.ts";
import type { Asked, Clock } from "../engine.ts";
import { attribute, type Makers } from "./makers.ts";
import { isAmidTurn, madeIn, openingOf } from "./turns.ts";

/** A conversation that another target than the one asked for has answered last. */
interface Stay {
  place: string;
  /** How many turns models had made before that answer. */
  made: number;
  /** It does not go back before, so that not all go back at once. */
  untilMs: number;
}
/** A client's session, which may hold several conversations at once: subagents share it. */
export interface Session {
  stays: Map<string, Stay>;
}

/** Sessions that more than one target has answered; all others leave no trace. */
export interface Sessions {
  mixed: Map<string, Session>;
  /** Sessions whose history was looked through, and found to be of one model. */
  pure: Set<string>;
  makers: Makers;
}
export const noSessions = (): Sessions => ({ mixed: new Map(), pure: new Set(), makers: new Map() });

const MOST_SESSIONS = 300;
const MOST_STAYS = 50;
/** A conversation comes back after 10 to 20 s at the earliest. */
const STAY_MS = 20_000;

/** Headers by which clients name a session: Claude Code 2.1.330, Codex 0.169.0 and before; measured 2026-11-22. */
const sessionHeaders = [
  "x-claude-code-session-id",
  "session-id",
  "thread-id",
  "session_id",
  "conversation_id",
];

/** A session by its header; undefined: its client sends none. */
export const headerIdOf = ({ headers }: Pick<Asked, "headers">): string | undefined =>
  sessionHeaders.map((name) => textOf(headers[name])).find((id) => id !== "");

const idOf = (asked: Asked): string => {
  const json = asked.body?.json ?? {};
  return headerIdOf(asked) ?? (textOf(json["prompt_cache_key"]) || openingOf(asked.dialect.id, json));
};

/** What a target is known by. */
export const placeOf = ({ target, model }: Candidate): string => `${target.id} ${model}`;

/** The session of a request, if more than one target has answered it; the body is not read where there is none at all. */
export const mixedSession = ({ mixed }: Sessions, asked: Asked): Session | undefined =>
  mixed.size ? mixed.get(idOf(asked)) : undefined;

/** Adds to a map of limited size; the oldest goes. */
const keep = <V>(map: Map<string, V>, key: string, value: V, most: number): V => {
  map.delete(key);
  if (map.size >= most) map.delete(map.keys().next().value!);
  map.set(key, value);
  return value;
};

/** From now on the session counts as one that several targets have answered. */
export const mix = ({ mixed }: Sessions, asked: Asked): Session => {
  const id = idOf(asked);
  return keep(mixed, id, mixed.get(id) ?? { stays: new Map() }, MOST_SESSIONS);
};

/** Its history needs no second look. */
export const markPure = ({ pure }: Sessions, id: string): void => {
  if (pure.size >= MOST_SESSIONS) pure.delete(pure.values().next().value!);
  pure.add(id);
};

const stayOf = (session: Session | undefined, asked: Asked): Stay | undefined =>
  session?.stays.size ? session.stays.get(openingOf(asked.dialect.id, asked.body!.json)) : undefined;

/**
 * The candidates as a conversation wants them: amid a turn, and for some seconds, first the target that has answered last. What
 * that target has made since is noted.
 */
export const inTurn = (
  sessions: Sessions,
  asked: Asked,
  candidates: readonly Candidate[],
  nowMs: number,
): readonly Candidate[] => {
  const stay = asked.body && stayOf(mixedSession(sessions, asked), asked);
  if (!stay) return candidates;
  const json = asked.body!.json;
  const { id } = asked.dialect;
  attribute(sessions.makers, id, madeIn(id, json).slice(stay.made), stay.place);
  const stays = nowMs < stay.untilMs || isAmidTurn(id, json);
  const last = candidates.find((candidate) => placeOf(candidate) === stay.place);
  return stays && last ? [last, ...candidates.filter((other) => other !== last)] : candidates;
};

/** A conversation that went from one target to another. */
export interface Switch {
  from: string;
  to: string;
}

/** Notes who has answered; `home` is the target that the client asked for. */
export const noteAnswer = (
  sessions: Sessions,
  asked: Asked,
  candidate: Candidate,
  home: Candidate,
  clock: Clock,
): Switch | undefined => {
  const isHome = placeOf(candidate) === placeOf(home);
  const stay = asked.body && stayOf(mixedSession(sessions, asked), asked);
  const from = stay?.place ?? placeOf(home);
  const to = placeOf(candidate);
  if (isHome && !stay) return undefined;
  const { id } = asked.dialect;
  const json = asked.body?.json ?? {};
  const { stays } = mix(sessions, asked);
  const opening = openingOf(id, json);
  if (isHome) stays.delete(opening);
  else {
    const untilMs =
      stay && stay.place === to ? stay.untilMs : clock.now() + STAY_MS * (0.5 + clock.random() / 2);
    keep(stays, opening, { place: to, made: madeIn(id, json).length, untilMs }, MOST_STAYS);
  }
  return from === to ? undefined : { from, to };
};
