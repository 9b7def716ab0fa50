import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { newRepo, type Repo, repoAt, withVariables } from "./staged-repo.ts";

/** A spec in short: what each rule says, what the server runs; 0: there is none. */
interface Small {
  a: number;
  b: number;
  server: number;
}
const small: fc.Arbitrary<Small> = fc.record({
  a: fc.nat(2),
  b: fc.nat(2),
  server: fc.nat(2),
});
const outputs = ["AGENTS.md", "CLAUDE.md", ".mcp.json", "portable.lock", ".gitattributes"];
const parts = { rules: [".portable"], yaml: ["portable.yaml"], outputs };
/** Each step changes the spec, and may build it and stage parts of it. */
const step = fc.record({
  spec: small,
  builds: fc.boolean(),
  stages: fc.subarray(["rules", "yaml", "outputs"] as const),
  /** As a commit would do. */
  ends: fc.boolean(),
});

const write = (repo: Repo, { a, b, server }: Small): void => {
  const own = server ? `mcpServers:\n  db:\n    command: db-${server}\n` : "";
  repo.put("portable.yaml", `portable: 1\ntargets: [claude, agents]\n${own}`);
  repo.put(".portable/rules/keep.md", "Keep.\n");
  for (const [name, n] of Object.entries({ a, b })) {
    const path = `.portable/rules/${name}.md`;
    if (n) repo.put(path, `${name} ${n}.\n`);
    else rmSync(join(repo.root, path), { force: true });
  }
};
const textOf = (repo: Repo, path: string): string => (repo.has(path) ? repo.get(path) : "-");
const inputs = (repo: Repo): string[] =>
  ["portable.yaml", ".portable/rules/a.md", ".portable/rules/b.md", "notes.txt"].map((p) => textOf(repo, p));

const staged = async (repo: Repo): Promise<void> => {
  const done = await withVariables({}, () => repo.run("build", "--staged"));
  expect(done).toMatchObject({ status: 0 });
};

/** What a commit would hold, in a folder of its own. */
const checkedOut = (repo: Repo, to: string): Repo => {
  mkdirSync(to);
  repo.git("checkout-index", "--all", `--prefix=${to}/`);
  return repoAt(to);
};

test("without edits by hand it never refuses, and what it stages is what a build of it would give", async () => {
  await fc.assert(
    fc.asyncProperty(small, fc.array(step, { minLength: 1, maxLength: 3 }), async (first, steps) => {
      const repo = newRepo();
      try {
        write(repo, first);
        await repo.run("build");
        repo.commit();
        repo.put("notes.txt", "mine\n");
        for (const { spec, builds, stages, ends } of steps) {
          write(repo, spec);
          if (builds) await repo.run("build");
          const known = new Set(repo.entries().map((e) => e.slice(7)));
          const paths = stages.flatMap((s) => parts[s]).filter((p) => repo.has(p) || known.has(p));
          if (paths.length) repo.git("add", "-A", ...paths);
          if (ends) await staged(repo);
        }
        const before = inputs(repo);
        const stood = outputs.map((p) => textOf(repo, p));
        await staged(repo);
        expect(inputs(repo)).toEqual(before);
        for (const [i, path] of outputs.entries()) {
          const content = repo.entries().includes(`100644 ${path}`) ? repo.staged(path) : "-";
          expect([stood[i], content]).toContain(textOf(repo, path));
        }
        const copy = checkedOut(repo, join(repo.outer, "copy"));
        expect(await copy.run("build")).toMatchObject({ said: expect.stringContaining("nothing to do") });
        expect(await repo.run("build")).toMatchObject({ status: 0 });
        expect(await repo.run("verify")).toMatchObject({ status: 0 });
      } finally {
        repo.remove();
      }
    }),
    { numRuns: Number(process.env["LAWS"] ?? 10) },
  );
});
