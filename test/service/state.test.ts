import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  allRunning,
  keep,
  kept,
  known,
  type Running,
  ran,
  registered,
  repositories,
  running,
  runs,
  stateFolder,
  unregister,
} from "../../src/service/state.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "portable-state-"));

describe("the state folder", () => {
  test("is where the XDG specification says", () => {
    expect(stateFolder({ XDG_STATE_HOME: "/x/state" }, "/home/a")).toBe("/x/state/portable");
    expect(stateFolder({}, "/home/a")).toBe("/home/a/.local/state/portable");
    // a relative one is to be ignored
    expect(stateFolder({ XDG_STATE_HOME: "state" }, "/home/a")).toBe("/home/a/.local/state/portable");
  });

  test("is for its owner alone", () => {
    const folder = join(fresh(), "deep", "portable");
    keep(folder, "a/b.json", { secret: 1 });
    expect(statSync(join(folder, "a/b.json")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    keep(folder, "a/b.json", { secret: 2 });
    expect(kept(folder, "a/b.json")).toEqual({ secret: 2 });
    expect(readdirSync(join(folder, "a"))).toEqual(["b.json"]);
  });

  test("may hold anything: what is no JSON counts as nothing", () => {
    const folder = fresh();
    expect(kept(folder, "none.json")).toBeUndefined();
    keep(folder, "proxies/2.json", "{");
    expect(running(folder, 2)).toBeUndefined();
    for (const entry of ['{"pid":"x"}', "null", '{"pid":1,"port":3,"version":"3","secret":"s"}']) {
      keep(folder, "proxies/2.json", entry);
      expect(running(folder, 2)).toBeUndefined();
    }
    expect(allRunning(folder)).toEqual([]);
  });
});

describe("proxies", () => {
  const gone = (): number => spawnSync(process.execPath, ["-e", "0"]).pid;
  const proxy = (port: number, pid = process.pid): Running => ({ pid, port, version: "1", secret: "s" });

  test("each port has its own, and only its own process takes the entry away", () => {
    const folder = fresh();
    runs(folder, proxy(4242));
    runs(folder, proxy(4141));
    expect(allRunning(folder)).toEqual([proxy(4141), proxy(4242)]);
    ran(folder, 4242);
    expect(allRunning(folder)).toEqual([proxy(4141)]);
    runs(folder, proxy(4141, process.ppid));
    ran(folder, 4141);
    expect(running(folder, 4141)).toEqual(proxy(4141, process.ppid));
  });

  test("one whose process is gone does not run", () => {
    const folder = fresh();
    runs(folder, proxy(4141, gone()));
    expect(running(folder, 4141)).toBeUndefined();
    expect(allRunning(folder)).toEqual([]);
  });
});

describe("repositories", () => {
  test("each has a token of its own, and keeps it", () => {
    const folder = fresh();
    const a = registered(folder, "/r/a");
    const b = registered(folder, "/r/b");
    expect(a.token).not.toBe(b.token);
    // as a part of a path, without escapes
    expect(a.token).toMatch(/^[\w-]{22,}$/);
    expect(registered(folder, "/r/a")).toEqual(a);
    expect(repositories(folder).map((r) => r.root)).toEqual(["/r/a", "/r/b"]);
    unregister(folder, "/r/a");
    expect(known(folder, "/r/a")).toBeUndefined();
    expect(registered(folder, "/r/a").token).not.toBe(a.token);
  });

  test("an entry that was tampered with is made anew", () => {
    const folder = fresh();
    registered(folder, "/r/a");
    const [name] = readdirSync(join(folder, "repositories"));
    const path = join(folder, "repositories", name!);
    writeFileSync(path, '{"root":"/r/a","token":"../../x"}');
    expect(registered(folder, "/r/a").token).toMatch(/^[\w-]{22,}$/);
    writeFileSync(path, readFileSync(path, "utf8").replace("/r/a", "/r/z"));
    expect(known(folder, "/r/a")).toBeUndefined();
  });
});
