import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "./model.ts";
import { freePort } from "./place.ts";

/** A real llama.cpp server that answers nonsense in well-formed dialect. */
export interface Engine {
  origin: string;
  stop(): void;
}

const script = "bench/failover/llama.sh";
const READY_MS = 30_000;
const EOS_BIAS = "2+3.5";
const CONTEXT = "131072";

const isReady = async (origin: string): Promise<boolean> => {
  try {
    return (await fetch(`${origin}/health`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
};

/** Why there is no engine on this machine; undefined: there is one. */
export const noEngine = (root: string): string | undefined =>
  existsSync(join(root, "bench/failover/.llama/done")) ? undefined : `no llama.cpp here: run ${script} fetch`;

/** Starts the engine with a random-weight model; its log and the model lie in `folder`. Throws where it does not become ready. */
export const startEngine = async (root: string, folder: string): Promise<Engine> => {
  const model = join(folder, "random.gguf");
  writeModel(
    model,
    ["README.md", "docs/cookbook.md"].map((file) => join(root, file)),
  );
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const options = [
    "-m",
    model,
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "-c",
    CONTEXT,
    "--no-webui",
    "-l",
    EOS_BIAS,
  ];
  const log = openSync(join(folder, "llama.log"), "w");
  const child = spawn(join(root, script), options, { stdio: ["ignore", log, log] });
  for (let waitedMs = 0; waitedMs < READY_MS; waitedMs += 50) {
    if (await isReady(origin)) return { origin, stop: () => void child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error(`llama.cpp did not become ready: see ${join(folder, "llama.log")}`);
};
