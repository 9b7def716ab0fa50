import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apply, recover } from "../../src/disk/apply.ts";
import { disk } from "../../src/disk/fs.ts";
import { self, take } from "../../src/disk/lock.ts";
import { freshProcess, scriptOf } from "./fresh.ts";
import { plant, remove, temporary, treeOf } from "./trees.ts";

let root: string;
let scripts: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = temporary();
  scripts = temporary();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  remove(root);
  remove(scripts);
});

const LOCK = ".portable.pid";
const change = [{ path: "a.md", after: "a" }];
const record = (over: object): string => `${JSON.stringify({ ...self(), token: "x", ...over })}\n`;

/** A process that runs this and then prints a line; resolves with the line. */
const run = async (body: string): Promise<{ child: ChildProcess; line: string }> => {
  const script = scriptOf(scripts, String(children.length), body);
  const child = spawn(process.execPath, [script, root], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const line = await new Promise<string>((done, failed) => {
    child.stdout!.once("data", (data) => done(String(data).trim()));
    child.once("exit", (code) => failed(new Error(`exit ${code}`)));
  });
  return { child, line };
};
const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));

const HOLD = "take(process.argv[2]); console.log('held'); setInterval(() => {}, 1000);";

describe("the lock", () => {
  it("holds process, host and start, and is gone after use", () => {
    const lock = take(root);
    if ("busy" in lock) throw new Error(lock.busy);
    expect(JSON.parse(fs.readFileSync(`${root}/${LOCK}`, "utf8"))).toEqual({
      pid: process.pid,
      host: hostname(),
      started: expect.any(String),
      token: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(lock.isOurs()).toBe(true);
    expect(take(root)).toHaveProperty("busy");
    expect(apply(root, change)).toMatchObject({ ok: false, code: "busy", path: LOCK });
    lock.release();
    expect(treeOf(root)).toEqual({});
    expect(apply(root, change).ok).toBe(true);
  });

  it("of a process that runs stops others, who name it", async () => {
    const { child } = await run(HOLD);
    const before = treeOf(root);
    const outcome = apply(root, change);
    expect(outcome).toMatchObject({ ok: false, code: "busy", path: LOCK });
    expect(outcome).toHaveProperty(
      "reason",
      expect.stringContaining(`process ${child.pid} on ${hostname()}`),
    );
    expect(treeOf(root)).toEqual(before);
    expect(recover(root)).toBeUndefined();
    child.kill("SIGKILL");
    await ended(child);
    expect(apply(root, change)).toEqual({ ok: true, wrote: ["a.md"] });
    expect(treeOf(root)).toEqual({ "a.md": "644 a" });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "goes when its holder ends by %s, which still ends it",
    async (signal) => {
      const { child } = await run(HOLD);
      expect(treeOf(root)).toHaveProperty([LOCK]);
      child.kill(signal);
      expect(await ended(child)).toBe(signal);
      expect(treeOf(root)).toEqual({});
    },
  );

  it("goes when its holder ends by itself", async () => {
    const { child } = await run(
      "take(process.argv[2]); console.log('held'); setTimeout(() => process.exit(5), 20);",
    );
    expect(await ended(child)).toBe(5);
    expect(treeOf(root)).toEqual({});
  });

  it("of another machine is never taken over", () => {
    plant(root, { [LOCK]: record({ host: "elsewhere\u001b[31m", pid: 1 }) });
    const before = treeOf(root);
    expect(apply(root, change)).toMatchObject({
      code: "busy",
      reason: expect.stringContaining("process 1 on elsewhere?[31m"),
    });
    expect(treeOf(root)).toEqual(before);
  });

  it.each([
    ["of a process that is gone", () => record({ pid: 2 ** 30 })],
    ["of an earlier process with our own number", () => record({})],
    [
      "of an earlier process with the number of one that runs",
      () => record({ pid: process.ppid, started: "1" }),
    ],
    ["that was never written", () => ""],
    ["that was cut short", () => record({}).slice(0, 20)],
    ["that says nothing", () => "null\n"],
  ])("%s is taken over", (name, text) => {
    if (name.includes("one that runs") && process.platform !== "linux") return;
    plant(root, { [LOCK]: text() });
    expect(apply(root, change)).toEqual({ ok: true, wrote: ["a.md"] });
    expect(treeOf(root)).toEqual({ "a.md": "644 a" });
  });

  it("of a process that is gone is removed by recover", () => {
    plant(root, { [LOCK]: record({ pid: 2 ** 30 }), ".portable.pid.dead": "x" });
    expect(recover(root)).toBeUndefined();
    expect(treeOf(root)).toEqual({});
  });

  it("that is a folder or a link is in the way, and stays", () => {
    plant(root, { [`${LOCK}/x`]: "" });
    expect(apply(root, change)).toMatchObject({ ok: false, code: "disk", path: LOCK });
    expect(treeOf(root)).toHaveProperty([`${LOCK}/x`]);
  });

  it("goes back to another who took it in the moment before it was taken over", () => {
    plant(root, { [LOCK]: record({ pid: 2 ** 30 }) });
    const other = freshProcess();
    const real = disk.rename;
    disk.rename = (from, to) => {
      disk.rename = real;
      fs.unlinkSync(from);
      fs.writeFileSync(from, record({ host: "elsewhere" }));
      real(from, to);
    };
    try {
      expect(take(root)).toEqual({ busy: expect.stringContaining("elsewhere") });
    } finally {
      disk.rename = real;
    }
    expect(treeOf(root)).toEqual({ [LOCK]: `644 ${record({ host: "elsewhere" })}` });
    expect(other.take(root)).toHaveProperty("busy");
  });

  it("once lost, nothing is written", () => {
    plant(root, { "b.md": "b" });
    const backup = (): undefined =>
      fs.writeFileSync(`${root}/${LOCK}`, record({ host: "elsewhere" })) as undefined;
    expect(apply(root, [...change, { path: "b.md", before: "b", after: "B" }], { backup })).toMatchObject({
      code: "busy",
    });
    expect(treeOf(root)).toEqual({ [LOCK]: `644 ${record({ host: "elsewhere" })}`, "b.md": "644 b" });
  });
});

it("of many runs at once each wins or names the holder, and what they write is never mixed", async () => {
  const names = Array.from({ length: 30 }, (_, n) => `${n}.md`);
  plant(root, Object.fromEntries(names.map((name) => [name, "0"])));
  const body = `
    import { readFileSync } from "node:fs";
    const root = process.argv[2], names = ${JSON.stringify(names)}, seen = {};
    for (let round = 0; round < 30; round++) {
      const before = readFileSync(root + "/0.md", "utf8");
      const after = String(process.pid) + "." + round;
      const outcome = apply(root, names.map(path => ({ path, before, after })));
      const kind = outcome.ok ? "ok" : outcome.code;
      seen[kind] = (seen[kind] ?? 0) + 1;
    }
    console.log(JSON.stringify(seen));`;
  const runs = await Promise.all([run(body), run(body), run(body)]);
  const seen = runs.map(({ line }) => JSON.parse(line) as Record<string, number>);
  expect(seen.some((kinds) => (kinds["ok"] ?? 0) > 0)).toBe(true);
  for (const kinds of seen)
    for (const kind of Object.keys(kinds)) expect(["ok", "busy", "changed"]).toContain(kind);
  const tree = treeOf(root);
  expect(Object.keys(tree).sort()).toEqual([...names].sort());
  expect(new Set(Object.values(tree)).size).toBe(1);
});
