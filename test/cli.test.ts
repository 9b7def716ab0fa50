import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import pkg from "../package.json" with { type: "json" };

/** The program as it is packed: bundled, in a process of its own. */
const outer = realpathSync(mkdtempSync(join(tmpdir(), "portable-cli-")));
const repo = join(outer, "repo");

beforeAll(async () => {
  const root = join(import.meta.dirname, "..");
  mkdirSync(repo);
  symlinkSync(join(root, "templates"), join(outer, "templates"));
  await build({
    entryPoints: [join(root, "src/cli.ts")],
    outdir: join(outer, "dist"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    chunkNames: "chunks/[name]-[hash]",
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
    logLevel: "error",
  });
});
afterAll(() => rmSync(outer, { recursive: true, force: true }));

const portable = (...argv: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(outer, "dist/cli.mjs"), ...argv], {
    cwd: repo,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

test("the packed program starts, builds and verifies in a process of its own", () => {
  expect(portable("--version")).toEqual({ status: 0, stdout: `${pkg.version}\n`, stderr: "" });
  expect(portable("init")).toMatchObject({ status: 0, stderr: "" });
  expect(portable("build")).toMatchObject({ status: 0, stderr: "" });
  expect(portable("verify")).toEqual({ status: 0, stdout: "2 files agree with the spec\n", stderr: "" });
});

test("what is refused is told on standard error, with its exit status", () => {
  expect(portable("biuld")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining('did you mean "build"?'),
  });
  writeFileSync(join(repo, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
  expect(portable("verify")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("portable.yaml:2:11"),
  });
  expect(JSON.parse(portable("verify", "--json").stdout)).toMatchObject({ exit: 2 });
});
