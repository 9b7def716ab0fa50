import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { main } from "../../src/main.ts";

interface Repository {
  git(...argv: string[]): string;
  write(path: string, text: string): void;
  portable(...argv: string[]): Promise<{ status: number; out: string }>;
}
const repository = (below = ""): Repository => {
  const top = mkdtempSync(join(tmpdir(), "portable-base-"));
  const cwd = join(top, below);
  mkdirSync(cwd, { recursive: true });
  const identity = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  const git = (...argv: string[]): string =>
    execFileSync("git", argv, {
      cwd: top,
      encoding: "utf8",
      env: { ...process.env, ...identity },
      stdio: "pipe",
    });
  git("init", "-q", "-b", "main");
  return {
    git,
    write: (path, text) => {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    },
    portable: async (...argv) => {
      let out = "";
      const to = { cwd, out: (t: string) => void (out += t), err: (t: string) => void (out += t) };
      return { status: await main(argv, to), out };
    },
  };
};
const spec = "portable: 1\ntargets: [claude, aider]\n";
const commitAll = (r: Repository): void => {
  r.git("add", "-A");
  r.git("commit", "-qm", "x");
};

for (const below of ["", "packages/app"])
  test(`what a pull request means for every tool${below && ", of a spec below the top"}`, async () => {
    const r = repository(below);
    r.write("portable.yaml", spec);
    r.write(".portable/rules/style.md", "Small functions.\n");
    await r.portable("build");
    commitAll(r);
    r.write(".portable/rules/style.md", "---\nglobs: src/**\n---\n\nSmall functions.\n");
    await r.portable("build");
    commitAll(r);
    // the files agree with the spec: only the base shows what happened
    expect((await r.portable("diff")).out).toBe("nothing would change\n");
    const { status, out } = await r.portable("diff", "--base", "HEAD~1");
    expect(status).toBe(1);
    expect(out).toContain("rule style\n");
    expect(out).toMatch(/claude, aider +now applies to `src\/\*\*` \(was: applies always\)/);
    expect(out).toMatch(/aider +weaker in apply: /);
    expect(out).toContain("+++ b/.claude/rules/style.md");
    expect(out).toMatch(/\d files changed since HEAD~1\n$/);
    expect((await r.portable("diff", "--base", "HEAD")).out).toBe("nothing changed since HEAD\n");
  });

test("a commit without a spec had nothing; one that is not there is named", async () => {
  const r = repository();
  r.write("README.md", "x\n");
  commitAll(r);
  r.write("portable.yaml", spec);
  r.write(".portable/rules/style.md", "Small functions.\n");
  const { out } = await r.portable("diff", "--base", "main");
  expect(out).toMatch(/claude, aider +is new: applies always/);
  for (const base of ["nope", "--output=x", "HEAD:README.md"]) {
    const wrong = await r.portable("diff", `--base=${base}`);
    expect(wrong.status, base).toBe(2);
    expect(wrong.out).toContain("launch/no-commit");
  }
});
