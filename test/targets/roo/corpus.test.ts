import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { kinds, type Spec } from "../../../src/core/spec.ts";
import { read, written } from "./read.ts";

const root = "../shared/corpus";
const absent = `no corpus at ${root}`;

/** The files of one repository that Roo Code looks at, by path. */
const filesOf = (repository: string): Record<string, string> => {
  const at = join(root, repository);
  const below = existsSync(join(at, ".roo"))
    ? readdirSync(join(at, ".roo"), { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => relative(at, join(e.parentPath, e.name)))
    : [];
  const paths = [...below, ".roomodes", ".rooignore", "AGENTS.md"].filter((p) => existsSync(join(at, p)));
  return Object.fromEntries(paths.map((p) => [p, readFileSync(join(at, p), "utf8")]));
};

test("real files: what is imported is built as it stands, and from nothing reads the same", (context) => {
  context.skip(!existsSync(root), absent);
  const repositories = readdirSync(root).filter((r) => existsSync(join(root, r, ".roomodes")));
  expect(repositories.length).toBeGreaterThan(0);
  const counts: Record<string, number> = {};
  for (const repository of repositories) {
    const files = filesOf(repository);
    const { spec } = read(files);
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + spec[kind].length;
    const bare = Object.fromEntries(
      kinds.map((k) => [
        k,
        (spec[k] as { at?: string }[]).map(({ at, ...i }) => (at === "AGENTS.md" ? { ...i, at } : i)),
      ]),
    ) as unknown as Spec;
    expect(written(bare, files).files, repository).toEqual({});
    const { "AGENTS.md": page, ...others } = files;
    const alone = written(bare, page === undefined ? {} : { "AGENTS.md": page });
    const again = read(Object.fromEntries([...alone.after.files].map(([p, c]) => [p, String(c)])));
    for (const kind of kinds)
      expect(new Set(again.spec[kind]), `${repository} ${kind}`).toEqual(new Set(spec[kind]));
    expect(Object.keys(others).length).toBeGreaterThan(0);
  }
  expect(counts).toMatchObject({ rule: expect.any(Number), agent: 7, command: 2, skill: 2 });
});
