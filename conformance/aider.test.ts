import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Asked, type ChatMock, serveChat } from "./chat-mock.ts";
import { built } from "./claude-project.ts";
import { type Files, inProject } from "./project.ts";
import { type Ended, missing, programs, run, versionOf } from "./python.ts";

const installed = programs("aider") !== undefined;
const name = `Aider ${versionOf("aider", "aider_chat") ?? ""}`.trim();

let mocks: ChatMock[] = [];
const mock = async (): Promise<ChatMock> => {
  const made = await serveChat();
  mocks.push(made);
  return made;
};
afterEach(async () => {
  for (const m of mocks) await m.close();
  mocks = [];
});

const quiet = ["--yes-always", "--no-check-update", "--no-show-release-notes", "--analytics-disable"];
const calm = ["--no-gitignore", "--no-auto-commits", "--no-show-model-warnings", "--no-pretty"];
/** No key is one of a provider; a wrong one is told by its name. */
const keys = { OPENAI_API_KEY: "CANARY_OPENAI", ANTHROPIC_API_KEY: "CANARY_ANTHROPIC" };
const aider = (root: string, ...args: string[]): Promise<Ended> =>
  run("aider", "aider", [...quiet, ...calm, ...args], { cwd: root, env: keys });

const accept = ["loss/weak@aider:*", "loss/field@aider:*", "loss/kind@*"].map((code) => ({
  code,
  reason: "known",
}));
/** Builds a spec with the real kernel in a repository of Git. */
const inRepository = (spec: object, files: Files, use: (root: string) => Promise<void>): Promise<void> =>
  inProject({ ...files, "portable.yaml": stringify({ portable: 1, accept, ...spec }) }, async (root) => {
    built(root);
    const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
    git("init", "-q");
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@t.test", "commit", "-qm", "x");
    await use(root);
  });
/** How often a text came with one request. */
const times = (asked: Asked, text: string): number => asked.body.split(text).length - 1;

const rules: Files = {
  ".portable/rules/both.md": "CANARY_BOTH\n",
  ".portable/rules/mine.md": "---\ntargets: [aider]\n---\nCANARY_MINE\n",
  ".portable/rules/other.md": "---\ntargets: [agents]\n---\nCANARY_OTHER\n",
};

describe(`${name}, what it makes of the files`, () => {
  test("starts with every option, and asks the model of each role and alias at its server", {
    timeout: 180_000,
  }, async (context) => {
    context.skip(!installed, missing);
    const [first, second] = [await mock(), await mock()];
    const spec = {
      targets: ["aider"],
      providers: {
        one: { type: "llama.cpp", origin: first.origin },
        two: { type: "lmstudio", origin: second.origin },
        three: { type: "vllm", origin: second.origin },
        own: { origin: first.origin },
        ollama: { origin: `${second.origin}/` },
      },
      models: {
        main: { chain: ["one/big", "two/medium", "three/small"] },
        fast: { chain: ["one/quick"] },
        edit: { chain: ["two/hand"] },
        review: { chain: ["own/eyes", "ollama/qwen3:30b"] },
      },
      settings: {
        aider: {
          "auto-lint": false,
          "map-tokens": 0,
          "lint-cmd": ["true"],
          "edit-format": "ask",
          timeout: 9,
        },
      },
    };
    await inRepository(spec, {}, async (root) => {
      const exit = await aider(root, "--exit");
      expect(exit.code, exit.stdout + exit.stderr).toBe(0);
      expect(exit.stdout).not.toMatch(/Error loading|Invalid alias|unrecognized|does not exist/);
      expect(exit.stdout).toMatch(/Main model: openai\/big with ask edit format/);
      expect(exit.stdout).toMatch(/Weak model: openai\/quick/);
      const asked = async (...args: string[]): Promise<string[]> => {
        const from = [first.requests.length, second.requests.length];
        const ended = await aider(root, ...args, "--message", "hi");
        expect(ended.code, ended.stdout + ended.stderr).toBe(0);
        const said = (m: ChatMock, i: number) =>
          m.requests.slice(from[i]).map((r) => `${i} ${r.path} ${r.model} ${r.authorization}`);
        return [...said(first, 0), ...said(second, 1)];
      };
      expect(await asked()).toEqual(["0 /v1/chat/completions big Bearer none"]);
      expect(await asked("--model", "main-2")).toEqual(["1 /v1/chat/completions medium Bearer fake-api-key"]);
      expect(await asked("--model", "main-3")).toEqual(["1 /v1/chat/completions small Bearer fake-api-key"]);
      expect(await asked("--model", "review")).toEqual(["0 /v1/chat/completions eyes Bearer none"]);
      expect(await asked("--model", "review-2")).toEqual([expect.stringMatching(/^1 \/api\/chat qwen3:30b/)]);
      const architect = await aider(root, "--edit-format", "architect", "--exit");
      expect(architect.stdout).toMatch(/Editor model: lm_studio\/hand/);
      expect(JSON.stringify([...first.requests, ...second.requests])).not.toContain("CANARY_OPENAI");
    });
  });

  test("what a server takes is known where the spec says it", async (context) => {
    context.skip(!installed, missing);
    const server = await mock();
    const warns = async (more: object): Promise<boolean> => {
      let out = "";
      const spec = {
        targets: ["aider"],
        providers: { one: { type: "llama.cpp", origin: server.origin, ...more } },
        models: { main: { chain: ["one/big"] } },
      };
      await inRepository(spec, {}, async (root) => {
        const options = [...quiet, "--no-gitignore", "--no-auto-commits", "--no-pretty", "--exit"];
        const ended = await run("aider", "aider", options, { cwd: root, env: keys });
        expect(ended.code, ended.stdout + ended.stderr).toBe(0);
        out = ended.stdout + ended.stderr;
      });
      return out.includes("Unknown context window size");
    };
    expect([await warns({}), await warns({ context: 32_768 })]).toEqual([true, false]);
  });

  test("rules arrive once, and those of others do not", async (context) => {
    context.skip(!installed, missing);
    const server = await mock();
    const models = {
      providers: { one: { type: "llama.cpp", origin: server.origin } },
      models: { main: { chain: ["one/big"] } },
    };
    const seen = async (targets: string[], files: Files): Promise<number[]> => {
      const from = server.requests.length;
      await inRepository({ targets, ...models }, files, async (root) => {
        const ended = await aider(root, "--message", "hi");
        expect(ended.code, ended.stdout + ended.stderr).toBe(0);
      });
      const [request, ...more] = server.requests.slice(from);
      expect(more).toEqual([]);
      return ["CANARY_BOTH", "CANARY_MINE", "CANARY_OTHER"].map((c) => times(request!, c));
    };
    const { ".portable/rules/other.md": _, ...own } = rules;
    expect(await seen(["aider"], rules)).toEqual([1, 1, 0]);
    expect(await seen(["aider", "agents"], own)).toEqual([1, 1, 0]);
    expect(await seen(["aider", "agents"], rules)).toEqual([1, 1, 0]);
  });

  test("a prompt file is sent, an ignored file is not", async (context) => {
    context.skip(!installed, missing);
    const server = await mock();
    const spec = {
      targets: ["aider"],
      ignore: ["private/**", "*.pem"],
      providers: { one: { type: "llama.cpp", origin: server.origin } },
      models: { main: { chain: ["one/big"] } },
    };
    const files = {
      ".portable/commands/ship.md": "---\ndescription: x\n---\n\nCANARY_SHIP $1\n\n{{arguments}}\n",
      "private/a.txt": "CANARY_PRIVATE\n",
      "open/a.txt": "CANARY_OPEN\n",
      "open/key.pem": "CANARY_PEM\n",
    };
    await inRepository(spec, files, async (root) => {
      const added = ["private/a.txt", "open/a.txt", "open/key.pem"].flatMap((f) => ["--file", f]);
      const ended = await aider(root, ...added, "--message-file", ".aider.prompts/ship.md");
      expect(ended.code, ended.stdout + ended.stderr).toBe(0);
      const [request] = server.requests;
      expect(
        ["CANARY_SHIP $1", "CANARY_OPEN", "CANARY_PRIVATE", "CANARY_PEM"].map((c) => times(request!, c)),
      ).toEqual([1, 1, 0, 0]);
    });
  });
});

describe(`${name}, files as another would write them`, () => {
  const starts = async (config: string): Promise<number | null> => {
    let code: number | null = null;
    await inProject({ ".aider.conf.yml": config }, async (root) => {
      code = (await aider(root, "--no-git", "--exit", "--model", "gpt-4o")).code;
    });
    return code;
  };
  test.for([
    ["an option that there is not", "weak_model: gpt-4o\n", 2],
    ["comments only", "# model: gpt-4o\n", 2],
    ["a list for a text", "test-cmd: [a]\n", 2],
    ["a beginning that is unique", "weak-mod: gpt-4o\n", 0],
    ["the no- form of a switch", "no-pretty: true\n", 0],
    ["one text for a list", "read: a.md\n", 0],
  ] as const)("%s", async ([, config, status], context) => {
    context.skip(!installed, missing);
    expect(await starts(config)).toBe(status);
  });
});
