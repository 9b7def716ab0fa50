import http, { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ask,
  freePort,
  readJson,
  run,
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

beforeAll(async () => {
  [program, one, two] = await Promise.all([bundled(root), upstream("one"), upstream("two")]);
});
afterAll(async () => {
  for (const { who, at } of users) {
    await portable(who, at, "proxy", "off", "--now");
    who.remove();
  }
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
const status = async (who: User): Promise<Record<string, any>> => {
  const { port, secret } = readJson(join(who.state, "proxy.json"));
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
    const { repositories, pid } = await status(who);
    expect(repositories.map((r: { root: string }) => r.root)).toEqual([at, other]);
    expect((await ask(base.replace(/\w+$/, "x".repeat(24)))).status).toBe(403);

    const { pid: holder } = readJson(join(who.state, "proxy.json"));
    expect((await portable(who, at, "proxy", "off", "--now")).data["running"]).toBe(false);
    await until(() => !lives(holder) && !lives(pid));
    await expect(fetch(base)).rejects.toThrow();
  });

  test("off makes a plain pipe of it, on a failover again", async () => {
    one.status = 529;
    const { who, at, base } = await started([one.origin, two.origin]);
    await portable(who, at, "proxy", "off");
    expect((await status(who))["repositories"][0].plain).toBe(true);
    const before = two.asked;
    expect(await ask(base)).toEqual({ status: 529, by: "one" });
    expect(two.asked).toBe(before);
    await portable(who, at, "proxy", "on");
    expect(await ask(base)).toEqual({ status: 200, by: "two" });
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
    const { who, base } = await started([one.origin, two.origin]);
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
      const { pid } = await status(who).catch(() => ({ pid: undefined }));
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
