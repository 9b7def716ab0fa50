import { diffLines } from "diff";
import { isObject } from "../core/data.ts";
import { masked } from "../core/secret-text.ts";
import type {
  Apply,
  Hook,
  Item,
  Kind,
  Model,
  Permission,
  Retrieval,
  Rule,
  Server,
  Setting,
  Skill,
  Transport,
} from "../core/spec.ts";
import { specData, specPrompt } from "../core/spellings.ts";
import { say, type Template } from "../core/template.ts";
import type { Shift } from "../core/views.ts";
import { plural } from "./text.ts";

const LONGEST = 100;
const isHole = (p: unknown): boolean =>
  isObject(p) && Object.keys(p).some((k) => /^(?:env|arg|named|shell|file)$/.test(k));
const isTemplate = (v: unknown): v is Template =>
  Array.isArray(v) &&
  v.length > 0 &&
  v.every((p) => typeof p === "string" || isHole(p)) &&
  (v.length === 1 || v.some(isHole));
const data = (t: Template): string => say(specData, t).text;
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text);
const code = (text: string): string => `\`${masked(short(text.replace(/\s+/g, " ").trim()))}\``;

const plain = (v: unknown): string => {
  if (typeof v === "string") return v;
  if (isTemplate(v)) return data(v);
  if (Array.isArray(v)) return v.map(plain).join(", ");
  return JSON.stringify(v, (_, x) => (isTemplate(x) ? data(x) : x)) ?? "";
};

const scope = (a: Apply): string => {
  if (a.on === "globs") return `applies to ${a.globs.map(code).join(", ")}`;
  if (a.on === "relevant") return "is read when it seems relevant";
  return a.on === "manual" ? "is read when somebody names it" : "applies always";
};
/** A command line as it runs, or the address that is called. */
const launch = (t: Transport): string =>
  t.type === "stdio"
    ? `runs ${code([t.command, ...(t.args ?? [])].map(data).join(" "))}`
    : `calls ${code(data(t.url))}`;
const permission = ({ effect, scope: s }: Permission): string => {
  const what =
    s.on === "shell" ? s.argv.join(" ") : s.on === "web" ? s.host : s.on === "mcp" ? s.tool : s.glob;
  return `${effect} ${s.on} ${code(what)}`;
};
const retrieval = (r: Retrieval): string => {
  const { source: s } = r;
  if (s.type === "mcp") return launch(s.mcp);
  return s.type === "http"
    ? `calls ${code(data(s.http.url))}`
    : `searches the vector store ${code(data(s.vector_store.id))}`;
};

/** What an item does, in a few words; kinds that are all text say nothing. */
const gist: { [K in Kind]?: (item: any) => string } = {
  rule: (r: Rule) => scope(r.apply),
  hook: (h: Hook) => `on ${[h.on, ...(h.tools ? [h.tools.join(", ")] : [])].join(" ")} runs ${code(h.run)}`,
  permission,
  setting: (s: Setting) => `${s.path.join(".")} is ${code(plain(s.value))}`,
  server: (s: Server) => launch(s.transport),
  retrieval,
  model: (m: Model) => `uses ${m.chain.map(code).join(", then ")}`,
};
const gistOf = (kind: Kind, item: Item): string | undefined => gist[kind]?.(item);

const lines = (before: string, after: string): string => {
  const counts = { added: 0, removed: 0 };
  for (const p of diffLines(`${before}\n`, `${after}\n`)) {
    if (p.added) counts.added += p.count;
    if (p.removed) counts.removed += p.count;
  }
  const said = [
    ...(counts.added ? [`${plural(counts.added, "line")} added`] : []),
    ...(counts.removed ? [`${counts.removed} removed`] : []),
  ];
  return said.join(", ") || "white space";
};
const textOf = (item: Item): string | undefined => {
  const { body, arguments: names } = item as { body?: string | Template; arguments?: string[] };
  return body === undefined || typeof body === "string" ? body : say(specPrompt(names ?? []), body).text;
};

const valueAt = (item: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((v, k) => (isObject(v) ? v[k] : undefined), item);
const isSaid = (kind: Kind, top: string): boolean =>
  ({
    rule: ["apply"],
    hook: ["on", "tools", "run"],
    permission: ["effect", "scope"],
    setting: ["path", "value"],
    model: ["chain"],
  })[kind as string]?.includes(top) ?? false;

/** One field that differs: `model is opus (was sonnet)`. */
const fieldWords = (path: readonly string[], before: Item, after: Item): string => {
  const [was, now] = [valueAt(before, path), valueAt(after, path)];
  const name = path.join(".");
  if (now === undefined) return `${name} is gone (was ${code(plain(was))})`;
  return was === undefined
    ? `${name} is ${code(plain(now))}`
    : `${name} is ${code(plain(now))} (was ${code(plain(was))})`;
};
const fileWords = (before: Skill, after: Skill): string[] =>
  [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])].sort().flatMap((path) => {
    const [was, now] = [before.files[path], after.files[path]];
    if (was === undefined) return [`${path} is new`];
    if (now === undefined) return [`${path} is gone`];
    if (typeof was.content !== "string" || typeof now.content !== "string") return [`${path} changes`];
    return was.content === now.content ? [] : [`${path} changes: ${lines(was.content, now.content)}`];
  });

const changeWords = ({ kind, before, after, fields }: Shift): string[] => {
  if (kind === "skill") return fileWords(before as Skill, after as Skill);
  const [was, now] = [gistOf(kind, before!), gistOf(kind, after!)];
  const lead = now !== undefined && was !== now ? [`now ${now} (was: ${was})`] : [];
  const isTold = (path: readonly string[]): boolean =>
    isSaid(kind, path[0]!) ||
    (lead.length > 0 && /^(?:transport|source)\.(?:.*\.)?(?:type|command|args|url|id)$/.test(path.join(".")));
  const [text, old] = [textOf(after!), textOf(before!)];
  return [
    ...lead,
    ...(text !== undefined && old !== undefined && text !== old
      ? [`its text changes: ${lines(old, text)}`]
      : []),
    ...fields.filter((p) => p[0] !== "body" && !isTold(p)).map((p) => fieldWords(p, before!, after!)),
  ];
};

/** What changed, in words: `now applies to src (was: applies always)`. */
export const shiftWords = (shift: Shift): string[] => {
  const { kind, before, after } = shift;
  if (before && after) {
    const words = changeWords(shift);
    return words.length ? words : ["changes"];
  }
  const what = gistOf(kind, (after ?? before)!);
  const state = after ? "is new" : "is gone";
  return [what === undefined ? state : `${state}: ${what}`];
};
