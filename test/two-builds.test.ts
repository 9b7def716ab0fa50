import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plant, treeOf } from "./disk/trees.ts";
import { type Packed, pack } from "./packed.ts";

/** Two runs of the packed program over one repository, in processes of their own. */
let packed: Packed;
/** Stops a build before its n-th renaming until a file `go` stands in the work folder. */
let hold: string;
beforeAll(async () => {
  packed = await pack();
  hold = join(packed.folder, "hold.mjs");
  writeFileSync(
    hold,
    `import fs from "node:fs";
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let left = Number(process.env.HOLD_AT);
    const rename = fs.renameSync;
    fs.renameSync = (from, to) => {
      if (--left === 0) {
        fs.writeFileSync(process.env.HOLD_MARK, "");
        while (!fs.existsSync(process.env.HOLD_GO)) Atomics.wait(pause, 0, 0, 5);
      }
      rename(from, to);
    };`,
  );
});
afterAll(() => packed.remove());

interface Ended {
  status: number | null;
  out: string;
  err: string;
}
const start = (
  root: string,
  env: Record<string, string> = {},
  ...more: string[]
): [ChildProcess, Promise<Ended>] => {
  const argv = [...(env["HOLD_AT"] ? ["--import", hold] : []), packed.cli, "build", ...more];
  const child = spawn(process.execPath, argv, { cwd: root, env: { ...process.env, ...env } });
  const said = { out: "", err: "" };
  child.stdout.on("data", (d) => (said.out += d));
  child.stderr.on("data", (d) => (said.err += d));
  return [child, new Promise((done) => child.once("close", (status) => done({ status, ...said })))];
};
const until = async (file: string): Promise<void> => {
  for (let i = 0; !existsSync(file); i++) {
    if (i > 2000) throw new Error(`${file} never came`);
    await new Promise((done) => setTimeout(done, 5));
  }
};

const RULES = 40;
const files = (version: string) =>
  Object.fromEntries([
    ["portable.yaml", "portable: 1\ntargets: [claude, cursor]\n"],
    ...Array.from({ length: RULES }, (_, i) => [
      `.portable/rules/r${i}.md`,
      `---\nglobs: ["src/${i}/**"]\n---\n${version} ${i}\n`,
    ]),
  ]);
const fresh = (name: string): string => {
  const root = join(packed.folder, name);
  mkdirSync(root);
  return plant(root, files("first"));
};
const bookkept = (root: string) =>
  Object.keys(treeOf(root)).filter((p) => /^\.portable[-.]|\.portable-|~$/.test(p.split("/").at(-1)!));
/** Every output holds the text of one version of the spec. */
const versionsIn = (root: string): Set<string> =>
  new Set(
    Object.entries(treeOf(root)).flatMap(([path, text]) =>
      /^\.(?:claude|cursor)\/rules\/.*\.mdc?$/.test(path) ? [/(?:first|second)(?= \d)/.exec(text)![0]] : [],
    ),
  );

describe("two builds at once", () => {
  test.each([1, 2, RULES])(
    "one is held before renaming %d: the other names it and writes nothing",
    async (at) => {
      const root = fresh(`held-${at}`);
      const [mark, go] = [join(packed.folder, `mark-${at}`), join(packed.folder, `go-${at}`)];
      const [holder, first] = start(root, { HOLD_AT: String(at), HOLD_MARK: mark, HOLD_GO: go });
      await until(mark);
      const before = treeOf(root);
      for (const more of [[], ["--force"], ["--json"]]) {
        const [, other] = start(root, {}, ...more);
        const { status, out, err } = await other;
        expect(status, out + err).toBe(3);
        expect(out + err).toContain(`process ${holder.pid} on ${hostname()} is writing here`);
        expect(out + err).toMatch(/if it no longer runs, remove \.portable[.-]/);
        expect(out + err).toContain("disk/refused");
        expect(treeOf(root)).toEqual(before);
      }
      writeFileSync(go, "");
      expect(await first).toMatchObject({ status: 0, err: "" });
      const [, after] = start(root);
      expect(await after).toMatchObject({ status: 0, out: expect.stringContaining("nothing to do") });
      expect(bookkept(root)).toEqual([]);
      expect(versionsIn(root)).toEqual(new Set(["first"]));
    },
  );

  test.each([1, 2, RULES])("a holder that was killed before renaming %d is taken over", async (at) => {
    const root = fresh(`killed-${at}`);
    const [, built] = start(root);
    expect((await built).status).toBe(0);
    plant(root, files("second"));
    const mark = join(packed.folder, `mark-killed-${at}`);
    const [holder, first] = start(root, { HOLD_AT: String(at), HOLD_MARK: mark, HOLD_GO: "/nonexistent" });
    await until(mark);
    holder.kill("SIGKILL");
    expect((await first).status).toBe(null);
    const [, next] = start(root);
    expect(await next).toMatchObject({ status: 0, err: "" });
    expect(versionsIn(root)).toEqual(new Set(["second"]));
    expect(bookkept(root)).toEqual([]);
  });

  test("six that start together: each ends well or names who writes, and the tree is whole", async () => {
    const root = fresh("race");
    for (const version of ["first", "second"]) {
      plant(root, files(version));
      const all = await Promise.all(Array.from({ length: 6 }, () => start(root)[1]));
      for (const { status, out, err } of all) {
        expect([0, 3], out + err).toContain(status);
        if (status === 3)
          expect(err).toMatch(/is writing here|taking turns|when it was read|changed since it was read/);
      }
      expect(all.filter((r) => r.status === 0).length).toBeGreaterThan(0);
      expect(versionsIn(root)).toEqual(new Set([version]));
      expect(bookkept(root)).toEqual([]);
    }
    const [, last] = start(root);
    expect(await last).toMatchObject({ status: 0, out: expect.stringContaining("nothing to do") });
  });
});
