import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Data, Mismatch } from "../../src/core/data.ts";
import type { Format, Path } from "../../src/core/format.ts";
import { yaml, yaml11, yamlHint } from "../../src/formats/yaml.ts";

const edit = (text: string | undefined, path: Path, value: unknown, format: Format = yaml): string =>
  format.edit(text, [{ path, value }]);

const mismatch = (run: () => unknown): Mismatch => {
  try {
    run();
  } catch (e) {
    if (e instanceof Mismatch) return e;
    throw e;
  }
  throw new Error("no Mismatch");
};

const MESSY = `# yaml-language-server: $schema=x

a: 1   # one
list: # several
  - x # ex
  # about y
  - 'y'

  - {p: 1, q: "two"}
empty: {}
nested:
  only: "q"
  # tail of nested

text: |
  one
  two
flow: [1, 2]
# foot
`;
const changed = (path: Path, value: unknown, from: string, to: string) => {
  expect(MESSY.split(from)).toHaveLength(2);
  expect(edit(MESSY, path, value)).toBe(MESSY.replace(from, () => to));
};

describe("parse", () => {
  test.each(["", "\n", "# c", "# c\n\n", "---\n", "\uFEFF", "\uFEFF# c\r\n", "--- # c\n...\n"])(
    "%j is empty",
    (text) => {
      expect(yaml.parse(text)).toEqual({});
      expect(yaml11.parse(text)).toEqual({});
    },
  );

  test("keys are their source text, values are plain", () => {
    expect(yaml.parse("1.0: a\nTrue: b\nnull: c\n0x10: d\n'q': e\n? f\n: 1\n")).toEqual({
      "1.0": "a",
      True: "b",
      null: "c",
      "0x10": "d",
      q: "e",
      f: 1,
    });
    expect(yaml11.parse("on: 2026-11-25\nb: !!binary aGk=\n")).toEqual({ on: "2026-11-25", b: "aGk=" });
  });

  test("1.2 and 1.1 differ as the tools do", () => {
    const text = "a: no\nb: 012\nc: &c {x: 1}\nd: {<<: *c, y: 2}\n";
    expect(yaml.parse(text)).toEqual({ a: "no", b: 12, c: { x: 1 }, d: { "<<": { x: 1 }, y: 2 } });
    expect(yaml11.parse(text)).toEqual({ a: false, b: 10, c: { x: 1 }, d: { x: 1, y: 2 } });
  });

  test("merges: what stands in the map wins, then the first of a list", () => {
    const text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  y: 3\n  <<: [*a, *b]\n";
    expect((yaml11.parse(text) as Data).c).toEqual({ x: 1, y: 3, z: 2 });
  });

  test("an alias is a copy, not the same object", () => {
    const { a, b } = yaml.parse("a: &a {x: 1}\nb: *a\n");
    expect(b).toEqual(a);
    expect(b).not.toBe(a);
  });

  test.each([
    ["a: 1\nb: [\n", undefined],
    ["a: b: c\n", 3],
    ["a: @x\n", 3],
    ["a:\n\t- b\n", 3],
    ["- a\n", 0],
    ["text\n", 0],
    ["~\n", 0],
    ["a: 1\n---\nb: 2\n", 5],
    ["a: *.ts\n", 3],
    ["a: 1\na: 2\n", 5],
    ["'a': 1\na: 2\n", 7],
    ["x:\n  __proto__: {}\n", 5],
    ["x: {a: 1, __proto__: 2}\n", 10],
    ["{a: 1}: 2\n", 0],
    ["x: {{ name }}\n", 4],
    ["a: &a [*a]\n", 6],
  ])("%j is refused, with its place", (text, at) => {
    const e = mismatch(() => yaml.parse(text));
    if (at !== undefined) expect(e.at).toBe(at);
    expect(e.at).toBeTypeOf("number");
    expect(e.message.length).toBeLessThan(120);
    expect(mismatch(() => yaml.parse(`\uFEFF${text}`)).at).toBe(e.at! + 1);
  });

  test("PyYAML takes the last of two keys; such a file is not edited", () => {
    expect(yaml11.parse("a: 1\na: 2\n")).toEqual({ a: 2 });
    expect(mismatch(() => edit("a: 1\na: 2\n", ["b"], 1, yaml11)).at).toBe(5);
  });
});

describe("hostile input", () => {
  const deep: [string, string][] = [
    ["flow lists", "[".repeat(50_000)],
    ["flow maps", "{a: ".repeat(50_000)],
    ["flow behind an apostrophe", `a: it's ${"x"}\nb: ${"[".repeat(5000)}`],
    ["dashes", "- ".repeat(50_000)],
    ["question marks", "? ".repeat(50_000)],
    ["both", "- ? ".repeat(20_000)],
    ["indentation", Array.from({ length: 1400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["dashes and indentation", Array.from({ length: 700 }, (_, i) => `${"  ".repeat(i)}- - a:`).join("\n")],
    ["65 levels", `a: ${"[".repeat(64)}${"]".repeat(64)}`],
  ];

  test.each(deep)("too deep %s are refused, time after time", (_, text) => {
    for (let i = 0; i < 5; i++) {
      expect(mismatch(() => yaml.parse(text)).message).toMatch(/deeper than 64/);
      expect(mismatch(() => edit(text, ["a"], 1)).message).toMatch(/deeper than 64/);
    }
  });

  test("64 levels are read, and brackets in strings and comments do not count", () => {
    expect(yaml.parse(`a: ${"[".repeat(63)}${"]".repeat(63)}`)).toHaveProperty("a");
    const text = `# ${"[".repeat(500)}\na: "${"{".repeat(500)}"\nb: x${"[".repeat(500)}\nc: |\n  ${"[".repeat(500)}\n`;
    expect(Object.keys(yaml.parse(text))).toEqual(["a", "b", "c"]);
  });

  test("alias bombs are refused", () => {
    const level = (i: number) =>
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]\n`;
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => level(i + 1)).join("")}`;
    for (const format of [yaml, yaml11]) mismatch(() => format.parse(bomb));
    mismatch(() => yaml.parse(`a: &a x\nb: [${"*a, ".repeat(101)}]\n`));
    expect(yaml.parse(`a: &a x\nb: [${"*a, ".repeat(99)}]\n`).b).toHaveLength(99);
    const nested = Array.from({ length: 40 }, (_, i) => `k${i + 1}: &k${i + 1} {a: {b: *k${i}}}\n`).join("");
    expect(mismatch(() => yaml.parse(`k0: &k0 x\n${nested}`)).message).toMatch(/deeper/);
  });

  test("too many values and too long texts are refused", () => {
    mismatch(() => yaml.parse(`a: [${"1,".repeat(100_001)}]`));
    mismatch(() => yaml.parse(`a: ${"x".repeat(1024 * 1024)}`));
    expect(yaml.parse(`a: ${"x".repeat(1024 * 1000)}`).a).toHaveLength(1024 * 1000);
  });
});

describe("edits of a file keep the rest", () => {
  test("an equal value changes nothing", () => {
    for (const [key, value] of Object.entries(yaml.parse(MESSY)))
      expect(edit(MESSY, [key], value)).toBe(MESSY);
    expect(edit(MESSY, [], yaml.parse(MESSY))).toBe(MESSY);
    expect(edit(MESSY, ["missing", "x"], undefined)).toBe(MESSY);
    expect(edit(MESSY, ["list", 9], undefined)).toBe(MESSY);
    expect(edit(MESSY, ["a", "x"], undefined)).toBe(MESSY);
    expect(edit(MESSY, ["list", "length"], undefined)).toBe(MESSY);
    expect(edit(MESSY, ["list", "0"], undefined)).toBe(MESSY);
  });

  test("a scalar keeps its quoting and its comment", () => {
    changed(["a"], 2, "a: 1   # one", "a: 2   # one");
    changed(["a"], "two words", "a: 1   # one", "a: two words   # one");
    changed(["list", 1], "it's", "'y'", "'it''s'");
    changed(["list", 1], "a\nb", "'y'", '"a\\nb"');
    changed(["nested", "only"], "plain", '"q"', '"plain"');
    changed(["text"], "new\n", "  one\n  two\n", "  new\n");
    changed(["text"], "new", "|\n  one\n  two\n", "|-\n  new\n");
    changed(["list", 0], "x # y", "- x # ex", '- "x # y" # ex');
  });

  test("a value of another kind takes the lines of the old one", () => {
    changed(["a"], { x: [1] }, "a: 1   # one", "a:   # one\n  x:\n    - 1");
    changed(
      ["list"],
      "s",
      MESSY.slice(MESSY.indexOf("list:"), MESSY.indexOf("empty")),
      "list: s # several\n",
    );
    changed(["flow"], { k: 1 }, "flow: [1, 2]", "flow:\n  k: 1");
    changed(["text"], 3, "text: |\n  one\n  two\n", "text: 3\n");
    changed(["nested"], null, '\n  only: "q"\n  # tail of nested\n', " null\n");
  });

  test("elements come and go with their comments", () => {
    changed(["list", 0], undefined, "  - x # ex\n", "");
    changed(["list", 1], undefined, "  # about y\n  - 'y'\n", "");
    changed(["list", 3], { k: ["v"] }, '"two"}\n', '"two"}\n  - k:\n      - v\n');
    changed(["list"], ["x", "new", "y", { p: 1, q: "two" }], "# ex\n", "# ex\n  - new\n");
    changed(["list"], ["new", "x", "y", { p: 1, q: "two" }], "  - x", "  - new\n  - x");
    changed(["list"], ["x", "y", { p: 2, q: "two" }], "p: 1", "p: 2");
    changed(["list", 2, "r"], "z", '"two"}', '"two", r: z}');
    changed(["list", 2, "p"], undefined, "{p: 1, q", "{q");
    changed(["flow", 2], "a, b", "[1, 2]", '[1, 2, "a, b"]');
    changed(["flow", 1], undefined, "[1, 2]", "[1]");
  });

  test("keys come and go", () => {
    changed(["a"], undefined, "a: 1   # one\n", "");
    changed(["empty", "k"], "v", "empty: {}", "empty:\n  k: v");
    changed(["nested", "only"], undefined, 'nested:\n  only: "q"\n', "nested: {}\n");
    changed(["nested", "more"], true, '"q"\n', '"q"\n  more: true\n');
    changed(["new"], { k: 1 }, "[1, 2]\n", "[1, 2]\nnew:\n  k: 1\n");
    changed(["list"], undefined, MESSY.slice(MESSY.indexOf("list:"), MESSY.indexOf("empty")), "");
  });

  test("a partly different object changes only where it differs", () => {
    const text = "m:\n    k: 'a' # k\n    l: {x: 1,  y: 2}   # l\n    o:\n    -   n: 1 # n\n        p: 2\n";
    const value = { k: "a", l: { x: 1, y: 3 }, o: [{ n: 5, p: 2, q: 6 }], z: {} };
    expect(edit(text, ["m"], value)).toBe(
      "m:\n    k: 'a' # k\n    l: {x: 1,  y: 3}   # l\n    o:\n    -   n: 5 # n\n        p: 2\n        q: 6\n    z: {}\n",
    );
  });

  test("an object with no key in common is a new value", () => {
    expect(edit("m:\n  # about a\n  a: 1\nn: 1\n", ["m"], { b: 2 })).toBe("m:\n  b: 2\nn: 1\n");
  });

  test("many changes at once", () => {
    const models = Array.from({ length: 400 }, (_, i) => ({ name: `m${i}`, on: true, n: i }));
    const text = edit(undefined, ["models"], models);
    const wanted = models.filter((m) => m.n % 3).map((m) => ({ ...m, n: m.n + 1 }));
    expect(yaml.parse(edit(text, ["models"], wanted)).models).toEqual(wanted);
    const renamed = models.map((m) => ({ ...m, name: `${m.name}x`, extra: [m.n] }));
    expect(yaml.parse(edit(text, ["models"], renamed)).models).toEqual(renamed);
  });

  test("indentation and the place of dashes are those of the file", () => {
    expect(edit("a:\n    b: 1\nl:\n- x\n", ["o"], { k: { m: [1] } })).toBe(
      "a:\n    b: 1\nl:\n- x\no:\n    k:\n        m:\n        - 1\n",
    );
    expect(edit("l:\n-   a: 1\n    b: 2\n", ["l", 1], { c: 1, d: 2 })).toBe(
      "l:\n-   a: 1\n    b: 2\n-   c: 1\n    d: 2\n",
    );
    expect(edit("l:\n  - a: 1\n    b: 2\n", ["l", 0, "a"], undefined)).toBe("l:\n  - b: 2\n");
    expect(edit("l:\n  - a: 1\n", ["l", 0, "a"], undefined)).toBe("l:\n  - {}\n");
    expect(edit("l:\n  - - a\n    - b\n", ["l", 0, 0], undefined)).toBe("l:\n  - - b\n");
    expect(edit("l:\n  - - a\n", ["l"], [["n", "a"]])).toBe('l:\n  - - "n"\n    - a\n');
    expect(edit("l:\n  - a # c\n", ["l", 0], undefined)).toBe("l: []\n");
  });

  test("line ends, byte order mark and a missing last line break stay", () => {
    expect(edit("a: 1\r\nb: 2\r\n", ["c"], { d: ["x\ny\n"] })).toBe(
      "a: 1\r\nb: 2\r\nc:\r\n  d:\r\n    - |\r\n      x\r\n      y\r\n",
    );
    expect(edit("\uFEFFa: 1 # x\r\n", ["a"], 2)).toBe("\uFEFFa: 2 # x\r\n");
    expect(edit("a: 1", ["b"], 2)).toBe("a: 1\nb: 2");
    expect(edit("a: 1\nb: 2", ["b"], undefined)).toBe("a: 1");
  });

  test("comments that belong to the last key stay with it", () => {
    const text = "read:\n  - a\n  # - b\n\n# foot\n";
    expect(edit(text, ["x"], 1)).toBe("read:\n  - a\n  # - b\nx: 1\n\n# foot\n");
    expect(edit(text, ["read"], undefined)).toBe("\n# foot\n");
    expect(edit("a: 1 # one\n     # and more\nb: 2\n", ["a"], undefined)).toBe("b: 2\n");
    const deep = "a: {}\n      # deep\n  # same\n";
    expect(edit(deep, ["a", "k"], 1)).toBe("a:\n      # deep\n  k: 1\n  # same\n");
    expect(edit(edit(deep, ["a", "k"], 1), ["a", "k"], undefined)).toBe(deep);
  });

  test("tall flow collections keep their shape", () => {
    const text = "f: {\n  a: 1, # one\n  b: 2 # two\n}\n";
    expect(edit(text, ["f", "c"], 3)).toBe("f: {\n  a: 1, # one\n  b: 2, # two\n  c: 3\n}\n");
    expect(edit(text, ["f", "b"], undefined)).toBe("f: {\n  a: 1 # one\n}\n");
    expect(edit(text, ["f", "a"], undefined)).toBe("f: {\n  b: 2 # two\n}\n");
    expect(edit('{"a": 1, "b": ["x"]}\n', ["b", 1], "y")).toBe('{"a": 1, "b": ["x", "y"]}\n');
    expect(edit('{"a": 1}\n', ["b"], { c: "d" })).toBe('{"a": 1, "b": { "c": "d" }}\n');
    expect(edit("a: {b, c: }\n", ["a"], { b: 1, c: 2 })).toBe("a: {b: 1, c: 2 }\n");
  });

  test("tags, anchors, explicit keys and long scalars", () => {
    expect(edit("a: &x 1 # c\n", ["a"], 2)).toBe("a: &x 2 # c\n");
    expect(edit("a: !!str 1\n", ["a"], "2")).toBe('a: !!str "2"\n');
    expect(edit("a: !!str 1 # c\n", ["a"], 2)).toBe("a: 2 # c\n");
    expect(edit("l:\n  - &x 1\n", ["l", 0], { a: 1, b: 2 })).toBe("l:\n  - &x\n    a: 1\n    b: 2\n");
    expect(edit("? a\n: 1\n? b\n: 2\n", ["a"], 3)).toBe("? a\n: 3\n? b\n: 2\n");
    expect(edit("? a\n: 1\n? b\n: 2\n", ["a"], undefined)).toBe("? b\n: 2\n");
    expect(edit("a: one\n  two\nb: 1\n", ["a"], "x")).toBe("a: x\nb: 1\n");
    expect(edit('a: "one\n  two"\nb: 1\n', ["a"], undefined)).toBe("b: 1\n");
    expect(edit("a:\n  one\n  two\nb: 1\n", ["a"], [1])).toBe("a:\n  - 1\nb: 1\n");
    expect(edit("a: >\n  one\n  two\n", ["a"], "p\nq\n")).toBe("a: >\n  p\n\n  q\n");
    expect(edit("a: # c\nb:\n", ["a", "k"], 1)).toBe("a: # c\n  k: 1\nb:\n");
    expect(edit("a: |+\n  x\n\nb: 1\n\n# foot\n", ["b"], undefined)).toBe("a: |+\n  x\n\n# foot\n");
  });
});

describe("new documents", () => {
  test("block style, quoted only where a reader could misread", () => {
    const value = {
      type: "stdio",
      args: ["-y", "@acme/db-mcp@1.4.2", "--flag=1", "https://a.b/c?d=e#f"],
      env: { URL: "${URL}", "a b": "x: y", no: "yes", "1": 1 },
      text: "one\n\n  two\n",
      tight: "one\ntwo",
      empty: [{}, [], "", null, [[true]]],
    };
    expect(edit(undefined, ["servers", "db"], value)).toBe(`servers:
  db:
    type: stdio
    args:
      - -y
      - "@acme/db-mcp@1.4.2"
      - --flag=1
      - https://a.b/c?d=e#f
    env:
      "1": 1
      URL: "\${URL}"
      a b: "x: y"
      "no": "yes"
    text: |
      one

        two
    tight: |-
      one
      two
    empty:
      - {}
      - []
      - ""
      - null
      - - - true
`);
  });

  test("yaml11 quotes every string value, and no block text", () => {
    expect(edit(undefined, ["a"], ["b", { c: "d\ne", f: 1, yes: 1e21 }], yaml11)).toBe(
      'a:\n  - "b"\n  - c: "d\\ne"\n    f: 1\n    "yes": 1.0e+21\n',
    );
    expect(edit("model: sonnet # c\nx: 'y'\n", ["model"], "opus", yaml11)).toBe(
      "model: \"opus\" # c\nx: 'y'\n",
    );
  });

  test.each([
    "",
    "# c\n",
    "# c",
    "---\n",
    "# c\n\n---\n# d\n",
    "\uFEFF# c\r\n",
    "\n",
    "---\n...\n",
    "---",
    "%YAML 1.2\n---\n",
  ])("a key comes at the end of %j, and goes again", (text) => {
    const one = edit(text, ["a", "b"], 1);
    expect(yaml.parse(one)).toEqual({ a: { b: 1 } });
    expect(edit(one, ["a"], undefined).trimEnd()).toBe(text.trimEnd());
  });

  test("removing the last key leaves comments", () => {
    expect(edit("# a\nk: 1 # own\n# b\n", ["k"], undefined)).toBe("# a\n# b\n");
  });

  test("edits are taken in order", () => {
    const edits = [
      { path: ["a"], value: [1] },
      { path: ["a", 1], value: { b: 2 } },
      { path: ["a", 1, "c", "d"], value: 3 },
      { path: ["a", 0], value: undefined },
    ];
    expect(yaml.edit(undefined, edits)).toBe("a:\n  - b: 2\n    c:\n      d: 3\n");
  });
});

describe("refusals", () => {
  const shared = "a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  y: 2\n";
  test.each<[string, Path, unknown]>([
    ["removing an anchor in use", ["a"], undefined],
    ["replacing it", ["a"], 1],
    ["changing what it holds", ["a", "x"], 2],
    ["changing what an alias shows", ["b", "x"], 2],
    ["changing a merge", ["c", "<<"], undefined],
    ["changing what a merge holds", ["c", "<<", "x"], 2],
    ["a place behind the end of a list", ["l", 3], 1],
    ["a key of a list", ["l", "k"], 1],
    ["a member of a text", ["t", "k"], 1],
    ["an element of a map", ["m", 0, "x", 0, "y"], { ["__proto__"]: 1 }],
    ["__proto__", ["__proto__", "x"], 1],
    ["a function", ["f"], () => 1],
    ["undefined in a list", ["f"], [undefined]],
    ["a date", ["f"], new Date(0)],
    ["a document that is no map", [], [1]],
    ["a key too long for YAML", ["k".repeat(1100)], 1],
  ])("%s", (_, path, value) => {
    const text = `${shared}l: [1]\nt: text\nm: {}\n`;
    mismatch(() => edit(text, path, value));
  });

  test("a key that only a merge brings", () => {
    mismatch(() => edit(shared, ["c", "x"], undefined, yaml11));
    mismatch(() => edit(shared, ["c", "x"], 5, yaml11));
    expect(edit(shared, ["c", "y"], 5, yaml11)).toBe(shared.replace("y: 2", "y: 5"));
  });

  test("the message names the cause and the place", () => {
    const e = mismatch(() => edit(shared, ["a"], undefined));
    expect([e.message, e.at]).toEqual(["the anchor `&a` is used elsewhere", shared.indexOf("{x")]);
    expect(mismatch(() => edit(shared, ["b", "x"], 2)).message).toBe(
      "b.x comes from an alias or a merge key",
    );
    expect(mismatch(() => yaml.parse("a: &a [*a]")).message).toBe("an alias holds itself");
    expect(mismatch(() => edit("l: [1]\n", ["l", 3], 1)).message).toBe("l has no place 3");
  });

  test("a cycle", () => {
    const value: Data = {};
    value.self = value;
    expect(mismatch(() => edit("", ["a"], value)).message).toMatch(/deeper/);
  });

  test("an alias itself can be replaced and removed", () => {
    expect(edit("a: &a {x: 1}\nb: *a # c\n", ["b"], { x: 2 })).toBe("a: &a {x: 1}\nb: # c\n  x: 2\n");
    expect(edit("a: &a {x: 1}\nb: *a\n", ["b"], undefined)).toBe("a: &a {x: 1}\n");
    expect(edit("a: {p: &a 1, q: *a}\nb: 2\n", ["a"], undefined)).toBe("b: 2\n");
  });
});

describe("locate", () => {
  const shown = (text: string, path: Path) => {
    const found = yaml.locate(text, path);
    return found && text.slice(...found);
  };
  test("key and value, aliases followed", () => {
    const text = "\uFEFFa: &a\r\n  b: [x, {c: 'd'}] # e\r\nf: |\r\n  g\r\nh: *a\r\ni:\r\n";
    expect(shown(text, ["a", "b"])).toBe("b: [x, {c: 'd'}]");
    expect(shown(text, ["a", "b", 1, "c"])).toBe("c: 'd'");
    expect(shown(text, ["a", "b", 0])).toBe("x");
    expect(shown(text, ["f"])).toBe("f: |\r\n  g");
    expect(shown(text, ["h"])).toBe("h: *a");
    expect(shown(text, ["h", "b", 0])).toBe("x");
    expect(shown(text, ["i"])).toBe("i:");
    expect(shown(text, ["a", "z"])).toBeUndefined();
    expect(shown(text, ["f", 0])).toBeUndefined();
    expect(shown("", ["a"])).toBeUndefined();
  });
});

describe("hint", () => {
  test.each([
    ["a: ${X}", 'a: "${X}"'],
    ["  - {{ name }}  # c", '  - "{{ name }}"  # c'],
    ["  - k: @acme/x", '  - k: "@acme/x"'],
    ["globs: **/*.ts", 'globs: "**/*.ts"'],
    ["a: `x` y", 'a: "`x` y"'],
    ["a: %x", 'a: "%x"'],
    ['"k": *x', '"k": "*x"'],
    ["h: { Authorization: Bearer ${T}, n: 1 }", 'h: { Authorization: "Bearer ${T}", n: 1 }'],
    ["a: {A: ${B}, C: https://x/${D}/e}", 'a: {A: "${B}", C: "https://x/${D}/e"}'],
    ['a: [${X}, b, "${Y}"]', 'a: ["${X}", b, "${Y}"]'],
  ])("%s", (line, hint) => {
    const text = `before: 1\n${line}\r\nafter: 1\n`;
    expect(yamlHint(text, 12)).toBe(hint);
    expect(() => parse(hint)).not.toThrow();
  });

  test.each(["a: b", 'a: "${X}"', "a: {b: c}", "", "# ${X}", "a: x${Y}"])("none for %j", (line) => {
    expect(yamlHint(line, 0)).toBeUndefined();
  });
});

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const hasCorpus = existsSync(CORPUS);

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === "object" && value !== null
    ? [
        path,
        ...Object.entries(value).flatMap(([k, v]) =>
          pathsOf(v, [...path, Array.isArray(value) ? Number(k) : k]),
        ),
      ]
    : [path];

const at = (data: unknown, path: Path): unknown => path.reduce<any>((x, key) => x[key], data);

/** Lines of `before` that an edit took out: those between the common head and tail that `after` no longer has there. */
const lost = (before: string, after: string): string[] => {
  const old = before.split("\n");
  const now = after.split("\n");
  while (old.length > 0 && old[0] === now[0]) [old.shift(), now.shift()];
  while (old.length > 0 && old.at(-1) === now.at(-1)) [old.pop(), now.pop()];
  return old.filter((line) => !now.includes(line));
};

/** Changes each scalar, removes each member, adds to each map and list; gives the number of edits. */
const editEverywhere = (text: string, format: Format): number => {
  const data = format.parse(text);
  let edits = 0;
  for (const path of pathsOf(data)) {
    const value = at(data, path);
    if (typeof value === "object" && value !== null) {
      const inner = [...path, Array.isArray(value) ? value.length : "a new key"];
      const added = edit(text, inner, { k: ["v"] }, format);
      expect(at(format.parse(added), inner)).toEqual({ k: ["v"] });
      expect(edit(added, inner, undefined, format)).toBe(text);
      edits += 2;
    } else {
      const set = edit(text, path, "changed # so", format);
      expect(at(format.parse(set), path)).toBe("changed # so");
      const lines = text.slice(...format.locate(text, path)!).split("\n").length;
      expect(lost(text, set).length).toBeLessThanOrEqual(lines);
      edits += 1;
    }
    if (path.length === 0) continue;
    const removed = edit(text, path, undefined, format);
    const comments = lost(text, removed).filter((line) => /^#/.test(line));
    expect(comments).toEqual([]);
    edits += 1;
  }
  return edits;
};

describe(`real files${hasCorpus ? "" : " (skipped: no ../shared/corpus here)"}`, () => {
  const files = hasCorpus
    ? readdirSync(CORPUS, { recursive: true, encoding: "utf8" }).filter((f) => /\.ya?ml$/.test(f))
    : [];
  test.skipIf(!hasCorpus)("every scalar changed, every member removed, a member added everywhere", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(editEverywhere(readFileSync(new URL(file, CORPUS), "utf8"), yaml11)).toBeGreaterThan(1);
    }
  });
});
