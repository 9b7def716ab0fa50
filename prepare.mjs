// Derives and bundles after an install. npm leaves the development packages out where it installs globally from Git
// (npm 11.19, 2026-11-26), as pre-commit has it do: they are fetched here.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

if (!existsSync("node_modules/esbuild")) {
  const { npm_config_global, NPM_CONFIG_GLOBAL, npm_execpath, ...env } = process.env;
  const argv = [npm_execpath, "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync(process.execPath, argv, { env, stdio: ["ignore", 2, 2] });
}
await import("./generate.mjs");
await import("./build.mjs");
