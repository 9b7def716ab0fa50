import type { IncomingMessage } from "node:http";
import { type Deadlines, learnFrom } from "./deadlines.ts";
import { type Engine, paceOf } from "./engine.ts";
import { said } from "./failure.ts";
import { headerText, returned } from "./headers.ts";
import { relayStream } from "./relay.ts";
import { collect, pipeOn } from "./relay-whole.ts";
import type { Request } from "./request.ts";
import { missed, type Tried, type Try, type Verdict } from "./try.ts";

/** Reads no more of a response. */
export const drop = (response: IncomingMessage): void => {
  response.on("error", () => {});
  response.destroy();
};

/** Headers that say who answers. */
const headersBack = (turn: Try, response: IncomingMessage, isPlain: boolean, length?: number): string[] => [
  ...returned(response.rawHeaders, isPlain),
  ...(length === undefined ? [] : ["Content-Length", String(length)]),
  "X-Portable-Model",
  headerText(turn.candidate.target.id),
  ...(turn.missed.length
    ? ["X-Portable-Missed", headerText(turn.missed.map((m) => `${m.target}: ${m.reason}`).join("; "))]
    : []),
];

/** The target's own answer, whatever it is. In a stream that has begun it becomes the last event. */
export const passOn = async (
  request: Request,
  turn: Try,
  response: IncomingMessage,
  verdict: Verdict,
): Promise<Tried> => {
  const { client, dialect } = request;
  const status = response.statusCode!;
  if (!client.started()) {
    if (verdict === "good") turn.onContent(true);
    const { "content-length": length } = response.headers;
    client.start(
      status,
      headersBack(turn, response, false, length === undefined ? undefined : Number(length)),
    );
    await pipeOn(response, client);
    return { end: "answered", status, verdict };
  }
  const read = await collect(response, client, ERROR_BYTES, request.registration.policy.idleMs);
  if (read === "gone") return { end: "gone" };
  if ("failure" in read) return missed(read.failure);
  if (!read.isWhole) response.destroy();
  client.end(
    dialect.refusal(read.bytes.toString(), `${turn.candidate.target.id} answers with status ${status}`),
  );
  return { end: "answered", status, verdict };
};
const ERROR_BYTES = 64 * 1024;

/** When a target was asked and when it began to answer, and the deadlines that it has. */
export interface Answered {
  sentMs: number;
  openMs: number;
  deadlines: Deadlines;
}

const kindOf = (response: IncomingMessage): string =>
  (response.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
/** Sign-in pages of networks and firewalls answer everything with a page. */
const notApi = (response: IncomingMessage, streams: boolean): boolean => {
  const kind = kindOf(response);
  return kind === "text/html" || (streams && kind === "application/json");
};

/** Passes a stream on. */
export const relay = async (
  engine: Engine,
  request: Request,
  turn: Try,
  response: IncomingMessage,
  { sentMs, openMs, deadlines }: Answered,
): Promise<Tried> => {
  const { client, dialect, registration, tokens } = request;
  const { target } = turn.candidate;
  if (notApi(response, true)) {
    drop(response);
    return missed({ kind: "malformed", detail: kindOf(response) });
  }
  client.keepWaiting(registration.policy.pingMs, dialect.ping);
  const relayed = await relayStream({
    response,
    client,
    reader: dialect.reader(dialect.thinks(request.body?.json["reasoning_effort"])),
    deadlines,
    onContent: (wasQuiet) => {
      const took = { headersMs: openMs - sentMs, contentMs: wasQuiet ? 0 : engine.clock.now() - openMs };
      learnFrom(paceOf(engine, target), target, tokens, took);
      turn.onContent();
      client.start(200, headersBack(turn, response, true));
    },
    explain: (failure) => `${target.id} broke off: ${said(failure)}. Ask again`,
  });
  if (relayed.end === "gone") return { end: "gone" };
  if (relayed.end === "answered") return { end: "answered", status: 200, verdict: "good" };
  const { failure } = relayed;
  if (relayed.end === "broken") return { end: "answered", status: 200, verdict: "bad", broken: failure };
  if (failure.kind === "deadline") paceOf(engine, target).missed++;
  return missed(failure);
};

/** The most that is kept of an answer before it goes out; a longer one goes out as it comes. */
const WHOLE_BYTES = 8 * 1024 * 1024;

/** Passes an answer on that is no stream, once it is whole. */
export const whole = async (
  engine: Engine,
  request: Request,
  turn: Try,
  response: IncomingMessage,
  { sentMs, deadlines }: Answered,
): Promise<Tried> => {
  const { client } = request;
  if (notApi(response, false)) {
    drop(response);
    return missed({ kind: "malformed", detail: kindOf(response) });
  }
  const left = Math.max(1, deadlines.totalMs - (engine.clock.now() - sentMs));
  const read = await collect(response, client, WHOLE_BYTES, left);
  if (read === "gone") return { end: "gone" };
  if ("failure" in read) return missed(read.failure);
  turn.onContent();
  const status = response.statusCode!;
  if (read.isWhole) {
    client.start(status, headersBack(turn, response, false, read.bytes.length));
    client.end(read.bytes);
    return { end: "answered", status, verdict: "good" };
  }
  client.start(status, headersBack(turn, response, false));
  client.write(read.bytes);
  const isWhole = await pipeOn(response, client);
  return isWhole
    ? { end: "answered", status, verdict: "good" }
    : { end: "answered", status, verdict: "bad", broken: { kind: "cut" } };
};
