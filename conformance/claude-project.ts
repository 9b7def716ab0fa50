import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { build } from "../src/commands/build.ts";
import { isObject } from "../src/core/data.ts";
import type { Files } from "./project.ts";

/** What one item adds to a spec: files, and keys of portable.yaml. */
export interface Part {
  files?: Files;
  yaml?: Record<string, unknown>;
}
/** A spec in parts, by item of the rows that judge them. */
export interface Spec {
  targets: string[];
  parts: Record<string, Part>;
}

const writes = (name: string): string =>
  `import { writeFileSync } from "node:fs";\nwriteFileSync("${name}.txt", "CANARY_RAN");\n`;

/** Sources and scripts that the rows act on; no tool's configuration. */
const support: Files = {
  "notes.txt": "nothing of interest\n",
  "docs/more.md": "CANARY_IMPORTED\n",
  "docs/scoped.md": "CANARY_SCOPED_IMPORT\n",
  "src/deep/a.ts": "export const answer = 42;\n",
  "src/top.ts": "export const answer = 41;\n",
  "src/gen/b.ts": "export const answer = 43;\n",
  "packages/api/main.go": "package main\n",
  "packages/api/guide.md": "CANARY_FOLDER_IMPORT\n",
  "packages/api/src/main.go": "package main\n",
  "packages/api/.env.local": "CANARY_SECRET\n",
  ".env": "CANARY_SECRET\n",
  "environment.txt": "CANARY_OPEN\n",
  "private/a.txt": "CANARY_PRIVATE\n",
  "locked/a.txt": "locked\n",
  "allowed.mjs": writes("allowed"),
  "asked.mjs": writes("asked"),
  "mcp-stub.mjs": readFileSync(join(import.meta.dirname, "mcp-stub.mjs"), "utf8"),
};

const merged = (a: unknown, b: unknown): unknown => {
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (!isObject(a) || !isObject(b)) return b;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((k) => [k, k in a && k in b ? merged(a[k], b[k]) : (a[k] ?? b[k])]));
};

/** The files that people write, of all items but `without`. */
export const sources = ({ targets, parts }: Spec, without?: string): Files => {
  const kept = Object.entries(parts).flatMap(([item, part]) => (item === without ? [] : [part]));
  const yaml = kept.reduce<unknown>((all, part) => merged(all, part.yaml ?? {}), { portable: 1, targets });
  return Object.assign({}, support, { "portable.yaml": stringify(yaml) }, ...kept.map((part) => part.files));
};

/** Builds the project in `root` with the real kernel. Throws what the build says where it is not clean. */
export const built = (root: string): void => {
  const done = build({ cwd: root, strict: true });
  if (done.exit !== 0) throw new Error(`build ended with ${done.exit}\n${done.text}`);
};
