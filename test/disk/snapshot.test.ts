import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { disk } from "../../src/disk/fs.ts";
import { type Pattern, read } from "../../src/disk/snapshot.ts";
import { plant, remove, temporary } from "./trees.ts";

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

const all: Pattern[] = [{ folder: "", deep: true }];
const names = (patterns: Pattern[]): string[] => [...read(root, patterns).files.keys()];
const asRoot = process.getuid?.() === 0;

describe("what it reads", () => {
  it("named files, folders, folders below, by suffix; nothing for what is missing; sorted by code unit", () => {
    plant(root, {
      "b.md": "b",
      "a/x.mdc": "x",
      "a/y.txt": "y",
      "a/deep/z.mdc": "z",
      Z: "Z",
      é: "e",
      "a/.h.mdc": "h",
    });
    expect(names([{ file: "b.md" }, { file: "none" }, { file: "none/none" }, { file: "b.md/none" }])).toEqual(
      ["b.md"],
    );
    expect(names([{ folder: "a" }])).toEqual(["a/.h.mdc", "a/x.mdc", "a/y.txt"]);
    expect(names([{ folder: "a", suffix: ".mdc" }])).toEqual(["a/.h.mdc", "a/x.mdc"]);
    expect(names([{ folder: "a", suffix: ".mdc", deep: true }])).toEqual([
      "a/.h.mdc",
      "a/deep/z.mdc",
      "a/x.mdc",
    ]);
    expect(names([{ folder: "none", deep: true }, { folder: "b.md" }])).toEqual([]);
    expect(names(all)).toEqual(["Z", "a/.h.mdc", "a/deep/z.mdc", "a/x.mdc", "a/y.txt", "b.md", "é"]);
    expect(names([{ folder: "a" }, { file: "a/x.mdc" }, ...all])).toEqual(names(all));
    expect(read(root, all).faults).toEqual([]);
  });

  it("text with its byte order mark and line ends, bytes where it is no text", () => {
    plant(root, {
      bom: "\uFEFFa\r\nb",
      empty: "",
      nul: "a\0b",
      bad: new Uint8Array([0x61, 0xff]),
      overlong: new Uint8Array([0xc0, 0x80]),
      surrogate: new Uint8Array([0xed, 0xa0, 0x80]),
    });
    const { files } = read(root, all);
    expect(files.get("bom")).toBe("\uFEFFa\r\nb");
    expect(files.get("empty")).toBe("");
    expect(files.get("nul")).toEqual(new Uint8Array([0x61, 0, 0x62]));
    expect(files.get("bad")).toEqual(new Uint8Array([0x61, 0xff]));
    expect(files.get("overlong")).toBeInstanceOf(Uint8Array);
    expect(files.get("surrogate")).toBeInstanceOf(Uint8Array);
    expect(Buffer.isBuffer(files.get("bad"))).toBe(false);
  });

  it("keeps bytes it gave when it reads on", () => {
    plant(root, { a: new Uint8Array([1, 255]), b: new Uint8Array([2, 254]) });
    const { files } = read(root, all);
    expect([files.get("a"), files.get("b")]).toEqual([new Uint8Array([1, 255]), new Uint8Array([2, 254])]);
  });

  it("files up to 4 MiB, larger ones are faults", () => {
    const most = "x".repeat(4 * 1024 * 1024);
    plant(root, { most, more: `${most}x` });
    const { files, faults } = read(root, all);
    expect(files.get("most")).toHaveLength(most.length);
    expect(faults).toEqual([{ path: "more", reason: "is larger than 4 MiB" }]);
  });

  it("goes on after short reads", () => {
    plant(root, { a: "a long enough text" });
    const whole = disk.read;
    disk.read = (fd, into, offset, length) => whole(fd, into, offset, Math.min(length, 3));
    try {
      expect(read(root, all).files.get("a")).toBe("a long enough text");
    } finally {
      disk.read = whole;
    }
  });

  it.skipIf(process.platform === "win32")("knows executables", () => {
    plant(root, { "run.sh": { exec: "x" }, plain: "x", link: { link: "run.sh" } });
    expect([...read(root, all).exec]).toEqual(["link", "run.sh"]);
  });

  it("does not see its own staged files", () => {
    plant(root, {
      "d/.a.portable-0123456789abcdef-0.tmp": "",
      "d/.a.portable-0123456789abcdef-12.old": "",
      "d/.a.tmp": "",
    });
    expect(names(all)).toEqual(["d/.a.tmp"]);
  });

  it("is the same whatever the order of the listing", () => {
    plant(root, { a: "", B: "", "c/d": "", "c/E": "", "l/x": { link: "../c" } });
    const forward = read(root, all);
    const real = disk.list;
    disk.list = (folder) => real(folder).reverse();
    try {
      expect([...read(root, all).files]).toEqual([...forward.files]);
    } finally {
      disk.list = real;
    }
  });
});

describe("symbolic links", () => {
  it("to files and folders inside are other names of them, chains resolved", () => {
    plant(root, {
      "AGENTS.md": "shared",
      "CLAUDE.md": { link: "AGENTS.md" },
      "sub/chain.md": { link: "../CLAUDE.md" },
      ".agents/skills/s/SKILL.md": "skill",
      ".claude/skills": { link: "../.agents/skills" },
      "abs.md": { link: `${root}/AGENTS.md` },
      "around.md": { link: `../${root.split("/").at(-1)}/AGENTS.md` },
    });
    const { files, links, linkedFolders, faults } = read(root, all);
    expect(faults).toEqual([]);
    expect(Object.fromEntries(links)).toEqual({
      ".claude/skills/s/SKILL.md": ".agents/skills/s/SKILL.md",
      "CLAUDE.md": "AGENTS.md",
      "abs.md": "AGENTS.md",
      "around.md": "AGENTS.md",
      "sub/chain.md": "AGENTS.md",
    });
    expect([...linkedFolders]).toEqual([[".claude/skills", ".agents/skills"]]);
    for (const path of links.keys()) expect(files.get(path)).toBe(files.get(links.get(path)!));
    expect([...read(root, [{ file: ".claude/skills/s/SKILL.md" }]).links]).toEqual([
      [".claude/skills/s/SKILL.md", ".agents/skills/s/SKILL.md"],
    ]);
  });

  it("out of the root are faults, whatever way they take, and nothing outside is opened", () => {
    plant(outside, { secret: "secret", "dir/x.md": "secret" });
    plant(root, {
      file: { link: `${outside}/secret` },
      folder: { link: `${outside}/dir` },
      up: { link: `../${outside.split("/").at(-1)}/secret` },
      passwd: { link: "/etc/passwd" },
      "s/hop": { link: "../folder/x.md" },
      top: { link: ".." },
    });
    const opened: string[] = [];
    const real = disk.open;
    disk.open = (file, ...rest) => {
      opened.push(file);
      return real(file, ...rest);
    };
    try {
      const patterns: Pattern[] = [...all, { file: "folder/x.md" }, { folder: "folder" }, { file: "top/x" }];
      const { files, faults } = read(root, patterns);
      expect([...files]).toEqual([]);
      expect(faults.map(({ path }) => path)).toEqual([
        "file",
        "folder",
        "folder/x.md",
        "passwd",
        "s/hop",
        "top",
        "top/x",
        "up",
      ]);
      for (const { reason } of faults) expect(reason).toContain("out of the repository");
      expect(opened).toEqual([]);
    } finally {
      disk.open = real;
    }
  });

  it("paths that lead up or are absolute are faults, however they are asked for", () => {
    plant(outside, { "x.md": "secret" });
    const up = `../${outside.split("/").at(-1)}`;
    const paths = [`${up}/x.md`, `a/../${up}/x.md`, `${outside}/x.md`, "..", ".", "a//b", "./a"];
    const patterns: Pattern[] = [
      ...paths.map((file) => ({ file })),
      { folder: up },
      { folder: outside, deep: true },
    ];
    const { files, faults } = read(root, patterns);
    expect([...files]).toEqual([]);
    expect(faults.map(({ path }) => path)).toEqual([...paths, up, outside].sort());
  });

  it("into Git's folder are faults", () => {
    plant(root, { ".git/config": "token", "CLAUDE.md": { link: ".git/config" } });
    expect(read(root, [{ file: "CLAUDE.md" }])).toMatchObject({
      files: new Map(),
      faults: [{ path: "CLAUDE.md", reason: "a symbolic link leads into Git's own folder" }],
    });
  });

  it("in circles end", () => {
    plant(root, {
      a: { link: "b" },
      b: { link: "a" },
      self: { link: "self" },
      "d/e/up": { link: "../.." },
      "d/e/top": { link: "../../../" + root.split("/").at(-1) },
      "d/e/own": { link: "." },
      "d/x": "x",
    });
    const { files, faults } = read(root, all);
    expect([...files.keys()]).toEqual(["d/x"]);
    expect(faults.map(({ path }) => path)).toEqual(["a", "b", "d/e/own", "d/e/top", "d/e/up", "self"]);
  });

  it("that fan out end soon", () => {
    const fan: Record<string, { link: string } | string> = { "f40/x": "x" };
    for (let n = 0; n < 40; n++)
      for (const side of ["l", "r"]) fan[`f${n}/${side}`] = { link: `../f${n + 1}` };
    plant(root, fan);
    const { faults } = read(root, [{ folder: "f0", deep: true }]);
    expect(faults.some(({ reason }) => reason.includes("linked folders"))).toBe(true);
  });

  it("that double with each hop end soon", () => {
    plant(root, { "l0/x": "x" });
    for (let n = 1; n <= 60; n++) fs.symlinkSync(`l${n - 1}/../l${n - 1}`, `${root}/l${n}`);
    const { faults } = read(root, [{ file: "l60/x" }, { file: "l3/x" }]);
    expect(faults).toEqual([{ path: "l60/x", reason: "symbolic links lead in a circle" }]);
  });

  it("to nothing are links without a file", () => {
    plant(root, { "CLAUDE.md": { link: "AGENTS.md" } });
    const { files, links, faults } = read(root, [...all, { file: "CLAUDE.md" }]);
    expect([files.size, faults]).toEqual([0, []]);
    expect([...links]).toEqual([["CLAUDE.md", "AGENTS.md"]]);
  });

  it("are not followed where they do not match", () => {
    plant(root, { "r/photo.png": { link: "/etc/passwd" }, "r/a.md": "a" });
    const { files, faults } = read(root, [{ folder: "r", suffix: ".md" }]);
    expect([[...files.keys()], faults]).toEqual([["r/a.md"], []]);
  });
});

describe("what is no file", () => {
  it("a folder in a file's place is a fault, unless the folder was asked for too", () => {
    plant(root, { ".clinerules/a.md": "a" });
    expect(read(root, [{ file: ".clinerules" }]).faults).toEqual([
      { path: ".clinerules", reason: "is a folder, not a file" },
    ]);
    const both = read(root, [{ file: ".clinerules" }, { folder: ".clinerules" }]);
    expect([[...both.files.keys()], both.faults]).toEqual([[".clinerules/a.md"], []]);
  });

  it.skipIf(process.platform === "win32")("pipes and sockets are faults and never opened", async () => {
    execFileSync("mkfifo", [`${root}/pipe.md`]);
    const server = createServer();
    await new Promise<void>((done) => server.listen(`${root}/socket.md`, done));
    try {
      const { files, faults } = read(root, [...all, { file: "pipe.md" }, { folder: "", suffix: ".txt" }]);
      expect(files.size).toBe(0);
      expect(faults).toEqual([
        { path: "pipe.md", reason: "is a pipe (FIFO), not a file" },
        { path: "socket.md", reason: "is a socket, not a file" },
      ]);
    } finally {
      server.close();
    }
  });

  it.skipIf(asRoot)("unreadable files and folders are faults (root may read all: skipped for it)", () => {
    plant(root, { a: { mode: 0, text: "" }, "d/x": "x" });
    fs.chmodSync(`${root}/d`, 0);
    const { faults } = read(root, all);
    fs.chmodSync(`${root}/d`, 0o755);
    expect(faults.map(({ path, reason }) => [path, reason])).toEqual([
      ["a", "permission denied (EACCES)"],
      ["d", "permission denied (EACCES)"],
    ]);
  });

  it("any call that fails is a fault of that path only", () => {
    plant(root, { a: "a", b: "b", "c/d": "d" });
    const real = disk.open;
    disk.open = (file, ...rest) => {
      if (file.endsWith("/b")) throw Object.assign(new Error("injected"), { code: "EIO" });
      return real(file, ...rest);
    };
    try {
      const { files, faults } = read(root, all);
      expect([...files.keys()]).toEqual(["a", "c/d"]);
      expect(faults).toEqual([{ path: "b", reason: "input/output error (EIO)" }]);
    } finally {
      disk.open = real;
    }
  });

  it("a root that does not exist holds nothing", () => {
    expect(read(`${root}/none`, [...all, { file: "a" }])).toEqual({
      files: new Map(),
      exec: new Set(),
      links: new Map(),
      linkedFolders: new Map(),
      faults: [],
    });
  });
});

it("reads 8,000 files", () => {
  for (let d = 0; d < 80; d++) {
    fs.mkdirSync(`${root}/${d}`);
    for (let n = 0; n < 100; n++) fs.writeFileSync(`${root}/${d}/${n}.md`, `rule ${n}: é\n`.repeat(80));
  }
  expect(read(root, all).files.size).toBe(8_000);
});
