import { expect, test } from "vitest";
import type { Skill, SkillFile } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { tree } from "../../src/core/surfaces/tree.ts";
import { files, next, place, withFiles } from "./worlds.ts";

const { build, read } = place<"skill">("skill", tree(".s/{name}/", "SKILL.md"));
const skill = (name: string, more: Record<string, SkillFile> = {}): Skill => ({
  name,
  files: { "SKILL.md": { content: "---\nname: x\n---\nDo.\n" }, ...more },
});
const full = skill("a", {
  "bin/run.sh": { content: "#!/bin/sh\n", exec: true },
  "c#/logo.png": { content: new Uint8Array([0, 255, 13, 10]) },
  "empty.txt": { content: "" },
});

test("files come as bytes with their mode, and go", () => {
  const one = next(build(emptyWorld(), [full]));
  expect(read(one)).toEqual([{ ...full, at: ".s/a/" }]);
  expect([...one.exec]).toEqual([".s/a/bin/run.sh"]);
  expect(build(one, [full])).toMatchObject({ changes: [], drifts: [], losses: [] });
  const less = build(one, [skill("a")]);
  expect(Object.keys(files(less.after))).toEqual([".s/a/SKILL.md"]);
  expect(less.after.exec.size).toBe(0);
  expect(files(next(build(one, [])))).toEqual({});
});

test("a mode alone is a change, both ways, also with new text", () => {
  const plain = skill("a", { "run.sh": { content: "x" } });
  const exec = skill("a", { "run.sh": { content: "x", exec: true } });
  const one = next(build(emptyWorld(), [plain]));
  const on = build(one, [exec]);
  expect(on.changes).toEqual([{ path: ".s/a/run.sh", before: "x", after: "x", exec: true }]);
  expect(build(next(on), [plain]).changes).toEqual([
    { path: ".s/a/run.sh", before: "x", after: "x", exec: false },
  ]);
  expect(build(next(on), [skill("a", { "run.sh": { content: "y" } })]).changes).toMatchObject([
    { after: "y", exec: false },
  ]);
  for (const p of [on, build(next(on), [plain])]) expect(p.losses).toEqual([]);
});

test("other line ends are no difference and stay", () => {
  const one = next(build(emptyWorld(), [full]));
  const crlf = {
    ...one,
    files: new Map(
      [...one.files].map(([p, c]) => [p, typeof c === "string" ? c.replaceAll("\n", "\r\n") : c]),
    ),
  };
  expect(build(crlf, [full])).toMatchObject({ changes: [], drifts: [], losses: [] });
  expect(read(crlf)[0]!.files["SKILL.md"]!.content).toContain("\r\n");
});

test("an edited file is left alone with its cause, its neighbours are not", () => {
  const one = next(build(emptyWorld(), [skill("a", { "b.md": { content: "b" } })]));
  const edited = { ...one, files: new Map([...one.files, [".s/a/b.md", "mine"]]) };
  const p = build(edited, [
    {
      ...skill("a", { "b.md": { content: "c" } }),
      files: { "SKILL.md": { content: "new" }, "b.md": { content: "c" } },
    },
  ]);
  expect(files(p.after)).toEqual({ ".s/a/SKILL.md": "new", ".s/a/b.md": "mine" });
  expect(p.losses).toMatchObject([
    { field: ["files", "b.md", "content"], why: ".s/a/b.md is not ours to change" },
  ]);
  expect(files(build(edited, []).after)).toEqual({ ".s/a/b.md": "mine" });
});

test("a file of the user in our folder stays, and is told as a note", () => {
  const one = next(build(emptyWorld(), [skill("a")]));
  const p = build({ ...one, files: new Map([...one.files, [".s/a/notes.txt", "mine"]]) }, [skill("a")]);
  expect(p).toMatchObject({
    changes: [],
    drifts: [],
    losses: [
      { field: ["files", "notes.txt"], level: "note", why: "a file that is not ours stands in its folder" },
    ],
  });
});

test("a folder without the mark is no skill, and is told", () => {
  const told: string[] = [];
  const world = withFiles({ ".s/b/x.md": "x", ".s/top.md": "y" });
  expect(
    tree(".s/{name}/", "SKILL.md").read(world, {
      target: "t",
      unread: (at, why) => void told.push(`${at}: ${why}`),
    }),
  ).toEqual([]);
  expect(told).toEqual([".s/b/: no SKILL.md in this folder"]);
});

test("a skill in place is left alone", () => {
  const mine = withFiles({ ".s/a/SKILL.md": "mine" });
  expect(build(mine, [{ ...skill("a"), at: ".s/a/" }])).toMatchObject({
    changes: [],
    drifts: [],
    losses: [],
  });
});
