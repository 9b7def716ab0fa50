import fs from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apply, recover } from "../../src/disk/apply.ts";
import { rawId } from "../../src/disk/journal.ts";
import { self } from "../../src/disk/lock.ts";
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

const TOKEN = "0123456789abcdef";
const gone = { pid: 2 ** 30, host: self().host, started: "1", token: TOKEN };
const id = (text: string): string => rawId(Buffer.from(text));
const journal = (data: object, marks = "ready\n"): string =>
  `${JSON.stringify({ portable: 1, holder: gone, made: [], entries: [], ...data })}\n${marks}`;
const staged = (path: string, n: number, kind: "tmp" | "old"): string => {
  const [, folder = "", base] = /^(.*\/)?([^/]*)$/.exec(path)!;
  return `${folder}.${base}.portable-${TOKEN}-${n}.${kind}`;
};

describe("a journal left by a stopped run", () => {
  const entries = [
    { path: "a.md", before: id("a"), after: id("A") },
    { path: "d/new.md", before: null, after: id("new") },
    { path: "z.md", before: id("z"), after: null },
  ];
  const half = {
    "a.md": "A",
    [staged("a.md", 0, "old")]: "a",
    "d/": "",
    [staged("d/new.md", 1, "tmp")]: "new",
    "z.md": "z",
    ".portable-journal": journal({ made: ["d"], entries }),
  };

  it("is completed if all that it takes is there", () => {
    plant(root, half);
    expect(recover(root)).toEqual({ completed: ["a.md", "d/new.md", "z.md"] });
    expect(treeOf(root)).toEqual({ "a.md": "644 A", "d/": "folder", "d/new.md": "644 new" });
    expect(recover(root)).toBeUndefined();
  });

  it.each([
    ["lost", null],
    ["cut short", "ne"],
    ["empty", ""],
    ["something else", "NEW"],
  ])("is rolled back if a staged file is %s", (_, text) => {
    plant(root, half);
    fs.rmSync(`${root}/${staged("d/new.md", 1, "tmp")}`);
    if (text !== null) plant(root, { [staged("d/new.md", 1, "tmp")]: text });
    expect(recover(root)).toEqual({ rolledBack: ["a.md", "d/new.md", "z.md"] });
    expect(treeOf(root)).toEqual({ "a.md": "644 a", "z.md": "644 z" });
    expect(recover(root)).toBeUndefined();
  });

  it("gives no file a content that is not its old one", () => {
    plant(root, { ...half, [staged("a.md", 0, "old")]: "cut sho" });
    remove(`${root}/${staged("d/new.md", 1, "tmp")}`);
    expect(recover(root)).toHaveProperty("rolledBack");
    expect(treeOf(root)).toEqual({ "a.md": "644 A", "z.md": "644 z" });
  });

  it("does not undo an edit made since, either way", () => {
    plant(root, { ...half, "a.md": "A, edited" });
    expect(recover(root)).toHaveProperty("completed");
    expect(treeOf(root)["a.md"]).toBe("644 A, edited");
    plant(root, { ...half, "a.md": "A, edited", "z.md": "z, edited" });
    remove(`${root}/d/new.md`);
    expect(recover(root)).toHaveProperty("rolledBack");
    expect(treeOf(root)).toEqual({ "a.md": "644 A, edited", "z.md": "644 z, edited" });
  });

  it("that had not staged all is swept away", () => {
    plant(root, { ...half, "a.md": "a", ".portable-journal": journal({ made: ["d"], entries }, "rea") });
    expect(recover(root)).toHaveProperty("rolledBack");
    expect(treeOf(root)).toEqual({ "a.md": "644 a", "z.md": "644 z" });
  });

  it("that was cut in its first line had done nothing", () => {
    plant(root, { "a.md": "a", ".portable-journal": journal({ entries }).slice(0, 50) });
    expect(recover(root)).toBeUndefined();
    expect(treeOf(root)).toEqual({ "a.md": "644 a" });
  });

  it("of a process that still runs is left to it", () => {
    plant(root, {
      ...half,
      ".portable-journal": journal({ holder: { ...gone, pid: process.ppid, started: "" }, entries }),
    });
    const before = treeOf(root);
    expect(recover(root)).toMatchObject({
      ok: false,
      code: "busy",
      reason: expect.stringContaining(`${process.ppid}`),
    });
    expect(apply(root, [{ path: "x", after: "x" }])).toMatchObject({ ok: false, code: "busy" });
    expect(treeOf(root)).toEqual(before);
  });

  it("of another machine is taken up once its lock is gone", () => {
    plant(root, {
      ...half,
      ".portable-journal": journal({ holder: { ...gone, host: "elsewhere" }, made: ["d"], entries }),
    });
    expect(recover(root)).toHaveProperty("completed");
  });
});

describe("a hostile journal", () => {
  const entry = { path: "a.md", before: id("a"), after: null };
  const untouched = (text: string, code = "disk"): void => {
    plant(root, {
      ".portable-journal": text,
      "a.md": "a",
      "d/x.md": "a",
      ".git/HEAD": "ref: refs/heads/main\n",
    });
    const before = [treeOf(root), treeOf(outside)];
    expect(recover(root)).toMatchObject({ ok: false, code });
    expect(apply(root, [{ path: "x", after: "x" }])).toMatchObject({ ok: false, code });
    expect([treeOf(root), treeOf(outside)]).toEqual(before);
  };

  it.each([
    ["no JSON", "hello\nready\n"],
    ["null", "null\nready\n"],
    ["a list", "[]\nready\n"],
    ["a later version", journal({ portable: 2 })],
    ["no holder", journal({ holder: null })],
    ["a token that is a path", journal({ holder: { ...gone, token: "../../x" } })],
    ["entries that are none", journal({ entries: [null] })],
    ["entries that are no list", journal({ entries: { length: 1 } })],
    ["a way up", journal({ entries: [{ ...entry, path: "../a.md" }] })],
    ["an absolute path", journal({ entries: [{ ...entry, path: "/etc/passwd" }] })],
    [
      "Git's own files",
      journal({ entries: [{ path: ".git/HEAD", before: id("ref: refs/heads/main\n"), after: null }] }),
    ],
    ["the lock", journal({ entries: [{ ...entry, path: ".portable.pid" }] })],
    ["a file twice", journal({ entries: [entry, entry] })],
    ["an id that is none", journal({ entries: [{ ...entry, before: "x" }] })],
    ["nothing into nothing", journal({ entries: [{ ...entry, before: null }] })],
    ["folders above others", journal({ made: ["d"], entries: [entry] })],
    ["folders outside", journal({ made: [".."], entries: [entry] })],
  ])("with %s is refused and left where it is", (_, text) => untouched(text));

  it("whose entries lie behind links is refused", () => {
    plant(outside, { "x.md": "a" });
    plant(root, { out: { link: outside }, in: { link: "d" } });
    untouched(journal({ entries: [{ ...entry, path: "out/x.md" }] }), "outside");
    untouched(journal({ entries: [{ ...entry, path: "in/x.md" }] }), "outside");
  });

  it("that is no file, or a link, is refused", () => {
    plant(outside, { j: journal({ entries: [entry] }) });
    plant(root, { ".portable-journal": { link: `${outside}/j` }, "a.md": "a" });
    expect(recover(root)).toMatchObject({ ok: false, path: ".portable-journal" });
    fs.unlinkSync(`${root}/.portable-journal`);
    plant(root, { ".portable-journal/": "" });
    expect(recover(root)).toMatchObject({ ok: false, path: ".portable-journal" });
    expect(treeOf(root)).toEqual({ ".portable-journal/": "folder", "a.md": "644 a" });
  });

  it("never removes a file whose content it does not know, whatever it says", () => {
    const path = fc.constantFrom("a.md", "d/x.md", "d/y.md", "none.md", "d/e/f.md");
    const known = fc.constantFrom(null, id("a"), id("other"), id(""));
    const entries = fc.uniqueArray(fc.record({ path, before: known, after: known }), {
      selector: (e) => e.path,
      minLength: 1,
    });
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom("", "ready\n", "ready\ndone\n", "undo\n", "ready\nundo\n"),
        (list, marks) => {
          remove(root);
          fs.mkdirSync(root);
          plant(root, {
            "a.md": "mine",
            "d/x.md": "mine too",
            ".portable-journal": journal({ entries: list }, marks),
          });
          recover(root);
          expect(treeOf(root)).toMatchObject({ "a.md": "644 mine", "d/x.md": "644 mine too" });
        },
      ),
      { numRuns: 200 },
    );
  });
});
