import { readFileSync } from "node:fs";
import http from "node:http";
import { median } from "./measure.ts";
import { randomFrom, type Storm, startStorm } from "./storm.ts";
import { childrenOf, type Installed, install, logOf, type System, started } from "./systems.ts";
import { type Ask, askFor, type Came, judged, talk } from "./talk.ts";
import { watch } from "./watched.ts";

export interface Soak {
  seconds: number;
  /** Clients at each of the two proxies. */
  clients: number;
  seed: number;
  note(text: string): void;
}
/** What a soak came to. */
export interface Soaked {
  requests: number;
  /** How requests ended, and how often; each faulty end is in `violations` as well. */
  ends: Record<string, number>;
  kills: number;
  /** What the vendor and the second server played. */
  played: Record<string, number>;
  violations: string[];
  /** Heap of a worker that lived on, behind a collection, in MB: at each look. */
  heapMB: number[];
  /** By how much the last third of looks is above the second third. */
  grownMB: number;
}

const vendors = [
  "https://api.anthropic.com",
  "https://api.openai.com",
  "https://generativelanguage.googleapis.com",
];
const specFor =
  (second: string) =>
  (port: number): string =>
    `portable: 1
targets: [agents]
gateway: proxy
providers:
  anthropic: {}
  openai: {}
  google: {}
  second:
    type: llama.cpp
    origin: ${second}
  again:
    type: google
    origin: ${second}
    apiKey: "\${SECOND_KEY}"
models:
  main:
    chain: [anthropic/claude-soak, openai/gpt-soak, google/gemini-soak, second/spare, again/gemini-spare]
proxy:
  port: ${port}
  connectMs: 500
  headersMs: 300
  firstContentMs: 400
  idleMs: 400
  quietMs: 800
  totalMs: 1500
  pingMs: 100
`;
const keys = {
  ANTHROPIC_API_KEY: "sk-soak-one",
  OPENAI_API_KEY: "sk-soak-two",
  GEMINI_API_KEY: "soak-three",
  SECOND_KEY: "soak-four",
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** When workers were killed: what was under way then, or went to a connection whose end was not known yet, is lost. */
interface Kills {
  atMs: number[];
  excuse(fromMs: number): boolean;
}
const NOTICE_MS = 1_000;
const kills = (): Kills => {
  const atMs: number[] = [];
  return { atMs, excuse: (fromMs) => atMs.some((at) => at >= fromMs - NOTICE_MS) };
};

const endOf = (ask: Ask, came: Came, isExcused: boolean): { end: string; fault?: string } => {
  if (came.end === "gone") return { end: "hung up" };
  if (came.end !== "response")
    return came.end === "lost" && isExcused
      ? { end: "lost by a kill" }
      : { end: came.end, fault: came.reason };
  const verdict = judged(ask, came);
  if (verdict) return { end: verdict };
  if (came.isCut && isExcused) return { end: "lost by a kill" };
  return { end: "malformed", fault: `${came.status}${came.isCut ? ", cut" : ""}: ${came.text.slice(-600)}` };
};

interface Course {
  soak: Soak;
  random: () => number;
  endMs: number;
  result: Soaked;
}
const client = async ({ random, endMs, result }: Course, system: System, killed: Kills): Promise<void> => {
  const agent = new http.Agent({ keepAlive: random() < 0.7, maxSockets: 1 });
  while (Date.now() < endMs) {
    const ask = askFor(result.requests++, random);
    const fromMs = Date.now();
    const came = await talk(system, ask, agent);
    const { end, fault } = endOf(ask, came, killed.excuse(fromMs));
    result.ends[end] = (result.ends[end] ?? 0) + 1;
    if (fault !== undefined)
      result.violations.push(`${ask.id} ${ask.dialect}${ask.streams ? " stream" : ""}: ${end}: ${fault}`);
    if (random() < 0.1) await pause(random() * 200);
  }
  agent.destroy();
};

const kill = async (
  { soak, random, endMs, result }: Course,
  { pids }: System,
  killed: Kills,
): Promise<void> => {
  for (;;) {
    await pause(Math.min(500 + random() * Math.min(8_000, soak.seconds * 300), endMs - Date.now()));
    if (Date.now() >= endMs) return;
    for (const worker of childrenOf(pids[0]!)) {
      killed.atMs.push(Date.now());
      result.kills++;
      process.kill(worker, "SIGKILL");
    }
  }
};

const LOOKS = 24;
const look = async (
  { soak, endMs, result }: Course,
  { pids }: System,
  watching: ReturnType<typeof watch>,
): Promise<void> => {
  const step = (soak.seconds * 1000) / LOOKS;
  for (let nth = 1; Date.now() + step < endMs; nth++) {
    await pause(step);
    const { heapUsed } = await watching.look(pids.at(-1)!);
    result.heapMB.push(Math.round(heapUsed / 1e4) / 100);
    if (nth % 4 === 0) soak.note(`${result.requests} requests, heap ${result.heapMB.at(-1)} MB`);
  }
};

const grown = (heapMB: readonly number[]): number => {
  const third = Math.floor(heapMB.length / 3);
  return median(heapMB.slice(-third)) - median(heapMB.slice(third, 2 * third));
};

/** Workers that ended though nobody killed them. */
const crashes = (place: Installed): string[] =>
  readFileSync(logOf(place), "utf8")
    .split("\n")
    .filter((line) => line.includes("worker ended") && !line.includes("SIGKILL"));

const addPlayed = (result: Soaked, { played }: Storm): void => {
  for (const [what, times] of played) result.played[what] = (result.played[what] ?? 0) + times;
};

/**
 * Two proxies in front of a vendor that fails in every way and a second server that fails now and then: one whose worker is
 * killed again and again, and one whose worker lives on, so that its heap can be followed.
 */
export const soaked = async (soak: Soak): Promise<Soaked> => {
  const random = randomFrom(soak.seed);
  const result: Soaked = {
    requests: 0,
    ends: {},
    kills: 0,
    played: {},
    violations: [],
    heapMB: [],
    grownMB: 0,
  };
  const vendor = await startStorm(random, 0.5);
  const second = await startStorm(random, 0.1);
  const watching = watch(true);
  const origins = Object.fromEntries(vendors.map((v) => [v, vendor.origin]));
  const [mortal, spared] = [
    await install(specFor(second.origin), origins, keys),
    await install(specFor(second.origin), origins, { ...keys, ...watching.env }),
  ];
  const [one, other] = [await started(mortal), await started(spared)];
  const endMs = Date.now() + soak.seconds * 1000;
  const course: Course = { soak, random, endMs, result };
  const [killed, nobody] = [kills(), kills()];
  try {
    const many = (system: System, by: Kills): Promise<void>[] =>
      Array.from({ length: soak.clients }, () => client(course, system, by));
    await Promise.all([
      ...many(one, killed),
      ...many(other, nobody),
      kill(course, one, killed),
      look(course, other, watching),
      vendor.gust(endMs),
    ]);
    result.grownMB = grown(result.heapMB);
    result.violations.push(...crashes(mortal), ...crashes(spared));
  } finally {
    await one.stop();
    await other.stop();
    await Promise.all([vendor.close(), second.close()]);
    mortal.remove();
    spared.remove();
    watching.remove();
  }
  addPlayed(result, vendor);
  addPlayed(result, second);
  return result;
};
