// Runs scripts/generate.ts: bundled first, so that plain Node 20 can.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const dir = mkdtempSync("node_modules/.generate-");
try {
  const out = join(dir, "generate.mjs");
  await build({
    entryPoints: [process.argv[2] ?? "scripts/generate.ts"],
    outfile: out,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  await import(pathToFileURL(out).href);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
