import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUnread, Mismatch, same, sourceOf } from "../../src/core/data.ts";
import type { Edit, Path } from "../../src/core/format.ts";
import { bareLine, claudeRule, cursorLine, yaml, yamlOrLine } from "../../src/formats/dialects.ts";
import { headFault, markdown } from "../../src/formats/markdown.ts";
import { corpusFiles, dialectOf, faultOf, NO_CORPUS, values, variants } from "./heads.ts";

const numRuns = 200;
const md = markdown(yaml);
const loose = markdown(yamlOrLine);
const rule = markdown(claudeRule);
const set = (path: Path, value: unknown): Edit => ({ path, value });

describe("reading", () => {
  it("gives the head's keys and the body without its layout", () => {
    const text = "---\nname: x\ntools: [a, 'b']\nn: 3\n---\n\n\n# Body\n\ntext\n\n";
    expect(md.parse(text)).toEqual({ name: "x", tools: ["a", "b"], n: 3, body: "# Body\n\ntext\n" });
    for (const variant of [text.replaceAll("\n", "\r\n"), `\uFEFF${text}`])
      expect(md.parse(variant)).toEqual(md.parse(text));
  });

  it("gives only a body where there is no head", () => {
    expect(md.parse("")).toEqual({ body: "" });
    expect(md.parse("\uFEFF\n\ntext")).toEqual({ body: "text" });
    expect(md.parse("text\n---\na: 1\n---\n")).toEqual({ body: "text\n---\na: 1\n---" });
    expect(md.parse("---\na: 1\n")).toEqual({ body: "---\na: 1" });
    expect(md.parse("\n---\na: 1\n---\n")).toEqual({ body: "---\na: 1\n---" });
    expect(markdown(cursorLine).parse("\n---\na: 1\n---\n")).toEqual({ a: "1", body: "" });
  });

  it("keeps what it cannot read as it stands", () => {
    const data = loose.parse("---\na: 1\nb:\n  - *.ts\n  - x\nc: 2\na: 3\n---\n");
    expect(data["c"]).toBe(2);
    expect(isUnread(data["b"]) && sourceOf(data["b"])).toBe("\n  - *.ts\n  - x\n");
    expect(isUnread(data["a"]) && sourceOf(data["a"])).toBe(" 1\n 3\n");
  });

  it("reads no key of a head that the tool drops", () => {
    const data = rule.parse("---\ndescription: x\npaths:\n  - *.ts\n---\nbody\n");
    expect(Object.keys(data)).toEqual(["description", "paths", "body"]);
    expect(isUnread(data["description"]) && isUnread(data["paths"])).toBe(true);
  });

  it("lets the text be the body, whatever the head says", () => {
    expect(md.parse("---\nbody: x\nconstructor: y\n---\ntext\n")).toEqual({ constructor: "y", body: "text" });
  });

  it("refuses __proto__ with its place, and never a value's", () => {
    expect(faultOf(() => md.parse("---\na: 1\n__proto__: 2\n---\n"))).toMatchObject({ at: 9 });
    expect(isUnread(md.parse("---\na: { __proto__: 1 }\n---\n")["a"])).toBe(true);
    expect(faultOf(() => md.edit("", [set(["__proto__"], 1)])).message).toContain("__proto__");
    expect(faultOf(() => md.edit("", [set(["a", "__proto__"], 1)])).message).toContain("__proto__");
  });
});

describe("a new file", () => {
  it("has a head, a blank line, the body and a final newline", () => {
    const edits = [
      set(["description"], "a: b"),
      set(["globs"], ["**/*.ts"]),
      set(["body"], "# Title\n\ntext"),
    ];
    const text = '---\ndescription: "a: b"\nglobs:\n  - "**/*.ts"\n---\n\n# Title\n\ntext\n';
    expect(md.edit(undefined, edits)).toBe(text);
    expect(md.edit(undefined, edits.toReversed())).toBe(
      text.replace(/(description[^\n]*\n)(globs.*?)---/s, "$2$1---"),
    );
  });

  it("is the body alone without keys, and the head alone without a body", () => {
    expect(md.edit(undefined, [set(["body"], "text")])).toBe("text\n");
    expect(md.edit(undefined, [])).toBe("");
    expect(md.edit(undefined, [set(["a"], undefined)])).toBe("");
    expect(md.edit(undefined, [set(["a"], 1)])).toBe("---\na: 1\n---\n");
  });

  it("puts an empty head before a body that looks like one", () => {
    for (const body of ["---\na: 1\n---\ntext", "---\ntext", "--- \n---"]) {
      const text = md.edit(undefined, [set(["body"], body)]);
      expect(text).toBe(`---\n---\n\n${body}\n`);
      expect(md.parse(text)).toEqual({ body });
    }
    expect(md.edit("\uFEFFold\r\n", [set(["body"], "---\n---")])).toBe(
      "\uFEFF---\r\n---\r\n\r\n---\r\n---\r\n",
    );
    expect(md.edit(undefined, [set(["body"], "----")])).toBe("----\n");
  });
});

describe("editing", () => {
  const text = "---\na: 1\nmeta:\n  x: 'p' # keep\n  y: [1, 2]\n---\n\n\nbody\r\nmore";

  it("changes the body and keeps its layout", () => {
    expect(md.edit("---\na: 1\n---\n\n\nbody", [set(["body"], "new\ntext")])).toBe(
      "---\na: 1\n---\n\n\nnew\ntext",
    );
    expect(md.edit("\uFEFFbody\r\n", [set(["body"], "new\ntext")])).toBe("\uFEFFnew\r\ntext\r\n");
    expect(md.edit("---\r\na: 1\r\n---\r\nbody", [set(["body"], "x\ny")])).toBe(
      "---\r\na: 1\r\n---\r\nx\r\ny",
    );
    expect(md.edit("---\r\na: 1\r\n---", [set(["body"], "x\ny")])).toBe(
      "---\r\na: 1\r\n---\r\n\r\nx\r\ny\r\n",
    );
    expect(md.edit("---\na: 1\n---\n\n", [set(["body"], "x")])).toBe("---\na: 1\n---\n\nx\n");
    expect(md.edit("---\na: 1\n---\n\nx\n", [set(["body"], undefined)])).toBe("---\na: 1\n---\n\n");
    expect(md.edit("x", [set(["body"], "y\n")])).toBe("y\n\n");
  });

  it("refuses a body that would not come back", () => {
    for (const body of ["\nx", "  \nx", "a\r\nb", "a\r", " ", 1, null, ["x"]])
      expect(() => md.edit("old\n", [set(["body"], body)]), JSON.stringify(body)).toThrow(Mismatch);
    expect(() => md.edit("old\n", [set(["body", "x"], "y")])).toThrow(Mismatch);
  });

  it("changes a value in a map and leaves its neighbours", () => {
    expect(md.edit(text, [set(["meta", "x"], "q")])).toBe(text.replace("'p'", "'q'"));
    expect(md.edit(text, [set(["meta", "y", 2], 3)])).toBe(text.replace("2]", "2, 3]"));
    expect(md.edit(text, [set(["meta", "y", 0], undefined)])).toBe(text.replace("1, ", ""));
    expect(md.edit(text, [set(["meta", "z", "k"], "v")])).toBe(
      text.replace("2]\n", '2]\n  z:\n    k: "v"\n'),
    );
    expect(md.edit(text, [set(["meta", "no", "k"], undefined)])).toBe(text);
    expect(md.edit("---\nmeta:\n---\n", [set(["meta", "k"], 1)])).toBe("---\nmeta:\n  k: 1\n---\n");
    expect(md.edit("", [set(["a", "b", 0], 1)])).toBe("---\na:\n  b:\n    - 1\n---\n");
  });

  it("refuses a path through other kinds", () => {
    for (const path of [
      ["a", "b"],
      ["a", 0],
      ["meta", 0],
      ["meta", "y", "k"],
      ["meta", "y", 5],
      [0],
      [],
    ] as Path[])
      expect(() => md.edit(text, [set(path, 1)]), JSON.stringify(path)).toThrow(Mismatch);
  });

  it("makes no edit as long as any is refused, and none of what is there", () => {
    expect(md.edit(text, [set(["a"], 1), set(["body"], "body\nmore"), set(["meta", "x"], "p")])).toBe(text);
    expect(() => md.edit(text, [set(["a"], 2), set([], 1)])).toThrow(Mismatch);
  });

  it("leaves an empty head when the last key goes, as tools tell it from none", () => {
    expect(md.edit("---\na: 1\n---\nx\n", [set(["a"], undefined)])).toBe("---\n---\nx\n");
  });

  it("refuses a key in a head that stays dropped, and mends the head where the edit does", () => {
    const dropped = "---\ndescription: x\npaths:\n  - *.ts\n---\n";
    expect(faultOf(() => rule.edit(dropped, [set(["description"], "y")])).message).toContain("ignored");
    expect(faultOf(() => rule.edit(dropped, [set(["description"], "x")])).message).toContain("ignored");
    expect(rule.edit(dropped, [set(["paths"], ["**/*.ts"])])).toBe(
      '---\ndescription: x\npaths:\n  - "**/*.ts"\n---\n',
    );
    expect(rule.edit(dropped, [set(["paths"], undefined)])).toBe("---\ndescription: x\n---\n");
    expect(rule.edit(dropped, [set(["body"], "b")])).toBe(`${dropped}\nb\n`);
  });

  it("leaves an unread value where it stands and writes it nowhere else", () => {
    const odd = "---\na:\n  - *.ts\n---\n";
    const { a } = loose.parse(odd);
    expect(isUnread(a)).toBe(true);
    expect(loose.edit(odd, [set(["a"], a)])).toBe(odd);
    for (const path of [["b"], ["a", "x"]] as Path[])
      expect(() => loose.edit(odd, [set(path, a)])).toThrow(Mismatch);
    expect(() => loose.edit("---\na: 1\n---\n", [set(["a"], a)])).toThrow(Mismatch);
    expect(() => loose.edit("", [set(["a"], [a])])).toThrow(Mismatch);
  });

  it("refuses to hand blank lines to a block that keeps them", () => {
    expect(() => md.edit("---\na: |+\n  x\nb: 1\n\nc: 2\n---\n", [set(["b"], undefined)])).toThrow(Mismatch);
  });

  it("sets any value anywhere and reads it back, and gives the old bytes when it is put back", () => {
    const files = fc.constantFrom(
      "",
      "text",
      "---\n---\n",
      "---\na: x # c\n\n# d\nb:\n  c: 1\n---\n\ntext\n",
      "\uFEFF---\na: 1\n---",
    );
    const bodies = fc.oneof(
      fc.string(),
      fc.constantFrom("---", "---\n---", "a\n", "---\nb: 1\n---\nx", "\t x"),
    );
    const property = fc.property(files, values, bodies, fc.boolean(), (file, value, body, crlf) => {
      const old = crlf ? file.replaceAll("\n", "\r\n") : file;
      const edits = [set(["a"], value), set(["b", "d"], value), set(["body"], body)];
      for (const edit of edits) {
        let out: string;
        try {
          out = md.edit(old, [edit]);
        } catch (error) {
          expect(error).toBeInstanceOf(Mismatch);
          expect(edit.path[0]).toBe("body");
          continue;
        }
        const read = md.parse(out);
        expect(
          same(
            edit.path.reduce((at: any, step) => at[step], read),
            edit.value,
          ),
        ).toBe(true);
        const { [edit.path[0]!]: _, ...others } = read;
        const { [edit.path[0]!]: __, ...before } = md.parse(old);
        expect(others).toEqual(before);
        expect(md.edit(out, [edit])).toBe(out);
      }
    });
    fc.assert(property, { numRuns: 2 * numRuns });
  });
});

describe("locate", () => {
  it("gives key and value, and the body", () => {
    const text = "\uFEFF---\n# c\na: 1 # d\nb:\n  - x\n\n---\n\nbody\n\n";
    const at = (path: Path): string | undefined => {
      const range = md.locate(text, path);
      return range && text.slice(...range);
    };
    expect(at(["a"])).toBe("a: 1 # d");
    expect(at(["b"])).toBe("b:\n  - x");
    expect(at(["b", 0])).toBe("b:\n  - x");
    expect(at(["body"])).toBe("body");
    for (const path of [["c"], []]) expect(at(path)).toBeUndefined();
    expect(md.locate("---\na: 1\n---\n", ["body"])).toBeUndefined();
  });
});

describe("headFault", () => {
  it("finds nothing in good heads and in none", () => {
    for (const text of ["", "text", "---\n---\n", "---\na: 1\n---\n", "---\na: *.ts\n---\n"])
      expect(headFault(text, yamlOrLine)).toBeUndefined();
    expect(headFault("---\na: *.ts\n---\n", claudeRule)).toBeUndefined();
    expect(headFault("---\na: *.ts\n  - b\n---\n", bareLine)).toBeUndefined();
  });

  it.each([
    ["never closed", "\uFEFF---\na: 1\n", 1],
    ["stands twice", "---\na: 1\nb: 2\na: 3\n---\n", 14],
    ["whole head is ignored", "---\na: 1\nb: *.ts\nc: 2\n---\n", 9],
    ["whole head is ignored", "---\nstray\nb: 1\n---\n", 4],
    ["hidden", "---\na: 1\nbody: x\n---\n", 9],
  ])("%s", (reason, text, at) => {
    expect(headFault(text, yaml)).toMatchObject({ at, reason: expect.stringContaining(reason) });
  });
});

const changedFrom = (value: unknown): unknown => {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string")
    return /^(?:true|false)$/.test(value) ? String(value !== "true") : `${value} x: y`;
  if (Array.isArray(value)) return [...value, "**/*.new"];
  return value === null ? "now" : { ...(value as object), added: "x" };
};

/** Whether every line of `text` outside of `[start, end)` still stands in `out`, in order and alone. */
const changesOnly = (text: string, out: string, [start, end]: [number, number]): boolean =>
  out.startsWith(text.slice(0, start)) && out.endsWith(text.slice(text.indexOf("\n", end)));

describe.skipIf(corpusFiles.length === 0)(`corpus (${NO_CORPUS})`, () => {
  it("gives every file back as it was when nothing changes", () => {
    let files = 0;
    for (const { path, text } of corpusFiles) {
      const format = markdown(dialectOf(path));
      for (const [name, variant] of Object.entries(variants(text))) {
        const data = format.parse(variant);
        const edits = Object.entries(data).map(([key, value]) => set([key], value));
        expect(format.edit(variant, []), `${path}, ${name}`).toBe(variant);
        expect(format.edit(variant, edits), `${path}, ${name}`).toBe(variant);
      }
      files++;
    }
    console.log(`markdown: ${files} files byte-identical after setting every key to itself, in 4 layouts`);
  });

  it("reads every value of every head", () => {
    let [heads, keys] = [0, 0];
    for (const { path, text } of corpusFiles) {
      const { body: _, ...head } = markdown(dialectOf(path)).parse(text);
      for (const [key, value] of Object.entries(head)) expect(isUnread(value), `${path}: ${key}`).toBe(false);
      expect(headFault(text, dialectOf(path)), path).toBeUndefined();
      keys += Object.keys(head).length;
      if (Object.keys(head).length > 0) heads++;
    }
    console.log(`markdown: ${heads} heads, ${keys} values read without loss`);
  });

  it("changes only a key's own lines", () => {
    const counts: Record<string, number> = {};
    for (const { path, text } of corpusFiles)
      for (const [name, variant] of Object.entries(variants(text))) {
        const format = markdown(dialectOf(path));
        const { body: _, ...head } = format.parse(variant);
        for (const [key, value] of Object.entries(head)) {
          const edit = set([key], changedFrom(value));
          const out = format.edit(variant, [edit]);
          const where = `${path}, ${name}: ${key}`;
          expect(same(format.parse(out), { ...format.parse(variant), [key]: edit.value }), where).toBe(true);
          expect(changesOnly(variant, out, format.locate(variant, [key])!), where).toBe(true);
          counts[name] = (counts[name] ?? 0) + 1;
        }
      }
    console.log("markdown: one-key edits that change only their lines and read back", counts);
    expect(counts["CRLF"]).toBe(counts["as it is"]);
  });

  it("changes a body without touching the head, and puts it back", () => {
    let edits = 0;
    for (const { path, text } of corpusFiles)
      for (const [name, variant] of Object.entries(variants(text))) {
        const format = markdown(dialectOf(path));
        const { body } = format.parse(variant);
        const out = format.edit(variant, [set(["body"], `${body}\n\nmore`)]);
        const cut = variant.length - (/\r?\n$/.exec(variant)?.[0].length ?? 0);
        expect(out.startsWith(variant.slice(0, cut)), `${path}, ${name}`).toBe(true);
        expect(format.edit(out, [set(["body"], body)]), `${path}, ${name}`).toBe(variant);
        edits++;
      }
    console.log(`markdown: ${edits} bodies changed and put back to the same bytes`);
  });
});
