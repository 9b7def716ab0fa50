import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exit } from "../../src/commands/context.ts";
import { init } from "../../src/commands/init.ts";
import { verify } from "../../src/commands/verify.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { audit, survey } from "../../src/findings/audit.ts";
import { useToml } from "../../src/findings/late.ts";
import { toml } from "../../src/formats/toml.ts";
import { lineOf } from "../../src/report/text.ts";
import { type CorpusFile, corpus, NO_CORPUS, plant } from "../corpus.ts";

useToml(toml);

/** Every error on the untouched corpus, as `folder file:line code`, and why it is true. */
const known: Readonly<Record<string, string>> = {};
const MOST = 10;

const folders = new Map<string, CorpusFile[]>();
for (const file of corpus) folders.set(file.folder, [...(folders.get(file.folder) ?? []), file]);

const isSafety = (d: Diagnostic): boolean => !!d.place && /^(?:security|shadow)\//.test(d.code);
const said = (d: Diagnostic, text: string | undefined): string => {
  const line = text === undefined ? 0 : lineOf(text, d.place!.start ?? 0).line;
  return `${d.place!.file}:${line} ${d.code}`;
};

/** What the checks say of every file of a repository, as if all of it were the spec. */
const checked = (files: readonly CorpusFile[]): Diagnostic[] => {
  const texts = new Map(files.flatMap((f) => (f.link === undefined ? [[f.path, f.text]] : [])));
  const tree = { prefix: "", texts, links: new Map<string, string>() };
  return audit(tree, survey(tree), {
    declared: {},
    accepts: [],
    ownerOf: () => "in place",
    isBuilt: () => false,
    toolOf: () => "",
    isExposed: () => false,
  });
};

/** What a first `init` and `verify` say of a repository as it is; undefined: its tools contradict each other. */
const verified = (files: readonly CorpusFile[]): string[] | undefined => {
  const root = mkdtempSync(join(tmpdir(), "portable-corpus-"));
  try {
    plant(files, root);
    execFileSync("git", ["init", "-q", root], { stdio: "ignore" });
    expect(init({ cwd: root }).exit).toBe(exit.clean);
    const { diagnostics, source, exit: code } = verify({ cwd: root });
    if (code === exit.refused) return undefined;
    return diagnostics
      .filter((d) => isSafety(d) && d.level === "error")
      .map((d) => said(d, source(d.place!.file)));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

describe.skipIf(corpus.length === 0)(`safety of real files (${NO_CORPUS})`, () => {
  test("at most ten errors, each of them true", () => {
    const all = [...folders].flatMap(([folder, files]) => {
      const text = (d: Diagnostic): string | undefined => files.find((f) => f.path === d.place!.file)?.text;
      const errors = checked(files).filter((d) => d.level === "error");
      return errors.map((d) => `${folder} ${said(d, text(d))}`);
    });
    expect(all).toEqual(Object.keys(known));
    expect(all.length).toBeLessThanOrEqual(MOST);
    for (const why of Object.values(known)) expect(why).toMatch(/\w+ \w+ \w+/);
  });

  test("warnings are of servers without a version and of pages that hide another", () => {
    const codes = new Map<string, number>();
    for (const files of folders.values())
      for (const { code } of checked(files)) codes.set(code, (codes.get(code) ?? 0) + 1);
    expect([...codes.keys()].sort()).toEqual(["security/unpinned", "shadow/file"]);
  });

  test("a first init and verify have nothing against a real repository", { timeout: 60_000 }, () => {
    const results = [...folders].map(([folder, files]) => ({ folder, errors: verified(files) }));
    expect(results.filter((r) => r.errors?.length)).toEqual([]);
    expect(results.filter((r) => r.errors).length).toBeGreaterThan(15);
  });
});
