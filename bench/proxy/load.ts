import http from "node:http";
import net from "node:net";

/** Where a system listens, and what stands before the path. */
export interface Place {
  port: number;
  prefix: string;
}
/** A request as it is sent again and again. */
export interface Shot {
  path: string;
  body: string;
  headers: Readonly<Record<string, string>>;
}

const bytesOf = ({ port, prefix }: Place, { path, body, headers }: Shot): Buffer => {
  const all = { Host: `127.0.0.1:${port}`, ...headers, "Content-Length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${prefix}${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
};

/** How long an answer is with its head; undefined: the head is not whole yet. */
const lengthOf = (bytes: Buffer): number | undefined => {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (!head.startsWith("HTTP/1.1 200") || length === undefined)
    throw new Error(`an answer of its own: ${head}`);
  return end + 4 + Number(length);
};

interface Line {
  /** Sends the request and waits for its whole answer. */
  ask(): Promise<void>;
  close(): void;
}
/** A kept connection over which one request goes after the other. */
const line = (port: number, bytes: Buffer): Promise<Line> =>
  new Promise((ready, failed) => {
    const socket = net.connect(port, "127.0.0.1");
    let held: Buffer[] = [];
    let [done, fail]: [() => void, (e: Error) => void] = [() => {}, failed];
    const end = (error: Error): void => fail(error);
    socket.setNoDelay(true);
    socket.on("error", end);
    socket.on("close", () => end(new Error("the connection was closed")));
    socket.on("data", (part) => {
      held.push(part);
      try {
        const all = held.length === 1 ? part : Buffer.concat(held);
        if (all.length < (lengthOf(all) ?? Number.POSITIVE_INFINITY)) return;
        held = [];
        done();
      } catch (error) {
        end(error as Error);
      }
    });
    const ask = (): Promise<void> =>
      new Promise((resolve, reject) => {
        [done, fail] = [resolve, reject];
        socket.write(bytes);
      });
    socket.once("connect", () =>
      ready({
        ask,
        close() {
          fail = () => {};
          socket.destroy();
        },
      }),
    );
  });

/** What came of a while of requests; times in milliseconds. */
export interface Hammered {
  perSecond: number;
  latencies: number[];
}
/** Keeps so many requests in flight for so long. */
export const hammer = async (
  place: Place,
  shot: Shot,
  connections: number,
  ms: number,
): Promise<Hammered> => {
  const bytes = bytesOf(place, shot);
  const lines = await Promise.all(Array.from({ length: connections }, () => line(place.port, bytes)));
  const latencies: number[] = [];
  const startMs = performance.now();
  await Promise.all(
    lines.map(async ({ ask }) => {
      for (let now = performance.now(); now - startMs < ms; ) {
        const sentMs = now;
        await ask();
        now = performance.now();
        latencies.push(now - sentMs);
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  for (const l of lines) l.close();
  return { perSecond: latencies.length / seconds, latencies };
};

const STAMP = /"text":"(\d{6,})"/g;
/** Reads a stream; gives how long each event was on its way, in milliseconds, and how long the whole took. */
export const streamed = (
  { port, prefix }: Place,
  { path, body, headers }: Shot,
): Promise<{ delays: number[]; tookMs: number }> =>
  new Promise((resolve, reject) => {
    const startMs = performance.now();
    const options = { host: "127.0.0.1", port, path: prefix + path, method: "POST", headers, agent: false };
    const request = http.request(options, (response) => {
      const delays: number[] = [];
      let [rest, isWhole] = ["", false];
      response.on("data", (part: Buffer) => {
        const nowNs = process.hrtime.bigint();
        const text = rest + part.toString();
        const cut = text.lastIndexOf("\n\n") + 2;
        for (const [, stamp] of text.slice(0, cut).matchAll(STAMP))
          delays.push(Number(nowNs - BigInt(stamp!)) / 1e6);
        isWhole ||= text.includes('"message_stop"');
        rest = text.slice(cut);
      });
      response.once("end", () =>
        isWhole
          ? resolve({ delays, tookMs: performance.now() - startMs })
          : reject(
              new Error(`a stream without its end, status ${response.statusCode}: ${rest.slice(0, 200)}`),
            ),
      );
      response.once("error", reject);
    });
    request.once("error", reject);
    request.end(body);
  });

/** Sends a request and reads the whole answer, whatever it is. */
export const once = (
  { port, prefix }: Place,
  { path, body, headers }: Shot,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: prefix + path, method: "POST", headers, agent: false };
    const request = http.request(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("end", () =>
        resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() }),
      );
      response.once("error", reject);
    });
    request.once("error", reject);
    request.end(body);
  });
