import { spawn } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freshProcess, scriptOf } from "./fresh.ts";
import { plant, remove, temporary, treeOf } from "./trees.ts";

/** Times the process is killed; the whole count is 200. */
const KILLS = Number(process.env["PORTABLE_KILLS"] ?? 20);
const FILES = 400;

let place: string;
let script: string;
let root: string;
beforeAll(() => {
  place = temporary(tmpdir());
  root = `${place}/repository`;
  const body = `
    import { readFileSync, writeSync } from "node:fs";
    const changes = JSON.parse(readFileSync(process.argv[2], "utf8"));
    const rename = disk.rename;
    disk.rename = (from, to) => {
      disk.rename = rename;
      writeSync(1, "installing\\n");
      rename(from, to);
    };
    writeSync(1, "staging\\n");
    apply(process.argv[3], changes);
    writeSync(1, "end\\n");`;
  script = scriptOf(place, "build", body);
});
afterAll(() => remove(place));

const names = Array.from({ length: FILES }, (_, n) => `d${n % 10}/${n % 7 === 0 ? "deep/" : ""}${n}.md`);
const text = (version: string, n: number): string => `${version} ${n}\n`.repeat(1 + (n % 300));
/** A third of the files is new, some are removed, the others replaced. */
const isOld = (n: number): boolean => n % 3 !== 0;
const isNew = (n: number): boolean => n % 5 !== 1 || !isOld(n);

const plantOld = (): void => {
  remove(root);
  fs.mkdirSync(root);
  plant(root, Object.fromEntries(names.flatMap((name, n) => (isOld(n) ? [[name, text("old", n)]] : []))));
};

const changes = names.map((path, n) => ({
  path,
  ...(isOld(n) ? { before: text("old", n) } : {}),
  ...(isNew(n) ? { after: text("new", n) } : {}),
}));

type Stage = "staging" | "installing";

/** Runs a build and kills it `afterMs` after the stage began, if asked to; gives when each stage began and ended. */
const build = (kill?: {
  stage: Stage;
  afterMs: number;
}): Promise<{ times: Map<string, number>; killed: boolean }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [script, `${place}/changes.json`, root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const times = new Map<string, number>();
    child.stdout.on("data", (data) => {
      for (const stage of String(data).trim().split("\n")) {
        times.set(stage, performance.now());
        if (stage === kill?.stage) setTimeout(() => child.kill("SIGKILL"), kill.afterMs);
      }
    });
    child.once("close", (_, signal) => done({ times, killed: signal === "SIGKILL" }));
  });

it(`${FILES} files, killed at ${KILLS} random moments: all old or all new after the next run`, async () => {
  fs.writeFileSync(`${place}/changes.json`, JSON.stringify(changes));
  plantOld();
  const old = treeOf(root);
  const { times } = await build();
  const lasts = (stage: Stage): number => times.get("end")! - times.get(stage)!;
  const renewed = treeOf(root);
  expect(Object.keys(renewed).filter((path) => path.endsWith(".md"))).toHaveLength(
    names.filter((_, n) => isNew(n)).length,
  );
  const ends = { killed: 0, untouched: 0, old: 0, new: 0 };
  for (let n = 0; n < KILLS; n++) {
    plantOld();
    const stage = n % 2 === 0 ? "staging" : "installing";
    const { killed } = await build({ stage, afterMs: Math.random() * lasts(stage) });
    const left = JSON.stringify(treeOf(root));
    freshProcess().recover(root);
    const tree = treeOf(root);
    const end = JSON.stringify(tree) === JSON.stringify(old) ? "old" : "new";
    if (end === "new") expect(tree).toEqual(renewed);
    if (killed) ends.killed++;
    if (left === JSON.stringify(tree)) ends.untouched++;
    else ends[end]++;
  }
  console.log(
    `killed ${ends.killed} of ${KILLS}: recovery gave ${ends.old} all old, ${ends.new} all new, had nothing to do ${ends.untouched} times`,
  );
  expect(ends.killed).toBeGreaterThan(KILLS / 4);
  expect(ends.old + ends.new).toBeGreaterThan(KILLS / 4);
}, 600_000);
