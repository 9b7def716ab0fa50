import type { ChildProcess } from "node:child_process";
import type { Client } from "../clients/index.ts";
import { diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
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
  `portable: the host that renews the login of ${title} does not answer; ${title} goes on with the stored one, and may choose another default model: start it again later`;

/** The first word of ours that cmd.exe would read as more than one word; a model's name may be a repository's choice. */
export const brokenWord = (words: readonly string[], platform: NodeJS.Platform): string | undefined =>
  platform === "win32" ? words.find((word) => !/^[\w.:/=@"[\]-]+$/.test(word)) : undefined;

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
  const allowed = { trust: flags.trust, command: `portable run ${name} --trust` };
  const to = addressOf(project, client, environment, allowed);
  if ("reason" in to) return result(exit.refused, [], [to], {}, project.source);
  const settings = settingsFault(name!, client, project.root, environment);
  if (settings) return result(exit.refused, [], [settings], {}, project.source);
  const isProxy = project.options.gateway === "proxy";
  const bare = isBare(client, environment);
  if (isProxy) {
    const { ensureProxy, keyless } = await import("./proxy-process.ts");
    const serving = await ensureProxy(project, flags, environment);
    if ("reason" in serving) return result(exit.failed, [], [serving], {}, project.source);
    const brings = ({ own }: { own?: readonly string[] }): boolean =>
      !bare && !!own?.includes(client.dialect);
    for (const line of keyless(serving.here, brings)) process.stderr.write(`portable: ${line}\n`);
  }
  const login = isProxy ? await storedLogin(client, environment, Date.now()) : {};
  if (Object.keys(login).length) process.stderr.write(`${waiting(client)}\n`);
  const variables = { ...client.env(to, bare), ...login };
  const { spawn } = process.getBuiltinModule("node:child_process");
  const own = client.argv?.(to, bare) ?? [];
  const broken = brokenWord(own, process.platform);
  if (broken !== undefined) {
    const why = `Windows does not take ${JSON.stringify(broken)} as one word: name another model`;
    return result(
      exit.refused,
      [],
      [diagnostic("launch/settings", { name: name!, why })],
      {},
      project.source,
    );
  }
  const child = spawn(client.program, [...own, ...rest], {
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
