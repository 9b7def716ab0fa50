import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { build } from "../src/commands/build.ts";
import type { Result } from "../src/commands/context.ts";
import { importTools } from "../src/commands/import.ts";
import { loadProject } from "../src/commands/project.ts";
import { verify } from "../src/commands/verify.ts";
import { scan } from "../src/formats/markdown-scan.ts";
import { targets } from "../src/targets/index.ts";
import {
  age,
  type CorpusFile,
  type CorpusProject,
  checkout,
  corpus,
  NO_CORPUS,
  removeCheckouts,
  standing,
  totals,
  tree,
  young,
} from "./corpus.ts";

afterAll(removeCheckouts);

/** Tools whose files an import takes as they stand; Aider's gain a line for each page that is a rule. */
const whole = targets.filter((t) => ["agents", "claude", "cursor", "roo"].includes(t.id));
const toolsOf = (files: readonly CorpusFile[]): string[] =>
  whole
    .filter((t) => t.signs.some((s) => files.some((f) => f.path === s || f.path.startsWith(`${s}/`))))
    .map((t) => t.id);
/** The repositories of the corpus with files of two or more of these tools. */
const repositories: CorpusProject[] = [...new Set(corpus.map((f) => f.folder))].flatMap((name) => {
  const files = corpus.filter((f) => f.folder === name);
  const tools = toolsOf(files);
  return tools.length > 1 ? [{ name, files, tools }] : [];
});

const places = (r: Result, code: string): string[] =>
  r.diagnostics.flatMap((d) => (d.code === code ? [d.place!.file] : [])).sort();
const wasOf = (file: CorpusFile): string =>
  file.link === undefined ? readFileSync(file.source, "latin1") : `-> ${file.link}`;
/** Every file has its bytes, but for those of which the import said that their tool misreads them. */
const expectBytes = (project: CorpusProject, root: string, but: readonly string[]): void => {
  for (const file of project.files)
    if (!but.includes(file.path))
      expect(standing(root, file.path), `${project.name}/${file.path}`).toBe(wasOf(file));
};

describe.skipIf(corpus.length === 0)(`repositories with files of several tools (${NO_CORPUS})`, () => {
  const rows: (string | number)[][] = [];
  test("there are some", () => expect(repositories.length).toBeGreaterThan(8));

  test.each(repositories)("$name", (project) => {
    const root = checkout(project);
    const dry = importTools({ cwd: root, "dry-run": true }, project.tools);
    expect(existsSync(join(root, "portable.yaml"))).toBe(false);
    const taken = importTools({ cwd: root }, project.tools);
    expect(taken.diagnostics).toEqual(dry.diagnostics);
    const misread = places(taken, "format/misread");
    expectBytes(project, root, []);
    const different = places(taken, "import/different");
    expect(taken.exit, taken.text).toBe(different.length ? 1 : 0);
    const built = build({ cwd: root });
    expect(built.exit, built.text).toBe(0);
    expectBytes(project, root, misread);
    const checked = verify({ cwd: root });
    expect(checked.exit, checked.text).toBe(0);
    age(root);
    build({ cwd: root });
    expect(young(root)).toEqual([]);
    rows.push([
      project.name,
      project.tools.length,
      project.files.length,
      loadProject(root).folders.reduce((n, f) => n + Object.values(f.spec).flat().length, 0),
      places(taken, "import/merged").length,
      places(taken, "import/near").length,
      different.length,
      misread.length,
    ]);
  });
  afterAll(() => {
    const head = ["repository", "tools", "files", "items", "merged", "near", "different", "misread"];
    if (rows.length) totals("import of several tools, build, verify, build", head, rows);
  });

  const platform = repositories.find((r) => r.name.startsWith("platformplatform+PlatformPlatform@"));
  test("PlatformPlatform: what is one, and where the copies differ", () => {
    const root = checkout(platform!);
    const taken = importTools({ cwd: root }, ["claude", "cursor", "agents"]);
    expect(places(taken, "import/merged")).toEqual([".claude/rules/backend/api-tests.md"]);
    expect(places(taken, "import/near")).toEqual([".cursor/rules/ai-rules/ai-rules.mdc"]);
    expect(
      taken.diagnostics
        .find((d) => d.code === "import/near")
        ?.note?.split("\n")
        .slice(1),
    ).toEqual([
      '-   - ".claude/**"',
      '+   - ".cursor/**"',
      '+ description: "Guidelines for creating and updating AI rules and commands"',
      "-    - Use `[filename](/path/to/file)` syntax to link to other files",
      "+    - Use `[filename](mdc:path/to/file)` syntax to link to other files",
    ]);
    const { rule } = loadProject(root).folders[0]!.spec;
    expect(rule.find((r) => r.name === "backend/api-tests")).toMatchObject({
      description: "Rules for writing backend API tests",
      apply: { on: "globs", globs: ["**/Tests/*.cs"] },
    });
    expect(rule.find((r) => r.name === "backend/backend")?.body).toContain(
      "](.portable/rules/backend/api-tests.md)",
    );
  });

  /** The rule as that repository wrote it for Cursor: another head, links of Cursor's, no blank line after the head. */
  const twin = (text: string): string => {
    const [, paths = "", description = "", body = ""] =
      /^---\npaths: (.*)\ndescription: (.*)\n---\n\n([\s\S]*)$/.exec(text) ?? [];
    let out = body;
    for (const { url, urlAt } of scan(body).links.reverse())
      if (url.startsWith("/.claude/rules/"))
        out = `${out.slice(0, urlAt)}mdc:.cursor/rules/${url.slice(15).replace(/\.md$/, ".mdc")}${out.slice(urlAt + url.length)}`;
    return `---\ndescription: ${description}\nglobs: ${paths}\nalwaysApply: false\n---\n${out}`;
  };
  test("all rules of Claude Code again for Cursor, as PlatformPlatform had them: one set", () => {
    const rules = platform!.files.filter((f) => f.kind === "claude-rule");
    const root = checkout({ ...platform!, files: rules });
    const copies = new Map(
      rules.map((f) => [f.path.replace(".claude/", ".cursor/").replace(/\.md$/, ".mdc"), twin(f.text)]),
    );
    for (const [path, text] of copies) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const before = tree(root);
    const taken = importTools({ cwd: root }, []);
    expect(taken.exit, taken.text).toBe(0);
    // `.editorconfig` is a file at any depth to Claude Code, and that of the root to Cursor
    const apart = (f: CorpusFile): boolean => f.text.includes(".editorconfig\n");
    const paths = (of: CorpusFile[]): string[] => of.map((f) => f.path).sort();
    expect(places(taken, "import/merged")).toEqual(paths(rules.filter((f) => !apart(f))));
    expect(
      places(taken, "import/near").map((p) => p.replace(".cursor", ".claude").replace(".mdc", ".md")),
    ).toEqual(paths(rules.filter(apart)));
    const { rule } = loadProject(root).folders[0]!.spec;
    expect(rule.filter((r) => !r.except && !r.targets).length).toBe(rules.filter((f) => !apart(f)).length);
    expect(rules.filter(apart).length).toBe(2);
    const built = build({ cwd: root });
    expect(built.text?.split("\n").filter((l) => /^[+~-] /.test(l))).toEqual(["+ .gitattributes"]);
    for (const [path, text] of before) expect(standing(root, path), path).toBe(text);
    expect(copies.size).toBeGreaterThan(6);
  });
});
