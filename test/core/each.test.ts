import { describe, expect, test } from "vitest";
import { text } from "../../src/core/codec.ts";
import { drop, key, maybe } from "../../src/core/shape.ts";
import type { Agent } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { yamlOrLine } from "../../src/formats/dialects.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { files, next, place, withFiles } from "./worlds.ts";

const shape = {
  description: maybe("description", text),
  model: maybe("model", text),
  tools: drop("no tools"),
  body: key("body", text),
};
const flat = place<"agent">("agent", each<Agent>(".x/{name}.md", markdown(yamlOrLine), shape));
const deep = place<"agent">(
  "agent",
  each<Agent>(".x/{name}.md", markdown(yamlOrLine), shape, { deep: true, nameKey: "name" }),
);
const agent = (name: string, body: string, more: Partial<Agent> = {}): Agent => ({ name, body, ...more });

describe("a file for each item", () => {
  test("comes, changes by its lines only, and goes", () => {
    const one = next(
      flat.build(emptyWorld(), [agent("a", "Hi.", { description: "x: y" }), agent("b", "Ho.")]),
    );
    expect(files(one)).toEqual({ ".x/a.md": '---\ndescription: "x: y"\n---\n\nHi.\n', ".x/b.md": "Ho.\n" });
    const two = next(flat.build(one, [agent("a", "Hi!", { description: "x: y" })]));
    expect(files(two)).toEqual({ ".x/a.md": '---\ndescription: "x: y"\n---\n\nHi!\n' });
    expect(files(next(flat.build(two, [])))).toEqual({});
  });

  test("that nobody touched loses what the spec no longer says: fields and overrides", () => {
    const own = agent("a", "Hi.", { description: "d", overrides: { claude: { color: "red", "x.y": [1] } } });
    const one = next(flat.build(emptyWorld(), [own]));
    expect(flat.read(one)).toMatchObject([own]);
    expect(files(next(flat.build(one, [agent("a", "Hi.")])))[".x/a.md"]).not.toMatch(
      /color|description|x\.y/,
    );
  });

  test("written by hand keeps its form where it says the same, and is refused where it does not", () => {
    const mine = withFiles({
      ".x/a.md": "\uFEFF---\r\n# why\r\ndescription:   'd'\r\ncolor: red\r\n---\r\nHi.",
    });
    const p = flat.build(mine, [agent("a", "Hi.", { description: "d" })]);
    expect(p).toMatchObject({ changes: [], drifts: [], losses: [] });
    const q = flat.build(mine, [agent("a", "Ho.", { description: "d" })]);
    expect(q.changes).toEqual([]);
    expect(q.losses).toMatchObject([
      { name: "a", field: ["body"], why: ".x/a.md is not ours to change", refused: true },
    ]);
    expect(files(flat.build(mine, [agent("a", "Ho.", { description: "d" })], { force: true }).after)).toEqual(
      {
        ".x/a.md": "\uFEFF---\r\n# why\r\ndescription:   'd'\r\ncolor: red\r\n---\r\nHo.",
      },
    );
  });

  test("that cannot be edited is written anew where it is ours, in its line ends", () => {
    const twice = "---\r\ndescription: a\r\ndescription: b\r\n---\r\nHi.\r\n";
    const p = flat.build(withFiles({ ".x/a.md": twice }), [agent("a", "Hi.", { description: "c" })], {
      force: true,
    });
    expect(files(p.after)).toEqual({ ".x/a.md": '---\r\ndescription: "c"\r\n---\r\n\r\nHi.\r\n' });
  });

  test("whose item can no longer be said goes, with a reason", () => {
    const one = next(flat.build(emptyWorld(), [agent("a", "Hi.")]));
    const p = flat.build(one, [agent("a", "\n\nHi.\n")]);
    expect(files(p.after)).toEqual({});
  });

  test("names are paths only where folders count", () => {
    const world = withFiles({ ".x/a.md": "A\n", ".x/b/c.md": "C\n", ".x/n.txt": "", ".y/z.md": "" });
    expect(flat.read(world).map((a) => a.name)).toEqual(["a"]);
    const named = withFiles({
      ".x/a.md": "---\nname: one\n---\nA\n",
      ".x/b/c.md": "---\nname: b/c\n---\nC\n",
      ".x/d.md": "D\n",
    });
    expect(deep.read(named)).toMatchObject([
      { name: "one", paths: { claude: ".x/a.md" } },
      { name: "b/c", body: "C" },
    ]);
  });

  test("a name with # in it is a path like others", () => {
    const one = next(flat.build(emptyWorld(), [agent("c#", "A"), agent("100%", "B")]));
    expect(files(one)).toEqual({ ".x/c#.md": "A\n", ".x/100%.md": "B\n" });
    expect(flat.build(one, [agent("c#", "A"), agent("100%", "B")])).toMatchObject({
      changes: [],
      drifts: [],
    });
    expect(files(next(flat.build(one, [])))).toEqual({});
  });

  test("an item's own path is written and read, and taken back from anywhere", () => {
    const at = (path: string) => agent("a", "A", { paths: { claude: path } });
    const one = next(deep.build(emptyWorld(), [at("docs/own.md")]));
    expect(files(one)).toEqual({ "docs/own.md": '---\nname: "a"\n---\n\nA\n' });
    expect(deep.build(one, [at("docs/own.md")])).toMatchObject({ changes: [], drifts: [], losses: [] });
    const two = next(deep.build(one, [at(".x/other.md")]));
    expect(Object.keys(files(two))).toEqual([".x/other.md"]);
    expect(Object.keys(files(next(deep.build(two, [agent("a", "A")]))))).toEqual([".x/a.md"]);
    expect(files(next(deep.build(one, [])))).toEqual({});
  });

  test("an item in place is left alone", () => {
    const mine = withFiles({ ".x/a.md": "A\n" });
    const p = flat.build(mine, [agent("a", "Other", { at: ".x/a.md" })]);
    expect(p).toMatchObject({ changes: [], drifts: [], losses: [] });
    expect(p.ledger.size).toBe(0);
  });
});

describe("a path that says more than the name", () => {
  const part = {
    of: (a: Agent) => `${a.model}/${a.name}`,
    item: (p: string) => {
      const [model, name] = p.split("/") as [string, string | undefined];
      return name === undefined ? undefined : { name: `${model}-${name}`, model };
    },
  };
  const moded = place<"agent">(
    "agent",
    each<Agent>(
      ".x/{name}.md",
      markdown(yamlOrLine),
      { ...shape, model: drop("in the path") },
      { deep: true, part },
    ),
  );
  const found = withFiles({ ".x/m/a.md": "Hi.\n", ".x/README.md": "no item" });

  test("is read for its field too; what is no such path is no item", () => {
    expect(moded.read(found)).toEqual([
      { name: "m-a", model: "m", body: "Hi.", paths: { claude: ".x/m/a.md" }, at: ".x/m/a.md" },
    ]);
  });

  test("is written from the field, and reads back by the name that is wanted", () => {
    const p = moded.build(emptyWorld(), [agent("a", "Hi.", { model: "m" })]);
    expect(files(next(p))).toEqual({ ".x/m/a.md": "Hi.\n" });
    expect(p.losses).toEqual([]);
    expect(files(next(moded.build(next(p), [])))).toEqual({});
  });
});
