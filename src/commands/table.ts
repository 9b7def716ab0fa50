import type { Word } from "./completion.ts";
import type { Flags, Result } from "./context.ts";

/** A command of the CLI: what its help says, what it takes, and its code, loaded only when it runs. */
export interface Command {
  /** One line for the list. */
  about: string;
  usage: string;
  examples: readonly string[];
  /** What else its help says. */
  note?: string;
  flags: readonly (keyof Flags)[];
  /** Takes names behind it. */
  names?: boolean;
  run(flags: Flags, names: string[]): Promise<Result>;
}

export const about: Record<keyof Flags, string> = {
  cwd: "the folder to start from (default: this one)",
  json: "print one JSON document",
  strict: "warnings count as errors",
  force: "overwrite what was edited by hand; a copy is kept first",
  "dry-run": "show what would be written, write nothing",
  targets: "only these targets, comma-separated",
  from: "the tools whose files are the spec where they stand",
  move: "copy pages into .portable/rules too",
  split: "part pages at their headings into rules",
  file: "say which item each part of a file comes from",
};
/** Options with a value behind them. */
export const valued = new Set<keyof Flags>(["cwd", "targets", "from", "file"]);

export const commands: Record<string, Command> = {
  init: {
    about: "look at what is there and write the first spec",
    usage: "portable init [--from claude] [--targets claude,agents]",
    examples: ["portable init", "portable init --from claude --targets claude,agents"],
    flags: ["from", "targets", "dry-run"],
    run: async (f) => (await import("./init.ts")).init(f),
  },
  import: {
    about: "bring what tools already have, or an edit of an output, into the spec",
    usage: "portable import [TOOL ... | FILE ...] [--move] [--split]",
    examples: [
      "portable import claude",
      "portable import claude --dry-run",
      "portable import agents --split",
      "portable import AGENTS.md",
    ],
    flags: ["move", "split", "dry-run"],
    names: true,
    run: async (f, names) =>
      (await import("./adopt-names.ts")).namesFiles(f.cwd, names)
        ? (await import("./adopt.ts")).importPaths(f, names)
        : (await import("./import.ts")).importTools(f, names),
  },
  build: {
    about: "write every tool's files from the spec",
    usage: "portable build [--targets claude] [--dry-run] [--force] [--strict]",
    examples: ["portable build", "portable build --dry-run", "portable build --targets agents"],
    flags: ["targets", "dry-run", "force", "strict"],
    run: async (f) => (await import("./build.ts")).build(f),
  },
  diff: {
    about: "show what a build would change",
    usage: "portable diff [--targets claude]",
    examples: ["portable diff", "portable diff --targets claude"],
    flags: ["targets", "force", "strict"],
    run: async (f) => (await import("./diff.ts")).diff(f),
  },
  verify: {
    about: "say whether the files still agree with the spec",
    usage: "portable verify [--strict] [--targets claude]",
    examples: ["portable verify", "portable verify --strict --json"],
    flags: ["targets", "strict"],
    run: async (f) => (await import("./verify.ts")).verify(f),
  },
  status: {
    about: "say on one screen where things stand, and what to type next",
    usage: "portable status",
    examples: ["portable status", "portable status --json"],
    note: "exit status: 0 whatever it finds, 2 a refused spec, 3 could not; verify is the check for CI",
    flags: [],
    run: async (f) => (await import("./status.ts")).status(f),
  },
  explain: {
    about: "say what each tool gets, and why not more",
    usage: "portable explain [ITEM | --file FILE]",
    examples: ["portable explain", "portable explain rule style", "portable explain --file AGENTS.md"],
    flags: ["file"],
    names: true,
    run: async (f, names) => (await import("./explain.ts")).explain(f, names),
  },
  completion: {
    about: "print completion for a shell",
    usage: "portable completion bash|zsh|fish",
    examples: [
      'eval "$(portable completion bash)"',
      "portable completion fish > ~/.config/fish/completions/portable.fish",
    ],
    flags: [],
    names: true,
    run: async (_, names) => (await import("./completion.ts")).completion(names, words()),
  },
};

/** Options of every command. */
export const common: readonly (keyof Flags)[] = ["cwd", "json"];

/** The words of the command line, for completion. */
const words = (): Word[] =>
  Object.entries(commands).map(([name, c]) => ({
    name,
    about: c.about,
    flags: [...c.flags, ...common].map((f) => ({ name: f, about: about[f] })),
  }));
