import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a program ended. */
export interface Ended {
  seconds: number;
  /** Null: it took longer than it may, or a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Start {
  program: string;
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  limitMs: number;
}

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
};

/** Runs a program in a group of its own, with no other variables than those given, until it ends. */
export const ran = ({ program, argv, cwd, env, limitMs }: Start): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(program, argv, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (part) => (stdout += part));
    child.stderr.on("data", (part) => (stderr += part));
    const timer = setTimeout(() => endGroup(child.pid!), limitMs);
    child.on("error", reject);
    child.on("exit", () => endGroup(child.pid!));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ seconds: Math.round(performance.now() - startMs) / 1000, code, stdout, stderr });
    });
  });

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A home, a state folder and a repository that nobody has used yet. */
export interface Place {
  repository: string;
  home: string;
  /** The proxy's state folder. */
  state: string;
  port: number;
  /** The file that a client is to read. */
  file: string;
  canary: string;
  remove(): void;
}

export const freshPlace = async (
  spec: (port: number) => string,
  files: Readonly<Record<string, string>> = {},
): Promise<Place> => {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "portable-failover-")));
  const [repository, home, state] = ["repository", "home", "state"].map((name) => join(outer, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [repository, join(home, "tmp"), state]) mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const port = await freePort();
  const canary = `canary-${Math.random().toString(36).slice(2, 10)}`;
  const file = join(repository, "notes.txt");
  writeFileSync(file, `${canary}\n`);
  writeFileSync(join(repository, "portable.yaml"), spec(port));
  const remove = (): void => rmSync(outer, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { repository, home, state: join(state, "portable"), port, file, canary, remove };
};

/** What the proxy has logged of answers that took a second target, and of targets that went down. */
export const logged = (state: string): Record<string, any>[] => {
  const path = join(state, "failovers.jsonl");
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, any>)
    : [];
};
