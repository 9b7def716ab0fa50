import fc from "fast-check";
import { withBridge } from "../src/core/bridge.ts";
import {
  type Agent,
  type Apply,
  type Command,
  type Endpoint,
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
import type { Template } from "../src/core/template.ts";
import {
  all,
  body,
  dataTemplate,
  few,
  isBody,
  key,
  line,
  lines,
  map,
  pathName,
  promptTemplate,
  some,
  stem,
  word,
} from "./nasty.ts";

export { body } from "./nasty.ts";

const ids = ["agents", "aider", "claude", "cursor", "litellm"];
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
  ["env", "AWS_REGION"],
  ["env", "ANTHROPIC_DEFAULT_HAIKU_MODEL"],
  ["fallbackModel"],
  ["permissions", "defaultMode"],
  ["x", "y", "z"],
  ["claude", "env"],
  ["outputStyle"],
  ["lint-cmd"],
  ["map-tokens"],
  ["no-pretty"],
  ["weak-model"],
  ["mcp_servers", "x"],
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
  .chain(([path, value]) =>
    fc
      .constantFrom("claude", "claude", "litellm")
      .map((id) => ({ path, value, name: `${id}/${path.join("/")}`, targets: [id] })),
  );

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
const path = fc.constantFrom("", "q", "/a/b~1c", "/hits/*/x", "*");
const endpoint = some<Endpoint>(
  {
    url: dataTemplate,
    headers: map(dataTemplate),
    shape: fc.constantFrom("continue", "openai"),
    request: some<NonNullable<Endpoint["request"]>>(
      {
        method: fc.constantFrom("GET", "POST"),
        query: path,
        limit: path,
        body: fc.constant({ index: "${INDEX}" }),
      },
      [],
    ),
    results: some<NonNullable<Endpoint["results"]>>(
      { at: path, title: path, text: path, url: path, score: path },
      [],
    ),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
    maxReplyBytes: fc.integer({ min: 1 }),
    maxTextBytes: fc.integer({ min: 1 }),
  },
  ["url"],
);
const source: fc.Arbitrary<Source> = fc.oneof(
  transport.map((mcp): Source => ({ type: "mcp", mcp })),
  endpoint.map((http): Source => ({ type: "http", http })),
  dataTemplate.map((id): Source => ({ type: "vector_store", vector_store: { id, provider: "p" } })),
);
const retrieval = some<Retrieval>({ name: key.map((n) => `r-${n}`), description: line, source } as never, [
  "name",
  "source",
]);
const provider = some<Provider>(
  {
    name: fc.oneof(key, fc.constantFrom("anthropic", "local", "a", "openai", "ollama")),
    type: fc.constantFrom(
      "anthropic",
      "llama.cpp",
      "google-vertex",
      "lmstudio",
      "amazon-bedrock",
      "anthropic-compatible",
    ),
    origin: fc.oneof(
      dataTemplate,
      fc.constantFrom<Template>(["http://10.0.0.1:8080/"], ["https://gw.example/x"], [{ env: "ORIGIN" }]),
    ),
    apiKey: fc.oneof(dataTemplate, fc.constantFrom<Template>([{ env: "KEY" }])),
    keyCommand: line,
    region: word,
    project: word,
    headers: map(dataTemplate),
    context: fc.integer({ min: 1, max: 2_000_000 }),
  } as never,
  ["name"],
);
const limits = some<NonNullable<Model["limits"]>>(
  { tokensPerDay: fc.integer({ min: 1 }), usdPerDay: fc.integer({ min: 1 }) },
  [],
);
const model = some<Model>(
  {
    name: fc.oneof(fc.constantFrom("main", "fast", "edit", "embed", "main", "opus"), stem),
    chain: few(
      fc.constantFrom(
        "anthropic/claude-opus-4-8",
        "anthropic/claude-haiku-4-5",
        "anthropic/opus",
        "local/qwen3",
        "openai/qwen3",
        "openrouter/a/b",
        "ollama/qwen3:30b",
        "amazon-bedrock/us.anthropic.claude",
        "a/b/c:1",
      ),
      1,
    ),
    onOutage: fc.constantFrom("wait", "degrade"),
    limits,
  } as never,
  ["name", "chain"],
);

/** Names that differ only by case are no two names. */
const unique = <I extends Item>(of: fc.Arbitrary<I>, maxLength = 4): fc.Arbitrary<I[]> =>
  fc.uniqueArray(aimed(of), { selector: (i) => i.name.toLowerCase(), maxLength });
/** Some stand at a path of their own, in the place's folder or elsewhere. */
const filed = <I extends Item>(of: fc.Arbitrary<I>, folder: string): fc.Arbitrary<I> =>
  fc
    .tuple(
      of,
      fc.option(fc.constantFrom(`.claude/${folder}/own`, `docs/own-${folder}`), { freq: 5, nil: undefined }),
    )
    .map(([i, at]) => (at === undefined ? i : { ...i, paths: { claude: `${at}/${i.name}.md` } }));
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

/** As the loader gives them: each step with the provider entry that it names, or with its kind. */
const withSteps = (s: Spec): Spec => ({
  ...s,
  model: s.model.map((m) => ({
    ...m,
    steps: m.chain.map((text) => {
      const [name, ...id] = text.split("/") as [string, ...string[]];
      return { provider: s.provider.find((p) => p.name === name) ?? { name }, id: id.join("/") };
    }),
  })),
});
/** A whole spec. Settings keep their target. */
export const spec: fc.Arbitrary<Spec> = all<Spec>({
  rule: unique(filed(rule, "rules")),
  command: unique(filed(command, "commands"), 3),
  agent: unique(filed(agent, "agents"), 2),
  skill: unique(skill, 2),
  hook: unique(hook),
  permission: unique(permission),
  ignore: unique(ignore, 2),
  setting: paired(setting),
  server: unique(server),
  retrieval: unique(retrieval, 2),
  provider: unique(provider, 2),
  model: unique(model, 3),
})
  .map(withSteps)
  .map((s) => ({ ...s, retrieval: s.retrieval.map((r) => withBridge(r, "1.2.3")) }));
