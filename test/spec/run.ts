import { createHash } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../src/main.ts";
import { type Planted, plant } from "../disk/trees.ts";

export interface Said {
  status: number;
  out: string;
  err: string;
}

/** Runs one command line in a folder. */
export const portable = async (cwd: string, ...argv: string[]): Promise<Said> => {
  const said = { out: "", err: "" };
  const out = (text: string): void => void (said.out += text);
  const err = (text: string): void => void (said.err += text);
  return { status: await main(argv, { cwd, out, err }), ...said };
};

/** A new repository with these files; its folder is taken away by `act`'s end. */
export const inRepository = async <T>(
  files: Record<string, Planted>,
  act: (root: string) => Promise<T>,
): Promise<T> => {
  const outer = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "portable-spec-")));
  const root = join(outer, "repo");
  fs.mkdirSync(root);
  try {
    return await act(plant(root, files));
  } finally {
    fs.rmSync(outer, { recursive: true, force: true });
  }
};

/** One text for everything below a folder: names, kinds, modes, bytes, where links lead. */
export const treeHash = (folder: string): string => {
  const hash = createHash("sha256");
  const walk = (at: string): void => {
    for (const name of fs.readdirSync(at).sort()) {
      const path = join(at, name);
      const stat = fs.lstatSync(path);
      hash.update(`${path}\0${stat.mode}\0`);
      if (stat.isSymbolicLink()) hash.update(fs.readlinkSync(path));
      else if (stat.isDirectory()) walk(path);
      else hash.update(fs.readFileSync(path));
    }
  };
  walk(folder);
  return hash.digest("hex");
};
