import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { version } from "./commands/version.ts";
import { hold } from "./service/holder.ts";
import { ran, runs, stateFolder } from "./service/state.ts";

/** The process in the background: holds the port, and a worker that answers. Its argument is the port. */
const port = Number(process.argv[2]);
const folder = stateFolder(process.env, homedir());
const secret = randomBytes(24).toString("base64url");
const log = (text: string): void => void process.stderr.write(`${new Date().toISOString()} ${text}\n`);
const end = (code: number): void => {
  ran(folder, port);
  process.exit(code);
};

process.env["PORTABLE_PROXY_SECRET"] = secret;
const server = hold({
  port,
  worker: { script: fileURLToPath(new URL("./worker.js", import.meta.url)), argv: [] },
  log,
  now: Date.now,
  ended: (fault) => {
    if (fault) log(fault.message);
    end(fault ? 3 : 0);
  },
});
// before a worker is started, which takes its time
server.prependListener("listening", () => runs(folder, { pid: process.pid, port, version, secret }));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(0));
