import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inRepository, portable } from "../spec/run.ts";

const git = (root: string, ...argv: string[]): string =>
  execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...argv], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
const spec = "portable: 1\ntargets: [claude, agents]\n";
const files = {
  "portable.yaml": spec,
  ".portable/rules/style.md": "Small functions.\n",
  ".portable/commands/fix.md": "Fix it.\n",
};
const said = async (root: string, ...argv: string[]): Promise<string> => {
  const { out, err } = await portable(root, ...argv);
  return out + err;
};

describe("what a build says it wrote", () => {
  test("all of it, its own records too, and those again where they are gone", () =>
    inRepository(files, async (root) => {
      const { changes } = JSON.parse((await portable(root, "build", "--dry-run", "--json")).out);
      expect(changes.slice(-2)).toEqual([
        { path: "portable.lock", sign: "+" },
        { path: ".gitattributes", sign: "+" },
      ]);
      expect(await said(root, "build")).toContain("+ .gitattributes\n5 files written\n");
      expect(await said(root, "build")).toContain("nothing to do: 3 files agree");
      rmSync(join(root, ".gitattributes"));
      expect(await said(root, "build")).toContain("+ .gitattributes\n1 file written\n");
    }));

  test("notes are counted, and told by explain and in every other format", () =>
    inRepository(files, async (root) => {
      const built = await portable(root, "build");
      expect(built.out).toMatch(/^1 note: portable explain$/m);
      expect(built.out).not.toContain("loss/kind");
      expect(await said(root, "verify")).toBe("1 note: portable explain\n3 files agree with the spec\n");
      expect(await said(root, "explain")).toContain("note    agents gets no command (1)");
      const { diagnostics } = JSON.parse((await portable(root, "build", "--json")).out);
      expect(diagnostics).toMatchObject([{ code: "loss/kind", level: "note" }]);
    }));

  test("a spec that names no tool is told so", () =>
    inRepository({ "portable.yaml": "portable: 1\n" }, async (root) => {
      expect(await said(root, "build")).toContain("no tool is named: say which in portable.yaml");
    }));

  test("only what would have written says that nothing was", () =>
    inRepository({ "portable.yaml": "portable: 1\ntargets: [cluade]\n" }, async (root) => {
      for (const name of ["verify", "status", "explain", "diff"])
        expect(await said(root, name), name).not.toContain("nothing was written");
      for (const argv of [["build"], ["import", "claude"], ["team"]])
        expect(await said(root, ...argv), argv[0]).toMatch(/nothing was written\n$/);
    }));

  test("a staged build that is refused lists nothing, and what to stage is what stands there", () =>
    inRepository({ "portable.yaml": "portable: 1\ntargets: [claude]\n" }, async (root) => {
      git(root, "init", "-q");
      expect(await said(root, "build", "--staged")).toContain("git add portable.yaml\n");
      writeFileSync(join(root, ".gitignore"), "*.lock\n.mcp.json\n");
      writeFileSync(join(root, "portable.yaml"), `${spec}mcpServers:\n  a:\n    command: x\n`);
      git(root, "add", ".");
      const refused = await said(root, "build", "--staged");
      expect(refused).toContain("[drift/ignored]");
      expect(refused).not.toMatch(/^\+ /m);
    }));
});

describe("a file for one person alone", () => {
  const personal = { ...files, "portable.local.yaml": "gateway: proxy\n" };
  test("is told where Git would take it or has it, and only there", () =>
    inRepository(personal, async (root) => {
      await portable(root, "build");
      expect(await said(root, "verify")).not.toContain("spec/personal");
      git(root, "init", "-q");
      const found = await portable(root, "verify");
      expect(found).toMatchObject({ status: 0, out: expect.stringContaining("[spec/personal]") });
      writeFileSync(join(root, ".gitignore"), "/portable.local.yaml\n");
      expect(await said(root, "verify")).not.toContain("spec/personal");
      git(root, "add", "-f", "portable.local.yaml");
      expect(await said(root, "verify")).toContain("git rm --cached portable.local.yaml");
    }));
});

describe("what explain lists", () => {
  test("the names of each kind, and those of one kind", () =>
    inRepository(
      {
        ...files,
        ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`.portable/rules/r${n}.md`, "R.\n"])),
      },
      async (root) => {
        const all = await said(root, "explain");
        expect(all).toMatch(/^ {2}rule +r1, r2, .*r8 and 1 more: portable explain rule$/m);
        expect(all).toMatch(/^ {2}command +fix$/m);
        expect(await said(root, "explain", "rule")).toMatch(/^r1\n(?:r\d\n)+style\n$/);
        expect(await said(root, "explain", "hook")).toBe("the spec holds no hook\n");
        const none = await portable(root, "explain", "rule", "nothing-like-it");
        expect(none).toMatchObject({ status: 2, err: expect.stringContaining("portable explain rule\n") });
      },
    ));

  test("an import that was written, and a file that is not there", () =>
    inRepository({ ...files, "README.md": "Mine.\n" }, async (root) => {
      await portable(root, "build");
      expect(await said(root, "explain", "--file", "CLAUDE.md")).toMatch(
        /the file +imports AGENTS\.md +written from the spec +claude/,
      );
      const gone = await portable(root, "explain", "--file", "nope.md");
      expect(gone).toMatchObject({ status: 2, out: "", err: expect.stringContaining("no file nope.md") });
      expect(await portable(root, "explain", "--file", "README.md")).toMatchObject({ status: 1 });
    }));
});

describe("help", () => {
  test("of a command, by either word; its version, by any", () =>
    inRepository({}, async (root) => {
      expect(await said(root, "help", "build")).toBe(await said(root, "build", "--help"));
      expect(await portable(root, "help", "biuld")).toMatchObject({
        status: 2,
        err: expect.stringContaining('did you mean "build"?'),
      });
      const version = await said(root, "--version");
      for (const word of ["version", "-V", "-v"]) expect(await said(root, word)).toBe(version);
    }));
  test("says of an option what it does there", () =>
    inRepository({}, async (root) => {
      expect(await said(root, "build", "--help")).toContain("and stage what is written");
      expect(await said(root, "verify", "--help")).not.toContain("stage what is written");
      expect(await said(root, "diff", "--help")).not.toContain("a copy is kept");
      expect(await said(root, "build", "here")).toContain("see: portable build --help");
    }));
});

test("team tells of servers that a container would look for in itself, and how tools get there", () =>
  inRepository(
    {
      "portable.yaml":
        "portable: 1\ntargets: claude\nproviders:\n  local: {type: ollama}\n  own: {type: llama.cpp, origin: http://gpu.example:8080}\nmodels:\n  main:\n    chain: [anthropic/claude-opus-4-8, local/x, own/y]\n",
    },
    async (root) => {
      const { out, status } = await portable(root, "team", "--json");
      const { diagnostics } = JSON.parse(out);
      expect([status, diagnostics.map((d: { code: string }) => d.code)]).toEqual([0, ["launch/loopback"]]);
      expect(diagnostics[0].reason).toContain("http://127.0.0.1:11434 of the provider local");
      rmSync(join(root, "litellm.compose.yaml"));
      expect(await said(root, "team")).toContain("`gateway: litellm`");
    },
  ));

test("env takes the shells that completion takes", () =>
  inRepository({}, async (root) => {
    const sh = await said(root, "env", "claude", "--unset");
    for (const shell of ["bash", "zsh"])
      expect(await said(root, "env", "claude", "--unset", "--shell", shell)).toBe(sh);
  }));
