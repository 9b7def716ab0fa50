import {
  type Codec,
  codec,
  commas,
  count,
  dict,
  either,
  integer,
  list as listOf,
  map,
  object,
  oneOf,
  type Schema,
  spelled,
  text,
} from "../core/codec.ts";
import { type Data, isObject, Mismatch } from "../core/data.ts";
import { type Case, inline, key, maybe, record, type Shape, union } from "../core/shape.ts";
import {
  type Agent,
  type Aim,
  type Apply,
  type Command,
  type Endpoint,
  effects,
  type Held,
  type Hook,
  hookEvents,
  type Ignore,
  type Kind,
  type Model,
  type Permission,
  type Provider,
  permissionName,
  type Retrieval,
  type Rule,
  type Scope,
  type Server,
  type Source,
  type Transport,
  toolNames,
} from "../core/spec.ts";
import { specData, specPrompt } from "../core/spellings.ts";
import type { Surface } from "../core/surface.ts";
import { each } from "../core/surfaces/each.ts";
import { list, rest, table } from "../core/surfaces/table.ts";
import { tree } from "../core/surfaces/tree.ts";
import { yamlOrLine } from "../formats/dialects.ts";
import { markdown } from "../formats/markdown.ts";
import { yaml } from "../formats/yaml.ts";
import { milliseconds } from "./option-shape.ts";

/** The spec's own files are one more place that keeps every kind, written and read by the same surfaces as a tool's. */
export const specFile = "portable.yaml";
export const specFolder = ".portable";

/** In the spec an item holds its aim too. */
type Said<I> = Omit<I, "name" | "at" | "points" | "imports" | "links" | "steps" | "bridge">;
const whole = <I>(shape: Shape<Said<I>>): Case<Held<I>> => shape as unknown as Case<Held<I>>;

const names = either(listOf(text), commas);
const targets = listOf(text);
const aim: Shape<Omit<Aim, "at">> = {
  targets: maybe("targets", either(targets, commas)),
  except: maybe("except", either(targets, commas)),
  overrides: maybe("overrides", dict(object)),
  paths: maybe("paths", dict(text)),
  order: maybe("order", count),
};

const data = spelled(specData);
const md = markdown(yamlOrLine);

const applies = union<"on", Apply>("on", {
  globs: { globs: key("globs", names) },
  relevant: [{}, { apply: "relevant" }],
  manual: [{}, { apply: "manual" }],
  always: [{}, { apply: [undefined, "always"] }],
});
const apply: Codec<Apply> = {
  ...applies,
  get: (theirs, reader) => {
    const head = isObject(theirs) ? theirs : {};
    if (head["globs"] !== undefined && head["apply"] !== undefined)
      throw new Mismatch("`globs` and `apply` exclude each other");
    return applies.get(theirs, reader);
  },
};

const hint = either(
  text,
  map(
    listOf(text),
    (l) => `[${l.join(", ")}]`,
    (s) => [s],
  ),
);

const transport = union<"type", Transport>("type", {
  stdio: [
    {
      command: key("command", data),
      args: maybe("args", listOf(data)),
      env: maybe("env", dict(data)),
      cwd: maybe("cwd", text),
    },
    { type: ["stdio", undefined] },
  ],
  http: [{ url: key("url", data), headers: maybe("headers", dict(data)) }, { type: ["http", undefined] }],
  sse: [{ url: key("url", data), headers: maybe("headers", dict(data)) }, { type: "sse" }],
});

const positive = integer(1);
const money = (n: number): number => {
  if (!Number.isFinite(n) || n <= 0) throw new Mismatch("expected a number above 0");
  return n;
};
const aboveNothing: Codec<number> = {
  ...map(count, money, money),
  schema: { type: "number", exclusiveMinimum: 0 },
};
const endpoint = record<Endpoint>({
  url: key("url", data),
  headers: maybe("headers", dict(data)),
  shape: maybe("shape", oneOf("continue", "openai")),
  request: maybe(
    "request",
    record<NonNullable<Endpoint["request"]>>({
      method: maybe("method", oneOf("GET", "POST")),
      query: maybe("query", text),
      limit: maybe("limit", text),
      body: maybe("body", object),
    }),
  ),
  results: maybe(
    "results",
    record<NonNullable<Endpoint["results"]>>({
      at: maybe("at", text),
      title: maybe("title", text),
      text: maybe("text", text),
      url: maybe("url", text),
      score: maybe("score", text),
    }),
  ),
  timeoutMs: maybe("timeoutMs", milliseconds),
  maxReplyBytes: maybe("maxReplyBytes", positive),
  maxTextBytes: maybe("maxTextBytes", positive),
});
const source = union<"type", Source>("type", {
  mcp: { mcp: key("mcp", transport) },
  http: { http: key("http", endpoint) },
  vector_store: {
    vector_store: key(
      "vector_store",
      record<Extract<Source, { type: "vector_store" }>["vector_store"]>({
        id: key("id", data),
        provider: maybe("provider", text),
      }),
    ),
  },
});

const one = (theirs: Data): [string, unknown] => {
  const entries = Object.entries(theirs);
  if (entries.length !== 1) throw new Mismatch("expected one of shell, read, edit, web, mcp");
  return entries[0]!;
};
const scopeSchema: Schema = {
  anyOf: ["shell", "read", "edit", "web", "mcp"].map((k) => ({
    type: "object",
    properties: {
      [k]: k === "shell" ? { type: "array", items: { type: "string" }, minItems: 1 } : { type: "string" },
    },
    required: [k],
    additionalProperties: false,
  })),
};
/** `shell: [npm, test]` is a prefix of argument words, never a pattern. */
const scope: Codec<Scope> = codec(
  (theirs): Scope => {
    if (!isObject(theirs)) throw new Mismatch("expected a map such as `shell: [npm, test]`");
    const [on, v] = one(theirs);
    if (on === "shell") {
      const argv = listOf(text).get(v);
      if (!argv.length) throw new Mismatch("`shell` names no command");
      return { on, argv };
    }
    if (on === "read" || on === "edit") return { on, glob: text.get(v) };
    if (on === "web") return { on, host: text.get(v) };
    if (on === "mcp") return { on, tool: text.get(v) };
    throw new Mismatch(`"${on}" is none of shell, read, edit, web, mcp`);
  },
  (s) => ({ [s.on]: s.on === "shell" ? s.argv : s.on === "web" ? s.host : s.on === "mcp" ? s.tool : s.glob }),
  scopeSchema,
);

const MCP_TOOL = "^mcp:[^/\\s]+(?:/[^/\\s]+)?$";
const isTool = (word: string): boolean =>
  (toolNames as readonly string[]).includes(word) || new RegExp(MCP_TOOL).test(word);
const tool: Codec<string> = {
  ...map(
    text,
    (t) => (isTool(t) ? t : notATool(t)),
    (t) => t,
  ),
  schema: { anyOf: [{ enum: toolNames }, { type: "string", pattern: MCP_TOOL }] },
};
const notATool = (word: string): never => {
  throw new Mismatch(`"${word}" is no tool: expected ${toolNames.join(", ")} or mcp:server/tool`);
};

const ruleShape = whole<Rule>({
  description: maybe("description", text),
  apply: inline(apply),
  agents: maybe("agents", names),
  body: key("body", text),
  ...aim,
});
const commandShape = whole<Command>({
  description: maybe("description", text),
  hint: maybe("argument-hint", hint),
  arguments: maybe("arguments", names),
  allowedTools: maybe("allowed-tools", names),
  model: maybe("model", text),
  body: key(
    "body",
    spelled((item) => specPrompt(item["arguments"] as string[] | undefined)),
  ),
  ...aim,
});
const agentShape = whole<Agent>({
  description: maybe("description", text),
  model: maybe("model", text),
  tools: maybe("tools", names),
  body: key("body", text),
  ...aim,
});
const rules = each<Rule>(`${specFolder}/rules/{name}.md`, md, ruleShape, { deep: true });
const commands = each<Command>(`${specFolder}/commands/{name}.md`, md, commandShape, { deep: true });
const agents = each<Agent>(`${specFolder}/agents/{name}.md`, md, agentShape, { deep: true });
const skills = tree(`${specFolder}/skills/{name}/`, "SKILL.md");

const serverShape = whole<Server>({
  transport: inline(transport),
  timeoutMs: maybe("timeoutMs", count),
  ...aim,
});
const retrievalShape = whole<Retrieval>({
  description: maybe("description", text),
  source: inline(source),
  ...aim,
});
const providerShape = whole<Provider>({
  type: maybe("type", text),
  origin: maybe("origin", data),
  apiKey: maybe("apiKey", data),
  keyCommand: maybe("keyCommand", text),
  region: maybe("region", text),
  project: maybe("project", text),
  headers: maybe("headers", dict(data)),
  context: maybe("context", positive),
  ...aim,
});
const limits = record<NonNullable<Model["limits"]>>({
  tokensPerDay: maybe("tokensPerDay", positive),
  usdPerDay: maybe("usdPerDay", aboveNothing),
});
const modelShape = whole<Model>({
  chain: key("chain", listOf(text)),
  onOutage: maybe("onOutage", oneOf("wait", "degrade")),
  limits: maybe("limits", limits),
  ...aim,
});
const hookShape = whole<Hook>({
  on: key("on", oneOf(...hookEvents)),
  tools: maybe("tools", listOf(tool)),
  run: key("run", text),
  timeoutMs: maybe("timeoutMs", count),
  ...aim,
});
const permissions = list<Permission>(
  specFile,
  yaml,
  ["permissions", "@effect"],
  { effect: key("@effect", oneOf(...effects)), scope: key("@row", scope) },
  { single: true, label: (p: Permission) => permissionName(p.effect, p.scope) },
);
const ignore = list<Ignore>(specFile, yaml, ["ignore"], {}, { words: true });
const settings = rest(specFile, yaml, ["settings"]);

export const specSurfaces: { readonly [K in Kind]: Surface<any> } = {
  rule: rules,
  command: commands,
  agent: agents,
  skill: skills,
  hook: table<Hook>(specFile, yaml, ["hooks"], hookShape),
  permission: permissions,
  ignore,
  setting: settings,
  server: table<Server>(specFile, yaml, ["mcpServers"], serverShape),
  retrieval: table<Retrieval>(specFile, yaml, ["retrieval"], retrievalShape),
  provider: table<Provider>(specFile, yaml, ["providers"], providerShape),
  model: table<Model>(specFile, yaml, ["models"], modelShape),
};

const rowsOf = (row: unknown): Schema => ({
  type: "object",
  additionalProperties: record<any>(row as Case<any>).schema,
});
const headOf = (shape: unknown): Schema => record<any>(shape as Case<any>).schema;
/** The heads of the spec's pages, by kind; `body` is the text below. */
export const headSchemas = (): Readonly<Record<string, Schema>> => ({
  rule: headOf(ruleShape),
  command: headOf(commandShape),
  agent: headOf(agentShape),
});
/** The parts of portable.yaml that hold items, by key. */
export const itemSchemas: { readonly [key: string]: Schema } = {
  mcpServers: rowsOf(serverShape),
  retrieval: rowsOf(retrievalShape),
  providers: rowsOf(providerShape),
  models: rowsOf(modelShape),
  hooks: rowsOf(hookShape),
  permissions: {
    type: "object",
    properties: Object.fromEntries(effects.map((e) => [e, { type: "array", items: scope.schema }])),
  },
  ignore: { type: "array", items: { type: "string" } },
  settings: { type: "object", additionalProperties: { type: "object" } },
};

/** Kinds that portable.yaml holds as tables, lists or settings, with the key each stands under. */
export const yamlKinds: readonly Kind[] = [
  "server",
  "retrieval",
  "provider",
  "model",
  "hook",
  "permission",
  "ignore",
  "setting",
];
export const fileKinds: readonly Kind[] = ["rule", "command", "agent", "skill"];
