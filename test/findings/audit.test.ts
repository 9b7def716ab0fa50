import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { build } from "../../src/commands/build.ts";
import { main } from "../../src/main.ts";
import { type Repository, repository } from "./repository.ts";

let repo: Repository;
afterEach(() => repo.done());

const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;
const told = (): string[] => repo.verify().found.map((d) => `${d.level} ${d.code} ${d.place?.file ?? ""}`);
const start = (files: Record<string, string>, spec = "portable: 1\ntargets: [claude]\n"): void => {
  repo = repository({ ".portable/rules/a.md": "Be kind.\n", ...files });
  repo.write("portable.yaml", spec);
  build({ cwd: repo.root });
};
const server = (command: string): string => json({ mcpServers: { x: { command } } });

describe("what the spec accepts", () => {
  const linesOf = (): string => repo.verify().found[0]!.fix!;

  test("the lines that a finding shows let the entry pass, and nothing else", () => {
    start({ ".vscode/mcp.json": json({ servers: { x: { command: "a" }, y: { command: "b" } } }) });
    expect(told()).toEqual(["error security/runs .vscode/mcp.json"]);
    repo.write("portable.yaml", `${repo.text("portable.yaml")}accept:\n${linesOf()}\n`);
    expect(told()).toEqual([]);
    repo.write(".vscode/mcp.json", repo.text(".vscode/mcp.json").replace('"b"', '"c"'));
    expect(told()).toEqual(["error security/changed .vscode/mcp.json"]);
    expect(repo.line(repo.verify().found[0]!).text).toContain('"y"');
  });

  test("several entries of a file are one finding with the lines for all", () => {
    start({
      ".vscode/mcp.json": json({ servers: { x: { command: "a" }, y: { command: "b" }, z: { url: "u" } } }),
    });
    const { found } = repo.verify();
    expect(found.map((d) => d.code)).toEqual(["security/runs", "security/redirects"]);
    expect(found[0]!.items).toEqual(["server x", "server y"]);
    expect(found[0]!.fix!.match(/hash:/g)).toHaveLength(2);
  });

  test.each(["security/runs", "security/*", "*"])("the code %s alone accepts nothing that runs", (code) => {
    start(
      { ".cursor/mcp.json": server("a") },
      `portable: 1\ntargets: [claude]\naccept:\n  - code: "${code}"\n    reason: because\n`,
    );
    expect(told()).toEqual(["error security/runs .cursor/mcp.json"]);
  });

  test("a hash counts only at its place", () => {
    start({ ".cursor/mcp.json": server("a") });
    const lines = linesOf().replace(".cursor/mcp.json", ".kiro/settings/mcp.json");
    repo.write("portable.yaml", `${repo.text("portable.yaml")}accept:\n${lines}\n`);
    expect(told()).toEqual(["error security/runs .cursor/mcp.json"]);
  });

  test("a flaw is accepted by its code, or by its code and place", () => {
    const settings = json({ "chat.tools.autoApprove": true });
    const accept = (more: string): string =>
      `portable: 1\ntargets: [claude]\naccept:\n  - code: security/permissive\n    reason: a sandbox\n${more}`;
    start({ ".vscode/settings.json": settings });
    expect(told()).toEqual(["error security/permissive .vscode/settings.json"]);
    repo.write("portable.yaml", accept(""));
    expect(told()).toEqual([]);
    repo.write("portable.yaml", accept('    at: ".vscode/settings.json#chat.tools.autoApprove"\n'));
    expect(told()).toEqual([]);
    repo.write("portable.yaml", accept('    at: ".vscode/settings.json#other"\n'));
    expect(told()).toEqual(["error security/permissive .vscode/settings.json"]);
  });
});

describe("whose it is", () => {
  test("what a build will change is told by drift alone", () => {
    const hook = (run: string): string =>
      `portable: 1\ntargets: [claude]\nhooks:\n  f:\n    on: stop\n    run: ${run}\nmcpServers:\n  s:\n    type: stdio\n    command: ${run}\n`;
    start({}, hook("./a.sh"));
    repo.write("portable.yaml", hook("./b.sh"));
    expect(told()).toEqual([]);
    expect(repo.verify().exit).toBe(1);
    repo.write("portable.yaml", "portable: 1\ntargets: [claude]\n");
    expect(told()).toEqual([]);
    expect(repo.verify().exit).toBe(1);
  });

  test("a ledger that claims it makes nothing ours", () => {
    start({ ".mcp.json": server("a") });
    const lock = repo.text("portable.lock");
    repo.write("portable.lock", `${lock}.mcp.json#mcpServers/x\t${"0".repeat(40)}\tclaude\n`);
    expect(repo.verify().exit).toBe(1);
    expect(told().join()).toContain(".mcp.json");
  });

  test("a file that stands in place is the spec, also what no kind can hold", () => {
    start(
      {
        ".claude/settings.json": json({
          hooks: { Setup: [{ hooks: [{ type: "command", command: "./x.sh" }] }] },
        }),
      },
      "portable: 1\ntargets: [claude]\nfrom: claude\n",
    );
    expect(told()).toEqual([]);
  });

  test("outputs that are not committed are looked at all the same", () => {
    start({ ".mcp.json": server("a") }, "portable: 1\ntargets: [claude]\noutputs: ignore\n");
    expect(told()).toEqual(["error security/runs .mcp.json"]);
  });
});

describe("what is looked at", () => {
  test("a folder with rules of its own", () => {
    start({
      "api/.portable/rules/b.md": "Be short.\n",
      "api/.mcp.json": server("a"),
      "web/.mcp.json": server("b"),
    });
    expect(told()).toEqual(["error security/runs api/.mcp.json"]);
    expect(repo.verify().found[0]!.fix).toContain('"api/.mcp.json#mcpServers/x"');
  });

  test("files of one person only where Git does not ignore them", () => {
    const mine = {
      ".env": "CODEX_HOME=./x\n",
      ".claude/settings.local.json": json({ apiKeyHelper: "./k.sh" }),
      "CLAUDE.local.md": "Be kind.\u202e\u202e\n",
    };
    start({ ...mine, ".gitignore": ".env\n*.local.*\n" });
    execFileSync("git", ["init", "-q", repo.root], { stdio: "ignore" });
    expect(told()).toEqual([]);
    repo.write(".gitignore", "node_modules\n");
    expect(told()).toEqual(
      expect.arrayContaining([
        "error security/env-home .env",
        "error security/runs .claude/settings.local.json",
        "error security/hidden CLAUDE.local.md",
      ]),
    );
  });

  test("a file that runs something and cannot be read", () => {
    start({
      ".cursor/mcp.json": '{ "mcpServers": { "x": { "command": "a" ',
      ".zed/settings.json": "{ broken",
    });
    expect(told()).toEqual(["error security/unread .cursor/mcp.json"]);
  });

  test("names that hide a prototype are no way around", () => {
    start({ ".kiro/settings/mcp.json": '{ "mcpServers": { "__proto__": { "command": "a" } } }\n' });
    expect(told()).toEqual(["error security/unread .kiro/settings/mcp.json"]);
  });

  test("keys that are spelt with escapes", () => {
    start({
      ".vscode/tasks.json":
        '{ "\\u0074asks": [{ "command": "a", "runOptions": { "runOn": "folderOpen" } }] }\n',
    });
    expect(told()).toEqual(["error security/runs .vscode/tasks.json"]);
  });

  test("of a link and its file one", () => {
    start({ ".kiro/settings/mcp.json": server("a") });
    symlinkSync(".kiro/settings/mcp.json", join(repo.root, ".mcp.json"));
    expect(told()).toEqual(["error security/runs .kiro/settings/mcp.json"]);
  });

  test("a link to a file that no tool looks at by its own name", () => {
    start({ "tools/servers.json": server("a"), "tools/text.md": "Be\u202e kind.\n" });
    symlinkSync("tools/servers.json", join(repo.root, ".mcp.json"));
    symlinkSync("tools/text.md", join(repo.root, "WARP.md"));
    expect(told()).toEqual(["error security/runs .mcp.json", "error security/hidden WARP.md"]);
  });

  test("TOML, whose reader is loaded when it is needed", async () => {
    start({ ".codex/config.toml": '[mcp_servers.x]\ncommand = "a"\n' });
    let out = "";
    const io = { cwd: repo.root, out: (t: string) => void (out += t), err: (t: string) => void (out += t) };
    expect(await main(["verify"], io)).toBe(1);
    expect(out).toContain(".codex/config.toml:1:");
    expect(out).toContain("[security/runs]");
    expect(out).not.toContain("security/unread");
  });

  test("secrets, and they are not shown", () => {
    const key = ["sk", "ant", "api03", "Zq7wX2".repeat(9)].join("-");
    start({
      ".vscode/mcp.json": json({
        servers: { x: { url: "https://a.example", headers: { "x-api-key": key } } },
      }),
      ".env.local": `ANTHROPIC_API_KEY=${key}\n`,
    });
    const { found, text } = repo.verify();
    expect(found.map((d) => `${d.code} ${d.place!.file}`).sort()).toEqual([
      "security/redirects .vscode/mcp.json",
      "security/secret .env.local",
      "security/secret .vscode/mcp.json",
    ]);
    expect(text).not.toContain(key);
  });
});

describe("texts and pages", () => {
  const long =
    "Small functions, each with a name as people of the field would choose it, and no abbreviations.\n";

  test("a text that a tool loads twice", () => {
    start({ "AGENTS.md": long, ".github/copilot-instructions.md": `# Team\n\n${long}` });
    expect(told()).toEqual(["warning shadow/twice .github/copilot-instructions.md"]);
    repo.write(".github/copilot-instructions.md", "# Team\n\nSee AGENTS.md.\n");
    expect(told()).toEqual([]);
  });

  test("a link is an alias and no second text", () => {
    start({ "AGENTS.md": long });
    symlinkSync("AGENTS.md", join(repo.root, ".cursorrules"));
    expect(told()).toEqual([]);
  });

  test.each([
    [".roorules", { ".roorules": "One.\n", ".roo/rules/a.md": "Two.\n" }],
    [".github/mcp.json", { ".mcp.json": "{}\n", ".github/mcp.json": '{ "mcpServers": {} }\n' }],
    ["AGENTS.md", { "AGENTS.md": "One.\n", "CLAUDE.local.md": "Two.\n" }],
    ["AGENTS.md", { "AGENTS.md": "One.\n", "AGENTS.override.md": "Two.\n" }],
    [".kilocode/rules/a.md", { ".kilo/rules/a.md": "One.\n", ".kilocode/rules/a.md": "Two.\n" }],
  ])("%s is hidden", (file, files) => {
    start(files as unknown as Record<string, string>, "portable: 1\ntargets: [litellm]\n");
    expect(told()).toEqual([`warning shadow/file ${file}`]);
  });

  test("hidden text is told of the spec, not of everything that is built from it", () => {
    start({}, "portable: 1\ntargets: [claude, agents, cursor, roo]\n");
    repo.write(".portable/rules/a.md", "Be\u202e kind.\n");
    build({ cwd: repo.root });
    expect(told()).toEqual(["error security/hidden .portable/rules/a.md"]);
    repo.write("AGENTS.md", `${repo.text("AGENTS.md")}Be\u2066 short.\n`);
    expect(told()).toContain("error security/hidden AGENTS.md");
  });
});
