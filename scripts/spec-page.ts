import { isObject } from "../src/core/data.ts";
import { meaningOf } from "../src/spec/about.ts";
import { specSchema } from "../src/spec/schema.ts";
import { headSchemas } from "../src/spec/surfaces.ts";
import { targetIds } from "../src/targets/index.ts";

type Node = Record<string, any>;

/** One example of each section; test/spec/page.test.ts reads them all. */
const examples: Readonly<Record<string, string>> = {
  portable: "portable: 1",
  targets: "targets: [agents, claude, cursor]",
  from: "from: claude",
  rules: "rules:\n  - docs/style.md\n  - file: docs/web.md\n    targets: [cursor]",
  outputs: "outputs: ignore",
  accept: 'accept:\n  - code: "loss/kind@agents:*"\n    reason: AGENTS.md holds instructions only',
  proxy: "proxy:\n  port: 4242\n  headersMs: 20000",
  gateway: "gateway: proxy",
  skills: "skills:\n  pdf:\n    targets: [claude]",
  mcpServers:
    'mcpServers:\n  db:\n    command: npx\n    args: ["-y", "@acme/db-mcp@1.4.2"]\n    env:\n      DATABASE_URL: "${DATABASE_URL}"\n  tickets:\n    type: http\n    url: https://mcp.example.com\n    headers:\n      Authorization: "Bearer ${TICKETS_TOKEN}"\n    except: [roo]',
  retrieval:
    "retrieval:\n  handbook:\n    description: Company handbook\n    http:\n      url: https://rag.example.com/search\n      results:\n        at: items\n        text: body",
  providers: 'providers:\n  local:\n    type: ollama\n  openrouter:\n    apiKey: "${OPENROUTER_API_KEY}"',
  models: "models:\n  main:\n    chain: [anthropic/claude-opus-4-8, local/qwen3-coder:30b]",
  hooks: "hooks:\n  format:\n    on: afterTool\n    tools: [edit, write]\n    run: ./scripts/format.sh",
  permissions:
    'permissions:\n  allow:\n    - shell: [npm, test]\n  deny:\n    - read: ".env*"\n    - mcp: db/drop',
  ignore: 'ignore:\n  - "dist/**"',
  settings: "settings:\n  claude:\n    env:\n      LOG_LEVEL: debug",
};
const pages: Readonly<Record<string, { file: string; example: string }>> = {
  rule: {
    file: ".portable/rules/NAME.md",
    example: '---\nglobs: ["migrations/**/*.sql"]\n---\n\nEvery migration can be run twice.',
  },
  command: {
    file: ".portable/commands/NAME.md",
    example:
      "---\ndescription: Fix an issue\narguments: [issue]\n---\n\nFix issue {{issue}}, test first. What is open:\n\n{{!gh issue list}}",
  },
  agent: {
    file: ".portable/agents/NAME.md",
    example:
      "---\ndescription: Reads what changed\ntools: [read, search]\n---\n\nRead the change. Say what is wrong.",
  },
};

/** Cases in words; one of something or a list of it is said once. */
const oneOf = (all: readonly string[]): string => {
  const [one] = all.filter((type) => all.includes(`list of ${type}`));
  return one !== undefined && all.length === 2 ? `one or a list of ${one}` : [...new Set(all)].join(" or ");
};
/** A type in words. */
const typeOf = (s: Node): string => {
  if ("const" in s) return `\`${s["const"]}\``;
  if (s["enum"]) return s["enum"].map((v: unknown) => `\`${v}\``).join(", ");
  if (s["properties"]) return "map";
  if (s["anyOf"]) return oneOf(s["anyOf"].map(typeOf));
  if (s["type"] === "array")
    return s["items"]?.["properties"]
      ? "list of maps"
      : `list of ${typeOf(s["items"] ?? {}).replace(/^map$/, "maps")}`;
  if (s["type"] === "object")
    return isObject(s["additionalProperties"]) ? namedBy(s["additionalProperties"]) : "map";
  const words: Record<string, string> = { string: "text", boolean: "true or false", integer: "whole number" };
  return words[s["type"]] ?? s["type"] ?? "any";
};
const namedBy = (s: Node): string => (s["type"] === "string" ? "map of texts" : "map by name");

interface Row {
  path: string;
  /** Without its section. */
  key: string;
  type: string;
}
/** The keys below a part of the schema; what several cases have stands once. */
const rowsIn = (s: Node, at: string, key: string): Row[] => {
  const own = Object.entries((s["properties"] ?? {}) as Record<string, Node>).flatMap(([k, v]): Row[] => {
    const [path, name] = [`${at}.${k}`, key ? `${key}.${k}` : k];
    return [{ path, key: name, type: typeOf(v) }, ...rowsIn(v, path, name)];
  });
  const named = s["additionalProperties"];
  const below = [
    ...(isObject(named) && named["properties"] ? rowsIn(named, `${at}.*`, key ? `${key}.*` : "*") : []),
    ...(isObject(s["items"]) ? rowsIn(s["items"], at, key) : []),
    ...((s["anyOf"] ?? []) as Node[])
      .filter((c) => c["type"] === "object")
      .flatMap((c) => rowsIn(c, at, key)),
  ];
  return [...new Map([...own, ...below].map((r) => [r.path, r])).values()];
};

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (rows: readonly Row[]): string[] =>
  rows.length
    ? [
        "| key | type | |",
        "| --- | --- | --- |",
        ...rows.map((r) => `| \`${r.key}\` | ${cell(r.type)} | ${cell(meaningOf(r.path) ?? "")} |`),
        "",
      ]
    : [];
const fenced = (language: string, text: string): string[] => [`\`\`\`${language}`, text, "```", ""];

const section = (name: string, schema: Node): string[] => [
  `## ${name}`,
  "",
  `${meaningOf(name)}: ${typeOf(schema)}.`,
  "",
  ...table(rowsIn(schema, name, "")),
  ...fenced("yaml", examples[name]!),
];
const page = (kind: string, schema: Node): string[] => [
  `## ${pages[kind]!.file}`,
  "",
  ...table(rowsIn(schema, kind, "").filter((r) => r.key !== "body")),
  ...fenced("md", pages[kind]!.example),
];

/** docs/spec.md: every key of the spec, from its schema. */
export const specPage = (): string => {
  const schema = specSchema(targetIds) as Node;
  return [
    "# The spec, key by key",
    "",
    "What portable.yaml and the heads of the pages in .portable/ can say. Only `portable` must be there. A `*` is a name that you give. For editors: [portable.schema.json](../schemas/portable.schema.json).",
    "",
    "portable.local.yaml, for one person alone, can say `proxy`, `gateway`, `providers` and `models`; folders with a portable.yaml or .portable/ of their own have rules of their own.",
    "",
    ...Object.entries(schema["properties"] as Record<string, Node>).flatMap(([k, v]) => section(k, v)),
    ...Object.entries(headSchemas()).flatMap(([k, v]) => page(k, v)),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
};
