import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reader } from "../../src/commands/registrations.ts";
import { createService, logFile } from "../../src/service/service.ts";
import { registered } from "../../src/service/state.ts";
import { ask, keyedSpecOf, specOf, type Upstream, type User, upstream, user } from "./background.ts";

const POLL = 2_000;
const IDLE = 30 * 60_000;
let who: User;
let one: Upstream;
let two: Upstream;
let nowMs = 0;
const said: string[] = [];
const end = vi.fn();
const kept: unknown[] = [];
const close: (() => void)[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  [who, one, two] = [user(), await upstream("one"), await upstream("two")];
  nowMs = 1_000_000;
  said.length = 0;
  kept.length = 0;
  end.mockReset();
});
afterEach(() => {
  for (const c of close.splice(0)) c();
  one.close();
  two.close();
  who.remove();
  vi.useRealTimers();
});

const secret = "the secret of the state folder";
/** A service in this process, on a port of its own. */
const serve = async (): Promise<string> => {
  const { server } = createService({
    folder: who.state,
    env: who.env,
    ...reader(who.state),
    clock: { now: () => nowMs, random: () => 0.5 },
    secret,
    say: (text) => said.push(text),
    keep: (given) => kept.push(given),
    end,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const control = (origin: string, path: string, key = secret): Promise<Response> =>
  fetch(`${origin}/-/${path}`, { method: "POST", headers: { "x-portable-secret": key } });
/** Time goes by; the files are looked at again. */
const pass = (ms: number): void => {
  nowMs += ms;
  vi.advanceTimersByTime(POLL);
};
const write = (root: string, text: string): void => writeFileSync(join(root, "portable.yaml"), text);

describe("specs", () => {
  test("an edit is picked up, a broken one is not, and the next good one is", async () => {
    const root = who.repository("r", specOf(4141, [one.origin]));
    const { token } = registered(who.state, root);
    const origin = await serve();
    const base = `${origin}/${token}`;
    expect((await ask(base)).by).toBe("one");
    write(root, specOf(4141, [two.origin]));
    pass(POLL);
    expect((await ask(base)).by).toBe("two");
    for (const broken of [
      "models: [",
      "portable: 1\nnonsense: true\n",
      "",
      "portable: 1\ntargets: [agents]\n",
    ]) {
      write(root, broken);
      pass(POLL);
      expect((await ask(base)).by, broken).toBe("two");
      expect(said.at(-1)).toBe(`${root}: its spec cannot be used; the last one that could stays`);
    }
    write(root, `${specOf(4141, [one.origin])}# mended\n`);
    pass(POLL);
    expect((await ask(base)).by).toBe("one");
  });

  test("a repository that comes later is served, one that is gone is not", async () => {
    const origin = await serve();
    const root = who.repository("later", specOf(4141, [one.origin]));
    const { token } = registered(who.state, root);
    expect((await ask(`${origin}/${token}`)).status).toBe(403);
    pass(POLL);
    expect((await ask(`${origin}/${token}`)).status).toBe(200);
    const { unregister } = await import("../../src/service/state.ts");
    unregister(who.state, root);
    pass(POLL);
    expect((await ask(`${origin}/${token}`)).status).toBe(403);
  });

  test("one that sends a key to an address of its own is not served until somebody allowed it", async () => {
    const spec = specOf(4141, ["https://models.example.com"]).replace(
      "origin:",
      'apiKey: "${MY_KEY}"\n    origin:',
    );
    const { token } = registered(who.state, who.repository("r", spec));
    expect((await ask(`${await serve()}/${token}`)).status).toBe(403);
  });
});

describe("off", () => {
  test("ends it once nobody has asked for half an hour, and not before", async () => {
    const { token } = registered(who.state, who.repository("r", specOf(4141, [one.origin])));
    const origin = await serve();
    pass(2 * IDLE);
    expect(end).not.toHaveBeenCalled();
    await control(origin, "off");
    for (let i = 0; i < 3; i++) {
      pass(IDLE - POLL);
      expect(end).not.toHaveBeenCalled();
      await ask(`${origin}/${token}`);
    }
    pass(IDLE);
    expect(end).not.toHaveBeenCalled();
    pass(POLL);
    expect(end).toHaveBeenCalled();
  });

  test("holds for repositories that come later, too", async () => {
    const origin = await serve();
    await control(origin, "off");
    one.status = 529;
    const { token } = registered(who.state, who.repository("r", specOf(4141, [one.origin, two.origin])));
    pass(POLL);
    expect(await ask(`${origin}/${token}`)).toEqual({ status: 529, by: "one" });
    await control(origin, "reload");
    expect(await ask(`${origin}/${token}`)).toEqual({ status: 529, by: "one" });
    await control(origin, "on");
    expect(await ask(`${origin}/${token}`)).toEqual({ status: 200, by: "two" });
  });
});

describe("variables that a user hands over", () => {
  const hand = (origin: string, body: string): Promise<Response> =>
    fetch(`${origin}/-/on`, { method: "POST", headers: { "x-portable-secret": secret }, body });
  const statusIn = async (answer: Response): Promise<any[]> =>
    ((await answer.json()) as { repositories: any[] }).repositories;

  test("serve their repository alone, from then on, and are kept in memory alone", async () => {
    const spec = keyedSpecOf(4141, [one.origin, two.origin], "LATER_KEY");
    const [a, b] = ["a", "b"].map((name) => registered(who.state, who.repository(name, spec)));
    const origin = await serve();
    expect((await ask(`${origin}/${a!.token}`)).by).toBe("two");
    const before = await statusIn(await control(origin, "reload"));
    expect(before[0].routes[0].targets[0]).toMatchObject({ id: "server0/m0", noKey: "LATER_KEY" });
    expect(before[0].routes[0].targets[1].answeredMs).toBe(nowMs);
    const after = await statusIn(
      await hand(origin, JSON.stringify({ root: a!.root, variables: { LATER_KEY: "sk-late" } })),
    );
    expect(after.map((r) => r.routes[0].targets[0].noKey)).toEqual([undefined, "LATER_KEY"]);
    expect(await ask(`${origin}/${a!.token}`, "another")).toEqual({ status: 200, by: "one" });
    expect(one.key).toBe("Bearer sk-late");
    expect((await ask(`${origin}/${b!.token}`)).by).toBe("two");
    expect(JSON.stringify(after)).not.toContain("sk-late");
    const files = readdirSync(who.state, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), "utf8")).not.toContain("sk-late");
    expect(kept).toEqual([[{ root: a!.root, variables: { LATER_KEY: "sk-late" } }]]);
  });

  test("are dropped where they are none, and the proxy goes on", async () => {
    const { token, root } = registered(who.state, who.repository("a", specOf(4141, [one.origin])));
    const origin = await serve();
    const hostile = ["", "{", "null", "[]", `{"root":1}`, `{"root":"${root}"}`];
    const more = [
      `{"root":"${root}","variables":null}`,
      `{"root":"${root}","variables":{"A":1}}`,
      `{"root":"/nowhere","variables":{"A":"x"}}`,
      `{"root":"${root}","variables":{"A":"${"x".repeat(300_000)}"}}`,
    ];
    for (const body of [...hostile, ...more])
      expect((await hand(origin, body)).status, body.slice(0, 80)).toBe(200);
    expect(kept).toEqual([]);
    expect((await ask(`${origin}/${token}`)).by).toBe("one");
  });
});

test("only who can read the state folder changes it", async () => {
  const origin = await serve();
  for (const path of ["on", "off", "end", "reload", "status"])
    expect((await control(origin, path, "guess")).status).toBe(403);
  expect((await control(origin, "nonsense")).status).toBe(404);
  expect((await fetch(`${origin}/-/end`, { headers: { "x-portable-secret": secret } })).status).toBe(404);
  expect(end).not.toHaveBeenCalled();
  await control(origin, "end");
  expect(end).toHaveBeenCalledOnce();
});

test("what happened is kept, one JSON line each, for the user alone", async () => {
  const { statSync } = await import("node:fs");
  one.status = 529;
  const { token } = registered(who.state, who.repository("r", specOf(4141, [one.origin, two.origin])));
  const base = `${await serve()}/${token}`;
  await ask(base, "one");
  await ask(base, "two");
  await ask(base, "two");
  const path = join(who.state, logFile);
  const events = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l));
  const answers = events.filter((e) => e.event === "answer");
  expect(answers).toHaveLength(3);
  // the conversation stays for a while where it was answered
  expect(answers[2].missed).toEqual([]);
  expect(answers.map((e) => e.insteadOf)).toEqual(Array(3).fill("server0/m0"));
  expect(events.map((e) => e.event)).toContain("down");
  expect(answers[0].missed).toEqual([{ target: "server0/m0", reason: "status 529" }]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
