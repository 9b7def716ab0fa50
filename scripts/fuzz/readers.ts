import { Mismatch } from "../../src/core/data.ts";
import type { Format } from "../../src/core/format.ts";
import { printLedger, readLedger } from "../../src/core/ledger.ts";
import { onlyBlocks } from "../../src/core/lower.ts";
import { plan } from "../../src/core/plan.ts";
import { parts, withRegions } from "../../src/core/regions.ts";
import { kinds } from "../../src/core/spec.ts";
import { specData, specPrompt } from "../../src/core/spellings.ts";
import { emptyWorld, type World } from "../../src/core/surface.ts";
import { choicesOf, surfacesOf } from "../../src/core/target.ts";
import { parse, say } from "../../src/core/template.ts";
import {
  bareLine,
  bareYaml,
  claudeRule,
  cursorLine,
  type Dialect,
  yaml as yamlDialect,
  yamlOrLine,
} from "../../src/formats/dialects.ts";
import { cut, join, split } from "../../src/formats/frontmatter.ts";
import { json, strictJsonFault } from "../../src/formats/json.ts";
import { lines } from "../../src/formats/lines.ts";
import { headFault, markdown } from "../../src/formats/markdown.ts";
import { scan } from "../../src/formats/markdown-scan.ts";
import { plain } from "../../src/formats/plain.ts";
import { prose } from "../../src/formats/prose.ts";
import { strictTomlFault, toml } from "../../src/formats/toml.ts";
import { yaml, yaml11 } from "../../src/formats/yaml.ts";
import { yamlList } from "../../src/formats/yaml-list.ts";
import { yamlOrJson } from "../../src/formats/yaml-or-json.ts";
import { readTool } from "../../src/spec/in-place.ts";
import { readItems } from "../../src/spec/load.ts";
import { readOptions } from "../../src/spec/options.ts";
import { specFile } from "../../src/spec/surfaces.ts";
import { targetIds, targets } from "../../src/targets/index.ts";
import { commands } from "./commands.ts";
import { mutated, type Random } from "./mutate.ts";
import { ledgerText, outputs, spec, specFiles, toolFiles } from "./samples.ts";

/** One thing that reads what others wrote. */
export interface Reader {
  name: string;
  /** Reads one input made by chance. Throws where it crashes; a `Mismatch` is an answer. */
  run(r: Random): void | Promise<void>;
}

const pick = <T>(all: readonly T[], r: Random): T => all[r(all.length)]!;
const toolTexts = toolFiles.map(([, text]) => text);
const allTexts = [
  ...toolTexts,
  ...specFiles.values(),
  ledgerText,
  "[a]\nb = 1 # c\n[[d]]\ne = { f = 'g' }\n",
];
const ending = (...suffixes: string[]): string[] =>
  [...toolFiles, ...specFiles].flatMap(([p, t]) => (suffixes.some((s) => p.endsWith(s)) ? [t] : []));

const answers = (act: () => unknown): void => {
  try {
    act();
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
  }
};
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`broken law: ${what}`);
};
const reader = (
  name: string,
  samples: readonly string[],
  act: (text: string, r: Random) => unknown,
): Reader => ({
  name,
  run: (r) => {
    const text = mutated(pick(samples, r), pick(allTexts, r), r);
    answers(() => act(text, r));
  },
});

const VALUES = ["x", "", 7, true, null, ["a"], { k: "v" }, "- \n#", "\u2028"];
/** Reads, sets a key, adds one, takes one away; the text must stay readable and the new value must be read back. */
const format = (name: string, f: Format, samples: readonly string[]): Reader =>
  reader(`format ${name}`, samples, (text, r) => {
    const keys = Object.keys(f.parse(text));
    for (const key of [pick([...keys, "new"], r), "added"]) {
      f.locate(text, [key]);
      answers(() => {
        const value = pick(VALUES, r);
        const edited = f.edit(text, [{ path: [key], value }]);
        f.parse(edited);
        const removed = f.edit(edited, [{ path: [key], value: undefined }]);
        must(key === "body" || !Object.hasOwn(f.parse(removed), key), `${name}: a removed key is gone`);
      });
    }
  });

const dialects: [string, Dialect][] = [
  ["yaml", yamlDialect],
  ["yamlOrLine", yamlOrLine],
  ["bareYaml", bareYaml],
  ["claudeRule", claudeRule],
  ["cursorLine", cursorLine],
  ["bareLine", bareLine],
];

const worldWith = (files: Iterable<[string, string]>, ledger = emptyWorld().ledger): World => ({
  ...emptyWorld(),
  files: new Map(files),
  ledger,
});
/** Some of the tools' files, each changed by chance. */
const someFiles = (r: Random, isWanted: (path: string) => boolean): Map<string, string> => {
  const files = new Map<string, string>();
  for (const [path, text] of toolFiles)
    if (isWanted(path) && !r(3)) files.set(path, r(2) ? mutated(text, pick(toolTexts, r), r) : text);
  return files;
};

const tools: Reader[] = targets.map((t) => {
  const patterns = surfacesOf(t).flatMap((s) => s.place.reads);
  const isTheirs = (path: string): boolean =>
    patterns.some((p) => ("file" in p ? p.file === path : path.startsWith(`${p.folder}/`)));
  return {
    name: `target ${t.id}`,
    run: (r) => {
      const world = worldWith(someFiles(r, isTheirs), r(2) ? readLedger(ledgerText).ledger : undefined);
      for (const salvage of [true, false]) readTool(t, world, salvage);
      const p = plan({ targets: [t], known: targets, spec, world, force: !r(4) });
      for (const kind of kinds)
        for (const { place } of choicesOf(t.keeps[kind])) place.read(p.after, { target: t.id });
    },
  };
});

const specReader: Reader = {
  name: "spec",
  run: (r) => {
    const files = new Map(specFiles);
    for (const [path, text] of specFiles) if (!r(3)) files.set(path, mutated(text, pick(allTexts, r), r));
    const options = readOptions(files.get(specFile));
    const items = readItems(worldWith(files), targetIds, options.options, "", options.diagnostics);
    plan({ targets, known: targets, spec: items.spec, world: worldWith(outputs) });
  },
};

export const readers: readonly Reader[] = [
  format("json", json, ending(".json", ".roomodes")),
  format("yaml", yaml, ending(".yaml", ".yml")),
  format("yaml11", yaml11, ending(".yaml", ".yml")),
  format("yamlList", yamlList(yaml11), ending("settings.yml", ".yaml")),
  format("yamlOrJson", yamlOrJson, ending(".roomodes", ".json", ".yml")),
  format("toml", toml, [
    ...allTexts.slice(-1),
    "a = 1\n[b.c]\nd = '''x'''\n[[e]]\nf = [1, # g\n 2]\n[[e]]\n",
  ]),
  format("lines", lines, ending("ignore", ".md")),
  ...[plain, prose].map((f) =>
    reader(`format ${f.id}`, ending(".md", "rules"), (text) => {
      const data = f.parse(text);
      const same = f.edit(
        text,
        Object.entries(data).map(([k, value]) => ({ path: [k], value })),
      );
      must(same === text, `${f.id}: its own data changes nothing`);
    }),
  ),
  ...dialects.map(([name, d]) => format(`markdown ${name}`, markdown(d), ending(".md", ".mdc"))),
  ...dialects.map(([name, d]) => reader(`dialect ${name}`, ending(".yaml", ".mdc"), (t) => d.read(t))),
  reader("frontmatter", ending(".md", ".mdc"), (text, r) => {
    const tight = !r(2);
    must(join(split(text, tight)) === text, "the spans of a head join to the file");
    must(
      cut(text, tight)
        .map((s) => s.text)
        .join("") === text,
      "the spans of a text join to it",
    );
    for (const [, d] of dialects) headFault(text, d);
  }),
  reader("scan", ending(".md", ".mdc"), (text) => scan(text)),
  reader("only blocks", ending(".md"), (text) => onlyBlocks(text)),
  reader("regions", [outputs.get("AGENTS.md")!, outputs.get("CLAUDE.md")!, ...ending(".md")], (text) => {
    const { parts: all } = parts(text);
    must(
      all.map((p) => ("user" in p ? p.user : p.gap + p.open + p.text + p.close)).join("") === text,
      "parts join",
    );
    const rows = [{ name: "added", text: "Added.\n" }];
    const kept = all.flatMap((p) => ("name" in p ? [{ name: p.name, text: p.text, when: p.when }] : []));
    const added = withRegions(text, [...kept, ...rows], "\n");
    must(
      parts(added).parts.some((p) => "name" in p && p.name === "added"),
      "a new region is read back",
    );
    if (!kept.length) must(withRegions(added, [], "\n") === text, "a page without its region is as it was");
  }),
  reader("ledger", [ledgerText], (text) => {
    const { ledger } = readLedger(text);
    const printed = printLedger(ledger, "0.0.0");
    must(printLedger(readLedger(printed).ledger, "0.0.0") === printed, "a printed ledger is read as it was");
  }),
  reader("strict faults", ending(".json", ".toml"), (text) => [strictJsonFault(text), strictTomlFault(text)]),
  reader("templates", ending(".md", ".json"), (text) => {
    for (const spelling of [specData, specPrompt(["a"])]) say(spelling, parse(spelling, text));
  }),
  specReader,
  ...tools,
  ...commands,
];
