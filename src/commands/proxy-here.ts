import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import { createService } from "../service/service.ts";
import { ran, registered, running, runs, stateFolder } from "../service/state.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { portOf } from "./gateway.ts";
import { ask } from "./proxy-process.ts";
import { reader, usableChains } from "./registrations.ts";
import { version } from "./version.ts";

/** Runs the proxy in this terminal until it is interrupted. */
export const proxyHere = async (flags: Flags, env: Environment): Promise<Result> => {
  const project = open(flags);
  if (isResult(project)) return project;
  const folder = stateFolder(env, homedir());
  const chains = usableChains(project, folder, env, flags.trust);
  if ("reason" in chains) return result(exit.failed, [], [chains], {}, project.source);
  const { token } = registered(folder, project.root);
  const port = portOf(project);
  const secret = randomBytes(24).toString("base64url");
  const there = running(folder, port);
  if (there && (await ask(there, "GET", "status")))
    return result(exit.failed, [], [diagnostic("launch/running", { port, pid: there.pid })], {});
  return new Promise((resolve) => {
    const end = (r: Result): void => {
      ran(folder, port);
      server.close();
      server.closeAllConnections();
      resolve(r);
    };
    const stop = (): void => end(result(exit.clean, ["ended"], [], {}));
    const { server } = createService({
      folder,
      env,
      ...reader(folder),
      clock: { now: Date.now, random: Math.random },
      secret,
      say: (text) => process.stderr.write(`${text}\n`),
      end: stop,
    });
    server.on("error", (e: NodeJS.ErrnoException) =>
      end(
        result(
          exit.failed,
          [],
          [
            e.code === "EADDRINUSE"
              ? diagnostic("launch/port-taken", { port })
              : diagnostic("disk/refused", { path: `port ${port}`, reason: e.message }),
          ],
          {},
        ),
      ),
    );
    server.listen(port, "127.0.0.1", () => {
      runs(folder, { pid: process.pid, port, version, secret });
      process.stdout.write(`listening on http://127.0.0.1:${port}/${token}\n`);
      for (const l of chains.left) process.stdout.write(`left out: ${l.step}: ${l.why}\n`);
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  });
};
