import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { same } from "../../src/core/data.ts";
import { glossed, plain, specData, specPrompt } from "../../src/core/spellings.ts";
import { type Hole, parse, type Spelling, say, type Template, tidy } from "../../src/core/template.ts";
import { claudeData, claudePrompt } from "../../src/targets/claude-words.ts";
import { dataTemplate, promptTemplate } from "../nasty.ts";

const names = ["x", "issue", "file-name"];
const spellings: [Spelling, fc.Arbitrary<Template>][] = [
  [specData, dataTemplate],
  [specPrompt(), promptTemplate()],
  [specPrompt(names), promptTemplate(names)],
  [claudeData, dataTemplate],
  [claudePrompt(), promptTemplate()],
  [claudePrompt(names), promptTemplate(names)],
  [plain, dataTemplate],
  [glossed, promptTemplate(names)],
];

describe.each(spellings.map(([s, t], i) => [`${s.id} (${i})`, s, t] as const))(
  "%s",
  (_, spelling, templates) => {
    test("says every hole that it claims to", () => {
      for (const hole of spelling.can) {
        const { text, unsaid } = say(spelling, ["a ", hole, " b"]);
        expect(unsaid).toEqual([]);
        expect(parse(spelling, text)).toEqual(["a ", hole, " b"]);
      }
    });

    test("what is said reads back, or is named", () =>
      fc.assert(
        fc.property(templates, (t) => {
          const { text, unsaid } = say(spelling, t);
          if (!unsaid.length) expect(parse(spelling, text)).toEqual(t);
        }),
        { numRuns: 4000 },
      ));

    test("what is read is said in a text that reads the same", () =>
      fc.assert(
        fc.property(templates, (t) => {
          const read = parse(
            spelling,
            t.map((p) => (typeof p === "string" ? p : (spelling.hole(p) ?? ""))).join(""),
          );
          const { text, unsaid } = say(spelling, read);
          if (!unsaid.length) expect(same(parse(spelling, text), read)).toBe(true);
        }),
        { numRuns: 1000 },
      ));
  },
);

describe("the spec's own spellings say everything", () => {
  test.each([
    ["data", specData, dataTemplate],
    ["commands", specPrompt(), promptTemplate()],
    ["commands with arguments", specPrompt(names), promptTemplate(names)],
  ] as const)("%s", (_, spelling, templates) =>
    fc.assert(
      fc.property(templates, (t) => {
        expect(say(spelling, t).unsaid).toEqual([]);
      }),
      { numRuns: 4000 },
    ),
  );
});

test("a template is tidy: no empty literals, no two in a row", () => {
  expect(tidy(["", "a", "b", { env: "X" }, "", { env: "X" }, "c", ""])).toEqual([
    "ab",
    { env: "X" },
    { env: "X" },
    "c",
  ]);
});

test.each<[Spelling, string, Template]>([
  [specData, "a ${X} $${Y} ${Z:-d} $Z", ["a ", { env: "X" }, " ${Y} ", { env: "Z", or: "d" }, " $Z"]],
  [specData, "$$${X}", ["$", { env: "X" }]],
  [
    specPrompt(["who"]),
    "{{who}} {{what}} \\{{1}} {{2}} {{!ls}} {{@a b}}",
    [{ named: "who" }, " {{what}} {{1}} ", { arg: 2 }, " ", { shell: "ls" }, " ", { file: "a b" }],
  ],
  [
    specPrompt(),
    "$ARGUMENTS $ARGUMENTS_X $1 !`ls` a!`ls`",
    [{ arg: "all" }, " $ARGUMENTS_X $1 ", { shell: "ls" }, " a!`ls`"],
  ],
  [
    claudePrompt(),
    "$ARGUMENTS_X $0 $10 $ARGUMENTS[1] \\$ARGUMENTS",
    [{ arg: "all" }, "_X ", { arg: 1 }, " $10 ", { arg: 2 }, " $ARGUMENTS"],
  ],
  [claudeData, "${env:X} $X ${X}", ["${env:X} $X ", { env: "X" }]],
])("$0.id reads $1", (spelling, text, template) => expect(parse(spelling, text)).toEqual(template));

test("two parts never join into a hole that neither is", () => {
  const joins: Template = ["!", { arg: 1 }, "`x`"];
  expect(say(claudeData, ["$", { env: "X" }]).unsaid).toEqual([]);
  expect(say(claudeData, ["${X", "}"]).unsaid).not.toEqual([]);
  expect(parse(specPrompt(), say(specPrompt(), joins).text)).toEqual(joins);
});

test("what has no spelling is named, and told in words where there is a gloss", () => {
  const hole: Hole = { shell: "ls" };
  expect(say(plain, ["a", hole])).toEqual({ text: "a", unsaid: [hole] });
  expect(say(glossed, ["a ", hole])).toEqual({ text: "a (the output of `ls`)", unsaid: [hole] });
  expect(say(specPrompt(["a"]), [{ named: "b" }]).unsaid).toEqual([{ named: "b" }]);
});
