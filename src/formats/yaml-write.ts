import { isCollection, isMap, isScalar, isSeq, type YAMLSeq } from "yaml";
import { type Data, isObject, same } from "../core/data.ts";
import { attempt, cut, type Dialect, put } from "./frontmatter.ts";
import { readSimple } from "./yaml-simple.ts";
import { guardPlain, type Parsed, parseValue, readYaml } from "./yaml-value.ts";

type Style = "plain" | "single" | "double";

const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;
/** Words that YAML 1.1 readers take for booleans or nulls. */
const WORD_1_1 = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const FLOW_PLAIN = /^[A-Za-z_][A-Za-z0-9_]*(?:[-./][A-Za-z0-9_]+)*$/;

const doubleQuoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A text that stands for itself behind a colon, without quotes, for every reader of YAML. */
export const isPlainText = (text: string): boolean => readSimple(` ${text}`) === text && !WORD_1_1.test(text);
const isPlain = (text: string, inFlow: boolean): boolean =>
  isPlainText(text) && (!inFlow || FLOW_PLAIN.test(text));

const string = (text: string, style: Style, inFlow: boolean): string => {
  if (style === "plain" && isPlain(text, inFlow)) return text;
  if (style === "single" && !UNPRINTABLE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return doubleQuoted(text);
};

const keyText = (key: string): string => string(key, "plain", true);

const isNested = (value: unknown): value is unknown[] | Data =>
  Array.isArray(value) ? value.length > 0 : isObject(value) && pairs(value).length > 0;

const pairs = (map: Data): [string, unknown][] =>
  Object.entries(map).filter(([, value]) => value !== undefined);

/** A value on one line; collections in flow style. */
const line = (value: unknown, style: Style = "double", inFlow = false): string => {
  if (typeof value === "string") return string(value, style, inFlow);
  if (Array.isArray(value)) return `[${value.map((item) => line(item, style, true)).join(", ")}]`;
  if (!isObject(value)) return Object.is(value, -0) ? "-0.0" : JSON.stringify(value);
  const inner = pairs(value).map(([key, item]) => `${keyText(key)}: ${line(item, style, true)}`);
  return inner.length > 0 ? `{ ${inner.join(", ")} }` : "{}";
};

/** A value after `key:` or `-` as block lines: collections below, two spaces further in. */
const block = (value: unknown[] | Data, indent: string, eol: string): string => {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${listItem(item, deeper, eol)}`).join("");
  const after = (item: unknown): string =>
    isNested(item) ? eol + block(item, deeper, eol) : ` ${line(item)}${eol}`;
  return pairs(value)
    .map(([key, item]) => `${indent}${keyText(key)}:${after(item)}`)
    .join("");
};

const listItem = (item: unknown, indent: string, eol: string, style?: Style): string =>
  isNested(item) ? block(item, indent, eol).slice(indent.length) : line(item, style) + eol;

const fresh = (value: unknown, eol: string): string =>
  isNested(value) ? eol + block(value, "  ", eol) : ` ${line(value)}${eol}`;

/** What stands before, in and behind the old value. */
interface Prior extends Parsed {
  source: string;
  lead: string;
  tail: string;
}

const priorOf = (source: string): Prior => {
  const parsed = parseValue(source);
  const [start = 0, end = 0] = parsed.node?.range?.map((offset) => offset + parsed.shift) ?? [];
  return { ...parsed, source, lead: source.slice(0, start), tail: source.slice(end) };
};

const styleOf = (node: unknown): Style => {
  if (!isScalar(node) || typeof node.value !== "string") return "double";
  return node.type === "PLAIN" ? "plain" : node.type === "QUOTE_SINGLE" ? "single" : "double";
};

/** In the place of an old one-line value, or of an empty one; what stands around it stays. */
const inLine = (value: unknown, prior: Prior): string | undefined => {
  const { node, source, lead, tail } = prior;
  if (isCollection(node) && !node.flow) return undefined;
  if (isScalar(node) && (node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL")) return undefined;
  if (source.slice(lead.length, source.length - tail.length).trim() === "") return ` ${line(value)}${source}`;
  const style = styleOf(isSeq(node) ? node.items[0] : node);
  return lead + line(value, style) + tail;
};

/** A literal block in the place of a literal block. */
const literal = (text: string, prior: Prior, eol: string): string | undefined => {
  const head = /^([ \t]*\|)[-+]?([ \t]*(?:#[^\n]*)?\r?\n)([ \t]+)/.exec(prior.source);
  if (!head || !/\S\n?$/.test(text) || UNPRINTABLE.test(text.replaceAll("\n", ""))) return undefined;
  const lines = text.replace(/\n$/, "").split("\n");
  const body = lines.map((each) => (each === "" ? eol : head[3] + each + eol)).join("");
  return head[1] + (text.endsWith("\n") ? "" : "-") + head[2] + body;
};

/** A block list with the lines of the items that stay, and new lines in their style. */
const listBelow = (value: unknown[], prior: Prior, eol: string): string | undefined => {
  const { source, shift } = prior;
  const list = prior.node as YAMLSeq<{ range: [number, number, number] }>;
  const starts = list.items.map((item) => source.lastIndexOf("\n", item.range[0] + shift - 1) + 1);
  const olds = starts.map((start, i) => ({
    text: source.slice(start, starts[i + 1] ?? source.length),
    value: (prior.value as unknown[])[i],
  }));
  const indent = /^[ \t]*/.exec(olds[0]?.text ?? "  ")![0];
  const style = styleOf(list.items[0]);
  const items = value.map((item) => {
    const kept = olds.findIndex((old) => same(old.value, item));
    if (kept >= 0) return olds.splice(kept, 1)[0]!.text;
    return `${indent}- ${listItem(item, `${indent}  `, eol, style)}`;
  });
  return source.slice(0, starts[0]) + items.join("");
};

const isBlankLine = (text: string): boolean => /^[ \t]*\r?\n?$/.test(text);
const eachLine = (text: string, change: (line: string) => string): string =>
  text.replace(/[^\n]+\n?/g, (each) => (isBlankLine(each) ? each : change(each)));

/** A block map, edited key by key as if it were a head of its own. */
const mapBelow = (value: Data, prior: Prior, eol: string): string | undefined => {
  const first = prior.source.indexOf("\n") + 1;
  const below = prior.source.slice(first);
  const indent = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)/.exec(below)?.[1];
  const isOutside = (each: string): boolean => !each.startsWith(indent!) && !isBlankLine(each);
  if (indent === undefined || below.split("\n").some(isOutside)) return undefined;
  let spans = cut(eachLine(below, (each) => each.slice(indent.length)));
  const keys = new Set([...Object.keys(prior.value as Data), ...Object.keys(value)]);
  for (const key of keys) spans = [...put(spans, key, value[key], nested, eol)];
  const text = spans.map((span) => span.text).join("");
  return prior.source.slice(0, first) + eachLine(text, (each) => indent + each);
};

/** Block lines in the place of a one-line value; a comment behind that stays behind the key. */
const blockInstead = (value: unknown[] | Data, prior: Prior, eol: string): string | undefined => {
  if (isCollection(prior.node) && !prior.node.flow) return undefined;
  const comment = /^[ \t]+#[^\r\n]*/.exec(prior.tail)?.[0] ?? "";
  return comment + fresh(value, eol);
};

type Way = (value: never, prior: Prior, eol: string) => string | undefined;

/** The ways to write `value` over `prior`, the one that keeps most of it first. */
const waysOf = (value: unknown, { node }: Prior): Way[] => {
  const below = isCollection(node) && !node.flow;
  const ways: Way[] = [];
  if (typeof value === "string" && isScalar(node) && node.type === "BLOCK_LITERAL") ways.push(literal);
  if (Array.isArray(value) && isSeq(node) && below) ways.push(listBelow);
  if (isObject(value) && isMap(node) && below) ways.push(mapBelow);
  return [...ways, isNested(value) && (below || !isCollection(node)) ? blockInstead : inLine];
};

const overPrior = (value: unknown, source: string, eol: string): string | undefined => {
  const prior = attempt(() => priorOf(source))?.value;
  if (!prior) return undefined;
  for (const way of waysOf(value, prior)) {
    const written = attempt(() => way(value as never, prior, eol))?.value;
    if (written !== undefined && same(attempt(() => readYaml(written))?.value, value)) return written;
  }
  return undefined;
};

/**
 * Source that stands after a colon and reads as `value` in YAML 1.1 and 1.2: strings double-quoted, collections in
 * block style; over `prior` in its style, with its comments, wherever that reads back. Throws `Mismatch` on what is
 * not plain data.
 */
export const writeYaml = (value: unknown, prior?: string, eol = "\n"): string => {
  guardPlain(value);
  return (prior === undefined ? undefined : overPrior(value, prior, eol)) ?? fresh(value, eol);
};

const nested: Dialect = { id: "yaml", read: readYaml, write: writeYaml };
