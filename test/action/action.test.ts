import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Packed, pack } from "../packed.ts";
import { type Api, startApi } from "./api.ts";
import { type Done, readAction, runComposite, spawned } from "./composite.ts";

const root = join(import.meta.dirname, "../..");
const action = readAction(join(root, "action.yml"));

let packed: Packed;
/** The action's checkout, with a build in it. */
let actionPath: string;
beforeAll(async () => {
  packed = await pack();
  actionPath = join(packed.folder, "action");
  mkdirSync(join(actionPath, "dist"), { recursive: true });
  copyFileSync(join(root, "action.yml"), join(actionPath, "action.yml"));
  symlinkSync(join(root, "scripts"), join(actionPath, "scripts"));
  writeFileSync(join(actionPath, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(actionPath, "dist/cli.js"), `import ${JSON.stringify(packed.cli)};\n`);
});
afterAll(() => packed.remove());

let api: Api;
let folder: string;
let workspace: string;
beforeEach(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), "portable-action-"));
  workspace = join(folder, "shop");
  mkdirSync(workspace);
  execFileSync("git", ["init", "-q", workspace]);
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (at: string, ...args: string[]) =>
  execFileSync(process.execPath, [packed.cli, ...args], { cwd: at });
/** An example, built. */
const bring = (example: string, to: string): string => {
  const at = join(workspace, to);
  cpSync(join(root, "examples", example), at, { recursive: true });
  cli(at, "build");
  return at;
};
/** Runs the action on the workspace; the token is told nowhere. */
const run = async (inputs: Record<string, string> = {}, env: Record<string, string> = {}): Promise<Done> => {
  const done = await runComposite({
    actionPath,
    workspace,
    runner: folder,
    token: api.token,
    with: inputs,
    env: {
      GITHUB_API_URL: api.url,
      GITHUB_GRAPHQL_URL: `${api.url}/graphql`,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_RUN_ID: "42",
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_EVENT_PATH: join(import.meta.dirname, "events/pull_request.json"),
      ...env,
    },
  });
  expect(`${done.log}${done.summary}`).not.toContain(api.token);
  return done;
};

test("a broken repository fails the job, at the line, in the summary and in one comment; mended, it passes", async () => {
  bring("team", ".");
  appendFileSync(join(workspace, ".claude/rules/sql.md"), "Edited by hand.\n");

  const broken = await run({ sarif: "portable.sarif" });
  expect(broken.conclusion).toBe("failure");
  expect(broken.ran).toEqual(["Build portable", "Verify", "Comment"]);
  expect(broken.outputs["exit-code"]).toBe("1");
  expect(broken.log).toMatch(
    /^::error file=\.claude\/rules\/sql\.md,title=drift\/edited::\.claude\/rules\/sql\.md was edited by hand/m,
  );
  expect(broken.summary).toMatch(/^### portable verify: not clean, 1 error/);
  expect(readFileSync(broken.outputs["report"]!, "utf8")).toBe(broken.summary);
  expect(JSON.parse(readFileSync(join(workspace, "portable.sarif"), "utf8")).runs[0]).toMatchObject({
    invocations: [{ exitCode: 1 }],
    results: expect.arrayContaining([expect.objectContaining({ ruleId: "drift/edited" })]),
  });
  expect(api.comments).toHaveLength(1);
  expect(api.comments[0]!.body).toContain("### portable verify: not clean, 1 error");

  cli(workspace, "build", "--force");
  const mended = await run();
  expect(mended.conclusion).toBe("success");
  expect(mended.outputs["exit-code"]).toBe("0");
  expect(mended.summary).toMatch(
    /^### portable verify: clean, \d+ warnings\n\n\d+ files agree with the spec/,
  );
  expect(api.comments).toHaveLength(1);
  expect(api.comments[0]!.body).toContain("### portable verify: clean");
});

test("a spec in a folder: paths from the root of the repository, and a name that a shell would act on", async () => {
  const name = "a $(touch pwned);'x'";
  const at = bring("team", name);
  rmSync(join(at, "CLAUDE.md"));
  const done = await run({ "working-directory": name, sarif: "out dir.sarif" });
  expect(done.outputs["exit-code"]).toBe("1");
  expect(done.log).toContain(`::error file=${name}/CLAUDE.md,title=drift/missing::CLAUDE.md is missing`);
  expect(done.summary).toContain(`\`${name}/CLAUDE.md\``);
  expect(api.comments).toHaveLength(1);
  const made = execFileSync("git", ["status", "--porcelain", "-uall"], { cwd: workspace, encoding: "utf8" });
  expect(existsSync(join(workspace, "pwned"))).toBe(false);
  expect(made).toContain("out dir.sarif");
});

test.each([
  ["warnings do not fail it", "false", "0", "success"],
  ["strict: warnings fail it", "true", "1", "failure"],
  ["strict is a word", "yes", undefined, "failure"],
] as const)("%s", async (_, strict, code, conclusion) => {
  bring("team", ".");
  const done = await run({ strict, comment: "false" });
  expect(done.conclusion).toBe(conclusion);
  expect(done.outputs["exit-code"] || undefined).toBe(code);
  expect(done.ran).not.toContain("Comment");
  expect(api.asked).toEqual([]);
});

test.each<[string, string | undefined, RegExp]>([
  ["no spec", undefined, /no portable\.yaml in \. or above/],
  [
    "a spec that is refused",
    "portable: 1\ntargets: [cluade]\n",
    /^::error file=portable\.yaml,line=2,endLine=2,col=11,endColumn=17,title=spec\/unknown-target::unknown target "cluade"%0Adid you mean "claude"\?/m,
  ],
])("%s is never green", async (_, spec, said) => {
  if (spec) writeFileSync(join(workspace, "portable.yaml"), spec);
  const done = await run();
  expect(done.conclusion).toBe("failure");
  expect(done.outputs["exit-code"]).toBe("2");
  expect(done.log).toMatch(said);
  expect(done.log).not.toContain(workspace);
  expect(api.comments[0]!.body).toContain("refused, 1 error");
});

test("a folder that is not there, and a program that breaks down, fail the job and say so", async () => {
  const gone = await run({ "working-directory": "nowhere" });
  expect(gone).toMatchObject({ conclusion: "failure", outputs: { "exit-code": "2" } });
  expect(gone.summary).toContain("refused, 1 error");
  expect(gone.summary).toContain("there is no folder");

  const broken = join(folder, "action");
  cpSync(actionPath, broken, { recursive: true });
  writeFileSync(
    join(broken, "dist/cli.js"),
    'console.error("::set-output name=x::y ##[error]z"); process.exit(3);\n',
  );
  const done = await runComposite({
    actionPath: broken,
    workspace,
    runner: folder,
    token: "none",
    with: { sarif: "x.sarif" },
    env: { GITHUB_EVENT_NAME: "push" },
  });
  expect(done).toMatchObject({ conclusion: "failure", outputs: { "exit-code": "3" } });
  expect(done.log).toContain("| ::set-output name=x::y # #[error]z");
  expect(done.log).toContain("::error::portable: no SARIF could be written");
});

test("no comment can be made: the job ends as verify did", async () => {
  bring("start", ".");
  api.instead.push({ when: /^GET/, answer: { status: 403, body: { message: "x" } } });
  const done = await run();
  expect(done.conclusion).toBe("success");
  expect(done.log).toMatch(/^::notice::portable: the pull request was not commented/m);
});

test("the action takes no value into a script, and documents each input", () => {
  expect(action.runs.using).toBe("composite");
  for (const step of action.runs.steps) {
    expect(step.run, step.name).not.toContain("${{");
    expect(step.shell, step.name).toBe("bash");
  }
  for (const [name, { description }] of Object.entries({ ...action.inputs, ...action.outputs }))
    expect(description, name).toMatch(/\.$/);
});

test("the build is skipped where there is one, and asked of npm by the lockfile where there is none", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
  const install = (path: string) =>
    spawned("bash", [join(root, "scripts/action/install.sh")], {
      cwd: workspace,
      env: { PATH: `${bin}:${process.env["PATH"]}`, GITHUB_ACTION_PATH: path },
    });
  expect(await install(actionPath)).toEqual({ status: 0, output: "" });
  expect(await install(workspace)).toEqual({
    status: 0,
    output: "npm ci --ignore-scripts --no-audit --no-fund\nnpm run build\n",
  });
  writeFileSync(join(bin, "npm"), "#!/bin/sh\nexit 7\n");
  expect((await install(workspace)).status).toBe(7);
});
