import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { isObject, Mismatch } from "../../src/core/data.ts";
import {
  bareLine,
  claudeRule,
  cursorLine,
  type Dialect,
  yaml,
  yamlOrLine,
} from "../../src/formats/dialects.ts";
import { split } from "../../src/formats/frontmatter.ts";
import { readSimple } from "../../src/formats/yaml-simple.ts";
import { parseValue } from "../../src/formats/yaml-value.ts";
import { faultOf, sources, values } from "./heads.ts";

const numRuns = 200;

/** What the YAML library itself makes of an entry, with nothing of ours between. */
const byLibrary = (source: string): unknown => {
  const doc = parseDocument(`k:${source}`, { version: "1.2", logLevel: "silent" });
  if (doc.errors.length > 0 || doc.warnings.length > 0) return new Error("not YAML");
  const value: unknown = doc.toJS();
  return isObject(value) ? value["k"] : new Error("not a map");
};

const headOf = (dialect: Dialect, head: string): string | undefined =>
  dialect.head?.(split(`---\n${head}---\n`, dialect.tight));

describe("the reader of simple values", () => {
  const simple: readonly (readonly [source: string, value: unknown])[] = [
    ["", null],
    ["\n", null],
    [" word\n", "word"],
    ["   two words \r\n", "two words"],
    [" Read, Grep, Bash(git:*)\n", "Read, Grep, Bash(git:*)"],
    [" src/**/*.{ts,tsx}\n", "src/**/*.{ts,tsx}"],
    [" http://a#b\n", "http://a#b"],
    [' "a: \\"b\\" \\\\ \\n # c"\n', 'a: "b" \\ \n # c'],
    [" 'it''s'\n", "it's"],
    [" ''\n", ""],
    [" 👍 fine\n", undefined],
    [' "👍 fine"\n', "👍 fine"],
    [" true\n", true],
    [" false\n", false],
    [" 0\n", 0],
    [" 42\n", 42],
    ["\n  - a\n  - 'b'\n  - \"c\"\n  - 1\n", ["a", "b", "c", 1]],
    ["\r\n- a\r\n- b\r\n", ["a", "b"]],
    [" []\n", []],
    [" ['a', \"b\", Read, false]\n", ["a", "b", "Read", false]],
  ];
  it.each(simple)("%j is %j", (source, value) => {
    expect(readSimple(source)).toEqual(value);
  });

  const strange = [
    ...[
      " True",
      " null",
      " ~",
      " 1.5",
      " -1",
      " 007",
      " 0x1f",
      " 1_000",
      " 2020-01-01",
      " *.ts",
      " &a b",
      " !t a",
    ],
    ...[
      " a: b",
      " a #b",
      " a:",
      " - a",
      " ? a",
      " |",
      " >-",
      " %a",
      " @a",
      " `a",
      " {a: 1}",
      " [a",
      " [a, ]",
      " [[a]]",
    ],
    ...[
      ' "a',
      " 'a",
      ' "a" b',
      " 'a'b'",
      ' "\\x41"',
      ' "a\tb"',
      " a\tb",
      "\ta",
      " a\n  b\n",
      "\n  - a\n - b\n",
    ],
    ...[
      "\n  - a\n  b\n",
      "\n  -\n",
      "\n  - a: b\n",
      "\n  k: v\n",
      " # c",
      " a # c",
      " \u00a0a",
      " [true: a]",
    ],
  ];
  it.each(strange)("%j is left to the parser", (source) => {
    expect(readSimple(source)).toBeUndefined();
  });

  it("agrees with the YAML library on all that it takes", () => {
    const bit = fc.constantFrom(
      ...[
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n  - ",
        "\n- ",
        "- ",
        "a",
        "b c",
        '"',
        "'",
        "''",
        "\\n",
        '\\"',
        "\\",
        "#",
        " #",
        ":",
      ],
      ...[
        ": ",
        ",",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "*",
        "&",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "-",
        "~",
        "0",
        "12",
        ".",
      ],
      ...[
        "true",
        "null",
        "No",
        "/",
        "\t",
        "é",
        "👍",
        "\u00a0",
        "\u2028",
        "\u0085",
        "\ufeff",
        "\u0007",
        "\ud800",
      ],
    );
    let taken = 0;
    const property = fc.property(fc.array(bit, { maxLength: 9 }), fc.boolean(), (bits, spaced) => {
      const source = `${spaced ? " " : ""}${bits.join("")}`;
      if (!/^(?:[ \n]|$)/.test(source)) return;
      const value = readSimple(source);
      if (value === undefined) return;
      taken++;
      expect(value).toEqual(byLibrary(source));
    });
    fc.assert(property, { numRuns: 40 * numRuns });
    fc.assert(
      fc.property(sources, (source) => {
        const value = readSimple(source);
        if (value !== undefined) expect(value).toEqual(byLibrary(source));
      }),
      { numRuns },
    );
    expect(taken).toBeGreaterThan(numRuns);
  });
});

describe("YAML", () => {
  it("reads what the library reads", () => {
    for (const source of [
      " 1.5\n",
      " |\n  a\n  b\n",
      "\n  a: 1\n  b: [x, {y: z}]\n",
      ' "a\\x41"\n',
      " a # c\n",
    ])
      expect(yaml.read(source)).toEqual(byLibrary(source));
  });

  it.each([
    [" **/*.ts\n", "YAML"],
    [" [a, &x b, *x]\n", "an alias"],
    [" a: b\n", "YAML"],
    [" !x a\n", "YAML"],
    [" .inf\n", "JSON"],
    [" 12345678901234567890\n", "2^53"],
    [" { __proto__: 1 }\n", "__proto__"],
    ["\n  a:\n    __proto__: 1\n", "__proto__"],
    [" a\n...\nb\n", "YAML"],
    [" !!binary aGk=\n", "plain data"],
  ])("refuses %j", (source, reason) => {
    expect(faultOf(() => yaml.read(source)).message).toContain(reason);
  });

  it("refuses deep nesting of every kind, again and again, and stays alive", () => {
    const deep = [
      ` ${"[".repeat(2000)}${"]".repeat(2000)}\n`,
      ` ${"{a: ".repeat(2000)}1${"}".repeat(2000)}\n`,
      `\n${Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i + 1)}a:\n`).join("")}`,
      `\n${"- ".repeat(2000)}a\n`,
      `\n  ${"? ".repeat(2000)}a\n`,
      `\n${Array.from({ length: 40 }, (_, i) => `${" ".repeat(80 * i)}${"- ".repeat(40)}a:\n`).join("")}`,
    ];
    for (let round = 0; round < 3; round++)
      for (const source of deep) {
        expect(faultOf(() => yaml.read(source)).message).toContain("nested deeper than 64");
        expect(yaml.head?.(split(`---\na:${source}---\n`))).toBe("dropped");
      }
  });

  it("reads 64 levels and writes them, and refuses 65", () => {
    const nested = (levels: number): unknown => (levels === 0 ? "x" : [nested(levels - 1)]);
    expect(yaml.read(yaml.write(nested(60)))).toEqual(nested(60));
    expect(() => yaml.write(nested(65))).toThrow(Mismatch);
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => yaml.write(loop)).toThrow(Mismatch);
  });

  it("takes a head for dropped that is not YAML as a whole", () => {
    for (const head of ["", "# c\n", "a: 1\n\nb:\n  - x\n", "a: 1.5\nb: |\n  x\n", "a: &x 1\nb: *x\n"])
      expect(headOf(yaml, head), head).toBe("ok");
    for (const head of [
      "a: *.ts\n",
      "a: b: c\n",
      "a: 1\na: 2\n",
      "- a\n",
      "a: 1\nstray\n",
      "a: 1\n...\nb: 2\n",
      "a: [\n",
    ])
      expect(headOf(yaml, head), head).toBe("dropped");
  });
});

describe("writing YAML", () => {
  it.each([
    ["text", ' "text"\n'],
    ['a "b": c\n', ' "a \\"b\\": c\\n"\n'],
    ["\u0085\u2028\ufeff", ' "\\u0085\\u2028\\ufeff"\n'],
    [true, " true\n"],
    [12, " 12\n"],
    [null, " null\n"],
    [["a", "**/*.ts"], '\n  - "a"\n  - "**/*.ts"\n'],
    [[], " []\n"],
    [{}, " {}\n"],
    [
      { a: "x", b: { c: [1, { d: "e", f: [] }] } },
      '\n  a: "x"\n  b:\n    c:\n      - 1\n      - d: "e"\n        f: []\n',
    ],
    [[["a"], [{ b: 1 }]], '\n  - - "a"\n  - - b: 1\n'],
    [{ "a b": 1, yes: 2, "1": 3 }, '\n  "1": 3\n  "a b": 1\n  "yes": 2\n'],
    [{ a: undefined, b: 1 }, "\n  b: 1\n"],
  ])("new %j", (value, source) => {
    expect(yaml.write(value)).toBe(source);
  });

  it.each([
    ["a comment and single quotes", " 'a'  # why\n", "it's", " 'it''s'  # why\n"],
    ["single quotes that cannot say it", " 'a'\n", "a\nb", ' "a\\nb"\n'],
    ["a plain word", " a\n", "b c", " b c\n"],
    ["a plain word that would be something else", " a\n", "yes", ' "yes"\n'],
    ["a plain word with a colon", " a\n", "b: c", ' "b: c"\n'],
    ["a glob that is no YAML", " *.ts\n", "*.js", ' "*.js"\n'],
    ["an empty value with a comment", " # why\n", "a", ' "a" # why\n'],
    ["a flow list", " [a, 'b'] # c\n", ["a", "d"], " [a, d] # c\n"],
    ["a flow map", " { a: 1 }\n", { a: 2, b: ["x"] }, ' { a: 2, b: ["x"] }\n'],
    ["a block list", "\n- 'a' # 1\n# two\n- b\n", ["b", "c", "a"], "\n- b\n- 'c'\n- 'a' # 1\n# two\n"],
    ["a list of maps", "\n  - a: 1 # x\n  - b: 2\n", [{ a: 1 }, { c: 3 }], "\n  - a: 1 # x\n  - c: 3\n"],
    [
      "a block map",
      "\n    a: 'x' # 1\n\n    # b\n    b: 2\n",
      { a: "y", b: 2, c: true },
      "\n    a: 'y' # 1\n\n    # b\n    b: 2\n    c: true\n",
    ],
    [
      "a map in a map",
      "\n  a:\n    b: x # 1\n  c: |\n    t\n",
      { a: { b: "z" }, c: "t\n" },
      "\n  a:\n    b: z # 1\n  c: |\n    t\n",
    ],
    ["a literal block", " | # c\n    a\n    b\n", "a\n\nc", " |- # c\n    a\n\n    c\n"],
    ["a literal block that cannot say it", " |\n  a\n", " a", ' " a"\n'],
    ["a folded block", " >-\n  a\n  b\n", "c", ' "c"\n'],
    ["a scalar that becomes a list", " a # why\n", ["b"], ' # why\n  - "b"\n'],
    ["a list that becomes a scalar", "\n  - a\n", "b", ' "b"\n'],
    ["a number", " 1 # n\n", 2, " 2 # n\n"],
    ["a number that becomes text", " 1\n", "x", ' "x"\n'],
  ])("over %s", (_name, prior, value, source) => {
    expect(yaml.write(value, prior)).toBe(source);
    expect(yaml.read(source)).toEqual(value);
    const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
    expect(yaml.write(value, crlf(prior), "\r\n")).toBe(crlf(source));
  });

  it("falls back to new text where the old cannot be kept", () => {
    const value = { a: 1, 'x: "': [2] };
    expect(yaml.read(yaml.write(value, "\n  a: 1\n"))).toEqual(value);
    expect(yaml.write("x", "\n  - *.ts\n")).toBe(' "x"\n');
    expect(yaml.write(["x"], "\n  -\n    a\n")).toBe('\n  - "x"\n');
  });

  it("reads back in YAML 1.1 and 1.2, over any old value", () => {
    const property = fc.property(values, fc.option(sources), (value, prior) => {
      const source = yaml.write(value, prior ?? undefined);
      expect(parseValue(source).value).toEqual(value);
      if (prior !== null && !/\bplain\b/.test(prior)) return;
      const old = parseDocument(`k:${source}`, { version: "1.1" });
      expect(old.toJS()).toEqual({ k: value });
    });
    fc.assert(property, { numRuns: 3 * numRuns });
  });

  it("refuses what is not plain data", () => {
    const hostile = JSON.parse('{"__proto__": 1}') as unknown;
    for (const value of [
      hostile,
      [hostile],
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 60,
      new Date(0),
      1n,
      () => 1,
      [undefined],
    ])
      expect(() => yaml.write(value)).toThrow(Mismatch);
  });
});

describe("YAML or a line", () => {
  it.each([
    [" **/*.ts\n", "**/*.ts"],
    [" **/*.ts, src/** # x\n", "**/*.ts, src/** # x"],
    [" a: b: c\n", "a: b: c"],
    [" [a] from [b]\n", "[a] from [b]"],
    [" *\n", "*"],
    [' "unclosed\r\n', '"unclosed'],
    [" [a, b]\n", ["a", "b"]],
    [" 12345678901234567890\n", "12345678901234567890"],
    ["\n", null],
  ])("%j is %j", (source, value) => {
    expect(yamlOrLine.read(source)).toEqual(value);
  });

  it("does not guess at several lines", () => {
    for (const source of ["\n  - *.ts\n", "\n  - *.ts\n  - a\n", " [a,\n  b\n", " a: b\n  c\n"])
      expect(() => yamlOrLine.read(source)).toThrow(Mismatch);
  });
});

describe("Claude Code's rule heads", () => {
  it.each([
    ["null", "paths:\n", null],
    ["empty list", "paths: []\n", []],
    ["block list", 'paths:\n  - "src/**"\n  - "a.ts"\n', ["src/**", "a.ts"]],
    ["flow list", 'paths: ["src/**", "a.ts"]\n', ["src/**", "a.ts"]],
    ["CSV", "paths: src/**, a.ts\n", "src/**, a.ts"],
    ["quoted CSV", 'paths: "src/**, a.ts"\n', "src/**, a.ts"],
    ["braces", "paths: src/**/*.{ts,tsx}\n", "src/**/*.{ts,tsx}"],
    ["an unquoted star", "paths: **/*.ts\n", "**/*.ts"],
    ["an unclosed flow list", "paths: [src/**\n", "[src/**"],
    ["tabs", 'paths:\n\t- "src/**"\n\t- "b"\n', ["src/**", "b"]],
    ["CRLF", 'paths:\r\n  - "src/**"\r\n', ["src/**"]],
    ["a colon beside it", "paths: src/**\ndescription: a: b\n", "src/**"],
  ])("%s", (_name, head, value) => {
    expect(headOf(claudeRule, head)).toBe("ok");
    const [entry] = split(`---\n${head}---\n`).spans;
    expect(claudeRule.read(entry?.key === "paths" ? entry.value : "")).toEqual(value);
  });

  it.each(["paths:\n  - *.ts\n", 'paths:\n  - "a"\n  - **/*.ts\n', "a: 1\nstray\n", "paths: [a,\n  b\n"])(
    "drops the head of %j",
    (head) => {
      expect(headOf(claudeRule, `description: fine\n${head}`)).toBe("dropped");
    },
  );
});

describe("Cursor's rule heads", () => {
  it.each([
    [" true\n", "true"],
    ["true\n", "true"],
    [" yes\n", "yes"],
    [" True\n", "True"],
    [" true # note\n", "true # note"],
    [" a/**, b/**\n", "a/**, b/**"],
    [' "a,b"\n', "a,b"],
    [" **/*.ts\n", "**/*.ts"],
    [" **/*.{ts,tsx}\n", "**/*.{ts,tsx}"],
    ["\n  - \"a/**\"\n  - *.ts\n  - 'c'\n", ["a/**", "*.ts", "c"]],
    ["\r\n\t- a\r\n\t- b\r\n", ["a", "b"]],
    [' ["a/**","b/**"]\n', ['["a/**"', '"b/**"]']],
    [" [src/**]\n", ["[src/**]"]],
    [" [{a,b}.ts, c]\n", ["[{a,b}.ts", "c]"]],
    [' src/**, "!x"\n', 'src/**, "!x"'],
    [" a: b: c\n", "a: b: c"],
    [' "quoted: d"\n', "quoted: d"],
    [" 'sq'\n", "sq"],
    [" >-\n  folded\n", ">-"],
    [' "unclosed\n', '"unclosed'],
    [" 12\n", "12"],
    ["\n", ""],
  ])("%j is %j", (source, value) => {
    expect(cursorLine.read(source)).toEqual(value);
  });

  it("says nothing of what nobody measured", () => {
    for (const source of [' "true"\n', " a\n  b\n", "\n  k: v\n", "\n  - a\n  # c\n"])
      expect(() => cursorLine.read(source)).toThrow(Mismatch);
  });

  it.each([
    ["src/**, docs/**", undefined, " src/**, docs/**\n"],
    ["true", ' "x"\n', " true\n"],
    ["b", " 'a'\n", " 'b'\n"],
    [" b", undefined, ' " b"\n'],
    ['"b"', undefined, ' ""b""\n'],
    ["[b]", undefined, ' "[b]"\n'],
    ["", " a\n", "\n"],
    [["a", "b"], undefined, "\n  - a\n  - b\n"],
    [["b", "c"], '\n- "a"\n- b # x\n', '\n- "b"\n- "c"\n'],
    [["a", "c"], '\n\t- "a"\n\t- "b"\n', '\n\t- "a"\n\t- "c"\n'],
  ])("writes %j over %j", (value, prior, source) => {
    expect(cursorLine.write(value, prior)).toBe(source);
    expect(cursorLine.read(source)).toEqual(value);
  });

  it("refuses what is no text", () => {
    for (const value of [true, 1, null, { a: 1 }, [1], ["a\nb"], "a\nb"])
      expect(() => cursorLine.write(value)).toThrow(Mismatch);
  });
});

describe("Cursor's agent heads", () => {
  it.each([
    [' "a"\n', '"a"'],
    [" [Read, Grep]\n", "[Read, Grep]"],
    [" a # c\n", "a # c"],
    ["\n", ""],
  ])("%j is %j", (source, value) => {
    expect(bareLine.read(source)).toBe(value);
    expect(bareLine.read(bareLine.write(value))).toBe(value);
  });

  it("refuses lists and lines", () => {
    for (const source of [" >-\n  a\n", "\n  - a\n"]) expect(() => bareLine.read(source)).toThrow(Mismatch);
    for (const value of [["a"], true, "a\nb"]) expect(() => bareLine.write(value)).toThrow(Mismatch);
  });
});
