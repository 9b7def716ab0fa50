import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The program as it is packed: bundled, for processes of its own. */
export interface Packed {
  /** The script to give to Node. */
  cli: string;
  /** A folder for what a test needs besides; gone with `remove`. */
  folder: string;
  remove: () => void;
}

/** Bundles the program into a folder of its own. */
export const pack = async (): Promise<Packed> => {
  const root = join(import.meta.dirname, "..");
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "portable-packed-")));
  const folder = join(outer, "work");
  mkdirSync(folder);
  symlinkSync(join(root, "templates"), join(outer, "templates"));
  await build({
    entryPoints: [join(root, "src/cli.ts")],
    outdir: join(outer, "dist"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    chunkNames: "chunks/[name]-[hash]",
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
    logLevel: "error",
  });
  return {
    cli: join(outer, "dist/cli.mjs"),
    folder,
    remove: () => rmSync(outer, { recursive: true, force: true }),
  };
};
