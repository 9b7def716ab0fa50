import { describe, expect, test } from "vitest";
import { Mismatch } from "../../src/core/data.ts";
import { yamlOrJson as format } from "../../src/formats/yaml-or-json.ts";

const add = [{ path: ["a", 1], value: "y" }];

describe("a file that may be YAML or JSON", () => {
  test.each([
    ["JSON", '{\n  "a": ["x"]\n}\n', '{\n  "a": ["x", "y"]\n}\n'],
    ["JSON behind a byte order mark", '\uFEFF{"a":["x"]}', '\uFEFF{"a":["x","y"]}'],
    ["YAML", "a:\n  - x # one\n", 'a:\n  - x # one\n  - "y"\n'],
    ["a flow map, which begins like JSON", "{a: [x]}\n", '{a: [x, "y"]}\n'],
  ])("%s stays what it is", (_, text, after) => {
    expect(format.parse(text)).toEqual({ a: ["x"] });
    expect(format.edit(text, add)).toBe(after);
  });

  test("a new one is YAML", () => {
    expect(format.edit(undefined, [{ path: ["a"], value: [1] }])).toBe("a:\n  - 1\n");
    expect(format.parse("")).toEqual({});
  });

  test("neither the one nor the other is not read", () => {
    expect(() => format.parse('{\n  "a": [1,\n')).toThrow(Mismatch);
    expect(() => format.edit('{\n  "a": [1,\n', add)).toThrow(Mismatch);
  });

  test("tells where a value stands in both", () => {
    expect(format.locate('{"a": 1}', ["a"])).toEqual([1, 7]);
    expect(format.locate("b: 2\na: 1\n", ["a"])).toEqual([5, 9]);
  });
});
