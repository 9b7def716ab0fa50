import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import judge from "@iarna/toml";
import fc from "fast-check";
import glob from "fast-glob";
import { describe, expect, it } from "vitest";
import { type Data, isUnread, Mismatch, sourceOf, unread } from "../../src/core/data.ts";
import type { Edit } from "../../src/core/format.ts";
import { equal } from "../../src/formats/steps.ts";
import { strictTomlFault, toml } from "../../src/formats/toml.ts";
import { hasHeader } from "../../src/formats/toml-print.ts";
import { begins, documentOf, spotAt } from "../../src/formats/toml-tree.ts";

const numRuns = 200;
const set = (text: string | undefined, path: Edit["path"], value: unknown): string =>
  toml.edit(text, [{ path, value }]);
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join("");

const faultOf = (run: () => unknown): Mismatch => {
  try {
    run();
  } catch (fault) {
    if (fault instanceof Mismatch) return fault;
    throw fault;
  }
  throw new Error("no fault");
};

const CONFIG = lines(
  "# Codex",
  'model = "gpt-5" # the big one',
  "",
  "# how it asks",
  'approval_policy = "on-request"',
  "",
  "# servers",
  "[mcp_servers.docs]",
  'command = "npx"',
  'args = ["-y", "docs"] # pinned',
  "",
  "  # indented",
  "  [mcp_servers.docs.env]",
  '  TOKEN = "x"',
  "",
  "[tools]",
  "web_search = true",
);

describe("reading", () => {
  it("gives plain data", () => {
    const text = lines(
      "a.b = 1",
      "[t]",
      "x = [1, 2.5, ['y']]",
      "i = {p.q = true}",
      "[[l]]",
      "[l.s]",
      "k = 1",
      "[[l]]",
    );
    expect(toml.parse(text)).toEqual({
      a: { b: 1 },
      t: { x: [1, 2.5, ["y"]], i: { p: { q: true } } },
      l: [{ s: { k: 1 } }, {}],
    });
  });

  it("keeps dates as their source, and what a double cannot hold as unread", () => {
    const data = toml.parse(
      lines("d = 1979-05-27 07:32:00Z", "t = 07:32:00", "n = 9223372036854775807", "x = -inf"),
    );
    expect([data.d, data.t]).toEqual(["1979-05-27 07:32:00Z", "07:32:00"]);
    for (const [key, source] of [
      ["n", "9223372036854775807"],
      ["x", "-inf"],
    ] as const)
      expect(isUnread(data[key]) && sourceOf(data[key])).toBe(source);
  });

  it("takes a byte order mark, CRLF, nothing and TOML 1.1", () => {
    expect(toml.parse('\uFEFF# c\r\na = """\r\nx\r\ny"""\r\n')).toEqual({ a: "x\ny" });
    for (const text of ["", "\n", "# only", "\uFEFF"]) expect(toml.parse(text)).toEqual({});
    expect(toml.parse('a = {\n b = "\\e",\n}\n')).toEqual({ a: { b: "\x1b" } });
  });

  it("keeps names of Object.prototype as plain keys", () => {
    expect(Object.keys(toml.parse("constructor = 1\n[toString]\n"))).toEqual(["constructor", "toString"]);
  });

  it.each([
    ["a = 1\na = 2\n", 6, "multiple times"],
    ["a = \n", 5, "value"],
    ['\uFEFFa = "x\n', 7, "unterminated"],
    ["[a.__proto__]\n", 0, "__proto__"],
    ["a = 1\nb.__proto__.c = 1\n", 6, "__proto__"],
    ['a = [{ "__proto__" = 1 }]\n', 7, "__proto__"],
    ["[[__proto__]]\n", 0, "__proto__"],
  ])("refuses %j at %i", (text, at, reason) => {
    const fault = faultOf(() => toml.parse(text));
    expect(fault.message).toContain(reason);
    expect(fault.at).toBe(at);
  });

  it("refuses deep nesting early, and takes 64 levels", () => {
    const hostile = [
      "a = " + "[".repeat(1e5),
      "a = " + "{a=".repeat(1e5),
      "a" + ".a".repeat(1e5) + " = 1",
      "[a" + ".a".repeat(1e5) + "]",
      '[a" . "a'.repeat(1e5),
    ];
    for (const text of hostile) expect(faultOf(() => toml.parse(text)).message).toContain("64 levels");
    const dotted = (n: number) => `${new Array(n).fill("a").join(".")} = 1\n`;
    expect(() => toml.parse(dotted(64))).not.toThrow();
    expect(faultOf(() => toml.parse(dotted(65))).message).toContain("64 levels");
    expect(
      faultOf(() => toml.parse(`[${dotted(60).slice(0, -5)}]\nb = ${"[".repeat(5)}${"]".repeat(5)}\n`))
        .message,
    ).toContain("64 levels");
  });

  it("does not count brackets in strings and comments", () => {
    const many = "[".repeat(500);
    const text = lines(
      `a = "\\"${many}"`,
      `b = '${many}'`,
      `c = """\\"""${many}\n${many}"""" # ${many}`,
      `d = '''${many}'''''`,
    );
    expect(Object.keys(toml.parse(text))).toEqual(["a", "b", "c", "d"]);
  });

  it("refuses a string that the parser cannot hold", () => {
    const text = (length: number) => `a = """${"x".repeat(length)}"""\n`;
    expect(toml.parse(text(50_000))).toEqual({ a: "x".repeat(50_000) });
    expect(faultOf(() => toml.parse(text(3_000_000))).message).toContain("too long");
  });

  it("never throws anything but Mismatch", () => {
    const piece = fc.constantFrom(
      "a",
      "=",
      "[",
      "]",
      "{",
      "}",
      ".",
      ",",
      '"',
      "'",
      '"""',
      "'''",
      "\n",
      "\r\n",
      "#",
      "1",
      "-",
      ":",
      " ",
      "\\",
      "true",
      "\0",
      "[[",
      "]]",
      "e",
      "inf",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
        (text) => {
          try {
            toml.parse(text);
          } catch (fault) {
            expect(fault).toBeInstanceOf(Mismatch);
          }
        },
      ),
      { numRuns: numRuns * 5 },
    );
  });
});

describe("new documents", () => {
  it("have tables for objects, text of several lines in quotes of several lines", () => {
    const data = {
      servers: { db: { command: "npx", args: ["-y"], env: { A: "1" } }, none: {} },
      prompt: 'Say "hi"\n\tnow',
      hooks: [
        { on: "stop", run: ["a", "b"] },
        { on: "start", with: { x: 1.5 } },
      ],
    };
    const text = toml.edit(undefined, [{ path: [], value: data }]);
    expect(text).toBe(
      lines(
        'prompt = """',
        'Say "hi"',
        '\tnow"""',
        "",
        "[servers.db]",
        'command = "npx"',
        'args = ["-y"]',
        "",
        "[servers.db.env]",
        'A = "1"',
        "",
        "[servers.none]",
        "",
        "[[hooks]]",
        'on = "stop"',
        'run = ["a", "b"]',
        "",
        "[[hooks]]",
        'on = "start"',
        "",
        "[hooks.with]",
        "x = 1.5",
      ),
    );
    expect(judge.parse(text)).toEqual(data);
    expect(toml.edit(undefined, [])).toBe("");
    expect(set("", ["a", "b"], 1)).toBe("[a]\nb = 1\n");
  });

  const text = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom('"', "'", "\\", "\n", "\r", "\t", "a", "\x7f", "\0", " ", "é", "😀", "#"),
    }),
  );
  const leaf = fc.oneof(
    text,
    fc.boolean(),
    fc.integer(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
      .filter((n) => n === 0 || Math.abs(n) >= 1e-6),
  );
  const key = fc
    .oneof(fc.constantFrom("a", "b c", "", 'q"', "x.y", "valueof"), fc.string({ maxLength: 5 }))
    .filter((k) => !(k in Object.prototype));
  const { table } = fc.letrec<{ table: Data; member: unknown }>((tie) => ({
    table: fc.dictionary(key, tie("member"), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<Data>,
    member: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(leaf, { maxLength: 3 }),
      tie("table"),
      fc.array(tie("table"), { maxLength: 3 }),
    ),
  }));

  it("read back in ours and in the strict reader, or are refused", () => {
    let refused = 0;
    fc.assert(
      fc.property(table, (data) => {
        try {
          const out = toml.edit(undefined, [{ path: [], value: data }]);
          expect(equal(toml.parse(out), data)).toBe(true);
          judge.parse(out);
        } catch (fault) {
          if (!(fault instanceof Mismatch)) throw fault;
          refused++;
        }
      }),
      { numRuns: numRuns * 2 },
    );
    expect(refused).toBeLessThan(numRuns * 0.1);
  });

  it.each<[unknown, string]>([
    [null, "no null"],
    [[{ a: 1 }, true], "list of tables"],
    [1e-7, "too small"],
    [{ constructor: 1 }, "constructor"],
    [{ toString: { call: 1 } }, "toString"],
    [JSON.parse('{"__proto__": 1}'), "__proto__"],
    ["\ud800", "surrogate"],
    [{ "\ud800": 1 }, "surrogate"],
    [unread("1\nb = 2"), "read back"],
    [Number.POSITIVE_INFINITY, "cannot be written"],
  ])("refuse %j", (value, reason) => {
    expect(faultOf(() => set(undefined, ["a"], value)).message).toContain(reason);
    expect(faultOf(() => set("b = 1\n", ["a"], value)).message).toContain(
      reason === "read back" ? "" : reason,
    );
  });
});

describe("edits", () => {
  it("replace a value by its own span, in its own style", () => {
    expect(set(CONFIG, ["model"], "o")).toBe(CONFIG.replace('"gpt-5"', '"o"'));
    const text = lines("a = 'x'", 'b = """', 'y"""', "c = 1.0", "d = '''", "z'''", "e = 1979-05-27");
    expect(set(text, ["a"], "C:\\new")).toBe(text.replace("'x'", "'C:\\new'"));
    expect(set(text, ["a"], "it's")).toBe(text.replace("'x'", '"it\'s"'));
    expect(set(text, ["b"], 'p\n\\q"')).toBe(text.replace('y"""', 'p\n\\\\q\\""""'));
    expect(set(text, ["c"], 2)).toBe(text.replace("1.0", "2.0"));
    expect(set(text, ["d"], "p\n\\q")).toBe(text.replace("z'", "p\n\\q'"));
    expect(set(text, ["e"], "1979-05-27")).toBe(text);
    expect(set(text, ["e"], "soon")).toBe(text.replace("1979-05-27", '"soon"'));
  });

  it("put a new key behind the last of its table, with its indentation", () => {
    expect(set(CONFIG, ["tools", "x"], 1)).toBe(`${CONFIG}x = 1\n`);
    expect(set(CONFIG, ["mcp_servers", "docs", "x"], 1)).toBe(
      CONFIG.replace("# pinned\n", "# pinned\nx = 1\n"),
    );
    expect(set(CONFIG, ["mcp_servers", "docs", "env", "x"], 1)).toBe(
      CONFIG.replace('= "x"\n', '= "x"\n  x = 1\n'),
    );
    expect(set(CONFIG, ["x"], 1)).toBe(CONFIG.replace('request"\n', 'request"\nx = 1\n'));
    expect(set("[a]", ["a", "b"], 1)).toBe("[a]\nb = 1");
  });

  it("put the first root key before the comments of the first table", () => {
    const text = lines("# file", "", "# about a", "[a]");
    expect(set(text, ["x"], 1)).toBe(lines("# file", "", "x = 1", "", "# about a", "[a]"));
    expect(set("# about a\n[a]\n", ["x"], 1)).toBe("x = 1\n\n# about a\n[a]\n");
    expect(set("# file\n", ["x"], 1)).toBe("# file\n\nx = 1\n");
  });

  it("put a new table behind the last with the same parent, else at the end", () => {
    const added = set(CONFIG, ["mcp_servers", "db"], { command: "x", env: { A: "1" } });
    expect(added).toBe(
      CONFIG.replace(
        '  TOKEN = "x"\n',
        '  TOKEN = "x"\n\n  [mcp_servers.db]\n  command = "x"\n\n  [mcp_servers.db.env]\n  A = "1"\n',
      ),
    );
    expect(set(CONFIG, ["new", "deep"], { a: 1 })).toBe(`${CONFIG}\n[new.deep]\na = 1\n`);
    expect(set("[[l]]\na = 1\n# end\n\n[t]\n", ["l", 1], { a: 2 })).toBe(
      "[[l]]\na = 1\n# end\n\n[[l]]\na = 2\n\n[t]\n",
    );
    expect(set("[[l]]\n[[l]]\n", ["l", 0, "s", "k"], 1)).toBe("[[l]]\n\n[l.s]\nk = 1\n[[l]]\n");
  });

  it("extend what dotted keys and inner headers make", () => {
    expect(set("a.b = 1\nc = 2\n", ["a", "d"], 3)).toBe("a.b = 1\na.d = 3\nc = 2\n");
    expect(set("[t]\na.b.c = 1\n", ["t", "a", "b", "d"], 2)).toBe("[t]\na.b.c = 1\na.b.d = 2\n");
    expect(set("a.b = 1\n", ["a", "t"], { k: 1 })).toBe("a.b = 1\n\n[a.t]\nk = 1\n");
    expect(set("# c\n[a.b]\nx = 1\n", ["a", "k"], 1)).toBe("[a]\nk = 1\n\n# c\n[a.b]\nx = 1\n");
  });

  it("stay inline where the table is", () => {
    expect(set("a = { b = 1 }\n", ["a", "c"], { d: [1] })).toBe("a = { b = 1, c = { d = [1] } }\n");
    expect(set("a = {}\n", ["a", "c"], 1)).toBe("a = {c = 1}\n");
    expect(set("a = { b.c = 1, d = 2 }\n", ["a", "b", "e"], 3)).toBe("a = { b.c = 1, b.e = 3, d = 2 }\n");
    expect(set("a = [{ b = 1 }]\n", ["a", 1], { b: 2 })).toBe("a = [{ b = 1 }, { b = 2 }]\n");
    expect(set("a = [\n  1, # one\n]\n", ["a", 1], 2)).toBe("a = [\n  1, # one\n  2,\n]\n");
    expect(set("a = []\n", ["a"], ["x", "y"])).toBe('a = ["x", "y"]\n');
  });

  it("remove a key or table with the comments that touch it and one blank line", () => {
    expect(set(CONFIG, ["approval_policy"], undefined)).toBe(
      CONFIG.replace('\n# how it asks\napproval_policy = "on-request"\n', ""),
    );
    expect(set(CONFIG, ["mcp_servers", "docs"], undefined)).toBe(
      lines(
        "# Codex",
        'model = "gpt-5" # the big one',
        "",
        "# how it asks",
        'approval_policy = "on-request"',
        "",
        "[tools]",
        "web_search = true",
      ),
    );
    expect(set(CONFIG, ["tools"], undefined)).toBe(CONFIG.slice(0, CONFIG.indexOf("\n[tools]")));
    expect(set(CONFIG, ["tools", "web_search"], undefined)).toBe(CONFIG.replace("web_search = true\n", ""));
    expect(set("a = 1\n\n[b]\n", ["a"], undefined)).toBe("[b]\n");
    expect(set("a = [\n  1, # one\n  2 # two\n]\n", ["a", 0], undefined)).toBe(
      "a = [\n  # one\n  2 # two\n]\n",
    );
  });

  it("remove all pieces of a table, and one element of a list of tables", () => {
    const text = lines(
      "a.b = 1",
      "c = 1",
      "a.d = 2",
      "[x]",
      "[a.e]",
      "k = 1",
      "[[l]]",
      "n = 1",
      "[l.s]",
      "[[l]]",
      "n = 2",
    );
    expect(toml.parse(set(text, ["a"], undefined))).toEqual({ c: 1, x: {}, l: [{ n: 1, s: {} }, { n: 2 }] });
    expect(set(text, ["l", 0], undefined)).toBe(text.replace("[[l]]\nn = 1\n[l.s]\n", ""));
    expect(set("[[l]]\nn = 1\n", ["l", 0], undefined)).toBe("");
    expect(set("a = { b.c = 1, d = 2, b.e = 3 }\n", ["a", "b"], undefined)).toBe("a = { d = 2 }\n");
  });

  it("keep a table with a header that lost its last key, and write an empty one that was asked for", () => {
    expect(set("[a]\nb = 1\n", ["a", "b"], undefined)).toBe("[a]\n");
    expect(set("[a.b]\nc = 1\n", ["a", "b"], undefined)).toBe("");
    expect(set("a.b = 1\n", ["a"], {})).toBe("[a]\n");
    expect(set("[[l]]\nx = 1\n", ["l"], [])).toBe("l = []\n");
  });

  it("change a value into a table and back", () => {
    const table = set("a = 1 # one\nb = 2\n", ["a"], { c: 1 });
    expect(table).toBe("b = 2\n\n[a]\nc = 1\n");
    expect(set(table, ["a"], 1)).toBe("b = 2\na = 1\n");
    expect(set("a = [1]\n", ["a"], [{ b: 1 }])).toBe("a = [{ b = 1 }]\n");
  });

  it("keep CRLF and the byte order mark", () => {
    const text = "\uFEFF# c\r\n[a]\r\nb = 1\r\n";
    expect(set(text, ["a", "c"], "x\ny")).toBe(`${text}c = """\r\nx\r\ny"""\r\n`);
    expect(set(text, ["n"], { d: 1 })).toBe(`${text}\r\n[n]\r\nd = 1\r\n`);
  });

  it("do nothing where nothing stands", () => {
    for (const path of [
      ["c"],
      ["model", "x"],
      ["mcp_servers", "x", "y"],
      ["tools", 0],
      [0],
      ["mcp_servers", "docs", "args", 2],
    ])
      expect(set(CONFIG, path, undefined)).toBe(CONFIG);
  });

  it.each<[string, Edit["path"], unknown, string]>([
    ["a = 1\n", ["a", "b"], 1, "not an object"],
    ["a = [1]\n", ["a", 3], 1, "no place 3"],
    ["[a]\n", ["a", 0], 1, "not a list"],
    ["a = \n", ["b"], 1, "value"],
    ["", [], undefined, "stay an object"],
  ])("of %j at %j to %j are refused", (text, path, value, reason) => {
    expect(faultOf(() => set(text, path, value)).message).toContain(reason);
  });

  it("are refused where the strict reader takes the file before and not after", () => {
    // @iarna/toml 3.0.0 reads a local time only on the last line.
    expect(faultOf(() => set("t = 07:32:00\n", ["b"], 1)).message).toContain("older TOML readers");
    expect(set("t = 07:32:00\na = 1\n", ["b"], 1)).toBe("t = 07:32:00\na = 1\nb = 1\n");
  });

  it("never hand a file to the strict reader that would break the process with it", () => {
    const text = 'toString.call = "x"\n[constructor]\nevil = 1\n[a.toString]\nevil = 1\n';
    expect(set(text, ["b"], 1)).toContain("\nb = 1\n");
    expect(Object.keys(Object.prototype.toString)).toEqual([]);
    expect(Object).not.toHaveProperty("evil");
  });

  it("work on what only TOML 1.1 readers take, and never make more of it", () => {
    const text = "a = {\n  b = 1, # one\n}\n";
    expect(set(text, ["a", "c"], 2)).toBe("a = {\n  b = 1, # one\n  c = 2,\n}\n");
  });
});

describe("locate", () => {
  const text = `\uFEFF${CONFIG}[[l]]\na.b = { c = [1, 2] }\n`;
  const at = (...path: (string | number)[]) => {
    const span = toml.locate(text, path);
    return span && text.slice(...span);
  };
  it("gives key and value, item, or the lines of a table", () => {
    expect(at("model")).toBe('model = "gpt-5"');
    expect(at("mcp_servers", "docs", "args", 1)).toBe('"docs"');
    expect(at("l", 0, "a", "b", "c")).toBe("c = [1, 2]");
    expect(at("l", 0, "a", "b", "c", 1)).toBe("2");
    expect(at("tools")).toBe("[tools]\nweb_search = true");
    expect(at("mcp_servers")).toMatch(/^\[mcp_servers\.docs\][\s\S]*"x"$/);
    expect(at("x")).toBeUndefined();
    expect(at("model", "x")).toBeUndefined();
  });
});

describe("strictTomlFault", () => {
  it.each([
    ["a = { b = 1 }\r\n# c\r\n", undefined, ""],
    ["t = 07:32:00\nb = 1\n", undefined, ""],
    ["a = { b = 1, }\n", 13, "trailing comma"],
    ["a = {\n b = 1 }\n", 7, ""],
    ['\uFEFFa = "\\e"\n', 7, "escape"],
    ["a = 1\na = 2\n", 6, "multiple times"],
  ])("of %j is at %j", (text, at, reason) => {
    const fault = strictTomlFault(text);
    expect(fault?.at).toBe(at);
    expect((fault?.reason ?? "").toLowerCase()).toContain(reason);
  });
});

const VALUES = [
  "1",
  "1.50",
  "true",
  '"x"',
  "'C:\\x'",
  '"""\ny # no\n"""',
  "'''z'''",
  "1979-05-27T07:32:00Z",
  "inf",
  "9223372036854775807",
  "[]",
  "[ ]",
  "[1,2]",
  "[ 'a', \"b\" ]",
  "[\n  1, # one\n  # alone\n  2\n]",
  "[\n\t'a',\n\t'b',\n]",
  "[\n]",
  "[{ a = 1 }, {}]",
  "{}",
  "{ a = 1, b.c = 2, b.d = [1] }",
  "[[1], ['x']]",
];
const between = fc.constantFrom(
  "",
  "",
  "",
  "",
  "\n",
  "# touches\n",
  "  # indented\n",
  "\n# apart\n\n",
  "# a\n# b\n",
  "\n\n",
);
const pair = (names: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom("", "", "  "),
      fc.constantFrom(...VALUES),
      fc.constantFrom("", " # behind", "  "),
    )
    .map(([name, indent, value, tail]) => `${indent}${name} = ${value}${tail}\n`);
const body = fc
  .uniqueArray(fc.tuple(between, pair(["a", "b", '"c d"', "x.p", "x.q", "x.r.s"])), {
    selector: ([, line]) => line.trim().split(" =")[0],
    maxLength: 4,
  })
  .map((all) => all.flat().join(""));
const header = fc.constantFrom(
  "[t]",
  "[t.u]",
  "[ t . v ]",
  "[t.u.w]",
  "[s]",
  '["s".x1]',
  "[[l]]",
  "[[l]]",
  "[l.m]",
  "[[l.n]]",
  "  [z.y]",
  "[x.h] # head",
);
const document = fc
  .tuple(
    fc.constantFrom("", "\uFEFF"),
    body,
    fc.array(fc.tuple(between, header, body), { maxLength: 5 }),
    between,
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
  )
  .map(([bom, root, tables, tail, eol, cut]) => {
    const text = (
      root +
      tables.map(([gap, head, rest]) => `${gap}${head}\n${rest}`).join("") +
      tail
    ).replaceAll("\n", eol);
    return bom + (cut ? text.trimEnd() : text);
  })
  .filter((text) => {
    try {
      return Object.keys(toml.parse(text)).length >= 0;
    } catch {
      return false;
    }
  });

const pathsOf = (node: unknown, path: (string | number)[] = []): (string | number)[][] => {
  if (typeof node !== "object" || node === null || isUnread(node)) return [path];
  const inner = Array.isArray(node) ? [...node.entries()] : Object.entries(node);
  return [path, ...inner.flatMap(([step, member]) => pathsOf(member, [...path, step]))];
};
const at = (data: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<any>((node, step) => node?.[step], data);
const fresh = fc.constantFrom<unknown>(
  1,
  "x",
  "two\nlines",
  2.5,
  false,
  [],
  ["a", "b"],
  {},
  { k: 1 },
  { k: { j: [1] }, i: "x" },
  [{ k: 1 }, { k: 2, j: {} }],
);
const judged = (text: string): boolean => {
  try {
    judge.parse(text.replace("\uFEFF", "").replaceAll("\r\n", "\n"));
    return true;
  } catch {
    return false;
  }
};
/** A table that only headers below it make: its first own key brings a header, and that stays. */
const isImplicit = (text: string, path: readonly (string | number)[]): boolean => {
  const doc = documentOf(text.replace("\uFEFF", ""));
  const isOwn =
    doc.tables.some((table) => isDeepStrictEqual(table.resolvedKey, path)) || spotAt(doc, path) !== undefined;
  const isDotted = doc.pairs.some(
    ({ path: own, node }) => begins(own, path) && own.length - node.key.keys.length < path.length,
  );
  return path.length > 0 && !Number.isInteger(path.at(-1)) && !isOwn && !isDotted;
};

describe("laws over messy documents", () => {
  it("insert then remove gives the old bytes", () => {
    let tried = 0;
    fc.assert(
      fc.property(document, fresh, (text, value) => {
        const data = toml.parse(text);
        for (const path of pathsOf(data)) {
          const holder = at(data, path);
          if (typeof holder !== "object" || holder === null || isUnread(holder)) continue;
          const place = [...path, Array.isArray(holder) ? holder.length : "new"];
          const added = attempt(() => set(text, place, value));
          if (added === undefined) continue;
          expect(equal(at(toml.parse(added), place), value)).toBe(true);
          if (isImplicit(text, path) && !Array.isArray(holder) && !hasHeader(value)) continue;
          tried++;
          expect(set(added, place, undefined)).toBe(text);
        }
      }),
      { numRuns },
    );
    expect(tried).toBeGreaterThan(numRuns);
  });

  it("setting what stands there changes no byte", () => {
    fc.assert(
      fc.property(document, (text) => {
        const data = toml.parse(text);
        for (const path of pathsOf(data)) expect(set(text, path, at(data, path))).toBe(text);
      }),
      { numRuns },
    );
  });

  it("any value can be set and removed anywhere; the rest reads as before, strict files stay strict", () => {
    fc.assert(
      fc.property(document, fresh, fc.nat(), (text, value, n) => {
        const paths = pathsOf(toml.parse(text)).slice(1);
        const path = paths[n % paths.length];
        if (!path) return;
        for (const next of [value, undefined]) {
          const out = attempt(() => set(text, path, next));
          if (out === undefined) continue;
          if (next !== undefined) expect(equal(at(toml.parse(out), path), next)).toBe(true);
          if (judged(text)) expect(judged(out)).toBe(true);
          if (text.includes("\r\n") && !/[^\r]\n/.test(text)) expect(out).not.toMatch(/[^\r]\n/);
        }
      }),
      { numRuns: numRuns * 2 },
    );
  });

  it("a whole document can become any other", () => {
    fc.assert(
      fc.property(document, document, (text, other) => {
        const wanted = toml.parse(other);
        const out = attempt(() => set(text, [], wanted));
        if (out !== undefined) expect(equal(toml.parse(out), wanted)).toBe(true);
      }),
      { numRuns },
    );
  });
});

/** Lists that would mix tables with other values may be refused, nothing else. */
function attempt(run: () => string): string | undefined {
  try {
    return run();
  } catch (fault) {
    if (!(fault instanceof Mismatch) || !/list of tables/.test(fault.message)) throw fault;
    return undefined;
  }
}

const CORPUS = "../shared/corpus";
const files = existsSync(CORPUS) ? glob.sync("**/*.toml", { cwd: CORPUS, dot: true, absolute: true }) : [];

describe.skipIf(files.length === 0)("real files (skipped without ../shared/corpus)", () => {
  it.each(files)("%s: rows come and go, leaves change, nothing else does", (file) => {
    const text = readFileSync(file, "utf8");
    const data = toml.parse(text);
    expect(judged(text)).toBe(true);
    const added = set(text, ["mcp_servers", "new.one"], { command: "npx", args: ["-y"], env: { A: "${A}" } });
    expect(set(added, ["mcp_servers", "new.one"], undefined)).toBe(text);
    for (const path of pathsOf(data).slice(1)) {
      const old = at(data, path);
      const [start, end] = toml.locate(text, path)!;
      if (typeof old === "object") {
        const place = [...path, Array.isArray(old) ? old.length : "new"];
        const more = set(text, place, typeof at(old, [0]) === "object" ? { k: 1 } : "x");
        if (!Array.isArray(old)) expect(text.split("\n").filter((line) => !more.includes(line))).toEqual([]);
        if (!isImplicit(text, path)) expect(set(more, place, undefined)).toBe(text);
      } else {
        const out = set(text, path, "changed");
        expect(out.startsWith(text.slice(0, start)) && out.endsWith(text.slice(end))).toBe(true);
        expect(at(toml.parse(set(text, path, undefined)), path)).not.toBe(old);
      }
    }
  });
});
