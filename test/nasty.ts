import fc from "fast-check";
import { type Part, type Template, tidy } from "../src/core/template.ts";

/** A plain object; keys not in `required` are sometimes absent, never undefined. */
export const some = <A>(
  model: { [K in keyof A]-?: fc.Arbitrary<NonNullable<A[K]>> },
  required: readonly (keyof A)[],
): fc.Arbitrary<A> =>
  fc.record(model as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...required] as string[],
    noNullPrototype: true,
  }) as fc.Arbitrary<A>;
export const all = <A>(model: { [K in keyof A]-?: fc.Arbitrary<A[K]> }): fc.Arbitrary<A> =>
  some<A>(model as never, Object.keys(model) as (keyof A)[]);
export const map = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<Record<string, A>> =>
  fc.dictionary(fc.constantFrom("A", "TOKEN", "X-Key", "a.b", "true", "1", "@x"), of, {
    maxKeys: 2,
    noNullPrototype: true,
  });
export const few = <A>(of: fc.Arbitrary<A>, minLength = 0): fc.Arbitrary<A[]> =>
  fc.array(of, { minLength, maxLength: 3 });

/** Text that some format, dialect or tool is likely to take for something else. */
const nasty = fc.constantFrom(
  "${TOKEN}",
  "${env:X}",
  "${X:-d}",
  "$${X}",
  "fix $ARGUMENTS",
  "$ARGUMENTS_X",
  "costs $5, $1",
  "\\$1",
  "{{arguments}}",
  "{{args}}",
  "{{1}}",
  "\\{{1}}",
  "!`ls`",
  "true",
  "12",
  "1.0",
  "null",
  "---",
  "a: b",
  "a # b",
  "# x",
  "- x",
  "'q'",
  '"q"',
  "[x]",
  "[a, b]",
  "{a}",
  "*",
  "&a",
  "*a",
  "*.{ts,tsx}",
  "a, b",
  "a|b",
  "@AGENTS.md",
  "é👩‍💻",
  " x ",
  "\tx",
  "\\",
  "a\\nb",
  "\u2028",
  "\u0085",
);
/** One line, not empty. */
export const line = fc.oneof(nasty, fc.string({ minLength: 1, maxLength: 12, unit: "grapheme-ascii" }));
export const lines = fc.oneof(
  { weight: 4, arbitrary: line },
  { weight: 1, arbitrary: fc.array(line, { minLength: 2, maxLength: 3 }).map((a) => a.join("\n")) },
);
export const word = fc.constantFrom("opus", "claude-opus-4-8", "gpt 5", "inherit", "[x]", "1");

export const stem = fc
  .oneof(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/),
    fc.constantFrom("CLAUDE", "AGENTS", "a.b", "x when", "x #2", "b", "c"),
  )
  .filter((n) => !(n in {}));
/** A name that is a path: rules and commands may stand in folders. */
export const pathName = fc.oneof(
  { weight: 4, arbitrary: stem },
  { weight: 1, arbitrary: fc.tuple(stem, stem).map((p) => p.join("/")) },
);
export const key = fc.oneof(
  { weight: 6, arbitrary: stem },
  { weight: 1, arbitrary: fc.constantFrom("a/b", "a#b", "@x", "é", "a b", "1") },
);

const bodyLine = fc.oneof(
  { weight: 3, arbitrary: line },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "",
      "  ",
      "```",
      "<!-- portable:rule a -->",
      "<!-- portable:rule b when -->",
      "<!-- portable:end a -->",
      "<!-- portable:end b #2 -->",
      "<!-- portable:end -->",
      "<!-- open",
      "> Applies only when it is asked for by name.",
      "> Applies to `x`.",
      "> Applies when this is relevant: x",
      "@AGENTS.md",
    ),
  },
);
const only = fc
  .tuple(fc.constantFrom("claude", "cursor", "claude agents", "none"), few(bodyLine))
  .map(([who, ls]) => [`<!-- portable:only ${who} -->`, ...ls, "<!-- portable:end -->"]);
/** Spec text: LF, no blank lines before it, no final newline: those belong to a file. */
export const asText = (text: string): string =>
  text
    .replaceAll("\r", "")
    .replace(/^(?:[ \t]*\n)+/, "")
    .replace(/\n+$/, "");
/** Prose that is not blank. */
export const body = fc
  .array(fc.oneof({ weight: 9, arbitrary: bodyLine.map((l) => [l]) }, { weight: 1, arbitrary: only }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((ls) => asText(ls.flat().join("\n")))
  .filter((t) => t.trim() !== "");

const env = all<{ env: string; or: string }>({
  env: fc.constantFrom("X", "TOKEN"),
  or: fc.constantFrom("", "d", "a b", ":-", "$", "${"),
});
/** Text with environment holes, as the spec's data can hold it. */
export const dataTemplate: fc.Arbitrary<Template> = fc
  .array(
    fc.oneof<fc.Arbitrary<Part>[]>(
      line,
      fc.constantFrom("$", "$$", "{", "\\", "x"),
      fc.constant({ env: "X" }),
      env,
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(tidy);
const shellText = fc.constantFrom("git status", "ls | wc", "echo `x`", "a b'c", "!", "$ARGUMENTS");
const hole = (names: readonly string[]): fc.Arbitrary<Part> =>
  fc.oneof<fc.Arbitrary<Part>[]>(
    fc.constant({ arg: "all" }),
    fc.integer({ min: 1, max: 9 }).map((arg) => ({ arg })),
    shellText.map((shell) => ({ shell })),
    fc.constantFrom("a.md", "src/x.ts", "noext", "a b.md", "@x").map((file) => ({ file })),
    ...(names.length ? [fc.constantFrom(...names).map((named) => ({ named }))] : []),
  );
const joint = fc.constantFrom(
  "$",
  "\\",
  "\\\\",
  "{",
  "{{",
  "}}",
  "!",
  "`",
  "0",
  "x",
  " ",
  "\n",
  "@",
  "$x",
  "{{x}}",
  "[0]",
  "ARGUMENTS",
);
/** Text with the holes of a command. */
export const promptTemplate = (names: readonly string[] = []): fc.Arbitrary<Template> =>
  fc
    .array(fc.oneof<fc.Arbitrary<Part>[]>(bodyLine, joint, hole(names)), { minLength: 1, maxLength: 5 })
    .map(tidy);
export const isBody = (t: Template): boolean => {
  const shown = t.map((p) => (typeof p === "string" ? p : "x")).join("");
  return shown.trim() !== "" && asText(shown) === shown;
};
