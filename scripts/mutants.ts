// `npm run mutants [-- --only FILE[:LINE]] [--every N] [--suite NAME] [--real] [--list]`: breaks every declaration in turn and says which suite notices.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { lineOf, type Mutant, mutantsOf, mutated } from "./mutations.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    suite: { type: "string" },
    every: { type: "string", default: "1" },
    real: { type: "boolean" },
    list: { type: "boolean" },
  },
});
const [onlyFile, onlyLine] = values.only?.split(":") ?? [];
const limitMs = values.real ? 600_000 : 60_000;

interface Suite {
  name: string;
  /** Files or folders of tests. */
  paths: string[];
  config?: string;
  /** Only for mutants of files below this folder. */
  of?: string;
  /** Tests that are left out, by name. */
  without?: string[];
}
/** The cheapest first. */
const suites: Suite[] = [
  { name: "targets", paths: ["test/targets"] },
  { name: "cases", paths: ["test/cases.test.ts"] },
  { name: "laws", paths: ["test/laws.test.ts"] },
  { name: "spec", paths: ["test/spec"], of: "src/spec/" },
  ...(values.real
    ? [
        {
          name: "real tools",
          paths: ["conformance"],
          config: "conformance/vitest.config.ts",
          of: "src/targets/",
        },
      ]
    : []),
];

interface Job {
  file: string;
  source: string;
  mutant: Mutant;
}

const declarations = [
  ...readdirSync("src/targets").flatMap((f) =>
    f.endsWith(".ts") && f !== "index.ts" ? [`src/targets/${f}`] : [],
  ),
  "src/spec/surfaces.ts",
].filter((f) => onlyFile === undefined || f.includes(onlyFile));

const jobs = declarations.flatMap((file): Job[] => {
  const source = readFileSync(file, "utf8");
  const wanted = (m: Mutant): boolean => onlyLine === undefined || lineOf(source, m.at) === Number(onlyLine);
  const sample = mutantsOf(source)
    .filter(wanted)
    .filter((_, i) => i % Number(values.every) === 0);
  return sample.map((mutant) => ({ file, source, mutant }));
});
const titleOf = ({ file, source, mutant }: Job): string =>
  `${file}:${lineOf(source, mutant.at)}  ${mutant.what}`;

/** A copy of the repository that a worker may break; the corpus stands beside it as it does here. */
const workplace = (base: string, n: number): string => {
  const root = join(base, String(n), "main");
  mkdirSync(root, { recursive: true });
  for (const path of [
    "src",
    "test",
    "schemas",
    "templates",
    "examples",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "conformance",
  ]) {
    const keep = (from: string): boolean => basename(from) !== "node_modules";
    if (existsSync(path)) cpSync(path, join(root, path), { recursive: true, filter: keep });
  }
  for (const path of ["node_modules", "conformance/node_modules"])
    if (existsSync(path) && existsSync(join(root, path, ".."))) symlinkSync(resolve(path), join(root, path));
  if (existsSync("../shared")) symlinkSync(resolve("../shared"), join(base, String(n), "shared"));
  return root;
};

/** Of the targets' tests, those of the file's own target where it has some. */
const narrowed = (root: string, suite: Suite, file: string): Suite => {
  const id = /^src\/targets\/([a-z]+)/.exec(file)?.[1];
  const own = `test/targets/${id}`;
  return suite.name === "targets" && id && existsSync(join(root, own)) ? { ...suite, paths: [own] } : suite;
};

/** Whether a suite passes; a run over the time limit does not. */
const passes = (root: string, suite: Suite, more: readonly string[]): Promise<boolean> =>
  new Promise((done) => {
    const args = ["node_modules/vitest/vitest.mjs", "run", ...suite.paths, ...more];
    if (suite.config) args.push("--config", suite.config);
    if (suite.without?.length)
      args.push("--testNamePattern", `^(?!(?:${suite.without.map(literal).join("|")})$)`);
    const env = { ...process.env, LAWS: "30", NO_COLOR: "1" };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: "ignore", detached: true });
    const timer = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), limitMs);
    child.on("close", (code) => {
      clearTimeout(timer);
      done(code === 0);
    });
  });

/** A name as a pattern; numbers in it, such as a random seed, may be others. */
const literal = (text: string): string =>
  text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/-?\d+/g, "-?\\d+");

const quick = ["--bail", "1", "--reporter", "dot"];

/** Names of the tests that fail without a mutant: they can tell nothing. */
const failing = async (root: string, suite: Suite): Promise<string[]> => {
  const out = join(root, "baseline.json");
  if (await passes(root, suite, ["--reporter", "json", "--outputFile", out])) return [];
  const report = JSON.parse(readFileSync(out, "utf8")) as Report;
  return report.testResults
    .flatMap((f) => f.assertionResults)
    .flatMap((t) => (t.status === "failed" ? t.fullName : []));
};
interface Report {
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

const present = suites.filter(
  (s) =>
    (values.suite === undefined || values.suite === s.name) &&
    s.paths.every((p) => existsSync(p) && (/\.ts$/.test(p) || readdirSync(p).length > 0)),
);

/** The suite that notices; undefined: none does. */
const killer = async (root: string, job: Job, use: readonly Suite[]): Promise<string | undefined> => {
  const path = join(root, job.file);
  writeFileSync(path, mutated(job.source, job.mutant));
  try {
    for (const suite of use.filter(({ of }) => of === undefined || job.file.startsWith(of)))
      if (!(await passes(root, narrowed(root, suite, job.file), quick))) return suite.name;
    return undefined;
  } finally {
    writeFileSync(path, job.source);
  }
};

const run = async (): Promise<void> => {
  const base = mkdtempSync(join(tmpdir(), "mutants-"));
  try {
    const roots = Array.from({ length: Math.max(1, availableParallelism()) }, (_, n) => workplace(base, n));
    const green: Suite[] = [];
    for (const suite of present) {
      const without = await failing(roots[0]!, suite);
      for (const name of without) console.log(`${suite.name}: fails without a mutant, left out: ${name}`);
      const rest = { ...suite, without };
      if (await passes(roots[0]!, rest, quick)) green.push(rest);
      else console.log(`${suite.name}: fails without a mutant, left out`);
    }
    console.log(
      `${jobs.length} mutants in ${declarations.length} files; ${green.map((s) => s.name).join(", ")}`,
    );
    const killed = new Map<string, number>();
    const survivors: string[] = [];
    const queue = [...jobs];
    const work = async (root: string): Promise<void> => {
      for (let job = queue.shift(); job; job = queue.shift()) {
        const by = await killer(root, job, green);
        if (by === undefined) survivors.push(titleOf(job));
        else killed.set(by, (killed.get(by) ?? 0) + 1);
        console.log(`${by === undefined ? "SURVIVED" : by.padEnd(8)}  ${titleOf(job)}`);
      }
    };
    await Promise.all(roots.map(work));
    const counts = [...killed].map(([name, n]) => `${name} ${n}`).join(", ");
    console.log(
      `\n${jobs.length} mutants: killed ${jobs.length - survivors.length} (${counts}), survived ${survivors.length}`,
    );
    for (const s of survivors.sort()) console.log(`  ${s}`);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
};

if (values.list) for (const job of jobs) console.log(titleOf(job));
else await run();
