import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { treeHash } from "../spec/run.ts";
import { newRepo, repoAt, spec, start, withVariables } from "./staged-repo.ts";

let repo: ReturnType<typeof newRepo>;
const fresh = (...init: string[]): void => {
  repo?.remove();
  repo = newRepo(...init);
};
beforeEach(() => fresh());
afterEach(() => repo.remove());

const build = (...more: string[]) => withVariables({}, () => repo.run("build", "--staged", ...more));
const verify = () => withVariables({}, () => repo.run("verify", "--staged"));
const snapshot = (): string => `${repo.git("ls-files", "--stage", "--debug")}${treeHash(repo.root)}`;
/** Without Git's own folder, whose files any look may refresh. */
const tree = (): string => {
  const others = repo.git("ls-files", "-z", "--cached", "--others").split("\0").filter(Boolean);
  return others.map((p) => `${p}\n${repo.has(p) ? repo.get(p) : "-"}`).join("\n");
};
const clean = async (): Promise<void> => expect(await verify()).toMatchObject({ status: 0 });

describe("what is committed is what is staged", () => {
  test("a spec that is staged, not built: outputs come into the index and the working tree", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put("notes.txt", "mine\n");
    repo.git("add", ".portable");
    expect(await verify()).toMatchObject({ status: 1, said: expect.stringContaining("build --staged") });
    const { status, said } = await build();
    expect({ status, said }).toMatchObject({
      status: 0,
      said: expect.stringMatching(/written and staged$/m),
    });
    expect(repo.staged("AGENTS.md")).toContain("First.");
    expect(repo.get("AGENTS.md")).toBe(repo.staged("AGENTS.md"));
    expect(repo.status()).toEqual([
      "M  .portable/rules/a.md",
      "M  AGENTS.md",
      "M  portable.lock",
      "?? notes.txt",
    ]);
    await clean();
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("nothing to do") });
    expect((await repo.run("verify")).status).toBe(0);
  });

  test("outputs that were built and not staged are staged as they are", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    await repo.run("build");
    repo.git("add", ".portable");
    const before = tree();
    expect((await build()).status).toBe(0);
    expect(tree()).toBe(before);
    expect(repo.status()).toEqual(["M  .portable/rules/a.md", "M  AGENTS.md", "M  portable.lock"]);
  });

  test("half of the spec is staged, nothing built: both get the staged half, the other half stays", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/rules/b.md", "Second.\n");
    repo.git("add", ".portable/rules/a.md");
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    expect(repo.get("AGENTS.md")).toBe(repo.staged("AGENTS.md"));
    expect(repo.get(".portable/rules/b.md")).toBe("Second.\n");
    expect(repo.status()).toContain(" M .portable/rules/b.md");
    await clean();
    expect(await repo.run("verify")).toMatchObject({
      status: 1,
      said: expect.stringContaining("older than the spec"),
    });
  });

  test("half of the spec is staged, all of it built: the working tree keeps its own", async () => {
    await start(repo);
    repo.put("portable.yaml", spec.replace("db-mcp", "db-mcp-2"));
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/rules/b.md", "Second.\n");
    await repo.run("build");
    repo.git("add", ".portable/rules/a.md");
    const before = tree();
    const { status, said } = await build();
    expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining("keeps its own") });
    expect(repo.staged("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    expect(repo.staged(".mcp.json")).toContain('"db-mcp"');
    expect(tree()).toBe(before);
    await clean();
    expect((await repo.run("verify")).status).toBe(0);
    repo.git("commit", "-q", "-m", "half");
    repo.git("add", "-A");
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("nothing to do") });
  });

  test("all is built and staged but for half of the spec: only the index changes", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/rules/b.md", "Second.\n");
    await repo.run("build");
    repo.git("add", ".portable/rules/a.md", "AGENTS.md", "portable.lock");
    const before = tree();
    expect((await build()).status).toBe(0);
    expect(tree()).toBe(before);
    expect(repo.staged("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
    await clean();
  });

  test("a spec of the working tree that cannot be read does not count", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    repo.put("portable.yaml", "portable: 1\ntargets: [\n");
    expect((await build()).status).toBe(0);
    expect(repo.get("AGENTS.md")).toContain("First.");
    expect(repo.get("portable.yaml")).toBe("portable: 1\ntargets: [\n");
  });

  test("a staged spec that is refused stops it", async () => {
    await start(repo);
    repo.put("portable.yaml", "portable: 1\ntargets: [cluade]\n");
    repo.git("add", "-A");
    repo.put("portable.yaml", spec);
    const before = snapshot();
    expect(await build()).toMatchObject({ status: 2, said: expect.stringContaining("cluade") });
    expect(snapshot()).toBe(before);
    expect((await verify()).status).toBe(2);
  });

  test("a rule that is gone takes its files with it", async () => {
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    await start(repo);
    expect(repo.has(".claude/skills/tool/SKILL.md")).toBe(true);
    repo.git("rm", "-rq", "--cached", ".portable/skills");
    rmSync(join(repo.root, ".portable/skills"), { recursive: true });
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("removed") });
    expect(repo.entries().join("\n")).not.toContain("skills");
    expect(repo.has(".claude")).toBe(false);
    await clean();
  });

  test("--dry-run and --targets", async () => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    const before = snapshot();
    expect(await build("--dry-run")).toMatchObject({
      status: 0,
      said: expect.stringContaining("would be written"),
    });
    expect((await build("--dry-run", "--exit-code")).status).toBe(1);
    expect(snapshot()).toBe(before);
    expect(await build("--targets", "claude")).toMatchObject({
      said: expect.not.stringContaining("~ AGENTS.md"),
    });
    expect((await build("--targets", "roo")).status).toBe(2);
    expect((await build("--force")).status).toBe(2);
    expect((await build("--exit-code")).status).toBe(1);
    expect((await build("--exit-code")).status).toBe(0);
  });
});

describe("nobody's work is lost", () => {
  const refused = async (path: string): Promise<string> => {
    const before = snapshot();
    const { status, said } = await build();
    expect({ status, said }).toMatchObject({ status: 1, said: expect.stringContaining("drift/unstaged") });
    expect(said).toMatch(new RegExp(`${path}[^]*git add ${path}[^]*nothing was written`));
    expect(snapshot()).toBe(before);
    return said;
  };
  const change = (): void => {
    repo.put("portable.yaml", spec.replace("db-mcp", "db-mcp-2"));
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", ".portable", "portable.yaml");
  };

  test("an output that was edited and not staged", async () => {
    await start(repo);
    change();
    repo.put("AGENTS.md", repo.get("AGENTS.md").replace("Two", "Zwei"));
    expect(await refused("AGENTS.md")).toContain("git restore AGENTS.md");
    repo.git("restore", "AGENTS.md");
    expect((await build()).status).toBe(0);
  });

  test("a server of one's own beside ours, not staged", async () => {
    await start(repo);
    change();
    const servers = JSON.parse(repo.get(".mcp.json"));
    servers.mcpServers.mine = { command: "mine" };
    repo.put(".mcp.json", JSON.stringify(servers));
    await refused(".mcp.json");
    repo.git("add", ".mcp.json");
    expect((await build()).status).toBe(0);
    expect(repo.staged(".mcp.json")).toMatch(/db-mcp-2[\s\S]*mine/);
    expect(repo.get(".mcp.json")).toBe(repo.staged(".mcp.json"));
  });

  test("a file that Git does not know where an output will be", async () => {
    repo.put("portable.yaml", spec);
    repo.put(".portable/rules/a.md", "One.\n");
    repo.git("add", "-A");
    repo.put("AGENTS.md", "mine\n");
    expect(await refused("AGENTS.md")).toContain("move it away");
  });

  test("an output that was deleted comes back, unless a spec that is not staged stands beside", async () => {
    await start(repo);
    change();
    repo.put(".portable/rules/b.md", "Second.\n");
    unlinkSync(join(repo.root, "AGENTS.md"));
    const before = tree();
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("keeps its own") });
    expect(tree()).toBe(before);
    await clean();
    repo.put(".portable/rules/a.md", "Again.\n");
    repo.git("add", ".portable");
    expect(await build()).toMatchObject({ status: 0 });
    expect(repo.get("AGENTS.md")).toBe(repo.staged("AGENTS.md"));
    expect(repo.status().every((l) => l[1] === " ")).toBe(true);
  });

  test("a link in the working tree where the index has a file", async () => {
    await start(repo);
    change();
    unlinkSync(join(repo.root, "AGENTS.md"));
    repo.put("other.md", repo.staged("AGENTS.md"));
    symlinkSync("other.md", join(repo.root, "AGENTS.md"));
    await refused("AGENTS.md");
  });

  test("line ends that somebody changed stay, where Git does not convert them", async () => {
    await start(repo);
    change();
    repo.put("AGENTS.md", repo.get("AGENTS.md").replaceAll("\n", "\r\n"));
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).not.toContain("\r");
    expect(repo.get("AGENTS.md")).toBe(repo.staged("AGENTS.md").replaceAll("\n", "\r\n"));
  });

  test("what an earlier build left in the working tree is nobody's work", async () => {
    await start(repo);
    change();
    await repo.run("build");
    repo.put(".portable/rules/b.md", "Second.\n");
    await repo.run("build");
    repo.put(".portable/rules/b.md", "Third.\n");
    const before = tree();
    expect((await build()).status).toBe(0);
    expect(tree()).toBe(before);
    expect(repo.staged("AGENTS.md")).toMatch(/First\.[\s\S]*Two\./);
  });

  test("a page that is a rule where it stands, half of it staged", async () => {
    repo.put("portable.yaml", "portable: 1\ntargets: [claude, agents]\nfrom: claude\n");
    repo.put("CLAUDE.md", "# Notes\n\nOne.\n");
    repo.put(".portable/rules/a.md", "A.\n");
    await repo.run("build");
    repo.commit();
    repo.put("CLAUDE.md", repo.get("CLAUDE.md").replace("One.", "First."));
    repo.git("add", "CLAUDE.md");
    repo.put("CLAUDE.md", repo.get("CLAUDE.md").replace("First.", "Second."));
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).toContain("First.");
    expect(repo.get("CLAUDE.md")).toContain("Second.");
    await clean();
    repo.put(".portable/rules/a.md", "B.\n");
    repo.git("add", ".portable");
    await refused("CLAUDE.md");
  });

  test("an edit that is staged is left, and told", async () => {
    await start(repo);
    repo.put("AGENTS.md", repo.get("AGENTS.md").replace("Two", "Zwei"));
    change();
    repo.git("add", "-A");
    const { status, said } = await build();
    expect({ status, said }).toMatchObject({ status: 1, said: expect.stringContaining("drift/edited") });
    expect(repo.staged("AGENTS.md")).toContain("Zwei");
  });

  test("an output that Git ignores is not staged behind the team's back", async () => {
    repo.put("portable.yaml", spec);
    repo.put(".portable/rules/a.md", "One.\n");
    repo.put(".gitignore", "AGENTS.md\n");
    repo.git("add", "-A");
    const before = snapshot();
    expect(await build()).toMatchObject({ status: 1, said: expect.stringContaining("drift/ignored") });
    expect(snapshot()).toBe(before);
  });

  test("outputs that are not committed are not staged", async () => {
    repo.put("portable.yaml", `${spec}outputs: ignore\n`);
    repo.put(".portable/rules/a.md", "One.\n");
    repo.git("add", "-A");
    const before = snapshot();
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("nothing to stage") });
    expect(snapshot()).toBe(before);
    expect((await verify()).status).toBe(0);
  });
});

describe("all or nothing", () => {
  const change = async (): Promise<void> => {
    await start(repo);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    repo.git("add", "-A");
  };

  test("an index that is locked is not waited for", async () => {
    await change();
    repo.put(".git/index.lock", "");
    const before = treeHash(repo.root);
    expect(await build()).toMatchObject({ status: 3, said: expect.stringContaining(".git/index.lock") });
    expect(treeHash(repo.root)).toBe(before);
  });

  test.each([
    ["update-index", 1, ".git/index"],
    ["hash-object", 1, ".git/objects"],
    ["ls-files -z -t", 1, ".git/index"],
    // the index has been written by then
    ["ls-files -z -t", 2, ".git/index"],
  ])(
    "where git %s fails, called for time %i, index and working tree are as before",
    async (verb, time, named) => {
      await change();
      const bin = join(repo.outer, "bin");
      mkdirSync(bin);
      const real = process.env["PATH"];
      const fails = `echo >> "${bin}/calls"; [ $(wc -l < "${bin}/calls") = ${time} ] && { echo "fatal: no luck" >&2; exit 128; }`;
      const script = `#!/bin/sh\ncase "$*" in *"${verb} "*) ${fails};; esac\nPATH='${real}' exec git "$@"\n`;
      writeFileSync(join(bin, "git"), script);
      chmodSync(join(bin, "git"), 0o755);
      const before = [repo.git("ls-files", "--stage"), tree()];
      const act = () => repo.run("build", "--staged");
      const { status, said } = await withVariables({ PATH: `${bin}:${real}` }, act);
      expect({ status, said }).toMatchObject({ status: 3, said: expect.stringContaining("no luck") });
      expect(said).toContain(named);
      expect([repo.git("ls-files", "--stage"), tree()]).toEqual(before);
      expect(existsSync(join(repo.root, ".claude"))).toBe(false);
      expect((await build()).status).toBe(0);
    },
  );

  test("a working tree that cannot be written leaves the index", async () => {
    await change();
    repo.put(".claude", "a file where a folder is needed\n");
    const before = [repo.git("ls-files", "--stage"), tree()];
    const { status, said } = await build();
    expect({ status, said }).toMatchObject({ status: 3, said: expect.stringContaining(".claude") });
    expect([repo.git("ls-files", "--stage"), tree()]).toEqual(before);
  });

  test("a file of the index where a folder is needed is not dropped", async () => {
    await change();
    repo.put(".claude", "mine\n");
    repo.git("add", "-A");
    const before = snapshot();
    expect(await build()).toMatchObject({
      status: 3,
      said: expect.stringContaining("is a file, not a folder"),
    });
    expect(snapshot()).toBe(before);
  });

  test("without a repository it says so", async () => {
    rmSync(join(repo.root, ".git"), { recursive: true });
    repo.put("portable.yaml", spec);
    expect(await build()).toMatchObject({ status: 3, said: expect.stringContaining("not a git repository") });
  });

  test("without a spec in the index it says where one is", async () => {
    expect((await build()).status).toBe(2);
    repo.put("portable.yaml", spec);
    expect(await build()).toMatchObject({
      status: 2,
      said: expect.stringContaining("git add portable.yaml"),
    });
  });
});

describe("repositories of every kind", () => {
  const first = (at = ""): void => {
    repo.put(`${at}portable.yaml`, spec);
    repo.put(`${at}.portable/rules/a.md`, "One.\n");
    repo.git("add", "-A");
  };

  test.each([["sha1"], ["sha256"]])("before the first commit, with %s", async (format) => {
    fresh(`--object-format=${format}`);
    first();
    expect((await build()).status).toBe(0);
    expect(repo.entries()).toContain("100644 AGENTS.md");
    expect(repo.status().every((l) => l.startsWith("A  "))).toBe(true);
    await clean();
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    repo.git("rm", "-rqf", ".portable/skills");
    expect((await build()).status).toBe(0);
    await clean();
  });

  test("a linked working tree, from a folder in it", async () => {
    await start(repo);
    repo.git("worktree", "add", "-q", "../linked");
    const linked = repoAt(join(repo.outer, "linked"));
    linked.put(".portable/rules/a.md", "First.\n");
    linked.git("add", "-A");
    const main = [repo.git("ls-files", "--stage"), tree()];
    const act = () => linked.run("build", "--staged", "--cwd", ".portable/rules");
    const own = { GIT_DIR: join(repo.root, ".git/worktrees/linked") };
    expect(await withVariables(own, act)).toMatchObject({ status: 0 });
    expect(linked.staged("AGENTS.md")).toContain("First.");
    expect(linked.status()).toEqual(["M  .portable/rules/a.md", "M  AGENTS.md", "M  portable.lock"]);
    expect([repo.git("ls-files", "--stage"), tree()]).toEqual(main);
  });

  test("a submodule, alone and while a hook of the outer repository runs", async () => {
    const inner = newRepo();
    try {
      await start(inner);
      repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.root, "sub");
      first();
      repo.commit();
      const sub = repoAt(join(repo.root, "sub"));
      sub.put(".portable/rules/a.md", "First.\n");
      sub.git("add", "-A");
      const own = { GIT_INDEX_FILE: ".git/index", GIT_DIR: join(repo.root, ".git") };
      const act = () => repo.run("build", "--staged", "--cwd", "sub");
      expect(await withVariables(own, act)).toMatchObject({ status: 0 });
      expect(sub.staged("AGENTS.md")).toContain("First.");
      expect((await build()).status).toBe(0);
      expect(repo.staged("AGENTS.md")).toContain("One.");
      expect(repo.entries()).toContain("160000 sub");
    } finally {
      inner.remove();
    }
  });

  test("a spec in a folder of the repository, with parts of its own", async () => {
    first("docs/ai/");
    repo.put("docs/ai/web/.portable/rules/w.md", "Web.\n");
    repo.git("add", "-A");
    const act = () => repo.run("build", "--staged", "--cwd", "docs/ai/web");
    expect(await withVariables({ GIT_INDEX_FILE: ".git/index" }, act)).toMatchObject({ status: 0 });
    expect(repo.entries()).toEqual(
      expect.arrayContaining(["100644 docs/ai/AGENTS.md", "100644 docs/ai/web/AGENTS.md"]),
    );
    expect(repo.get("docs/ai/web/AGENTS.md")).toContain("Web.");
    expect(repo.entries().filter((e) => !e.includes("docs/ai/"))).toEqual([]);
  });

  test("a bare repository with its working tree elsewhere", async () => {
    repo.git("init", "-q", "--bare", "../dots");
    rmSync(join(repo.root, ".git"), { recursive: true });
    const dots = join(repo.outer, "dots");
    const git = (...argv: string[]) => repo.git(`--git-dir=${dots}`, `--work-tree=${repo.root}`, ...argv);
    repo.put("portable.yaml", spec);
    repo.put(".portable/rules/a.md", "One.\n");
    git("add", "-A");
    const act = () => repo.run("build", "--staged");
    expect(await withVariables({ GIT_DIR: dots, GIT_WORK_TREE: repo.root }, act)).toMatchObject({
      status: 0,
    });
    expect(git("show", ":AGENTS.md")).toContain("One.");
  });

  test("CRLF in the working tree, LF in the index", async () => {
    await start(repo);
    repo.git("config", "core.autocrlf", "true");
    repo.git("rm", "-rqf", "--cached", ".");
    repo.git("reset", "-q", "--hard");
    expect(repo.get("AGENTS.md")).toContain("\r\n");
    repo.put(".portable/rules/a.md", "First.\r\n");
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).toMatch(/^[^\r]*First[^\r]*$/);
    expect(repo.get("AGENTS.md")).toBe(repo.staged("AGENTS.md").replaceAll("\n", "\r\n"));
    expect(repo.status()).toEqual(["M  .portable/rules/a.md", "M  AGENTS.md", "M  portable.lock"]);
  });

  test("another encoding in the working tree", async () => {
    await start(repo);
    repo.put(".gitattributes", `${repo.get(".gitattributes")}/AGENTS.md working-tree-encoding=UTF-16\n`);
    repo.git("commit", "-qm", "x", ".gitattributes");
    unlinkSync(join(repo.root, "AGENTS.md"));
    repo.git("checkout", "-q", "--", "AGENTS.md");
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", ".portable");
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).toContain("First.");
    expect(repo.status()).toEqual(["M  .portable/rules/a.md", "M  AGENTS.md", "M  portable.lock"]);
  });

  test("a skill's scripts stay executable, and become so", async () => {
    await start(repo);
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    repo.put(".portable/skills/tool/run.sh", "#!/bin/sh\n");
    repo.put(".portable/skills/tool/data.bin", new Uint8Array([0, 255, 10, 13]));
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    expect(repo.entries()).toContain("100644 .claude/skills/tool/run.sh");
    chmodSync(join(repo.root, ".portable/skills/tool/run.sh"), 0o755);
    repo.git("add", "-A");
    expect((await verify()).status).toBe(1);
    expect((await build()).status).toBe(0);
    expect(repo.entries()).toContain("100755 .claude/skills/tool/run.sh");
    repo.put(".portable/skills/tool/run.sh", "#!/bin/sh\necho\n");
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    expect(repo.entries()).toContain("100755 .claude/skills/tool/run.sh");
    await clean();
    expect((await repo.run("verify")).status).toBe(0);
  });

  test("links in the index are followed as on the disk", async () => {
    await start(repo);
    repo.git("mv", ".portable", "elsewhere");
    symlinkSync("elsewhere", join(repo.root, ".portable"));
    repo.git("mv", "AGENTS.md", "PAGE.md");
    symlinkSync("PAGE.md", join(repo.root, "AGENTS.md"));
    repo.put("elsewhere/rules/a.md", "First.\n");
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    expect(repo.entries()).toContain("120000 AGENTS.md");
    expect(repo.staged("PAGE.md")).toContain("First.");
    expect(repo.get("PAGE.md")).toContain("First.");
    await clean();
    expect((await repo.run("verify")).status).toBe(0);
    unlinkSync(join(repo.root, "AGENTS.md"));
    symlinkSync("../outside.md", join(repo.root, "AGENTS.md"));
    repo.git("add", "-A");
    expect(await build()).toMatchObject({
      status: 3,
      said: expect.stringContaining("leads out of the repository"),
    });
  });

  test("a file that is only announced is not there yet", async () => {
    await start(repo);
    repo.put(".portable/rules/c.md", "Three.\n");
    repo.git("add", "-N", ".portable/rules/c.md");
    const before = snapshot();
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("nothing to do") });
    expect(snapshot()).toBe(before);
    repo.put(".portable/rules/empty.md", "");
    repo.git("add", ".portable/rules/c.md", ".portable/rules/empty.md");
    expect((await build()).status).toBe(0);
    expect(repo.staged("AGENTS.md")).toContain("Three.");
  });

  test("an output that is only announced", async () => {
    first();
    repo.put("AGENTS.md", "mine\n");
    repo.git("add", "-N", "AGENTS.md");
    expect(await build()).toMatchObject({ status: 1, said: expect.stringContaining("drift/unstaged") });
    unlinkSync(join(repo.root, "AGENTS.md"));
  });

  test("a sparse checkout gets nothing that it leaves out", async () => {
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    await start(repo);
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/.claude/", "!/.portable/skills/");
    expect(repo.has(".claude")).toBe(false);
    repo.put(".portable/rules/a.md", "First.\n");
    repo.git("add", "-A");
    await build();
    expect(repo.status()).toEqual(["M  .portable/rules/a.md", "M  AGENTS.md", "M  portable.lock"]);
    const id = repo.git("rev-parse", ":.claude/skills/tool/SKILL.md").trim();
    repo.git("sparse-checkout", "disable");
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nTwo.\n");
    repo.git("add", "-A");
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/.claude/");
    expect((await build()).status).toBe(0);
    expect(repo.has(".claude")).toBe(false);
    expect(repo.git("rev-parse", ":.claude/skills/tool/SKILL.md").trim()).not.toBe(id);
    expect(repo.status()).not.toContainEqual(expect.stringMatching(/^.[^ ]/));
    expect(repo.git("ls-files", "-t", ".claude")).toMatch(/^S /);
    await clean();
  });

  test("names that Git would quote", async () => {
    await start(repo);
    repo.put('.portable/skills/tool/a "b" é.txt', "x\n");
    repo.put(".portable/skills/tool/SKILL.md", "---\nname: tool\ndescription: x\n---\nOne.\n");
    repo.git("add", "-A");
    expect((await build()).status).toBe(0);
    expect(repo.get('.claude/skills/tool/a "b" é.txt')).toBe("x\n");
    await clean();
    expect(repo.status().every((l) => l[1] === " ")).toBe(true);
  });

  test("a merge that is not settled is not guessed at", async () => {
    await start(repo);
    repo.git("checkout", "-qb", "other");
    repo.put(".portable/rules/a.md", "Theirs.\n");
    await repo.run("build");
    repo.commit();
    repo.git("checkout", "-q", "main");
    repo.put(".portable/rules/a.md", "Ours.\n");
    await repo.run("build");
    repo.commit();
    expect(() => repo.git("merge", "-q", "other")).toThrow();
    const before = snapshot();
    expect(await build()).toMatchObject({ status: 3, said: expect.stringContaining(".portable/rules/a.md") });
    expect(snapshot()).toBe(before);
    repo.put(".portable/rules/a.md", "Both.\n");
    repo.git("checkout", "-q", "--ours", "AGENTS.md");
    await repo.run("build");
    repo.git("add", "-A");
    expect(await build()).toMatchObject({ status: 0, said: expect.stringContaining("nothing to do") });
  });

  test("what a personal file adds is not committed", async () => {
    repo.put(
      "portable.yaml",
      "portable: 1\ntargets: [aider]\nproviders:\n  a:\n    type: llama.cpp\n    origin: http://127.0.0.1:1\nmodels:\n  main:\n    chain: [a/big]\n",
    );
    repo.put(".gitignore", "portable.local.yaml\n");
    repo.put("portable.local.yaml", "models:\n  main:\n    chain: [a/mine]\n");
    repo.git("add", "-A");
    await build();
    expect(repo.staged(".aider.conf.yml")).toContain("big");
    expect(repo.staged(".aider.conf.yml")).not.toContain("mine");
  });
});
