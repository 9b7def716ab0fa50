import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { canonical, idOf, judge, type Unit } from "../../src/core/own.ts";

const unit = (prior: unknown, next: unknown, scratch?: unknown): Unit => ({
  at: "a",
  prior,
  next,
  ...(scratch !== undefined && { scratch }),
});
const entry = (content: unknown) => ({ id: idOf(content), targets: ["claude"] });

test("a text's id is Git's, over LF text without byte order mark", () => {
  const git = execFileSync("git", ["hash-object", "--stdin"], { input: "é\nb\n", encoding: "utf8" }).trim();
  for (const text of ["é\nb\n", "é\r\nb\r\n", "\uFEFFé\nb\n"]) expect(idOf(text)).toBe(git);
  expect(idOf("é\nb")).not.toBe(git);
  expect(idOf(new Uint8Array([13, 10]))).not.toBe(idOf(new Uint8Array([10])));
});

test("a row's id does not depend on the order of its keys, and does on all else", () => {
  expect(idOf({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(idOf({ b: { d: 2, c: [1, 2] }, a: 1 }));
  expect(idOf({ a: [1, 2] })).not.toBe(idOf({ a: [2, 1] }));
  expect(idOf({ a: 1 })).not.toBe(idOf({ a: "1" }));
  expect(canonical({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
});

describe("who owns a difference", () => {
  test.each([
    ["nothing stands there", unit(undefined, "n"), undefined, { cause: "missing", ours: true }],
    ["it was ours and is gone", unit(undefined, "n"), entry("o"), { cause: "missing", ours: true }],
    ["nobody wants anything", unit(undefined, undefined), entry("o"), undefined],
    ["no entry, and nothing wanted", unit("x", undefined), undefined, undefined],
    ["no entry", unit("x", "n"), undefined, { cause: "foreign", ours: false }],
    ["only a container", unit("x", "n"), { id: "-", targets: [] }, { cause: "foreign", ours: false }],
    ["as we left it, the spec moved on", unit("o", "n"), entry("o"), { cause: "stale", ours: true }],
    ["as we left it, unwanted", unit("o", undefined), entry("o"), { cause: "orphan", ours: true }],
    ["edited, the spec as it was", unit("e", "o"), entry("o"), { cause: "edited", ours: false }],
    [
      "edited, and hand formatting kept in what comes next",
      unit("e", "o+", "o"),
      entry("o"),
      { cause: "edited", ours: false },
    ],
    ["edited, the spec moved on", unit("e", "n"), entry("o"), { cause: "conflict", ours: false }],
    ["edited, unwanted", unit("e", undefined), entry("o"), { cause: "conflict", ours: false }],
  ] as const)("%s", (_, u, e, verdict) => expect(judge(u, e, false)).toEqual(verdict));

  test("another version wrote it", () =>
    expect(judge(unit("o", "n"), entry("o"), true)).toEqual({ cause: "upgraded", ours: true }));
});
