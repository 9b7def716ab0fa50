import { spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "../failover/place.ts";
import { median } from "./measure.ts";
import { answers, type Installed } from "./systems.ts";

/** From the start of a process until it takes connections, and until its first answer, in milliseconds. */
export interface Start {
  openMs: number;
  answerMs: number;
}
/** Medians. */
export interface Starts {
  bare: Start;
  /** Holder and worker. */
  background: Start;
  foreground: Start;
}

const LIMIT_MS = 20_000;
const STEP_MS = 2;
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(!socket.destroy().connecting));
    socket.once("error", () => resolve(false));
  });
const open = async (port: number): Promise<void> => {
  while (!(await isOpen(port))) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
};
const started = async (argv: readonly string[], port: number, { home, env }: Installed): Promise<Start> => {
  const startMs = performance.now();
  const child = spawn(process.execPath, argv, { cwd: home.repository, env, stdio: "ignore" });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  try {
    await open(port);
    const openMs = performance.now() - startMs;
    await answers(port, "/healthz", LIMIT_MS);
    return { openMs, answerMs: performance.now() - startMs };
  } finally {
    child.kill();
    await gone;
  }
};

/** Cold starts in turn; the place has had its proxy on before, and off again. */
export const startsOf = async (place: Installed, runs: number): Promise<Starts> => {
  const { port } = place.home;
  const bareScript = join(process.cwd(), "bench", "proxy", "bare.mjs");
  const all: Starts[] = [];
  for (let run = 0; run < runs; run++) {
    const free = await freePort();
    all.push({
      bare: await started([bareScript, `${free}`], free, place),
      background: await started([join(place.cli, "..", "holder.js"), `${port}`], port, place),
      foreground: await started([place.cli, "proxy"], port, place),
    });
  }
  const of = (name: keyof Starts): Start => ({
    openMs: median(all.map((s) => s[name].openMs)),
    answerMs: median(all.map((s) => s[name].answerMs)),
  });
  return { bare: of("bare"), background: of("background"), foreground: of("foreground") };
};
