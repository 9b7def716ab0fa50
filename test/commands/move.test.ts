import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { build } from "../../src/commands/build.ts";
import { importTools } from "../../src/commands/import.ts";
import { verify } from "../../src/commands/verify.ts";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});
const write = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const textOf = (root: string, path: string): string =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";

interface Repository {
  others: string[];
  /** Rules of `.portable/`. */
  own: number;
  eol: string;
  before: "built" | "not built";
  edit: (text: string, eol: string) => string;
}
const line = (n: number): string => `Own line ${n} of the page.`;
const repositories: fc.Arbitrary<Repository> = fc.record({
  others: fc.subarray(["agents", "cursor", "roo", "aider"]),
  own: fc.nat(2),
  eol: fc.constantFrom("\n", "\r\n"),
  before: fc.constantFrom("built", "not built"),
  edit: fc.constantFrom(
    (text: string): string => text,
    (text: string, eol: string): string => `${text}${eol}${line(3)}${eol}`,
    (text: string, eol: string): string => `${line(3)}${eol}${eol}${text}`,
  ),
});

/** What each tool loads of the pages, as one text. */
const loaded = (root: string, others: readonly string[]): [string, string][] => {
  const [agents, claude] = [textOf(root, "AGENTS.md"), textOf(root, "CLAUDE.md")];
  const listed = textOf(root, ".aider.conf.yml");
  const aider = ["AGENTS.md", "CONVENTIONS.md"].filter((p) => listed.includes(p)).map((p) => textOf(root, p));
  const all: [string, string][] = [
    ["claude", /^@AGENTS\.md\r?$/m.test(claude) ? claude + agents : claude],
    ["agents", agents],
    ["cursor", agents + claude],
    ["aider", aider.join("")],
  ];
  return all.filter(([id]) => id === "claude" || others.includes(id));
};

test("after a move and a build no tool gets a rule twice, and each gets every one", () => {
  fc.assert(
    fc.property(repositories, ({ others, own, eol, before, edit }) => {
      const root = mkdtempSync(join(tmpdir(), "portable-move-"));
      roots.push(root);
      write(
        root,
        "portable.yaml",
        `portable: 1\ntargets: [${["claude", ...others].join(", ")}]\nfrom: claude\n`,
      );
      const page = [line(1), "", line(2), ""].join(eol);
      write(root, "CLAUDE.md", page);
      for (let n = 0; n < own; n++) write(root, `.portable/rules/own-${n}.md`, `Rule ${n} of the spec.\n`);
      if (before === "built") build({ cwd: root });
      write(root, "CLAUDE.md", edit(textOf(root, "CLAUDE.md"), eol));
      const moved = importTools({ cwd: root, move: true }, ["claude"]);
      expect(moved.exit, moved.text).toBe(0);
      const built = build({ cwd: root });
      expect(built.exit, built.text).toBe(0);
      const lines = [1, 2, ...(edit(page, eol).includes(line(3)) ? [3] : [])].map(line);
      const rules = Array.from({ length: own }, (_, n) => `Rule ${n} of the spec.`);
      for (const [id, text] of loaded(root, others))
        for (const said of [...lines, ...rules])
          expect(text.split(said).length - 1, `${id} gets "${said}"\n${text}`).toBe(1);
      expect(verify({ cwd: root }).exit, verify({ cwd: root }).text).toBe(0);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("a rule's file with the name of a page is no page of its folder", () => {
  const root = mkdtempSync(join(tmpdir(), "portable-move-"));
  roots.push(root);
  write(root, "portable.yaml", "portable: 1\ntargets: [claude, roo]\nfrom: claude\n");
  write(root, "CLAUDE.md", "One.\n");
  build({ cwd: root });
  expect(textOf(root, ".roo/rules/CLAUDE.md")).toBe("One.\n");
  expect(build({ cwd: root }).text).toContain("nothing to do");
  expect(importTools({ cwd: root }, ["claude"]).text).toContain("nothing new to import");
});

test("what a move leaves to the next build is not taken for built", () => {
  const root = mkdtempSync(join(tmpdir(), "portable-move-"));
  roots.push(root);
  write(root, "portable.yaml", "portable: 1\ntargets: [agents, claude]\nfrom: claude\n");
  write(root, "CLAUDE.md", "One.\n");
  build({ cwd: root });
  write(root, "CLAUDE.md", "One.\nTwo.\n");
  importTools({ cwd: root, move: true }, ["claude"]);
  expect(verify({ cwd: root }).diagnostics.map((d) => d.code)).toContain("drift/stale");
  expect(build({ cwd: root }).exit).toBe(0);
  expect(textOf(root, "AGENTS.md")).toBe("One.\nTwo.\n");
});
