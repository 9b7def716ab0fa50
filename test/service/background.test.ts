import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import http, { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ask,
  freePort,
  keyedSpecOf,
  readJson,
  run,
  runAs,
  type Said,
  specOf,
  type Upstream,
  type User,
  upstream,
  user,
} from "./background.ts";
import { bundled, type Program } from "./program.ts";

const root = join(import.meta.dirname, "../..");
let program: Program;
let one: Upstream;
let two: Upstream;
const users: { who: User; at: string }[] = [];
const portable = (who: User, at: string, ...argv: string[]): Promise<Said> =>
  run(program.cli, at, who.env, ...argv);
const told = async (who: User, at: string, ...argv: string[]): Promise<string> =>
  (await runAs(program.cli, at, who.env, argv)).out;

beforeAll(async () => {
  [program, one, two] = await Promise.all([bundled(root), upstream("one"), upstream("two")]);
});
afterAll(async () => {
  const ended = async ({ who, at }: (typeof users)[number]): Promise<void> => {
    await portable(who, at, "proxy", "off", "--now");
    who.remove();
  };
  await Promise.all(users.map(ended));
  program.remove();
  one.close();
  two.close();
});

/** A user whose proxy is on for one repository. */
const started = async (
  origins: readonly string[],
): Promise<{ who: User; at: string; base: string; port: number }> => {
  const who = user();
  const port = await freePort();
  const at = who.repository("first", specOf(port, origins));
  users.push({ who, at });
  const on = await portable(who, at, "proxy", "on");
  expect(on.out).toContain(`${port}`);
  expect(on.code).toBe(0);
  return { who, at, port, base: await baseOf(who, at) };
};
const baseOf = async (who: User, at: string): Promise<string> =>
  (await portable(who, at, "env", "claude")).data["env"]["ANTHROPIC_BASE_URL"];
const entryOf = (who: User, port: number): Record<string, any> =>
  readJson(join(who.state, `proxies/${port}.json`));
const status = async (who: User, port: number): Promise<Record<string, any>> => {
  const { secret } = entryOf(who, port);
  const answer = await fetch(`http://127.0.0.1:${port}/-/status`, {
    headers: { "x-portable-secret": secret },
  });
  return (await answer.json()) as Record<string, any>;
};
const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe("the proxy in the background", () => {
  test("serves each repository under its own token, and ends", async () => {
    one.status = 529;
    const { who, at, base, port } = await started([one.origin, two.origin]);
    expect(await ask(base)).toEqual({ status: 200, by: "two" });
    const other = who.repository("second", specOf(port, [two.origin]));
    expect((await portable(who, other, "proxy", "on")).code).toBe(0);
    const otherBase = await baseOf(who, other);
    expect(otherBase).not.toBe(base);
    expect(await ask(otherBase)).toEqual({ status: 200, by: "two" });
    const { repositories, pid } = await status(who, port);
    expect(repositories.map((r: { root: string }) => r.root)).toEqual([at, other]);
    expect((await ask(base.replace(/\w+$/, "x".repeat(24)))).status).toBe(403);

    const { pid: holder } = entryOf(who, port);
    expect((await portable(who, at, "proxy", "off", "--now")).data["running"]).toBe(false);
    await until(() => !lives(holder) && !lives(pid));
    await expect(fetch(base)).rejects.toThrow();
  });

  test("off makes a plain pipe of it, on a failover again", async () => {
    one.status = 529;
    const { who, at, base, port } = await started([one.origin, two.origin]);
    expect((await portable(who, at, "proxy", "on")).data).toMatchObject({ already: true, port });
    expect(await told(who, at, "proxy", "off")).toContain("a plain pipe now");
    expect(await told(who, at, "proxy", "off")).toContain("a plain pipe already");
    expect((await status(who, port))["repositories"][0].plain).toBe(true);
    const before = two.asked;
    expect(await ask(base)).toEqual({ status: 529, by: "one" });
    expect(two.asked).toBe(before);
    expect((await portable(who, at, "proxy", "on")).data["already"]).toBe(false);
    expect(await ask(base)).toEqual({ status: 200, by: "two" });
  });

  test("a key that is set later is used from then on, also once the worker has been killed", async () => {
    one.status = 200;
    const who = user();
    const port = await freePort();
    const at = who.repository("first", keyedSpecOf(port, [one.origin, two.origin], "LATER_KEY"));
    users.push({ who, at });
    const bare = await told(who, at, "proxy", "on");
    expect(bare).toContain("no key for server0/m0: set LATER_KEY");
    const base = await baseOf(who, at);
    expect((await ask(base, "before")).by).toBe("two");
    expect(await told(who, at, "proxy", "status")).toContain("no key: set LATER_KEY");
    const line = await portable(who, at, "proxy", "status", "--line");
    expect(line.data["line"]).toBe("portable: server1/m1 (server0/m0 has no key)");

    writeFileSync(join(at, "claude"), "#!/bin/sh\nexit 7\n", { mode: 0o700 });
    who.env["PATH"] = `${at}:${who.env["PATH"]}`;
    const run = await portable(who, at, "run", "claude");
    expect(run.code).toBe(7);
    expect(run.out).toContain("portable: no key for server0/m0: set LATER_KEY");

    who.env["LATER_KEY"] = "sk-late";
    const keyed = await told(who, at, "proxy", "on");
    expect(keyed).not.toContain("no key");
    delete who.env["LATER_KEY"];
    expect(await ask(base, "after")).toEqual({ status: 200, by: "one" });
    expect(one.key).toBe("Bearer sk-late");
    const { pid } = await status(who, port);
    process.kill(pid, "SIGKILL");
    await until(() => !lives(pid));
    one.key = undefined;
    expect(await ask(base, "again")).toEqual({ status: 200, by: "one" });
    expect(one.key).toBe("Bearer sk-late");
  });

  test("repositories with ports of their own have each a proxy, and none is lost", async () => {
    const { who, at, base, port } = await started([one.origin]);
    const otherPort = await freePort();
    const other = who.repository("second", specOf(otherPort, [two.origin]));
    expect((await portable(who, other, "proxy", "on")).code).toBe(0);
    expect((await portable(who, at, "proxy", "on")).data["already"]).toBe(true);
    expect((await ask(base)).by).toBe("one");
    expect((await ask(await baseOf(who, other))).by).toBe("two");
    const { proxies, repositories } = (await portable(who, at, "proxy", "status")).data;
    expect(proxies.map((p: { port: number }) => p.port)).toEqual([port, otherPort].sort((a, b) => a - b));
    expect(repositories.map((r: { root: string; port: number }) => [r.root, r.port]).sort()).toEqual([
      [at, port],
      [other, otherPort],
    ]);
    await portable(who, at, "proxy", "off", "--now");
    await until(() => proxies.every((p: { pid: number }) => !lives(p.pid)));
    expect(await told(who, at, "proxy", "off")).toContain("no proxy was running");
  });

  test("one in a terminal is seen, used and ended like one in the background", async () => {
    const who = user();
    const port = await freePort();
    const at = who.repository("first", specOf(port, [one.origin]));
    users.push({ who, at });
    const child = spawn(process.execPath, [program.cli, "proxy"], { cwd: at, env: who.env });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const { running, proxies } = (await portable(who, at, "proxy", "status")).data;
    expect([running, proxies]).toEqual([true, [{ port, pid: child.pid }]]);
    expect((await portable(who, at, "proxy", "on")).data["already"]).toBe(true);
    const second = await portable(who, at, "proxy");
    expect(second.code).toBe(3);
    expect(second.out).toContain(`the proxy runs already on port ${port} (pid ${child.pid})`);
    expect(await told(who, at, "proxy", "off", "--now")).toContain("has ended");
    expect(await ended).toBe(0);
    expect((await portable(who, at, "proxy", "status")).data["running"]).toBe(false);
  });

  test("forget ends the service at once, and leaves a plain pipe one", async () => {
    const { who, at, base, port } = await started([one.origin]);
    await portable(who, at, "proxy", "off");
    expect(await told(who, at, "proxy", "forget")).toContain("no longer served");
    expect((await ask(base)).status).toBe(403);
    expect((await status(who, port))["repositories"]).toEqual([]);
    expect(await told(who, at, "proxy", "forget")).toContain("was not served");
    const other = who.repository("second", specOf(port, [two.origin]));
    await portable(who, other, "env", "claude");
    await until(async () => (await status(who, port))["repositories"].length === 1);
    expect((await status(who, port))["repositories"][0].plain).toBe(true);
  });

  test("another program's port is left alone, and named", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await until(() => server.listening);
    const { port } = server.address() as AddressInfo;
    const who = user();
    const at = who.repository("first", specOf(port, [one.origin]));
    users.push({ who, at });
    for (const argv of [["proxy", "on"], ["proxy"], ["run", "claude"]]) {
      const said = await portable(who, at, ...argv);
      expect(said.code).toBe(3);
      expect(said.out).toContain(`port ${port} is taken by another program`);
    }
    server.close();
  });
});

/** One request on its own connection or on a kept one: how it ended. */
const once = (base: string, agent: http.Agent): Promise<string> =>
  new Promise((resolve) => {
    const body = JSON.stringify({
      model: "main",
      max_tokens: 9,
      messages: [{ role: "user", content: "hi" }],
    });
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const request = http.request(`${base}/v1/messages`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve(`${response.statusCode} ${JSON.parse(text).content?.[0]?.text}`));
      response.on("error", () => resolve("ECONNRESET"));
    });
    request.on("error", (e: NodeJS.ErrnoException) => resolve(e.code ?? e.message));
    request.end(body);
  });

describe("killed at random under load", () => {
  const KILLS = 5;
  test("no client is refused: what was under way is lost, all else waits and is answered", async () => {
    one.status = 200;
    const { who, base, port } = await started([one.origin, two.origin]);
    const ends = new Map<string, number>();
    let isOver = false;
    const client = async (keepAlive: boolean): Promise<string> => {
      const agent = new http.Agent({ keepAlive });
      let last = "";
      while (!isOver || last === "ECONNRESET") {
        last = await once(base, agent);
        ends.set(last, (ends.get(last) ?? 0) + 1);
      }
      agent.destroy();
      return last;
    };
    const clients = Array.from({ length: 6 }, (_, i) => client(i % 2 === 0));
    const killed = new Set<number>();
    while (killed.size < KILLS) {
      const { pid } = await status(who, port).catch(() => ({ pid: undefined }));
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      if (pid !== undefined && !killed.has(pid) && lives(pid)) {
        process.kill(pid, "SIGKILL");
        killed.add(pid);
      }
    }
    isOver = true;
    expect(await Promise.all(clients)).toEqual(clients.map(() => "200 one"));
    expect([...ends.keys()].sort()).toEqual(expect.arrayContaining(["200 one"]));
    const { "200 one": good, ECONNRESET: lost = 0, ...other } = Object.fromEntries(ends);
    expect(other).toEqual({});
    expect(good).toBeGreaterThan(lost);
    // at most what each client had under way at a kill
    expect(lost).toBeLessThanOrEqual(KILLS * clients.length);
  });
});
