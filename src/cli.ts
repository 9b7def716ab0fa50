#!/usr/bin/env node
import { parseArgs } from "node:util";
import type { Flags, Result } from "./commands/context.ts";

interface Command {
  /** One line for the list. */
  about: string;
  usage: string;
  examples: readonly string[];
  flags: readonly (keyof Flags)[];
  /** Takes names behind it. */
  names?: boolean;
  run(flags: Flags, names: string[]): Promise<Result>;
}

const about: Record<keyof Flags, string> = {
  cwd: "the folder to start from (default: this one)",
  json: "print one JSON document",
  strict: "warnings count as errors",
  force: "overwrite what was edited by hand; a copy is kept first",
  "dry-run": "show what would be written, write nothing",
  targets: "only these targets, comma-separated",
  from: "the tools whose files are the spec where they stand",
  move: "copy pages into .portable/rules too",
  split: "part pages at their headings into rules",
  yes: "take the first offer, ask nothing",
};
const valued = new Set<keyof Flags>(["cwd", "targets", "from"]);

const commands: Record<string, Command> = {
  init: {
    about: "look at what is there and write the first spec",
    usage: "portable init [--from claude] [--targets claude,agents]",
    examples: ["portable init", "portable init --from claude --targets claude,agents"],
    flags: ["from", "targets", "dry-run"],
    run: async f => (await import("./commands/init.ts")).init(f),
  },
  import: {
    about: "bring what tools already have into the spec",
    usage: "portable import [TOOL ...] [--move] [--split]",
    examples: ["portable import claude", "portable import claude --dry-run", "portable import agents --split"],
    flags: ["move", "split", "dry-run"],
    names: true,
    run: async (f, names) => (await import("./commands/import.ts")).importTools(f, names),
  },
  build: {
    about: "write every tool's files from the spec",
    usage: "portable build [--targets claude] [--dry-run] [--force] [--strict]",
    examples: ["portable build", "portable build --dry-run", "portable build --targets agents"],
    flags: ["targets", "dry-run", "force", "strict"],
    run: async f => (await import("./commands/build.ts")).build(f),
  },
  diff: {
    about: "show what a build would change",
    usage: "portable diff [--targets claude]",
    examples: ["portable diff", "portable diff --targets claude"],
    flags: ["targets", "force", "strict"],
    run: async f => (await import("./commands/diff.ts")).diff(f),
  },
  verify: {
    about: "say whether the files still agree with the spec",
    usage: "portable verify [--strict] [--targets claude]",
    examples: ["portable verify", "portable verify --strict --json"],
    flags: ["targets", "strict"],
    run: async f => (await import("./commands/verify.ts")).verify(f),
  },
};

const common: readonly (keyof Flags)[] = ["cwd", "json"];
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
  [c.about, "", `usage: ${c.usage}`, "", pad([...c.flags, ...common].map(f => [option(f), about[f]])), "", "examples:", ...c.examples.map(e => `  ${e}`)].join("\n");

const wrong = async (reason: string, word?: string, known: readonly string[] = []): Promise<number> => {
  const { nearest } = await import("./core/diagnostic.ts");
  const near = word === undefined ? [] : nearest(word, known);
  const advice = near.length ? `did you mean ${near.map(n => `"${n}"`).join(" or ")}?` : known.length ? `known: ${known.join(", ")}` : "see: portable --help";
  process.stderr.write(`error   ${reason}\n        ${advice}\n`);
  return 2;
};

const print = async (name: string, r: Result, json: boolean): Promise<void> => {
  if (json) {
    process.stdout.write(`${JSON.stringify({ command: name, exit: r.exit, diagnostics: r.diagnostics, ...r.data }, null, 2)}\n`);
    return;
  }
  if (r.text) (r.exit >= 2 ? process.stderr : process.stdout).write(`${r.text}\n`);
};

const runCommand = async (name: string, command: Command, args: string[]): Promise<number> => {
  const allowed = [...command.flags, ...common];
  const options = Object.fromEntries([...allowed, "help"].map(f => [f, { type: valued.has(f as keyof Flags) ? ("string" as const) : ("boolean" as const) }]));
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args, options, allowPositionals: true, strict: true }) as typeof parsed;
  } catch (e) {
    const word = /'(--?[\w-]+)/.exec((e as Error).message)?.[1];
    return wrong((e as Error).message.split(". ")[0]!, word, allowed.map(f => `--${f}`));
  }
  if (parsed.values["help"]) {
    process.stdout.write(`${helpOf(command)}\n`);
    return 0;
  }
  if (parsed.positionals.length && !command.names) return wrong(`${name} takes no names, found "${parsed.positionals[0]}"`);
  const { resolve } = await import("node:path");
  const flags = { ...parsed.values, cwd: resolve(String(parsed.values["cwd"] ?? ".")) } as Flags;
  const r = await command.run(flags, parsed.positionals);
  await print(name, r, !!flags.json);
  return r.exit;
};

const main = async (argv: string[]): Promise<number> => {
  const [name, ...args] = argv;
  if (name === "--version" || name === "-v") {
    const { version } = await import("./commands/version.ts");
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(`${overview()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return command ? runCommand(name, command, args) : wrong(`unknown command "${name}"`, name, Object.keys(commands));
};

process.exitCode = await main(process.argv.slice(2)).catch((e: unknown) => {
  process.stderr.write(`error   this is a fault of portable, please report it\n${(e as Error)?.stack ?? String(e)}\n`);
  return 3;
});
