import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import type { Format } from "../src/core/format.ts";
import { bareLine, claudeRule, cursorLine, type Dialect, yamlOrLine } from "../src/formats/dialects.ts";
import { json } from "../src/formats/json.ts";
import { markdown } from "../src/formats/markdown.ts";
import { toml } from "../src/formats/toml.ts";
import { yaml, yaml11 } from "../src/formats/yaml.ts";

const CORPUS = new URL("../../shared/corpus/", import.meta.url).pathname;

/** Why tests of real files are skipped where there is no corpus. */
export const NO_CORPUS = "needs ../shared/corpus beside the repository";

/** One real file, as the corpus keeps it. */
export interface CorpusFile {
  /** The folder of the corpus it lies in: one repository at one commit. */
  folder: string;
  /** Relative to its repository. */
  path: string;
  kind: string;
  /** Where it leads, if it is a symbolic link in its repository; the corpus keeps that as its text. */
  link: string | undefined;
  /** Absolute path in the corpus. */
  source: string;
  text: string;
}

/** `owner+name`, with the commit behind it where a repository stands in the corpus twice. */
const folderFor = (repo: string, commit: string): string => {
  const plain = repo.replace("/", "+");
  const dated = `${plain}@${commit.slice(0, 10)}`;
  return existsSync(CORPUS + dated) ? dated : plain;
};

const entry = (line: string): CorpusFile => {
  const [repo = "", commit = "", path = "", , kind = "", note = ""] = line.split("\t");
  const folder = folderFor(repo, commit);
  const link = /^symlink -> (.+)$/.exec(note)?.[1];
  const source = join(CORPUS, folder, path);
  return { folder, path, kind, link, source, text: readFileSync(source, "utf8") };
};

/** Every file of the corpus, in the order of its manifest; none where there is no corpus. */
export const corpus: readonly CorpusFile[] = existsSync(CORPUS)
  ? readFileSync(`${CORPUS}MANIFEST.tsv`, "utf8").trimEnd().split("\n").slice(1).map(entry)
  : [];

/** The kinds of file that Claude Code and readers of AGENTS.md load; plugins are packages and no part of a project. */
const toolOf: Readonly<Record<string, string>> = {
  "agents-md": "agents",
  "claude-md": "claude",
  "claude-rule": "claude",
  "claude-command": "claude",
  "claude-agent": "claude",
  "claude-skill": "claude",
  "claude-settings": "claude",
  "mcp-json": "claude",
};
export const isToolFile = (file: CorpusFile): boolean => Object.hasOwn(toolOf, file.kind);

const dialectFor = (file: CorpusFile): Dialect => {
  if (file.kind === "cursor-rule") return cursorLine;
  if (file.path.startsWith(".cursor/agents/")) return bareLine;
  return file.kind === "claude-rule" ? claudeRule : yamlOrLine;
};

/** The format of a file, with the dialect of the tool that reads it. Plain text is Markdown without a head. */
export const formatFor = (file: CorpusFile): Format => {
  if (/\.json$/.test(file.path)) return json;
  if (/\.toml$/.test(file.path)) return toml;
  if (file.kind === "roomodes") return file.text.trimStart().startsWith("{") ? json : yaml;
  if (/\.ya?ml$/.test(file.path)) return file.kind === "aider" || file.kind === "litellm" ? yaml11 : yaml;
  return markdown(dialectFor(file));
};

/** One project of the corpus: a repository, or a folder in one that a tool is started in. */
export interface CorpusProject {
  name: string;
  /** With paths relative to the project. */
  files: readonly CorpusFile[];
  /** Those of `claude` and `agents` that it has files of. */
  tools: readonly string[];
}

/** The folder that a tool must be started in to read a file, with a final slash: `.claude` and `.mcp.json` count there only. */
const rootOf = (file: CorpusFile): string =>
  isToolFile(file) ? (/^(.+\/)(?:\.claude\/|\.mcp\.json$)/.exec(file.path)?.[1] ?? "") : "";

const project = (folder: string, root: string, all: readonly CorpusFile[]): CorpusProject => {
  const isIn = (f: CorpusFile): boolean => (isToolFile(f) ? rootOf(f) === root : f.path.startsWith(root));
  const files = all
    .filter((f) => f.folder === folder && isIn(f))
    .map((f) => ({ ...f, path: f.path.slice(root.length) }));
  const tools = new Set(files.flatMap((f) => toolOf[f.kind] ?? []));
  return { name: root ? `${folder}/${root.slice(0, -1)}` : folder, files, tools: [...tools].sort() };
};

/** Every project with files of Claude Code or for readers of AGENTS.md. Each such file is in exactly one. */
export const projects = (all: readonly CorpusFile[] = corpus): CorpusProject[] => {
  const roots = new Set(all.filter(isToolFile).map((f) => `${f.folder}\0${rootOf(f)}`));
  return [...roots].sort().map((key) => {
    const [folder = "", root = ""] = key.split("\0");
    return project(folder, root, all);
  });
};

/** Writes the files below `root` as their repository has them; links are links. */
export const plant = (files: readonly CorpusFile[], root: string): void => {
  for (const file of files) {
    const to = join(root, file.path);
    mkdirSync(dirname(to), { recursive: true });
    if (file.link === undefined) writeFileSync(to, readFileSync(file.source));
    else symlinkSync(file.link, to);
  }
};

/** The file that a path leads to, as the project has it; undefined where the corpus lacks it. */
export const realFile = (project: CorpusProject, file: CorpusFile): CorpusFile | undefined => {
  if (file.link === undefined) return file;
  const target = posix.join(posix.dirname(file.path), file.link);
  const next = project.files.find((f) => f.path === target);
  return next && realFile(project, next);
};

const roots: string[] = [];
/** Removes every checkout. */
export const removeCheckouts = (): void => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
};

/** A fresh Git work tree with the project's files in it. */
export const checkout = (project: CorpusProject): string => {
  const root = mkdtempSync(join(tmpdir(), "portable-corpus-"));
  roots.push(root);
  plant(project.files, root);
  execFileSync("git", ["init", "-q", root], { stdio: "ignore" });
  return root;
};

/** What stands at a path: where a link leads, or the bytes as text. */
export const standing = (root: string, path: string): string =>
  lstatSync(join(root, path)).isSymbolicLink()
    ? `-> ${readlinkSync(join(root, path))}`
    : readFileSync(join(root, path), "latin1");

/** Every file below the root but those of Git, with what stands there. */
export const tree = (root: string): Map<string, string> =>
  new Map(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => !/^\.git(?:\/|$)/.test(path) && !lstatSync(join(root, path)).isDirectory())
      .map((path) => [path, standing(root, path)]),
  );

const LONG_AGO = new Date("2020-01-01T00:00:00Z");
/** Sets every file's time long back. */
export const age = (root: string): void => {
  for (const path of tree(root).keys())
    if (!lstatSync(join(root, path)).isSymbolicLink()) utimesSync(join(root, path), LONG_AGO, LONG_AGO);
};
/** Files that were written since they were aged. */
export const young = (root: string): string[] =>
  [...tree(root).keys()].filter((path) => {
    const stat = lstatSync(join(root, path));
    return !stat.isSymbolicLink() && stat.mtimeMs !== LONG_AGO.getTime();
  });

/** Kept by portable for itself: what it wrote, and marks for Git. */
export const isBookkeeping = (path: string): boolean =>
  /^(?:portable\.(?:lock|yaml)|\.gitattributes|\.portable\/.*)$/.test(path);

/** A line that no file of the corpus has. */
export const LINE = "One more line that nobody had written before.";
/** Adds a line at the end of a text file. */
export const append = (root: string, path: string): void => {
  const text = readFileSync(join(root, path), "utf8");
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  writeFileSync(join(root, path), text.endsWith("\n") ? text + LINE + eol : text + eol + LINE);
};

/** Lines that only one of two texts has, in order, once what both begin and end with is taken off. */
export const lineDiff = (before: string, after: string): { gone: string[]; come: string[] } => {
  const [gone, come] = [before.split("\n"), after.split("\n")];
  while (gone.length && gone[0] === come[0]) [gone.shift(), come.shift()];
  while (gone.length && gone.at(-1) === come.at(-1)) [gone.pop(), come.pop()];
  return { gone, come };
};

/** Prints rows in columns. */
export const table = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void => {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((c, i) => (i ? c.padStart(widths[i]!) : c.padEnd(widths[0]!))).join("  ");
  console.log([title, ...all.map(line)].join("\n"));
};
/** A table with a last row of sums. */
export const totals = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void => {
  const sums = head.slice(1).map((_, i) => rows.reduce((n, row) => n + Number(row[i + 1]), 0));
  table(title, head, [...rows, ["all", ...sums]]);
};
