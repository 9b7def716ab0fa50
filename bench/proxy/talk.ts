import http, { type IncomingHttpHeaders } from "node:http";
import type { WireDialect } from "../../src/providers/index.ts";
import { fields, parsed, textOf } from "../../src/proxy/dialects/dialect.ts";
import { dataOf, samples } from "../../test/proxy/dialect-streams.ts";
import type { Place } from "./load.ts";
import { idOf, wordsFor } from "./storm.ts";

/** One request of a client. */
export interface Ask {
  id: string;
  dialect: WireDialect;
  streams: boolean;
  /** Milliseconds after which the client hangs up; undefined: it waits. */
  patienceMs: number | undefined;
}
/** What came of it. */
export type Came =
  | { end: "gone" }
  | { end: "refused" | "lost" | "late"; reason: string }
  | { end: "response"; status: number; headers: IncomingHttpHeaders; text: string; isCut: boolean };

export const dialects: readonly WireDialect[] = ["messages", "chat", "responses", "gemini"];
const MODEL = "main";
export const askFor = (nth: number, random: () => number): Ask => ({
  id: idOf(nth),
  dialect: dialects[Math.floor(random() * dialects.length)]!,
  streams: random() < 0.7,
  patienceMs: random() < 0.08 ? random() * 400 : undefined,
});

const pathOf = ({ dialect, streams }: Ask): string =>
  dialect === "gemini" && !streams ? `/v1beta/models/${MODEL}:generateContent` : samples[dialect].path;
const bodyOf = ({ dialect, streams, id }: Ask): string => {
  const body = samples[dialect].body(MODEL, streams);
  return JSON.stringify(body).replaceAll('"hi"', JSON.stringify(id));
};

/** Longer than all deadlines of the proxy together. */
const LATE_MS = 30_000;
/** Sends a request and waits for its end, whatever that is. */
export const talk = ({ port, prefix }: Place, ask: Ask, agent: http.Agent): Promise<Came> =>
  new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: prefix + pathOf(ask),
      method: "POST",
      headers: { "content-type": "application/json" },
      agent,
    };
    let isHungUp = false;
    const timers = [setTimeout(() => settle({ end: "late", reason: "no end in sight" }), LATE_MS)];
    const settle = (came: Came): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(isHungUp ? { end: "gone" } : came);
      request.destroy();
    };
    const request = http.request(options, (response) => {
      const parts: Buffer[] = [];
      const finish = (isCut: boolean): void => {
        const { statusCode: status = 0, headers } = response;
        settle({ end: "response", status, headers, text: Buffer.concat(parts).toString(), isCut });
      };
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => finish(false));
      response.on("error", () => finish(true));
    });
    request.on("error", (error: NodeJS.ErrnoException) =>
      settle({ end: error.code === "ECONNREFUSED" ? "refused" : "lost", reason: error.message }),
    );
    if (ask.patienceMs !== undefined)
      timers.push(
        setTimeout(() => {
          isHungUp = true;
          settle({ end: "gone" });
        }, ask.patienceMs),
      );
    request.end(bodyOf(ask));
  });

const isWhole: Readonly<Record<WireDialect, (stream: string) => boolean>> = {
  messages: (stream) => fields(dataOf(stream).at(-1))["type"] === "message_stop",
  chat: (stream) => stream.trimEnd().endsWith("data: [DONE]"),
  responses: (stream) => fields(dataOf(stream).at(-1))["type"] === "response.completed",
  gemini: (stream) => (dataOf(stream).at(-1) as any)?.candidates?.[0]?.finishReason === "STOP",
};
const saidBy: Readonly<Record<WireDialect, (body: any) => unknown>> = {
  messages: (body) => body?.content?.[0]?.text,
  chat: (body) => body?.choices?.[0]?.message?.content,
  responses: (body) => body?.output?.[0]?.content?.[0]?.text,
  gemini: (body) => body?.candidates?.[0]?.content?.parts?.[0]?.text,
};
/** Whether an error is said as the dialect says it. */
const isFault = (dialect: WireDialect, body: unknown): boolean => {
  const error = fields(fields(body)["error"]);
  if (textOf(error["message"]) === "") return false;
  if (dialect === "messages") return fields(body)["type"] === "error" && textOf(error["type"]) !== "";
  return dialect === "gemini" ? typeof error["code"] === "number" : textOf(error["type"]) !== "";
};

/** What a good end of a request is called; undefined: it is none. */
export type Verdict = "answered" | "ended by its error event" | "refused in its dialect" | undefined;
/** Judges a response by the one answer that its request can have: whole, or a beginning of it with an error event. */
export const judged = ({ id, dialect, streams }: Ask, came: Extract<Came, { end: "response" }>): Verdict => {
  const { status, text, isCut } = came;
  const expected = wordsFor(id).join("");
  if (isCut) return undefined;
  if (status !== 200) {
    const isOwnFault = text.includes("the proxy failed");
    return status >= 400 && !isOwnFault && isFault(dialect, parsed(text))
      ? "refused in its dialect"
      : undefined;
  }
  if (!streams) return saidBy[dialect](parsed(text)) === expected ? "answered" : undefined;
  const shown = samples[dialect].shown(text);
  if (samples[dialect].isBroken(text))
    return expected.startsWith(shown) ? "ended by its error event" : undefined;
  return isWhole[dialect](text) && shown === expected ? "answered" : undefined;
};
