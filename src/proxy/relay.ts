import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { alarm } from "./alarm.ts";
import type { Client } from "./client.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Reader } from "./dialects/dialect.ts";
import type { Failure, Phase } from "./failure.ts";
import { splitter } from "./sse.ts";

/** How a stream ended: answered, failed before its first content, broken off behind it, or the client hung up. */
export type Relayed =
  | { end: "answered" }
  | { end: "failed"; failure: Failure }
  | { end: "broken"; failure: Failure }
  | { end: "gone" };

export interface Stream {
  response: IncomingMessage;
  client: Client;
  reader: Reader;
  deadlines: Deadlines;
  /** Called at the first content, before it goes out: sends the headers. `wasQuiet`: the model thought before. */
  onContent: (wasQuiet: boolean) => void;
  /** What the client is told when the stream breaks off. */
  explain: (failure: Failure) => string;
}

/** The most bytes held back: start of an answer, or one event. */
const MOST_HELD = 16 * 1024 * 1024;

const decoders: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** A response's bytes as text, also where it is compressed though that was not wanted; undefined: no way to read it. */
export const plain = (response: IncomingMessage): Readable | undefined => {
  const encoding = response.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return response;
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]!() : undefined;
  response.on("error", (error) => decoder?.destroy(error));
  return decoder && response.pipe(decoder);
};

/**
 * Passes a stream on, byte for byte, from its first content; before that nothing of it goes out, so that another target can
 * still answer. Behind it only whole events go out, so that an error event can always follow.
 */
export const relayStream = (stream: Stream): Promise<Relayed> =>
  new Promise((resolve) => {
    const { response, client, reader, deadlines } = stream;
    const source = plain(response);
    const split = splitter();
    let held: Buffer[] = [];
    let heldBytes = 0;
    let isShown = false;
    let isOver = false;
    let phase: Phase = "content";
    let settled = false;

    const settle = (relayed: Relayed): void => {
      if (settled) return;
      settled = true;
      timer.stop();
      client.onGone(undefined);
      if (relayed.end !== "answered") response.destroy();
      resolve(relayed);
    };
    const flush = (): boolean => {
      const bytes = held;
      held = [];
      heldBytes = 0;
      return bytes.reduce((goesOn, part) => client.write(part) && goesOn, true);
    };
    const show = (): void => {
      isShown = true;
      phase = "idle";
      stream.onContent(reader.quiet);
    };
    const finish = (): void => {
      if (!isShown) show();
      flush();
      client.end();
      if (!response.complete) response.destroy();
      settle({ end: "answered" });
    };
    const fail = (failure: Failure): void => {
      if (settled) return;
      if (reader.whole || isOver) return void finish();
      if (!isShown) return void settle({ end: "failed", failure });
      client.end(reader.broken(stream.explain(failure), false));
      settle({ end: "broken", failure });
    };

    const limit = (): number =>
      reader.quiet ? deadlines.quietMs : isShown ? deadlines.idleMs : deadlines.contentMs;
    const timer = alarm(() => fail({ kind: "deadline", phase, ms: limit() }));
    const hold = (bytes: Buffer): void => {
      if (!bytes.length) return;
      held.push(bytes);
      heldBytes += bytes.length;
    };

    /** Reads one event; a failure stops the stream in front of it. */
    let fault: Failure | undefined;
    let isAlive = false;
    const onEvent = (text: string): boolean => {
      const kind = reader.read(text);
      if (kind === "malformed") fault = { kind, detail: reader.detail };
      else if (kind === "error") fault = { kind: "event", detail: reader.detail };
      if (fault) return false;
      if (kind !== "ping") isAlive = true;
      if (kind === "refusal") isOver = true;
      if (!isShown && (kind === "content" || kind === "end" || kind === "refusal")) show();
      return true;
    };
    const onChunk = (chunk: Buffer): void => {
      if (settled) return;
      let safe = 0;
      isAlive = false;
      split.push(chunk, (text, end) => {
        const goesOn = onEvent(text);
        if (goesOn) safe = end;
        return goesOn;
      });
      hold(chunk.subarray(0, safe));
      const goesOn = !isShown || !safe || flush();
      if (fault) return void fail(fault);
      hold(chunk.subarray(safe));
      if (heldBytes > MOST_HELD) return void fail({ kind: "malformed", detail: "an event without an end" });
      if (!goesOn) return void wait();
      if (isShown ? isAlive : reader.quiet) timer.set(limit());
    };
    /** While the client does not read, the target's silence is not its own. */
    const wait = (): void => {
      source!.pause();
      timer.stop();
      client.onDrain(() => {
        source!.resume();
        if (!settled) timer.set(limit());
      });
    };

    client.onGone(() => {
      response.destroy();
      // some close as soon as they have read the end
      settle({ end: reader.whole ? "answered" : "gone" });
    });
    if (client.gone()) return settle({ end: "gone" });
    if (!source) return fail({ kind: "malformed", detail: "an encoding that nobody asked for" });
    timer.set(limit());
    source.on("data", onChunk);
    source.once("end", () => fail({ kind: "cut" }));
    source.on("error", () => fail({ kind: "cut" }));
  });
