import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { apply, keepCopy, type Outcome } from "../../src/disk/apply.ts";
import { disk } from "../../src/disk/fs.ts";
import { read } from "../../src/disk/snapshot.ts";
import { scriptOf } from "./fresh.ts";
import { plant, remove, temporary, treeOf } from "./trees.ts";

let root: string;
let outside: string;
beforeEach(() => {
  root = temporary();
  outside = temporary();
});
afterEach(() => {
  remove(root);
  remove(outside);
});

/** The change is refused with this code, its path named, and neither the root nor what is around it differs. */
const refused = (changes: Change[], code: string, path: string, reason: RegExp): void => {
  const before = [treeOf(root), treeOf(outside)];
  const outcome = apply(root, [
    { path: "first.md", after: "first" },
    ...changes,
    { path: "last.md", after: "last" },
  ]);
  expect(outcome).toMatchObject({ ok: false, code, path, reason: expect.stringMatching(reason) });
  expect([treeOf(root), treeOf(outside)]).toEqual(before);
};

const posixOnly = process.platform === "win32";

describe("no changes", () => {
  it("touch nothing, not even for a moment", () => {
    const real = { ...disk };
    for (const name of Object.keys(disk)) {
      (disk as Record<string, unknown>)[name] = () => {
        throw new Error(`called ${name}`);
      };
    }
    try {
      expect(apply(root, [])).toEqual({ ok: true, wrote: [] });
    } finally {
      Object.assign(disk, real);
    }
  });

  it("that change nothing are not written", () => {
    plant(root, { "a.md": "a", "x.sh": { exec: "x" } });
    const before = fs.statSync(`${root}/a.md`, { bigint: true });
    const changes: Change[] = [
      { path: "a.md", before: "a", after: "a" },
      { path: "x.sh", before: "x", after: "x", exec: true },
      { path: "none" },
    ];
    expect(apply(root, changes)).toEqual({ ok: true, wrote: [] });
    const after = fs.statSync(`${root}/a.md`, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });
});

describe("unsafe paths", () => {
  it.each([
    "../up.md",
    "/abs.md",
    "C:/x",
    "a\\b",
    "aux.md",
    "x:y",
    "a\0",
    ".git/hooks/x",
    ".portable-journal",
    "a//b",
  ])("%j is refused before anything is written", (path) =>
    refused([{ path, after: "x" }], "outside", path, /./),
  );

  it("a link out of the root is refused: file, folder, on the way, and one that leads nowhere", () => {
    plant(outside, { "x.md": "theirs", "dir/y.md": "theirs" });
    plant(root, {
      "file.md": { link: `${outside}/x.md` },
      folder: { link: `${outside}/dir` },
      "a/relative": { link: `../../${outside.split("/").at(-1)}/dir` },
      "dangling.md": { link: `${outside}/none.md` },
    });
    refused(
      [{ path: "file.md", before: "theirs", after: "x" }],
      "outside",
      "file.md",
      /out of the repository/,
    );
    refused([{ path: "folder/y.md", before: "theirs" }], "outside", "folder/y.md", /out of the repository/);
    refused(
      [{ path: "folder/new/deep.md", after: "x" }],
      "outside",
      "folder/new/deep.md",
      /out of the repository/,
    );
    refused([{ path: "a/relative/z.md", after: "x" }], "outside", "a/relative/z.md", /out of the repository/);
    refused([{ path: "dangling.md", after: "x" }], "outside", "dangling.md", /out of the repository/);
  });

  it("a link into Git's folder is refused", () => {
    plant(root, {
      ".git/hooks/": "",
      "CLAUDE.md": { link: ".git/hooks/pre-commit" },
      h: { link: ".git/hooks" },
    });
    refused([{ path: "CLAUDE.md", after: "x" }], "outside", "CLAUDE.md", /Git's own folder/);
    refused([{ path: "h/pre-commit", after: "x" }], "outside", "h/pre-commit", /Git's own folder/);
  });

  it("a circle of links is refused", () => {
    plant(root, { a: { link: "b" }, b: { link: "a" } });
    refused([{ path: "a", after: "x" }], "disk", "a", /circle/);
    refused([{ path: "a/b/c", after: "x" }], "disk", "a/b/c", /circle/);
  });
});

describe("in the way", () => {
  it("a folder", () => {
    plant(root, { "CLAUDE.md/x": "mine" });
    refused([{ path: "CLAUDE.md", after: "x" }], "disk", "CLAUDE.md", /is a folder/);
    refused([{ path: "CLAUDE.md", before: "x" }], "disk", "CLAUDE.md", /is a folder/);
  });

  it("a file where a folder is needed", () => {
    plant(root, { ".cursor": "mine" });
    refused(
      [{ path: ".cursor/rules/a.mdc", after: "x" }],
      "disk",
      ".cursor/rules/a.mdc",
      /\.cursor is a file/,
    );
  });

  it.skipIf(posixOnly)("a pipe, which nobody ever opens", () => {
    execFileSync("mkfifo", [`${root}/pipe`]);
    refused([{ path: "pipe", after: "x" }], "disk", "pipe", /pipe/);
    refused([{ path: "pipe", before: "x", after: "y" }], "disk", "pipe", /pipe/);
  });

  it("two changes of which one needs the other to be a folder", () => {
    refused(
      [
        { path: "a", after: "x" },
        { path: "a/b", after: "y" },
      ],
      "disk",
      "a",
      /folder/,
    );
  });

  it("a name that the file system cannot take", () => {
    const path = `${"d".repeat(250)}/`.repeat(20) + "x";
    refused([{ path, after: "x" }], "disk", path, /too long/);
  });
});

describe("what was seen", () => {
  it("must still be there: changed, gone, new", () => {
    plant(root, { "a.md": "edited", "b.md": "theirs" });
    refused([{ path: "a.md", before: "old", after: "x" }], "changed", "a.md", /has changed/);
    refused([{ path: "a.md", before: "edite", after: "x" }], "changed", "a.md", /has changed/);
    refused([{ path: "a.md", before: "edited\n" }], "changed", "a.md", /has changed/);
    refused([{ path: "none.md", before: "old", after: "x" }], "changed", "none.md", /is gone/);
    refused([{ path: "b.md", after: "x" }], "changed", "b.md", /exists/);
  });

  it.each([
    ["edited in place", () => fs.writeFileSync(`${root}/m.md`, "edited"), "m.md", "changed"],
    ["replaced", () => plant(remove(`${root}/m.md`) ?? root, { "m.md": "edited" }), "m.md", "changed"],
    ["removed", () => remove(`${root}/m.md`), "m.md", "changed"],
    ["made by somebody", () => plant(root, { "n.md": "theirs" }), "n.md", "changed"],
    [
      "made a link",
      () => plant(remove(`${root}/m.md`) ?? root, { "m.md": { link: `${outside}/x` } }),
      "m.md",
      "outside",
    ],
    ["edited before it was removed", () => plant(root, { "z.md": "edited" }), "z.md", "changed"],
  ] as const)("is looked at again right before it is replaced: %s", (_, meddle, path, code) => {
    plant(root, { "a.md": "a", "m.md": "old", "z.md": "z" });
    const changes: Change[] = [
      { path: "a.md", before: "a", after: "new a" },
      { path: "made/b.md", after: "b" },
      { path: "m.md", before: "old", after: "new" },
      { path: "n.md", after: "n" },
      { path: "z.md", before: "z" },
    ];
    let expected = {};
    const real = disk.rename;
    disk.rename = (from, to) => {
      disk.rename = real;
      real(from, to);
      meddle();
      expected = { ...treeOf(root), "a.md": "644 a" };
    };
    try {
      expect(apply(root, changes)).toMatchObject({ ok: false, code, path });
    } finally {
      disk.rename = real;
    }
    const kept = Object.entries(expected).filter(([name]) => !name.includes("portable") && name !== "made/");
    expect(treeOf(root)).toEqual(Object.fromEntries(kept));
  });
});

describe("what it writes", () => {
  it("through a linked file the real one; the link stays; through a linked folder too", () => {
    plant(root, {
      "AGENTS.md": "old",
      "CLAUDE.md": { link: "AGENTS.md" },
      ".agents/skills/": "",
      ".claude/skills": { link: "../.agents/skills" },
      "new.md": { link: "docs/real.md" },
      "docs/": "",
    });
    const changes: Change[] = [
      { path: "AGENTS.md", before: "old", after: "new" },
      { path: "CLAUDE.md", before: "old", after: "new" },
      { path: ".claude/skills/s/SKILL.md", after: "skill" },
      { path: "new.md", after: "made" },
    ];
    expect(apply(root, changes)).toEqual({ ok: true, wrote: changes.map(({ path }) => path) });
    expect(treeOf(root)).toMatchObject({
      "AGENTS.md": "644 new",
      "CLAUDE.md": "-> AGENTS.md",
      ".claude/skills": "-> ../.agents/skills",
      ".agents/skills/s/SKILL.md": "644 skill",
      "new.md": "-> docs/real.md",
      "docs/real.md": "644 made",
    });
  });

  it("not two things into one file, and removes no file through a link", () => {
    plant(root, { "AGENTS.md": "old", "CLAUDE.md": { link: "AGENTS.md" }, d: { link: "e" }, "e/x.md": "x" });
    const two = [
      { path: "AGENTS.md", before: "old", after: "one" },
      { path: "CLAUDE.md", before: "old", after: "two" },
    ];
    refused(two, "disk", "CLAUDE.md", /same file as AGENTS.md/);
    refused([{ path: "CLAUDE.md", before: "old" }], "changed", "CLAUDE.md", /symbolic link/);
    refused([{ path: "d/x.md", before: "x" }], "changed", "d/x.md", /symbolic link/);
  });

  it("folders that a removal empties go, all the way up; others stay", () => {
    plant(root, { "a/b/c.md": "c", "d/e.md": "e", "d/empty/": "", "f/g.md": "g", "f/h.md": "h" });
    const gone = { "a/b/c.md": "c", "d/e.md": "e", "f/g.md": "g" };
    expect(
      apply(
        root,
        Object.entries(gone).map(([path, before]) => ({ path, before })),
      ).ok,
    ).toBe(true);
    expect(Object.keys(treeOf(root))).toEqual(["d/", "d/empty/", "f/", "f/h.md"]);
  });

  it.skipIf(posixOnly)("keeps modes and the owner, new files go by the umask", () => {
    plant(root, {
      "p.json": { mode: 0o640, text: "p" },
      "r.sh": { mode: 0o740, text: "r" },
      "e.sh": { mode: 0o640, text: "e" },
    });
    const owner = process.getuid?.() === 0 ? 65534 : process.getuid!();
    fs.chownSync(`${root}/p.json`, owner, process.getuid?.() === 0 ? 65534 : process.getgid!());
    const umask = process.umask(0o027);
    try {
      const changes: Change[] = [
        { path: "p.json", before: "p", after: "P" },
        { path: "r.sh", before: "r", after: "R" },
        { path: "e.sh", before: "e", after: "E", exec: true },
        { path: "new.md", after: "N" },
        { path: "new.sh", after: "N", exec: true },
      ];
      expect(apply(root, changes).ok).toBe(true);
    } finally {
      process.umask(umask);
    }
    expect(treeOf(root)).toEqual({
      "e.sh": "750 E",
      "new.md": "640 N",
      "new.sh": "750 N",
      "p.json": "640 P",
      "r.sh": "740 R",
    });
    expect(fs.statSync(`${root}/p.json`).uid).toBe(owner);
  });

  it("names of 255 bytes, several with one beginning", () => {
    const long = ["a", "b"].map((end) => `${"é".repeat(127)}${end}`);
    expect(
      apply(
        root,
        long.map((path) => ({ path, after: path })),
      ).ok,
    ).toBe(true);
    expect(
      apply(
        root,
        long.map((path) => ({ path, before: path, after: `new ${path}` })),
      ).ok,
    ).toBe(true);
    expect(read(root, [{ folder: "" }]).files).toEqual(new Map(long.map((path) => [path, `new ${path}`])));
  });

  it("where there are no second names for a file", () => {
    plant(root, { "a.md": "a", "b.md": "b" });
    const real = { link: disk.link, rename: disk.rename };
    disk.link = () => {
      throw Object.assign(new Error("no links"), { code: "EPERM" });
    };
    const changes = [
      { path: "a.md", before: "a", after: "A" },
      { path: "b.md", before: "b", after: "B" },
    ];
    let renames = 0;
    disk.rename = (from, to) => {
      if (++renames === 2) throw Object.assign(new Error("injected"), { code: "EXDEV" });
      real.rename(from, to);
    };
    try {
      expect(apply(root, changes)).toMatchObject({
        ok: false,
        path: "b.md",
        code: "disk",
        reason: expect.stringMatching(/EXDEV/),
      });
      expect(treeOf(root)).toEqual({ "a.md": "644 a", "b.md": "644 b" });
      expect(apply(root, changes).ok).toBe(true);
      expect(treeOf(root)).toEqual({ "a.md": "644 A", "b.md": "644 B" });
    } finally {
      Object.assign(disk, real);
    }
  });

  it("flushes the journal and its folder once, and every file where asked to", () => {
    const synced = (sync: boolean): number => {
      let count = 0;
      const real = disk.sync;
      disk.sync = (fd) => {
        count++;
        real(fd);
      };
      try {
        const path = `sync-${sync}.md`;
        expect(
          apply(
            root,
            [
              { path, after: "x" },
              { path: `d/${path}`, after: "x" },
            ],
            { sync },
          ).ok,
        ).toBe(true);
      } finally {
        disk.sync = real;
      }
      return count;
    };
    expect(synced(false)).toBe(2);
    expect(synced(true)).toBe(2 + 2 + 2);
  });

  it("what read then gives, whatever is changed into whatever", () => {
    const name = fc.constantFrom("a.md", "b.md", "d/a.md", "d/e/b.md", "f/c.md");
    const content = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array());
    const tree = fc.dictionary(name, content, { noNullPrototype: true });
    const shapes = (files: Record<string, string | Uint8Array>) =>
      Object.fromEntries(
        Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes as string).toString("hex")]),
      );
    fc.assert(
      fc.property(tree, tree, (from, to) => {
        remove(root);
        plant(fs.mkdirSync(root, { recursive: true }) ?? root, from);
        const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])];
        const changes = paths.map((path) => ({
          path,
          ...(path in from ? { before: from[path]! } : {}),
          ...(path in to ? { after: to[path]! } : {}),
        }));
        expect(apply(root, changes)).toMatchObject({ ok: true });
        const { files } = read(root, [{ folder: "", deep: true }]);
        expect(shapes(Object.fromEntries(files))).toEqual(shapes(to));
        expect(Object.keys(treeOf(root)).filter((path) => path.includes("portable"))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("copies", () => {
  it("are kept of what is replaced or removed, once all is checked and before anything is written", () => {
    plant(root, { "a.md": "a", "d/b.md": "b" });
    const asked: string[] = [];
    const changes: Change[] = [
      { path: "a.md", before: "a", after: "A" },
      { path: "d/b.md", before: "b" },
      { path: "new.md", after: "n" },
    ];
    const backup = (path: string): string => {
      asked.push(path);
      return keepCopy(root, path);
    };
    expect(apply(root, [...changes, { path: "c.md", before: "none", after: "" }], { backup }).ok).toBe(false);
    expect(asked).toEqual([]);
    expect(apply(root, changes, { backup }).ok).toBe(true);
    expect(asked).toEqual(["a.md", "d/b.md"]);
    expect(treeOf(root)).toMatchObject({
      ".portable-backup/1/a.md": "644 a",
      ".portable-backup/1/d/b.md": "644 b",
    });
  });

  it("that cannot be kept stop it all", () => {
    plant(root, { "a.md": "a", ".portable-backup": "in the way" });
    const before = treeOf(root);
    const outcome = apply(root, [{ path: "a.md", before: "a", after: "A" }], {
      backup: (path) => keepCopy(root, path),
    });
    expect(outcome).toMatchObject({ ok: false, path: "a.md", code: "disk" });
    expect(treeOf(root)).toEqual(before);
  });

  it("have a folder a run, numbered on, that Git ignores", () => {
    plant(root, {
      "a.md": "one",
      "x.sh": { exec: "x" },
      ".portable-backup/7/old": "",
      "link.md": { link: "a.md" },
    });
    expect(keepCopy(root, "a.md")).toBe(".portable-backup/8/a.md");
    expect(keepCopy(root, "x.sh")).toBe(".portable-backup/8/x.sh");
    expect(keepCopy(root, "link.md")).toBe(".portable-backup/8/link.md");
    fs.writeFileSync(`${root}/a.md`, "two");
    expect(keepCopy(root, "a.md")).toBe(".portable-backup/9/a.md");
    expect(treeOf(root)).toMatchObject({
      ".portable-backup/.gitignore": "644 *\n",
      ".portable-backup/8/a.md": "644 one",
      ".portable-backup/8/x.sh": "755 x",
      ".portable-backup/8/link.md": "644 one",
      ".portable-backup/9/a.md": "644 two",
    });
  });

  it("neither leave the root nor come from outside", () => {
    plant(outside, { "x.md": "theirs" });
    plant(root, { "a.md": "a", ".portable-backup": { link: outside }, "l.md": { link: `${outside}/x.md` } });
    for (const path of ["a.md", "l.md", "../x", "none.md"])
      expect(() => keepCopy(root, path)).toThrow(path === "a.md" ? /is a symbolic link/ : /./);
    expect(treeOf(outside)).toEqual({ "x.md": "644 theirs" });
  });
});

/** What `apply` gives in a process without the rights of root, which no mode stops. */
const asNobody = (changes: Change[]): Outcome => {
  const script = scriptOf(
    outside,
    "apply",
    "console.log(JSON.stringify(apply(...JSON.parse(process.argv[2]))));",
  );
  fs.chmodSync(outside, 0o755);
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (process.getuid?.() === 0) execFileSync("chown", ["-Rh", "65534:65534", root]);
  const run = spawnSync(process.execPath, [script, JSON.stringify([root, changes])], {
    ...nobody,
    encoding: "utf8",
    cwd: "/",
  });
  return JSON.parse(run.stdout || JSON.stringify(run.stderr)) as Outcome;
};

describe.skipIf(posixOnly)("without the right to write", () => {
  it("a folder, a file, a folder of a new folder, the root: refused, path named, nothing written", () => {
    plant(root, { "ro/a.md": "a", "file.md": { mode: 0o444, text: "f" }, "ok.md": "ok" });
    const first = { path: "ok.md", before: "ok", after: "OK" };
    const before = treeOf(root);
    fs.chmodSync(`${root}/ro`, 0o555);
    const denied = (path: string) => ({
      ok: false,
      code: "disk",
      path,
      reason: "permission denied (EACCES)",
    });
    expect(asNobody([first, { path: "ro/a.md", before: "a", after: "A" }])).toEqual(denied("ro/a.md"));
    expect(asNobody([first, { path: "ro/a.md", before: "a" }])).toEqual(denied("ro/a.md"));
    expect(asNobody([first, { path: "ro/n/m/new.md", after: "n" }])).toEqual(denied("ro/n/m/new.md"));
    expect(asNobody([first, { path: "file.md", before: "f", after: "F" }])).toEqual(denied("file.md"));
    fs.chmodSync(root, 0o555);
    expect(asNobody([first])).toEqual(denied(".portable.pid"));
    fs.chmodSync(root, 0o755);
    fs.chmodSync(`${root}/ro`, 0o755);
    expect(treeOf(root)).toEqual(before);
    expect(asNobody([first])).toEqual({ ok: true, wrote: ["ok.md"] });
  });
});
