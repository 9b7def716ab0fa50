import { execFileSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { committed } from "../../src/disk/git.ts";
import { inRepository, portable, treeHash } from "../spec/run.ts";

const git = (root: string, ...argv: string[]): string =>
  execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...argv], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

const files = {
  "portable.yaml": "portable: 1\ntargets: [claude, agents]\n",
  ".portable/rules/style.md": "Small functions.\n",
};
const seen = async (root: string): Promise<Record<string, unknown>> =>
  JSON.parse((await portable(root, "status", "--json")).out);

describe("what status says of Git", () => {
  test("nothing where there is no Git, or no commit yet", () =>
    inRepository(files, async (root) => {
      await portable(root, "build");
      expect(await seen(root)).not.toHaveProperty("uncommitted");
      git(root, "init", "-q");
      expect(await seen(root)).not.toHaveProperty("uncommitted");
    }));

  test("outputs that the last commit has otherwise, whatever the checkout's line ends", () =>
    inRepository(files, async (root) => {
      git(root, "init", "-q");
      git(root, "add", ".");
      git(root, "commit", "-qm", "spec");
      await portable(root, "build");
      expect(await seen(root)).toMatchObject({
        uncommitted: [".gitattributes", "AGENTS.md", "CLAUDE.md", "portable.lock"],
        next: "git status",
      });
      git(root, "add", ".");
      git(root, "commit", "-qm", "outputs");
      writeFileSync(join(root, "AGENTS.md"), "Small functions.\r\n");
      const clean = await seen(root);
      expect(clean).toMatchObject({ uncommitted: [], drift: {} });
      expect(clean).not.toHaveProperty("next");
      appendFileSync(join(root, ".portable/rules/style.md"), "No globals.\n");
      await portable(root, "build");
      expect(await seen(root)).toMatchObject({
        uncommitted: expect.arrayContaining([".portable/rules/style.md", "AGENTS.md"]),
      });
    }));

  test("in a folder of the work tree, paths are those of the folder", () =>
    inRepository({ "app/x.md": "x\n", "app/a b.md": "y\n", "x.md": "other\n" }, async (root) => {
      git(root, "init", "-q");
      git(root, "add", ".");
      git(root, "commit", "-qm", "x");
      const found = committed(join(root, "app"), ["x.md", "a b.md", "none.md", "odd\nname.md"]);
      expect([...found!.keys()].sort()).toEqual(["a b.md", "x.md"]);
      expect(found!.get("x.md")).toBe(git(root, "rev-parse", "HEAD:app/x.md").trim());
    }));

  test("no program that the repository names is started", () =>
    inRepository(files, async (root) => {
      await portable(root, "build");
      git(root, "init", "-q");
      git(root, "add", ".");
      git(root, "commit", "-qm", "x");
      const mark = join(root, "ran");
      for (const key of ["core.fsmonitor", "filter.x.clean", "filter.x.smudge", "diff.x.textconv"])
        git(root, "config", key, `touch ${mark} #`);
      writeFileSync(join(root, ".gitattributes"), "* filter=x diff=x\n");
      appendFileSync(join(root, "AGENTS.md"), "edited\n");
      const before = treeHash(root);
      expect(await seen(root)).toMatchObject({ uncommitted: [".gitattributes", "AGENTS.md"] });
      expect(treeHash(root), "status wrote").toBe(before);
    }));
});

test("of 500 rules status tells on one screen", () =>
  inRepository(
    Object.fromEntries([
      ["portable.yaml", "portable: 1\ntargets: [claude]\n"],
      ...Array.from({ length: 500 }, (_, i) => [
        `.portable/rules/r${i}.md`,
        `---\nglobs: ["src/${i}/**"]\n---\nRule ${i}.\n`,
      ]),
    ]),
    async (root) => {
      await portable(root, "build");
      const { out, status } = await portable(root, "status");
      expect(status).toBe(0);
      expect(out).toContain("500 rules");
      expect(out.split("\n").length).toBeLessThan(24);
    },
  ));
