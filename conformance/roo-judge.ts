import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";

/** The pinned package that Roo Code checks its own files with; without it nothing can be judged. */
export const missing = "@roo-code/types is not installed: run `npm install` in conformance/";
const load = (): any => {
  try {
    const require = createRequire(import.meta.url);
    const manifest = readFileSync(
      join(import.meta.dirname, "node_modules/@roo-code/types/package.json"),
      "utf8",
    );
    return { ...require("@roo-code/types"), version: JSON.parse(manifest).version };
  } catch {
    return undefined;
  }
};
export const types = load();

/** What `.roomodes` is to Roo Code: characters made plain, YAML, else JSON. CustomModesManager.ts@cb83656, 2026-04-14. */
const plain = (text: string): string =>
  text
    .replace(/^\uFEFF/, "")
    .replace(/\u00A0/g, " ")
    .replace(/[\u200B-\u200D]/g, "")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-");
const readModes = (text: string): any => {
  try {
    return parseYaml(plain(text)) ?? {};
  } catch {
    return JSON.parse(text);
  }
};

const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);
const texts = (x: unknown): boolean => Array.isArray(x) && x.every((v) => typeof v === "string");
const record = (x: unknown): boolean => isObject(x) && Object.values(x).every((v) => typeof v === "string");
const maybe = (x: unknown, is: (x: unknown) => boolean): boolean => x === undefined || is(x);
const absent = (row: Record<string, unknown>, ...keys: string[]): boolean =>
  keys.every((k) => row[k] === undefined);

const isBase = (row: Record<string, unknown>): boolean =>
  maybe(row["disabled"], (x) => typeof x === "boolean") &&
  maybe(row["timeout"], (x) => typeof x === "number" && x >= 1 && x <= 3600) &&
  ["alwaysAllow", "watchPaths", "disabledTools"].every((k) => maybe(row[k], texts));
/** `ServerConfigSchema` said again, since no package exports it. src/services/mcp/McpHub.ts@cb83656, 2026-04-14. */
export const isServer = (row: unknown): boolean => {
  if (!isObject(row) || !isBase(row)) return false;
  const stdio =
    maybe(row["type"], (x) => x === "stdio") &&
    typeof row["command"] === "string" &&
    row["command"].length > 0 &&
    maybe(row["args"], texts) &&
    maybe(row["cwd"], (x) => typeof x === "string") &&
    maybe(row["env"], record) &&
    absent(row, "url", "headers");
  const remote =
    maybe(row["type"], (x) => x === "sse" || x === "streamable-http") &&
    typeof row["url"] === "string" &&
    URL.canParse(row["url"]) &&
    maybe(row["headers"], record) &&
    absent(row, "command", "args", "env");
  return stdio || remote;
};

const modeFaults = (text: string): string[] => {
  const { success, error } = types.customModesSettingsSchema.safeParse(readModes(text));
  return success ? [] : [`.roomodes: ${error.message}`];
};
const serverFaults = (text: string): string[] => {
  const { mcpServers } = JSON.parse(text);
  if (!isObject(mcpServers)) return [".roo/mcp.json: no mcpServers"];
  return Object.entries(mcpServers).flatMap(([name, row]) =>
    isServer(row) ? [] : [`.roo/mcp.json ${name}: ${JSON.stringify(row)}`],
  );
};
/** The import checks the wrapper, then each profile. src/core/config/importExport.ts@cb83656, 2026-04-14. */
const exportFaults = (text: string): string[] => {
  const { providerProfiles: of } = JSON.parse(text);
  if (typeof of?.currentApiConfigName !== "string" || !isObject(of.apiConfigs)) return ["not importable"];
  if (!(of.currentApiConfigName in of.apiConfigs)) return ["the current profile is none of them"];
  return Object.entries<any>(of.apiConfigs).flatMap(([name, row]) => {
    const kept = types.discriminatedProviderSettingsWithIdSchema.safeParse(row);
    if (!kept.success) return [`profile ${name}: ${kept.error.message}`];
    const lost = Object.keys(row).filter((k) => !k.startsWith("x") && !(k in kept.data));
    const secrets = Object.keys(row).filter((k) => types.isSecretStateKey(k));
    return [...lost.map((k) => `profile ${name}: ${k} is ignored`), ...secrets.map((k) => `${name}: ${k}`)];
  });
};
const skillFaults = (path: string): string[] => {
  const name = /^\.roo\/skills\/([^/]+)\/SKILL\.md$/.exec(path)?.[1];
  return name === undefined || types.validateSkillName(name).valid ? [] : [`skill ${name}`];
};

/** What Roo Code would reject of a tree, and why. */
export const faults = (files: ReadonlyMap<string, unknown>): string[] =>
  [...files].flatMap(([path, content]) => {
    if (path === ".roomodes") return modeFaults(String(content));
    if (path === ".roo/mcp.json") return serverFaults(String(content));
    if (path === ".roo/settings-export.json") return exportFaults(String(content));
    return skillFaults(path);
  });
