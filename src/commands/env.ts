import { homedir } from "node:os";
import { diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import { running, stateFolder } from "../service/state.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { addressOf, clientOf, isBare, portOf, settingsFault, variableNames } from "./gateway.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
interface Shell {
  set(name: string, value: string): string;
  unset(name: string): string;
}
const posix: Shell = { set: (n, v) => `export ${n}=${quote(v)}`, unset: (n) => `unset ${n}` };
/** How each shell sets and takes away a variable of the environment. */
export const shells: Record<string, Shell> = {
  sh: posix,
  bash: posix,
  zsh: posix,
  fish: {
    set: (n, v) => `set -gx ${n} '${v.replace(/[\\']/g, "\\$&")}'`,
    unset: (n) => `set -e ${n}`,
  },
  powershell: {
    set: (n, v) => `$env:${n} = '${v.replaceAll("'", "''")}'`,
    unset: (n) => `Remove-Item Env:${n} -ErrorAction SilentlyContinue`,
  },
};

/** Prints what a shell must evaluate so that a tool sends its requests through the gateway, or no longer does. */
export const env = (flags: Flags, names: readonly string[], environment: Environment): Result => {
  const [name] = names;
  const client = clientOf(name);
  if ("reason" in client) return result(exit.refused, [], [client], {});
  const shell = shells[flags.shell ?? "sh"];
  if (!shell) {
    const known = Object.keys(shells);
    const asked = flags.shell!;
    return result(exit.refused, [], [diagnostic("spec/unknown-shell", { name: asked, known })], {});
  }
  if (flags.unset) {
    const unset = variableNames(client);
    return result(exit.clean, unset.map(shell.unset), [], { unset });
  }
  const project = open(flags);
  if (isResult(project)) return project;
  if (client.runOnly !== undefined)
    return result(
      exit.refused,
      [],
      [diagnostic("launch/run-only", { name: name!, why: client.runOnly })],
      {},
      project.source,
    );
  const allowed = { trust: flags.trust, command: `portable env ${name} --trust` };
  const to = addressOf(project, client, environment, allowed);
  if ("reason" in to) return result(exit.refused, [], [to], {}, project.source);
  const fault = settingsFault(name!, client, project.root, environment);
  if (fault) return result(exit.refused, [], [fault], {}, project.source);
  if (project.options.gateway === "proxy" && !running(stateFolder(environment, homedir()), portOf(project)))
    process.stderr.write("portable: no proxy is running; start it: portable proxy on\n");
  const set = client.env(to, isBare(client, environment));
  return result(
    exit.clean,
    Object.entries(set).map(([n, v]) => shell.set(n, v)),
    [],
    { env: set },
    project.source,
  );
};
