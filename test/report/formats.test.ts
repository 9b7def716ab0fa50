import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commands } from "../../src/commands/table.ts";
import { main } from "../../src/main.ts";
import { formats } from "../../src/report/formats.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "portable-formats-"));
  writeFileSync(join(root, "portable.yaml"), "portable: 1\ntargets: [claude]\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = async (cwd: string, ...argv: string[]) => {
  const said = { status: 0, out: "", err: "" };
  said.status = await main(argv, { cwd, out: (t) => (said.out += t), err: (t) => (said.err += t) });
  return said;
};

test.each(Object.keys(commands).filter((name) => name !== "completion"))(
  "%s knows every format",
  async (name) => {
    const { out } = await run(root, name, "--help");
    expect(out).toContain("--format X");
  },
);

test("--json is short for --format json; of two formats neither is chosen", async () => {
  writeFileSync(join(root, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
  const [short, long] = [await run(root, "verify", "--json"), await run(root, "verify", "--format", "json")];
  expect(long).toEqual(short);
  expect(JSON.parse(short.out)).toMatchObject({ command: "verify", exit: 2 });
  expect(await run(root, "verify", "--json", "--format=json")).toEqual(short);
  for (const other of formats.filter((f) => f !== "json")) {
    const both = await run(root, "verify", "--json", "--format", other);
    expect(both).toMatchObject({ status: 2, out: expect.stringContaining("two formats") });
  }
  expect(await run(root, "verify", "--format", "text")).toEqual(await run(root, "verify"));
});

test.each([
  ["sarf", 'did you mean "sarif"?'],
  ["Markdown", 'did you mean "markdown"?'],
  ["", "known: text, json, github, sarif, markdown"],
  ["junit", "known: text, json, github, sarif, markdown"],
  ["__proto__", "known: text, json, github, sarif, markdown"],
])("the format %j is refused, with advice, and nothing is done", async (name, advice) => {
  const said = await run(root, "build", "--format", name);
  expect(said).toMatchObject({
    status: 2,
    out: "",
    err: expect.stringContaining(`unknown format "${name}"`),
  });
  expect(said.err).toContain(advice);
  expect(readdirSync(root)).toEqual(["portable.yaml"]);
});

test.each(["json", "github", "sarif", "markdown"])(
  "%s is printed on standard output whatever the exit status",
  async (format) => {
    writeFileSync(join(root, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
    const said = await run(root, "verify", "--format", format);
    expect(said).toMatchObject({ status: 2, err: "" });
    expect(said.out).toContain("cluade");
  },
);

test("paths begin at the repository's root, whatever folder, link or --cwd leads there", async () => {
  mkdirSync(join(root, ".git"));
  const project = join(root, "packages/api");
  mkdirSync(project, { recursive: true });
  rmSync(join(root, "portable.yaml"));
  writeFileSync(join(project, "portable.yaml"), "portable: 1\ntargets: [cluade]\n");
  mkdirSync(join(project, "src"));
  const link = join(root, "link");
  symlinkSync(project, link);
  const expected = "::error file=packages/api/portable.yaml,line=2,";
  for (const cwd of [project, join(project, "src"), link])
    expect((await run(cwd, "verify", "--format", "github")).out, cwd).toContain(expected);
  expect((await run(root, "verify", "--cwd", "packages/api", "--format", "github")).out).toContain(expected);
});

test("no absolute path is told to reviewers, also where there is no spec", async () => {
  rmSync(join(root, "portable.yaml"));
  mkdirSync(join(root, "sub"));
  for (const format of ["github", "sarif", "markdown"]) {
    const said = await run(root, "verify", "--cwd", "sub", "--format", format);
    expect(said.status).toBe(2);
    expect(said.out, format).not.toContain(root);
    expect(said.out, format).toMatch(/no portable\\{0,2}\.yaml in \. or above/);
  }
});

test("a format's code is loaded only where it is asked for", () => {
  const folder = join(import.meta.dirname, "../../src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
  const own = new Set(["github", "sarif", "markdown", "rules", "inline"].map((name) => `report/${name}.ts`));
  const importsOf = (file: string): string[] =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/^import (?!type\b)[^;]*?"(\.[^"]+)"/gm)].map((m) =>
      posix.join(posix.dirname(file), m[1]!),
    );
  const eager = files.filter((file) => importsOf(file).some((path) => own.has(path)));
  expect(eager.sort()).toEqual(["report/markdown.ts", "report/sarif.ts"]);
});
