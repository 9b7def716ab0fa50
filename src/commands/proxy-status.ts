import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { diagnostic } from "../core/diagnostic.ts";
import type { LogEvent } from "../proxy/log.ts";
import { aligned, plural } from "../report/text.ts";
import { logFile } from "../service/service.ts";
import { type Environment, type Running, repositories, running, stateFolder } from "../service/state.ts";
import { exit, type Flags, type Result, result } from "./context.ts";
import { findRoot } from "./root.ts";

type Ask = (to: Running, method: "GET", path: string) => Promise<Record<string, any> | undefined>;

interface TargetState {
  id: string;
  state: string;
  reason?: string;
  downSinceMs?: number;
}
interface RepositoryState {
  root: string;
  label: string;
  plain: boolean;
  routes: { name: string; targets: TargetState[] }[];
}

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** `30d`, `12h`, `90m` in milliseconds. */
const spanOf = (text: string): number | undefined => {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit!]!;
};

const eventsIn = (folder: string, fromMs: number): LogEvent[] =>
  [`${logFile}.1`, logFile].flatMap((name) => {
    try {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      return lines.flatMap((l): LogEvent[] => {
        try {
          const event = JSON.parse(l) as LogEvent;
          return event.atMs >= fromMs ? [event] : [];
        } catch {
          return [];
        }
      });
    } catch {
      return [];
    }
  });

/** What the log of a span comes to. */
export interface Account {
  /** Minutes that targets were down, added up. */
  minutesDown: number;
  /** Minutes of these in which another target gave answers. */
  minutesSaved: number;
  /** Answers that another target gave. */
  answers: number;
  /** Requests that nobody answered. */
  unanswered: number;
}
/** Adds up a log; an outage that still lasts ends now. */
export const accountOf = (events: readonly LogEvent[], nowMs: number): Account => {
  const since = new Map<string, number>();
  const saves: number[] = [];
  const account = { down: 0, saved: 0, answers: 0, unanswered: 0 };
  const close = (fromMs: number, toMs: number): void => {
    account.down += toMs - fromMs;
    const within = saves.filter((at) => at >= fromMs && at <= toMs);
    if (within.length) account.saved += toMs - Math.min(...within);
  };
  for (const e of events) {
    if (e.event === "down" && !since.has(e.target)) since.set(e.target, e.atMs);
    if (e.event === "up") {
      close(since.get(e.target) ?? e.atMs - e.downMs, e.atMs);
      since.delete(e.target);
    }
    if (e.event !== "answer") continue;
    if (e.target === undefined) account.unanswered++;
    else if (e.missed.length) {
      account.answers++;
      saves.push(e.atMs - e.tookMs);
    }
  }
  for (const fromMs of since.values()) close(fromMs, nowMs);
  const minutes = (ms: number): number => Math.round(ms / 6_000) / 10;
  return {
    minutesDown: minutes(account.down),
    minutesSaved: minutes(account.saved),
    answers: account.answers,
    unanswered: account.unanswered,
  };
};

/** Who answers for a route now. */
const answering = (targets: readonly TargetState[]): TargetState | undefined =>
  targets.find((t) => t.state !== "open");
/** One line for a status bar. */
const lineFor = (here: RepositoryState | undefined, nowMs: number): string => {
  const route = here?.routes.find((r) => r.name === "main") ?? here?.routes[0];
  if (!here || !route) return "portable: off";
  if (here.plain) return "portable: plain pipe";
  const who = answering(route.targets);
  const down = route.targets.filter((t) => t.state === "open");
  const since = (t: TargetState): string =>
    `${Math.max(1, Math.round((nowMs - t.downSinceMs!) / 60_000))} min`;
  const trouble = down.map((t) => `${t.id} down ${since(t)}`).join(", ");
  return `portable: ${who?.id ?? "nobody answers"}${trouble && ` (${trouble})`}`;
};

const table = (all: readonly RepositoryState[]): string =>
  all
    .map(({ root, plain, routes }) => {
      const rows = routes.flatMap(({ name, targets }) =>
        targets.map((t, i) => ["", i ? "" : name, t.id, t.state === "open" ? `down: ${t.reason}` : "ready"]),
      );
      return `${root}${plain ? " (plain pipe)" : ""}\n${aligned(rows)}`;
    })
    .join("\n");

/** How the proxy in the background is, and what it did. */
export const proxyStatus = async (flags: Flags, env: Environment, ask: Ask): Promise<Result> => {
  const folder = stateFolder(env, homedir());
  const nowMs = Date.now();
  const span = spanOf(flags.since ?? "30d");
  if (span === undefined)
    return result(
      exit.refused,
      [],
      [diagnostic("spec/value", { where: "--since", reason: "say it as 30d, 12h or 90m" })],
      {},
    );
  const there = running(folder);
  const live = there && (await ask(there, "GET", "status"));
  const all = (live?.["repositories"] ?? []) as RepositoryState[];
  const root = findRoot(flags.cwd);
  const here = all.find((r) => r.root === root);
  if (flags.line) return result(exit.clean, [lineFor(here, nowMs)], [], { line: lineFor(here, nowMs) });
  const account = accountOf(eventsIn(folder, nowMs - span), nowMs);
  const { minutesDown, minutesSaved, answers, unanswered } = account;
  return result(
    exit.clean,
    [
      live ? `listening on 127.0.0.1:${there!.port}, pid ${there!.pid}` : "no proxy is running",
      ...(live ? [table(all)] : repositories(folder).map((r) => `registered: ${r.root}`)),
      `${flags.since ?? "30d"}: targets were down for ${minutesDown} min; in ${minutesSaved} min of these others gave ${plural(answers, "answer")}; ${plural(unanswered, "request")} found nobody`,
    ],
    [],
    { running: !!live, ...(live && { port: there!.port, pid: there!.pid }), repositories: all, account },
  );
};
