import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { diagnostic, nearest } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import { aligned } from "../report/text.ts";
import { known, stateFolder, unregister } from "../service/state.ts";
import { exit, type Flags, isResult, open, type Result, result } from "./context.ts";
import { portOf } from "./gateway.ts";
import { askAll, ensureProxy, keyless, outputFile } from "./proxy-process.ts";
import { chainsIn } from "./registrations.ts";

const on = async (flags: Flags, env: Environment): Promise<Result> => {
  const project = open(flags);
  if (isResult(project)) return project;
  const serving = await ensureProxy(project, flags, env);
  if ("reason" in serving) return result(exit.failed, [], [serving], {}, project.source);
  const { left } = chainsIn(project, env);
  const port = portOf(project);
  const { already } = serving;
  const bare = keyless(serving.here, ({ own }) => own !== undefined);
  return result(
    exit.clean,
    [
      ...left.map((l) => `left out: ${l.step}: ${l.why}`),
      ...bare,
      `the proxy listens ${already ? "already " : ""}on 127.0.0.1:${port}`,
      "start a tool through it: portable run claude",
    ],
    [],
    { port, left, keyless: bare, already },
    project.source,
  );
};

const off = async (flags: Flags, env: Environment): Promise<Result> => {
  const answers = await askAll(stateFolder(env, homedir()), "POST", flags.now ? "end" : "off");
  if (!answers.length) return result(exit.clean, ["no proxy was running"], [], { running: false });
  const lines = answers.map(({ proxy: { port }, state }) =>
    flags.now
      ? `the proxy on port ${port} has ended`
      : `the proxy on port ${port} is a plain pipe ${state.changed ? "now" : "already"}, for tools that still use it; it ends after 30 idle minutes`,
  );
  return result(exit.clean, lines, [], { running: !flags.now });
};

const forget = async (flags: Flags, env: Environment): Promise<Result> => {
  const project = open(flags);
  if (isResult(project)) return project;
  const folder = stateFolder(env, homedir());
  const was = known(folder, project.root) !== undefined;
  unregister(folder, project.root);
  await askAll(folder, "POST", "reload");
  const said = was ? "this repository is no longer served" : "this repository was not served";
  return result(exit.clean, [said], [], { was }, project.source);
};

const logs = (env: Environment): Result => {
  const path = join(stateFolder(env, homedir()), outputFile);
  try {
    return result(exit.clean, [readFileSync(path, "utf8").trimEnd()], [], { file: path });
  } catch {
    return result(exit.clean, ["nothing was logged"], [], { file: path });
  }
};

/** What a request may lose or gain on its way to a model that is not its vendor's. */
const shownEdits = async (): Promise<Result> => {
  const { allEdits } = await import("../proxy/steps/shape.ts");
  const edits = allEdits.map(({ id, dialects, to, what, why }) => ({ id, dialects, to, what, why }));
  const rows = edits.map((e) => [
    e.id,
    e.to === "all" ? "every target" : "other vendors and local models",
    e.what,
  ]);
  return result(exit.clean, [aligned(rows)], [], { edits });
};

const verbs = ["on", "off", "status", "logs", "forget"];

/** The failover proxy: in this terminal without a verb, else what stands in the background. */
export const proxy = async (flags: Flags, names: readonly string[], env: Environment): Promise<Result> => {
  const [verb, ...more] = names;
  if (more.length || (verb !== undefined && !verbs.includes(verb))) {
    const name = more[0] ?? verb!;
    return result(
      exit.refused,
      [],
      [diagnostic("launch/unknown-verb", { name, near: nearest(name, verbs), known: verbs })],
      {},
    );
  }
  if (flags["show-edits"]) return shownEdits();
  if (verb === "on") return on(flags, env);
  if (verb === "off") return off(flags, env);
  if (verb === "logs") return logs(env);
  if (verb === "status") return (await import("./proxy-status.ts")).proxyStatus(flags, env);
  if (verb === "forget") return forget(flags, env);
  return (await import("./proxy-here.ts")).proxyHere(flags, env);
};
