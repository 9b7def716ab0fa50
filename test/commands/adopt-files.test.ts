import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Planted, plant, treeOf } from "../disk/trees.ts";
import { inRepository, portable } from "../spec/run.ts";

const run = async (root: string, status: number, ...argv: string[]): Promise<string> => {
  const said = await portable(root, ...argv);
  expect(said.status, said.out + said.err).toBe(status);
  return said.out + said.err;
};
const read = (root: string, path: string): string => readFileSync(join(root, path), "latin1");
const change = (root: string, path: string, from: string, to: string): void =>
  writeFileSync(join(root, path), read(root, path).replace(from, to), "latin1");
const isExec = (root: string, path: string): boolean => (statSync(join(root, path)).mode & 0o100) !== 0;
const lines = Array.from({ length: 20 }, (_, i) => `Line ${i + 1}.`).join("\n");
const files: Record<string, Planted> = {
  "portable.yaml": "portable: 1\ntargets: [claude, cursor]\n",
  ".portable/rules/web.md": `---\ndescription: the web\norder: 3\nglobs: ["web/**"]\n---\n${lines}\n`,
  ".portable/agents/rev.md": "---\ndescription: reviews\n---\nReview well and at length.\n",
  ".portable/skills/sheets/SKILL.md": "---\nname: sheets\ndescription: reads\n---\nOne.\nTwo.\nThree.\n",
  ".portable/skills/sheets/logo.png": new Uint8Array([0, 255, 1]),
  ".portable/skills/sheets/run.sh": "#!/bin/sh\n",
};
/** The repository, built and committed. */
const built = (act: (root: string) => Promise<void>): Promise<void> =>
  inRepository(files, async (root) => {
    await run(root, 0, "build");
    const git = (...argv: string[]) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...argv], { cwd: root });
    git("init", "-q");
    git("add", "-A");
    git("commit", "-q", "-m", "x");
    await act(root);
  });
const clean = async (root: string): Promise<void> => {
  await run(root, 0, "build");
  expect(await run(root, 0, "verify")).not.toContain("[drift/");
};

describe("a file of ours under another name", () => {
  test.each([".claude/rules/site.md", ".claude/rules/web.md", ".claude/rules", ".claude"])(
    "is still the item: its path and an edit come into the spec, nothing else goes (%s)",
    (named) =>
      built(async (root) => {
        renameSync(join(root, ".claude/rules/web.md"), join(root, ".claude/rules/site.md"));
        change(root, ".claude/rules/site.md", "Line 15.", "Line fifteen.");
        await run(root, 0, "import", named);
        expect(read(root, ".portable/rules/web.md")).toBe(
          `---\ndescription: the web\norder: 3\nglobs: ["web/**"]\npaths:\n  claude: ".claude/rules/site.md"\n---\n${lines.replace("15", "fifteen")}\n`,
        );
        await clean(root);
        expect(existsSync(join(root, ".claude/rules/web.md"))).toBe(false);
        expect(read(root, ".cursor/rules/web.mdc")).toContain("Line fifteen.");
      }),
  );
  test("whose name stands inside keeps that", () =>
    built(async (root) => {
      renameSync(join(root, ".claude/agents/rev.md"), join(root, ".claude/agents/auditor.md"));
      await run(root, 0, "import", ".claude/agents/auditor.md");
      expect(read(root, ".portable/agents/rev.md")).toContain(
        'paths:\n  claude: ".claude/agents/auditor.md"',
      );
      await clean(root);
      expect(existsSync(join(root, ".claude/agents/rev.md"))).toBe(false);
    }));
  test("with another text is another item: what is gone and what is new are not joined", () =>
    built(async (root) => {
      rmSync(join(root, ".claude/rules/web.md"));
      plant(root, { ".claude/rules/site.md": "Something else altogether.\n" });
      await run(root, 0, "import", ".claude/rules/site.md");
      expect(read(root, ".portable/rules/web.md")).toBe(files[".portable/rules/web.md"]);
      expect(read(root, ".portable/rules/site.md")).toContain("Something else altogether.");
    }));
  test("two that are alike: neither is guessed", () =>
    built(async (root) => {
      const text = read(root, ".claude/rules/web.md");
      rmSync(join(root, ".claude/rules/web.md"));
      plant(root, { ".claude/rules/a.md": text, ".claude/rules/b.md": text });
      await run(root, 0, "import", ".claude/rules");
      expect(read(root, ".portable/rules/web.md")).toBe(files[".portable/rules/web.md"]);
    }));
  test("of a skill, whose folder is its name: it is told, and the spec keeps it", () =>
    built(async (root) => {
      renameSync(join(root, ".claude/skills/sheets"), join(root, ".claude/skills/tables"));
      const said = await run(root, 1, "import", ".claude/skills/sheets");
      expect(said).toContain("it stands in .claude/skills/tables/ by now");
      expect(read(root, ".portable/skills/sheets/SKILL.md")).toBe(files[".portable/skills/sheets/SKILL.md"]);
    }));
});

describe("a file of ours that is gone", () => {
  test("goes from the spec, and from the other tools, where it is named", () =>
    built(async (root) => {
      rmSync(join(root, ".claude/rules/web.md"));
      expect(await run(root, 0, "import", ".claude/rules/web.md")).toContain("rule web (removed)");
      expect(existsSync(join(root, ".portable/rules/web.md"))).toBe(false);
      await clean(root);
      expect(existsSync(join(root, ".cursor/rules/web.mdc"))).toBe(false);
    }));
  test("stays in the spec where only its folder is named, and the next build writes it again", () =>
    built(async (root) => {
      rmSync(join(root, ".claude/rules/web.md"));
      change(root, ".claude/skills/sheets/SKILL.md", "Two.", "Second.");
      const said = await run(root, 0, "import", ".claude");
      expect(said).toContain("to take it out of the spec, name the file itself");
      expect(read(root, ".portable/skills/sheets/SKILL.md")).toContain("Second.");
      expect(existsSync(join(root, ".portable/rules/web.md"))).toBe(true);
      await clean(root);
      expect(existsSync(join(root, ".claude/rules/web.md"))).toBe(true);
    }));
  test("while the spec changed it is a conflict", () =>
    built(async (root) => {
      rmSync(join(root, ".claude/rules/web.md"));
      change(root, ".portable/rules/web.md", "Line 1.", "Line one.");
      expect(await run(root, 1, "import", ".claude/rules/web.md")).toContain("[import/both]");
      expect(read(root, ".portable/rules/web.md")).toContain("Line one.");
    }));
  test("and none was ever written there", () =>
    built(async (root) => {
      const before = treeOf(root);
      expect(await run(root, 2, "import", ".claude/rules/never.md")).toContain("[import/no-file]");
      expect(treeOf(root)).toEqual(before);
    }));
});

describe("files of a skill", () => {
  const at = (file: string): string => `.claude/skills/sheets/${file}`;
  const own = (file: string): string => `.portable/skills/sheets/${file}`;
  test("bytes, the executable bit and a new file come in", () =>
    built(async (root) => {
      writeFileSync(join(root, at("logo.png")), new Uint8Array([0, 254, 1]));
      chmodSync(join(root, at("run.sh")), 0o755);
      plant(root, { [at("more/a.md")]: "More.\n" });
      await run(root, 0, "import", ".claude/skills/sheets");
      expect([...readFileSync(join(root, own("logo.png")))]).toEqual([0, 254, 1]);
      expect(isExec(root, own("run.sh"))).toBe(true);
      expect(read(root, own("more/a.md"))).toBe("More.\n");
      await clean(root);
      expect(isExec(root, at("run.sh"))).toBe(true);
    }));
  test("one that is gone goes from the spec's folder", () =>
    built(async (root) => {
      rmSync(join(root, at("run.sh")));
      await run(root, 0, "import", at("run.sh"));
      expect(existsSync(join(root, own("run.sh")))).toBe(false);
      await clean(root);
      expect(existsSync(join(root, at("run.sh")))).toBe(false);
    }));
  test("bytes that both sides changed are told by their size, text beside them is merged, and nothing is lost", () =>
    built(async (root) => {
      writeFileSync(join(root, at("logo.png")), new Uint8Array([0, 1, 2, 255]));
      writeFileSync(join(root, own("logo.png")), new Uint8Array([0, 255]));
      change(root, at("SKILL.md"), "Three.", "Third.");
      change(root, own("SKILL.md"), "One.", "First.");
      const said = await run(root, 1, "import", ".claude/skills/sheets");
      expect(said).toMatch(/files\.logo\.png\.content.*changed/);
      expect(said).toMatch(/\(2 bytes\)\s+=======\s+\(4 bytes\)/);
      expect(read(root, own("SKILL.md"))).toContain("First.\nTwo.\nThird.\n");
      expect([...readFileSync(join(root, own("logo.png")))]).toEqual([0, 255]);
      await run(root, 1, "build");
      expect([...readFileSync(join(root, at("logo.png")))]).toEqual([0, 1, 2, 255]);
    }));
});
