import { Mismatch } from "../core/data.ts";
import { attempt, type Dialect, type Entry, type Front, isEntry } from "./frontmatter.ts";
import { readSimple } from "./yaml-simple.ts";
import { isYamlMap, readYaml } from "./yaml-value.ts";
import { isPlainText, writeYaml } from "./yaml-write.ts";

export type { Dialect } from "./frontmatter.ts";

const hasStrayLines = (front: Front): boolean =>
  front.spans.some(
    (span) => !isEntry(span) && span.text.split("\n").some((line) => !/^[ \t]*(?:#|\r?$)/.test(line)),
  );

const hasTwins = (front: Front): boolean => {
  const keys = front.spans.filter(isEntry).map((entry) => entry.key);
  return new Set(keys).size < keys.length;
};

const yamlHead = (front: Front): "ok" | "dropped" => {
  const simple = front.spans.every((span) => !isEntry(span) || readSimple(span.value) !== undefined);
  if (simple && !hasStrayLines(front) && !hasTwins(front)) return "ok";
  return isYamlMap(front.spans.map((span) => span.text).join("")) ? "ok" : "dropped";
};

/** YAML 1.2, as strict readers have it: one value that is not YAML and the whole head is dropped. */
export const yaml: Dialect = { id: "YAML", read: readYaml, write: writeYaml, head: yamlHead };

const oneLine = (source: string): string => {
  const text = source.trimEnd();
  if (text === "" || /[\r\n]/.test(text)) throw new Mismatch("neither YAML nor one line");
  return text.trimStart();
};

const readYamlOrLine = (source: string): unknown => {
  const known = attempt(() => readYaml(source));
  return known ? known.value : oneLine(source);
};

/** YAML where a value is YAML, else its one line as it stands: `globs: *.ts` and `description: a: b` are read. */
export const yamlOrLine: Dialect = { id: "YAML or a line", read: readYamlOrLine, write: writeYaml };

/** The same, with text as it stands wherever that is YAML: for files that readers of bare lines read too. */
export const bareYaml: Dialect = {
  id: "YAML, bare",
  read: readYamlOrLine,
  write: (value, prior, eol = "\n") =>
    prior === undefined && typeof value === "string" && isPlainText(value)
      ? ` ${value}${eol}`
      : writeYaml(value, prior, eol),
};

/** Tabs that indent, as spaces: Claude Code reads a list that is indented by them. */
const untabbed = (source: string): string =>
  source.replace(/\n[ \t]+/g, (indent) => indent.replaceAll("\t", "  "));

const readClaude = (source: string): unknown => {
  const known = attempt(() => readYaml(source)) ?? attempt(() => readYaml(untabbed(source)));
  return known ? known.value : oneLine(source);
};

/** A value of several lines that is not YAML cannot be mended by quoting, so the head is lost. */
const claudeHead = (front: Front): "ok" | "dropped" => {
  const lost = (entry: Entry): boolean => attempt(() => readClaude(entry.value)) === undefined;
  return hasStrayLines(front) || front.spans.some((span) => isEntry(span) && lost(span)) ? "dropped" : "ok";
};

/**
 * Heads of Claude Code's rules: where a head is not YAML, scalars are quoted and it is read again; where it still is
 * not, the whole head is dropped and the rule is always on (a bare list item `- *.ts` does that).
 * Measured with 2.1.330, 2026-11-22.
 */
export const claudeRule: Dialect = {
  id: "Claude rule head",
  read: readClaude,
  write: writeYaml,
  head: claudeHead,
};

const unquoted = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
const isQuoted = (text: string): boolean => unquoted(text) !== text;
const isSwitch = (text: string): boolean => text === "true" || text === "false";

/** The parts between the commas outside of braces. */
const commaParts = (text: string): string[] => {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "{") depth++;
    if (char === "}") depth--;
    if (char === "," && depth <= 0) parts.push("");
    else parts.push(parts.pop()! + char);
  }
  return parts.map((part) => part.trim());
};

const cursorItem = (line: string): string => {
  const item = /^[ \t]*-[ \t]+(.*)$/.exec(line.trimEnd())?.[1];
  if (item === undefined) throw new Mismatch("a line that is not an item of a list");
  return unquoted(item.trim());
};

const readCursor = (source: string): unknown => {
  const [first = "", ...below] = source.split(/\r?\n/).map((line) => line.trim());
  const more = below.filter((line) => line !== "");
  if (first === "") return more.length > 0 ? more.map(cursorItem) : "";
  if (/^[|>][-+\d]*$/.test(first)) return first;
  if (more.length > 0) throw new Mismatch("more than one line");
  if (isQuoted(first) && isSwitch(unquoted(first)))
    throw new Mismatch("a quoted true or false is neither to Cursor");
  return /^\[.*\]$/.test(first) ? commaParts(first) : unquoted(first);
};

const cursorText = (text: string, wasQuoted: string | undefined): string => {
  if (/[\r\n]/.test(text)) throw new Mismatch("a line break in a one-line value");
  const mustQuote = text !== text.trim() || isQuoted(text) || /^\[.*\]$/.test(text);
  const quote = isSwitch(text) ? "" : (wasQuoted ?? (mustQuote ? '"' : ""));
  return quote + text + quote;
};

const quoteOf = (source: string | undefined): string | undefined => {
  const text = source?.trim() ?? "";
  return isQuoted(text) ? text[0] : undefined;
};

const textOf = (value: unknown): string => {
  if (typeof value !== "string") throw new Mismatch("a line holds text only");
  return value;
};

/** The lines of a block list; items that stay keep theirs, new ones take the first one's indent and quotes. */
const cursorList = (items: unknown[], prior: string | undefined, eol: string): string => {
  const old = /^[ \t]*\r?\n/.test(prior ?? "") ? prior!.split("\n").filter((line) => line.trim() !== "") : [];
  const [, lead = "  - ", first] = /^([ \t]*-[ \t]+)(.*)/.exec(old[0] ?? "") ?? [];
  const spelled = (item: string): string =>
    cursorText(item, quoteOf(first) ?? (item === "" ? '"' : undefined));
  const line = (item: string): string => {
    const kept = old.findIndex((each) => attempt(() => cursorItem(each))?.value === item);
    return kept < 0 ? lead + spelled(item) : old.splice(kept, 1)[0]!.trimEnd();
  };
  return eol + items.map((item) => line(textOf(item)) + eol).join("");
};

const writeCursor = (value: unknown, prior?: string, eol = "\n"): string => {
  if (Array.isArray(value)) return cursorList(value, prior, eol);
  const text = cursorText(textOf(value), quoteOf(prior));
  return text === "" ? eol : ` ${text}${eol}`;
};

/**
 * Heads of Cursor's rules (`.mdc`): text on one line with one pair of quotes taken off, or a block list of it; never
 * a number or a boolean (`true` is the text). A flow list is broken: its comma-separated pieces keep brackets and
 * quotes. A folded scalar is its header. From the loader in `@cursor/sdk` 1.0.32, 2026-11-22.
 */
export const cursorLine: Dialect = {
  id: "Cursor rule head",
  tight: true,
  read: readCursor,
  write: writeCursor,
};

/**
 * Heads of Cursor's subagents: one bare line a key; quotes and brackets are part of the text.
 * From the loader in `@cursor/sdk` 1.0.32, 2026-11-22.
 */
export const bareLine: Dialect = {
  id: "Cursor agent head",
  tight: true,
  read: (source) => {
    const text = source.trimEnd();
    if (/[\r\n]/.test(text)) throw new Mismatch("more than one line");
    return text.trimStart();
  },
  write: (value, _prior, eol = "\n") => {
    const text = textOf(value);
    if (/[\r\n]/.test(text)) throw new Mismatch("a line break in a one-line value");
    return text === "" ? eol : ` ${text}${eol}`;
  },
};
