import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import glob from "fast-glob";
import { describe, expect, it } from "vitest";
import { type Data, isUnread, Mismatch, sourceOf, unread } from "../../src/core/data.ts";
import type { Edit } from "../../src/core/format.ts";
import { json, strictJsonFault } from "../../src/formats/json.ts";
import { equal } from "../../src/formats/steps.ts";

const numRuns = 200;
const set = (text: string | undefined, path: Edit["path"], value: unknown): string =>
  json.edit(text, [{ path, value }]);

const faultOf = (run: () => unknown): Mismatch => {
  try {
    run();
  } catch (fault) {
    if (fault instanceof Mismatch) return fault;
    throw fault;
  }
  throw new Error("no fault");
};

describe("reading", () => {
  it("takes comments and trailing commas", () => {
    const text = '// head\n{ "a": [1, 2,], /* in */ "b": { "c": null, }, } // tail\n';
    expect(json.parse(text)).toEqual({ a: [1, 2], b: { c: null } });
  });

  it("reads nothing as an empty object", () => {
    for (const text of ["", " \n", "// only\n", "/* only */", "\uFEFF", "{}"])
      expect(json.parse(text)).toEqual({});
  });

  it("takes a byte order mark and CRLF", () => {
    expect(json.parse('\uFEFF{\r\n"a": 1\r\n}\r\n')).toEqual({ a: 1 });
  });

  it("lets the last of two keys win", () => {
    expect(json.parse('{"a": 1, "a": 2}')).toEqual({ a: 2 });
  });

  it("keeps integers that a double would round as they are written", () => {
    const { big, small } = json.parse('{"big": 9007199254740993, "small": 9007199254740991}');
    expect(isUnread(big) && sourceOf(big)).toBe("9007199254740993");
    expect(small).toBe(9007199254740991);
  });

  it("keeps names of Object.prototype as plain keys", () => {
    const data = json.parse('{"constructor": 1, "toString": {"valueOf": 2}}');
    expect(Object.keys(data)).toEqual(["constructor", "toString"]);
    expect(set('{"a": 1}', ["hasOwnProperty"], 1)).toBe('{"a": 1, "hasOwnProperty": 1}');
  });

  it.each([
    ['{"a": 1,, }', 8, "quoted key"],
    ['{"a" 1}', 5, "colon"],
    ['{"a": 1', 7, "closing }"],
    ['{"a": [1', 8, "closing ]"],
    ["{'a': 1}", 1, "not JSON"],
    ['{"a": "x\n"}', 6, "not closed"],
    ['{"a": "\\x"}', 6, "escape"],
    ["{} {}", 3, "behind the end"],
    ["/* open", 0, "not closed"],
    ["[1]", 0, "not an object"],
    ['// c\n"text"', 5, "not an object"],
    ['\uFEFF{"a" 1}', 6, "colon"],
    ['{"a": [{"__proto__": {"x": 1}}]}', 8, "__proto__"],
    ['{"__pro\\u0074o__": 1}', 1, "__proto__"],
  ])("refuses %j at %i", (text, at, reason) => {
    const fault = faultOf(() => json.parse(text));
    expect(fault.message).toContain(reason);
    expect(fault.at).toBe(at);
  });

  it("refuses deep nesting before it costs stack, and takes 64 levels", () => {
    for (const open of ['{"a":', "[", '{"a":[', "[}"]) {
      const fault = faultOf(() => json.parse('{"a":' + open.repeat(100_000)));
      expect(fault.message).toContain("64 levels");
      expect(fault.at).toBeLessThan(500);
    }
    const levels = (n: number) => '{"a":'.repeat(n - 1) + "{}" + "}".repeat(n - 1);
    expect(() => json.parse(levels(64))).not.toThrow();
    expect(faultOf(() => json.parse(levels(65))).message).toContain("64 levels");
  });

  it("does not count brackets in strings and comments", () => {
    const text = `{"a": "${"[".repeat(500)}" /* ${"{".repeat(500)} */}`;
    expect(json.parse(text)).toEqual({ a: "[".repeat(500) });
  });

  it("never throws anything but Mismatch", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      '"a"',
      "1",
      "-",
      "//",
      "/*",
      "*/",
      "\n",
      "\\",
      " ",
      "e",
      "null",
      "\0",
      "\u2028",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
        (text) => {
          try {
            json.parse(text);
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
  it("are indented by two, with a final newline", () => {
    const edits = [
      { path: ["mcpServers", "db", "args"], value: ["-y", "x"] },
      { path: ["mcpServers", "db", "env"], value: {} },
      { path: ["n"], value: 1 },
      { path: ["gone"], value: 1 },
      { path: ["gone"], value: undefined },
    ];
    const data = { mcpServers: { db: { args: ["-y", "x"], env: {} } }, n: 1 };
    expect(json.edit(undefined, edits)).toBe(JSON.stringify(data, null, 2) + "\n");
    expect(json.edit(undefined, [])).toBe("{}\n");
  });

  it("begin behind the comments of a file that holds nothing else", () => {
    expect(set("// mine\r\n", ["a"], 1)).toBe('// mine\r\n{\r\n  "a": 1\r\n}\r\n');
    expect(set("// mine", ["a"], 1)).toBe('// mine\n{\n  "a": 1\n}\n');
    expect(set("\uFEFF", ["a"], 1)).toBe('\uFEFF{\n  "a": 1\n}\n');
    expect(set("// mine", ["a"], undefined)).toBe("// mine");
  });

  it("say any value as JSON.stringify does", () => {
    const object = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
      .map((data) => JSON.parse(JSON.stringify(data)))
      .filter((data) => !/__proto__|\d{16}/.test(JSON.stringify(data)));
    fc.assert(
      fc.property(object, (data) => {
        expect(json.edit(undefined, [{ path: [], value: data }])).toBe(JSON.stringify(data, null, 2) + "\n");
      }),
      { numRuns },
    );
  });
});

describe("edits", () => {
  it("touch only their line", () => {
    const text = '{\n    // the port\n    "port": 80, // was 8080\n    "hosts": [ "a","b" ], // both\n}\n';
    expect(set(text, ["port"], 443)).toBe(text.replace("80,", "443,"));
    expect(set(text, ["hosts", 1], "c")).toBe(text.replace('"b"', '"c"'));
    expect(set(text, ["hosts", 2], "c")).toBe(text.replace('"b"', '"b","c"'));
    expect(set(text, ["hosts", 0], undefined)).toBe(text.replace('"a",', ""));
    expect(set(text, ["more"], { x: [] })).toBe(
      text.replace("// both\n", '// both\n    "more": {\n        "x": []\n    },\n'),
    );
  });

  it("of an object change its differing members only", () => {
    const text = '{\n\t"a": {\n\t\t"x": 1, // one\n\t\t"y": [1,2], // two\n\t\t"z": 3 // three\n\t}\n}';
    const wanted = { x: 1, y: [1, 2, 3], w: true };
    expect(set(text, ["a"], wanted)).toBe(
      '{\n\t"a": {\n\t\t"x": 1, // one\n\t\t"y": [1,2,3], // two\n\t\t// three\n\t\t"w": true\n\t}\n}',
    );
  });

  it("of a list keep the comments of items that stay", () => {
    const text = '{\n  "l": [\n    "a", // A\n    "b", // B\n    "c", // C\n    "d" // D\n  ]\n}';
    expect(set(text, ["l"], ["a", "c", "d", "e"])).toBe(
      '{\n  "l": [\n    "a", // A\n    // B\n    "c", // C\n    "d", // D\n    "e"\n  ]\n}',
    );
  });

  it("make missing parents in one insertion", () => {
    expect(set('{\r\n  "a": 1\r\n}', ["b", "c", 0, "d"], 2)).toBe(
      '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": [\r\n      {\r\n        "d": 2\r\n      }\r\n    ]\r\n  }\r\n}',
    );
  });

  it("follow a document on one line", () => {
    expect(set('{"a":1}', ["b"], { c: [1, 2] })).toBe('{"a":1,"b":{"c":[1,2]}}');
    expect(set('{ "a": { } }', ["a", "b"], 1)).toBe('{ "a": { "b": 1 } }');
    expect(set('{"a": {}}', ["a", "b"], { c: 1 })).toBe('{"a": {"b": {"c": 1}}}');
  });

  it("leave an empty object where its last key went", () => {
    expect(set('{\n  "a": {\n    "b": 1\n  }\n}', ["a", "b"], undefined)).toBe('{\n  "a": {}\n}');
    expect(set('{"a": 1}', ["a"], undefined)).toBe("{}");
  });

  it("do nothing where nothing stands", () => {
    const text = '{"a": [1], "b": "x"}';
    for (const path of [["c"], ["a", 1], ["a", "x"], ["b", "x", 0], [0], ["__proto__"], ["a", -1]])
      expect(set(text, path, undefined)).toBe(text);
  });

  it("never let a line comment swallow what follows", () => {
    const text = '{\n  "a": 1, // one\n  "b": 2 }';
    expect(json.parse(set(text, ["b"], undefined))).toEqual({ a: 1 });
  });

  it.each<[string, Edit["path"], unknown, string]>([
    ['{"a": 1, "a": 2}', ["a"], 3, "stands twice"],
    ['{"a": 1, "a": 2}', ["a"], undefined, "stands twice"],
    ['{"a": {}, "a": {}}', ["a", "b"], 1, "stands twice"],
    ['{"a": "x"}', ["a", "b"], 1, "not an object"],
    ['{"a": null}', ["a", "b"], 1, "not an object"],
    ['{"a": {}}', ["a", 0], 1, "not a list"],
    ['{"a": [1]}', ["a", "b"], 1, "not an object"],
    ['{"a": [1]}', ["a", 2], 1, "no place 2"],
    ['{"a": [1]}', ["a", -1], 1, "no place -1"],
    ['{"a": [1]}', ["a", 0.5], 1, "no place 0.5"],
    ["{}", [], undefined, "stay an object"],
    ["{}", [], [], "stay an object"],
    ["{}", ["__proto__", "x"], 1, "__proto__"],
    ["{}", ["a"], JSON.parse('{"b": {"__proto__": 1}}'), "__proto__"],
    ["{}", ["a"], Number.NaN, "cannot be written"],
    ["{}", ["a"], [undefined], "cannot be written"],
    ["{}", ["a"], new Map(), "plain objects"],
    ["{}", ["a"], unread('1, "x": 2'), "read back"],
    ["{,}", ["a"], 1, "value is missing"],
  ])("of %j at %j to %j are refused", (text, path, value, reason) => {
    expect(faultOf(() => set(text, path, value)).message).toContain(reason);
  });

  it("refuse cycles and too deep values", () => {
    const cycle: Data = {};
    cycle.self = cycle;
    expect(faultOf(() => set("{}", ["a"], cycle)).message).toContain("64 levels");
    expect(faultOf(() => set("{}", new Array(65).fill("a"), 1)).message).toContain("64 levels");
    expect(json.parse(set("{}", new Array(64).fill("a"), 1))).toHaveProperty("a");
  });

  it("leave the other keys of an object with twins alone", () => {
    const text = '{"a": 1, "a": 2, "b": 3}';
    expect(set(text, ["b"], 4)).toBe('{"a": 1, "a": 2, "b": 4}');
    expect(set(text, ["a"], 2)).toBe(text);
  });

  it("write unread integers as they stand and keep odd numbers exact", () => {
    const text = set('{"a": 1}', ["a"], unread("12345678901234567890"));
    expect(text).toBe('{"a": 12345678901234567890}');
    for (const n of [-0, 2 ** 60, 1e21, 5e-324, 1e-7, 0.1]) expect(json.parse(set("{}", ["n"], n)).n).toBe(n);
  });
});

describe("locate", () => {
  const text = '\uFEFF{\n  "a": {"b": [1, {"c": 2}]}, "d": 1, "d": 2\n}';
  const at = (...path: (string | number)[]) => {
    const span = json.locate(text, path);
    return span && text.slice(...span);
  };
  it("gives key and value, or the item", () => {
    expect(at("a", "b", 1, "c")).toBe('"c": 2');
    expect(at("a", "b", 0)).toBe("1");
    expect(at("d")).toBe('"d": 2');
    expect(at()).toBe(text.slice(1));
  });
  it("gives nothing for what does not stand", () => {
    for (const path of [["x"], ["a", 0], ["a", "b", 2], ["a", "b", "c"], ["d", "e"]])
      expect(at(...path)).toBeUndefined();
    expect(json.locate("// none", ["a"])).toBeUndefined();
  });
});

describe("strictJsonFault", () => {
  it.each([
    ['{"a": 1}', undefined, undefined],
    ['{"a": "// no comment, ]"}', undefined, undefined],
    ['{"a": 1 // x\n}', 8, "a comment"],
    ['{"a": [1, /* x */]}', 10, "a comment"],
    ['{"a": [1,]}', 8, "a trailing comma"],
    ['{"a": 1,\n}', 7, "a trailing comma"],
    ['\uFEFF{"a": 1}', 0, "a byte order mark"],
    ["", 0, "the file is empty"],
    ['{"a" 1}', 5, "a colon is missing"],
  ])("of %j is at %j: %j", (text, at, reason) => {
    expect(strictJsonFault(text)).toEqual(at === undefined ? undefined : { at, reason });
  });
});

const NOISE = [
  "",
  "",
  "",
  " ",
  "\n",
  "\n    ",
  "\t",
  " /* c */ ",
  "/*c*/",
  " // line\n  ",
  "\n  // own\n  ",
  "\n\n",
  " \n",
  "/* a\n b */",
  "  \n  /* x */\n",
];
const noise = fc.constantFrom(...NOISE);
const key = fc.constantFrom("a", "b", "c", "d", "e f", "constructor", "x/y", "");
const scalar = fc.constantFrom(
  "1",
  "-0.5",
  "true",
  "null",
  '"text"',
  '"// no"',
  '"a\\"b"',
  "9007199254740993",
  "{}",
  "[]",
  "{ }",
  "{\n}",
  "[ // c\n]",
  "[/* c */]",
);
type Parts = [string, string, string, string][];
const joined = (open: string, parts: Parts, tail: string, comma: boolean, close: string): string =>
  open + parts.map((p) => p.join("")).join(",") + (comma && parts.length > 0 ? "," : "") + tail + close;

/** Valid JSONC with comments, blanks and commas wherever they may stand. */
const { object: document } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("object"), tie("list")),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(noise, key, noise, tie("value"), noise), {
        selector: (m) => m[1],
        maxLength: 4,
      }),
      noise,
      fc.boolean(),
    )
    .map(([members, tail, comma]) =>
      joined(
        "{",
        members.map(([a, k, b, v, c]) => [a, JSON.stringify(k) + b + ":", v, c] as Parts[number]),
        tail,
        comma,
        "}",
      ),
    ),
  list: fc
    .tuple(fc.array(fc.tuple(noise, tie("value"), noise), { maxLength: 4 }), noise, fc.boolean())
    .map(([items, tail, comma]) =>
      joined(
        "[",
        items.map(([a, v, b]) => [a, v, b, ""] as Parts[number]),
        tail,
        comma,
        "]",
      ),
    ),
}));
const jsonc = fc
  .tuple(fc.constantFrom("", "\uFEFF"), noise, document, noise, fc.boolean())
  .map(
    ([bom, before, text, after, crlf]) =>
      bom + (crlf ? (before + text + after).replaceAll("\n", "\r\n") : before + text + after),
  );

const pathsOf = (node: unknown, path: (string | number)[] = []): (string | number)[][] => {
  if (typeof node !== "object" || node === null || isUnread(node)) return [path];
  const inner = Array.isArray(node) ? [...node.entries()] : Object.entries(node);
  return [path, ...inner.flatMap(([step, member]) => pathsOf(member, [...path, step]))];
};
const at = (data: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<any>((node, step) => node?.[step], data);
const value = fc
  .oneof(fc.constantFrom<unknown>(1, "x", true, null, [], {}), fc.jsonValue({ maxDepth: 2 }))
  .filter((v) => !JSON.stringify(v).includes("__proto__"));
const comments = (text: string): string[] =>
  text.match(/\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|\/\/[^\r\n]*/g)?.filter((c) => c[0] === "/") ?? [];

describe("laws over messy documents", () => {
  it("insert then remove gives the old bytes, in every object and list", () => {
    fc.assert(
      fc.property(jsonc, value, (text, fresh) => {
        const data = json.parse(text);
        for (const path of pathsOf(data)) {
          const holder = at(data, path);
          if (typeof holder !== "object" || holder === null || isUnread(holder)) continue;
          const place = [...path, Array.isArray(holder) ? holder.length : "new"];
          const added = set(text, place, fresh);
          expect(equal(at(json.parse(added), place), fresh)).toBe(true);
          expect(comments(added).filter((c) => comments(text).includes(c)).length).toBe(
            comments(text).length,
          );
          expect(set(added, place, undefined)).toBe(text);
        }
      }),
      { numRuns },
    );
  });

  it("setting what stands there changes no byte", () => {
    fc.assert(
      fc.property(jsonc, (text) => {
        const data = json.parse(text);
        for (const path of pathsOf(data)) expect(set(text, path, at(data, path))).toBe(text);
      }),
      { numRuns },
    );
  });

  it("any value can be set and removed anywhere, comments outside it stay", () => {
    fc.assert(
      fc.property(jsonc, value, fc.nat(), (text, fresh, n) => {
        const paths = pathsOf(json.parse(text)).slice(1);
        const path = paths[n % paths.length];
        if (!path) return;
        const replaced = set(text, path, fresh);
        expect(equal(at(json.parse(replaced), path), fresh)).toBe(true);
        const [start, end] = json.locate(text, path)!;
        const outside = comments(text.slice(0, start) + text.slice(end));
        expect(comments(set(text, path, undefined))).toEqual(outside);
      }),
      { numRuns: numRuns * 2 },
    );
  });

  it("a whole document can become any other, and strict JSON stays strict", () => {
    fc.assert(
      fc.property(jsonc, jsonc, (text, other) => {
        const wanted = json.parse(other);
        const out = set(text, [], wanted);
        expect(equal(json.parse(out), wanted)).toBe(true);
        if (strictJsonFault(text) === undefined) expect(strictJsonFault(out)).toBeUndefined();
        if (!/[^\r]\n/.test(text) && text.includes("\r\n")) expect(out).not.toMatch(/[^\r]\n/);
      }),
      { numRuns: numRuns * 2 },
    );
  });
});

const CORPUS = "../shared/corpus";
const files = existsSync(CORPUS)
  ? glob.sync(["**/*.json", "**/*.jsonc"], { cwd: CORPUS, dot: true, absolute: true }).filter(isObjectFile)
  : [];
function isObjectFile(file: string): boolean {
  return /^\s*(?:\/[/*][\s\S]*)?\{/.test(readFileSync(file, "utf8"));
}
const SERVER = { type: "stdio", command: "npx", args: ["-y", "x"], env: { TOKEN: "${TOKEN}" } };

describe.skipIf(files.length === 0)("real files (skipped without ../shared/corpus)", () => {
  it.each(files)("%s: rows come and go, no other line changes", (file) => {
    const text = readFileSync(file, "utf8");
    const data = json.parse(text);
    const paths = pathsOf(data);
    for (const path of paths.filter((_, i) => i % Math.ceil(paths.length / 25) === 0)) {
      const old = at(data, path);
      if (typeof old === "object" && old !== null && !isUnread(old)) {
        const place = [...path, Array.isArray(old) ? old.length : "portable-row"];
        const added = set(text, place, SERVER);
        const lines = added.split("\n");
        const kept = text.split("\n").filter((line) => lines.includes(line) || lines.includes(`${line},`));
        if (text.trim().includes("\n")) expect(text.split("\n").length - kept.length).toBeLessThanOrEqual(1);
        expect(set(added, place, undefined)).toBe(text);
        if (strictJsonFault(text) === undefined) expect(strictJsonFault(added)).toBeUndefined();
      } else {
        const [start, end] = json.locate(text, path)!;
        const out = set(text, path, "changed");
        expect(out.startsWith(text.slice(0, start)) && out.endsWith(text.slice(end))).toBe(true);
      }
    }
  });
});
