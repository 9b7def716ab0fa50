import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newRepo, start } from "../test/commands/staged-repo.ts";
import { type Packed, pack } from "../test/packed.ts";
import { example, programsAt, said } from "./commits.ts";
import { missing, programs, versionOf } from "./python.ts";

const bin = programs("lefthook");
const name = `Lefthook ${versionOf("lefthook", "lefthook") ?? ""}`.trim();

describe(name, () => {
  let packed: Packed;
  beforeAll(async () => {
    packed = await pack();
  });
  afterAll(() => packed.remove());

  test("the example's lefthook.yml: half of the spec is staged, built and not", async (context) => {
    context.skip(!bin, missing);
    const repo = newRepo();
    try {
      await start(repo);
      example(repo, "lefthook.yml");
      repo.git("add", "-A");
      repo.git("commit", "-qm", "x");
      const own = { portable: `exec "${process.execPath}" "${packed.cli}" "$@"` };
      const variables = {
        PATH: `${programsAt(join(repo.outer, "bin"), own)}:${bin}:${process.env["PATH"]}`,
        GIT_AUTHOR_NAME: "x",
        GIT_AUTHOR_EMAIL: "x@example.com",
        GIT_COMMITTER_NAME: "x",
        GIT_COMMITTER_EMAIL: "x@example.com",
      };
      const act = (...argv: string[]) => said(repo, variables, ...argv);
      expect(await act("lefthook", "install")).toMatchObject({ status: 0 });
      for (const isBuilt of [false, true]) {
        repo.put(".portable/rules/a.md", `First, ${isBuilt}.\n`);
        repo.put(".portable/rules/b.md", `Second, ${isBuilt}.\n`);
        if (isBuilt) await repo.run("build");
        repo.git("add", ".portable/rules/a.md");
        const page = repo.get("AGENTS.md");
        const done = await act("git", "commit", "-m", "x");
        expect(done).toMatchObject({ status: 0, said: expect.stringContaining("written and staged") });
        expect(repo.git("show", "HEAD:AGENTS.md")).toContain(`First, ${isBuilt}.`);
        expect(repo.git("show", "HEAD:AGENTS.md")).not.toContain(`Second, ${isBuilt}.`);
        expect(repo.get(".portable/rules/b.md")).toBe(`Second, ${isBuilt}.\n`);
        if (isBuilt) expect(repo.get("AGENTS.md")).toBe(page);
        else expect(repo.status()).toEqual([" M .portable/rules/b.md"]);
      }
    } finally {
      repo.remove();
    }
  });
});
