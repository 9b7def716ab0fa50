import type { Ask } from "../claude.ts";
import type { Reply } from "../mock.ts";

/** One item of a project, how to make Claude Code use it, and where its canaries must then arrive. */
export interface Row extends Omit<Ask, "cwd"> {
  item: string;
  expect: Expectation;
  /** Why we do not write it as the row expects. */
  known?: string;
}

export interface Expectation {
  /**
   * By token: all its places (see `where`) in request 0, 1, ...; the last entry counts for all later requests.
   * `[[]]`: it must never be sent.
   */
  places?: Record<string, string[][]>;
  /** By path below the project: what the run leaves there; null: no such file. */
  leaves?: Record<string, string | null>;
  /** By path of the remote server: headers that every request to it has. */
  headers?: Record<string, Record<string, string>>;
  /** How many requests the client makes; without it, one for each reply. */
  requests?: number;
}

/** In a row, the absolute path of the project, and the origin of the remote server. */
export const root = "<root>";
export const remote = "<remote>";

export const read = (path: string): Reply => ({ tool: "Read", input: { file_path: `${root}/${path}` } });
export const write = (path: string): Reply => ({
  tool: "Write",
  input: { file_path: `${root}/${path}`, content: "written\n" },
});
export const edit = (path: string, from: string): Reply => ({
  tool: "Edit",
  input: { file_path: `${root}/${path}`, old_string: from, new_string: "edited" },
});
export const shell = (command: string): Reply => ({
  tool: "Bash",
  input: { command, description: "Run it" },
});
export const call = (tool: string): Reply => ({ tool, input: {} });
export const agent = (name: string): Reply => ({
  tool: "Agent",
  input: { description: "Do it", prompt: "CANARY_TASK", subagent_type: name, run_in_background: false },
});
export const done: Reply = { text: "done" };

export const atStart = (item: string, places: Record<string, string>): Row => ({
  item,
  prompt: "hi",
  replies: [done],
  expect: {
    places: Object.fromEntries(Object.entries(places).map(([t, place]) => [t, place ? [[place]] : [[]]])),
  },
});

export const lines = (...text: string[]): string => text.join("\n") + "\n";
export const stub = (name: string, ...words: string[]) => ({
  command: "node",
  args: ["mcp-stub.mjs", name, ...words],
});
export const log = (name: string) => `echo CANARY_HOOK >> "$CLAUDE_PROJECT_DIR/${name}.txt"`;
