import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import pkg from "../package.json" with { type: "json" };
import { type Packed, pack } from "./packed.ts";

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed.remove());

const portable = (...argv: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [packed.cli, ...argv], {
    cwd: packed.folder,
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
  writeFileSync(join(packed.folder, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
  expect(portable("verify")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("portable.yaml:2:11"),
  });
  expect(JSON.parse(portable("verify", "--json").stdout)).toMatchObject({ exit: 2 });
});

test("a reader that stops reading is no fault", () => {
  const line = `"${process.execPath}" "${packed.cli}" --help | true; echo "\${PIPESTATUS[0]}"`;
  const pipe = spawnSync("bash", ["-c", line], { cwd: packed.folder, encoding: "utf8" });
  expect(pipe.stderr).toBe("");
  expect(pipe.stdout).toBe("0\n");
});
