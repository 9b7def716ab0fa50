import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { scriptOf } from "./fresh.ts";
import { plant, remove, temporary, treeOf } from "./trees.ts";

let root: string;
let scripts: string;
beforeEach(() => {
  root = temporary();
  scripts = temporary();
});
afterEach(() => {
  remove(root);
  remove(scripts);
});

/** Mounts that only the processes below see; undefined: this machine does not let us. */
const unshare = [["-m"], ["-rm"]].find(
  (flags) => spawnSync("unshare", [...flags, "sh", "-c", "mount -t tmpfs none /mnt"]).status === 0,
);

/** Runs a shell in which `apply` is a command that makes the changes below `root` and prints the outcome. */
const shell = (changes: Change[], commands: string): string => {
  fs.writeFileSync(`${scripts}/changes.json`, JSON.stringify(changes));
  const body = `
    import { readFileSync } from "node:fs";
    const changes = JSON.parse(readFileSync("${scripts}/changes.json", "utf8"));
    console.log(JSON.stringify(apply("${root}", changes)));`;
  const script = scriptOf(scripts, "apply", body);
  const text = `set -e; cd "${root}"; build() { "${process.execPath}" "${script}"; }; ${commands}`;
  return execFileSync("unshare", [...unshare!, "sh", "-c", text], { encoding: "utf8" });
};

describe.skipIf(!unshare)("real mounts (skipped where a process may not have mounts of its own)", () => {
  it("two file systems: staged files lie beside their targets, so both are written", () => {
    plant(root, { "a.md": "a", "other/": "" });
    const changes = [
      { path: "a.md", before: "a", after: "A" },
      { path: "other/b.md", before: "b", after: "B" },
      { path: "other/new/c.md", after: "C" },
    ];
    const out = shell(
      changes,
      "mount -t tmpfs none other; printf b > other/b.md; build; find . -type f | sort; cat other/b.md",
    );
    expect(JSON.parse(out.split("\n")[0]!)).toEqual({ ok: true, wrote: changes.map(({ path }) => path) });
    expect(out.split("\n").slice(1)).toEqual(["./a.md", "./other/b.md", "./other/new/c.md", "B"]);
  });

  it("a file that is a mount of its own cannot be replaced: all is taken back", () => {
    plant(root, { "a.md": "a", "m.md": "m", "z.md": "z" });
    const before = treeOf(root);
    const changes = ["a", "m", "z"].map((name) => ({ path: `${name}.md`, before: name, after: "new" }));
    const out = shell(changes, "mount --bind m.md m.md; build");
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      path: "m.md",
      code: "disk",
      reason: expect.stringMatching(/EBUSY|EXDEV/),
    });
    expect(treeOf(root)).toEqual(before);
  });

  it("a read-only file system: path named, nothing written", () => {
    plant(root, { "a.md": "a", "ro/b.md": "b" });
    const before = treeOf(root);
    const changes = ["a.md", "ro/b.md"].map((path) => ({ path, before: path.at(-4)!, after: "new" }));
    const out = shell(changes, "mount --bind ro ro; mount -o remount,ro,bind ro; build");
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      path: "ro/b.md",
      code: "disk",
      reason: expect.stringMatching(/EROFS/),
    });
    expect(treeOf(root)).toEqual(before);
  });

  it("a disk that is full: path named, nothing half-written, nothing left", () => {
    plant(root, { "full/": "", "a.md": "a" });
    const before = treeOf(root);
    const changes = [
      { path: "a.md", before: "a", after: "A" },
      { path: "full/old.md", before: "old", after: "x".repeat(40_000) },
      { path: "full/big.md", after: "x".repeat(100_000) },
    ];
    const out = shell(
      changes,
      "mount -t tmpfs -o size=64k none full; printf old > full/old.md; build; ls -A full; cat full/old.md",
    );
    expect(JSON.parse(out.split("\n")[0]!)).toMatchObject({
      ok: false,
      path: "full/big.md",
      reason: expect.stringMatching(/ENOSPC/),
    });
    expect(out.split("\n").slice(1)).toEqual(["old.md", "old"]);
    expect(treeOf(root)).toEqual(before);
  });
});
