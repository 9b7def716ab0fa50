import { type Data, isUnread, Mismatch, sourceOf, type Unread, unread } from "../core/data.ts";
import type { Edit, Format, Path } from "../core/format.ts";
import { laid, layout, toLf } from "../core/text.ts";
import {
  attempt,
  type Dialect,
  type Entry,
  type Front,
  get,
  isEntry,
  join,
  opened,
  set,
  split,
} from "./frontmatter.ts";
import { applied, checked } from "./steps.ts";

/** Where a span begins in the text of its front. */
const offsets = (front: Front): number[] => {
  let at = front.open.length;
  return front.spans.map((span) => {
    const start = at;
    at += span.text.length;
    return start;
  });
};

const entriesOf = (front: Front): Map<string, Entry[]> => {
  const entries = new Map<string, Entry[]>();
  for (const entry of front.spans.filter(isEntry)) {
    const twins = entries.get(entry.key);
    if (twins) twins.push(entry);
    else entries.set(entry.key, [entry]);
  }
  return entries;
};

const sourceOfAll = (entries: readonly Entry[]): string => entries.map((entry) => entry.value).join("");

const readEntries = (entries: readonly Entry[], dropped: boolean, dialect: Dialect): unknown => {
  const source = sourceOfAll(entries);
  if (dropped || entries.length > 1) return unread(source);
  const found = attempt(() => dialect.read(source));
  return found ? found.value : unread(source);
};

const parse = (text: string, dialect: Dialect): Data => {
  const front = split(text, dialect.tight);
  const data: Data = {};
  const dropped = dialect.head?.(front) === "dropped";
  for (const [key, entries] of entriesOf(front)) {
    if (key === "__proto__")
      throw new Mismatch("the key __proto__", offsets(front)[front.spans.indexOf(entries[0]!)]);
    data[key] = readEntries(entries, dropped, dialect);
  }
  data["body"] = layout(front.body).body;
  return data;
};

/** What nobody could read stays where it stands, and goes nowhere else. */
const unchanged = (front: Front, path: Path, value: Unread): Front => {
  const entries = path.length === 1 ? front.spans.filter(isEntry).filter(({ key }) => key === path[0]) : [];
  if (sourceOfAll(entries) === sourceOf(value)) return front;
  throw new Mismatch(`${path.join(".")}: a value that was not read cannot be written`);
};

const setHead = (front: Front, edit: Edit, dialect: Dialect): Front => {
  const { path, value } = checked(edit);
  const [key, ...inner] = path;
  if (typeof key !== "string") throw new Mismatch("a head is a map of names");
  if (isUnread(value)) return unchanged(front, path, value);
  if (inner.length === 0) return set(front, key, value, dialect);
  const before = get(front, key, dialect) ?? undefined;
  const after = applied(before === undefined ? {} : { [key]: before }, { path, value });
  return set(front, key, after[key], dialect);
};

/** The body in the layout of the old one. Throws `Mismatch` where a file cannot hold it apart from its layout. */
const bodyText = (front: Front, body: string): string => {
  const text = laid(body, front.body, front.open ? front.eol : "");
  const native = front.body.includes("\n") ? text : toLf(text).replaceAll("\n", front.eol);
  const ended = layout(front.body).body === "" && body !== "" && !/\n$/.test(native);
  for (const candidate of ended ? [native + front.eol] : [native, native + front.eol])
    if (layout(candidate).body === body) return candidate;
  throw new Mismatch("a body is text with LF line ends and no blank lines before it");
};

const setBody = (front: Front, { path, value = "" }: Edit): Front => {
  if (path.length > 1 || typeof value !== "string") throw new Mismatch("the body is text");
  if (layout(front.body).body === value) return front;
  const close = front.open && value && !front.close.endsWith("\n") ? front.close + front.eol : front.close;
  const next = { ...front, close, body: bodyText(front, value) };
  const looks = front.open ? undefined : split(next.body, front.tight);
  return looks && (looks.open || looks.unclosed) ? opened(next) : next;
};

const isReached = (front: Front, dialect: Dialect): boolean => dialect.head?.(front) !== "dropped";

/** The text of a front, proved to be cut again as it was put together. */
const sealed = (front: Front): string => {
  const text = join(front);
  const again = split(text, front.tight);
  const texts = (each: Front): string[] => each.spans.map((span) => span.text);
  if (again.body !== front.body || texts(again).join("\0") !== texts(front).join("\0"))
    throw new Mismatch("the edit would change how another key is read");
  return text;
};

const setsKey = ({ path, value }: Edit): boolean =>
  path[0] !== "body" && value !== undefined && !isUnread(value);

const edit = (text: string | undefined, edits: readonly Edit[], dialect: Dialect): string => {
  const old = split(text ?? "", dialect.tight);
  let front = old;
  for (const each of edits)
    front = each.path[0] === "body" ? setBody(front, each) : setHead(front, each, dialect);
  if (edits.some(setsKey) && !isReached(front, dialect))
    throw new Mismatch(`${dialect.id}: the whole head would be ignored`);
  return front === old ? (text ?? "") : sealed(front);
};

const trimmedEnd = (text: string): number => text.trimEnd().length;

const locate = (text: string, path: Path, dialect: Dialect): [number, number] | undefined => {
  const front = split(text, dialect.tight);
  if (path[0] === "body") {
    const { bom, gap, body } = layout(front.body);
    const start = text.length - front.body.length + bom.length + gap.length;
    return body === "" ? undefined : [start, text.length - (front.body.length - trimmedEnd(front.body))];
  }
  const index = front.spans.findLastIndex((span) => span.key === path[0]);
  if (index < 0 || path.length === 0) return undefined;
  const start = offsets(front)[index]!;
  return [start, start + trimmedEnd(front.spans[index]!.text)];
};

/**
 * Markdown under a head: the head's keys, and the text below as `body` (LF, without the blank lines before it and the
 * final newline). A text without a head has only `body`; a head's own key `body` is kept and not read. Values that
 * the dialect cannot read, keys that stand twice and every key of a head that the tool drops are `unread`.
 * `locate` answers for a nested path with its top-level key.
 */
export const markdown = (dialect: Dialect): Format => ({
  id: `Markdown, ${dialect.id}`,
  parse: (text) => parse(text, dialect),
  edit: (text, edits) => edit(text, edits, dialect),
  locate: (text, path) => locate(text, path, dialect),
});

/** What is wrong with a head as a whole, and where (UTF-16 offset); undefined where nothing is. */
export const headFault = (text: string, dialect: Dialect): { at: number; reason: string } | undefined => {
  const front = split(text, dialect.tight);
  if (front.unclosed) return { at: text.indexOf("-"), reason: "the head is opened and never closed" };
  const starts = offsets(front);
  const seen = new Set<string>();
  for (const [i, { key }] of front.spans.entries()) {
    if (key === undefined) continue;
    if (seen.has(key)) return { at: starts[i]!, reason: `the key ${key} stands twice` };
    seen.add(key);
  }
  if (!isReached(front, dialect)) {
    const culprit = front.spans.findIndex(
      (span) => isEntry(span) && !isReached({ ...front, spans: [span] }, dialect),
    );
    return {
      at: starts[Math.max(0, culprit)] ?? 0,
      reason: `${dialect.id}: not readable, so the whole head is ignored`,
    };
  }
  const body = front.spans.findIndex((span) => span.key === "body");
  return body < 0
    ? undefined
    : { at: starts[body]!, reason: "the key body is hidden by the text below the head" };
};
