import type { ChildProcess } from "node:child_process";
import type { Client } from "../clients/index.ts";
import { diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../service/state.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { addressOf, clientOf, isBare, settingsFault } from "./gateway.ts";
import { storedLogin } from "./login.ts";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits for a program that has the terminal; signals go on to it. Gives its exit status, or 128 and the signal's number. */
const ended = (child: ChildProcess): Promise<number | Error> =>
  new Promise((resolve) => {
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const s of FORWARDED) process.on(s, pass);
    const end = (how: number | Error): void => {
      for (const s of FORWARDED) process.off(s, pass);
      resolve(how);
    };
    child.on("error", end);
    child.on("exit", (code, signal) =>
      end(code ?? 128 + (process.getBuiltinModule("node:os").constants.signals[signal!] ?? 0)),
    );
  });

const waiting = ({ title }: Client): string =>
  `portable: the host that renews the login of ${title} does not answer; ${title} goes on with the stored one: start it again later`;

/** Starts a tool whose requests go through the gateway; it has the terminal, and its exit status is ours. */
export const run = async (
  flags: Flags,
  names: readonly string[],
  environment: Environment,
): Promise<Result> => {
  const [name, ...rest] = names;
  const client = clientOf(name);
  if ("reason" in client) return result(exit.refused, [], [client], {});
  const project = open(flags);
  if (isResult(project)) return project;
  const to = addressOf(project, client, environment);
  if ("reason" in to) return result(exit.refused, [], [to], {}, project.source);
  const settings = settingsFault(name!, client, project.root, environment);
  if (settings) return result(exit.refused, [], [settings], {}, project.source);
  const isProxy = project.options.gateway === "proxy";
  if (isProxy) {
    const { ensureProxy } = await import("./proxy.ts");
    const fault = await ensureProxy(project, flags, environment);
    if (fault) return result(exit.failed, [], [fault], {}, project.source);
  }
  const bare = isBare(client, environment);
  const login = isProxy ? await storedLogin(client, environment, Date.now()) : {};
  if (Object.keys(login).length) process.stderr.write(`${waiting(client)}\n`);
  const variables = { ...client.env(to, bare), ...login };
  const { spawn } = process.getBuiltinModule("node:child_process");
  const argv = [...(client.argv?.(to, bare) ?? []), ...rest];
  const child = spawn(client.program, argv, {
    cwd: flags.cwd,
    env: { ...environment, ...variables } as NodeJS.ProcessEnv,
    stdio: "inherit",
    // npm installs commands as .cmd files there
    shell: process.platform === "win32",
  });
  const how = await ended(child);
  if (typeof how !== "number")
    return result(
      exit.failed,
      [],
      [diagnostic("launch/no-program", { program: client.program, title: client.title })],
      {},
    );
  return { ...result(exit.clean, [], [], { status: how }), exit: how as Result["exit"] };
};
