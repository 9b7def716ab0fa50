import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mismatch, same } from "../../src/core/data.ts";
import { bareLine, claudeRule, cursorLine, yaml, yamlOrLine } from "../../src/formats/dialects.ts";
import { type Front, get, join, set, split } from "../../src/formats/frontmatter.ts";
import { corpusFiles, faultOf, NO_CORPUS, sources, values, variants } from "./heads.ts";

const numRuns = 200;
const keysOf = (front: Front): (string | undefined)[] => front.spans.map((span) => span.key);
const valuesOf = (text: string, tight?: boolean): unknown[] =>
  split(text, tight).spans.map((span) => (span.key === undefined ? span.text : [span.key, span.value]));

describe("split", () => {
  it("joins back to the same text, whatever it holds", () => {
    const line = fc.constantFrom(
      ...["---", "--- ", "----", "a: b", "a:b", "  x", "- y", "# c", "", "\t", "...", "\ufeff", "é", "k:"],
      ...['"q": 1', "'s':", "k: |+", "\r", "a\u2028b: c", "? x", ": y", "\0"],
    );
    const lines = fc
      .array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n", "")))
      .map((all) => all.flat().join(""));
    const property = fc.property(fc.oneof(lines, fc.string()), fc.boolean(), (text, tight) => {
      expect(join(split(text, tight))).toBe(text);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("gives each key its continuation lines, and comments and blank lines to nobody", () => {
    const head = "# top\na: 1\n\n# note\nb:\n  - x\n\n  - y\n  # in\nc: |\n  l1\n\n  l2\n\n";
    expect(valuesOf(`---\n${head}---\nbody\n`)).toEqual([
      "# top\n",
      ["a", " 1\n"],
      "\n# note\n",
      ["b", "\n  - x\n\n  - y\n  # in\n"],
      ["c", " |\n  l1\n\n  l2\n"],
      "\n",
    ]);
  });

  it("keeps the blank lines that a `|+` block owns", () => {
    expect(valuesOf("---\na: |+\n  x\n\n\nb: 1\n---\n")).toEqual([
      ["a", " |+\n  x\n\n\n"],
      ["b", " 1\n"],
    ]);
  });

  it("knows keys with spaces, quotes, colons and dashes in them", () => {
    const front = split("---\nmy key: 1\n\"q k\": 2\n's': 3\na:b: 4\n-x: 5\nhttp://h: 6\nk : 7\n---\n");
    expect(keysOf(front)).toEqual(["my key", "q k", "s", "a:b", "-x", "http://h", "k"]);
  });

  it("takes no item, comment or flow collection for a key", () => {
    for (const line of ["- a: 1", "# a: 1", "{a: 1}", "[a]: 1", "* a: 1", "? a: 1", "a #b: 1", "a"])
      expect(keysOf(split(`---\n${line}\n---\n`))).toEqual([undefined]);
  });

  it("reads tight heads as Cursor does", () => {
    const front = split('\n---\nalwaysApply:true\n"alwaysApply": true\nAlwaysApply: x\na:b: c\n---\n', true);
    expect(keysOf(front)).toEqual(["alwaysApply", '"alwaysApply"', "AlwaysApply", "a"]);
    expect(split("\n---\na: 1\n---\n").open).toBe("");
  });

  it("takes a head that is never closed for body, and says so", () => {
    const front = split("---\na: 1\nb: 2\n");
    expect(front).toMatchObject({ open: "", spans: [], body: "---\na: 1\nb: 2\n", unclosed: true });
    expect(split("text\n---\n").unclosed).toBe(false);
  });

  it("closes at the end of the text too, and only at a line of three dashes", () => {
    expect(split("---\na: 1\n----\n--- x\n---")).toMatchObject({ close: "---", body: "" });
  });

  it("takes time in proportion to hostile text", () => {
    const cost = (text: string): number => {
      const start = process.cpuUsage();
      split(text);
      split(text, true);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    for (const part of [" ", "a ", "a:", "\n", "# ", '"', "\u2028", "|+ #", "- "]) {
      const text = (n: number): string => `---\n${part.repeat(n)}\n---\n`;
      cost(text(100_000));
      const small = Math.min(cost(text(100_000)), cost(text(100_000)));
      const large = Math.min(cost(text(400_000)), cost(text(400_000)));
      expect(large, JSON.stringify(part)).toBeLessThan(Math.max(small, 10_000) * 10);
    }
  });
});

describe("set", () => {
  const heads = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom("description", "globs", "my-key", "tools", "k"),
      source: sources,
      between: fc.constantFrom("", "", "", "# note\n", "\n", "\n# x\n\n"),
    }),
    { selector: (entry) => entry.key, minLength: 1, maxLength: 4 },
  );

  for (const dialect of [yaml, yamlOrLine, claudeRule, cursorLine, bareLine]) {
    for (const eol of ["\n", "\r\n"]) {
      it(`reads back and changes no other byte: ${dialect.id}, ${JSON.stringify(eol)}`, () => {
        const property = fc.property(heads, values, fc.nat(3), (head, value, pick) => {
          const lines = head.map(({ key, source, between }) => `${between}${key}:${source}`).join("");
          const front = split(`---\n${lines}---\n\nBody.\n`.replaceAll("\n", eol), dialect.tight);
          const { key } = head[pick % head.length]!;
          const at = front.spans.findIndex((span) => span.key === key);
          let next: Front;
          try {
            next = set(front, key, value, dialect);
          } catch (error) {
            expect(error).toBeInstanceOf(Mismatch);
            if (!dialect.tight) throw error;
            return;
          }
          const again = split(join(next), dialect.tight);
          expect(same(get(again, key, dialect), value)).toBe(true);
          expect(again.body).toBe(front.body);
          expect(again.spans.toSpliced(at, 1)).toEqual(front.spans.toSpliced(at, 1));
          expect(set(again, key, undefined, dialect).spans).toEqual(again.spans.toSpliced(at, 1));
        });
        fc.assert(property, { numRuns });
      });
    }
  }

  it("leaves a value alone that reads as wanted, whatever its style", () => {
    const front = split("---\na:   'x'   # why\n---\n");
    expect(set(front, "a", "x", yaml)).toBe(front);
  });

  it("adds a key behind the last, and removing it gives the old bytes", () => {
    const text = "---\na: 1\n# end\n---\nbody";
    const front = set(split(text), "b", ["x"], yaml);
    expect(join(front)).toBe('---\na: 1\n# end\nb:\n  - "x"\n---\nbody');
    expect(join(set(front, "b", undefined, yaml))).toBe(text);
  });

  it("makes a head behind a byte order mark, with a blank line below", () => {
    expect(join(set(split("\uFEFFbody\r\n"), "a", true, yaml))).toBe(
      "\uFEFF---\r\na: true\r\n---\r\n\r\nbody\r\n",
    );
    expect(join(set(split("\nbody"), "a", true, yaml))).toBe("---\na: true\n---\n\nbody");
  });

  it("quotes a key that needs it, and refuses one that no line can begin with", () => {
    const front = split("---\n---\n");
    expect(join(set(front, "a: b", 1, yaml))).toBe('---\n"a: b": 1\n---\n');
    expect(join(set(front, "", 1, yaml))).toBe('---\n"": 1\n---\n');
    for (const key of ['a"\n', "a\nb", 'x: "'])
      expect(faultOf(() => set(front, key, 1, yaml)).message).toContain("cannot be a key");
    expect(faultOf(() => set(front, "a: b", "x", cursorLine)).message).toContain("cannot be a key");
  });

  it("refuses a key that stands twice", () => {
    const front = split("---\na: 1\nb: 2\na: 3\n---\n");
    for (const value of [1, 4, undefined])
      expect(faultOf(() => set(front, "a", value, yaml)).message).toBe("the key a stands twice");
    expect(faultOf(() => get(front, "a", yaml)).message).toBe("the key a stands twice");
    expect(get(set(front, "b", 5, yaml), "b", yaml)).toBe(5);
  });

  it("refuses to lose an anchor that is in use", () => {
    const front = split("---\na: &x [1]\nb: *x\nc: &y 1\n---\n");
    for (const value of [2, undefined])
      expect(faultOf(() => set(front, "a", value, yamlOrLine)).message).toContain("anchor &x");
    expect(join(set(front, "c", undefined, yamlOrLine))).toBe("---\na: &x [1]\nb: *x\n---\n");
  });

  it("refuses what the dialect cannot say, with the value", () => {
    const front = split("---\n---\n", true);
    expect(faultOf(() => set(front, "a", "x\ny", cursorLine)).message).toContain("line break");
    expect(faultOf(() => set(front, "a", " x", bareLine)).message).toBe(
      'Cursor agent head cannot say " x" for a',
    );
  });
});

describe.skipIf(corpusFiles.length === 0)(`corpus (${NO_CORPUS})`, () => {
  it("joins back every file in every layout", () => {
    let heads = 0;
    for (const { path, text } of corpusFiles)
      for (const [name, variant] of Object.entries(variants(text)))
        for (const tight of [false, true]) {
          const front = split(variant, tight);
          expect(join(front), `${path}, ${name}`).toBe(variant);
          if (front.open && !tight && name === "as it is") heads++;
        }
    console.log(`frontmatter: ${corpusFiles.length} files join back in 4 layouts, ${heads} with a head`);
  });
});
