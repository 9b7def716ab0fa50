import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/** The program as it is packed, with the processes of the proxy in the background. */
export interface Program {
  /** The script to give to Node. */
  cli: string;
  remove(): void;
}

/** Puts other origins in the place of the vendors' own: a mock is then the vendor. */
const replaced = (origins: Readonly<Record<string, string>>): Plugin => ({
  name: "origins",
  setup(b) {
    b.onLoad({ filter: /[\\/]src[\\/]providers[\\/]rows\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = Object.entries(origins).reduce(
        (text, [from, to]) => text.replaceAll(`"${from}"`, `"${to}"`),
        source,
      );
      return { contents, loader: "ts" };
    });
  },
});

/** Bundles the program of the repository at `root` into a folder of its own. */
export const bundled = async (
  root: string,
  origins: Readonly<Record<string, string>> = {},
): Promise<Program> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "portable-program-")));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  symlinkSync(join(root, "templates"), join(folder, "templates"));
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli.ts", "src/holder.ts", "src/worker.ts"],
    outdir: join(folder, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    chunkNames: "chunks/[name]-[hash]",
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
    plugins: [replaced(origins)],
    logLevel: "error",
  });
  return {
    cli: join(folder, "dist/cli.js"),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
};
