import { describe, expect, test } from "vitest";
import { accountOf } from "../../src/commands/proxy-status.ts";
import type { LogEvent } from "../../src/proxy/log.ts";

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
    expect(accountOf(log, 60 * MIN)).toEqual({ minutesDown: 10, minutesSaved: 8, answers: 2, unanswered: 0 });
  });

  test("an outage that lasts ends now; one whose beginning is not in the log began when it says", () => {
    expect(accountOf([down(0)], 3 * MIN)).toMatchObject({ minutesDown: 3, minutesSaved: 0 });
    expect(accountOf([up(10 * MIN, 4 * MIN)], 60 * MIN)).toMatchObject({ minutesDown: 4 });
  });

  test("an answer at first try is no news; a request that nobody answered is", () => {
    const log = [answer(1, "cloud/x", 0), answer(2, undefined)];
    expect(accountOf(log, 3)).toMatchObject({ answers: 0, unanswered: 1 });
  });

  test("a target that is told down twice is down once", () => {
    expect(accountOf([down(0), down(2 * MIN), up(4 * MIN, 2 * MIN)], 9 * MIN)).toMatchObject({
      minutesDown: 4,
    });
  });
});
