import { describe, expect, test } from "vitest";
import { attempt, type Codec } from "../../../src/core/codec.ts";
import type { Template } from "../../../src/core/template.ts";
import { say } from "../../../src/core/template.ts";
import { scopeGlobs } from "../../../src/targets/claude-globs.ts";
import {
  claudeData,
  claudePrompt,
  matcher,
  permissionRule,
  toolWords,
} from "../../../src/targets/claude-words.ts";

/** What the codec says; undefined: it refuses. */
const put = <A>(codec: Codec<A>, ours: A): unknown => attempt(() => codec.put(ours));
const said = (parts: Template, names: string[] = []): string | undefined => {
  const { text, unsaid } = say(claudePrompt(names), parts);
  return unsaid.length ? undefined : text;
};

describe("tool words", () => {
  test("a word may hold spaces where commas part the words", () => {
    expect(toolWords.get("My tool, Read")).toEqual(["My tool", "Read"]);
    expect(toolWords.get("Bash(git add:*, x) Read")).toEqual(["Bash(git add:*, x)", "Read"]);
  });
  test("no word that the line would part or lose", () => {
    expect(put(toolWords, ["Read", "Bash(a, b)"])).toBe("Read, Bash(a, b)");
    for (const wrong of ["a,b", "", " a", "a "])
      expect(put(toolWords, ["Read", wrong]), wrong).toBeUndefined();
  });
});

describe("holes of a command as they are written", () => {
  const cases: [Template, string | undefined][] = [
    [[{ arg: "all" }], "$ARGUMENTS"],
    [[{ arg: 1 }], "$ARGUMENTS[0]"],
    [[{ arg: 9 }], "$ARGUMENTS[8]"],
    [[{ arg: 10 }], "$ARGUMENTS[9]"],
    [[{ arg: 11 }], undefined],
    [[{ arg: 0 }], undefined],
    [[{ named: "env" }, "/", { named: "region" }], "$env/$region"],
    [[{ named: "other" }], undefined],
    [["$env $region $envy $ARGUMENTS $1 $10"], "\\$env \\$region $envy \\$ARGUMENTS \\$1 $10"],
    [["\\$1"], undefined],
    [["$1x \\x \\\\ $"], "$1x \\x \\\\ $"],
    [["\\", { arg: 1 }], undefined],
    [["x\\\\", { arg: 1 }], "x\\\\$ARGUMENTS[0]"],
    [[{ shell: "git log" }], "!`git log`"],
    [[{ shell: "a`b" }], undefined],
    [[{ shell: "a\nb" }], undefined],
    [["x", { shell: "id" }], undefined],
    [["see !`id`"], undefined],
    [[{ file: "docs/a.md" }], "@docs/a.md"],
    [[{ file: "a b.md" }], undefined],
    [[{ file: "Makefile" }], undefined],
    [["x", { file: "a.md" }], undefined],
    [["see @docs/a.md"], undefined],
    [[{ env: "HOME" }], undefined],
  ];
  for (const [parts, text] of cases)
    test(JSON.stringify(parts), () => expect(said(parts, ["env", "region", "not a word"])).toBe(text));
});

describe("holes in .mcp.json", () => {
  const dataSaid = (parts: Template): string | undefined => {
    const { text, unsaid } = say(claudeData, parts);
    return unsaid.length ? undefined : text;
  };
  test("only environment, and no literal that looks like one", () => {
    expect(dataSaid(["a ", { env: "X" }, { env: "Y", or: "d e" }])).toBe("a ${X}${Y:-d e}");
    expect(dataSaid(["$X ${env:X} ${X"])).toBe("$X ${env:X} ${X");
    for (const wrong of [["${X}"], [{ env: "X", or: "}" }], [{ env: "1X" }], [{ arg: "all" }]] as Template[])
      expect(dataSaid(wrong)).toBeUndefined();
  });
});

describe("matchers", () => {
  test("the tools of each word", () => {
    const all = ["shell", "read", "edit", "write", "search", "web", "mcp:srv", "mcp:a.b/do it"];
    expect(put(matcher, all)).toBe(
      "Bash|Read|Edit|Write|Grep|Glob|WebFetch|WebSearch|mcp__srv__.*|mcp__a_b__do it",
    );
    expect(put(matcher, ["other"])).toBeUndefined();
  });
  test("no words of which one is unknown", () => {
    for (const wrong of ["", "*", "Read|Agent", "Edit.*", "mcp__srv", "mcp__srv__get_.*"])
      expect(
        attempt(() => matcher.get(wrong)),
        wrong,
      ).toBeUndefined();
    expect(matcher.get("Bash, Read | Bash")).toEqual(["shell", "read"]);
  });
});

describe("permission rules", () => {
  const rules: [Parameters<typeof permissionRule.put>[0], string | undefined][] = [
    [{ on: "shell", argv: ["npm", "run"] }, "Bash(npm run:*)"],
    [{ on: "shell", argv: [] }, undefined],
    [{ on: "read", glob: "a.md" }, "Read(/**/a.md)"],
    [{ on: "read", glob: "/a.md" }, "Read(/a.md)"],
    [{ on: "read", glob: "src/**" }, "Read(/src/**)"],
    [{ on: "edit", glob: "src/**" }, "Edit(/src/**)"],
    [{ on: "edit", glob: "a\nb" }, undefined],
    [{ on: "web", host: "x.test" }, "WebFetch(domain:x.test)"],
    [{ on: "web", host: "x test" }, undefined],
    [{ on: "mcp", tool: "srv" }, "mcp__srv"],
    [{ on: "mcp", tool: "srv/*" }, "mcp__srv"],
    [{ on: "mcp", tool: "a.b/do it" }, "mcp__a_b__do_it"],
  ];
  for (const [scope, rule] of rules)
    test(`${rule} says ${JSON.stringify(scope)}`, () => expect(put(permissionRule, scope)).toBe(rule));

  test("globs read back as they were", () => {
    for (const glob of ["a.md", "/a.md", "src/**", "src/a.md", "a/b/*.ts"])
      expect(permissionRule.get(permissionRule.put({ on: "read", glob }))).toEqual({ on: "read", glob });
  });
});

describe("globs of rules", () => {
  test("read back as they were, with `src/**/*` as `src/**` beside an exclusion", () => {
    for (const globs of [
      ["src/**"],
      ["src/**/*"],
      ["src/*"],
      ["*"],
      ["a", "!b"],
      ["src/**", "!src/gen/**"],
      ["!a/*", "b/*"],
    ])
      expect(scopeGlobs.get(scopeGlobs.put(globs)), globs.join()).toEqual(globs);
    expect(scopeGlobs.get(scopeGlobs.put(["a/**/*", "!b"]))).toEqual(["a/**", "!b"]);
  });
  test("everything is no scope, for the tool and for its author", () => {
    const salvage = (): void => {};
    for (const none of [["**"], [], "**", ["!**/"]]) {
      expect(
        attempt(() => scopeGlobs.get(none)),
        String(none),
      ).toBeUndefined();
      expect(
        attempt(() => scopeGlobs.get(none, { salvage })),
        String(none),
      ).toBeUndefined();
    }
    expect(scopeGlobs.get(["**", "a.ts"], { salvage })).toEqual(["a.ts"]);
  });
});
