import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../core/change.ts";
import { type Data, isObject } from "../core/data.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Edit } from "../core/format.ts";
import { yaml } from "../formats/yaml.ts";
import { isLoopback, rowOf } from "../providers/index.ts";
import { specFile } from "../spec/surfaces.ts";
import { applied, sign } from "./build.ts";
import { exit, type Flags, isResult, openToWrite, type Result, result } from "./context.ts";
import type { Project } from "./project.ts";

const composeFile = "litellm.compose.yaml";
const template = (): string =>
  readFileSync(new URL(`../../templates/${composeFile}`, import.meta.url), "utf8");

const env = (name: string): string => `os.environ/${name}`;
/**
 * What LiteLLM needs beside its models when several people use it: a key for all, a database, Redis for the limits and cooldowns
 * that its processes share, and health checks that routing goes by, which count in `general_settings` only
 * (BerriAI/litellm-docs@ef86ded, 2026-05-02). Each check is a real request to a model: every five minutes.
 */
const settings = {
  general_settings: {
    master_key: env("LITELLM_MASTER_KEY"),
    database_url: env("DATABASE_URL"),
    background_health_checks: true,
    enable_health_check_routing: true,
    health_check_interval: 300,
    use_shared_health_check: true,
    allow_requests_on_db_unavailable: true,
  },
  router_settings: {
    redis_host: env("REDIS_HOST"),
    redis_port: env("REDIS_PORT"),
  },
};

const valueAt = (doc: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((v, k) => (isObject(v) ? v[k] : undefined), doc);
/** Settings that the spec does not say yet; what it says stays. */
const missing = (doc: Data): Edit[] =>
  Object.entries(settings).flatMap(([section, keys]) =>
    Object.entries(keys).flatMap(([key, value]): Edit[] => {
      const path = ["settings", "litellm", section, key];
      return valueAt(doc, path) === undefined ? [{ path, value }] : [];
    }),
  );
const withTarget = (doc: Data): Edit[] => {
  const targets = [doc["targets"] ?? []].flat();
  if (targets.includes("litellm")) return [];
  return Array.isArray(doc["targets"])
    ? [{ path: ["targets", targets.length], value: "litellm" }]
    : [{ path: ["targets"], value: [...targets, "litellm"] }];
};

/** Providers of this machine: from inside a container their addresses lead nowhere. */
const inContainer = (project: Project): Diagnostic[] => {
  const asked = project.folders[0]!.spec.model.flatMap((m) => m.steps?.map((s) => s.provider) ?? []);
  const by = new Map(asked.map((p) => [p.name, p]));
  return [...by.values()].flatMap((p) => {
    const said = p.origin?.filter((part) => typeof part === "string").join("");
    const origin = said ?? rowOf(p)?.origin ?? "";
    return isLoopback(origin) ? [diagnostic("launch/loopback", { provider: p.name, origin })] : [];
  });
};
const teamFindings = (project: Project): Diagnostic[] => [
  ...(project.folders[0]!.spec.model.length ? [] : [diagnostic("launch/no-chain", {}, { level: "warning" })]),
  ...inContainer(project),
];
/** What sends tools there, where the spec does not yet. */
const gatewayWords = ({ options: { gateway } }: Project): string[] =>
  gateway === undefined || gateway === "none" || gateway === "proxy"
    ? [
        "to send tools there: `gateway: litellm` in portable.yaml; from other machines `gateway: https://llm.example.com`",
      ]
    : [];

/** Says in the spec what a LiteLLM gateway for a team needs, and writes the compose file that starts it, once. */
export const team = (flags: Flags): Result => {
  const project = openToWrite(flags);
  if (isResult(project)) return project;
  const before = project.source(specFile) ?? "";
  const doc = yaml.parse(before);
  const edits = [...withTarget(doc), ...missing(doc)];
  const after = edits.length ? yaml.edit(before, edits) : before;
  const changes: Change[] = [
    ...(existsSync(join(project.root, composeFile)) ? [] : [{ path: composeFile, after: template() }]),
    ...(after === before ? [] : [{ path: specFile, before, after }]),
  ];
  if (!changes.length) return result(exit.clean, ["nothing to do"], [], { changes: [] }, project.source);
  const done = flags["dry-run"] ? { fault: undefined } : applied(project.root, changes, new Set(), true);
  const data = { changes: changes.map((c) => ({ path: c.path, sign: sign(c) })) };
  if (done.fault) return result(exit.failed, ["nothing was written"], [done.fault], data, project.source);
  const lines = [
    ...changes.map((c) => `${sign(c)} ${c.path}`),
    "next: portable build, then follow the first lines of litellm.compose.yaml",
    ...gatewayWords(project),
  ];
  return result(exit.clean, lines, teamFindings(project), data, project.source);
};
