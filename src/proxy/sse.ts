/** One event of a stream as its lines say it. */
export interface SseEvent {
  name: string;
  /** Its data lines joined; undefined: it has none, as a comment. */
  data: string | undefined;
}

/** Called for each whole event with its text and the offset behind it in the chunk at hand; false stops. */
export type OnEvent = (text: string, end: number) => boolean;

/** Finds the events of a stream, whatever the chunks; the bytes themselves are left as they are. */
export interface Splitter {
  push(chunk: Buffer, onEvent: OnEvent): void;
  /** Bytes of an event that is not whole yet. */
  pending(): number;
}

const CR = 13;
const LF = 10;

/** Lines end with LF, CRLF or CR, an event ends with an empty line: https://html.spec.whatwg.org/multipage/server-sent-events.html (2026-11-22). */
export const splitter = (): Splitter => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lineIsEmpty = true;
  let afterCr = false;

  const take = (chunk: Buffer, start: number, end: number): string => {
    const own = chunk.subarray(start, end);
    const text = heldBytes ? Buffer.concat([...held, own]).toString() : own.toString();
    held = [];
    heldBytes = 0;
    return text;
  };
  const keep = (rest: Buffer): void => {
    if (!rest.length) return;
    held.push(rest);
    heldBytes += rest.length;
  };

  const push = (chunk: Buffer, onEvent: OnEvent): void => {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      const isSecondHalf = byte === LF && afterCr;
      afterCr = byte === CR;
      if (isSecondHalf) {
        if (i === start && !heldBytes) start = i + 1;
        continue;
      }
      if (byte !== LF && byte !== CR) lineIsEmpty = false;
      else if (!lineIsEmpty) lineIsEmpty = true;
      else {
        const end = byte === CR && chunk[i + 1] === LF ? i + 2 : i + 1;
        if (!onEvent(take(chunk, start, end), end)) return;
        start = end;
      }
    }
    keep(chunk.subarray(start));
  };
  return { push, pending: () => heldBytes };
};

/** Reads the lines of one event. */
export const eventOf = (text: string): SseEvent => {
  const event: SseEvent = { name: "", data: undefined };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) {
      const value = line.slice(line[5] === " " ? 6 : 5);
      event.data = event.data === undefined ? value : `${event.data}\n${value}`;
    } else if (line.startsWith("event:")) event.name = line.slice(6).trim();
  }
  return event;
};
