import { describe, expect, test } from "vitest";
import { plan } from "../../../src/core/plan.ts";
import { emptySpec } from "../../../src/core/spec.ts";
import { agents } from "../../../src/targets/agents.ts";
import { roo } from "../../../src/targets/roo.ts";
import { items, lines, read, worldOf, written } from "./read.ts";

const modes = lines(
  "# the team's modes",
  "customModes:",
  "  - slug: translate",
  "    name: 🌐 Translate",
  "    roleDefinition: |-",
  "      You are Roo, a linguist.",
  "      You manage localization files.",
  "    whenToUse: Translate files.",
  "    groups:",
  "      - read",
  "      - command",
  "      - - edit",
  "        - fileRegex: (.*\\.(md|ts)$|.*\\.json$)",
  "          description: Source code",
  "    source: project",
  "  - slug: all",
  "    name: all",
  "    roleDefinition: You do all.",
  "    groups: [read, edit, browser, command, mcp]   # every tool",
);

describe(".roomodes", () => {
  test("modes are agents; what only Roo Code has stays its own", () => {
    expect(items({ ".roomodes": modes }, "agent")).toEqual({
      translate: {
        body: "You are Roo, a linguist.\nYou manage localization files.",
        tools: ["Read", "Grep", "Glob", "Bash", "Edit", "Write"],
        overrides: {
          roo: {
            name: "🌐 Translate",
            whenToUse: "Translate files.",
            source: "project",
            groups: [
              "read",
              "command",
              ["edit", { fileRegex: "(.*\\.(md|ts)$|.*\\.json$)", description: "Source code" }],
            ],
          },
        },
      },
      all: { body: "You do all." },
    });
    expect(read({ ".roomodes": modes }).said).toEqual([
      "import/unread: customModes.0.groups: only Roo Code limits edits to some files: other tools may edit all",
    ]);
  });

  test("an imported mode is built as it stands, from nothing too", () => {
    const { spec } = read({ ".roomodes": modes });
    const agent = spec.agent.map(({ at: _, ...a }) => a);
    expect(written({ agent }, { ".roomodes": modes }).files).toEqual({});
    const alone = written({ agent });
    expect(alone.losses).toEqual([]);
    expect(items({ ".roomodes": String(alone.files[".roomodes"]) }, "agent")).toEqual(
      items({ ".roomodes": modes }, "agent"),
    );
  });

  test("JSON stays JSON, YAML stays YAML; a hand-written mode keeps every byte", () => {
    const agent = [{ name: "b", body: "You are b." }];
    const asJson =
      '{\n\t"customModes": [\n\t\t{"slug":"a","name":"A","roleDefinition":"x","groups":["read"]}\n\t]\n}\n';
    const next = String(written({ agent }, { ".roomodes": asJson }).files[".roomodes"]);
    expect(next.startsWith(asJson.slice(0, asJson.indexOf("\n\t]")))).toBe(true);
    expect(JSON.parse(next).customModes[1]).toEqual({
      slug: "b",
      name: "b",
      roleDefinition: "You are b.",
      groups: ["read", "edit", "command", "mcp"],
    });
    expect(String(written({ agent }, { ".roomodes": modes }).files[".roomodes"])).toMatch(
      new RegExp(`^${modes.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
    );
  });

  test("rows that make Roo Code drop the file are not read", () => {
    const bad = lines(
      "customModes:",
      "  - slug: a",
      "    name: A",
      "    roleDefinition: x",
      "    groups: [all]",
    );
    expect(items({ ".roomodes": bad }, "agent")).toEqual({});
    expect(read({ ".roomodes": bad }).said).toEqual([
      expect.stringContaining("a group that Roo Code does not know: it drops every mode of the file"),
    ]);
    const none = lines("customModes:", "  - slug: a", "    name: A", "    roleDefinition: x");
    expect(read({ ".roomodes": none }).said[0]).toContain('"groups" is missing');
    // the shape of another tool, found in the wild
    expect(items({ ".roomodes": '{ "coder": { "prompt": "x", "tools": ["Bash"] } }' }, "agent")).toEqual({});
  });
});

describe("rules", () => {
  const files = {
    ".roo/rules/a.md": "Be kind.\n",
    ".roo/rules/deep/01-b.txt": "\n\nAnd short.\n\n",
    ".roo/rules/.gitkeep": "",
    ".roo/rules/notes.md.bak": "old",
    ".roo/rules-code/rules.md": "Code well.\n",
    ".roo/rules-docs-extractor/2_verify.xml": "<workflow/>\n",
    ".roo/rules-docs-extractor/rules.md": "Extract.\n",
    ".roo/README.md": "no rule",
  };

  test("every file below the folders, by mode; the names of files in two modes stay apart", () => {
    expect(items(files, "rule")).toEqual({
      a: { apply: { on: "always" }, body: "Be kind." },
      "deep/01-b.txt": {
        apply: { on: "always" },
        body: "And short.",
        paths: { roo: ".roo/rules/deep/01-b.txt" },
      },
      "code/rules": {
        apply: { on: "always" },
        body: "Code well.",
        agents: ["code"],
        paths: { roo: ".roo/rules-code/rules.md" },
      },
      "docs-extractor/2_verify.xml": {
        apply: { on: "always" },
        body: "<workflow/>",
        agents: ["docs-extractor"],
        paths: { roo: ".roo/rules-docs-extractor/2_verify.xml" },
      },
      "docs-extractor/rules": {
        apply: { on: "always" },
        body: "Extract.",
        agents: ["docs-extractor"],
        paths: { roo: ".roo/rules-docs-extractor/rules.md" },
      },
    });
    expect(read(files).said).toEqual(["import/unread: expected text that is not blank"]);
  });

  test("are built where they stood", () => {
    const rule = read(files).spec.rule.map(({ at: _, ...r }) => r);
    expect(written({ rule }, files)).toMatchObject({ files: {}, losses: [] });
    const { ".roo/rules/.gitkeep": _, ".roo/rules/notes.md.bak": __, ".roo/README.md": ___, ...own } = files;
    expect(Object.keys(written({ rule }).files).sort()).toEqual(Object.keys(own).sort());
  });

  test("older files and AGENTS.md are pages", () => {
    const pages = { ".roorules": "Old.\n", ".clinerules": "Older.\n", "AGENTS.md": "All.\n" };
    const found = read(pages).spec.rule.map((r) => [r.name, r.at, r.body]);
    expect(found).toEqual([
      ["roorules", ".roorules", "Old."],
      ["clinerules", ".clinerules", "Older."],
      ["AGENTS", "AGENTS.md", "All."],
    ]);
  });
});

describe(".roo/mcp.json", () => {
  const file = (server: object) => ({ ".roo/mcp.json": JSON.stringify({ mcpServers: { a: server } }) });

  test("as the tool reads it", () => {
    expect(
      items(
        file({
          type: "streamable-http",
          url: "https://x.example/mcp",
          headers: { A: "Bearer ${env:T}" },
          timeout: 30,
          alwaysAllow: ["q"],
          disabled: true,
        }),
        "server",
      ),
    ).toEqual({
      a: {
        transport: {
          type: "http",
          url: ["https://x.example/mcp"],
          headers: { A: ["Bearer ", { env: "T" }] },
        },
        timeoutMs: 30_000,
        overrides: { roo: { alwaysAllow: ["q"], disabled: true } },
      },
    });
    expect(items(file({ url: "https://x.example/sse" }), "server")).toEqual({
      a: { transport: { type: "sse", url: ["https://x.example/sse"] } },
    });
    expect(items(file({ command: "npx", args: ["${TOKEN}"], env: { A: "${env:B}" } }), "server")).toEqual({
      a: { transport: { type: "stdio", command: ["npx"], args: [["${TOKEN}"]], env: { A: [{ env: "B" }] } } },
    });
  });

  test("a row that rejects the file is read at import only, and said", () => {
    for (const row of [
      { type: "http", url: "https://x.example/mcp" },
      { type: "streamableHttp", url: "https://x.example/mcp" },
    ]) {
      expect(items(file(row), "server")).toEqual({});
      expect(items(file(row), "server", true)).toEqual({
        a: { transport: { type: "http", url: ["https://x.example/mcp"] } },
      });
      expect(read(file(row), true).said).toEqual([expect.stringContaining("rejects the whole file")]);
    }
    const host = file({ type: "sse", url: "https://${env:HOST}/sse" });
    expect(items(host, "server")).toEqual({});
    expect(items(host, "server", true)).toEqual({
      a: { transport: { type: "sse", url: ["https://", { env: "HOST" }, "/sse"] } },
    });
    const slow = file({ command: "x", timeout: 0 });
    expect(items(slow, "server")).toEqual({ a: { transport: { type: "stdio", command: ["x"] } } });
    expect(read(slow).said).toEqual([expect.stringContaining("expected 1 to 3600 seconds")]);
  });

  test("a hand-written file keeps every byte around a new row", () => {
    const hand =
      '{\n    "inputs": [],\n    "mcpServers": {\n        "mine": { "command": "x",   "alwaysAllow": ["a","b"] }\n    }\n}\n';
    const server = [{ name: "new", transport: { type: "stdio" as const, command: ["y"] } }];
    expect(written({ server }, { ".roo/mcp.json": hand }).files).toEqual({
      ".roo/mcp.json": hand.replace(
        '"b"] }\n',
        '"b"] },\n        "new": {\n            "type": "stdio",\n            "command": "y"\n        }\n',
      ),
    });
  });
});

describe("commands", () => {
  test("as Roo Code's own repository has them", () => {
    const text = lines(
      "---",
      'description: "Prepare a new release"',
      'argument-hint: "[version-description]"',
      "mode: code",
      "---",
      "",
      "1. Identify changes",
      "",
      "   Use $1 and $ARGUMENTS as they are.",
    );
    expect(items({ ".roo/commands/release.md": text }, "command")).toEqual({
      release: {
        description: "Prepare a new release",
        hint: "[version-description]",
        body: ["1. Identify changes\n\n   Use $1 and $ARGUMENTS as they are."],
        overrides: { roo: { mode: "code" } },
      },
    });
  });

  test("blanks around a description are no part of it, and a number is none", () => {
    const at = ".roo/commands/a.md";
    expect(items({ [at]: '---\ndescription: "  x "\n---\nB\n' }, "command")).toEqual({
      a: { description: "x", body: ["B"] },
    });
    const number = { [at]: "---\ndescription: 12\n---\nB\n" };
    expect(items(number, "command")).toEqual({ a: { body: ["B"] } });
    expect(read(number).said).toEqual(["import/unread: description: expected text, found a number"]);
    expect(items({ ".roo/commands/sub/a.md": "B\n" }, "command")).toEqual({});
  });
});

test("ignored paths keep comments and order", () => {
  const hand = "# secrets\n.env*\n\n!.env.example\n";
  expect(Object.keys(items({ ".rooignore": hand }, "ignore"))).toEqual([".env*", "!.env.example"]);
  expect(written({ ignore: [{ name: "dist/" }] }, { ".rooignore": hand }).files).toEqual({
    ".rooignore": `${hand}dist/\n`,
  });
});

describe("with AGENTS.md written too", () => {
  test("a rule stands there once", () => {
    const always = { on: "always" } as const;
    const spec = {
      ...emptySpec(),
      rule: [
        { name: "all", apply: always, body: "All." },
        { name: "roo", apply: always, body: "Roo.", targets: ["roo"] },
        { name: "mode", apply: always, body: "Mode.", targets: ["roo"], agents: ["code"] },
      ],
    };
    const p = plan({ targets: [agents, roo], spec, world: worldOf({}) });
    expect(Object.fromEntries(p.changes.map((c) => [c.path, c.after]))).toEqual({
      "AGENTS.md": "All.\n",
      ".roo/rules/roo.md": "Roo.\n",
      ".roo/rules-code/mode.md": "Mode.\n",
    });
    expect(p.losses).toEqual([]);
  });
});
