// Bundles the CLI: one entry, one chunk a command, nothing loaded that a command does not need.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/cli.ts", "src/holder.ts", "src/worker.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // jsonc-parser's `main` is UMD and fails once bundled
  mainFields: ["module", "main"],
  minifyWhitespace: !process.env.READABLE,
  minifySyntax: !process.env.READABLE,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  banner: {
    js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
  },
});
