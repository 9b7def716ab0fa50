import type { Spec } from "../claude-project.ts";
import { agent, done, edit, log, type Row, read, shell, write } from "./row.ts";

const ran = "CANARY_HOOK\n";
/** A hook for every event that a run can bring about. */
export const spec: Spec = {
  targets: ["claude"],
  parts: {
    "hook before a tool": {
      yaml: { hooks: { before: { on: "beforeTool", tools: ["read"], run: log("before") } } },
    },
    "hook after a tool": {
      yaml: { hooks: { after: { on: "afterTool", tools: ["edit", "write"], run: log("after") } } },
    },
    "hook with a time limit": {
      yaml: {
        hooks: {
          slow: {
            on: "promptSubmit",
            run: "echo early > early.txt; sleep 4; echo late > late.txt",
            timeoutMs: 1500,
          },
        },
      },
    },
    "hooks of a session": {
      yaml: {
        hooks: {
          start: { on: "sessionStart", run: log("start") },
          end: { on: "sessionEnd", run: log("end") },
          prompt: { on: "promptSubmit", run: log("prompt") },
          stop: { on: "stop", run: log("stop") },
          sub: { on: "subagentStop", run: log("sub") },
        },
      },
    },
    "hook before compaction": {
      yaml: { hooks: { compact: { on: "beforeCompact", run: log("compact") } } },
    },
  },
};

export const rows: Row[] = [
  {
    item: "hook before a tool",
    prompt: "hi",
    replies: [shell("pwd"), read("notes.txt"), done],
    expect: { leaves: { "before.txt": ran } },
  },
  {
    item: "hook after a tool",
    prompt: "hi",
    args: ["--permission-mode", "acceptEdits"],
    replies: [read("notes.txt"), edit("notes.txt", "nothing"), write("new.txt"), done],
    expect: { leaves: { "after.txt": ran + ran, "notes.txt": "edited of interest\n" } },
  },
  {
    item: "hook with a time limit",
    prompt: "hi",
    replies: [{ tool: "Bash", input: { command: "sleep 4", description: "Wait" } }, done],
    trusted: true,
    args: ["--allowedTools", "Bash(sleep:*)"],
    expect: { leaves: { "early.txt": "early\n", "late.txt": null } },
  },
  {
    item: "hooks of a session",
    prompt: "hi",
    replies: [agent("general-purpose"), { text: "did" }, done],
    expect: {
      leaves: { "start.txt": ran, "end.txt": ran, "prompt.txt": ran, "stop.txt": ran, "sub.txt": ran },
    },
  },
  {
    item: "hook before compaction",
    prompt: "/compact",
    replies: [],
    expect: { leaves: { "compact.txt": ran } },
  },
];
