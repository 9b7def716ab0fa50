import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const ENTRY = `
  export * from "./apply.ts";
  export { disk } from "./fs.ts";
  export { take } from "./lock.ts";
`;

/** The disk code as one script. */
const bundle = (format: "cjs" | "esm"): string =>
  buildSync({
    stdin: {
      contents: ENTRY,
      loader: "ts",
      resolveDir: fileURLToPath(new URL("../../src/disk", import.meta.url)),
    },
    bundle: true,
    format,
    platform: "node",
    target: "node20.19",
    write: false,
  }).outputFiles[0]!.text;

type Modules = typeof import("../../src/disk/apply.ts") &
  Pick<typeof import("../../src/disk/fs.ts"), "disk"> &
  Pick<typeof import("../../src/disk/lock.ts"), "take">;

let script: ((require: NodeJS.Require, module: { exports: Modules }, process: object) => void) | undefined;

/** The modules as a process that has just started has them: nothing remembered, no lock held. */
export const freshProcess = (): Modules => {
  script ??= new Function("require", "module", "process", bundle("cjs")) as NonNullable<typeof script>;
  const module = { exports: {} as Modules };
  const deaf = Object.assign(Object.create(process), { once: () => deaf });
  script(createRequire(import.meta.url), module, deaf);
  return module.exports;
};

/** A script for a real process: `body` with `apply`, `recover`, `take` and `disk` in scope. */
export const scriptOf = (folder: string, name: string, body: string): string => {
  writeFileSync(`${folder}/disk.mjs`, bundle("esm"));
  const file = `${folder}/${name}.mjs`;
  writeFileSync(file, `import { apply, recover, take, disk } from "./disk.mjs";\n${body}\n`);
  return file;
};
