import type { Spec } from "../claude-project.ts";
import { done, edit, type Row, read, shell, write } from "./row.ts";

const denied = "denied by your permission settings";
/** Every effect and scope, and a setting. */
export const spec: Spec = {
  targets: ["claude"],
  parts: {
    "deny shell": { yaml: { permissions: { deny: [{ shell: ["curl"] }, { shell: ["git", "push"] }] } } },
    "deny read": { yaml: { permissions: { deny: [{ read: ".env*" }, { read: "private/**" }] } } },
    "deny edit": { yaml: { permissions: { deny: [{ edit: "locked/**" }] } } },
    "deny web": { yaml: { permissions: { deny: [{ web: "example.com" }] } } },
    "allow shell": { yaml: { permissions: { allow: [{ shell: ["node"] }] } } },
    "allow edit": { yaml: { permissions: { allow: [{ edit: "out/**" }] } } },
    ask: { yaml: { permissions: { ask: [{ shell: ["node", "asked.mjs"] }] } } },
    setting: {
      yaml: {
        settings: { claude: { env: { CANARY_ENV: "CANARY_SETTING" } } },
        hooks: {
          tell: { on: "sessionStart", run: 'echo "$CANARY_ENV" > "$CLAUDE_PROJECT_DIR/setting.txt"' },
        },
      },
    },
  },
};

export const rows: Row[] = [
  {
    item: "setting",
    prompt: "hi",
    replies: [done],
    expect: { leaves: { "setting.txt": "CANARY_SETTING\n" } },
  },
  {
    item: "deny shell",
    prompt: "hi",
    replies: [shell("curl"), shell("curl x"), shell("pwd && curl y"), shell("git push"), done],
    trusted: true,
    args: ["--allowedTools", "Bash"],
    expect: {
      places: {
        "command curl has been denied": [[], ["tool error"]],
        "command curl x has been denied": [[], [], ["tool error"]],
        "command pwd && curl y has been denied": [[], [], [], ["tool error"]],
        "command git push has been denied": [[], [], [], [], ["tool error"]],
      },
    },
  },
  {
    item: "deny read",
    prompt: "hi",
    replies: [
      read("environment.txt"),
      read(".env"),
      read("packages/api/.env.local"),
      read("private/a.txt"),
      done,
    ],
    expect: {
      places: {
        CANARY_OPEN: [[], ["tool result"]],
        CANARY_SECRET: [[]],
        CANARY_PRIVATE: [[]],
        [denied]: [
          [],
          [],
          ["tool error"],
          ["tool error", "tool error"],
          ["tool error", "tool error", "tool error"],
        ],
      },
    },
  },
  {
    item: "deny edit",
    prompt: "hi",
    args: ["--permission-mode", "acceptEdits"],
    replies: [read("locked/a.txt"), edit("locked/a.txt", "locked"), write("locked/b.txt"), done],
    expect: { leaves: { "locked/a.txt": "locked\n", "locked/b.txt": null } },
  },
  {
    item: "deny web",
    prompt: "hi",
    replies: [{ tool: "WebFetch", input: { url: "https://example.com/x", prompt: "read" } }, done],
    expect: { places: { "WebFetch denied access to domain:example.com.": [[], ["tool error"]] } },
  },
  {
    item: "allow shell",
    prompt: "hi",
    replies: [shell("node allowed.mjs now"), done],
    trusted: true,
    expect: { leaves: { "allowed.txt": "CANARY_RAN" } },
  },
  {
    item: "allow edit",
    prompt: "hi",
    replies: [write("out/a.txt"), write("other.txt"), done],
    trusted: true,
    expect: { leaves: { "out/a.txt": "written\n", "other.txt": null } },
  },
  {
    item: "ask",
    prompt: "hi",
    replies: [shell("node asked.mjs"), done],
    trusted: true,
    expect: { leaves: { "asked.txt": null } },
  },
];
