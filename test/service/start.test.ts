import { spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, freePort, run, specOf, type Upstream, type User, upstream, user } from "./background.ts";
import { bundled, type Program } from "./program.ts";

const root = join(import.meta.dirname, "../..");
let program: Program;
let one: Upstream;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  [program, one] = await Promise.all([bundled(root), upstream("one")]);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  program.remove();
  one.close();
});

/** A user with one repository and no proxy yet. */
const fresh = async (): Promise<{ who: User; at: string; port: number }> => {
  const who = user();
  const port = await freePort();
  const at = who.repository("first", specOf(port, [one.origin]));
  ends.push(who.remove);
  return { who, at, port };
};
const off = (who: User, at: string): void =>
  void ends.push(() => run(program.cli, at, who.env, "proxy", "off", "--now"));
const baseOf = async (who: User, at: string): Promise<string> =>
  (await run(program.cli, at, who.env, "env", "claude")).data["env"]["ANTHROPIC_BASE_URL"];
/** Waits until somebody takes connections at a port. */
const open = async (port: number): Promise<void> => {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
    });
    if (isOpen) return;
  }
};

describe("a cold start", () => {
  test("the first request behind `proxy on` is answered", async () => {
    const { who, at } = await fresh();
    const base = await baseOf(who, at);
    off(who, at);
    expect((await run(program.cli, at, who.env, "proxy", "on")).code).toBe(0);
    expect(await ask(base)).toEqual({ status: 200, by: "one" });
  });

  test("a request that comes before the worker is there waits for it", async () => {
    const { who, at, port } = await fresh();
    const base = await baseOf(who, at);
    const holder = join(program.cli, "..", "holder.js");
    const child = spawn(process.execPath, [holder, `${port}`], { env: who.env, stdio: "ignore" });
    ends.push(() => child.kill());
    await open(port);
    const asked = Array.from({ length: 20 }, () => ask(base));
    for (const answer of await Promise.all(asked)) expect(answer).toEqual({ status: 200, by: "one" });
  });

  test("in a terminal it says where it listens once it does", async () => {
    const { who, at } = await fresh();
    const child = spawn(process.execPath, [program.cli, "proxy"], {
      cwd: at,
      env: who.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    ends.push(() => child.kill());
    const line = await new Promise<string>((resolve) =>
      child.stdout.once("data", (text) => resolve(String(text))),
    );
    const base = /listening on (\S+)/.exec(line)?.[1];
    expect(base).toBe(await baseOf(who, at));
    expect(await ask(base!)).toEqual({ status: 200, by: "one" });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    expect(await gone).toBe(0);
  });

  test("two that start at once end up with one proxy, and both say so", async () => {
    const { who, at } = await fresh();
    const base = await baseOf(who, at);
    off(who, at);
    const said = await Promise.all([0, 1].map(() => run(program.cli, at, who.env, "proxy", "on")));
    expect(said.map(({ code }) => code)).toEqual([0, 0]);
    expect(await ask(base)).toEqual({ status: 200, by: "one" });
  });
});
