import { existsSync } from "node:fs";
import { join } from "node:path";
import type { WireDialect } from "../../src/providers/index.ts";
import type { Calls } from "./cloud.ts";

/** A real client, as the bench runs it: one prompt, no questions. */
export interface BenchClient {
  dialect: WireDialect;
  /** The vendor's entry in the spec, and a model of it. */
  vendor: "anthropic" | "openai" | "google";
  model: string;
  /** Dummy keys, as a user of it has them, and what keeps it from asking or phoning home. */
  env: Readonly<Record<string, string>>;
  argv(prompt: string): string[];
  /** Files of a user's home without which it asks. */
  home?: Readonly<Record<string, string>>;
  /** How it reads a file; undefined: it calls no tools. */
  calls?(file: string): Calls;
  /** Its requests go to no local engine as they are: `note` says why. */
  noEngine?: true;
  /** What is said in its rows. */
  note?: string;
}

/** Options and variables measured 2026-11-26 with the versions in clients/package.json and aider 0.86.2. */
export const benchClients: Readonly<Record<string, BenchClient>> = {
  claude: {
    dialect: "messages",
    vendor: "anthropic",
    model: "claude-opus-5-5",
    env: {
      ANTHROPIC_API_KEY: "dummy-key-for-the-mock",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
    },
    argv: (prompt) => ["--allowedTools", "Read", "-p", prompt],
    calls: (file) => ({ Read: { file_path: file } }),
  },
  codex: {
    dialect: "responses",
    vendor: "openai",
    model: "gpt-5.5",
    env: { CODEX_API_KEY: "dummy-key-for-the-mock" },
    argv: (prompt) => ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt],
    calls: (file) => ({
      exec_command: { cmd: `cat ${file}` },
      shell_command: { command: `cat ${file}` },
      shell: { command: ["cat", file] },
    }),
  },
  gemini: {
    dialect: "gemini",
    vendor: "google",
    model: "gemini-3.1-pro-preview",
    env: { GEMINI_API_KEY: "dummy-key-for-the-mock", GEMINI_CLI_TRUST_WORKSPACE: "true" },
    argv: (prompt) => ["-y", "-p", prompt],
    home: { ".gemini/settings.json": '{"security":{"auth":{"selectedType":"gemini-api-key"}}}' },
    calls: (file) => ({ read_file: { file_path: file } }),
    noEngine: true,
    note: "no local server speaks its dialect",
  },
  copilot: {
    dialect: "chat",
    vendor: "openai",
    model: "gpt-5.5",
    env: { OPENAI_API_KEY: "dummy-key-for-the-mock", COPILOT_OFFLINE: "true", COPILOT_AUTO_UPDATE: "false" },
    argv: (prompt) => ["--allow-all-tools", "--allow-all-paths", "-p", prompt],
    calls: (file) => ({ view: { path: file } }),
  },
  opencode: {
    dialect: "chat",
    vendor: "openai",
    model: "gpt-5.5",
    env: {
      OPENAI_API_KEY: "dummy-key-for-the-mock",
      OPENCODE_DISABLE_AUTOUPDATE: "true",
      OPENCODE_DISABLE_MODELS_FETCH: "true",
    },
    argv: (prompt) => ["run", prompt],
    calls: (file) => ({ read: { filePath: file } }),
  },
  aider: {
    dialect: "chat",
    vendor: "openai",
    model: "gpt-5.5",
    env: {
      OPENAI_API_KEY: "dummy-key-for-the-mock",
      AIDER_ANALYTICS: "false",
      AIDER_CHECK_UPDATE: "false",
      LITELLM_LOCAL_MODEL_COST_MAP: "true",
    },
    argv: (prompt) => [
      "--no-git",
      "--yes-always",
      "--no-show-model-warnings",
      "--no-pretty",
      "--message",
      prompt,
    ],
    note: "calls no tools",
  },
};

const system = `${process.platform}-${process.arch}`;
/** Where the clients' programs lie, by the repository's root; native ones in their system's own packages. */
export const programFolders = (root: string): string[] => {
  const packages = join(root, "bench/failover/clients/node_modules");
  return [
    join(packages, "@anthropic-ai", `claude-code-${system}`),
    join(packages, `opencode-${system}`, "bin"),
    join(packages, ".bin"),
    join(root, "conformance/.venv/aider/bin"),
  ];
};

/** Why a client cannot be measured here; undefined: it can. */
export const missingClient = (root: string, id: string): string | undefined => {
  if (!Object.hasOwn(benchClients, id)) return `it is none of ${Object.keys(benchClients).join(", ")}`;
  if (programFolders(root).some((folder) => existsSync(join(folder, id)))) return undefined;
  return id === "aider" ? "run conformance/judges.sh aider" : "run npm --prefix bench/failover/clients ci";
};
