import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inRepository, portable } from "../spec/run.ts";

const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");
const change = (root: string, path: string, from: string, to: string): void =>
  writeFileSync(join(root, path), read(root, path).replace(from, to));

test.each([
  [["verify", "--json", "--strikt"], 'unknown option "--strikt" of portable verify'],
  [["buidl", "--json"], 'unknown command "buidl"'],
  [["build", "extra", "--format", "json"], 'build takes no names, found "extra"'],
  [["verify", "--json", "--cwd"], "needs a value"],
])("wrong use is told as JSON where JSON was asked for: %j", (argv, reason) =>
  inRepository({}, async (root) => {
    const said = await portable(root, ...argv);
    expect([said.status, said.err]).toEqual([2, ""]);
    const { exit, diagnostics } = JSON.parse(said.out);
    expect([exit, diagnostics.length]).toEqual([2, 1]);
    expect(diagnostics[0]).toMatchObject({
      code: "usage/wrong",
      level: "error",
      reason: expect.stringContaining(reason),
    });
  }),
);
test("and as text on standard error where it was not", () =>
  inRepository({}, async (root) => {
    const said = await portable(root, "verify", "--jsno");
    expect([said.status, said.out]).toEqual([2, ""]);
    expect(said.err).toContain('did you mean "--json"?');
  }));

test("an option of the tool's own is told where it belongs", () =>
  inRepository({}, async (root) => {
    const said = await portable(root, "run", "claude", "-p", "hi");
    expect([said.status, said.out]).toEqual([2, ""]);
    expect(said.err).toContain("the tool's own options come after `--`: portable run claude -- -p hi");
    const typo = await portable(root, "run", "claude", "--trsut");
    expect(typo.err).toContain('did you mean "--trust"?');
  }));

test("a provider that the personal file names wrongly is shown there", () =>
  inRepository(
    {
      "portable.yaml":
        "portable: 1\ntargets: [litellm]\nmodels:\n  main:\n    chain: [anthropic/x]\n  fast:\n    chain: [nobody/x]\n",
      "portable.local.yaml": "models:\n  main:\n    chain: [noone/x]\n",
    },
    async (root) => {
      const { out, err } = await portable(root, "verify");
      expect(out + err).toContain('portable.local.yaml:3:5  no provider "noone"');
      expect(out + err).toContain('portable.yaml:7:5  no provider "nobody"');
    },
  ));

test("a file that was edited, and that nothing wants any more, is told as that", () =>
  inRepository(
    {
      "portable.yaml": "portable: 1\ntargets: [claude]\n",
      ".portable/commands/a.md": "A.\n",
      ".portable/commands/b.md": "B.\n",
    },
    async (root) => {
      await portable(root, "build");
      rmSync(join(root, ".portable/commands/b.md"));
      change(root, ".claude/commands/b.md", "B.", "B by hand.");
      const { out } = await portable(root, "verify");
      expect(out).toContain("was edited by hand, and nothing in the spec wants it any more [drift/conflict]");
      expect(out).not.toContain("the spec changed too");
      const taken = await portable(root, "import", ".claude/commands/b.md");
      expect(taken.out).toContain("and the spec does not hold it any more [import/both]");
      expect(read(root, ".claude/commands/b.md")).toContain("B by hand.");
      const forced = await portable(root, "build", "--force");
      const copy = /^kept a copy: (.+)$/m.exec(forced.out)![1]!;
      expect(read(root, copy)).toContain("B by hand.");
    },
  ));

test("a server of the tool's own, of a name that the spec has for others, is no leak", () =>
  inRepository(
    {
      "portable.yaml":
        "portable: 1\ntargets: [claude, cursor]\nmcpServers:\n  docs:\n    command: ours\n    except: [cursor]\n",
      ".cursor/mcp.json": '{ "mcpServers": { "docs": { "command": "theirs" } } }\n',
    },
    async (root) => {
      await portable(root, "build");
      const { out } = await portable(root, "explain");
      expect(out).toContain("note    cursor has a server docs of its own, which is left as it is");
      expect(out).not.toContain("which is not meant for it");
      expect(JSON.parse(read(root, ".cursor/mcp.json")).mcpServers.docs.command).toBe("theirs");
    },
  ));

test("what stands where a file cannot be written is shown with its place", () =>
  inRepository(
    {
      "portable.yaml": "portable: 1\ntargets: [claude, litellm]\nmcpServers:\n  a:\n    command: x\n",
      ".mcp.json": '{\n  "mcpServers": [1, }\n}\n',
      "litellm_config.yaml": "a: 1\nmodel_list: [\n",
    },
    async (root) => {
      const { out } = await portable(root, "build");
      expect(out).toMatch(/error {3}\.mcp\.json:2:\d+ .*\[drift\/unwritable\]/);
      expect(out).toMatch(/error {3}litellm_config\.yaml:\d+:\d+ .*\[drift\/unwritable\]/);
    },
  ));

test("patterns stand in the order of the spec where one takes back what stands before it", () =>
  inRepository(
    {
      "portable.yaml": 'portable: 1\ntargets: [cursor]\nignore: ["build/**", "!build/keep", "a/**"]\n',
      ".cursorignore": "# mine\nmine\n",
    },
    async (root) => {
      await portable(root, "build");
      expect(read(root, ".cursorignore")).toBe("# mine\nmine\nbuild/**\n!build/keep\na/**\n");
      change(root, "portable.yaml", '"!build/keep", "a/**"', '"z/**", "!build/keep", "a/**"');
      await portable(root, "build");
      expect(read(root, ".cursorignore")).toBe("# mine\nmine\nbuild/**\nz/**\n!build/keep\na/**\n");
      expect((await portable(root, "build")).out).toContain("nothing to do");
      change(root, "portable.yaml", '"z/**", ', "");
      change(root, "portable.yaml", '["build/**", "!build/keep", "a/**"]', '["a/**", "b/**", "build/**"]');
      await portable(root, "build");
      expect(read(root, ".cursorignore").split("\n").slice(2, -1).sort()).toEqual([
        "a/**",
        "b/**",
        "build/**",
      ]);
      change(root, "portable.yaml", '["a/**", "b/**", "build/**"]', "[]");
      await portable(root, "build");
      expect(read(root, ".cursorignore")).toBe("# mine\nmine\n");
    },
  ));
