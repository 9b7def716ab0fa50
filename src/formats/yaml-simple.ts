/** What may stand unescaped in a one-line scalar that is read here: no controls, no odd breaks, no tabs. */
const PRINTABLE = /^[\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/;
const PLAIN_START = /^(?:[A-Za-z_/$(]|\.\/)/;
const WORD = /^(?:null|true|false)$/i;
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  n: "\n",
  t: "\t",
  r: "\r",
};

/** Without the spaces around it and without its `\r`; other white space belongs to a value. */
const trimmed = (text: string): string => {
  let start = 0;
  let end = text.endsWith("\r") ? text.length - 1 : text.length;
  while (start < end && text[start] === " ") start++;
  while (end > start && text[end - 1] === " ") end--;
  return text.slice(start, end);
};

const doubleQuoted = (text: string): string | undefined => {
  let value = "";
  for (let at = 1; at < text.length - 1; at++) {
    let char: string | undefined = text[at]!;
    if (char === '"') return undefined;
    if (char === "\\") {
      char = ++at < text.length - 1 ? ESCAPES[text[at]!] : undefined;
      if (char === undefined) return undefined;
    }
    value += char;
  }
  return value;
};

const singleQuoted = (text: string): string | undefined => {
  const inner = text.slice(1, -1);
  if (!inner.includes("'")) return inner;
  return inner.replaceAll("''", "").includes("'") ? undefined : inner.replaceAll("''", "'");
};

const plain = (text: string): unknown => {
  if (INTEGER.test(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  const ambiguous = !PLAIN_START.test(text) || WORD.test(text);
  return ambiguous || text.includes(": ") || text.includes(" #") || text.endsWith(":") ? undefined : text;
};

const scalar = (text: string): unknown => {
  if (!PRINTABLE.test(text)) return undefined;
  const first = text[0];
  if (first !== '"' && first !== "'") return plain(text);
  if (text.length < 2 || text.at(-1) !== first) return undefined;
  return first === '"' ? doubleQuoted(text) : singleQuoted(text);
};

const FLOW_ITEM = / *("[^"\\]*"|'[^']*'|[A-Za-z_][A-Za-z0-9_]*(?:[-./][A-Za-z0-9_]+)*) *([,\]])/y;

const flowList = (text: string): unknown[] | undefined => {
  if (/^\[ *\]$/.test(text)) return [];
  if (!PRINTABLE.test(text)) return undefined;
  const items: unknown[] = [];
  FLOW_ITEM.lastIndex = 1;
  for (;;) {
    const found = FLOW_ITEM.exec(text);
    const item = found ? scalar(found[1]!) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
    if (found![2] === "]") return FLOW_ITEM.lastIndex === text.length ? items : undefined;
  }
};

const blockList = (lines: readonly string[]): unknown[] | undefined => {
  const indent = /^ */.exec(lines[0]!)![0];
  const items: unknown[] = [];
  for (const line of lines) {
    if (!line.startsWith(`${indent}- `)) return undefined;
    const item = scalar(trimmed(line.slice(indent.length + 2)));
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
};

/**
 * The value of a YAML 1.2 entry that can be told without a YAML parser: quoted and plain one-line scalars, whole
 * numbers, lists of them. Undefined for anything else, right or wrong; what it does read, a YAML parser reads alike.
 */
export const readSimple = (source: string): unknown => {
  const lines = source.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const first = trimmed(lines[0] ?? "");
  if (first !== "") {
    if (lines.length > 1) return undefined;
    return first.startsWith("[") ? flowList(first) : scalar(first);
  }
  return lines.length > 1 ? blockList(lines.slice(1)) : null;
};
