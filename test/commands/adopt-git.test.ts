import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "../../src/main.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "portable-adopt-"));
  git("init", "-q");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: string[]): void =>
  void execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
    cwd: root,
    stdio: "pipe",
  });
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const get = (path: string): string => readFileSync(join(root, path), "utf8");
const change = (path: string, from: string, to: string): void =>
  put(
    path,
    get(path).replace(from, () => to),
  );
const run = async (...argv: string[]): Promise<{ status: number; said: string }> => {
  let said = "";
  const say = (t: string): void => void (said += t);
  const status = await main(argv, { cwd: root, out: say, err: say });
  return { status, said };
};
const commit = (): void => {
  git("add", "-A");
  git("commit", "-q", "-m", "x");
};

const spec = `portable: 1
targets: [claude, agents]
mcpServers:
  db:
    command: db-mcp
    env:
      LEVEL: debug
  web:
    command: web-mcp
`;
const start = async (): Promise<void> => {
  put("portable.yaml", spec);
  put(".portable/rules/style.md", "One.\nTwo.\nThree.\nFour.\n");
  put(".portable/rules/tests.md", "Test first.\nKeep them fast.\n");
  put(".portable/skills/release/SKILL.md", "---\nname: release\n---\nOne.\nTwo.\nThree.\n");
  expect((await run("build")).status).toBe(0);
  commit();
};

test("a row, a region and a file of a skill are merged with what the spec says by now", async () => {
  await start();
  change("portable.yaml", "db-mcp", "db-mcp-2");
  change(".portable/rules/style.md", "One.", "First.");
  change(".portable/skills/release/SKILL.md", "One.", "First.");
  change(".mcp.json", "debug", "info");
  change("AGENTS.md", "Four.", "Last.");
  change(".claude/skills/release/SKILL.md", "Three.", "Last.");
  const { status, said } = await run("import", "AGENTS.md", ".mcp.json", ".claude/skills/release/SKILL.md");
  expect(said).not.toContain("<<<<<<<");
  expect(status).toBe(0);
  expect(get("portable.yaml")).toBe(spec.replace("db-mcp", "db-mcp-2").replace("debug", "info"));
  expect(get(".portable/rules/style.md")).toBe("First.\nTwo.\nThree.\nLast.\n");
  expect(get(".portable/skills/release/SKILL.md")).toBe("---\nname: release\n---\nFirst.\nTwo.\nLast.\n");
  expect(await run("verify")).toMatchObject({ status: 0 });
});

test("lines that both sides changed are told, and nothing is written", async () => {
  await start();
  change(".portable/rules/style.md", "Two.", "Second.");
  change("AGENTS.md", "Two.", "Zwei.");
  const before = get("AGENTS.md");
  const { status, said } = await run("import", "AGENTS.md");
  expect(status).toBe(1);
  const lines = said.split("\n").map((l) => l.trim());
  expect(lines.join("\n")).toContain("<<<<<<< spec\nSecond.\n=======\nZwei.\n>>>>>>> AGENTS.md");
  expect(get(".portable/rules/style.md")).toBe("One.\nSecond.\nThree.\nFour.\n");
  expect(get("AGENTS.md")).toBe(before);
  expect((await run("verify")).status).toBe(1);
});

test("a row that is gone while the spec changed it is a conflict, not a removal", async () => {
  await start();
  change("portable.yaml", "web-mcp", "web-mcp-2");
  const servers = JSON.parse(get(".mcp.json"));
  delete servers.mcpServers.web;
  put(".mcp.json", `${JSON.stringify(servers, null, 2)}\n`);
  const { status, said } = await run("import", ".mcp.json");
  expect(status).toBe(1);
  expect(said).toContain("server web");
  expect(get("portable.yaml")).toContain("web-mcp-2");
});

test("what cannot be read is left, with the reason", async () => {
  await start();
  put(".mcp.json", '{ "mcpServers": {');
  const { status, said } = await run("import", ".mcp.json");
  expect(status).toBe(1);
  expect(said).toContain("import/blocked");
  expect(get("portable.yaml")).toBe(spec);
  expect(get(".mcp.json")).toBe('{ "mcpServers": {');
});

test("a name that no item can have is refused, and nothing is written", async () => {
  await start();
  put("AGENTS.md", `${get("AGENTS.md")}\n<!-- portable:rule ../up -->\nx\n<!-- portable:end ../up -->\n`);
  const { status, said } = await run("import", "AGENTS.md");
  expect(status).toBe(1);
  expect(said).toContain("nothing was written");
  expect(await run("verify")).toMatchObject({ said: expect.not.stringContaining("../up") });
});

test("CRLF and a byte order mark are no edit, and an edit in such a file comes in as text", async () => {
  await start();
  put("AGENTS.md", `\uFEFF${get("AGENTS.md").replaceAll("\n", "\r\n")}`);
  expect(await run("import", "AGENTS.md")).toMatchObject({
    status: 0,
    said: expect.stringContaining("nothing new"),
  });
  change("AGENTS.md", "Two.", "Second.");
  expect((await run("import", "AGENTS.md")).status).toBe(0);
  expect(get(".portable/rules/style.md")).toBe("One.\nSecond.\nThree.\nFour.\n");
  expect(get("AGENTS.md")).toMatch(/^\uFEFF[^\n]*\r\n/);
  expect((await run("verify")).status).toBe(0);
});
