import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Text by path, relative to the project and `/`-separated. */
export type Files = Record<string, string>;

/** Runs `use` in a new folder that holds `files`, and removes the folder. */
export const inProject = async <T>(files: Files, use: (root: string) => Promise<T>): Promise<T> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "conformance-")));
  try {
    for (const [path, text] of Object.entries(files)) write(join(root, path), text);
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
};

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
