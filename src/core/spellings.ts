import type { Hole, Reading, Spelling } from "./template.ts";

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const isName = (name: string): boolean => new RegExp(`^${NAME}$`).test(name);

/** Reads `open NAME (or default)? close` as an environment hole. */
export const envReading = (open: string, close: string, or?: string): Reading => [
  new RegExp(open + `(${NAME})` + (or ? `(?:${or}([^}\\n]*))?` : "") + close),
  (m) => (m[2] === undefined ? { env: m[1]! } : { env: m[1]!, or: m[2] }),
];

/** An environment hole without a default, between two strings. */
export const plainEnv =
  (open: string, close: string) =>
  (hole: Hole): string | undefined =>
    "env" in hole && hole.or === undefined && isName(hole.env) ? open + hole.env + close : undefined;

/** `${NAME}` and `${NAME:-default}`. */
export const braceEnv = (hole: Hole): string | undefined => {
  if (!("env" in hole) || !isName(hole.env) || /[}\n]/.test(hole.or ?? "")) return undefined;
  return "${" + hole.env + (hole.or === undefined ? "" : ":-" + hole.or) + "}";
};

/** An escape character that doubles before an opener: of a run, half stays and an odd one escapes. */
const doubling = (char: string, opener: string) => {
  const ahead = new RegExp(`^(?:${opener})`);
  const read: Reading = [
    new RegExp(`(?:${char}${char})+(?=${char}?(?:${opener}))`),
    (m) => m[0].slice(m[0].length / 2),
  ];
  const double = (text: string, next: string): string => {
    const all = text + next;
    return text.replace(new RegExp(`${char}+`, "g"), (run, at: number) =>
      ahead.test(all.slice(at + run.length)) ? run + run : run,
    );
  };
  return { read, double };
};

const dollars = doubling("\\$", "\\{");

/** The spec's own spelling in data: `${NAME}`, `${NAME:-default}`; `$${X}` is a literal `${X}`. */
export const specData: Spelling = {
  id: "the spec's data",
  can: [{ env: "X" }, { env: "X", or: "d" }],
  reads: [dollars.read, envReading("\\$\\{", "\\}", ":-")],
  hole: braceEnv,
  // a hole's own dollar is no part of the run before it
  literal: (text, next) => dollars.double(text + (next ? "\0" : ""), "").replace(/(\$*)\0/, "$1$1"),
};

const argument = (hole: Hole, all: string, nth: (n: number) => string | undefined): string | undefined =>
  "arg" in hole ? (hole.arg === "all" ? all : nth(hole.arg)) : undefined;

const argName = /^[A-Za-z_][\w-]*$/;

/** What begins a hole in a command; `loose` also where no white space stands before a short form. */
const openers = (names: readonly string[]) => {
  const braced = [
    "arguments\\}\\}",
    "[1-9]\\}\\}",
    "!",
    "@",
    ...names.filter((n) => argName.test(n)).map((n) => `${n}\\}\\}`),
  ];
  const common = `\\{\\{(?:${braced.join("|")})|\\$ARGUMENTS(?!\\w)`;
  return { loose: `${common}|!\``, strict: new RegExp(`${common}|(?<=^|\\s)!\``, "gm") };
};

/**
 * The spec's own spelling in commands: `{{arguments}}`, `{{1}}`, `{{name}}` for a declared argument, `{{!command}}`,
 * `{{@file}}`; `$ARGUMENTS` and !`command` are short forms; a backslash before an opener makes it literal.
 */
export const specPrompt = (names: readonly string[] = []): Spelling => {
  const { loose, strict } = openers(names);
  const slashes = doubling("\\\\", loose);
  return {
    id: "the spec's commands",
    can: [
      { arg: "all" },
      { arg: 1 },
      { shell: "ls" },
      { file: "a.md" },
      ...names.map((named) => ({ named })),
    ],
    reads: [
      slashes.read,
      [new RegExp(`\\\\(${loose})`), (m) => m[1]!],
      [/\$ARGUMENTS(?!\w)|\{\{arguments\}\}/, () => ({ arg: "all" })],
      [/\{\{([1-9])\}\}/, (m) => ({ arg: Number(m[1]) })],
      [/\{\{!([^}\n]+)\}\}/, (m) => ({ shell: m[1]! })],
      [/\{\{@([^}\n]+)\}\}/, (m) => ({ file: m[1]! })],
      [/\{\{([A-Za-z_][\w-]*)\}\}/, (m) => (names.includes(m[1]!) ? { named: m[1]! } : m[0])],
      [/(?<=^|\s)!`([^`\n]+)`/m, (m) => ({ shell: m[1]! })],
    ],
    hole: (hole) => {
      if ("named" in hole)
        return argName.test(hole.named) && names.includes(hole.named) ? `{{${hole.named}}}` : undefined;
      if ("shell" in hole) return /[}\n]/.test(hole.shell) || !hole.shell ? undefined : `{{!${hole.shell}}}`;
      if ("file" in hole) return /[}\n]/.test(hole.file) || !hole.file ? undefined : `{{@${hole.file}}}`;
      return argument(hole, "{{arguments}}", (n) => (n >= 1 && n <= 9 ? `{{${n}}}` : undefined));
    },
    literal: (text, next) => slashes.double(text, next).replace(strict, "\\$&"),
  };
};

const words = (hole: Hole): string | undefined => {
  if ("arg" in hole)
    return hole.arg === "all"
      ? "(what the user typed after the command)"
      : `(argument ${hole.arg} that the user typed)`;
  if ("named" in hole) return `(the argument "${hole.named}" that the user typed)`;
  if ("shell" in hole) return `(the output of \`${hole.shell}\`)`;
  return "file" in hole ? `(the file ${hole.file})` : undefined;
};
/** A tool that fills nothing in: every text is literal, holes are told in words. */
export const glossed: Spelling = {
  id: "plain text",
  can: [],
  reads: [],
  hole: () => undefined,
  gloss: words,
};
/** A tool that fills nothing in, where words would not do. */
export const plain: Spelling = { id: "plain text", can: [], reads: [], hole: () => undefined };
export { argument };
