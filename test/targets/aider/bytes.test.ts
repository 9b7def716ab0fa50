import { describe, expect, test } from "vitest";
import type { Provider, Rule } from "../../../src/core/spec.ts";
import { agents } from "../../../src/targets/agents.ts";
import { aider } from "../../../src/targets/aider.ts";
import { lines, model, written } from "../tool.ts";

const made = (spec: Parameters<typeof written>[1]) => written([aider], spec);
const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  name,
  apply: { on: "always" },
  body: `Text of ${name}.`,
  ...more,
});
const conf = (...text: string[]) => ({ ".aider.conf.yml": lines(...text) });

const anthropic: Provider = { name: "anthropic" };
const local: Provider = { name: "local", type: "llama.cpp", origin: ["http://127.0.0.1:8080"] };
const studio: Provider = { name: "studio", type: "lmstudio" };

describe("rules", () => {
  test("Aider reads no page by itself: `read` names it", () => {
    expect(made({ rule: [rule("style")] })).toEqual({
      losses: [],
      files: { ...conf("read:", '  - "CONVENTIONS.md"'), "CONVENTIONS.md": "Text of style.\n" },
    });
  });

  test("what AGENTS.md says is loaded from there; the rest has a page of its own", () => {
    const both = rule("both");
    const mine = rule("mine", { targets: ["aider"] });
    const other = rule("other", { targets: ["agents"] });
    const paths = (...rules: Rule[]) => {
      const { files } = written([agents, aider], { rule: rules });
      const { ".aider.conf.yml": read, ...pages } = files;
      return { read: String(read ?? "").match(/\w+\.md/g), pages };
    };
    expect(paths(both)).toEqual({ read: ["AGENTS.md"], pages: { "AGENTS.md": "Text of both.\n" } });
    expect(paths(both, mine)).toEqual({
      read: ["AGENTS.md", "CONVENTIONS.md"],
      pages: { "AGENTS.md": "Text of both.\n", "CONVENTIONS.md": "Text of mine.\n" },
    });
    const apart = paths(both, other);
    expect(apart.read).toEqual(["CONVENTIONS.md"]);
    expect(apart.pages["CONVENTIONS.md"]).toBe("Text of both.\n");
    expect(paths(other)).toEqual({ read: null, pages: { "AGENTS.md": "Text of other.\n" } });
  });

  test("a rule with a scope says so in words, and is told to be weaker", () => {
    const { files, losses } = made({ rule: [rule("ts", { apply: { on: "globs", globs: ["*.ts"] } })] });
    expect(files["CONVENTIONS.md"]).toContain("> Applies to `*.ts`.\n\nText of ts.\n");
    expect(losses).toEqual([
      "warning rule ts apply: CONVENTIONS.md is always loaded whole; a line says when the rule applies",
    ]);
  });
});

describe("models", () => {
  test("roles, aliases, further steps, and local servers", () => {
    const all = made({
      model: [
        model("main", [anthropic, "claude-opus-4-8"], [local, "qwen3-coder-30b"], [studio, "qwq-32b"]),
        model("fast", [local, "qwen3-coder-30b"]),
        model("edit", [{ name: "openrouter" }, "a/b"]),
        model("review", [{ name: "ollama" }, "qwen3:30b"]),
        model("far", [{ name: "ollama", origin: ["http://far:11434/"] }, "llama3:70b"]),
      ],
    });
    expect(all.losses).toEqual([
      "warning model main chain: Aider has no fallback: further steps have aliases of their own, such as main-2",
    ]);
    expect(all.files).toEqual({
      ...conf(
        'model: "anthropic/claude-opus-4-8"',
        'weak-model: "openai/qwen3-coder-30b"',
        'editor-model: "openrouter/a/b"',
        "alias:",
        '  - "far:ollama_chat/llama3:70b"',
        '  - "main-2:openai/qwen3-coder-30b"',
        '  - "main-3:lm_studio/qwq-32b"',
        '  - "review:ollama_chat/qwen3:30b"',
      ),
      ".aider.model.settings.yml": lines(
        '- name: "ollama_chat/llama3:70b"',
        '  edit_format: "diff"',
        "  use_repo_map: true",
        "  extra_params:",
        '    api_base: "http://far:11434"',
        '- name: "openai/qwen3-coder-30b"',
        '  edit_format: "whole"',
        "  use_repo_map: false",
        "  extra_params:",
        '    api_base: "http://127.0.0.1:8080/v1"',
        '    api_key: "none"',
        '- name: "lm_studio/qwq-32b"',
        '  edit_format: "diff"',
        "  use_repo_map: true",
        "  extra_params:",
        '    api_base: "http://127.0.0.1:1234/v1"',
      ),
    });
  });

  test("an item's own name goes before that of a further step", () => {
    const { files, losses } = made({
      model: [model("x", [anthropic, "a"], [anthropic, "b"]), model("x-2", [anthropic, "c"])],
    });
    expect(files).toEqual(conf("alias:", '  - "x:anthropic/a"', '  - "x-2:anthropic/c"'));
    expect(losses).toHaveLength(1);
  });

  test("one name of Aider's for the models of two servers is written for one of them, and told", () => {
    const { files, losses } = made({
      model: [model("a", [{ name: "openai" }, "x"]), model("b", [local, "x"])],
    });
    expect(files[".aider.conf.yml"]).toBe(lines("alias:", '  - "b:openai/x"'));
    expect(losses).toEqual([
      "warning model a: Aider has one server for a name: openai/x is asked at another's",
    ]);
  });

  test.for([
    [{ name: "other" }, "Aider needs the origin of a server that is no known provider"],
    [{ name: "vllm", origin: [{ env: "H" }] }, "Aider fills no variables into its files"],
  ] as [Provider, string][])("a step of %o is none", ([provider, why]) => {
    expect(made({ model: [model("m", [provider, "x"])] })).toEqual({
      files: {},
      losses: [`warning model m: ${why}`],
    });
  });

  test("a name that is no alias", () => {
    expect(made({ model: [model("a:b", [anthropic, "x"])] })).toEqual({
      files: {},
      losses: [
        "warning model a:b: an alias of Aider's ends at the first colon and has no white space around it",
      ],
    });
  });

  test("keys are never written; another variable than the provider's own is told", () => {
    const keyed = (provider: Provider) => made({ model: [model("main", [provider, "x"])] });
    const why = "warning model main chain: Aider reads a key only from the provider's own variable";
    expect(keyed({ ...anthropic, apiKey: [{ env: "ANTHROPIC_API_KEY" }] }).losses).toEqual([]);
    expect(keyed({ ...anthropic, apiKey: [{ env: "TEAM_KEY" }] }).losses).toEqual([why]);
    const literal = keyed({ ...anthropic, apiKey: ["sk-secret"] });
    expect(literal.losses).toEqual([why]);
    expect(JSON.stringify(literal.files)).not.toContain("sk-secret");
    const near = keyed({ ...local, apiKey: [{ env: "LLAMA_API_KEY" }] });
    expect(near.losses).toEqual([why]);
    expect(near.files[".aider.model.settings.yml"]).toContain('api_key: "none"');
    expect(keyed({ name: "amazon-bedrock", region: "us-east-1" }).losses).toEqual([
      "warning model main chain: Aider takes no key command, region, project or headers from its files: it reads LiteLLM's variables",
    ]);
  });
});

describe("the rest", () => {
  test("a command is a prompt file", () => {
    const command = {
      name: "ops/ship",
      description: "Ship",
      arguments: ["env"],
      body: ["Ship $1 to ", { named: "env" }, "\n", { shell: "git log" }] as const,
    };
    expect(made({ command: [command] })).toEqual({
      files: {
        ".aider.prompts/ops/ship.md":
          'Ship $1 to (the argument "env" that the user typed)\n(the output of `git log`)\n',
      },
      losses: [
        "note command ops/ship description: a prompt file is sent whole",
        "warning command ops/ship arguments: a prompt file takes no arguments",
        "warning command ops/ship body: what stands in {{...}} is described in words: the tool does not fill it in",
        "note command ops/ship body: Aider has no commands of its own: `aider --message-file` sends the file",
      ],
    });
  });

  test("ignored files", () => {
    expect(
      made({ ignore: [{ name: "dist/**" }, { name: "./x" }, { name: "#x" }, { name: "*.pem" }] }),
    ).toEqual({
      files: { ".aiderignore": "dist/**\n*.pem\n" },
      losses: expect.arrayContaining([
        "warning ignore ./x: .aiderignore is a .gitignore: a line with # before or a space behind, or with ./, matches nothing",
      ]),
    });
  });

  test("settings that Aider starts with; it would stop on others", () => {
    const setting = (key: string, value: unknown) => ({
      name: `aider/${key}`,
      path: key.split("."),
      value,
      targets: ["aider"],
    });
    const good = [
      setting("auto-lint", false),
      setting("lint-cmd", ["python: ruff check"]),
      setting("map-tokens", 2048),
      setting("edit-format", "diff"),
      setting("no-pretty", true),
      setting("commit-prompt", "12:30"),
    ];
    expect(made({ setting: good })).toEqual({
      losses: [],
      files: conf(
        "auto-lint: false",
        'commit-prompt: "12:30"',
        'edit-format: "diff"',
        "lint-cmd:",
        '  - "python: ruff check"',
        "map-tokens: 2048",
        "no-pretty: true",
      ),
    });
    const unknown = "no option of Aider 0.86.2 by its whole name: it stops with status 2";
    const wrong = "not what this option of Aider holds: it stops with status 2, or takes something else";
    const own = "Aider's models and pages are no settings: they have kinds of their own";
    for (const [key, value, why] of [
      ["weak_model", "x", unknown],
      ["weak-mod", "x", unknown],
      ["no-model", "x", unknown],
      ["lint-cmd.python", "ruff", unknown],
      ["toString", 1, unknown],
      ["model", "x", own],
      ["read", ["a.md"], own],
      ["map-tokens", "many", wrong],
      ["map-tokens", 1.5, wrong],
      ["watch-files", ["src"], wrong],
      ["test-cmd", ["a"], wrong],
      ["edit-format", "func", wrong],
      ["dark-mode", null, wrong],
    ] as const)
      expect(made({ setting: [setting(key, value)] }), key).toEqual({
        files: {},
        losses: [`warning setting aider/${key}: ${why}`],
      });
  });
});
