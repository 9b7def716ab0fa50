import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
