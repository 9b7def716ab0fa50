import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plant, treeOf } from "../disk/trees.ts";
import { inRepository, portable } from "../spec/run.ts";

const run = async (root: string, status: number, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, said.out + said.err).toBe(status);
  return said.out + said.err;
};
const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");
const change = (root: string, path: string, from: string, to: string): void =>
  writeFileSync(join(root, path), read(root, path).replace(from, to));
const head = '---\nglobs: ["web/**"]\n---\n';
const docs = { "docs/guide.md": "Guide.\n", "docs/a b.md": "Blank.\n", "README.md": "Read.\n" };
const spec = { "portable.yaml": "portable: 1\ntargets: [claude, cursor]\n", ...docs };

test("an import of the spec counts from the root, in a rule's file from that file's folder", () =>
  inRepository(
    {
      ...spec,
      ".portable/rules/web.md": `${head}See @docs/guide.md and @docs/a\\ b.md, ask @someone, use @scope/pkg.\n`,
      ".portable/rules/lang/go.md": `${head}See @README.md\n`,
    },
    async (root) => {
      await run(root, 0, "build");
      expect(read(root, ".claude/rules/web.md")).toContain(
        "See @../../docs/guide.md and @docs/a\\ b.md, ask @someone, use @scope/pkg.\n",
      );
      expect(read(root, ".claude/rules/lang/go.md")).toContain("See @../../../README.md\n");
      expect(read(root, ".cursor/rules/web.mdc")).toContain("From `docs/guide.md`:\n\nGuide.");
      await run(root, 0, "verify");
      expect(await run(root, 0, "build")).toContain("nothing to do");
    },
  ));

test("on a page, too, and as they are for Claude Code alone", () =>
  inRepository(
    {
      ...docs,
      "portable.yaml": "portable: 1\ntargets: [claude]\n",
      ".portable/rules/all.md": "See @README.md\n",
    },
    async (root) => {
      await run(root, 0, "build");
      expect(read(root, "CLAUDE.md")).toBe("See @README.md\n");
    },
  ));

test("an edit beside it, and a new one, come back as the spec says them", () =>
  inRepository({ ...spec, ".portable/rules/web.md": `${head}See @docs/guide.md now.\n` }, async (root) => {
    await run(root, 0, "build");
    change(root, ".claude/rules/web.md", "now.", "now and @./../../README.md too.");
    await run(root, 0, "import", ".claude/rules/web.md");
    expect(read(root, ".portable/rules/web.md")).toBe(`${head}See @docs/guide.md now and @README.md too.\n`);
    await run(root, 0, "build");
    expect(read(root, ".claude/rules/web.md")).toContain("@./../../README.md too.");
    expect(read(root, ".cursor/rules/web.mdc")).toContain("From `README.md`:\n\nRead.");
    await run(root, 0, "verify");
  }));

test("imported rules name files from the root, and the build gives back every byte", () =>
  inRepository(
    {
      ...docs,
      ".claude/rules/web.md":
        '---\npaths: "web/**"\n---\nSee @../../docs/guide.md and @./../../README.md, not @../../docs/guide.md, or @nobody.\n',
      ".claude/rules/near.md": '---\npaths: "web/**"\n---\nSee @web.md\n',
    },
    async (root) => {
      const before = treeOf(join(root, ".claude"));
      await run(root, 0, "import", "claude");
      expect(read(root, ".portable/rules/web.md")).toContain(
        "See @docs/guide.md and @./../../README.md, not @../../docs/guide.md, or @nobody.",
      );
      expect(read(root, ".portable/rules/near.md")).toContain("See @.claude/rules/web.md\n");
      await run(root, 0, "build");
      expect(treeOf(join(root, ".claude"))).toEqual(before);
    },
  ));

test("a file that is named from the root, where the tool finds none, is told and read as it was meant", () =>
  inRepository(
    { ...docs, ".claude/rules/web.md": '---\npaths: "web/**"\n---\nSee @docs/guide.md here.\n' },
    async (root) => {
      expect(await run(root, 0, "import", "claude")).toMatch(
        /warning \.claude\/rules\/web\.md .*`@docs\/guide\.md` counts from \.claude\/rules.*\[format\/misread\]/,
      );
      await run(root, 0, "build");
      expect(read(root, ".claude/rules/web.md")).toContain("See @../../docs/guide.md here.");
    },
  ));

test("a rule in place keeps its own, and other tools get what it names", () =>
  inRepository(
    {
      ...docs,
      "portable.yaml": "portable: 1\ntargets: [claude, cursor]\nfrom: claude\n",
      ".claude/rules/web.md": '---\npaths: "web/**"\n---\nSee @../../docs/guide.md here.\n',
    },
    async (root) => {
      await run(root, 0, "build");
      expect(read(root, ".claude/rules/web.md")).toContain("See @../../docs/guide.md here.");
      expect(read(root, ".cursor/rules/web.mdc")).toContain("From `docs/guide.md`:\n\nGuide.");
      await run(root, 0, "verify");
    },
  ));

test("in a folder of a monorepo they count from that folder", () =>
  inRepository(
    { ...spec, "pkg/docs/in.md": "In.\n", "pkg/.portable/rules/web.md": `${head}See @docs/in.md here.\n` },
    async (root) => {
      await run(root, 0, "build");
      expect(read(root, "pkg/.claude/rules/web.md")).toContain("See @../../docs/in.md here.");
      plant(root, { "pkg/.portable/rules/web.md": `${head}Look at @docs/in.md here.\n` });
      await run(root, 0, "build");
      await run(root, 0, "verify");
    },
  ));
