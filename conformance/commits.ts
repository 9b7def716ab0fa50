import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Repo, withVariables } from "../test/commands/staged-repo.ts";

const source = join(import.meta.dirname, "..");

/** A copy of a file of `examples/hooks`. */
export const example = (repo: Repo, path: string): void => {
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  copyFileSync(join(source, "examples/hooks", path), join(repo.root, path));
};

/** A folder with programs of these names, each a line of shell. */
export const programsAt = (folder: string, programs: Record<string, string>): string => {
  mkdirSync(folder);
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
};

/** This repository as it stands, as one commit; gives that commit. */
export const published = (to: Repo): string => {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: source,
    encoding: "utf8",
  });
  const wanted = /^(?:src|scripts|schemas|templates)\/|^[^/]+$/;
  for (const path of new Set(listed.split("\0").filter((p) => p && wanted.test(p)))) {
    mkdirSync(dirname(join(to.root, path)), { recursive: true });
    copyFileSync(join(source, path), join(to.root, path));
  }
  to.commit();
  return to.git("rev-parse", "HEAD").trim();
};

/** Runs a program of Git's kind: gives its exit status and all that it said. */
export const said = async (
  repo: Repo,
  env: Record<string, string>,
  ...argv: string[]
): Promise<{ status: number; said: string }> =>
  withVariables(env, async () => {
    const { spawnSync } = await import("node:child_process");
    const [program = "", ...rest] = argv;
    const ran = spawnSync(program, rest, { cwd: repo.root, encoding: "utf8", timeout: 300_000 });
    return { status: ran.status ?? -1, said: ran.stdout + ran.stderr };
  });
