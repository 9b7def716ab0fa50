import { describe, expect, test } from "vitest";
import type { RepositoryState } from "../../src/commands/proxy-process.ts";
import { accountLine, accountOf, lineFor } from "../../src/commands/proxy-status.ts";
import type { LogEvent } from "../../src/proxy/log.ts";
import type { TargetStatus } from "../../src/proxy/status.ts";

const MIN = 60_000;
const answer = (atMs: number, target: string | undefined, missed = 1): LogEvent => ({
  event: "answer",
  atMs,
  label: "r",
  route: "main",
  target,
  status: 200,
  tookMs: 0,
  firstMs: 0,
  missed: Array.from({ length: missed }, () => ({ target: "cloud/x", reason: "529" })),
  ...(target !== undefined && target !== "cloud/x" && { insteadOf: "cloud/x" }),
});
const down = (atMs: number): LogEvent => ({
  event: "down",
  atMs,
  target: "cloud/x",
  reason: "529",
  untilMs: 0,
});
const up = (atMs: number, downMs: number): LogEvent => ({
  event: "up",
  atMs,
  target: "cloud/x",
  downMs,
  reason: "529",
});

describe("what the log comes to", () => {
  test("minutes down, and those in which another target answered", () => {
    const log = [down(0), answer(2 * MIN, "local/y"), answer(5 * MIN, "local/y"), up(10 * MIN, 10 * MIN)];
    expect(accountOf(log, 60 * MIN)).toEqual({
      downMs: 10 * MIN,
      savedMs: 8 * MIN,
      answers: 2,
      unanswered: 0,
    });
  });

  test("an outage that lasts ends now; one whose beginning is not in the log began when it says", () => {
    expect(accountOf([down(0)], 3 * MIN)).toMatchObject({ downMs: 3 * MIN, savedMs: 0 });
    expect(accountOf([up(10 * MIN, 4 * MIN)], 60 * MIN)).toMatchObject({ downMs: 4 * MIN });
  });

  test("an answer at first try is no news; a request that nobody answered is", () => {
    const log = [answer(1, "cloud/x", 0), answer(2, undefined)];
    expect(accountOf(log, 3)).toMatchObject({ answers: 0, unanswered: 1 });
  });

  test("a target that is told down twice is down once", () => {
    expect(accountOf([down(0), down(2 * MIN), up(4 * MIN, 2 * MIN)], 9 * MIN)).toMatchObject({
      downMs: 4 * MIN,
    });
  });

  test("answers that a conversation stays with count, though nobody was asked in vain; the home target's own do not", () => {
    const log = [answer(1, "local/y", 1), answer(2, "local/y", 0), answer(3, "cloud/x", 1)];
    expect(accountOf(log, 9)).toMatchObject({ answers: 2, unanswered: 0 });
  });

  test("is said in words", () => {
    const none = { downMs: 0, savedMs: 0, answers: 0, unanswered: 0 };
    expect(accountLine("30d", none)).toBe("last 30 days: no outage");
    expect(accountLine("1h", { downMs: 40_000, savedMs: 0, answers: 3, unanswered: 1 })).toBe(
      "last 1 hour: 40 s down; 3 answers came from another model; 1 request got none",
    );
    expect(accountLine("90m", { ...none, downMs: 3 * 60 * MIN })).toBe("last 90 minutes: 3 h down");
  });
});

describe("the line of a status bar", () => {
  const target = (id: string, more: Partial<TargetStatus> = {}): TargetStatus => ({
    id,
    state: "closed",
    ...more,
  });
  const here = (...targets: TargetStatus[]): RepositoryState => ({
    root: "/r",
    label: "r",
    port: 4141,
    plain: false,
    routes: [{ name: "main", targets }],
  });

  test("names who answered last, else the first that would", () => {
    expect(lineFor(here(target("a/x"), target("b/y")), 0)).toBe("portable: a/x");
    const answered = here(target("a/x", { answeredMs: 4 }), target("b/y", { answeredMs: 5 }));
    expect(lineFor(answered, 9)).toBe("portable: b/y");
  });

  test("says how long one is down, and which one has no key", () => {
    const down = target("a/x", { state: "open", reason: "529", downSinceMs: 1_000 });
    expect(lineFor(here(down, target("b/y")), 6_000)).toBe("portable: b/y (a/x down 5 s)");
    const bare = target("c/z", { noKey: "C_KEY" });
    expect(lineFor(here(bare, target("b/y")), 0)).toBe("portable: b/y (c/z has no key)");
    expect(lineFor(here({ ...bare, own: ["messages"] }, target("b/y")), 0)).toBe("portable: c/z");
  });
});
