import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newRepo } from "../test/commands/staged-repo.ts";
import { type Packed, pack } from "../test/packed.ts";
import { example, programsAt, published, said } from "./commits.ts";
import { missing, programs, versionOf } from "./python.ts";

const bin = programs("pre_commit");
const name = `pre-commit ${versionOf("pre_commit", "pre_commit") ?? ""}`.trim();

// the environment that pre-commit makes for the hooks is made once, with npm, from a clone of this repository
describe(name, () => {
  const home = mkdtempSync(join(tmpdir(), "portable-pre-commit-"));
  const hooks = newRepo();
  let packed: Packed;
  let rev = "";
  let path = "";
  beforeAll(async () => {
    if (!bin) return;
    packed = await pack();
    rev = published(hooks);
    const own = { portable: `exec "${process.execPath}" "${packed.cli}" "$@"` };
    path = `${programsAt(join(home, "bin"), own)}:${bin}:${process.env["PATH"]}`;
  }, 60_000);
  afterAll(() => {
    packed?.remove();
    hooks.remove();
    rmSync(home, { recursive: true, force: true });
  });

  /** A repository of somebody who writes Python, with a hook of ours. */
  const python = async (hook = "portable-build") => {
    const repo = newRepo();
    const env = {
      PATH: path,
      PRE_COMMIT_HOME: join(home, "store"),
      GIT_AUTHOR_NAME: "x",
      GIT_AUTHOR_EMAIL: "x@example.com",
      GIT_COMMITTER_NAME: "x",
      GIT_COMMITTER_EMAIL: "x@example.com",
    };
    const act = (...argv: string[]) => said(repo, env, ...argv);
    example(repo, ".pre-commit-config.yaml");
    const config = repo
      .get(".pre-commit-config.yaml")
      .replace(/repo: .*/, `repo: ${hooks.root}`)
      .replace(/rev: .*/, `rev: ${rev}`)
      .replace(/id: .*/, `id: ${hook}\n        language_version: system`);
    repo.put(".pre-commit-config.yaml", config);
    repo.put("app.py", "print(1)\n");
    repo.put("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\n");
    repo.put("portable.yaml", "portable: 1\ntargets: [claude, agents]\n");
    repo.put(".portable/rules/a.md", "One.\n");
    repo.put(".portable/rules/b.md", "Two.\n");
    expect(await act("pre-commit", "install")).toMatchObject({ status: 0 });
    repo.git("add", "-A");
    return { ...repo, act, commit: () => act("git", "commit", "-m", "x") };
  };
  const committed = (repo: { git: (...argv: string[]) => string }, file: string): string =>
    repo.git("show", `HEAD:${file}`);

  test("builds its own portable, stops the first commit, lets the second pass", {
    timeout: 300_000,
  }, async (context) => {
    context.skip(!bin, missing);
    const repo = await python();
    try {
      const first = await repo.commit();
      expect(first).toMatchObject({ status: 1, said: expect.stringContaining("hook id: portable-build") });
      expect(first.said).toContain("+ AGENTS.md");
      expect(repo.get("AGENTS.md")).toMatch(/One\.[\s\S]*Two\./);
      repo.git("add", "-A");
      expect(await repo.commit()).toMatchObject({ status: 0 });
      expect(committed(repo, "AGENTS.md")).toMatch(/One\.[\s\S]*Two\./);
      expect(repo.status()).toEqual([]);
    } finally {
      repo.remove();
    }
  });

  test("half of the spec is staged and nothing built: its outputs alone are written and committed", {
    timeout: 300_000,
  }, async (context) => {
    context.skip(!bin, missing);
    const repo = await python();
    try {
      await repo.commit();
      repo.git("add", "-A");
      await repo.commit();
      repo.put(".portable/rules/a.md", "First.\n");
      repo.put(".portable/rules/b.md", "Second.\n");
      repo.git("add", ".portable/rules/a.md");
      const stopped = await repo.commit();
      expect(stopped).toMatchObject({ status: 1, said: expect.stringContaining("~ AGENTS.md") });
      expect(stopped.said).not.toContain("Rolling back");
      expect(repo.get(".portable/rules/b.md")).toBe("Second.\n");
      expect(repo.get("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
      repo.git("add", "AGENTS.md", "portable.lock");
      expect(await repo.commit()).toMatchObject({ status: 0 });
      expect(committed(repo, "AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
      expect(repo.status()).toEqual([" M .portable/rules/b.md"]);
    } finally {
      repo.remove();
    }
  });

  test("half of the spec is staged and all built: build --staged by hand, then the commit passes", {
    timeout: 300_000,
  }, async (context) => {
    context.skip(!bin, missing);
    const repo = await python();
    try {
      await repo.commit();
      repo.git("add", "-A");
      await repo.commit();
      repo.put(".portable/rules/a.md", "First.\n");
      repo.put(".portable/rules/b.md", "Second.\n");
      await repo.act("portable", "build");
      const built = repo.get("AGENTS.md");
      repo.git("add", ".portable/rules/a.md");
      const stopped = await repo.commit();
      expect(stopped).toMatchObject({ status: 1, said: expect.stringContaining("Rolling back fixes") });
      expect(repo.get("AGENTS.md")).toBe(built);
      expect(repo.get(".portable/rules/b.md")).toBe("Second.\n");
      expect(await repo.act("portable", "build", "--staged")).toMatchObject({ status: 0 });
      expect(await repo.commit()).toMatchObject({ status: 0 });
      expect(committed(repo, "AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
      expect(repo.get("AGENTS.md")).toBe(built);
      expect(repo.get(".portable/rules/b.md")).toBe("Second.\n");
    } finally {
      repo.remove();
    }
  });

  test("build --staged refuses to be one of its hooks, which would lose what is not staged", {
    timeout: 300_000,
  }, async (context) => {
    context.skip(!bin, missing);
    const repo = await python();
    try {
      const local = { id: "own", name: "own", language: "system", entry: "portable build --staged" };
      const config = {
        repos: [{ repo: "local", hooks: [{ ...local, always_run: true, pass_filenames: false }] }],
      };
      repo.put(".pre-commit-config.yaml", JSON.stringify(config));
      await repo.act("portable", "build");
      repo.git("add", "-A");
      repo.git("commit", "-qm", "x", "--no-verify");
      repo.put(".portable/rules/a.md", "First.\n");
      repo.put(".portable/rules/b.md", "Second.\n");
      await repo.act("portable", "build");
      repo.git("add", ".portable/rules/a.md");
      expect(await repo.commit()).toMatchObject({ status: 1, said: expect.stringContaining("--exit-code") });
      expect(repo.get(".portable/rules/b.md")).toBe("Second.\n");
      expect(repo.status()).toEqual([
        "M  .portable/rules/a.md",
        " M .portable/rules/b.md",
        " M AGENTS.md",
        " M portable.lock",
      ]);
    } finally {
      repo.remove();
    }
  });

  test("the hook that only looks", { timeout: 300_000 }, async (context) => {
    context.skip(!bin, missing);
    const repo = await python("portable-verify");
    try {
      const stopped = await repo.commit();
      expect(stopped).toMatchObject({ status: 1, said: expect.stringContaining("drift/missing") });
      expect(repo.has("AGENTS.md")).toBe(false);
      await repo.act("portable", "build");
      repo.git("add", "-A");
      expect(await repo.commit()).toMatchObject({ status: 0 });
    } finally {
      repo.remove();
    }
  });
});
