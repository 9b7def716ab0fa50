import { describe, expect, test } from "vitest";
import type { Agent, Command, Model, Rule, Server } from "../../../src/core/spec.ts";
import { json, lines, written } from "./read.ts";

const always = { on: "always" } as const;

describe("exact bytes, one full item of each kind", () => {
  test("a rule for all, one with globs, one for a mode, one for two modes", () => {
    const rule: Rule[] = [
      { name: "style", apply: always, body: "Be kind.\n\nAnd short.", description: "Tone" },
      { name: "web/ts", apply: { on: "globs", globs: ["src/**/*.ts", "*.{a,b}"] }, body: "Be strict." },
      { name: "plan", apply: always, agents: ["architect"], body: "Draw first." },
      { name: "both", apply: always, agents: ["architect", "code"], body: "Both." },
    ];
    expect(written({ rule })).toMatchObject({
      files: {
        ".roo/rules/style.md": "Be kind.\n\nAnd short.\n",
        ".roo/rules/web/ts.md": "> Applies to `src/**/*.ts`, `*.{a,b}`.\n\nBe strict.\n",
        ".roo/rules-architect/plan.md": "Draw first.\n",
        ".roo/rules/both.md": "Both.\n",
      },
      losses: [
        "style description: a rule file of Roo Code's is text without a head",
        "web/ts apply: Roo Code cannot scope a rule: its first line says when it applies",
        "both agents: Roo Code shows it in every mode: a folder of rules is for one mode or for all",
      ],
    });
  });

  test("a command: holes are told in words", () => {
    const command: Command = {
      name: "ship",
      description: "Ship it",
      hint: "[where]",
      arguments: ["env"],
      allowedTools: ["Bash"],
      model: "opus",
      body: ["Ship ", { arg: "all" }, " to ", { named: "env" }, "; $ARGUMENTS is text"],
      overrides: { roo: { mode: "code" } },
    };
    const { files, losses } = written({ command: [command] });
    expect(files).toEqual({
      ".roo/commands/ship.md": lines(
        "---",
        'description: "Ship it"',
        'argument-hint: "[where]"',
        'mode: "code"',
        "---",
        "",
        'Ship (what the user typed after the command) to (the argument "env" that the user typed); $ARGUMENTS is text',
      ),
    });
    expect(losses).toEqual([
      "ship arguments: Roo Code fills nothing in: the model sees what was typed behind the command",
      "ship allowedTools: Roo Code allows tools by mode; `overrides: roo: mode:` names one",
      "ship model: Roo Code has a model per mode, not per command",
      "ship body: what stands in {{...}} is described in words: the tool does not fill it in",
    ]);
  });

  test("agents as modes", () => {
    const agent: Agent[] = [
      {
        name: "reviewer",
        description: "Reviews",
        model: "opus",
        tools: ["Read", "Grep", "Glob", "Bash"],
        body: "You review.\n\nKindly.",
        overrides: { roo: { name: "Reviewer", whenToUse: "Before a merge" } },
      },
      { name: "all", body: "You do all." },
    ];
    expect(written({ agent })).toMatchObject({
      files: {
        ".roomodes": lines(
          "customModes:",
          "  - slug: all",
          "    name: all",
          "    groups:",
          "      - read",
          "      - edit",
          "      - command",
          "      - mcp",
          "    roleDefinition: You do all.",
          "  - slug: reviewer",
          "    name: Reviewer",
          "    groups:",
          "      - read",
          "      - command",
          "    roleDefinition: |-",
          "      You review.",
          "",
          "      Kindly.",
          "    description: Reviews",
          "    whenToUse: Before a merge",
        ),
      },
      losses: ["reviewer model: Roo Code keeps the model of a mode in its own settings"],
    });
  });

  test("a skill", () => {
    const text = "---\nname: make-it\ndescription: Makes it\n---\nDo.\n";
    const files = {
      "SKILL.md": { content: text },
      "run.sh": { content: "#!/bin/sh\n", exec: true as const },
    };
    expect(written({ skill: [{ name: "make-it", files }] })).toMatchObject({
      files: { ".roo/skills/make-it/SKILL.md": text, ".roo/skills/make-it/run.sh": "#!/bin/sh\n" },
      losses: [],
    });
  });

  test("servers", () => {
    const server: Server[] = [
      {
        name: "db",
        transport: {
          type: "stdio",
          command: ["npx"],
          args: [["-y"], ["@acme/db"]],
          env: { URL: [{ env: "DB_URL" }] },
          cwd: "tools",
        },
        timeoutMs: 1500,
        overrides: { roo: { alwaysAllow: ["query"], disabled: false } },
      },
      {
        name: "tickets",
        transport: {
          type: "http",
          url: ["https://mcp.example.com/", { env: "TEAM" }],
          headers: { Authorization: ["Bearer ", { env: "TOKEN" }] },
        },
      },
      { name: "old", transport: { type: "sse", url: ["http://127.0.0.1:1/sse"] } },
    ];
    expect(written({ server })).toMatchObject({
      files: {
        ".roo/mcp.json": json({
          mcpServers: {
            db: {
              type: "stdio",
              command: "npx",
              args: ["-y", "@acme/db"],
              env: { URL: "${env:DB_URL}" },
              cwd: "tools",
              timeout: 1.5,
              alwaysAllow: ["query"],
              disabled: false,
            },
            old: { type: "sse", url: "http://127.0.0.1:1/sse" },
            tickets: {
              type: "streamable-http",
              url: "https://mcp.example.com/${env:TEAM}",
              headers: { Authorization: "Bearer ${env:TOKEN}" },
            },
          },
        }),
      },
      losses: [],
    });
  });

  test("ignore", () => {
    expect(written({ ignore: [{ name: "dist/**" }, { name: ".env*" }] })).toMatchObject({
      files: { ".rooignore": "dist/**\n.env*\n" },
      losses: [],
    });
    expect(written({ ignore: [{ name: "dist/**" }, { name: "!dist/keep" }] })).toMatchObject({
      files: { ".rooignore": "dist/**\n!dist/keep\n" },
      losses: [],
    });
  });
});

describe("a settings export", () => {
  const local = { name: "local", type: "llama.cpp", origin: ["http://127.0.0.1:8080/"] } as const;
  const model = (name: string, ...steps: NonNullable<Model["steps"]>): Model => ({
    name,
    chain: steps.map((s) => `${s.provider.name}/${s.id}`),
    steps,
  });
  const opus = { provider: { name: "anthropic" }, id: "claude-opus-4-8" };
  const profiles = (...models: Model[]) => {
    const { files, losses } = written({ model: models });
    const text = files[".roo/settings-export.json"];
    return { of: text === undefined ? undefined : JSON.parse(String(text)), losses };
  };

  test("a profile for each alias, of its first step; main is the current one", () => {
    const fast = model("fast", { provider: local, id: "qwen3" }, opus);
    expect(profiles(fast, model("main", opus))).toEqual({
      of: {
        providerProfiles: {
          apiConfigs: {
            fast: {
              apiProvider: "openai",
              openAiModelId: "qwen3",
              openAiBaseUrl: "http://127.0.0.1:8080/v1",
            },
            main: { apiProvider: "anthropic", apiModelId: "claude-opus-4-8" },
          },
          currentApiConfigName: "main",
        },
      },
      losses: [
        "fast chain: Roo Code has no fallback chain: the profile is its first step",
        "fast chain: import it once by hand and type the keys in Roo Code's settings: the file has none, and another import clears them",
        "main chain: import it once by hand and type the keys in Roo Code's settings: the file has none, and another import clears them",
      ],
    });
  });

  test("every kind of provider", () => {
    const one = (name: string, more: object = {}) =>
      profiles(model("m", { provider: { name, ...more }, id: "x" })).of?.providerProfiles.apiConfigs.m;
    expect(one("openai")).toEqual({ apiProvider: "openai-native", apiModelId: "x" });
    expect(one("amazon-bedrock", { region: "eu-west-1" })).toEqual({
      apiProvider: "bedrock",
      apiModelId: "x",
      awsRegion: "eu-west-1",
    });
    expect(one("google-vertex", { region: "r", project: "p" })).toEqual({
      apiProvider: "vertex",
      apiModelId: "x",
      vertexRegion: "r",
      vertexProjectId: "p",
    });
    expect(one("google")).toEqual({ apiProvider: "gemini", apiModelId: "x" });
    expect(one("openrouter", { origin: ["https://o.example"] })).toEqual({
      apiProvider: "openrouter",
      openRouterModelId: "x",
      openRouterBaseUrl: "https://o.example/api/v1",
    });
    expect(one("ollama")).toEqual({ apiProvider: "ollama", ollamaModelId: "x" });
    expect(one("lmstudio")).toEqual({ apiProvider: "lmstudio", lmStudioModelId: "x" });
    expect(one("vllm")).toEqual({
      apiProvider: "openai",
      openAiModelId: "x",
      openAiBaseUrl: "http://127.0.0.1:8000/v1",
    });
    expect(one("own", { origin: ["https://own.example"], headers: { A: ["b"] } })).toEqual({
      apiProvider: "openai",
      openAiModelId: "x",
      openAiBaseUrl: "https://own.example/v1",
      openAiHeaders: { A: "b" },
    });
  });

  test("never a key, never a reference", () => {
    const secret = { ...opus.provider, apiKey: ["sk-ant-1"] };
    const { of } = profiles(model("main", { provider: secret, id: "x" }));
    expect(JSON.stringify(of)).not.toContain("sk-ant");
    const hole = { name: "own", origin: [{ env: "ORIGIN" }] };
    const lost = profiles(model("main", { provider: hole, id: "x" }));
    expect(lost.of).toBeUndefined();
    expect(lost.losses).toEqual([
      "main: a settings export holds no references: the origin and headers must be literal",
    ]);
    const nowhere = profiles(model("main", { provider: { name: "own" }, id: "x" }));
    expect(nowhere.losses).toEqual(["main: Roo Code needs the origin of a server that it does not know"]);
  });

  test("what it cannot do is said", () => {
    const provider = { ...opus.provider, headers: { A: ["b"] }, keyCommand: "pass x" };
    expect(profiles(model("main", { provider, id: "x" })).losses).toEqual([
      "main chain: Roo Code sends headers of yours to OpenAI-compatible servers only",
      "main chain: Roo Code runs no command for a key",
      expect.stringMatching(/^main chain: import it once by hand/),
    ]);
  });
});

describe("what Roo Code would choke on is not written, and said", () => {
  test("names", () => {
    const { files, losses } = written({
      agent: [{ name: "a b", body: "B" }],
      command: [{ name: "a/b", body: ["B"] }],
      skill: [{ name: "Make_It", files: { "SKILL.md": { content: "x" } } }],
      ignore: [{ name: "./x" }, { name: "#x" }],
    });
    expect(files).toEqual({});
    expect(losses).toEqual([
      "a/b: Roo Code reads no folder below .roo/commands",
      "a b: the slug of a mode has only letters, digits and -, and one bad mode drops every mode of the file",
      "Make_It: Roo Code skips a skill whose name is not a-z, 0-9 and single -, at most 64",
      "./x: .rooignore holds a .gitignore pattern a line: # begins a comment, ./ matches nothing, blanks at the end go",
      "#x: .rooignore holds a .gitignore pattern a line: # begins a comment, ./ matches nothing, blanks at the end go",
    ]);
  });

  test("a server whose row would reject the whole file", () => {
    const http = (name: string, ...url: (string | { env: string })[]): Server => ({
      name,
      transport: { type: "http", url },
    });
    const { files, losses } = written({
      server: [
        http("host", "https://", { env: "HOST" }, "/mcp"),
        http("whole", { env: "URL" }),
        { name: "empty", transport: { type: "stdio", command: [] } },
        { name: "slow", transport: { type: "stdio", command: ["x"] }, timeoutMs: 4_000_000 },
        { name: "or", transport: { type: "stdio", command: ["x"], env: { A: [{ env: "X", or: "d" }] } } },
      ],
    });
    expect(files).toEqual({
      ".roo/mcp.json": json({
        mcpServers: { or: { type: "stdio", command: "x" }, slow: { type: "stdio", command: "x" } },
      }),
    });
    const url = "Roo Code checks the url before it fills in `${env:NAME}`, and rejects the whole file";
    expect(losses).toEqual([
      `host: ${url}`,
      `whole: ${url}`,
      "empty: an empty command makes Roo Code reject the whole file",
      "slow timeoutMs: Roo Code takes 1 to 3600 seconds and rejects the whole file for another",
      "or transport.env: Roo Code's mcp.json has no way to say this",
    ]);
  });

  test("tools that no group holds are left out; a group that brings more is a note", () => {
    const { files, losses } = written({
      agent: [
        { name: "web", tools: ["WebFetch", "Bash(git add:*)", "Read", "Grep", "Glob"], body: "B" },
        { name: "one", tools: ["Edit"], body: "B" },
        { name: "server", tools: ["mcp__db__query"], body: "B" },
      ],
    });
    expect(files[".roomodes"]).toContain("    groups:\n      - read\n    roleDefinition: B\n");
    expect(files[".roomodes"]).toContain("    groups:\n      - edit\n    roleDefinition: B\n");
    expect(losses).toEqual([
      "web tools: Roo Code gives tools by group, and no group holds one of these",
      "one tools: Roo Code gives tools by group: read brings all that reads",
      "server tools: Roo Code gives a mode the tools of all servers or of none",
    ]);
  });

  test("permissions, hooks and settings", () => {
    const { losses } = written({
      permission: [{ name: "deny shell curl", effect: "deny", scope: { on: "shell", argv: ["curl"] } }],
      hook: [{ name: "h", on: "stop", run: "x" }],
    });
    expect(losses[0]).toBe("h: Roo Code has no hooks");
    expect(losses[1]).toMatch(/^deny shell curl: Roo Code keeps what it may do in its own settings/);
  });
});
