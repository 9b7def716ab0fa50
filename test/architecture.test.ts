import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "src");

/** What each part of the source may import besides itself. `cli` and `main` are the entry, `holder` and `worker` those of the proxy in the background. */
const may: Record<string, readonly string[]> = {
  cli: ["main"],
  holder: ["commands", "service"],
  worker: ["commands", "service"],
  main: ["commands", "core", "report"],
  commands: [
    "core",
    "spec",
    "targets",
    "providers",
    "clients",
    "report",
    "disk",
    "formats",
    "findings",
    "service",
    "proxy",
    "mcp",
  ],
  spec: ["core", "formats", "targets", "providers", "generated"],
  findings: ["core", "formats", "providers"],
  report: ["core"],
  proxy: ["core", "providers"],
  service: ["core", "providers", "proxy"],
  clients: ["providers"],
  mcp: ["core"],
  targets: ["core", "formats", "providers"],
  providers: ["core"],
  formats: ["core"],
  disk: ["core"],
  generated: [],
  core: [],
};
/** Built-in modules of Node; nothing else reads the disk, the clock or the environment. */
const builtIn: Record<string, RegExp> = {
  // the entry sets how the engine runs the process
  cli: /^node:v8$/,
  holder: /^node:(?:crypto|os|url)$/,
  worker: /^node:(?:net|os)$/,
  main: /^node:(?:fs|path|util)$/,
  commands: /^node:(?:fs|path|util|os|url|crypto|child_process)$/,
  report: /^node:util$/,
  disk: /^node:(?:fs|path|os|buffer|child_process)$/,
  proxy: /^node:(?:http|https|net|tls|crypto|stream|zlib)$/,
  service: /^node:(?:child_process|crypto|fs|https?|net|path|util)$/,
  mcp: /^node:stream$/,
};

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));

interface Import {
  from: string;
  to: string;
  /** Gone once the types are. */
  typeOnly: boolean;
}
const partOf = (path: string): string => path.split("/")[0]!.replace(/\.ts$/, "");
const importsIn = (from: string, source: string): Import[] =>
  [
    ...source.matchAll(
      /^(?:import|export)\s[^"';]*?from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm,
    ),
  ].map((m) => ({
    from,
    to: m[1] ?? m[2] ?? m[3]!,
    typeOnly: /^(?:import|export) type /.test(m[0]),
  }));
const all = files.flatMap((path) => importsIn(path, readFileSync(join(root, path), "utf8")));

/** Why an import may not stand; undefined: it may. */
const fault = ({ from, to }: Pick<Import, "from" | "to">): string | undefined => {
  const part = partOf(from);
  const says = `src/${from} imports ${to}`;
  if (to.startsWith("node:")) return builtIn[part]?.test(to) ? undefined : says;
  if (!to.startsWith(".")) return part === "formats" || part === "report" ? undefined : says;
  const path = posix.join(posix.dirname(from), to);
  if (/^\.\.\/(?:schemas|package\.json)/.test(path)) return undefined;
  const target = partOf(path);
  return target === part || may[part]?.includes(target) ? undefined : says;
};

test("imports point one way", () => {
  expect(all.length).toBeGreaterThan(200);
  expect(all.flatMap((i) => fault(i) ?? [])).toEqual([]);
});

test("every part of the source is known here", () => {
  expect(files.map(partOf).filter((part) => !(part in may))).toEqual([]);
});

test("the test can fail", () => {
  const bad: [from: string, source: string][] = [
    ["core/plan.ts", 'import { read } from "../disk/snapshot.ts";'],
    ["core/surfaces/page.ts", 'import { yaml } from "../../formats/yaml.ts";'],
    ["core/blob.ts", 'import { readFileSync } from "node:fs";'],
    ["core/x.ts", 'const y = await import("../targets/index.ts");'],
    ["core/x.ts", 'export { plan } from "../spec/load.ts";'],
    ["spec/check.ts", 'import {\n  unsafePath,\n} from "../disk/paths.ts";'],
    ["disk/apply.ts", 'import { plan } from "../formats/yaml.ts";'],
    ["targets/claude.ts", 'import { x } from "../spec/surfaces.ts";'],
    ["formats/yaml.ts", 'import { x } from "../targets/index.ts";'],
    ["report/text.ts", 'import "../commands/build.ts";'],
    ["targets/claude.ts", 'import { parse } from "yaml";'],
    ["proxy/relay.ts", 'import { readFileSync } from "node:fs";'],
    ["proxy/serve.ts", 'import { fetch } from "undici";'],
  ];
  for (const [from, source] of bad)
    expect(importsIn(from, source).map(fault), source).toEqual([expect.stringContaining(from)]);
});

test("no files import each other in a circle", () => {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of all)
    if (to.startsWith(".") && !typeOnly)
      edges.set(from, [...(edges.get(from) ?? []), posix.join(posix.dirname(from), to)]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (at: string, way: readonly string[]): void => {
    if (way.includes(at)) circles.push([...way.slice(way.indexOf(at)), at].join(" -> "));
    if (done.has(at) || way.includes(at)) return;
    for (const next of edges.get(at) ?? []) walk(next, [...way, at]);
    done.add(at);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test("core reads neither the clock nor the environment", () => {
  const pure = files.filter((path) => /^(?:core|formats|targets|spec|proxy)\//.test(path));
  // hashing is no reading: it is only loaded late
  const reads =
    /\bprocess\.(?!getBuiltinModule\("node:crypto"\))|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\./;
  expect(pure.filter((path) => reads.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
});
