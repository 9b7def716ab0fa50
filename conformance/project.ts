import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Text by path, relative to the project and `/`-separated. */
export type Files = Record<string, string>;

/** Runs `use` in a new folder that holds `files`, and removes the folder. */
export const inProject = async <T>(files: Files, use: (root: string) => Promise<T>): Promise<T> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "conformance-")));
  try {
    writeFiles(root, files);
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
};

/** Scripts, told by their first two bytes, are executable. */
export const writeFiles = (root: string, files: Files): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
};
