import { blobId } from "../core/blob.ts";
import { isObject } from "../core/data.ts";
import { canonical } from "../core/own.ts";
import { redirectKind } from "./endpoints.ts";

/** What decides what a hook, server, helper or setting does. */
export interface Runs {
  /** Lines that a shell reads. */
  lines: string[];
  /** A program and its arguments, which no shell reads. */
  argv: string[];
  urls: string[];
  env: Record<string, string>;
  headers: Record<string, string>;
  cwd?: string;
  /** Files that are loaded as they are: scripts, packages of a tool, files of variables. */
  loads: string[];
}

export const nothing = (): Runs => ({ lines: [], argv: [], urls: [], env: {}, headers: {}, loads: [] });
export const isNothing = (r: Runs): boolean =>
  !r.lines.length && !r.argv.length && !r.urls.length && !r.loads.length && !Object.keys(r.env).length;

/** Spellings of the tools, by what they mean. */
const spellings = {
  lines: [
    "bash",
    "powershell",
    "windows",
    "linux",
    "osx",
    "headersHelper",
    "http_headers_helper",
    "command_for_headers",
  ],
  program: ["command", "cmd", "path"],
  args: ["args", "arguments"],
  urls: ["url", "httpUrl", "serverUrl", "uri", "tcp", "spec_path", "api_base"],
  env: ["env", "environment", "envs"],
  headers: ["headers", "http_headers", "static_headers"],
  loads: ["envFile"],
} as const;

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === "string" && v !== "");
const textsAt = (of: object, keys: readonly string[]): string[] =>
  keys.flatMap((k) => texts((of as Record<string, unknown>)[k]));
const pairs = (of: object, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    keys.flatMap((k) => {
      const map = (of as Record<string, unknown>)[k];
      return isObject(map) ? Object.entries(map).map(([name, v]): [string, string] => [name, String(v)]) : [];
    }),
  );

/** A system's own variant of a command: `windows: { command: ... }`. */
const variants = (value: object, shell: boolean): Runs[] =>
  ["windows", "linux", "osx", "transport"].flatMap((k) => {
    const inner = (value as Record<string, unknown>)[k];
    return isObject(inner) ? [runsIn(inner, shell)] : [];
  });

const joined = (all: readonly Runs[]): Runs => ({
  lines: all.flatMap((r) => r.lines),
  argv: all.flatMap((r) => r.argv),
  urls: all.flatMap((r) => r.urls),
  env: Object.assign({}, ...all.map((r) => r.env)),
  headers: Object.assign({}, ...all.map((r) => r.headers)),
  loads: all.flatMap((r) => r.loads),
  ...Object.assign({}, ...all.map((r) => (r.cwd === undefined ? {} : { cwd: r.cwd }))),
});

/** What an entry of a tool's file does, in whatever spelling. `shell`: a command without arguments is a shell's line. */
export const runsIn = (value: unknown, shell: boolean): Runs => {
  if (typeof value === "string") return { ...nothing(), [shell ? "lines" : "argv"]: texts(value) };
  if (Array.isArray(value)) return { ...nothing(), argv: texts(value) };
  if (!isObject(value)) return nothing();
  const { command } = value;
  if (isObject(command))
    return joined([runsIn(command, false), runsIn({ ...value, command: undefined }, shell)]);
  const program = textsAt(value, spellings.program);
  const args = textsAt(value, spellings.args);
  const isLine = shell && !args.length && !Array.isArray(command);
  const inner = value["requestOptions"];
  const own: Runs = {
    lines: [...(isLine ? program : []), ...textsAt(value, spellings.lines)],
    argv: isLine ? [] : [...program, ...args],
    urls: textsAt(value, spellings.urls),
    env: pairs(value, spellings.env),
    headers: { ...pairs(value, spellings.headers), ...(isObject(inner) ? pairs(inner, ["headers"]) : {}) },
    ...(typeof value["cwd"] === "string" && { cwd: value["cwd"] }),
    loads: textsAt(value, spellings.loads),
  };
  return joined([own, ...variants(value, shell)]);
};

/** Hex digits of a hash: 80 bits, so that nobody finds other content for it. */
const DIGITS = 20;

/** Names, and the values of those that redirect or load code. */
const environment = (env: Record<string, string>): [string, string?][] =>
  Object.entries(env)
    .map(([name, value]): [string, string?] => (redirectKind(name) ? [name, value] : [name]))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * A hash over what runs: lines, program and arguments, URLs, names of variables and headers, folder, what is loaded. Values
 * of variables count only where they redirect or load code.
 */
export const hashOf = (runs: Runs): string => {
  const { env, headers, ...rest } = runs;
  const names = Object.keys(headers)
    .map((h) => h.toLowerCase())
    .sort();
  return blobId(canonical({ ...rest, env: environment(env), headers: names })).slice(0, DIGITS);
};
