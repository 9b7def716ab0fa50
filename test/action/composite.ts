import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface Step {
  name?: string;
  id?: string;
  if?: string;
  shell?: string;
  env?: Record<string, string>;
  run: string;
}
export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Step[] };
}
export const readAction = (file: string): Action => parse(readFileSync(file, "utf8"));

/** Runs a command line; gives what it printed, as a terminal shows it, and its exit status. */
export const spawned = (
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<{ status: number; output: string }> =>
  new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("close", (status) => done({ status: status ?? -1, output }));
  });

interface Context {
  inputs: Record<string, string>;
  outputs: Record<string, Record<string, string>>;
  token: string;
}
const resolved = (expression: string, { inputs, outputs, token }: Context): string => {
  const input = /^inputs\.([\w-]+)$/.exec(expression);
  const output = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression);
  if (expression === "github.token") return token;
  if (input && input[1]! in inputs) return inputs[input[1]!]!;
  if (output) return outputs[output[1]!]?.[output[2]!] ?? "";
  throw new Error(`an expression that is not known: ${expression}`);
};
const filled = (text: string, context: Context): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, e: string) => resolved(e, context));

/** Whether a step runs: it does where nothing failed, or its condition says so. */
const isWanted = (step: Step, hasFailed: boolean, context: Context): boolean => {
  if (step.if === undefined) return !hasFailed;
  const terms = step.if.replace(/^\$\{\{|\}\}$/g, "").split("&&");
  const status = terms.some((t) => t.trim() === "!cancelled()");
  return (
    (status || !hasFailed) &&
    terms.every((term) => {
      const [, expression, sign, wanted] = /^\s*(\S+) (==|!=) '(.*)'\s*$/.exec(term) ?? [];
      return expression === undefined || (resolved(expression, context) === wanted) === (sign === "==");
    })
  );
};

const readOutputs = (file: string): Record<string, string> =>
  Object.fromEntries(
    readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

export interface Job {
  /** Of the action, with its build. */
  actionPath: string;
  workspace: string;
  /** A folder for what the runner keeps. */
  runner: string;
  token: string;
  with?: Record<string, string>;
  env: Record<string, string>;
}
export interface Done {
  conclusion: "success" | "failure";
  log: string;
  summary: string;
  outputs: Record<string, string>;
  ran: string[];
}

const fresh = (file: string): string => {
  writeFileSync(file, "");
  return file;
};
/** Runs a composite action's steps as GitHub's runner does: bash for each, values only by its expressions. */
export const runComposite = async (job: Job): Promise<Done> => {
  const action = readAction(join(job.actionPath, "action.yml"));
  mkdirSync(join(job.runner, "temp"), { recursive: true });
  const context: Context = { inputs: {}, outputs: {}, token: job.token };
  for (const [name, input] of Object.entries(action.inputs))
    context.inputs[name] = job.with?.[name] ?? filled(input.default, context);
  const summary = fresh(join(job.runner, "summary.md"));
  const done: Done = { conclusion: "success", log: "", summary: "", outputs: {}, ran: [] };
  for (const step of action.runs.steps) {
    if (!isWanted(step, done.conclusion === "failure", context)) continue;
    const output = fresh(join(job.runner, "output"));
    const script = join(job.runner, "step.sh");
    writeFileSync(script, filled(step.run, context));
    const own = Object.entries(step.env ?? {}).map(([k, v]) => [k, filled(String(v), context)]);
    const env = {
      PATH: process.env["PATH"],
      HOME: job.runner,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: job.workspace,
      GITHUB_ACTION_PATH: job.actionPath,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: join(job.runner, "temp"),
      ...job.env,
      ...Object.fromEntries(own),
    };
    const flags = ["--noprofile", "--norc", "-eo", "pipefail", script];
    const ended = await spawned("bash", flags, { cwd: job.workspace, env });
    done.ran.push(step.name ?? "");
    done.log += ended.output;
    if (ended.status) done.conclusion = "failure";
    if (step.id) context.outputs[step.id] = existsSync(output) ? readOutputs(output) : {};
  }
  done.summary = readFileSync(summary, "utf8");
  for (const [name, { value }] of Object.entries(action.outputs)) done.outputs[name] = filled(value, context);
  return done;
};
