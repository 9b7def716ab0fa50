import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A disk in memory where there is one: tests that stop at every call flush thousands of times. */
const memory = (): string => {
  try {
    fs.accessSync("/dev/shm", fs.constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
};

/** A new empty folder, its own links resolved. */
export const temporary = (parent: string = memory()): string =>
  fs.realpathSync(fs.mkdtempSync(join(parent, "portable-disk-")));

export type Planted =
  | string
  | Uint8Array
  | { link: string }
  | { exec: string }
  | { mode: number; text: string };

/** Writes files below a root; a name that ends in "/" is an empty folder. */
export const plant = (root: string, files: Record<string, Planted>): string => {
  for (const [path, what] of Object.entries(files)) {
    const at = join(root, path);
    fs.mkdirSync(path.endsWith("/") ? at : dirname(at), { recursive: true });
    if (path.endsWith("/")) continue;
    if (typeof what === "string" || what instanceof Uint8Array) fs.writeFileSync(at, what);
    else if ("link" in what) fs.symlinkSync(what.link, at);
    else if ("exec" in what) fs.writeFileSync(at, what.exec, { mode: 0o755 });
    else {
      fs.writeFileSync(at, what.text);
      fs.chmodSync(at, what.mode);
    }
  }
  return root;
};

/** Everything below a root: folders, links, and files with their mode and bytes. */
export const treeOf = (root: string): Record<string, string> => {
  const tree: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const name of fs.readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const stat = fs.lstatSync(join(root, path));
      if (stat.isSymbolicLink()) tree[path] = `-> ${fs.readlinkSync(join(root, path))}`;
      else if (stat.isDirectory()) {
        tree[`${path}/`] = "folder";
        walk(path);
      } else if (stat.isFile()) {
        tree[path] = `${(stat.mode & 0o777).toString(8)} ${fs.readFileSync(join(root, path), "latin1")}`;
      } else tree[path] = "special";
    }
  };
  walk("");
  return tree;
};

export const remove = (root: string): void => fs.rmSync(root, { recursive: true, force: true });
