import { isObject } from "./data.ts";
import type { Endpoint, Retrieval, Transport } from "./spec.ts";
import { specData } from "./spellings.ts";
import { type Hole, holes, parse, type Template } from "./template.ts";

/** The name of the package: what runs our server in committed files, always with a version. */
const PACKAGE = "@portable-config/cli";

type Variable = Extract<Hole, { env: string }>;
const variablesOf = (t: Template): Variable[] => holes(t).filter((h) => "env" in h);
const variablesIn = (v: unknown): Variable[] => {
  if (typeof v === "string") return variablesOf(parse(specData, v));
  return Array.isArray(v) || isObject(v) ? Object.values(v).flatMap(variablesIn) : [];
};
const allIn = (e: Endpoint): Variable[] => [
  ...variablesOf(e.url),
  ...Object.values(e.headers ?? {}).flatMap(variablesOf),
  ...variablesIn(e.request?.body),
];
/** Names of the variables that an endpoint is reached with, each once. */
export const variablesFor = (e: Endpoint): string[] => [...new Set(allIn(e).map((v) => v.env))];

/** Our server handed only what it cannot do without: for a tool that starts none while a variable of its row is not set. */
export const withoutDefaults = (bridge: Transport, e: Endpoint): Transport => {
  if (bridge.type !== "stdio") return bridge;
  const { env, ...rest } = bridge;
  const needed = new Set(allIn(e).flatMap((v) => (v.or === undefined ? [v.env] : [])));
  const kept = Object.entries(env ?? {}).filter(([name]) => needed.has(name));
  return { ...rest, ...(kept.length && { env: Object.fromEntries(kept) }) };
};

/**
 * Starts `portable mcp retrieval <id>` for a plain HTTP endpoint. The variables are handed on by name: Roo Code gives a server
 * none but those of its row (McpHub.ts@cb83656, 2026-04-14). Defaults stay in the spec, since most tools cannot say them.
 */
const bridgeFor = (id: string, endpoint: Endpoint, version: string): Transport => {
  const words = [
    "-y",
    `${PACKAGE}@${version}`,
    "mcp",
    "retrieval",
    ...(id.startsWith("-") ? ["--"] : []),
    id,
  ];
  const variables = variablesFor(endpoint);
  return {
    type: "stdio",
    command: ["npx"],
    args: words.map((w) => [w]),
    ...(variables.length && { env: Object.fromEntries(variables.map((env) => [env, [{ env }]])) }),
  };
};

/** Retrieval with what brings it over MCP; `version` is the compiler's. */
export const withBridge = (r: Retrieval, version: string): Retrieval =>
  r.source.type === "http" ? { ...r, bridge: bridgeFor(r.name, r.source.http, version) } : r;

const OURS = new RegExp(`^${PACKAGE.replaceAll("/", "\\/")}(?:@[^\\s]+)?$`);
const literal = (t: Template): string | undefined =>
  t.length === 1 && typeof t[0] === "string" ? t[0] : undefined;
/** The id of the retrieval that a server of a tool's brings over MCP; undefined: it is another server. */
export const bridgedId = (t: Transport): string | undefined => {
  if (t.type !== "stdio" || literal(t.command) !== "npx") return undefined;
  const words = (t.args ?? []).map(literal).filter((w) => w !== "-y" && w !== "--");
  const [pkg, mcp, retrieval, id, ...more] = words;
  const ours = pkg !== undefined && OURS.test(pkg) && mcp === "mcp" && retrieval === "retrieval";
  return ours && !more.length ? id : undefined;
};
