import fs from "node:fs";
import { random } from "/work/main/scripts/fuzz/mutate.ts";
import * as c from "/work/main/scripts/fuzz/commands.ts";
import { main } from "/work/main/src/main.ts";
const n = Number(process.argv[2]), seed = Number(process.argv[3] ?? 1);
const r = random((seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0);
fs.rmSync("/tmp/zz", {recursive: true, force: true}); fs.mkdirSync("/tmp/zz/outside", {recursive:true});
(c as any).plantSome("/tmp/zz/repo", r); fs.mkdirSync("/tmp/zz/repo/.git", {recursive:true});
for (const argv of [["verify"], ["import"], ["build"]]) { let s = ""; const t = process.cpuUsage(); await main(argv, {cwd: "/tmp/zz/repo", out: x => void (s += x), err: x => void (s += x)}); const u = process.cpuUsage(t); console.log(argv, (u.user+u.system)/1000, s.length, s.slice(0, 300)); }
