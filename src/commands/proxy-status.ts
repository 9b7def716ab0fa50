import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import type { LogEvent } from "../proxy/log.ts";
import type { TargetStatus } from "../proxy/status.ts";
import { aligned, plural } from "../report/text.ts";
import { duration, logFile } from "../service/service.ts";
import { repositories, stateFolder } from "../service/state.ts";
import { exit, type Flags, type Result, result } from "./context.ts";
import { askAll, type RepositoryState } from "./proxy-process.ts";
import { findRoot } from "./root.ts";

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
  /** Milliseconds that targets were down, added up. */
  downMs: number;
  /** Milliseconds of these in which another target gave answers. */
  savedMs: number;
  /** Answers that another target gave. */
  answers: number;
  /** Requests that nobody answered. */
  unanswered: number;
}
/** Adds up a log; an outage that still lasts ends now. */
export const accountOf = (events: readonly LogEvent[], nowMs: number): Account => {
  const since = new Map<string, number>();
  const saves: number[] = [];
  const account: Account = { downMs: 0, savedMs: 0, answers: 0, unanswered: 0 };
  const close = (fromMs: number, toMs: number): void => {
    account.downMs += toMs - fromMs;
    const within = saves.filter((at) => at >= fromMs && at <= toMs);
    if (within.length) account.savedMs += toMs - Math.min(...within);
  };
  for (const e of events) {
    if (e.event === "down" && !since.has(e.target)) since.set(e.target, e.atMs);
    if (e.event === "up") {
      close(since.get(e.target) ?? e.atMs - e.downMs, e.atMs);
      since.delete(e.target);
    }
    if (e.event !== "answer") continue;
    if (e.target === undefined) account.unanswered++;
    else if (e.insteadOf !== undefined) {
      account.answers++;
      saves.push(e.atMs - e.tookMs);
    }
  }
  for (const fromMs of since.values()) close(fromMs, nowMs);
  return account;
};

const isReady = (t: TargetStatus): boolean => t.state !== "open" && (t.noKey === undefined || !!t.own);
/** Who has answered last, else who would. */
const answering = (targets: readonly TargetStatus[]): TargetStatus | undefined => {
  const [last] = targets
    .filter((t) => t.answeredMs !== undefined)
    .sort((a, b) => b.answeredMs! - a.answeredMs!);
  return last ?? targets.find(isReady);
};
/** One line for a status bar. */
export const lineFor = (here: RepositoryState | undefined, nowMs: number): string => {
  const route = here?.routes.find((r) => r.name === "main") ?? here?.routes[0];
  if (!here || !route) return "portable: off";
  if (here.plain) return "portable: plain pipe";
  const who = answering(route.targets);
  const troubleOf = (t: TargetStatus): string[] => {
    if (t.state === "open") return [`${t.id} down ${duration(nowMs - t.downSinceMs!)}`];
    return isReady(t) ? [] : [`${t.id} has no key`];
  };
  const trouble = route.targets.flatMap(troubleOf).join(", ");
  return `portable: ${who?.id ?? "nobody answers"}${trouble && ` (${trouble})`}`;
};

const stateFor = (t: TargetStatus): string => {
  if (t.state === "open") return `down: ${t.reason}`;
  if (t.noKey === undefined) return "ready";
  return t.own ? "ready with its tool's own login" : `no key: set ${t.noKey}`;
};
const table = ({ root, plain, routes }: RepositoryState): string => {
  const rows = routes.flatMap(({ name, targets }) =>
    targets.map((t, i) => ["", i ? "" : name, t.id, stateFor(t)]),
  );
  return `${root}${plain ? " (plain pipe)" : ""}\n${aligned(rows)}`;
};

const units = { m: "minute", h: "hour", d: "day" };
/** The account of a span such as `30d` in a line. */
export const accountLine = (span: string, { downMs, answers, unanswered }: Account): string => {
  const said = [
    ...(downMs ? [`${duration(downMs)} down`] : []),
    ...(answers ? [`${plural(answers, "answer")} came from another model`] : []),
    ...(unanswered ? [`${plural(unanswered, "request")} got none`] : []),
  ];
  const unit = units[span.at(-1) as keyof typeof units];
  return `last ${plural(Number.parseInt(span, 10), unit)}: ${said.join("; ") || "no outage"}`;
};

/** How the proxies of this user are, and what they did. */
export const proxyStatus = async (flags: Flags, env: Environment): Promise<Result> => {
  const folder = stateFolder(env, homedir());
  const nowMs = Date.now();
  const since = flags.since ?? "30d";
  const span = spanOf(since);
  if (span === undefined)
    return result(
      exit.refused,
      [],
      [diagnostic("spec/value", { where: "--since", reason: "say it as 30d, 12h or 90m" })],
      {},
    );
  const live = (await askAll(folder, "GET", "status")).map(({ proxy: { port, pid }, state }) => ({
    port,
    pid,
    // each proxy knows them all, and is asked by those whose spec names its port
    repositories: state.repositories.filter((r) => r.port === port),
  }));
  const all = live.flatMap((p) => p.repositories);
  const root = findRoot(flags.cwd);
  const line = lineFor(
    all.find((r) => r.root === root),
    nowMs,
  );
  if (flags.line) return result(exit.clean, [line], [], { line });
  const account = accountOf(eventsIn(folder, nowMs - span), nowMs);
  const others = repositories(folder).filter((r) => !all.some(({ root }) => root === r.root));
  return result(
    exit.clean,
    [
      ...(live.length ? [] : ["no proxy is running"]),
      ...live.flatMap((p) => [
        `listening on 127.0.0.1:${p.port}, pid ${p.pid}`,
        ...p.repositories.map(table),
      ]),
      ...others.map((r) => `registered: ${r.root}`),
      accountLine(since, account),
    ],
    [],
    {
      running: live.length > 0,
      proxies: live.map(({ port, pid }) => ({ port, pid })),
      repositories: all,
      account,
    },
  );
};
