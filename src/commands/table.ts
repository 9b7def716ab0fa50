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
  /** What an unknown option may have been meant for. */
  advice?: string;
  flags: readonly (keyof Flags)[];
  /** What an option means here, where that is not what it means elsewhere. */
  options?: Partial<Record<keyof Flags, string>>;
  /** Takes names behind it. */
  names?: boolean;
  run(flags: Flags, names: string[]): Promise<Result>;
}

const about: Record<keyof Flags, string> = {
  cwd: "the folder to start from (default: this one)",
  json: "print one JSON document, as --format json does",
  format: "text, json, github, sarif or markdown (default: text)",
  strict: "warnings count as errors",
  force: "overwrite what was edited by hand; a copy is kept first",
  "dry-run": "show what would be written, write nothing",
  targets: "only these targets, comma-separated",
  from: "the tools whose files are the spec where they stand",
  move: "copy pages into .portable/rules too",
  split: "part pages at their headings into rules",
  take: "take these although a check holds them back, comma-separated: hook:format",
  file: "say which item each part of a file comes from",
  shell: "sh, bash, zsh, fish or powershell (default: sh)",
  unset: "take the variables away",
  now: "end it at once",
  line: "one line, for a status bar",
  "show-edits": "list what a request may lose on its way to another model, and why",
  base: "compare with the spec of this commit, not with the files",
  since: "how far back: 30d, 12h, 90m (default: 30d)",
  trust: "allow the spec's own addresses and key commands",
  staged: "read from Git's index, and stage what is written: what a commit would hold",
  "exit-code": "exit with 1 when something was written",
};
/** What an option of a command means. */
export const aboutOption = (c: Command, option: keyof Flags): string => c.options?.[option] ?? about[option];
/** Options with a value behind them. */
export const valued = new Set<keyof Flags>([
  "cwd",
  "format",
  "targets",
  "from",
  "file",
  "take",
  "shell",
  "since",
  "base",
]);

/** Runs a command that reads only; what it turns out to need is loaded first. */
const later = async (load: () => Promise<(f: Flags) => Result>, flags: Flags): Promise<Result> => {
  const [command, { withToml }] = [await load(), await import("../findings/late.ts")];
  return withToml(() => command(flags));
};

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
    usage: "portable import [TOOL ... | FILE ...] [--move] [--split] [--take hook:format]",
    examples: [
      "portable import claude",
      "portable import claude --dry-run",
      "portable import agents --split",
      "portable import AGENTS.md",
    ],
    flags: ["move", "split", "take", "dry-run"],
    names: true,
    run: async (f, names) =>
      (await import("./adopt-names.ts")).namesFiles(f.cwd, names)
        ? (await import("./adopt.ts")).importPaths(f, names)
        : (await import("./import.ts")).importTools(f, names),
  },
  build: {
    about: "write every tool's files from the spec",
    usage: "portable build [--targets claude] [--dry-run] [--force] [--strict] [--staged] [--exit-code]",
    examples: ["portable build", "portable build --dry-run", "portable build --staged"],
    flags: ["targets", "dry-run", "force", "strict", "staged", "exit-code"],
    run: async (f) =>
      f.staged
        ? (await import("./staged.ts")).buildStaged(f, process.env)
        : (await import("./build.ts")).build(f),
  },
  diff: {
    about: "show what a build would change, or what the spec changed, for every tool",
    usage: "portable diff [--base main] [--targets claude]",
    examples: ["portable diff", "portable diff --base origin/main"],
    flags: ["base", "targets", "force", "strict"],
    options: { force: "show what `portable build --force` would change" },
    run: async (f) => (await import("./diff.ts")).diff(f),
  },
  verify: {
    about: "say whether the files still agree with the spec",
    usage: "portable verify [--strict] [--targets claude] [--staged]",
    examples: ["portable verify", "portable verify --strict --json"],
    flags: ["targets", "strict", "staged"],
    options: { staged: "read from Git's index: what a commit would hold" },
    run: async (f) =>
      f.staged
        ? later(async () => (await import("./staged-verify.ts")).verifyStaged, f)
        : later(async () => (await import("./verify.ts")).verify, f),
  },
  status: {
    about: "say on one screen where things stand, and what to type next",
    usage: "portable status",
    examples: ["portable status", "portable status --json"],
    note: "exit status: 0 whatever it finds, 2 a refused spec, 3 could not; verify is the check for CI",
    flags: [],
    run: async (f) => later(async () => (await import("./status.ts")).status, f),
  },
  explain: {
    about: "say what each tool gets, and why not more",
    usage: "portable explain [ITEM | --file FILE]",
    examples: ["portable explain", "portable explain rule style", "portable explain --file AGENTS.md"],
    flags: ["file"],
    names: true,
    run: async (f, names) => (await import("./explain.ts")).explain(f, names),
  },
  run: {
    about: "start a tool whose requests go through the gateway",
    usage: "portable run TOOL [-- its own arguments]",
    examples: ["portable run claude", "portable run codex -- exec 'fix the test'"],
    note: "the exit status is the tool's; a Claude login goes to Anthropic only, Google's and ChatGPT's to no proxy at all: those tools need a key",
    advice: "the tool's own options come after `--`: portable run claude -- -p hi",
    flags: ["trust"],
    names: true,
    run: async (f, names) => (await import("./run.ts")).run(f, names, process.env),
  },
  proxy: {
    about: "keep requests flowing to another provider or a local model while one is down",
    usage: "portable proxy [on | off | status | logs | forget]",
    examples: ["portable proxy on", "portable proxy status", "portable proxy off --now"],
    note: [
      "on      start it in the background and serve this repository",
      "off     make it a plain pipe to the vendor; the next `run` or `on` has it fail over again; --now ends it",
      "status  who answers, what was down, and what that came to",
      "logs    what the one in the background printed",
      "forget  serve this repository no longer",
      "",
      "without a word it runs in this terminal; it listens on 127.0.0.1 only",
    ].join("\n"),
    flags: ["trust", "now", "line", "since", "show-edits"],
    names: true,
    run: async (f, names) => (await import("./proxy.ts")).proxy(f, names, process.env),
  },
  team: {
    about: "say in the spec what a LiteLLM gateway for a team needs, and write what starts it",
    usage: "portable team [--dry-run]",
    examples: ["portable team", "portable build"],
    note: "Postgres and Redis by Docker Compose; the keys stay in a file of yours that is never written",
    flags: ["dry-run"],
    run: async (f) => (await import("./team.ts")).team(f),
  },
  env: {
    about: "print what sends a tool's requests through the gateway, for a shell to evaluate",
    usage: "portable env TOOL [--unset] [--shell sh|bash|zsh|fish|powershell]",
    examples: ['eval "$(portable env claude)"', 'eval "$(portable env claude --unset)"'],
    note: "tools: claude, gemini, copilot, opencode, aider, codex; what variables alone cannot do, `portable run` does",
    flags: ["unset", "shell", "trust"],
    names: true,
    run: async (f, names) => (await import("./env.ts")).env(f, names, process.env),
  },
  mcp: {
    about: "serve a retrieval endpoint of the spec to a tool, over MCP on the standard streams",
    usage: "portable mcp retrieval ID",
    examples: ["portable mcp retrieval handbook"],
    note: "tools start it from the rows that a build writes for them",
    flags: [],
    names: true,
    run: async (f, names) => (await import("./mcp.ts")).mcp(f, names),
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
export const common: readonly (keyof Flags)[] = ["cwd", "json", "format"];

/** The words of the command line, for completion. */
const words = (): Word[] =>
  Object.entries(commands).map(([name, c]) => ({
    name,
    about: c.about,
    flags: [...c.flags, ...common].map((f) => ({ name: f, about: aboutOption(c, f) })),
  }));
