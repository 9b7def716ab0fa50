import { describe, expect, test } from "vitest";
import { printLedger, readLedger } from "../../../src/core/ledger.ts";
import type { Provider, Rule } from "../../../src/core/spec.ts";
import { agents } from "../../../src/targets/agents.ts";
import { aider } from "../../../src/targets/aider.ts";
import { build, filesOf, items, lines, lossesOf, model, told, worldOf } from "../tool.ts";

const file = ".aider.conf.yml";
const page = (name: string, at: string, body: string): Rule => ({ name, apply: { on: "always" }, body, at });
const next = (p: ReturnType<typeof build>) => ({
  ...p.after,
  ledger: readLedger(printLedger(p.ledger, "0")).ledger,
});
const own: Rule = { name: "style", apply: { on: "always" }, body: "Be kind." };
const anthropic: Provider = { name: "anthropic" };

describe("pages", () => {
  const pages = { "CONVENTIONS.md": "Ours.\n", "AGENTS.md": "All.\n" };
  test.for([
    ["nothing", "auto-lint: true\n", []],
    ["one path", "read: CONVENTIONS.md\n", ["CONVENTIONS"]],
    ["a list", "read: [./AGENTS.md, docs/x.md]\n", ["AGENTS"]],
    ["both", "read:\n  - AGENTS.md\n  - CONVENTIONS.md\n", ["CONVENTIONS", "AGENTS"]],
    ["one text with a comma, which is one path", 'read: "AGENTS.md, CONVENTIONS.md"\n', []],
    ["no value", "read:\n", []],
  ] as [string, string, string[]][])("are read where `read` holds %s", ([, text, names]) => {
    expect(Object.keys(items(aider, "rule", { ...pages, [file]: text }))).toEqual(names);
  });
  test("are not read without a file", () => expect(items(aider, "rule", pages)).toEqual({}));
});

describe("models", () => {
  test("settings, aliases in either form, bare ids and names of Aider's own", () => {
    const text = lines(
      "model: claude-sonnet-4-5",
      "weak-model: openrouter/a/b",
      "editor-model: sonnet",
      "alias:",
      "  - quick:gpt-4o",
      "  - fast:gpt-4o",
      "  - 'near: ollama_chat/qwen3:30b '",
      "  - nothing",
      "  - {map: pair}",
    );
    expect(items(aider, "model", { [file]: text })).toEqual({
      main: { chain: ["anthropic/claude-sonnet-4-5"] },
      fast: { chain: ["openrouter/a/b"] },
      quick: { chain: ["openai/gpt-4o"] },
      near: { chain: ["ollama/qwen3:30b"] },
    });
    expect(told(aider, { [file]: text })).toEqual([
      expect.stringContaining('the alias "fast" has the name of a role of the spec'),
      expect.stringContaining("a name of Aider's own or of no known provider"),
    ]);
    expect(items(aider, "model", { [file]: "alias: quick:gpt-4o\n" })).toEqual({
      quick: { chain: ["openai/gpt-4o"] },
    });
  });
});

test("models of OpenAI's are not taken for that where the file sends them elsewhere", () => {
  const text = lines("openai-api-base: http://10.0.0.5/v1", "model: gpt-4o", "weak-model: deepseek/x");
  expect(items(aider, "model", { [file]: text })).toEqual({ fast: { chain: ["deepseek/x"] } });
  expect(told(aider, { [file]: text })).toEqual([expect.stringContaining("asked at openai-api-base")]);
});

describe("settings", () => {
  test("options are read, invented keys and wrong values are told and stay", () => {
    const text = lines(
      "auto-lint: yes",
      "lint-cmd: make lint",
      "watch-files:",
      '  - "src/**/*.py"',
      "read-files: [README.md]",
      "mcp-servers: {a: {command: x}}",
      "weak-mod: gpt-4o",
      "yes: true",
    );
    expect(items(aider, "setting", { [file]: text })).toEqual({
      "aider/auto-lint": { path: ["auto-lint"], value: true },
      "aider/lint-cmd": { path: ["lint-cmd"], value: "make lint" },
    });
    expect(
      told(aider, { [file]: text }).map((t) => /[a-z]+(?:-[a-z]+)*(?=[.:] )/.exec(t.slice(15))?.[0]),
    ).toEqual(["watch-files", "read-files", "command", "weak-mod", "yes"]);
  });
});

describe("what stands there stays", () => {
  const text = lines(
    "# how we use Aider",
    "read:",
    "    - docs/style.md   # long",
    "    - AGENTS.md",
    "alias: # short names",
    "    - hand:gpt-4o",
    "",
    "read-files: [README.md] # invented",
  );
  const world = worldOf({ [file]: text, "AGENTS.md": "All.\n" });
  const spec = {
    rule: [page("AGENTS", "AGENTS.md", "All."), own],
    model: [model("review", [anthropic, "x"])],
  };

  test("our rows come and go around it", () => {
    const p = build([aider], spec, world);
    expect(filesOf(p)[file]).toBe(
      text
        .replace("    - AGENTS.md\n", '    - AGENTS.md\n    - "CONVENTIONS.md"\n')
        .replace("    - hand:gpt-4o\n", '    - hand:gpt-4o\n    - "review:anthropic/x"\n'),
    );
    expect(lossesOf(p)).toEqual([]);
    expect(build([aider], spec, next(p)).changes).toEqual([]);
    expect(filesOf(build([aider], {}, next(p)))).toEqual(filesOf({ after: world } as never));
  });

  test("a path that its author listed is never taken away", () => {
    const rule = [own];
    const listed = worldOf({ [file]: "read: [CONVENTIONS.md]\n", "CONVENTIONS.md": "Be kind.\n" });
    const p = build([aider], { rule }, listed);
    expect(p.changes).toEqual([]);
    expect([...p.ledger.keys()]).toEqual(["CONVENTIONS.md"]);
    expect(filesOf(build([aider], {}, next(p)))).toEqual({ [file]: "read: [CONVENTIONS.md]\n" });
  });

  test("one path becomes a list of two", () => {
    const p = build(
      [aider],
      { rule: [own] },
      worldOf({ [file]: "read: docs/a.md # mine\ndark-mode: true\n" }),
    );
    expect(filesOf(p)[file]).toMatch(
      /^read: ?(# mine)?\n {2}- "?docs\/a\.md"?( # mine)?\n {2}- "CONVENTIONS\.md"\ndark-mode: true\n$/,
    );
    expect(build([aider], { rule: [own] }, next(p)).changes).toEqual([]);
    expect(items(aider, "rule", filesOf(p) as Record<string, string>)).toMatchObject({
      CONVENTIONS: { body: "Be kind." },
    });
  });

  test("a comment-only file, on which Aider stops, gets our keys and its bytes back", () => {
    const bare = worldOf({ [file]: "# model: gpt-4o\n" });
    const p = build([aider], { model: [model("main", [anthropic, "x"])] }, bare);
    expect(filesOf(p)[file]).toBe('# model: gpt-4o\nmodel: "anthropic/x"\n');
    expect(filesOf(build([aider], {}, next(p)))).toEqual({ [file]: "# model: gpt-4o\n" });
  });

  test("a foreign page is neither changed nor listed", () => {
    const p = build([aider], { rule: [own] }, worldOf({ "CONVENTIONS.md": "Theirs.\n" }));
    expect(filesOf(p)).toEqual({ "CONVENTIONS.md": "Theirs.\n" });
    expect(p.drifts.map((d) => [d.cause, d.ours])).toEqual([["foreign", false]]);
  });

  test("a page that is nobody's to write is listed where it says what is wanted", () => {
    const p = build(
      [aider],
      { rule: [page("AGENTS", "AGENTS.md", "All.")] },
      worldOf({ "AGENTS.md": "All.\n" }),
    );
    expect(filesOf(p)).toEqual({ "AGENTS.md": "All.\n", [file]: 'read:\n  - "AGENTS.md"\n' });
  });

  test("the list follows the pages", () => {
    const both = build([agents, aider], { rule: [own] });
    expect(filesOf(both)[file]).toBe('read:\n  - "AGENTS.md"\n');
    const alone = build([aider], { rule: [own] }, next(both));
    expect(filesOf(alone)[file]).toBe('read:\n  - "CONVENTIONS.md"\n');
  });

  test("an entry for a model keeps what else it says", () => {
    const local = (port: number): Provider => ({ name: "vllm", origin: [`http://h:${port}`] });
    const spec = (port: number) => ({ model: [model("main", [local(port), "x"])] });
    const first = build([aider], spec(1));
    const settings = ".aider.model.settings.yml";
    const edited = String(filesOf(first)[settings]).replace('"whole"', "diff # it can");
    const kept = build([aider], spec(1), {
      ...next(first),
      files: new Map([...first.after.files, [settings, edited]]),
    });
    expect(filesOf(kept)[settings]).toBe(edited);
    const moved = build([aider], spec(2), next(kept));
    expect(filesOf(moved)[settings]).toBe(edited.replace("http://h:1/", "http://h:2/"));
    expect(lossesOf(moved)).toEqual([]);
  });
});
