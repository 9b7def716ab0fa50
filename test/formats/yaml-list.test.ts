import { describe, expect, test } from "vitest";
import { Mismatch } from "../../src/core/data.ts";
import { yaml11 } from "../../src/formats/yaml.ts";
import { yamlList } from "../../src/formats/yaml-list.ts";

const format = yamlList(yaml11);
const add = (at: number, value: unknown = { name: "n", b: true }) => ({ path: ["list", at], value });
const drop = (at: number) => ({ path: ["list", at], value: undefined });

describe("a document that is one list", () => {
  test.for([
    ["", {}],
    ["# nothing\n", {}],
    ["- a: 1\n", { list: [{ a: 1 }] }],
    ["# top\n---\n- a: yes\n", { list: [{ a: true }] }],
    ["\uFEFF- x\r\n", { list: ["x"] }],
    ["  - x\n", { list: ["x"] }],
    ["[x, {y: 1}]\n", { list: ["x", { y: 1 }] }],
    ["[]\n", { list: [] }],
  ] as const)("%j is read", ([text, data]) => expect(format.parse(text)).toEqual(data));

  test.for(["a: 1\n", "list: [x]\n", "text\n", "- a\nb: 1\n", "- [\n", "- a\n---\n- b\n"])(
    "%j is not",
    (text) => {
      expect(() => format.parse(text)).toThrow(Mismatch);
      expect(() => format.edit(text, [add(0)])).toThrow(Mismatch);
    },
  );

  test("a new one begins in the first column", () => {
    const text = format.edit(undefined, [add(0), add(1, "x")]);
    expect(text).toBe('- name: "n"\n  b: true\n- "x"\n');
  });

  test.for([
    [
      "# top\n---\n- a: 1 # one\n\n- {b: 2}\n# end\n",
      '# top\n---\n- a: 1 # one\n\n- {b: 2}\n- name: "n"\n  b: true\n# end\n',
    ],
    ["- a\r\n", '- a\r\n- name: "n"\r\n  b: true\r\n'],
    ["  - a\n", '  - a\n  - name: "n"\n    b: true\n'],
    ["[a]\n", '[a, { name: "n", b: true }]\n'],
  ] as [string, string][])("%j takes one more and gives it back", ([before, after]) => {
    const at = (format.parse(before)["list"] as unknown[]).length;
    const text = format.edit(before, [add(at)]);
    expect(text).toBe(after);
    expect(format.edit(text, [drop(at)])).toBe(before);
  });

  test("one value changes in its place", () => {
    const text = "- name: a\n  base: x # old\n- name: b\n";
    expect(format.edit(text, [{ path: ["list", 0, "base"], value: "y" }])).toBe(
      '- name: a\n  base: "y" # old\n- name: b\n',
    );
    expect(format.edit(text, [])).toBe(text);
    const [start, end] = format.locate(text, ["list", 0, "base"])!;
    expect(text.slice(start, end)).toBe("base: x");
  });

  test("the last one leaves an empty list, and that can be taken away too", () => {
    const empty = format.edit("- a\n", [drop(0)]);
    expect(format.parse(empty)).toEqual({ list: [] });
    expect(format.parse(format.edit(empty, [{ path: ["list"], value: undefined }]))).toEqual({});
  });

  test("a fault is told where it stands", () => {
    const text = "- a: 1\n- b: [\n";
    try {
      format.parse(text);
      expect.unreachable();
    } catch (e) {
      expect((e as Mismatch).at).toBeGreaterThan(0);
      expect((e as Mismatch).at).toBeLessThanOrEqual(text.length);
    }
  });
});
