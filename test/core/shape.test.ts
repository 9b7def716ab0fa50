import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Codec,
  codec,
  commas,
  count,
  dict,
  either,
  flag,
  list,
  map,
  oneOf,
  salvaged,
  scaled,
  settled,
  spelled,
  text,
} from "../../src/core/codec.ts";
import { type Data, Mismatch, unread } from "../../src/core/data.ts";
import { drop, except, inline, key, maybe, record, union, weak } from "../../src/core/shape.ts";
import { specData, specPrompt } from "../../src/core/spellings.ts";
import { line } from "../nasty.ts";

type Way =
  | { by: "file"; path: string; mode?: number }
  | { by: "net" | "wire"; host: string }
  | { by: "none" };
const way = union<"by", Way>("by", {
  file: { path: key("path", text), mode: maybe("mode", count) },
  net: [{ host: key("host", text) }, { kind: ["tcp", "ip"] }],
  wire: [{ host: key("host", text) }, { kind: [undefined, "wire"] }],
  none: drop("always somehow"),
});
interface Thing {
  label: string;
  tags?: string[];
  way: Way;
  note?: string;
}
const thing = record<Thing>({
  label: key("title", text),
  tags: maybe(
    "tags",
    either(commas, list(text)),
    except((t) => t.includes("x"), "no x"),
  ),
  way: inline(way),
  note: drop("no notes", "note"),
});

const ways: fc.Arbitrary<Way> = fc.oneof(
  line.map((path): Way => ({ by: "file", path })),
  fc.tuple(line, fc.nat()).map(([path, mode]): Way => ({ by: "file", path, mode })),
  fc.tuple(fc.constantFrom("net", "wire"), line).map(([by, host]) => ({ by, host }) as Way),
);
const things = fc
  .tuple(line, fc.option(fc.array(line), { nil: undefined }), ways)
  .map(([label, tags, w]): Thing => ({ label, way: w, ...(tags && { tags }) }));

describe("a record", () => {
  test("reads what it writes, over anything that stood there", () =>
    fc.assert(
      fc.property(
        things,
        things,
        fc.dictionary(fc.constantFrom("x-a", "x-b"), fc.jsonValue()),
        (older, newer, foreign) => {
          const prior = { ...foreign, ...(thing.put(older) as object) };
          const now = thing.put(newer, prior);
          expect(thing.get(now)).toEqual(newer);
          expect(now).toMatchObject(foreign);
          expect(thing.put(newer, now)).toEqual(now);
        },
      ),
      { numRuns: 300 },
    ));

  test("writes what its schema allows", () => {
    const valid = new Ajv({ strict: false }).compile(thing.schema);
    fc.assert(
      fc.property(things, (t) => {
        expect(valid(thing.put(t)), JSON.stringify(valid.errors)).toBe(true);
      }),
    );
    for (const wrong of [
      {},
      { title: 1, path: "a" },
      { title: "a" },
      { title: "a", kind: "other", host: "b" },
    ])
      expect(valid(wrong)).toBe(false);
  });

  test("refuses what is missing or no map, and skips an optional value that it cannot read", () => {
    expect(() => thing.get({ path: "a" })).toThrow(new Mismatch('"title" is missing'));
    expect(() => thing.get([])).toThrow("expected a map");
    expect(() => thing.get(unread("x"))).toThrow("expected a map");
    const skipped: string[] = [];
    expect(
      thing.get({ title: "a", path: "b", mode: "rw", tags: null }, { skipped: (k) => void skipped.push(k) }),
    ).toEqual({ label: "a", way: { by: "file", path: "b" } });
    expect(skipped).toEqual(["mode"]);
  });

  test("leaves a value that it cannot read, and leaves out an optional one that cannot be said", () => {
    expect(thing.put({ label: "a", way: { by: "file", path: "b" } }, { mode: "rw", x: 1 })).toEqual({
      title: "a",
      path: "b",
      mode: "rw",
      x: 1,
    });
    const shy = record<{ a?: string[] }>({ a: maybe("a", commas) });
    expect(shy.put({ a: ["x,y"] }, { a: "old" })).toEqual({});
  });

  test("keeps the hand's spelling of what already reads as wanted", () => {
    const prior = { title: "a", tags: "x ,y", kind: "ip", host: "b" };
    expect(thing.put({ label: "a", tags: ["x", "y"], way: { by: "net", host: "b" } }, prior)).toEqual(prior);
    expect(thing.put({ label: "a", tags: ["x", "z"], way: { by: "net", host: "c" } }, prior)).toEqual({
      ...prior,
      tags: "x, z",
      host: "c",
    });
  });

  test("tells a reason for each field that has no place", () => {
    const facts = thing.fields.filter((f) => f.note).map((f) => [f.path.join("."), f.note]);
    expect(facts).toEqual([
      ["tags", "no x"],
      ["way", "always somehow"],
      ["note", "no notes"],
    ]);
    expect(thing.names).toEqual(["label", "tags", "way", "note"]);
  });
});

describe("a union", () => {
  test("clears only the keys of its other cases", () =>
    expect(way.put({ by: "wire", host: "h" }, { path: "p", mode: 1, own: 2 })).toEqual({
      own: 2,
      host: "h",
    }));
  test("takes the case that its keys mark", () => {
    expect(way.get({ kind: "ip", host: "h" })).toEqual({ by: "net", host: "h" });
    expect(way.get({ host: "h" })).toEqual({ by: "wire", host: "h" });
    expect(() => way.get({ kind: "udp", host: "h" })).toThrow("expected one of file, net, wire");
    expect(() => way.put({ by: "none" })).toThrow("no place for none");
  });
});

describe("codecs", () => {
  const reads = <A>(c: Codec<A>, theirs: unknown, ours: A) => expect(c.get(theirs)).toEqual(ours);
  test("either writes with the first whose writing reads back", () => {
    const words = either(commas, list(text));
    expect(words.put(["a", "b"])).toBe("a, b");
    expect(words.put(["a, b"])).toEqual(["a, b"]);
    reads(words, "a,{b,c}", ["a", "{b,c}"]);
    reads(words, ["x,y"], ["x,y"]);
  });
  test("units come back as they were", () =>
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (ms) => {
        const c = scaled(count, 1000);
        expect(c.get(c.put(ms))).toBe(ms);
      }),
    ));
  test("a salvage reads what was meant, only when asked, and says so", () => {
    const broken = salvaged(
      map(
        text,
        (s) => s.split(","),
        (a) => a.join(","),
      ),
      map(
        text,
        (s) => s.split(/[,;]/),
        (a) => a.join(","),
      ),
      "; is no comma",
    );
    const notes: string[] = [];
    reads(broken, "a;b", ["a;b"]);
    expect(broken.get("a;b", { salvage: (n) => void notes.push(n) })).toEqual(["a", "b"]);
    expect(broken.get("a,b", { salvage: (n) => void notes.push(n) })).toEqual(["a", "b"]);
    expect(notes).toEqual(["; is no comma"]);
  });
  test("a message never shows the value", () => {
    for (const c of [text, count, flag, list(text), dict(text), oneOf("a")] as Codec<unknown>[])
      for (const secret of ["s3cret", { s3cret: 1 }, [["s3cret"]], unread("s3cret")])
        try {
          c.get(secret);
        } catch (e) {
          expect((e as Error).message).toMatch(/^expected [\w ,]+, found [\w ]+$/);
        }
  });
  test("a body is spelled with the arguments that stand beside it", () => {
    const command = record<{ args?: string[]; body: readonly unknown[] }>({
      args: maybe("args", list(text)),
      body: key("body", spelled((i) => specPrompt(i["args"] as string[])) as Codec<readonly unknown[]>),
    });
    const ours = { args: ["who"], body: ["hi ", { named: "who" }] };
    expect(command.put(ours)).toEqual({ args: ["who"], body: "hi {{who}}" });
    expect(command.get({ body: "hi {{who}}", args: ["who"] })).toEqual(ours);
    expect(command.get({ body: "hi {{who}}" })).toEqual({ body: ["hi {{who}}"] });
  });
  test("what reads as wanted stays", () => {
    expect(settled(commas).put(["a", "b"], "a,b")).toBe("a,b");
    expect(settled(spelled(specData)).put(["x"], undefined)).toBe("x");
  });
});

test("a drop in the place of a codec fails when it is declared", () => {
  for (const hidden of [
    () => key("a", drop("x")),
    () => maybe("a", drop("x")),
    () => inline(drop("x")),
    () => key("a", list(drop("x"))),
    () => key("a", dict(drop("x"))),
  ])
    expect(() => record<any>({ a: hidden() as never })).toThrow(TypeError);
});

test("a weakness is always told, an exception only where it holds", () => {
  const c = record<{ n: number }>({
    n: key(
      "n",
      count,
      weak((n) => n < 9, "ignored"),
      except((n) => n > 9, "too big"),
    ),
  });
  expect(c.fields.filter((f) => f.note).map((f) => [f.note, f.weak, f.only?.(1, {})])).toEqual([
    ["ignored", true, true],
    ["too big", undefined, false],
  ]);
});

describe("a part that lies among its neighbours", () => {
  interface Held {
    tools?: string[];
    chain: string;
  }
  const tools: Codec<string[] | undefined> = {
    ...codec<string[] | undefined>(
      (row) =>
        list(text)
          .get((row as Data)["groups"])
          .filter((g) => g !== "limited"),
      (ours, prior) => ({ ...(prior as Data), groups: ours ?? ["all"] }),
      {},
      [{ path: [], theirs: "groups" }],
    ),
    more: (row) => ((row["groups"] as string[]).includes("limited") ? { groups: row["groups"] } : {}),
  };
  const chain: Codec<string> = {
    ...codec<string>(
      (row) => (row as Data)["id"] as string,
      (ours, prior, around) => ({ ...(prior as Data), id: ours, at: around?.["origin"] }),
      {},
      ["id", "at"].map((theirs) => ({ path: [], theirs })),
    ),
    stands: (_, prior, around) => (prior as Data)["at"] === around?.["origin"],
  };
  const c = record<Held>({ tools: inline(tools), chain: inline(chain) });

  test("may be optional, and is asked all the same", () => {
    expect(c.put({ chain: "x" }, undefined, { origin: "o" })).toEqual({ groups: ["all"], id: "x", at: "o" });
  });
  test("may say more than is read", () => {
    expect(c.more!({ groups: ["a", "limited"] })).toEqual({ groups: ["a", "limited"] });
    expect(c.more!({ groups: ["a"] })).toEqual({});
  });
  test("is written again where it does not stand for all of the item", () => {
    const prior = { groups: ["a"], id: "x", at: "o" };
    expect(settled(c).put({ tools: ["a"], chain: "x" }, prior, { origin: "o" })).toBe(prior);
    expect(settled(c).put({ tools: ["a"], chain: "x" }, prior, { origin: "p" })).toEqual({
      ...prior,
      at: "p",
    });
  });
});
