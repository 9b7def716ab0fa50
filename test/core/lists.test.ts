import { describe, expect, test } from "vitest";
import { count, text } from "../../src/core/codec.ts";
import { plan } from "../../src/core/plan.ts";
import { drop, inline, key, record } from "../../src/core/shape.ts";
import { emptySpec, kinds, type Retrieval, type Spec } from "../../src/core/spec.ts";
import { emptyWorld, type Surface, type World } from "../../src/core/surface.ts";
import { many } from "../../src/core/surfaces/many.ts";
import { list, table } from "../../src/core/surfaces/table.ts";
import { type Keeps, target, viaServer } from "../../src/core/target.ts";
import { json } from "../../src/formats/json.ts";
import { yaml11 } from "../../src/formats/yaml.ts";

const nothing = Object.fromEntries(kinds.map((k) => [k, drop("none")])) as unknown as Keeps;
const toolOf = (keeps: Partial<Keeps>) =>
  target({
    id: "tool",
    title: "Tool",
    docs: "",
    checked: { version: "1", on: "2026-11-25" },
    expandsImports: false,
    signs: [],
    keeps: { ...nothing, ...keeps },
  });
const worldOf = (path: string, source: string): World => ({
  ...emptyWorld(),
  files: new Map([[path, source]]),
});
/** What a place writes for items, over a file, and what it leaves of them when they go. */
const comesAndGoes = (
  place: Surface<any>,
  items: readonly object[],
  source: string,
): [there: string, back: string] => {
  const tool = toolOf({ model: place });
  const run = (model: readonly object[], world: World) =>
    plan({ targets: [tool], known: [tool], spec: { ...emptySpec(), model } as Spec, world });
  const path = place.reads.flatMap((r) => ("file" in r ? [r.file] : []))[0]!;
  const first = run(items, worldOf(path, source));
  expect(run(items, { ...first.after, ledger: first.ledger }).changes).toEqual([]);
  const gone = run([], { ...first.after, ledger: first.ledger });
  return [String(first.after.files.get(path)), String(gone.after.files.get(path))];
};

describe("rows that are a name and a value in one text", () => {
  const place = list<any>("a.yml", yaml11, ["alias"], { chain: key("@row", text) } as any, {
    pair: ":",
    lone: true,
  });
  const read = (source: string) =>
    place.read(worldOf("a.yml", source), { target: "tool" }).map(({ name, chain }: any) => [name, chain]);
  test("are parted at the first mark", () => {
    expect(read("alias: [a:b, 'c : d:e ', none, {f: g}, 1]\n")).toEqual([
      ["a", "b"],
      ["c", "d:e"],
    ]);
    expect(read("alias: a:b\n")).toEqual([["a", "b"]]);
  });
  test("change, come and go by name", () => {
    const rows = [
      { name: "a", chain: "b" },
      { name: "x", chain: "y:z" },
    ];
    expect(comesAndGoes(place, rows, "alias:\n  - a:b # theirs\n  - c:d\n")).toEqual([
      'alias:\n  - a:b # theirs\n  - c:d\n  - "x:y:z"\n',
      "alias:\n  - c:d\n",
    ]);
  });
  test("one text becomes a list", () => {
    expect(comesAndGoes(place, [{ name: "x", chain: "y" }], "alias: c:d\nb: 1\n")).toEqual([
      'alias:\n  - "c:d"\n  - "x:y"\nb: 1\n',
      'alias:\n  - "c:d"\nb: 1\n',
    ]);
  });
});

describe("words of which one may stand alone", () => {
  const place = list<any>("a.json", json, ["read"], {}, { words: true, lone: true });
  test("the one that stands there is the one that is wanted", () =>
    expect(comesAndGoes(place, [{ name: "a" }], '{"read": "a"}')[0]).toBe('{"read": "a"}'));
  test("a map or a number is no word", () => {
    for (const held of ['{"a": 1}', "1", "null"])
      expect(place.read(worldOf("a.json", `{"read": ${held}}`), { target: "tool" })).toEqual([]);
  });
});

describe("items that are several rows", () => {
  const place = many<any>("a.json", json, ["rows"], "name", {
    chain: key("@rows", {
      ...text,
      get: (rows: any) => rows.map((r: any) => r.v).join(""),
      put: (v: string) => [...v].map((c) => ({ v: c })),
    }),
  } as any);
  const chains = (...of: string[]) => of.map((chain, i) => ({ name: "abc"[i], chain }));
  const rows = (world: World) =>
    JSON.parse(String(world.files.get("a.json")))
      .rows.map((r: any) => r.name + r.v)
      .join(" ");
  const tool = toolOf({ model: place });
  const run = (model: object[], world: World) => {
    const p = plan({ targets: [tool], known: [tool], spec: { ...emptySpec(), model } as Spec, world });
    return { ...p.after, ledger: p.ledger };
  };
  const mine = worldOf("a.json", '{"rows": [{"name": "z", "v": "0"}]}');
  test("several grow at once", () => {
    const first = run(chains("1", "1"), mine);
    expect(rows(first)).toBe("z0 a1 b1");
    expect(rows(run(chains("12", "123"), first))).toBe("z0 a1 b1 a2 b2 b3");
  });
  test("one shrinks while others go, grow and stay", () => {
    const first = run(chains("123", "12", "1"), mine);
    expect(
      rows(
        run(
          [
            { name: "a", chain: "9" },
            { name: "c", chain: "12" },
          ],
          first,
        ),
      ),
    ).toBe("z0 a9 c1 c2");
    expect(rows(run(chains("1", "1234"), first))).toBe("z0 a1 b1 b2 b3 b4");
  });
});

describe("a value of which the row says more than is read", () => {
  const facts: any = {
    get: (x: unknown) => String((x as any).model),
    put: (model: string, _: unknown, around: any) => ({ model, base: around.base }),
    stands: (_: unknown, prior: any, around: any) => prior.base === around.base,
    fields: [],
    schema: {},
  };
  const place = table<any>("a.json", json, ["m"], { chain: key("params", facts) } as any);
  const tool = toolOf({ model: place });
  const run = (base: number, world: World) => {
    const spec = { ...emptySpec(), model: [{ name: "a", chain: "x", base }] } as unknown as Spec;
    const p = plan({ targets: [tool], spec, world });
    return { ...p.after, ledger: p.ledger };
  };
  test("is written again when that changes, and only then", () => {
    const first = run(1, emptyWorld());
    const second = run(2, first);
    expect(JSON.parse(String(second.files.get("a.json")))).toEqual({
      m: { a: { params: { model: "x", base: 2 } } },
    });
    const spaced = new Map([["a.json", '{ "m": { "a": { "params": { "base": 2, "model": "x" } } } }']]);
    expect(run(2, { ...second, files: spaced }).files).toEqual(spaced);
  });
  test("a record stands where each of its values does", () => {
    const codec = record<any>({ chain: key("params", facts), n: key("n", count) } as any);
    const theirs = { params: { model: "x", base: 1 }, n: 1 };
    expect(codec.stands!({ chain: "x", n: 1 }, theirs, { base: 1 })).toBe(true);
    expect(codec.stands!({ chain: "x", n: 1 }, theirs, { base: 2 })).toBe(false);
    expect(record<any>({ n: key("n", count) } as any).stands).toBeUndefined();
  });
});

describe("retrieval that is written with the servers", () => {
  const retrieval: Retrieval[] = [
    { name: "a", source: { type: "mcp", mcp: { type: "stdio", command: ["x"] } } },
    { name: "b", source: { type: "http", http: { url: ["https://x"] } } },
  ];
  const server = table<any>("s.json", json, ["servers"], {
    transport: inline(anyMap()),
    timeoutMs: drop("none"),
  });
  function anyMap(): any {
    return {
      get: (x: any) => x.t,
      put: (t: any, prior: any) => ({ ...prior, t }),
      fields: [{ path: [], theirs: "t" }],
      schema: {},
    };
  }
  const built = (keeps: Partial<Keeps>) => {
    const p = plan({
      targets: [toolOf({ server, ...keeps })],
      spec: { ...emptySpec(), retrieval },
      world: emptyWorld(),
    });
    return {
      files: Object.fromEntries(p.after.files),
      losses: p.losses.map((l) => `${l.kind} ${l.name}: ${l.why}`),
    };
  };
  const files = {
    "s.json":
      '{\n  "servers": {\n    "a": {\n      "t": {\n        "type": "stdio",\n        "command": [\n          "x"\n        ]\n      }\n    }\n  }\n}\n',
  };
  test("the rest has a reason", () =>
    expect(built({ retrieval: viaServer("no") })).toEqual({ files, losses: ["retrieval b: no"] }));
  test("or a place of its own, which never sees the servers", () => {
    const place = table<Retrieval>("r.json", json, ["rag"], {
      description: drop("none"),
      source: key("source", anyMapOf()),
    });
    function anyMapOf(): any {
      return { get: (x: unknown) => x, put: (x: unknown) => x, fields: [], schema: {} };
    }
    const { files: out, losses } = built({ retrieval: viaServer(place) });
    expect(losses).toEqual([]);
    expect(out["s.json"]).toBe(files["s.json"]);
    expect(Object.keys(JSON.parse(String(out["r.json"])).rag)).toEqual(["b"]);
  });
});
