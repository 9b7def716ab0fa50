import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folders } from "../../src/disk/snapshot.ts";
import { plant, remove, temporary } from "./trees.ts";

let root: string;
beforeEach(() => {
  root = temporary();
});
afterEach(() => remove(root));

const git = (...args: string[]): void => void execFileSync("git", args, { cwd: root, stdio: "ignore" });
const NAMES = ["AGENTS.md", ".cursor/rules/", "portable.yaml"];
const files = {
  "AGENTS.md": "",
  "a/AGENTS.md": "",
  "a/agents.md": "",
  "a/NOT-AGENTS.md": "",
  "a/.cursor/rules/x.mdc": "",
  "a/.cursor/rules/deep/y.mdc": "",
  "a/.cursor/other.md": "",
  "a/x.cursor/rules/no.mdc": "",
  "b/c d/é/portable.yaml": "",
  "node_modules/p/AGENTS.md": "",
  ".gitignore": "node_modules\nignored\n",
};
const found = [
  "AGENTS.md",
  "a/.cursor/rules/deep/y.mdc",
  "a/.cursor/rules/x.mdc",
  "a/AGENTS.md",
  "b/c d/é/portable.yaml",
];

describe("folders", () => {
  it("in a Git work tree: tracked or not, not ignored, not deleted", () => {
    plant(root, { ...files, "ignored/AGENTS.md": "", "gone/AGENTS.md": "" });
    git("init", "-q");
    git("add", "a", "gone");
    remove(`${root}/gone`);
    expect(folders(root, NAMES)).toEqual(found);
  });

  it("elsewhere: a walk that leaves caches out", () => {
    plant(root, {
      ...files,
      ".venv/AGENTS.md": "",
      "x/.git/AGENTS.md": "",
      ".portable-backup/1/AGENTS.md": "",
      ".cache/a/AGENTS.md": "",
    });
    expect(folders(root, NAMES)).toEqual(found);
  });

  it("below the top of a work tree: relative to the folder asked for", () => {
    plant(root, files);
    git("init", "-q");
    expect(folders(`${root}/a`, NAMES)).toEqual([
      ".cursor/rules/deep/y.mdc",
      ".cursor/rules/x.mdc",
      "AGENTS.md",
    ]);
  });

  it("takes names literally", () => {
    plant(root, { "[a].md": "", "a.md": "", "sub/*.md": "" });
    expect(folders(root, ["[a].md", "*.md"])).toEqual(["[a].md", "sub/*.md"]);
    git("init", "-q");
    expect(folders(root, ["[a].md", "*.md"])).toEqual(["[a].md", "sub/*.md"]);
    expect(folders(root, [])).toEqual([]);
  });

  it("does not enter linked folders", () => {
    plant(root, { "real/AGENTS.md": "", loop: { link: "." } });
    expect(folders(root, NAMES)).toEqual(["real/AGENTS.md"]);
    git("init", "-q");
    expect(folders(root, NAMES)).toEqual(["real/AGENTS.md"]);
  });

  it("is not led astray by the variables of a Git hook, nor runs what the repository's config names", () => {
    plant(root, { ...files, "ignored/AGENTS.md": "" });
    git("init", "-q");
    git("config", "core.fsmonitor", `touch ${root}/ran; false`);
    process.env["GIT_DIR"] = "/nonexistent";
    try {
      expect(folders(root, NAMES)).toEqual(found);
      expect(folders(root, ["ran"])).toEqual([]);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });

  it("walks where Git fails", () => {
    plant(root, { ".git": "no repository", "AGENTS.md": "" });
    expect(folders(root, NAMES)).toEqual(["AGENTS.md"]);
  });

  it("gives nothing for a root that does not exist", () => {
    expect(folders(`${root}/none`, NAMES)).toEqual([]);
  });
});
