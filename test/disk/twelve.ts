import type { Change } from "../../src/core/change.ts";
import { plant } from "./trees.ts";

const BYTES = new Uint8Array([0xff, 0, 1, 2]);
const NEW_BYTES = new Uint8Array([0xfe, 0, 9]);

/** A repository with something of every kind in it. */
export const plantOld = (root: string): string =>
  plant(root, {
    "CLAUDE.md": "old rules\n",
    "AGENTS.md": "shared\n",
    "GEMINI.md": { link: "AGENTS.md" },
    "crlf.md": "one\r\ntwo\r\n",
    "run.sh": "echo old\n",
    "private.json": { mode: 0o600, text: "{}" },
    "tool.sh": { exec: "echo tool\n" },
    ".roo/rules/only.md": "the only file of its folders",
    ".cursor/rules/gone.mdc": "gone",
    ".cursor/rules/stays.mdc": "stays",
    "skill/logo.bin": BYTES,
    "untouched/": "",
    "untouched.txt": "mine",
  });

/** Twelve changes of every shape: new, replaced, removed, executable, CRLF, bytes, linked, deep. */
export const changes: Change[] = [
  { path: "CLAUDE.md", before: "old rules\n", after: "new rules, é\n" },
  { path: "GEMINI.md", before: "shared\n", after: "shared, new\n" },
  { path: "crlf.md", before: "one\r\ntwo\r\n", after: "one\r\ntwo\r\nthree\r\n" },
  { path: "run.sh", before: "echo old\n", after: "echo old\n", exec: true },
  { path: "private.json", before: "{}", after: '{"a":1}' },
  { path: "tool.sh", before: "echo tool\n", after: "echo new tool\n" },
  { path: ".roo/rules/only.md", before: "the only file of its folders" },
  { path: ".cursor/rules/gone.mdc", before: "gone" },
  { path: "skill/logo.bin", before: BYTES, after: NEW_BYTES },
  { path: "new.md", after: "new" },
  { path: "a/b/c/deep.md", after: "deep" },
  { path: "a/b/start.sh", after: "#!/bin/sh\n", exec: true },
];
