import { homedir } from "node:os";
import { reader } from "./commands/registrations.ts";
import type { Handed, Told } from "./service/holder.ts";
import { createService } from "./service/service.ts";
import { stateFolder } from "./service/state.ts";

/** Answers the connections that the holder hands over; started by it, with the secret in the environment. */
const { PORTABLE_PROXY_SECRET: secret = "", ...env } = process.env;
const tell = (message: Told): void => void process.send?.(message);
const folder = stateFolder(env, homedir());
const { server, take } = createService({
  folder,
  env,
  ...reader(folder),
  clock: { now: Date.now, random: Math.random },
  secret,
  say: (text) => process.stderr.write(`${new Date().toISOString()} ${text}\n`),
  keep: (given) => tell({ keep: given }),
  end: () => tell({ end: true }),
});
// a server that does not listen by itself watches its clients' time only once told so
server.emit("listening");
process.on("message", (message: Handed, socket: import("node:net").Socket | undefined) => {
  if ("kept" in message) {
    for (const given of message.kept) take(given);
    return;
  }
  if (socket) {
    server.emit("connection", socket);
    socket.resume();
  }
  tell({ got: message.id });
});
process.on("disconnect", () => process.exit());
tell({ ready: true });
