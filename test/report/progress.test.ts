import { afterEach, expect, test } from "vitest";
import { endProgress, showProgress, step } from "../../src/report/progress.ts";

afterEach(endProgress);

test("steps show once a run takes more than a second, and the line goes before the result", () => {
  let [now, said] = [0, ""];
  showProgress(
    (text) => void (said += text),
    () => now,
  );
  step("soon");
  expect(said).toBe("");
  now = 1500;
  step("reading the root");
  step("too soon for another");
  expect(said).toBe("\rreading the root\u001B[K");
  endProgress();
  expect(said).toBe("\rreading the root\u001B[K\r\u001B[K");
});
