import { afterAll, describe, expect, test } from "vitest";
import { build } from "../../../src/commands/build.ts";
import { importTools } from "../../../src/commands/import.ts";
import { init } from "../../../src/commands/init.ts";
import { verify } from "../../../src/commands/verify.ts";
import {
  type CorpusFile,
  checkout,
  corpus,
  lineDiff,
  NO_CORPUS,
  removeCheckouts,
  standing,
} from "../../corpus.ts";

/** What Cursor loads of a repository, by the folder that it is opened in. */
const CURSOR =
  /^(.*?)(\.cursor\/(?:rules|skills|agents|commands)\/.*|\.cursor\/(?:mcp|hooks|cli)\.json|\.cursorrules|\.cursorignore)$/;
const projects = new Map<string, CorpusFile[]>();
for (const file of corpus) {
  const [, root, path] = CURSOR.exec(file.path) ?? [];
  if (path === undefined) continue;
  const name = root ? `${file.folder}/${root.slice(0, -1)}` : file.folder;
  projects.set(name, [...(projects.get(name) ?? []), { ...file, path }]);
}
/** A collection of rules, each as a project would have it. */
const collected = corpus.filter((f) => f.kind === "cursor-rule" && !CURSOR.test(f.path));
if (collected.length)
  projects.set(
    "collected",
    collected.map((f) => ({ ...f, path: `.cursor/rules/${f.path.split("/").at(-1)}` })),
  );

afterAll(removeCheckouts);

describe.skipIf(projects.size === 0)(`real files of Cursor (${NO_CORPUS})`, () => {
  const start = ([name, files]: [string, CorpusFile[]]) => ({
    files,
    root: checkout({ name, files, tools: ["cursor"] }),
  });
  const expectUntouched = (root: string, files: readonly CorpusFile[]) => {
    for (const f of files)
      expect(standing(root, f.path), f.path).toBe(Buffer.from(f.text).toString("latin1"));
  };
  const told = (r: { exit: number; text: string }) => ({ exit: r.exit, text: r.text });

  let mended = 0;
  /** What Cursor misreads is mended in its own line; every other byte stays. */
  const expectMended = (root: string, files: readonly CorpusFile[], misread: ReadonlySet<string>) => {
    expectUntouched(
      root,
      files.filter((f) => !misread.has(f.path)),
    );
    for (const f of files.filter((f) => misread.has(f.path))) {
      const { gone, come } = lineDiff(Buffer.from(f.text).toString("latin1"), standing(root, f.path));
      expect([gone.length, come.length], f.path).toEqual([1, 1]);
      expect(gone[0], f.path).toMatch(/^globs: \[/);
      expect(come[0], f.path).toMatch(/^globs: [^[]/);
      mended++;
    }
  };

  test.each([...projects])("import, build, verify: %s", (...entry) => {
    const { root, files } = start(entry as [string, CorpusFile[]]);
    const taken = importTools({ cwd: root }, ["cursor"]);
    const codes = taken.diagnostics.map((d) => d.code);
    expectUntouched(root, files);
    if (codes.includes("import/nothing")) {
      expect(codes).toContain("import/unread");
      return;
    }
    expect(taken.exit, taken.text).toBe(0);
    const misread = taken.diagnostics.flatMap((d) => (d.code === "format/misread" ? [d.place!.file] : []));
    const built = build({ cwd: root });
    expect(built.exit, built.text).toBe(0);
    expectMended(root, files, new Set(misread));
    expect(told(verify({ cwd: root }))).toMatchObject({ exit: 0 });
    expect(build({ cwd: root }).text).toContain("nothing to do");
  });
  test("flow lists of globs, which Cursor reads with their brackets, are what is mended", () =>
    expect(mended).toBe(5));

  test.each([...projects])("in place: %s", (...entry) => {
    const { root, files } = start(entry as [string, CorpusFile[]]);
    const begun = init({ cwd: root, from: "cursor" });
    expect(begun.exit, begun.text).toBe(0);
    const built = build({ cwd: root });
    expect(built.exit, built.text).toBe(0);
    expectUntouched(root, files);
    expect(told(verify({ cwd: root }))).toMatchObject({ exit: 0 });
  });
});
