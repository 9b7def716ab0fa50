import { expect, test } from "vitest";
import { list as listOf, text } from "../../src/core/codec.ts";
import { plan } from "../../src/core/plan.ts";
import { key, maybe } from "../../src/core/shape.ts";
import { type Agent, emptySpec, type Ignore, type Item, type Skill, type Spec } from "../../src/core/spec.ts";
import { emptyWorld, type Surface, type World } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { list } from "../../src/core/surfaces/table.ts";
import { tree } from "../../src/core/surfaces/tree.ts";
import { yamlOrLine } from "../../src/formats/dialects.ts";
import { json } from "../../src/formats/json.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { files, next, place, tool, withFiles } from "./worlds.ts";

const isAgent = (path: string, world: World): boolean => /agent: "?yes/.test(String(world.files.get(path)));
const agents = each<Agent>(
  ".s/{name}/SKILL.md",
  markdown(yamlOrLine),
  [
    {
      description: maybe("description", text),
      model: maybe("model", text),
      tools: maybe("tools", listOf(text)),
      body: key("body", text),
    },
    { agent: "yes" },
  ],
  { deep: true, nameKey: "name", nameless: true, claims: (_, data) => data["agent"] === "yes" },
);
const skills = tree(".s/{name}/", "SKILL.md", isAgent);
const both = tool("claude", { agent: agents, skill: skills });
const build = (world: World, some: Partial<Spec>) =>
  plan({ targets: [both], spec: { ...emptySpec(), ...some }, world });
const names = (surface: Surface<any>, world: World): string[] =>
  (surface.read(world, { target: both.id }) as Item[]).map((i) => i.name);
const agent: Agent = { name: "a", body: "Look." };
const skill: Skill = {
  name: "b",
  files: { "SKILL.md": { content: "---\nname: b\n---\n" }, "x.sh": { content: "x" } },
};

test("two kinds share a folder: each reads, keeps and removes only its own files", () => {
  const one = next(build(emptyWorld(), { agent: [agent], skill: [skill] }));
  expect(Object.keys(files(one)).sort()).toEqual([".s/a/SKILL.md", ".s/b/SKILL.md", ".s/b/x.sh"]);
  expect(names(agents, one)).toEqual(["a"]);
  expect(names(skills, one)).toEqual(["b"]);
  expect(build(one, { agent: [agent], skill: [skill] })).toMatchObject({ changes: [], drifts: [] });
  expect(Object.keys(files(next(build(one, { skill: [skill] }))))).toEqual([".s/b/SKILL.md", ".s/b/x.sh"]);
  expect(Object.keys(files(next(build(one, { agent: [agent] }))))).toEqual([".s/a/SKILL.md"]);
});

test("a wanted skill that looks like the other kind is still a skill, as long as it stands as wanted", () => {
  const odd: Skill = { name: "o", files: { "SKILL.md": { content: "---\nagent: yes\n---\nB\n" } } };
  const p = build(emptyWorld(), { skill: [odd] });
  expect(p.losses).toEqual([]);
  expect(build(next(p), { skill: [odd] }).changes).toEqual([]);
  expect(files(next(build(next(p), {})))).toEqual({});
});

test("a file without the key of the name has its own where the tool says so", () => {
  const world = withFiles({
    ".s/own/SKILL.md": "---\nagent: yes\n---\nB\n",
    ".s/not/SKILL.md": "---\nagent: no\n---\n",
  });
  expect(agents.read(world, { target: both.id })).toMatchObject([{ name: "own", body: "B" }]);
});

const framed = place<"ignore">(
  "ignore",
  list<Ignore>(
    "f.json",
    json,
    ["off", "paths"],
    {},
    { words: true, frame: { version: 2, off: { paths: [], more: [] } } },
  ),
);
test("a new file has what it needs around the rows, and goes with the last of them", () => {
  const one = next(framed.build(emptyWorld(), [{ name: "x" }]));
  expect(JSON.parse(String(files(one)["f.json"]))).toEqual({ version: 2, off: { paths: ["x"], more: [] } });
  expect(framed.build(one, [{ name: "x" }])).toMatchObject({ changes: [], drifts: [] });
  expect(files(next(framed.build(one, [])))).toEqual({});
});
test("someone else's file is given nothing but the rows, and what they added to ours stays", () => {
  const theirs = '{ "off": {} }\n';
  const world = withFiles({ "f.json": theirs });
  const more = next(framed.build(world, [{ name: "x" }]));
  expect(JSON.parse(String(files(more)["f.json"]))).toEqual({ off: { paths: ["x"] } });
  expect(files(next(framed.build(more, [])))).toEqual({ "f.json": theirs });
  const ours = next(framed.build(emptyWorld(), [{ name: "x" }]));
  const edited = {
    ...ours,
    files: new Map([["f.json", String(files(ours)["f.json"]).replace('"version": 2', '"version": 3')]]),
  };
  expect(JSON.parse(String(files(next(framed.build(edited, [])))["f.json"]))).toEqual({
    version: 3,
    off: { more: [] },
  });
});
