import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readLedger } from "../../src/core/ledger.ts";
import { type Planted, plant, treeOf } from "../disk/trees.ts";
import { inRepository, portable } from "../spec/run.ts";

const identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
const git = (root: string, ...argv: string[]): string =>
  execFileSync("git", [...identity, ...argv], { cwd: root, encoding: "utf8", stdio: "pipe" });
/** Merges a branch; tells the files that Git could not merge. */
const merge = (root: string, branch: string): string[] => {
  spawnSync("git", [...identity, "merge", "--no-edit", branch], { cwd: root });
  return git(root, "diff", "--name-only", "--diff-filter=U").split("\n").filter(Boolean);
};
const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");
const run = async (root: string, status: number, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, said.out + said.err).toBe(status);
  return said.out + said.err;
};

type Edit = Record<string, Planted | undefined>;
const base: Record<string, Planted> = {
  "portable.yaml":
    "portable: 1\ntargets: [claude, agents, cursor]\nmcpServers:\n  db:\n    command: db-mcp\n  web:\n    command: web-mcp\n",
  ".portable/rules/style.md": "One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.\n",
  ".portable/rules/web.md": '---\nglobs: ["web/**"]\n---\nWeb.\n',
  ".portable/commands/fix.md": "Fix.\n",
};
/** What a branch does to the spec, built and committed. */
const branch = async (root: string, name: string, edit: Edit): Promise<void> => {
  git(root, "checkout", "-q", "-b", name, "main");
  for (const [path, text] of Object.entries(edit))
    if (text === undefined) rmSync(join(root, path));
    else plant(root, { [path]: text });
  await run(root, 0, "build");
  git(root, "add", "-A");
  git(root, "commit", "-q", "-m", name);
};
/** Two branches that each changed the spec and built; ends on the second. */
const forked = async (
  files: Record<string, Planted>,
  one: Edit,
  two: Edit,
  act: (root: string) => Promise<void>,
): Promise<void> =>
  inRepository(files, async (root) => {
    git(root, "init", "-q", "-b", "main");
    await run(root, 0, "build");
    git(root, "add", "-A");
    git(root, "commit", "-q", "-m", "base");
    await branch(root, "one", one);
    await branch(root, "two", two);
    await act(root);
  });
/** The tree is what a build of the merged spec makes where nothing stands. */
const expectWhole = (root: string): Promise<void> => {
  const tree = treeOf(root);
  const isOwn = (p: string): boolean => /^\.portable\/|^portable\.yaml$/.test(p) && !p.endsWith("/");
  const spec = Object.keys(tree).filter(isOwn);
  return inRepository(Object.fromEntries(spec.map((p) => [p, read(root, p)])), async (fresh) => {
    await run(fresh, 0, "build");
    const files = (t: Record<string, string>) =>
      Object.fromEntries(Object.entries(t).filter(([p]) => !p.endsWith("/") && !p.startsWith(".git/")));
    expect(files(treeOf(root))).toEqual(files(treeOf(fresh)));
  });
};

const style = (from: string, to: string): string =>
  String(base[".portable/rules/style.md"]).replace(from, to);
const servers = (from: string, to: string): string => String(base["portable.yaml"]).replace(from, to);

describe("two branches that changed the spec and built", () => {
  const apart: [what: string, one: Edit, two: Edit][] = [
    [
      "other items",
      { ".portable/rules/web.md": '---\nglobs: ["web/**"]\n---\nThe web.\n' },
      { ".portable/rules/zip.md": `---\nglobs: ["zip/**"]\n---\nZip.\n` },
    ],
    [
      "other lines of one rule, and other servers",
      {
        ".portable/rules/style.md": style("One.", "First."),
        "portable.yaml": servers("db-mcp", "db-mcp-2"),
      },
      {
        ".portable/rules/style.md": style("Five.", "Fifth."),
        "portable.yaml": servers("web-mcp", "web-mcp-2"),
      },
    ],
    [
      "one takes away what stands beside what the other adds",
      { ".portable/commands/fix.md": undefined },
      { ".portable/commands/go.md": "Go.\n", ".portable/rules/web.md": '---\nglobs: ["w/**"]\n---\nWeb.\n' },
    ],
  ];
  test.each(apart)("%s: Git merges the ledger, and the next build settles it", (_, one, two) =>
    forked(base, one, two, async (root) => {
      const torn = merge(root, "one");
      expect(torn).not.toContain("portable.lock");
      for (const path of torn) git(root, "checkout", "--ours", "--", path);
      await run(root, 0, "build");
      await expectWhole(root);
      expect(await run(root, 0, "verify")).not.toContain("[drift/");
    }),
  );

  test("a ledger in conflict: verify says what to do, the next build does it", () => {
    const [, one, two] = apart[1]!;
    return forked(base, one, two, async (root) => {
      plant(root, { ".gitattributes": "" });
      git(root, "commit", "-q", "-a", "-m", "no union");
      const torn = merge(root, "one");
      expect(torn).toContain("portable.lock");
      for (const path of torn.filter((p) => p !== "portable.lock"))
        git(root, "checkout", "--ours", "--", path);
      const said = await run(root, 1, "verify");
      expect(said).toMatch(/\[drift\/(?:ledger|stale)\]\n\s+portable build\n/);
      expect(said).not.toMatch(/\[drift\/(?:edited|conflict|foreign)\]/);
      await run(root, 0, "build");
      await expectWhole(root);
      expect(readLedger(read(root, "portable.lock")).broken).toBe(false);
      await run(root, 0, "verify");
    });
  });

  test.each(["--ours", "--theirs"])(
    "outputs that could not be merged: the markers are told with what to type, and either side will do (%s)",
    (side) =>
      forked(
        base,
        { ".portable/rules/style.md": style("Three.", "Third.") },
        { ".portable/rules/style.md": style("Three.", "Drei.") },
        async (root) => {
          const torn = merge(root, "one");
          expect(torn).toEqual(expect.arrayContaining([".portable/rules/style.md", "AGENTS.md"]));
          const before = treeOf(root);
          expect(await run(root, 2, "build")).toMatch(
            /error {3}\.portable\/rules\/style\.md:5:1 .*both sides of a merge.*\[spec\/merge\]/,
          );
          expect(treeOf(root)).toEqual(before);
          plant(root, { ".portable/rules/style.md": style("Three.", "Third, dritte.") });
          for (const argv of [["verify"], ["build"], ["import", "AGENTS.md"]]) {
            const said = await run(root, 1, ...argv);
            expect(said, argv.join()).toContain("[drift/merge]");
            expect(said).toContain("git checkout --ours -- AGENTS.md");
            expect(read(root, "AGENTS.md")).toContain("<<<<<<<");
            expect(read(root, ".portable/rules/style.md")).toContain("Third, dritte.");
          }
          for (const path of torn.filter((p) => !p.startsWith(".portable") && p !== "portable.lock"))
            git(root, "checkout", side, "--", path);
          await run(root, 0, "build");
          await expectWhole(root);
          await run(root, 0, "verify");
        },
      ),
  );

  test("an edit by hand on one of them is still an edit after the merge", () =>
    forked(
      base,
      { ".portable/rules/web.md": '---\nglobs: ["web/**"]\n---\nThe web.\n' },
      { ".portable/rules/style.md": style("One.", "First.") },
      async (root) => {
        plant(root, { "AGENTS.md": read(root, "AGENTS.md").replace("Two.", "By hand.") });
        git(root, "commit", "-q", "-a", "-m", "by hand");
        merge(root, "one");
        expect(await run(root, 1, "build")).toContain("[drift/edited]");
        expect(read(root, "AGENTS.md")).toContain("By hand.");
        await run(root, 0, "import", "AGENTS.md");
        expect(read(root, ".portable/rules/style.md")).toBe(
          style("One.", "First.").replace("Two.", "By hand."),
        );
        await run(root, 0, "build");
        await expectWhole(root);
      },
    ));
});

test("markers of a merge in an example are text", () =>
  inRepository(
    {
      "portable.yaml": "portable: 1\ntargets: [agents]\n",
      ".portable/rules/git.md": "Never commit\n\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n```\n",
    },
    async (root) => {
      await run(root, 0, "build");
      await run(root, 0, "verify");
    },
  ));
