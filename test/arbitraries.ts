import fc from "fast-check";
import {
  type Agent,
  type Apply,
  type Command,
  effects,
  type Hook,
  hookEvents,
  type Ignore,
  type Item,
  type Kinds,
  type Model,
  type Permission,
  type Provider,
  permissionName,
  type Retrieval,
  type Rule,
  type Scope,
  type Server,
  type Setting,
  type Skill,
  type Source,
  type Spec,
  type Transport,
  toolNames,
} from "../src/core/spec.ts";
import { type Part, type Template, tidy } from "../src/core/template.ts";

/** A plain object; keys not in `required` are sometimes absent, never undefined. */
const some = <A>(
  model: { [K in keyof A]-?: fc.Arbitrary<NonNullable<A[K]>> },
  required: readonly (keyof A)[],
): fc.Arbitrary<A> =>
  fc.record(model as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...required] as string[],
    noNullPrototype: true,
  }) as fc.Arbitrary<A>;
const all = <A>(model: { [K in keyof A]-?: fc.Arbitrary<A[K]> }): fc.Arbitrary<A> =>
  some<A>(model as never, Object.keys(model) as (keyof A)[]);
const map = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<Record<string, A>> =>
  fc.dictionary(fc.constantFrom("A", "TOKEN", "X-Key", "a.b", "true", "1", "@x"), of, {
    maxKeys: 2,
    noNullPrototype: true,
  });
const few = <A>(of: fc.Arbitrary<A>, minLength = 0): fc.Arbitrary<A[]> =>
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
const lines = fc.oneof(
  { weight: 4, arbitrary: line },
  { weight: 1, arbitrary: fc.array(line, { minLength: 2, maxLength: 3 }).map((a) => a.join("\n")) },
);
const word = fc.constantFrom("opus", "claude-opus-4-8", "gpt 5", "inherit", "[x]", "1");

const stem = fc
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
const key = fc.oneof(
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

const ids = ["agents", "claude", "cursor"];
/** Keys that no tool has: they must come back as they are. */
const override = fc.dictionary(
  fc.constantFrom("x-own", "x-2", "x.3"),
  fc.oneof(
    line,
    fc.boolean(),
    fc.integer({ min: -9, max: 9 }),
    few(line),
    fc.constant({ deep: { a: [1, "---"] } }),
  ),
  { minKeys: 1, maxKeys: 2, noNullPrototype: true },
);
/** Most items are for everybody. */
const aim = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: all({ targets: fc.subarray(ids) }) },
  { weight: 1, arbitrary: all({ except: fc.subarray(ids) }) },
  { weight: 1, arbitrary: all({ order: fc.integer({ min: -2, max: 2 }) }) },
  {
    weight: 2,
    arbitrary: all({
      overrides: fc.tuple(fc.constantFrom(...ids), override).map(([id, own]) => ({ [id]: own })),
    }),
  },
);
const aimed = <I extends Item>(item: fc.Arbitrary<I>): fc.Arbitrary<I> =>
  fc.tuple(item, aim).map(([i, a]) => ({ ...i, ...a }));

const glob = fc.constantFrom(
  "**/*.ts",
  "src/**",
  "*.{js,ts}",
  "*.{ts,tsx}",
  "a b/*",
  "*",
  "**",
  "./x",
  "!x",
  "a,b",
  "`x`",
  "x`, `y",
);
const apply: fc.Arbitrary<Apply> = fc.oneof(
  fc.constant<Apply>({ on: "always" }),
  few(glob, 1).map((globs): Apply => ({ on: "globs", globs })),
  fc.constant<Apply>({ on: "relevant" }),
  fc.constant<Apply>({ on: "manual" }),
);
/** A rule for when it is relevant says when that is. */
const rule: fc.Arbitrary<Rule> = some<Rule>(
  { name: pathName, description: lines, apply, agents: few(stem, 1), body } as never,
  ["name", "apply", "body"],
).map((r) =>
  r.apply.on === "relevant" && r.description === undefined ? { ...r, description: "it matters" } : r,
);

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
const isBody = (t: Template): boolean => {
  const shown = t.map((p) => (typeof p === "string" ? p : "x")).join("");
  return shown.trim() !== "" && asText(shown) === shown;
};
const command: fc.Arbitrary<Command> = fc
  .option(fc.uniqueArray(fc.constantFrom("x", "issue", "file-name", "_y"), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
  })
  .chain((names) =>
    some<Command>(
      {
        name: pathName,
        description: lines,
        hint: line,
        arguments: fc.constant(names ?? []),
        allowedTools: few(fc.oneof(line, fc.constantFrom("Read", "Bash(git add:*)", "Bash(a, b)")), 1),
        model: word,
        body: promptTemplate(names).filter(isBody),
      } as never,
      ["name", "body", ...(names ? (["arguments"] as const) : [])],
    ).map(({ arguments: of, ...rest }) => (names && of ? { ...rest, arguments: of } : rest)),
  );
const agent = some<Agent>(
  {
    name: stem,
    description: lines,
    model: word,
    tools: few(fc.oneof(line, fc.constantFrom("Read", "Bash")), 1),
    body,
  } as never,
  ["name", "body"],
);

const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((b) => new Uint8Array([0, 0xff, ...b]));
const skillFile = some<Skill["files"][string]>(
  {
    content: fc.oneof<fc.Arbitrary<string | Uint8Array>[]>(
      lines,
      fc.constantFrom("", "x\n", "#!/bin/sh\n"),
      bytes,
    ),
    exec: fc.constant(true as const),
  },
  ["content"],
);
const skill: fc.Arbitrary<Skill> = fc
  .tuple(
    stem,
    fc.dictionary(fc.constantFrom("run.sh", "ref/a.md", "logo.png", "a b.txt"), skillFile, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    lines,
  )
  .map(([name, files, text]) => ({
    name,
    files: { "SKILL.md": { content: `---\nname: ${name}\n---\n${text}\n` }, ...files },
  }));

const tool = fc.constantFrom<string[]>(...toolNames, "mcp:db/query", "mcp:db", "mcp:a.b/c-d");
const hook = some<Hook>(
  {
    name: stem,
    on: fc.constantFrom(...hookEvents),
    tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 3 }),
    run: fc.oneof(lines, fc.constantFrom("./fmt.sh", "npm test")),
    timeoutMs: fc.nat({ max: 90_000 }),
  } as never,
  ["name", "on", "run"],
);
const argv = few(fc.oneof(line, fc.constantFrom("npm", "test", "-y", "git", "push")), 1);
const scope: fc.Arbitrary<Scope> = fc.oneof(
  argv.map((a): Scope => ({ on: "shell", argv: a })),
  fc.tuple(fc.constantFrom("read", "edit"), glob).map(([on, g]) => ({ on, glob: g }) as Scope),
  fc.constantFrom("example.com", "*.example.com", "a b").map((host): Scope => ({ on: "web", host })),
  fc.constantFrom("db/query", "db", "a.b/c", "db/*").map((t): Scope => ({ on: "mcp", tool: t })),
);
const permission: fc.Arbitrary<Permission> = fc
  .tuple(fc.constantFrom(...effects), scope)
  .map(([effect, s]) => ({ name: permissionName(effect, s), effect, scope: s }));
const ignore: fc.Arbitrary<Ignore> = glob.map((name) => ({ name }));
const settingPath = fc.constantFrom<string[][]>(
  ["env", "LOG_LEVEL"],
  ["env", "A/B"],
  ["model"],
  ["permissions", "defaultMode"],
  ["x", "y", "z"],
  ["claude", "env"],
  ["outputStyle"],
);
const setting: fc.Arbitrary<Setting> = fc
  .tuple(
    settingPath,
    fc.oneof<fc.Arbitrary<unknown>[]>(
      line,
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      few(line),
      fc.constant({}),
    ),
  )
  .map(([path, value]) => ({ name: `claude/${path.join("/")}`, path, value, targets: ["claude"] }));

const transport: fc.Arbitrary<Transport> = fc.oneof(
  some<Extract<Transport, { type: "stdio" }>>(
    {
      type: fc.constant("stdio"),
      command: dataTemplate,
      args: few(dataTemplate),
      env: map(dataTemplate),
      cwd: line,
    } as never,
    ["type", "command"],
  ),
  some<Extract<Transport, { type: "http" | "sse" }>>(
    { type: fc.constantFrom("http", "sse"), url: dataTemplate, headers: map(dataTemplate) } as never,
    ["type", "url"],
  ),
);
const server = some<Server>({ name: key, transport, timeoutMs: fc.nat({ max: 5000 }) } as never, [
  "name",
  "transport",
]);
const source: fc.Arbitrary<Source> = fc.oneof(
  transport.map((mcp): Source => ({ type: "mcp", mcp })),
  dataTemplate.map((url): Source => ({ type: "http", http: { url } })),
  dataTemplate.map((id): Source => ({ type: "vector_store", vector_store: { id, provider: "p" } })),
);
const retrieval = some<Retrieval>({ name: key.map((n) => `r-${n}`), description: line, source } as never, [
  "name",
  "source",
]);
const provider = some<Provider>(
  {
    name: key,
    type: fc.constantFrom("anthropic", "llama.cpp"),
    origin: dataTemplate,
    apiKey: dataTemplate,
    keyCommand: line,
    region: word,
    project: word,
    headers: map(dataTemplate),
  } as never,
  ["name"],
);
const limits = some<NonNullable<Model["limits"]>>({ tokensPerDay: fc.nat(), usdPerDay: fc.nat() }, []);
const model = some<Model>(
  {
    name: fc.oneof(fc.constantFrom("main", "fast", "edit", "embed"), stem),
    chain: few(fc.constantFrom("anthropic/claude-opus-4-8", "local/qwen3", "a/b/c:1"), 1),
    onOutage: fc.constantFrom("wait", "degrade"),
    limits,
  } as never,
  ["name", "chain"],
);

/** Names that differ only by case are no two names. */
const unique = <I extends Item>(of: fc.Arbitrary<I>, maxLength = 4): fc.Arbitrary<I[]> =>
  fc.uniqueArray(aimed(of), { selector: (i) => i.name.toLowerCase(), maxLength });
const paired = <I extends Item>(of: fc.Arbitrary<I>): fc.Arbitrary<I[]> =>
  fc.uniqueArray(of, { selector: (i) => i.name.toLowerCase(), maxLength: 4 });
/** One item of each kind. */
export const item: { [K in keyof Kinds]: fc.Arbitrary<Kinds[K]> } = {
  rule,
  command,
  agent,
  skill,
  hook,
  permission,
  ignore,
  setting,
  server,
  retrieval,
  provider,
  model,
};

/** A whole spec. Settings keep their target. */
export const spec: fc.Arbitrary<Spec> = all<Spec>({
  rule: unique(rule),
  command: unique(command, 3),
  agent: unique(agent, 2),
  skill: unique(skill, 2),
  hook: unique(hook),
  permission: unique(permission),
  ignore: unique(ignore, 2),
  setting: paired(setting),
  server: unique(server),
  retrieval: unique(retrieval, 2),
  provider: unique(provider, 2),
  model: unique(model, 2),
});
