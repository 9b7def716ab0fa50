import { afterEach, describe, expect, test } from "vitest";
import { createAgents } from "../../src/proxy/attempt.ts";
import { steps } from "../../src/proxy/steps/index.ts";
import { eventsOf, type Json, post, type Rig, registration, rig, serveMock, target } from "./steps/rig.ts";
import { down, type Script } from "./steps/script.ts";
import { messages } from "./steps/script-messages.ts";
import { responses } from "./steps/script-responses.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const keep = async <T extends { close(): Promise<void> }>(made: Promise<T>): Promise<T> => {
  const one = await made;
  open.push(one);
  return one;
};

interface Play {
  proxy: Rig;
  history: Json[];
  statuses: number[];
  served: string[];
}
const ask = async (script: Script, play: Play): Promise<boolean> => {
  const answer = await post(`${play.proxy.base}${script.path}`, script.ask(play.history), script.headers);
  const text = await answer.text();
  play.statuses.push(answer.status);
  expect(answer.status, text).toBe(200);
  const events = eventsOf(text);
  expect(events.filter(({ type }) => type === "error" || type === "response.failed")).toEqual([]);
  play.served.push(answer.headers.get("x-portable-model")!);
  const { turns, goesOn } = script.take(events);
  play.history.push(...turns);
  return goesOn;
};
const say = (script: Script, play: Play, text: string): Promise<boolean> => {
  play.history.push(...script.person(text));
  return ask(script, play);
};

describe.each([
  ["messages", messages],
  ["responses", responses],
] as const)("%s", (dialect, script) => {
  const start = async () => {
    const cloudSays = script.cloud();
    const cloud = await keep(serveMock(cloudSays));
    const local = await keep(serveMock(script.local()));
    const chain = registration([
      target("cloud/opus", cloud.origin, [dialect], { own: [dialect] }),
      target("local/qwen", local.origin, [dialect], { local: true }),
    ]);
    const proxy = await keep(rig(chain));
    const play: Play = { proxy, history: [], statuses: [], served: [] };
    return { cloud, local, play, up: () => (cloud.say = cloudSays), fall: () => (cloud.say = down) };
  };

  test("six turns from the cloud to a local model and back", async () => {
    const { cloud, play, up, fall } = await start();
    const later = (): void => play.proxy.later(60_000);
    expect(await say(script, play, "one")).toBe(true);
    expect(await ask(script, play)).toBe(false);

    fall();
    expect(await say(script, play, "two")).toBe(true);
    up();
    later();
    expect(await ask(script, play), "amid its turn a model goes on").toBe(false);

    later();
    expect(await say(script, play, "three")).toBe(true);
    fall();
    expect(await ask(script, play), "it must go on elsewhere").toBe(false);

    later();
    expect(await say(script, play, "four")).toBe(true);
    expect(await ask(script, play)).toBe(false);

    up();
    later();
    expect(await say(script, play, "five")).toBe(true);
    expect(await ask(script, play)).toBe(false);
    expect(await say(script, play, "six")).toBe(true);
    expect(await ask(script, play)).toBe(false);

    const [c, l] = ["cloud/opus", "local/qwen"];
    expect(play.served).toEqual([c, c, l, l, c, l, l, l, c, c, c, c]);
    expect(play.statuses.every((status) => status === 200)).toBe(true);
    // what the cloud has made itself is still there
    const last = cloud.heard.at(-1)!.text;
    expect(last).toMatch(dialect === "messages" ? /Ev000c+/ : /gAAAAA0c+/);
    expect(last).not.toContain("local thought");
    const switches = play.proxy.events.flatMap((e) => (e.event === "switched" ? [[e.from, e.to]] : []));
    expect(switches).toEqual([
      ["cloud/opus opus", "local/qwen qwen"],
      ["local/qwen qwen", "cloud/opus opus"],
      ["cloud/opus opus", "local/qwen qwen"],
      ["local/qwen qwen", "cloud/opus opus"],
    ]);
  });

  test("a conversation comes back amid a turn when the local model falls too", async () => {
    const { local, play, up, fall } = await start();
    fall();
    expect(await say(script, play, "one")).toBe(true);
    up();
    play.proxy.later(60_000);
    local.say = down;
    expect(await ask(script, play)).toBe(false);
    expect(play.served).toEqual(["local/qwen", "cloud/opus"]);
  });

  test("a history that nobody watched is cleaned by its looks", async () => {
    const { play, up, fall, cloud, local } = await start();
    expect(await say(script, play, "one")).toBe(true);
    expect(await ask(script, play)).toBe(false);
    fall();
    expect(await say(script, play, "two")).toBe(true);
    expect(await ask(script, play)).toBe(false);
    up();
    const chain = registration([
      target("cloud/opus", cloud.origin, [dialect], { own: [dialect] }),
      target("local/qwen", local.origin, [dialect], { local: true }),
    ]);
    play.proxy = await keep(rig(chain));
    expect(await say(script, play, "three")).toBe(true);
    expect(await ask(script, play)).toBe(false);
    expect(play.served).toEqual([
      "cloud/opus",
      "cloud/opus",
      "local/qwen",
      "local/qwen",
      "cloud/opus",
      "cloud/opus",
    ]);
  });

  test("without an outage the cloud gets every byte as it came", async () => {
    const { cloud, play } = await start();
    expect(await say(script, play, "one")).toBe(true);
    const odd = JSON.stringify(script.ask(play.history)).replace("{", '{ "x" : 1.0 ,\n');
    const answer = await fetch(`${play.proxy.base}${script.path}`, {
      method: "POST",
      body: odd,
      headers: { "content-type": "application/json", ...script.headers },
    });
    expect(answer.status).toBe(200);
    await answer.text();
    expect(cloud.heard.at(-1)!.text).toBe(odd);
  });

  test("the test can fail: without the steps the cloud refuses the history", async () => {
    const { cloud, local, play, up, fall } = await start();
    const chain = registration([
      target("cloud/opus", cloud.origin, [dialect], { own: [dialect] }),
      target("local/qwen", local.origin, [dialect], { local: true }),
    ]);
    local.say = script.local();
    const ended: unknown[] = [];
    const real = steps({
      clock: { now: Date.now, random: Math.random },
      agents: createAgents(),
      sink: () => {},
      factsOf: () => ({}),
    });
    play.proxy = await keep(
      rig(chain, {
        steps: {
          shape: (asked, candidate, out) => (candidate.target.own ? out : real.shape(asked, candidate, out)),
          ended: (asked) => void ended.push(asked),
        },
      }),
    );
    fall();
    expect(await say(script, play, "one")).toBe(true);
    expect(await ask(script, play)).toBe(false);
    up();
    play.proxy.later(60_000);
    play.history.push(...script.person("two"));
    const answer = await post(`${play.proxy.base}${script.path}`, script.ask(play.history), script.headers);
    expect(answer.status).toBe(400);
    await answer.text();
    expect(ended.length).toBe(3);
  });
});
