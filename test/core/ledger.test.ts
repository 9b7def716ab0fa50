import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressOf,
  branches,
  containerAddress,
  type Entry,
  fileAddress,
  fileOf,
  isAsLeft,
  printLedger,
  readLedger,
  withStanding,
} from "../../src/core/ledger.ts";

const id = "0123456789abcdef0123456789abcdef01234567";
const text = fc.string({ minLength: 1, maxLength: 10, unit: "grapheme" }).filter((s) => !s.includes("\0"));
const entry = fc.record({
  id: fc.constantFrom(id, "-"),
  targets: fc.subarray(["agents", "claude", "cursor"]),
  outside: fc.option(text, { nil: undefined }),
});
const ledger = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom("a\tb", "a\\tb", "c\nd", "e\\", "\r")), entry), {
    maxLength: 5,
  })
  .map(
    (es) =>
      new Map(
        es.map(([at, { outside, ...e }]): [string, Entry] => [
          at,
          { ...e, ...(outside !== undefined && { outside }) },
        ]),
      ),
  );

test("what is printed reads back, whatever its order", () =>
  fc.assert(
    fc.property(ledger, (l) => {
      const printed = printLedger(l, "1.2.3");
      const read = readLedger(printed);
      expect(read).toEqual({ ledger: l, compiler: "1.2.3", broken: false });
      expect(printLedger(new Map([...l].reverse()), "1.2.3")).toBe(printed);
      expect(readLedger(printed.replaceAll("\n", "\r\n")).ledger).toEqual(l);
    }),
    { numRuns: 300 },
  ));

test("one line an entry, sorted, with tabs", () => {
  const l = new Map([
    ["b#k/x", { id, targets: ["z", "a"] }],
    ["a", { id: "-", targets: [], outside: "s t" }],
  ]);
  expect(printLedger(l, "0.1.0")).toBe(`portable.lock 1 0.1.0\na\t-\t\ts t\nb#k/x\t${id}\ta,z\n`);
});

test("conflict markers and foreign lines make it broken, and what is an entry is kept", () => {
  const text = `portable.lock 1 0.1.0\n<<<<<<< ours\na\t${id}\tclaude\n=======\nb\tnothing\tclaude\n>>>>>>> theirs\n`;
  const read = readLedger(text);
  expect(read.broken).toBe(true);
  expect([...read.ledger.keys()]).toEqual(["a"]);
  expect(readLedger("").broken).toBe(true);
  expect(readLedger(undefined)).toEqual({ ledger: new Map(), compiler: undefined, broken: false });
});

test("a newer format is refused", () =>
  expect(() => readLedger("portable.lock 2 9.0.0\n")).toThrow("newer version (9.0.0)"));

test("an address tells its file, whatever stands in the path", () =>
  fc.assert(
    fc.property(
      fc.oneof(text, fc.constantFrom("a#b", "a%23b", "%", "#", "%2", "a/b#c/d")),
      text,
      (path, name) => {
        expect(fileOf(fileAddress(path))).toBe(path);
        expect(fileAddress(path)).not.toContain("#");
        expect(fileOf(addressOf(path, ["k"], name))).toBe(path);
        expect(addressOf(path, ["k"], name)).not.toBe(containerAddress(path, ["k"]));
      },
    ),
  ));

const other = "fedcba9876543210fedcba9876543210fedcba98";
test("lines of two branches at one address are one entry that knows both, whatever their order", () => {
  const lines = [`a\t${id}\tclaude\tstyle`, `a\t${other}\tclaude`, `a\t-\tclaude`, `a\t${id}\tclaude\tstyle`];
  for (const all of [lines, [...lines].reverse()]) {
    const text = `portable.lock 1 0.1.0\n${all.join("\n")}\n`;
    const { ledger, broken } = readLedger(text);
    const entry = ledger.get("a")!;
    expect(broken).toBe(false);
    expect(
      branches(entry)
        .map((e) => e.id)
        .sort(),
    ).toEqual(["-", id, other]);
    expect([id, other].every((x) => isAsLeft(entry, x))).toBe(true);
    expect(isAsLeft(entry, id.replace("0", "9"))).toBe(false);
    expect(printLedger(ledger, "0.1.0").split("\n")).toHaveLength(5);
    expect(readLedger(printLedger(ledger, "0.1.0")).ledger.get("a")!.others).toHaveLength(2);
    expect(withStanding(ledger, () => id).get("a")).toMatchObject({ id, outside: "style" });
    expect(withStanding(ledger, () => other).get("a")).toEqual({
      id: other,
      targets: ["claude"],
      others: expect.arrayContaining([{ id, targets: ["claude"], outside: "style" }]),
    });
    expect(withStanding(ledger, () => undefined).get("a")!.id).toBe("-");
  }
});
