import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pkg from "../package.json" with { type: "json" };
import { main } from "../src/main.ts";

/**
 * A case is a Markdown file: prose, and fenced blocks that are done in order.
 *
 *     ```yaml portable.yaml            writes a file; after the path: crlf, bom, unended (no final newline), exec
 *     ```md expect CLAUDE.md           the whole of a file as it must stand now; the same words behind the path
 *     ```text expect CLAUDE.md absent  no such file
 *     ```console                       `$ ` and a command, what it prints, `=> 2` where its exit status is not 0
 *
 * Commands: `portable ...`, and of a shell only what `steps` below names. Standard output and error are one, in that order.
 * In what is printed the folder of the case is `/repo`.
 */
export interface Block {
  /** Lines of the case's text that are the content: first, and one past the last. */
  from: number;
  to: number;
  language: string;
  words: string[];
}
export interface Mismatched {
  /** Line of the case, from 1. */
  line: number;
  wanted: string;
  got: string;
}

const FENCE = /^(`{3,}|~{3,})(.*)$/;

/** The fenced blocks of a case that are more than an illustration. */
export const blocksOf = (text: string): Block[] => {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, fence, info] = FENCE.exec(lines[i]!) ?? [];
    if (fence === undefined || info === undefined) continue;
    const end = lines.findIndex(
      (l, k) =>
        k > i && l.startsWith(fence) && l.trim() === l && !l.slice(fence.length).replaceAll(fence[0]!, ""),
    );
    if (end < 0) throw new Error(`line ${i + 1}: the block has no end`);
    const [language = "", ...words] = info.trim().split(/\s+/);
    if (language === "console" || words.length) blocks.push({ from: i + 1, to: end, language, words });
    i = end;
  }
  return blocks;
};

const forms = new Set(["crlf", "bom", "unended", "exec"]);
const encoded = (content: string, words: readonly string[]): string => {
  const unknown = words.find((w) => !forms.has(w));
  if (unknown) throw new Error(`"${unknown}" is no form of a file: ${[...forms].join(", ")}`);
  const ended = words.includes("unended") ? content.replace(/\n$/, "") : content;
  return (
    (words.includes("bom") ? "\uFEFF" : "") +
    (words.includes("crlf") ? ended.replaceAll("\n", "\r\n") : ended)
  );
};

const write = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((e) => {
    const path = folder === "." ? `./${e.name}` : `${folder}/${e.name}`;
    return e.isDirectory() ? filesBelow(root, path) : [path];
  });

/** What a case may use of a shell; each gives what it prints. */
const steps: [form: RegExp, act: (at: (path: string) => string, ...words: string[]) => string | undefined][] =
  [
    [/^cat (\S+)$/, (at, path) => readFileSync(at(path!), "utf8")],
    [/^rm( -r)? (\S+)$/, (at, deep, path) => void rmSync(at(path!), { recursive: deep !== undefined })],
    [/^ln -s (\S+) (\S+)$/, (at, to, path) => void symlinkSync(to!, at(path!))],
    [/^chmod \+x (\S+)$/, (at, path) => void chmodSync(at(path!), 0o755)],
    [/^echo (['"])(.*)\1 >> (\S+)$/, (at, _, text, path) => void appendFileSync(at(path!), `${text}\n`)],
    [
      /^sed -i (['"])s\/([^/]*)\/([^/]*)\/\1 (\S+)$/,
      (at, _, from, to, path) => void replace(at(path!), from!, to!),
    ],
    [/^readlink (\S+)$/, (at, path) => `${readlinkSync(at(path!))}\n`],
    [
      /^find (\S+) -type f$/,
      (at, path) =>
        filesBelow(at("."), path!)
          .sort()
          .map((p) => `${p}\n`)
          .join(""),
    ],
  ];
/** The first of each line, as plain text. */
const replace = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) throw new Error(`"${from}" does not stand there`);
  writeFileSync(
    file,
    text
      .split("\n")
      .map((line) => line.replace(from, () => to))
      .join("\n"),
  );
};

const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]!);

/** Runs one command of a case; gives its output and exit status. */
const run = async (line: string, root: string): Promise<{ output: string; status: number }> => {
  if (/^portable(?: |$)/.test(line)) {
    const said = { out: "", err: "" };
    const status = await main(words(line).slice(1), {
      cwd: root,
      out: (t) => (said.out += t),
      err: (t) => (said.err += t),
    });
    return { output: said.out + said.err, status };
  }
  for (const [form, act] of steps) {
    const m = form.exec(line);
    if (m) return { output: act((path) => join(root, path), ...m.slice(1)) ?? "", status: 0 };
  }
  throw new Error(`a case cannot run \`${line}\``);
};

const neutral = (text: string, root: string): string =>
  withoutKey(text)
    .replaceAll(realpathSync(root), "/repo")
    .replaceAll(root, "/repo")
    .replaceAll(`portable.lock 1 ${pkg.version}`, "portable.lock 1 VERSION");

/** `<key>` in a case is a key that is made here, so that no file holds what looks like one. */
const KEY = ["sk", "ant", "api03", "Zq7wX2".repeat(9)].join("-");
const withKey = (text: string): string => text.replaceAll("<key>", KEY);
const withoutKey = (text: string): string => text.replaceAll(KEY, "<key>");

/** The console's commands, each with what it printed. */
const transcript = async (content: string, root: string): Promise<string> => {
  const out: string[] = [];
  for (const line of content.split("\n").filter((l) => l.startsWith("$ "))) {
    const { output, status } = await run(line.slice(2), root);
    if (/^\$ portable/.test(line) && output.includes(KEY))
      throw new Error(`\`${line.slice(2)}\` shows a secret`);
    const ended = output === "" || output.endsWith("\n") ? output : `${output}\n`;
    out.push(`${line}\n${neutral(ended, root)}${status ? `=> ${status}\n` : ""}`);
  }
  return out.join("");
};

/** The file as an `expect` block of the same words would say it. */
const standing = (root: string, path: string): string | undefined =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;
const shown = (raw: string | undefined, kind: readonly string[], root: string): string => {
  if (raw === undefined) return "(there is no such file)\n";
  const bare = kind.includes("bom") ? raw.replace(/^\uFEFF/, "") : raw;
  const lf = kind.includes("crlf") ? bare.replaceAll("\r\n", "\n") : bare;
  return neutral(kind.includes("unended") ? `${lf}\n` : lf, root);
};
const isExec = (root: string, path: string): boolean => (lstatSync(join(root, path)).mode & 0o100) !== 0;

const expected = (content: string, path: string, kind: readonly string[], root: string): string => {
  const raw = standing(root, path);
  if (kind.includes("absent")) return raw === undefined ? "" : raw;
  if (raw === undefined) return shown(raw, kind, root);
  if (kind.includes("exec") && !isExec(root, path)) return "(not executable)\n";
  const got = shown(raw, kind, root);
  const exact = encoded(got, kind) === neutral(raw, root);
  return exact || got !== content
    ? got
    : `${got}(other line ends, byte order mark or final newline than said)\n`;
};

const act = async (block: Block, content: string, root: string): Promise<string> => {
  if (block.language === "console") return transcript(content, root);
  const [first, path, ...kind] = block.words;
  if (first === "expect" && path !== undefined) return expected(content, path, kind, root);
  write(root, first!, withKey(encoded(content, block.words.slice(1))));
  if (block.words.includes("exec")) chmodSync(join(root, first!), 0o755);
  return content;
};

/** Runs a case in a folder of its own. Gives what is not as the case says, and the case as it would be right. */
export const runCase = async (text: string): Promise<{ wrong: Mismatched[]; accepted: string }> => {
  const root = join(mkdtempSync(join(tmpdir(), "portable-case-")), "repo");
  mkdirSync(root);
  const lines = text.split("\n");
  const wrong: Mismatched[] = [];
  const accepted: string[] = [];
  let done = 0;
  try {
    for (const block of blocksOf(text)) {
      const wanted = lines
        .slice(block.from, block.to)
        .map((l) => `${l}\n`)
        .join("");
      const got = await act(block, wanted, root);
      if (got !== wanted) wrong.push({ line: block.from + 1, wanted, got });
      accepted.push(
        ...lines.slice(done, block.from),
        ...(got === "" ? [] : got.replace(/\n$/, "").split("\n")),
      );
      done = block.to;
    }
  } finally {
    rmSync(dirname(root), { recursive: true, force: true });
  }
  return { wrong, accepted: [...accepted, ...lines.slice(done)].join("\n") };
};
