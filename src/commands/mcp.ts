import { nearest } from "../core/diagnostic.ts";
import type { Endpoint, Retrieval } from "../core/spec.ts";
import { emptyWorld } from "../core/surface.ts";
import { read } from "../disk/snapshot.ts";
import { retrieverFor } from "../mcp/retriever.ts";
import { serve } from "../mcp/server.ts";
import { answererFor } from "../mcp/tool.ts";
import { specFile, specSurfaces } from "../spec/surfaces.ts";
import type { Exit, Flags, Result } from "./context.ts";
import { findRoot } from "./root.ts";
import { version } from "./version.ts";

const ended = (exit: Exit, lines: readonly string[], data: Result["data"] = {}): Result => ({
  exit,
  text: lines.join("\n"),
  lines,
  data,
  diagnostics: [],
  source: () => undefined,
});
const refused = (reason: string, advice: string): Result =>
  ended(2, [`error   ${reason}`, `        ${advice}`], { reason });

/** The retrieval entries of a spec; those that cannot be read are told. */
const entriesOf = (root: string, unread: string[]): Retrieval[] => {
  const { files } = read(root, [{ file: specFile }]);
  const tell = (at: string, reason: string, where?: readonly unknown[]): void =>
    void unread.push(`${where?.join(".") ?? at}: ${reason}`);
  return specSurfaces.retrieval.read({ ...emptyWorld(), files }, { target: "spec", unread: tell });
};

const unknownId = (id: string, all: readonly Retrieval[]): Result => {
  const names = all.map((r) => r.name);
  const [near] = nearest(id, names);
  const known = names.length ? `known: ${names.join(", ")}` : `${specFile} has none`;
  return refused(`no retrieval "${id}"`, near === undefined ? known : `did you mean "${near}"?`);
};

const serving = async (r: Retrieval, endpoint: Endpoint): Promise<Result> => {
  const log = (text: string): void =>
    void process.stderr.write(`portable mcp retrieval ${r.name}: ${text}\n`);
  const retriever = retrieverFor(r, endpoint, process.env, `portable/${version}`);
  if (retriever.missing.length) log(`not set in the environment: ${retriever.missing.join(", ")}`);
  const info = { name: `portable-retrieval-${r.name}`, version };
  await serve({ input: process.stdin, output: process.stdout, log }, answererFor(retriever, info));
  return ended(0, []);
};

/** Serves one retrieval entry of the spec as an MCP server on the standard streams, until they end. */
export const mcp = async (flags: Flags, names: readonly string[]): Promise<Result> => {
  const [what, id, ...more] = names;
  const usage = "usage: portable mcp retrieval <id>";
  if (what !== "retrieval" || id === undefined || more.length) return refused("what to serve?", usage);
  if (flags.json || flags.format !== undefined)
    return refused("the output is MCP, in no other format", usage);
  const root = findRoot(flags.cwd);
  if (root === undefined) return refused(`no ${specFile} in ${flags.cwd} or above`, "--cwd says where it is");
  const unread: string[] = [];
  const all = entriesOf(root, unread);
  const entry = all.find((r) => r.name === id);
  if (!entry) return unread.length ? refused(unread[0]!, `mend ${specFile}`) : unknownId(id, all);
  const { source } = entry;
  if (source.type === "http") return serving(entry, source.http);
  const why = source.type === "mcp" ? "tools reach it as it is" : "give its search endpoint as `http:`";
  return refused(`retrieval "${id}" is no HTTP endpoint`, why);
};
