import { describe, expect, test } from "vitest";
import type { Kind } from "../src/core/spec.ts";
import { surfacesOf, type Target } from "../src/core/target.ts";
import { targetIds, targets } from "../src/targets/index.ts";
import { treeOf } from "./disk/trees.ts";
import { filesWith, holding, keptBy, namedSpec, replaceIn, wordOf } from "./edits.ts";
import { inRepository, portable, type Said } from "./spec/run.ts";

const told = ({ out, err }: Said): string => out + err;
/** A build where losses are beside the point: it may end with 1, never with less than a whole writing. */
const build = async (root: string): Promise<string> => {
  const said = await portable(root, "build");
  expect(said.status, told(said)).toBeLessThan(2);
  return told(said);
};
const drift = async (root: string): Promise<string[]> =>
  [...told(await portable(root, "verify")).matchAll(/\[(drift\/\w+)\]/g)].map((m) => m[1]!);
const specOf = (root: string): unknown =>
  Object.entries(treeOf(root)).filter(([p]) => /^\.portable\/|^portable\.yaml$/.test(p));

type Row = [target: string, kind: Kind, among: string, ids: readonly string[]];
/** Every kind that a target declares a place for, by itself and among all the others: a new target is in the table by being one. */
const rows: Row[] = targets.flatMap((t) =>
  keptBy(t).flatMap((kind): Row[] => [
    [t.id, kind, "alone", [t.id]],
    [t.id, kind, "among all", targetIds],
  ]),
);
const byId = (id: string): Target => targets.find((t) => t.id === id)!;

test("the table has every place of every target", () => {
  const declared = targets.flatMap((t) => surfacesOf(t).map((s) => `${t.id} ${s.kind}`));
  expect(new Set(rows.map(([id, kind]) => `${id} ${kind}`))).toEqual(new Set(declared));
  expect(new Set(rows.map(([id]) => id))).toEqual(new Set(targetIds));
});

describe("an edit of an output, by hand", () => {
  test.each(rows)("%s %s (%s) comes into the spec, and from there to every other tool", (id, kind, _, ids) =>
    inRepository(namedSpec(ids), async (root) => {
      await build(root);
      const word = wordOf(kind, id);
      const said = holding(root, word, "outputs");
      const paths = filesWith(root, byId(id), kind, word);
      expect(paths, `no ${kind} of the spec reaches ${id}`).not.toEqual([]);
      for (const path of paths) replaceIn(root, path, word, "byhand");
      const taken = await portable(root, "import", ...paths);
      expect(taken.status, told(taken)).toBe(0);
      await build(root);
      expect(holding(root, word, "spec")).toEqual([]);
      expect(holding(root, "byhand", "outputs")).toEqual(said);
      expect(holding(root, word, "outputs")).toEqual([]);
      expect(await drift(root)).toEqual([]);
    }),
  );
});

describe("an edit of a model at a server of one's own", () => {
  const word = wordOf("model");
  test.each(["aider", "roo"])("comes back as that server's: %s", (id) =>
    inRepository(namedSpec([id], "local"), async (root) => {
      await build(root);
      const paths = filesWith(root, byId(id), "model", word);
      for (const path of paths) replaceIn(root, path, word, "byhand");
      const taken = await portable(root, "import", ...paths);
      expect(taken.status, told(taken)).toBe(0);
      expect(holding(root, "local/claude-byhand", "spec")).toEqual(["portable.yaml"]);
      await build(root);
      expect(holding(root, "byhand", "outputs")).toEqual(paths);
      expect(await drift(root)).toEqual([]);
    }),
  );
});

/** Kinds whose items are what they say: two edits of one are two items, and both stand. */
const sets: readonly Kind[] = ["permission", "ignore"];
describe("an edit of an output and another one of the spec", () => {
  test.each(rows)("%s %s (%s) are told, and neither is lost", (id, kind, _, ids) =>
    inRepository(namedSpec(ids), async (root) => {
      await build(root);
      const word = wordOf(kind, id);
      const [path] = filesWith(root, byId(id), kind, word);
      for (const own of holding(root, word, "spec")) replaceIn(root, own, word, "inspec");
      replaceIn(root, path!, word, "byhand");
      const taken = await portable(root, "import", path!);
      const [spec, outputs] = [holding(root, "inspec", "spec"), holding(root, "byhand", "outputs")];
      expect(spec, told(taken)).not.toEqual([]);
      expect(outputs, told(taken)).toContain(path);
      if (sets.includes(kind)) {
        expect(taken.status, told(taken)).toBe(0);
        expect(holding(root, "byhand", "spec")).toEqual(["portable.yaml"]);
      } else {
        expect(taken.status, told(taken)).toBe(1);
        expect(told(taken)).toMatch(/inspec.*byhand/s);
      }
      const before = specOf(root);
      await build(root);
      expect(specOf(root)).toEqual(before);
      expect(holding(root, "byhand", "outputs")).toContain(path);
    }),
  );
});
