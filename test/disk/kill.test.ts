import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { DEAD, type Fate, withFaults } from "./faults.ts";
import { freshProcess } from "./fresh.ts";
import { plant, remove, temporary, treeOf } from "./trees.ts";
import { changes, plantOld } from "./twelve.ts";

let root: string;
let old: Record<string, string>;
let renewed: Record<string, string>;

const again = (): void => {
  remove(root);
  fs.mkdirSync(root);
  plantOld(root);
};

const which = (): "old" | "new" => {
  const tree = treeOf(root);
  if (JSON.stringify(tree) === JSON.stringify(old)) return "old";
  expect(tree).toEqual(renewed);
  return "new";
};

beforeEach(() => {
  root = temporary();
  old = treeOf(plantOld(root));
  const { apply } = freshProcess();
  expect(apply(root, changes)).toEqual({ ok: true, wrote: changes.map(({ path }) => path) });
  renewed = treeOf(root);
  again();
});
afterEach(() => remove(root));

it("makes twelve changes of every shape", () => {
  expect({ ...old, ...renewed }).toEqual({
    ...renewed,
    ...pick(".roo/", ".roo/rules/", ".roo/rules/only.md", ".cursor/rules/gone.mdc"),
  });
  expect(renewed["GEMINI.md"]).toBe("-> AGENTS.md");
  expect(renewed["AGENTS.md"]).toBe("644 shared, new\n");
  expect(renewed["run.sh"]).toBe("755 echo old\n");
  expect(renewed["tool.sh"]).toBe("755 echo new tool\n");
  expect(renewed["private.json"]).toBe('600 {"a":1}');
  expect(renewed["a/b/start.sh"]).toBe("755 #!/bin/sh\n");
  expect(renewed["untouched/"]).toBe("folder");
  expect(Object.keys(renewed).filter((path) => path.includes("portable"))).toEqual([]);
});
const pick = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, old[path]!]));

describe("stopped at every call in turn", () => {
  const stopAt = (n: number, torn: boolean): { stopped: boolean; ended?: "old" | "new"; did: string } => {
    again();
    const first = freshProcess();
    const run = withFaults(
      first.disk,
      (call) => (call === n ? { die: true, torn } : undefined),
      () => first.apply(root, changes),
    );
    if (run.result !== DEAD) return { stopped: false, did: "" };
    const { recover } = freshProcess();
    const recovery = recover(root);
    const ended = which();
    expect(recover(root)).toBeUndefined();
    const did = recovery === undefined ? "nothing" : Object.keys(recovery)[0]!;
    expect({ ended, did }).toEqual({
      ended: did === "completed" ? "new" : did === "rolledBack" ? "old" : ended,
      did,
    });
    return { stopped: true, ended, did };
  };

  it.each([false, true])("leaves the tree all old or all new after recovery (torn writes: %s)", (torn) => {
    const ends: string[] = [];
    for (let n = 1; ; n++) {
      const { stopped, ended, did } = stopAt(n, torn);
      if (!stopped) break;
      ends.push(`${ended} ${did}`);
    }
    expect(ends.length).toBeGreaterThan(200);
    expect([...new Set(ends)].sort()).toEqual([
      "new completed",
      "new nothing",
      "old nothing",
      "old rolledBack",
    ]);
    const firstNew = ends.findIndex((end) => end.startsWith("new"));
    expect(ends.slice(firstNew).every((end) => end.startsWith("new"))).toBe(true);
  });

  it("the next apply ends what was left, then goes by what it finds", () => {
    for (const n of [120, 200, 260]) {
      again();
      const first = freshProcess();
      withFaults(
        first.disk,
        (call) => (call === n ? { die: true } : undefined),
        () => first.apply(root, changes),
      );
      const next = freshProcess();
      const outcome = next.apply(root, [{ path: "next.md", after: "next" }]);
      expect(outcome).toEqual({ ok: true, wrote: ["next.md"] });
      fs.unlinkSync(`${root}/next.md`);
      which();
    }
  });

  it("also when recovery itself is stopped at every call", () => {
    for (let n = 30; ; n += 17) {
      again();
      const first = freshProcess();
      const run = withFaults(
        first.disk,
        (call) => (call === n ? { die: true } : undefined),
        () => first.apply(root, changes),
      );
      if (run.result !== DEAD) break;
      fs.cpSync(root, `${root}.kept`, { recursive: true, verbatimSymlinks: true });
      for (let m = 1; ; m += 3) {
        remove(root);
        fs.cpSync(`${root}.kept`, root, { recursive: true, verbatimSymlinks: true });
        const second = freshProcess();
        const stopped = withFaults(
          second.disk,
          (call) => (call === m ? { die: true } : undefined),
          () => second.recover(root),
        );
        freshProcess().recover(root);
        which();
        if (stopped.result !== DEAD) break;
      }
      remove(`${root}.kept`);
    }
  });
});

describe("a call that fails", () => {
  const failing = (decide: (call: number, name: string, args: unknown[]) => Fate) => {
    again();
    const { apply, recover, disk } = freshProcess();
    const run = withFaults(disk, decide, () => apply(root, changes));
    expect(run.result).not.toBe(DEAD);
    const outcome = run.result as Exclude<typeof run.result, typeof DEAD>;
    const before = outcome.ok ? undefined : treeOf(root);
    recover(root);
    return { outcome, ended: which(), calls: run.calls, before };
  };

  it.each(["EIO", "EACCES", "ENOSPC"])("once, with %s: all old and said so, or all new", (code) => {
    let refused = 0;
    for (let n = 1; ; n++) {
      const { outcome, ended, calls, before } = failing((call, name) =>
        // a folder that may not be removed stays, empty: nobody is hurt, and waiting for the right would block every run
        call === n && !(name === "rmdir" && code === "EACCES") ? { fail: code, torn: true } : undefined,
      );
      if (calls < n) break;
      expect([n, ended]).toEqual([n, outcome.ok ? "new" : "old"]);
      if (outcome.ok) continue;
      refused++;
      expect(before).toEqual(old);
      expect(outcome.code).toBe("disk");
      expect(outcome.reason).toContain(code);
      expect([
        ".portable-journal",
        ".portable.pid",
        ...changes.map(({ path }) => path),
        "a",
        "a/b",
        "a/b/c",
      ]).toContain(outcome.path);
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("from then on, as on a disk that stays full: nothing is lost, the next run mends it", () => {
    const writes = new Set(["write", "mkdir", "link", "open", "sync"]);
    for (let n = 1; ; n += 5) {
      const full = (call: number, name: string, args: unknown[]): Fate =>
        call >= n && writes.has(name) && !(name === "open" && typeof args[1] === "number")
          ? { fail: "ENOSPC" }
          : undefined;
      const { outcome, ended, calls } = failing(full);
      if (calls < n) break;
      if (outcome.ok) expect(ended).toBe("new");
    }
  });

  it("from then on, whatever it is: nothing is lost, the next run mends it", () => {
    for (let n = 1; ; n += 3) {
      const { outcome, ended, calls } = failing((call) => (call >= n ? { fail: "EIO" } : undefined));
      if (calls < n) break;
      if (outcome.ok) expect(ended).toBe("new");
    }
  });
});

it("stopped while it takes changes back, it goes on taking them back", () => {
  const few: Change[] = [
    { path: "run.sh", before: "echo old\n", after: "echo old\n", exec: true },
    { path: "untouched.txt", before: "mine" },
    { path: "new.md", after: "new" },
  ];
  expect(freshProcess().apply(root, few).ok).toBe(true);
  const all = treeOf(root);
  const ends: ("old" | "new")[] = [];
  for (let n = 1; ; n++) {
    again();
    const first = freshProcess();
    let renames = 0;
    let since = 0;
    const decide = (_: number, name: string): Fate => {
      if (name === "rename" && ++renames === 3) return { fail: "EIO" };
      return renames >= 3 && ++since === n ? { die: true } : undefined;
    };
    const run = withFaults(first.disk, decide, () => first.apply(root, few));
    freshProcess().recover(root);
    const tree = treeOf(root);
    const end = JSON.stringify(tree) === JSON.stringify(all) ? "new" : "old";
    if (end === "old") expect(tree).toEqual(old);
    if (run.result !== DEAD) break;
    ends.push(end);
  }
  expect(ends.length).toBeGreaterThan(10);
  // until it is written down that it is taken back, going on is as good
  expect(ends.lastIndexOf("new")).toBeLessThan(ends.indexOf("old"));
});

it("once all is in place, what is restored by hand is left so, and the rest stays new", () => {
  let seen = 0;
  for (let n = 200; ; n++) {
    again();
    const first = freshProcess();
    const run = withFaults(
      first.disk,
      (call) => (call === n ? { die: true } : undefined),
      () => first.apply(root, changes),
    );
    if (run.result !== DEAD) break;
    const journal = `${root}/.portable-journal`;
    if (!fs.existsSync(journal) || !fs.readFileSync(journal, "utf8").endsWith("done\n")) continue;
    plant(root, { "CLAUDE.md": "old rules\n" });
    expect(freshProcess().recover(root)).toHaveProperty("completed");
    expect(treeOf(root)).toEqual({ ...renewed, "CLAUDE.md": "644 old rules\n" });
    seen++;
  }
  expect(seen).toBeGreaterThan(10);
});

it("leaves alone what somebody changed after the run was stopped", () => {
  let edited = 0;
  for (let n = 60; ; n += 9) {
    again();
    const first = freshProcess();
    const run = withFaults(
      first.disk,
      (call) => (call === n ? { die: true } : undefined),
      () => first.apply(root, changes),
    );
    if (run.result !== DEAD) break;
    plant(root, { "CLAUDE.md": "edited by hand\n" });
    freshProcess().recover(root);
    const tree = treeOf(root);
    expect(tree["CLAUDE.md"]).toBe("644 edited by hand\n");
    const rest = (from: Record<string, string>) => ({ ...from, "CLAUDE.md": "644 edited by hand\n" });
    expect([rest(old), rest(renewed)]).toContainEqual(tree);
    edited++;
  }
  expect(edited).toBeGreaterThan(15);
});
