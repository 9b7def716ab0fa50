import { describe, expect, test } from "vitest";
import { items, read } from "./read.ts";

const command = (text: string, meant = false) =>
  items({ ".claude/commands/c.md": text }, "command", meant)["c"];
const body = (text: string, head = "") => (command(`${head}${text}\n`) as { body: unknown }).body;
const agent = (text: string) => items({ ".claude/agents/a.md": text }, "agent");

/** Measured on 2.1.330, 2026-11-22; shell and file holes beside them. */
describe("arguments in commands", () => {
  const holes: [string, unknown[]][] = [
    ["Do $ARGUMENTS now", ["Do ", { arg: "all" }, " now"]],
    ["$ARGUMENTS[0] and $ARGUMENTS[1]", [{ arg: 1 }, " and ", { arg: 2 }]],
    ["$0 then $1", [{ arg: 1 }, " then ", { arg: 2 }]],
    ["$ARGUMENTS_X", [{ arg: "all" }, "_X"]],
    ["\\$1 and \\$ARGUMENTS", ["$1 and $ARGUMENTS"]],
    ["$$1", ["$", { arg: 2 }]],
    ["\\\\$1 and \\$1x", ["\\\\", { arg: 2 }, " and $1x"]],
    ["$1x, $1_ and $1-", ["$1x, $1_ and ", { arg: 2 }, "-"]],
    ["$ARGUMENTS[12]", [{ arg: 13 }]],
    ["$10 costs", ["$10 costs"]],
    [
      "${ARGUMENTS} ${1} $@ $# {{args}} $HOME ${HOME} ${FOO:-d}",
      ["${ARGUMENTS} ${1} $@ $# {{args}} $HOME ${HOME} ${FOO:-d}"],
    ],
    ["Run !`git diff` here", ["Run ", { shell: "git diff" }, " here"]],
    ["x=!`id`", ["x=!`id`"]],
    ["See @docs/a.md and @scope/pkg", ["See ", { file: "docs/a.md" }, " and @scope/pkg"]],
    ["mail me@x.md", ["mail me@x.md"]],
  ];
  for (const [text, parts] of holes) test(text, () => expect(body(text)).toEqual(parts));

  test("named ones are holes only where they are declared", () => {
    const head = "---\narguments: [env, region]\n---\n\n";
    expect(body("to $env in $region, $envy ${env} \\$env", head)).toEqual([
      "to ",
      { named: "env" },
      " in ",
      { named: "region" },
      ", $envy ${env} $env",
    ]);
    expect(body("to $env")).toEqual(["to $env"]);
  });

  test("names are a list or parted by spaces; a comma becomes part of the name", () => {
    const names = (line: string, meant = false) =>
      (command(`---\n${line}\n---\n\nx\n`, meant) as { arguments: string[] }).arguments;
    expect(names("arguments: env region")).toEqual(["env", "region"]);
    expect(names("arguments:\n  - env\n  - region")).toEqual(["env", "region"]);
    expect(names("arguments: env, region")).toEqual(["env,", "region"]);
    expect(names("arguments: env, region", true)).toEqual(["env", "region"]);
    expect(names("arguments: [env, region]", true)).toEqual(["env", "region"]);
    expect(
      read({ ".claude/commands/c.md": "---\narguments: env, region\n---\nx\n" }, true).said.join(),
    ).toContain("format/misread");
  });
});

describe("heads of commands", () => {
  test("all keys, in the spellings that people use", () => {
    const text =
      "---\ndescription: Fix: an issue # now\nargument-hint: [issue] [note]\nallowed-tools: Bash(git add:*), Bash(git commit -m:*), Read\nmodel: haiku\neffort: low\n---\n\nGo\n";
    expect(command(text)).toEqual({
      description: "Fix: an issue # now",
      hint: "[issue] [note]",
      allowedTools: ["Bash(git add:*)", "Bash(git commit -m:*)", "Read"],
      model: "haiku",
      body: ["Go"],
      overrides: { claude: { effort: "low" } },
    });
  });
  test("tools by spaces or as a list, and a hint that YAML reads as a list", () => {
    expect(
      command("---\nallowed-tools: Bash(git add:*) Read\nargument-hint: [issue]\n---\nx\n"),
    ).toMatchObject({ allowedTools: ["Bash(git add:*)", "Read"], hint: "[issue]" });
    expect(command("---\nargument-hint: [issue, note]\n---\nx\n")).toMatchObject({ hint: "[issue, note]" });
    expect(command("---\nallowed-tools:\n  - Read\n  - Grep\n---\nx\n")).toMatchObject({
      allowedTools: ["Read", "Grep"],
    });
  });
  test("a command's name is its path; only .md counts", () => {
    const files = {
      ".claude/commands/a/b/c.md": "x\n",
      ".claude/commands/d.txt": "y\n",
      ".claude/commands/e.MD": "z\n",
    };
    expect(Object.keys(items(files, "command"))).toEqual(["a/b/c"]);
  });
  test("a value that is no YAML costs no other, as it would in a rule", () => {
    expect(command("---\ndescription: D\nallowed-tools:\n  - *\n---\nx\n")).toMatchObject({
      description: "D",
    });
    expect(command('---\ndescription: "open\nmodel: haiku\n---\nx\n')).toMatchObject({ model: "haiku" });
  });
  test("a body that looks like a head", () =>
    expect(command("No head\n---\nx: 1\n---\n")).toEqual({ body: ["No head\n---\nx: 1\n---"] }));
});

describe("subagents", () => {
  test("the name inside is the name, not the file's", () => {
    expect(
      items(
        {
          ".claude/agents/x/file.md":
            "---\nname: reviewer\ndescription: D\ntools: Read, Grep\nmodel: haiku\ncolor: red\n---\n\nBody\n",
        },
        "agent",
      ),
    ).toEqual({
      reviewer: {
        description: "D",
        tools: ["Read", "Grep"],
        model: "haiku",
        body: "Body",
        overrides: { claude: { color: "red" } },
      },
    });
  });
  test("without a name the client drops the file; at import its name is the file's, and that is said", () => {
    const text = "---\ndescription: D\n---\n\nBody\n";
    expect(agent(text)).toEqual({});
    expect(agent("Body only\n")).toEqual({});
    expect(items({ ".claude/agents/a.md": text }, "agent", true)).toEqual({
      a: { description: "D", body: "Body" },
    });
    expect(read({ ".claude/agents/a.md": text }, true).said.join()).toMatch(/"name" is missing/);
  });
  test("without a description it is still listed; tools as a list", () => {
    expect(agent("---\nname: a\ntools:\n  - Read\n  - Bash(git log:*)\n---\nB\n")).toEqual({
      a: { tools: ["Read", "Bash(git log:*)"], body: "B" },
    });
  });
});

describe("skills", () => {
  test("only a folder right below with exactly SKILL.md", () => {
    const files = {
      ".claude/skills/good/SKILL.md": "---\nname: good\n---\n",
      ".claude/skills/good/scripts/a.sh": "#!/bin/sh\n",
      ".claude/skills/lower/skill.md": "x\n",
      ".claude/skills/a/b/SKILL.md": "x\n",
      ".claude/skills/flat.md": "x\n",
      ".agents/skills/other/SKILL.md": "x\n",
    };
    expect(items(files, "skill")).toEqual({
      good: {
        files: {
          "SKILL.md": { content: "---\nname: good\n---\n" },
          "scripts/a.sh": { content: "#!/bin/sh\n" },
        },
      },
    });
    expect(read(files, true).said.join()).toContain("no SKILL.md");
  });
});
