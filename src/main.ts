import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Flags, Result } from "./commands/context.ts";
import { aboutOption, type Command, commands, common, valued } from "./commands/table.ts";
import { type Format, formats, isFormat, reported } from "./report/formats.ts";
import { endProgress, showProgress } from "./report/progress.ts";

/** Where a run reads and says things; a process, or a test. */
export interface Streams {
  cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Messages go to a terminal. */
  terminal?: boolean;
}

const pad = (rows: [string, string][]): string => rows.map(([a, b]) => `  ${a.padEnd(18)} ${b}`).join("\n");
const option = (f: keyof Flags): string => `--${f}${valued.has(f) ? " X" : ""}`;

const overview = (): string =>
  [
    "portable: one spec for every coding tool",
    "",
    "usage: portable COMMAND [options]",
    "",
    pad(Object.entries(commands).map(([name, c]) => [name, c.about])),
    "",
    pad([
      ["--help", "this text, or a command's own"],
      ["--version", "print the version"],
    ]),
    "",
    "exit status: 0 clean, 1 drift or an error in what tools get, 2 wrong use or a refused spec, 3 could not",
  ].join("\n");

const helpOf = (c: Command): string =>
  [
    c.about,
    "",
    `usage: ${c.usage}`,
    "",
    pad([...c.flags, ...common].map((f) => [option(f), aboutOption(c, f)])),
    "",
    "examples:",
    ...c.examples.map((e) => `  ${e}`),
    ...(c.note === undefined ? [] : ["", c.note]),
  ].join("\n");

/** What was typed cannot be run. */
interface Wrong {
  reason: string;
  /** The word that is unknown, and those that are known. */
  word?: string;
  known?: readonly string[];
  /** What else may have been meant. */
  advice?: string | undefined;
}
const adviceFor = async ({ word, known = [], advice }: Wrong, name: string): Promise<string> => {
  const { nearest } = await import("./core/diagnostic.ts");
  const near = word === undefined ? [] : nearest(word, known);
  const more = advice === undefined ? "" : `\n        ${advice}`;
  if (near.length) return `did you mean ${near.map((n) => `"${n}"`).join(" or ")}?${more}`;
  if (more) return `known: ${known.join(", ")}${more}`;
  return known.length ? `known: ${known.join(", ")}` : `see: portable ${name} --help`;
};

interface Parsed {
  values: Record<string, unknown>;
  positionals: string[];
}
const parsed = (name: string, command: Command, args: string[]): Parsed | Wrong => {
  const allowed = [...command.flags, ...common];
  const typeOf = (f: string): "string" | "boolean" => (valued.has(f as keyof Flags) ? "string" : "boolean");
  const options = Object.fromEntries([...allowed, "help"].map((f) => [f, { type: typeOf(f) }]));
  try {
    const all = parseArgs({ args, options, allowPositionals: true, strict: true });
    const [extra] = all.positionals;
    return extra !== undefined && !command.names
      ? { reason: `${name} takes no names, found "${extra}"` }
      : all;
  } catch (e) {
    const { message, code } = e as Error & { code?: string };
    const word = /'(--?[^\s'=]+)/.exec(message)?.[1];
    if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION" || word === undefined)
      return {
        reason: /argument missing/.test(message)
          ? `${word ?? "an option"} needs a value`
          : message.split(/[.\n]/)[0]!,
      };
    return {
      reason: `unknown option "${word}" of portable ${name}`,
      word,
      known: allowed.map((f) => `--${f}`),
      advice: command.advice,
    };
  }
};

/** The format that was asked for; `--json` is short for one. */
const formatOf = ({ json, format }: Record<string, unknown>): Format | Wrong => {
  if (format === undefined) return json ? "json" : "text";
  const name = String(format);
  if (!isFormat(name)) return { reason: `unknown format "${name}"`, word: name, known: formats };
  return json && name !== "json"
    ? { reason: `--json and --format ${name} ask for two formats: give one of them` }
    : name;
};

const print = async (name: string, r: Result, format: Format, cwd: string, to: Streams): Promise<void> => {
  if (format === "text") {
    if (r.text) (r.exit >= 2 ? to.err : to.out)(`${r.text}\n`);
    return;
  }
  const { repositoryOf } = await import("./commands/repository.ts");
  const said = await reported(format, { command: name, ...r, repository: repositoryOf(cwd) });
  if (said) to.out(`${said}\n`);
};

const runCommand = async (name: string, command: Command, args: string[], to: Streams): Promise<number> => {
  const typed = parsed(name, command, args);
  const wrong = (found: Wrong): Promise<number> => refuse(found, name, args, to);
  if ("reason" in typed) return wrong(typed);
  if (typed.values["help"]) return say(helpOf(command), to);
  const cwd = resolve(to.cwd, String(typed.values["cwd"] ?? "."));
  if (typed.values["cwd"] !== undefined && !existsSync(cwd))
    return wrong({ reason: `there is no folder ${cwd}` });
  const format = formatOf(typed.values);
  if (typeof format !== "string") return wrong(format);
  const shows = to.terminal && format === "text";
  if (shows) showProgress((text) => to.err(text), Date.now);
  const flags = { ...typed.values, json: format === "json", cwd };
  const r = await command.run(flags, typed.positionals);
  if (shows) endProgress();
  await print(name, r, format, cwd, to);
  return r.exit;
};
const say = (text: string, to: Streams): number => {
  to.out(`${text}\n`);
  return 0;
};
/** The format that is meant where the words around it are wrong. */
const meantFormat = (args: readonly string[]): Format => {
  const words = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (words.includes("--json")) return "json";
  const at = words.findIndex((w) => w === "--format" || w.startsWith("--format="));
  const name = at < 0 ? "" : (words[at]!.split("=")[1] ?? words[at + 1] ?? "");
  return isFormat(name) ? name : "text";
};
const refuse = async (wrong: Wrong, name: string, args: readonly string[], to: Streams): Promise<number> => {
  const { reason } = wrong;
  const advice = await adviceFor(wrong, name);
  const { masked } = await import("./core/secret-text.ts");
  const { diagnostic } = await import("./core/diagnostic.ts");
  const text = masked(`error   ${reason}\n        ${advice}`);
  const diagnostics = [diagnostic("usage/wrong", { reason, advice })];
  const r = { exit: 2, text, lines: [], data: {}, diagnostics, source: () => undefined } as const;
  await print(name, r, meantFormat(args), to.cwd, to);
  return r.exit;
};

const versionWords: ReadonlySet<string> = new Set(["--version", "-v", "-V", "version"]);
const unknownCommand = (name: string, args: readonly string[], to: Streams): Promise<number> =>
  refuse({ reason: `unknown command "${name}"`, word: name, known: Object.keys(commands) }, name, args, to);
const helpFor = async (name: string, to: Streams): Promise<number> =>
  Object.hasOwn(commands, name) ? say(helpOf(commands[name]!), to) : unknownCommand(name, [], to);

const dispatch = async ([name, ...args]: readonly string[], to: Streams): Promise<number> => {
  if (name !== undefined && versionWords.has(name))
    return say((await import("./commands/version.ts")).version, to);
  if (name === "help" && args[0] !== undefined) return helpFor(args[0], to);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return say(overview(), to);
  if (Object.hasOwn(commands, name)) return runCommand(name, commands[name]!, args, to);
  return unknownCommand(name, args, to);
};

/** Runs one command line (without `node` and the script); gives the exit status. Never throws. */
export const main = async (argv: readonly string[], to: Streams): Promise<number> => {
  try {
    return await dispatch(argv, to);
  } catch (e) {
    to.err(`error   this is a fault of portable, please report it\n${(e as Error)?.stack ?? String(e)}\n`);
    return 3;
  }
};
