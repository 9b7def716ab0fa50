import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Packed, pack } from "../packed.ts";
import { hook, newRepo, type Repo, repoAt, start } from "./staged-repo.ts";

let packed: Packed;
let repo: ReturnType<typeof newRepo>;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed.remove());
beforeEach(async () => {
  repo = newRepo();
  await start(repo);
  hook(repo, command("build --staged"));
});
afterEach(() => repo.remove());

const command = (words: string): string => `exec "${process.execPath}" "${packed.cli}" ${words}`;
const committed = (path: string, of: Repo = repo): string => of.git("show", `HEAD:${path}`);
/** A new copy of what is committed agrees with itself, and nothing of the outputs is left to stage. */
const agrees = async (of: Repo = repo): Promise<void> => {
  of.git("clone", "-q", ".", "../copy");
  const copy = repoAt(join(of.root, "../copy"));
  expect(await copy.run("build")).toMatchObject({ said: expect.stringContaining("nothing to do") });
  expect(copy.status()).toEqual([]);
};

describe("a hook of Git with build --staged", () => {
  test("git commit: the outputs are in the commit", async () => {
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    repo.git("commit", "-qm", "x");
    expect(committed("AGENTS.md")).toContain("First.");
    expect(repo.status()).toEqual([]);
    await agrees();
  });

  test("git commit -a: also what was not staged", async () => {
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/rules/new.md", "New.\n");
    repo.git("commit", "-qam", "x");
    expect(committed("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    expect(committed("AGENTS.md")).not.toContain("New.");
    expect(repo.status()).toEqual(["?? .portable/rules/new.md"]);
    await agrees();
  });

  test("git commit PATH: that path's outputs, and the index to come has them too", async () => {
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/rules/b.md", "Second.\n");
    repo.put("notes.txt", "mine\n");
    repo.git("add", ".portable/rules/b.md", "notes.txt");
    repo.git("commit", "-qm", "x", ".portable/rules/a.md");
    expect(committed("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    expect(repo.status()).toEqual(["M  .portable/rules/b.md", "A  notes.txt"]);
    await agrees();
    repo.git("commit", "-qm", "y");
    expect(committed("AGENTS.md")).toMatch(/First\.[\s\S]*Second\./);
    expect(repo.status()).toEqual([]);
  });

  test("git commit PATH: an output that is staged otherwise stays staged", async () => {
    repo.put(".portable/rules/b.md", "Second.\n");
    repo.git("add", ".portable/rules/b.md");
    await repo.run("build");
    repo.git("add", "AGENTS.md", "portable.lock");
    const staged = repo.staged("AGENTS.md");
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("commit", "-qm", "x", ".portable/rules/a.md");
    expect(committed("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    expect(repo.staged("AGENTS.md")).toBe(staged);
    expect(repo.get("AGENTS.md")).toBe(staged);
    await agrees();
  });

  test("git commit from a folder, in a linked working tree", async () => {
    repo.git("worktree", "add", "-q", "../linked");
    const linked = repoAt(join(repo.outer, "linked"));
    linked.put(".portable/rules/a.md", "First.\n");
    linked.git("add", "-A");
    linked.git("-C", ".portable", "commit", "-qm", "x");
    expect(committed("AGENTS.md", linked)).toContain("First.");
    expect(linked.status()).toEqual([]);
    expect(repo.status()).toEqual([]);
    linked.put(".portable/rules/a.md", "Again.\n");
    linked.git("commit", "-qm", "x", ".portable/rules/a.md");
    expect(committed("AGENTS.md", linked)).toContain("Again.");
    expect(linked.status()).toEqual([]);
    await agrees(linked);
  });

  test("a commit in a submodule", async () => {
    const outer = newRepo();
    try {
      outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.root, "sub");
      const sub = repoAt(join(outer.root, "sub"));
      hook(sub, command("build --staged"));
      sub.put(".portable/rules/a.md", "First.\n");
      sub.git("commit", "-qam", "x");
      expect(committed("AGENTS.md", sub)).toContain("First.");
      expect(sub.status()).toEqual([]);
    } finally {
      outer.remove();
    }
  });

  test("git commit --amend, and a merge", async () => {
    repo.git("checkout", "-qb", "other");
    repo.put(".portable/rules/c.md", "Three.\n");
    repo.git("add", "-A");
    repo.git("commit", "-qm", "c");
    repo.git("checkout", "-q", "main");
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("commit", "-qam", "a");
    repo.put(".portable/rules/a.md", "Very first.\n");
    repo.git("commit", "-qa", "--amend", "-m", "a");
    expect(committed("AGENTS.md")).toContain("Very first.");
    try {
      repo.git("merge", "-q", "--no-commit", "other");
    } catch {
      repo.git("checkout", "-q", "--ours", "AGENTS.md", "portable.lock");
      repo.git("add", "-A");
    }
    repo.git("commit", "-qm", "merged");
    expect(committed("AGENTS.md")).toMatch(/Very first\.[\s\S]*Two\.[\s\S]*Three\./);
    expect(repo.git("rev-list", "--parents", "-1", "HEAD").trim().split(" ")).toHaveLength(3);
    expect(repo.status()).toEqual([]);
    await agrees();
  });

  test("the example's husky hook, as husky runs it", () => {
    const own = join(repo.outer, "bin");
    mkdirSync(own);
    writeFileSync(join(own, "portable"), `#!/bin/sh\n${command('"$@"')}\n`);
    chmodSync(join(own, "portable"), 0o755);
    mkdirSync(join(repo.root, ".husky/_"), { recursive: true });
    copyFileSync(
      join(import.meta.dirname, "../../examples/hooks/.husky/pre-commit"),
      join(repo.root, ".husky/pre-commit"),
    );
    // its `_/h` puts node_modules/.bin on the PATH and runs the hook of the same name with `sh -e`
    const shim = `#!/bin/sh\nPATH="${own}:$PATH" exec sh -e .husky/pre-commit "$@"\n`;
    writeFileSync(join(repo.root, ".husky/_/pre-commit"), shim);
    chmodSync(join(repo.root, ".husky/_/pre-commit"), 0o755);
    repo.git("config", "core.hooksPath", ".husky/_");
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", ".portable");
    repo.git("commit", "-qm", "x");
    expect(committed("AGENTS.md")).toContain("First.");
    expect(repo.status()).toEqual(["?? .husky/"]);
  });

  test("a refusal stops the commit and leaves all as it was", () => {
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    repo.put("AGENTS.md", "mine\n");
    const head = repo.git("rev-parse", "HEAD");
    const before = [repo.git("ls-files", "--stage"), repo.status()];
    expect(() => repo.git("commit", "-qm", "x")).toThrow(/drift\/unstaged/);
    expect([repo.git("ls-files", "--stage"), repo.status()]).toEqual(before);
    expect(repo.git("rev-parse", "HEAD")).toBe(head);
    expect(repo.get("AGENTS.md")).toBe("mine\n");
  });
});

test("the hooks for pre-commit say command lines that there are", async () => {
  const file = join(import.meta.dirname, "../../.pre-commit-hooks.yaml");
  const hooks: { id: string; entry: string; language: string }[] = parse(readFileSync(file, "utf8"));
  expect(hooks.map((h) => h.id)).toEqual(["portable-build", "portable-verify"]);
  for (const { entry, language } of hooks) {
    const [program, ...words] = entry.split(" ");
    expect([program, language]).toEqual(["portable", "node"]);
    expect((await repo.run(...words)).status).toBe(0);
    expect((await repo.run(...words, "--no-such-option")).status).toBe(2);
  }
});

describe("a hook of Git that only looks", () => {
  test("verify --staged stops a commit whose outputs are not staged, and no other", async () => {
    hook(repo, command("verify --staged"));
    repo.put(".portable/rules/a.md", "First.\n");
    await repo.run("build");
    repo.git("add", ".portable");
    expect(() => repo.git("commit", "-qm", "x")).toThrow(/portable build --staged/);
    repo.git("add", "-A");
    repo.git("commit", "-qm", "x");
    expect(repo.status()).toEqual([]);
  });

  test("build --exit-code stops the commit once, having written", async () => {
    hook(repo, command("build --exit-code"));
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    expect(() => repo.git("commit", "-qm", "x")).toThrow(/2 files written/);
    expect(repo.get("AGENTS.md")).toContain("First.");
    repo.git("add", "-A");
    repo.git("commit", "-qm", "x");
    expect(repo.status()).toEqual([]);
  });
});
