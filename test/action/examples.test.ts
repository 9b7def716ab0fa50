import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import pkg from "../../package.json" with { type: "json" };
import { commands } from "../../src/commands/table.ts";
import { type Packed, pack } from "../packed.ts";
import { readAction, spawned } from "./composite.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "examples/ci");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const action = readAction(join(root, "action.yml"));

/** `portable verify --strict` and the like, wherever a text says so. */
const commandLines = (text: string): string[][] =>
  [...text.matchAll(/^[\s-]*portable ([a-z][^\n>|&"`]*)/gm)].map((m) => m[1]!.trim().split(/\s+/));

describe.each(readdirSync(folder).filter((name) => name === "github.yml" || name === "gitlab-ci.yml"))(
  "%s",
  (name) => {
    test("is YAML, and names no program that is another's", () => {
      expect(parse(read(name))).toBeTypeOf("object");
      expect(read(name)).not.toMatch(/npx portable|npm (?:i|install|exec) [^\n]*\bportable\b(?!-)/);
    });

    test("uses commands and options that there are", () => {
      for (const [command, ...words] of commandLines(read(name))) {
        expect(commands).toHaveProperty(command!);
        const known: string[] = [...commands[command!]!.flags, "cwd", "json", "format"];
        for (const word of words.filter((w) => w.startsWith("--"))) expect(known).toContain(word.slice(2));
      }
    });
  },
);

test("the workflow asks for no more than it needs, and gives the action only what it knows", () => {
  const workflow = parse(read("github.yml"));
  expect(workflow.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
  const { steps } = workflow.jobs.verify;
  const ours = steps.find((s: any) => /\/portable@/.test(s.uses ?? ""));
  for (const key of Object.keys(ours.with)) expect(action.inputs).toHaveProperty(key);
  expect(steps[0].with["persist-credentials"]).toBe(false);
  for (const step of steps) expect(step.run).toBeUndefined();
});

describe("the GitLab job", () => {
  const job = parse(read("gitlab-ci.yml")).portable;
  let packed: Packed;
  let bin: string;
  beforeAll(async () => {
    packed = await pack();
    bin = join(packed.folder, "bin");
    mkdirSync(bin);
    const program = (name: string, script: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program("npm", 'echo "npm $*" >> npm.log');
    program("portable", `exec "${process.execPath}" "${packed.cli}" "$@"`);
  });
  afterAll(() => packed.remove());

  /** Runs it as a runner does: one script, then what comes after it whatever happened. */
  const run = async (cwd: string) => {
    const env = { PATH: `${bin}:${process.env["PATH"]}`, PORTABLE: job.variables.PORTABLE };
    const bash = (lines: string[]) =>
      spawned("bash", ["-eo", "pipefail", "-c", lines.join("\n")], { cwd, env });
    const ended = await bash([...job.before_script, ...job.script]);
    await bash(job.after_script);
    return ended;
  };

  test("pins this version, and fails as verify does with its reports kept", async () => {
    const cwd = join(packed.folder, "shop");
    cpSync(join(root, "examples/team"), cwd, { recursive: true });
    rmSync(join(cwd, "CLAUDE.md"));
    const ended = await run(cwd);
    expect(ended).toMatchObject({ status: 1, output: expect.stringContaining("CLAUDE.md is missing") });
    expect(readFileSync(join(cwd, "npm.log"), "utf8")).toContain(` ${pkg.name}@${pkg.version}\n`);
    expect(job.artifacts.when).toBe("always");
    for (const path of job.artifacts.paths) expect(existsSync(join(cwd, path)), path).toBe(true);
    expect(JSON.parse(readFileSync(join(cwd, "portable.sarif"), "utf8")).version).toBe("2.1.0");
    writeFileSync(join(cwd, "portable.yaml"), "portable: 9\n");
    expect((await run(cwd)).status).toBe(2);
  });
});
