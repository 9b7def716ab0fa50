import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { clientIds, clients } from "../../src/clients/index.ts";
import { exit } from "../../src/commands/context.ts";
import { env, shells } from "../../src/commands/env.ts";
import { brokenWord } from "../../src/commands/run.ts";
import { runs } from "../../src/service/state.ts";

const spec = (gateway: string): string => `portable: 1
targets: [agents]
gateway: ${gateway}
providers:
  anthropic: {}
  openai: {}
models:
  main:
    chain: [anthropic/claude-opus-5-5]
  fast:
    chain: [openai/gpt-5.5-mini]
proxy:
  port: 4321
`;
const project = (gateway: string): string => {
  const root = mkdtempSync(join(tmpdir(), "portable-env-"));
  writeFileSync(join(root, "portable.yaml"), spec(gateway));
  return root;
};
/** A user with nothing of their own. */
const nobody = (): Record<string, string> => {
  const home = mkdtempSync(join(tmpdir(), "portable-env-home-"));
  return {
    XDG_STATE_HOME: join(home, "state"),
    CLAUDE_CONFIG_DIR: join(home, "claude"),
    GEMINI_CLI_HOME: join(home, "gemini-home"),
  };
};
const withGeminiKey = (user: Record<string, string>): Record<string, string> => {
  const folder = join(user["GEMINI_CLI_HOME"]!, ".gemini");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "settings.json"),
    '{ // by hand\n "security": {"auth": {"selectedType": "gemini-api-key"}},\n}',
  );
  return user;
};

const stderr = vi.spyOn(process.stderr, "write");
beforeEach(() => void stderr.mockReset().mockReturnValue(true));
afterAll(() => stderr.mockRestore());

describe("portable env", () => {
  test("prints the address of this repository's own path", () => {
    const root = project("proxy");
    const user = nobody();
    const { text, exit: code } = env({ cwd: root }, ["claude"], user);
    expect(code).toBe(exit.clean);
    expect(text).toMatch(
      /^export ANTHROPIC_BASE_URL='http:\/\/127\.0\.0\.1:4321\/[\w-]{22,}'\nexport ANTHROPIC_AUTH_TOKEN='portable'$/,
    );
    expect(env({ cwd: root }, ["claude"], user).text).toBe(text);
  });

  test("says where nobody hears it that no proxy runs, and nothing where one does", () => {
    const root = project("proxy");
    const who = nobody();
    const { text } = env({ cwd: root }, ["claude"], who);
    expect(text).not.toContain("proxy on");
    expect(stderr.mock.calls.flat().join("")).toBe(
      "portable: no proxy is running; start it: portable proxy on\n",
    );
    stderr.mockClear();
    env({ cwd: project("litellm") }, ["claude"], who);
    const folder = join(who["XDG_STATE_HOME"]!, "portable");
    runs(folder, { pid: process.pid, port: 4321, version: "1", secret: "s" });
    env({ cwd: root }, ["claude"], who);
    expect(stderr).not.toHaveBeenCalled();
  });

  test("a user's own key or login stays in its place", () => {
    const root = project("proxy");
    const keyed = { ...nobody(), ANTHROPIC_API_KEY: "sk-mine" };
    expect(env({ cwd: root }, ["claude"], keyed).text).not.toMatch(/sk-mine|AUTH_TOKEN/);
    const signedIn = nobody();
    mkdirSync(signedIn["CLAUDE_CONFIG_DIR"]!);
    writeFileSync(join(signedIn["CLAUDE_CONFIG_DIR"]!, ".credentials.json"), "{}");
    expect(env({ cwd: root }, ["claude"], signedIn).text).not.toContain("AUTH_TOKEN");
  });

  test("another gateway gets its own address and key", () => {
    const litellm = env({ cwd: project("litellm") }, ["claude"], { ...nobody(), LITELLM_MASTER_KEY: "sk-1" });
    expect(litellm.data["env"]).toEqual({
      ANTHROPIC_BASE_URL: "http://127.0.0.1:4000",
      ANTHROPIC_AUTH_TOKEN: "sk-1",
    });
    const root = project("https://gw.example.com/");
    const origin = env({ cwd: root, trust: true }, ["copilot"], nobody());
    expect(origin.data["env"]).toMatchObject({
      COPILOT_PROVIDER_BASE_URL: "https://gw.example.com/v1",
      // the first step speaks no chat: the alias is asked for
      COPILOT_MODEL: "main",
    });
    const aider = env({ cwd: project("http://localhost:4001") }, ["aider"], nobody());
    expect(aider.data["env"]).toMatchObject({ AIDER_WEAK_MODEL: "openai/gpt-5.5-mini" });
  });

  test("a gateway of the spec's own needs a person, once", () => {
    const root = project("https://evil.example.com");
    const user = { ...nobody(), ANTHROPIC_API_KEY: "sk-mine" };
    const asked = env({ cwd: root }, ["claude"], user);
    expect(asked).toMatchObject({ exit: exit.refused, lines: [], data: {} });
    expect(asked.text).toContain("with your own credential, go to https://evil.example.com");
    expect(asked.diagnostics[0]!.fix).toBe("portable env claude --trust");
    expect(env({ cwd: root, trust: true }, ["claude"], user).exit).toBe(exit.clean);
    expect(env({ cwd: root }, ["claude"], user).text).toContain("https://evil.example.com");
    writeFileSync(join(root, "portable.yaml"), spec("https://evil2.example.com"));
    expect(env({ cwd: root }, ["claude"], user).exit).toBe(exit.refused);
    expect(env({ cwd: project("https://evil.example.com") }, ["claude"], user).exit).toBe(exit.refused);
  });

  test.each(["http://127.0.0.1\\.evil.example.com", "http://evil.example.com\\@localhost", "https://h /x"])(
    "%s is no gateway",
    (gateway) =>
      expect(env({ cwd: project(gateway), trust: true }, ["claude"], nobody()).exit).toBe(exit.refused),
  );

  test("prints nothing where its variables would not do", () => {
    const root = project("proxy");
    const codex = env({ cwd: root }, ["codex"], nobody());
    expect(codex.lines).toEqual([]);
    expect(codex.exit).toBe(exit.refused);
    expect(codex.text).toContain("portable run codex");
    const gemini = env({ cwd: root }, ["gemini"], nobody());
    expect(gemini.lines).toEqual([]);
    expect(gemini.text).toContain("Use Gemini API key");
    expect(env({ cwd: root }, ["gemini"], withGeminiKey(nobody())).text).toContain("GOOGLE_GEMINI_BASE_URL");
    expect(env({ cwd: project("none") }, ["claude"], nobody()).exit).toBe(exit.refused);
    expect(env({ cwd: root }, ["cluade"], nobody()).text).toContain("claude");
    expect(env({ cwd: root, shell: "tcsh" }, ["claude"], nobody()).text).toContain("powershell");
  });

  test.each(clientIds)("--unset takes away all that %s may have got", (id) => {
    const root = project("proxy");
    const { unset } = env({ cwd: root, unset: true }, [id], nobody()).data as { unset: string[] };
    const set = env({ cwd: root }, [id], withGeminiKey(nobody())).data["env"] ?? { PORTABLE_KEY: "" };
    expect(unset).toEqual(expect.arrayContaining(Object.keys(set)));
    // a user's own key never came from here
    expect(unset).not.toContain("ANTHROPIC_API_KEY");
  });
});

test("no word of the spec's runs anything by way of cmd.exe", () => {
  const to = (main: string) => ({ base: "http://127.0.0.1:4141/t0ken-_", models: { main } });
  const words = (main: string) => clients["codex"]!.argv!(to(main), true);
  for (const id of ["gpt-5.5", "us.anthropic.claude-x-v1:0", "@cf/meta/llama", "a/b_c"])
    expect(brokenWord(words(id), "win32"), id).toBeUndefined();
  for (const id of ["x&calc", "x|calc", "%PATH%", 'x" & calc', "x^", "x>y", "a b", "x\ny", "(x)", "x!y"])
    expect(brokenWord(words(id), "win32"), id).toContain("model=");
  expect(brokenWord(words("x&calc"), "linux")).toBeUndefined();
});

describe("shells read back what was meant", () => {
  const hostile = fc.string({ unit: "grapheme" }).map((s) => s.replaceAll("\0", ""));
  const samples = [
    "it's",
    "$(id)",
    "`id`",
    "a\\'b",
    "a\nb",
    '"',
    "\\",
    "${HOME}",
    "'; rm -rf /; '",
    "%PATH%",
    "!!",
  ];
  const readBack = (value: string): string => {
    const script = `${shells["sh"]!.set("X", value)}\nprintf %s "$X"`;
    return execFileSync("/bin/sh", ["-c", script], { env: {}, encoding: "utf8" });
  };
  test.skipIf(process.platform === "win32")("sh", () => {
    for (const value of samples) expect(readBack(value)).toBe(value);
    fc.assert(
      fc.property(hostile, (value) => {
        expect(readBack(value)).toBe(value);
      }),
      { numRuns: 60 },
    );
  });
  /** What stands between the quotes, by each shell's own rules: fish knows \\\\ and \\', PowerShell '' only. */
  const rules: Record<string, (quoted: string) => string> = {
    fish: (q) => q.replace(/\\([\\'])/g, "$1"),
    powershell: (q) => q.replaceAll("''", "'"),
  };
  test.each(Object.keys(rules))("%s", (name) => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constantFrom(...samples)), (value) => {
        const quoted = /^(?:set -gx X |\$env:X = )'([\s\S]*)'$/.exec(shells[name]!.set("X", value))![1]!;
        expect(rules[name]!(quoted)).toBe(value);
        // no quote ends it early
        const bare = name === "fish" ? quoted.replace(/\\[\\']/g, "") : quoted.replaceAll("''", "");
        expect(bare).not.toContain("'");
      }),
    );
  });
});
