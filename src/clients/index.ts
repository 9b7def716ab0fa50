import { claudeSignIn, placeholder, type WireDialect } from "../providers/index.ts";

/** Where a client is to send its requests, and what it needs to say for that. */
export interface Address {
  /** Without a dialect path, and without a slash at its end. */
  base: string;
  /** What opens a gateway that asks for a key of its own; undefined: it asks for none. */
  key?: string;
  /** The names of the models to ask for. */
  models: { main?: string; fast?: string };
}

/** How a stored login is renewed. */
export interface Renewal {
  /** What the tool asks for a fresh one. */
  address: string;
  /** It asks when the login has less than this to live, in milliseconds. */
  earlyMs: number;
  /** The token of a login's file, and when it ends in milliseconds since 1970; undefined: it holds none. */
  read(file: unknown): { token: string; expiresMs: number } | undefined;
  /** Takes a token that is used as it is, and never renewed. */
  variable: string;
}

/** What the tool's own settings must say before its requests can be sent elsewhere. */
export interface Settings {
  /** The variable that names another home folder. */
  variable: string;
  /** Below the home folder, and below the project's. */
  file: string;
  /** Why they do not, and what to do; undefined: they do. The last of the files counts first. */
  fault(files: readonly unknown[]): string | undefined;
}

/** A coding tool that can be started from a terminal and sent to another address. */
export interface Client {
  title: string;
  /** The command that starts it. */
  program: string;
  dialect: WireDialect;
  /** Variables, any of which is a credential of the user's own: none is put in their place. */
  own: readonly string[];
  /** The file that holds the tool's own login: in the folder that a variable names, else in one below the home folder. */
  login?: { variable: string; folder: string; file: string; renewal?: Renewal };
  /** Its variables for an address; `bare`: the user has no credential of their own. */
  env(to: Address, bare: boolean): Record<string, string>;
  /** Options that go before the user's own. */
  argv?(to: Address, bare: boolean): string[];
  settings?: Settings;
  /** Why its variables alone do not send it there; `run` does. */
  runOnly?: string;
}

const named = (pairs: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(pairs).filter((p): p is [string, string] => p[1] !== undefined));
const keyFor = (to: Address, bare: boolean): string | undefined => to.key ?? (bare ? placeholder : undefined);

const at = (data: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((d, key) => (d as Record<string, unknown> | null | undefined)?.[key], data);

/** A subscription login of Claude Code, and how 2.1.330 renews it (its own code, and runs of 2026-11-22 and 2026-11-26). */
const claudeRenewal: Renewal = {
  address: claudeSignIn,
  earlyMs: 300_000,
  read(file) {
    const [token, expiresMs] = ["accessToken", "expiresAt"].map((key) => at(file, "claudeAiOauth", key));
    return typeof token === "string" && token && typeof expiresMs === "number"
      ? { token, expiresMs }
      : undefined;
  },
  variable: "CLAUDE_CODE_OAUTH_TOKEN",
};

/**
 * With a base address and no chosen way to sign in Gemini CLI 0.61.0 ends with status 41; a file named by
 * GEMINI_CLI_SYSTEM_DEFAULTS_PATH counts only where root owns it and all folders above (its own code, and runs of 2026-11-26).
 */
const geminiFault = (files: readonly unknown[]): string | undefined => {
  const chosen = files.map((f) => at(f, "security", "auth", "selectedType")).findLast((t) => t !== undefined);
  if (chosen === "gemini-api-key") return undefined;
  return chosen === undefined
    ? "it must be told to use a key: choose `Use Gemini API key` under /auth once, or set security.auth.selectedType to gemini-api-key in ~/.gemini/settings.json"
    : `it signs in by ${JSON.stringify(chosen)}, and such a login goes to Google only: choose \`Use Gemini API key\` under /auth`;
};

/** A provider of Codex, as options: a base address may stand in no project file. */
const codexProvider = (to: Address, bare: boolean): string[] => {
  const fields = {
    name: "portable",
    base_url: `${to.base}/v1`,
    wire_api: "responses",
    ...(bare || to.key ? { env_key: "PORTABLE_KEY" } : { env_key: "CODEX_API_KEY" }),
  };
  const set = (key: string, value: unknown): string[] => ["-c", `${key}=${JSON.stringify(value)}`];
  return [
    ...set("model_provider", "portable"),
    ...Object.entries(fields).flatMap(([k, v]) => set(`model_providers.portable.${k}`, v)),
    ...(to.models.main === undefined ? [] : set("model", to.models.main)),
  ];
};

/**
 * How each client is sent elsewhere. Measured 2026-11-22 against a server on loopback: Claude Code 2.1.330, Codex 0.169.0,
 * Gemini CLI 0.61.0, Copilot CLI 1.0.102, opencode 1.18.33, and 2026-11-26 through the proxy, with aider 0.86.2 beside them.
 */
export const clients: Readonly<Record<string, Client>> = {
  claude: {
    title: "Claude Code",
    program: "claude",
    dialect: "messages",
    own: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"],
    login: {
      variable: "CLAUDE_CONFIG_DIR",
      folder: ".claude",
      file: ".credentials.json",
      renewal: claudeRenewal,
    },
    // with `/v1` at its end it would ask for /v1/v1/messages
    env: (to, bare) => named({ ANTHROPIC_BASE_URL: to.base, ANTHROPIC_AUTH_TOKEN: keyFor(to, bare) }),
  },
  codex: {
    title: "Codex",
    program: "codex",
    dialect: "responses",
    own: ["CODEX_API_KEY"],
    env: (to, bare) => named({ PORTABLE_KEY: keyFor(to, bare) }),
    argv: codexProvider,
    runOnly:
      "Codex reads a base address from its home file and from its options only: OPENAI_BASE_URL is ignored",
  },
  gemini: {
    title: "Gemini CLI",
    program: "gemini",
    dialect: "gemini",
    own: ["GEMINI_API_KEY"],
    env: (to, bare) => named({ GOOGLE_GEMINI_BASE_URL: to.base, GEMINI_API_KEY: keyFor(to, bare) }),
    settings: { variable: "GEMINI_CLI_HOME", file: ".gemini/settings.json", fault: geminiFault },
  },
  copilot: {
    title: "Copilot CLI",
    program: "copilot",
    dialect: "chat",
    own: ["COPILOT_PROVIDER_API_KEY", "COPILOT_PROVIDER_BEARER_TOKEN"],
    env: (to, bare) =>
      named({
        COPILOT_PROVIDER_BASE_URL: `${to.base}/v1`,
        COPILOT_PROVIDER_TYPE: "openai",
        COPILOT_PROVIDER_API_KEY: keyFor(to, bare),
        COPILOT_MODEL: to.models.main,
      }),
  },
  opencode: {
    title: "opencode",
    program: "opencode",
    dialect: "chat",
    own: [],
    env: (to) => ({
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        provider: {
          portable: {
            npm: "@ai-sdk/openai-compatible",
            name: "portable",
            options: { baseURL: `${to.base}/v1`, apiKey: to.key ?? placeholder },
            models: Object.fromEntries(
              [...new Set(Object.values(to.models))].map((m) => [m, { tool_call: true }]),
            ),
          },
        },
        ...(to.models.main === undefined ? {} : { model: `portable/${to.models.main}` }),
        ...(to.models.fast === undefined ? {} : { small_model: `portable/${to.models.fast}` }),
      }),
    }),
  },
  aider: {
    title: "Aider",
    program: "aider",
    dialect: "chat",
    own: ["OPENAI_API_KEY"],
    // its variables come before .aider.conf.yml
    env: (to, bare) =>
      named({
        OPENAI_API_BASE: `${to.base}/v1`,
        OPENAI_API_KEY: keyFor(to, bare),
        AIDER_MODEL: to.models.main && `openai/${to.models.main}`,
        AIDER_WEAK_MODEL: to.models.fast && `openai/${to.models.fast}`,
      }),
  },
};
export const clientIds: readonly string[] = Object.keys(clients);
