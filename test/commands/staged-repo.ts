import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { portable } from "../spec/run.ts";

/** No setting of the machine or of a hook around the tests counts. */
const alone = (): NodeJS.ProcessEnv => {
  const bare = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return {
    ...Object.fromEntries(bare),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "x",
    GIT_AUTHOR_EMAIL: "x@example.com",
    GIT_COMMITTER_NAME: "x",
    GIT_COMMITTER_EMAIL: "x@example.com",
  };
};

/** A repository of Git in a folder of its own. */
export interface Repo {
  root: string;
  git: (...argv: string[]) => string;
  put: (path: string, text: string | Uint8Array) => void;
  get: (path: string) => string;
  has: (path: string) => boolean;
  /** What the index holds. */
  staged: (path: string) => string;
  /** The index, in short: mode and path of every entry. */
  entries: () => string[];
  /** Lines of `git status`. */
  status: () => string[];
  run: (...argv: string[]) => Promise<{ status: number; said: string }>;
  commit: () => void;
}

export const repoAt = (root: string): Repo => {
  const git = (...argv: string[]): string =>
    execFileSync("git", argv, { cwd: root, encoding: "utf8", env: alone(), stdio: "pipe" });
  const lines = (text: string): string[] => text.split("\n").filter(Boolean);
  const at = (path: string): string => join(root, path);
  return {
    root,
    git,
    put: (path, text) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    get: (path) => readFileSync(at(path), "utf8"),
    has: (path) => existsSync(at(path)),
    staged: (path) => git("show", `:${path}`),
    entries: () => lines(git("ls-files", "--stage")).map((l) => `${l.slice(0, 6)} ${l.split("\t")[1]}`),
    status: () => lines(git("status", "--porcelain")),
    run: async (...argv) => {
      const { status, out, err } = await portable(root, ...argv);
      return { status, said: out + err };
    },
    commit: () => {
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", "x");
    },
  };
};

/** A new repository; `remove` takes it away with all that lies beside it. */
export const newRepo = (...init: string[]): Repo & { outer: string; remove: () => void } => {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "portable-staged-")));
  const root = join(outer, "repo");
  mkdirSync(root);
  const repo = repoAt(root);
  repo.git("init", "-q", "-b", "main", ...init);
  return { ...repo, outer, remove: () => rmSync(outer, { recursive: true, force: true }) };
};

/** Makes the process look as it does in `act`'s variables; those of Git that it has are gone. */
export const withVariables = async <T>(own: Record<string, string>, act: () => Promise<T>): Promise<T> => {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("GIT_")) delete process.env[name];
  Object.assign(process.env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" }, own);
  try {
    return await act();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
};

export const spec = `portable: 1
targets: [claude, agents]
mcpServers:
  db:
    command: db-mcp
`;

/** A spec with two rules and a server, built and committed. */
export const start = async (repo: Repo): Promise<void> => {
  repo.put("portable.yaml", spec);
  repo.put(".portable/rules/a.md", "One.\n");
  repo.put(".portable/rules/b.md", "Two.\n");
  await repo.run("build");
  repo.commit();
};

/** A script that Git runs before a commit. */
export const hook = (repo: Repo, script: string): void => {
  const file = join(repo.git("rev-parse", "--absolute-git-dir").trim(), "hooks/pre-commit");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
};
