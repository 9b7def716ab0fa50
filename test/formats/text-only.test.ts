import { describe, expect, test } from "vitest";
import { Mismatch } from "../../src/core/data.ts";
import { bareLine, bareYaml, cursorLine } from "../../src/formats/dialects.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { holdsOwn, textOnly } from "../../src/formats/text-only.ts";

describe("heads that hold text only", () => {
  const format = textOnly(markdown(bareLine), ["name"]);
  const text = "---\nname: true\nreadonly: true\nprio: 2\nnote: x\n---\n\nB\n";
  test("own keys read as JSON would, named ones as text", () =>
    expect(format.parse(text)).toEqual({ name: "true", readonly: true, prio: 2, note: "x", body: "B" }));
  test("and are written back so; nothing else changes", () => {
    const edits = [
      { path: ["readonly"], value: false },
      { path: ["prio"], value: 2.5 },
    ];
    expect(format.edit(text, edits)).toBe(
      text.replace("readonly: true", "readonly: false").replace("prio: 2", "prio: 2.5"),
    );
    expect(format.edit(text, [{ path: ["readonly"], value: true }])).toBe(text);
  });
  test("an own value that no line holds is left out, and goes where an older one stood; a named one is refused", () => {
    expect(format.edit(text, [{ path: ["note"], value: { a: 1 } }])).toBe(text.replace("note: x\n", ""));
    expect(
      format.edit(undefined, [
        { path: ["note"], value: "2" },
        { path: ["body"], value: "B" },
      ]),
    ).toBe("B\n");
    expect(() => format.edit(text, [{ path: ["name"], value: "a\nb" }])).toThrow(Mismatch);
  });
  test("what a head can hold is told beforehand", () => {
    const can = (value: unknown, of = format) => holdsOwn(of, "x", value);
    expect([true, 2, -0.5, "a b", '"q"'].map((v) => can(v))).toEqual([true, true, true, true, true]);
    expect(["true", "2", "a\nb", " a", null, [], ["a"], { a: 1 }].map((v) => can(v))).toEqual(
      Array(8).fill(false),
    );
    const lists = textOnly(markdown(cursorLine), []);
    expect([["a"], ["a", "b c"], [1], []].map((v) => can(v, lists))).toEqual([true, true, false, false]);
  });
});

describe("YAML with bare text", () => {
  const source = (value: unknown, prior?: string) => bareYaml.write(value, prior);
  test("wherever it reads back", () => {
    for (const text of ["reviewer", "Read, Grep", "Reviews a change", "Bash(git add:*), Read", "it's"]) {
      expect(source(text)).toBe(` ${text}\n`);
      expect(bareYaml.read(source(text))).toBe(text);
    }
    for (const text of ["a: b", "a # b", "- x", "*", "true", "yes", "12", "", " x", "[x]", "x\ny", '"q"'])
      expect([source(text)[1], bareYaml.read(source(text))]).toEqual(['"', text]);
  });
  test("in the style of what stands there, and lists as blocks", () => {
    expect(source("b", ' "a"\n')).toBe(' "b"\n');
    expect(source(["a"])).toBe('\n  - "a"\n');
  });
});
