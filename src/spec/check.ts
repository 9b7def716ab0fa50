import { type Diagnostic, diagnostic, nearest, type Place } from "../core/diagnostic.ts";
import { onlyBlocks } from "../core/lower.ts";
import { providerKey, secretIn, variableFor } from "../core/secrets.ts";
import type { Item, Kind, Retrieval, Rule, Server, Spec, Transport } from "../core/spec.ts";
import { kinds } from "../core/spec.ts";
import { holes, type Template } from "../core/template.ts";
import { unsafePath } from "../disk/paths.ts";
import { fileKinds } from "./surfaces.ts";

/** Finds the place of an item, or of a key inside it, for a message. */
export type Locate = (kind: Kind, item: Item, ...keys: string[]) => Place;

const fold = (s: string): string => s.normalize("NFC").toLowerCase();

const nameFaults = (spec: Spec, locate: Locate): Diagnostic[] =>
  kinds.flatMap(kind => {
    const seen = new Map<string, Item>();
    return (spec[kind] as Item[]).flatMap((item): Diagnostic[] => {
      const { name } = item;
      const other = seen.get(fold(name));
      seen.set(fold(name), item);
      const place = locate(kind, item);
      if (other && other.name === name) return [diagnostic("spec/duplicate", { kind, name, other: locate(kind, other).file }, { place })];
      if (other) return [diagnostic("spec/case", { kind, name, other: other.name }, { place })];
      const reason = nameReason(kind, name);
      return reason ? [diagnostic("spec/name", { kind, name, reason }, { place })] : [];
    });
  });

const nameReason = (kind: Kind, name: string): string | undefined => {
  if (["__proto__", "constructor", "prototype"].includes(name)) return "it has a meaning of its own in JavaScript tools";
  if (kind === "permission" || kind === "ignore" || kind === "setting") return undefined;
  if (!name.trim()) return "it is empty";
  if (/[\0-\x1f\x7f]/.test(name)) return "it has a control character";
  return fileKinds.includes(kind) ? unsafePath(name) : undefined;
};

const aimFaults = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] =>
  kinds.flatMap(kind =>
    (spec[kind] as Item[]).flatMap((item): Diagnostic[] => {
      const ids = [...(item.targets ?? []), ...(item.except ?? []), ...Object.keys(item.overrides ?? {}), ...Object.keys(item.paths ?? {})];
      const unknown = ids.filter(id => !known.includes(id));
      const place = locate(kind, item);
      const paths = Object.values(item.paths ?? {}).flatMap(path => {
        const reason = unsafePath(path);
        return reason ? [diagnostic("spec/path", { path, reason }, { place })] : [];
      });
      return [...unknown.map(id => diagnostic("spec/unknown-target", { id, near: nearest(id, known), known }, { place })), ...paths];
    }),
  );

const blockFaults = (rule: Rule, known: readonly string[], place: Place): Diagnostic[] =>
  onlyBlocks(rule.body).flatMap(block => {
    const unknown = block.targets.filter(t => !known.includes(t));
    if (!block.closed) return [diagnostic("spec/only-block", { reason: "a `portable:only` block without `portable:end`" }, { place })];
    return unknown.map(id => diagnostic("spec/unknown-target", { id, near: nearest(id, known), known }, { place }));
  });

const ruleFaults = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] =>
  spec.rule.flatMap(rule => [
    ...(rule.apply.on === "relevant" && !rule.description?.trim() ? [diagnostic("spec/description", { name: rule.name }, { place: locate("rule", rule) })] : []),
    ...blockFaults(rule, known, locate("rule", rule)),
  ]);

/** A literal and the key it stands under. */
export interface Literal {
  keys: string[];
  name: string;
  text: string;
}

const literal = (template: Template): string => (holes(template).length ? template.filter(p => typeof p === "string").join(" ") : template.join(""));
const fromTransport = (t: Transport, at: string[] = []): Literal[] => {
  const one = (keys: string[], name: string, v: Template): Literal => ({ keys: [...at, ...keys], name, text: literal(v) });
  if (t.type !== "stdio")
    return [one(["url"], "url", t.url), ...Object.entries(t.headers ?? {}).map(([k, v]) => one(["headers", k], k, v))];
  return [
    one(["command"], "command", t.command),
    ...(t.args ?? []).map((v, i) => one(["args"], flagBefore(t.args!, i), v)),
    ...Object.entries(t.env ?? {}).map(([k, v]) => one(["env", k], k, v)),
  ];
};
/** `--api-key VALUE`: the word before says what the value is. */
const flagBefore = (args: readonly Template[], i: number): string => (i > 0 ? literal(args[i - 1]!).replace(/^-+/, "") : "argument");

const strings = (v: unknown, keys: string[] = []): Literal[] => {
  if (typeof v === "string") return [{ keys, name: keys.at(-1) ?? "value", text: v }];
  if (typeof v !== "object" || v === null) return [];
  return Object.entries(v).flatMap(([k, x]) => strings(x, [...keys, k]));
};

/** Every literal of an item that could be a credential. */
export const literalsOf = (kind: Kind, item: Item): Literal[] => {
  const overrides = strings(item.overrides ?? {}, ["overrides"]);
  if (kind === "server") return [...fromTransport((item as Server).transport), ...overrides];
  if (kind === "setting") return strings((item as { value: unknown }).value, [(item as { path: string[] }).path.at(-1) ?? "value"]);
  if (kind === "retrieval") {
    const { source } = item as Retrieval;
    if (source.type === "mcp") return fromTransport(source.mcp, ["mcp"]);
    if (source.type === "http") return fromTransport({ type: "http", ...source.http }, ["http"]);
    return [{ keys: ["vector_store"], name: "id", text: literal(source.vector_store.id) }];
  }
  if (kind === "provider") {
    const p = item as Spec["provider"][number];
    const one = (name: string, v: Template | undefined): Literal[] => (v ? [{ keys: [name], name, text: literal(v) }] : []);
    const headers = Object.entries(p.headers ?? {}).map(([k, v]): Literal => ({ keys: ["headers", k], name: k, text: literal(v) }));
    return [...one("apiKey", p.apiKey), ...one("origin", p.origin), ...headers, ...strings(p.keyCommand ?? "", ["keyCommand"])];
  }
  if (kind === "hook") return [{ keys: ["run"], name: "run", text: (item as { run: string }).run }, ...overrides];
  if (kind === "rule" || kind === "agent") return [{ keys: ["body"], name: "", text: (item as { body: string }).body }, ...overrides];
  if (kind === "command") return [{ keys: ["body"], name: "", text: literal((item as { body: Template }).body) }, ...overrides];
  return overrides;
};

/** Prose is searched for vendors' keys only; what looks random there is mostly an example. */
export const secretOf = (l: Literal): string | undefined => (l.keys[0] === "body" ? providerKey(l.text)?.kind : secretIn(l.name, l.text)?.kind);

const secretFaults = (spec: Spec, locate: Locate): Diagnostic[] =>
  kinds.flatMap(kind =>
    (spec[kind] as Item[]).flatMap(item =>
      literalsOf(kind, item).flatMap(l => {
        const found = secretOf(l);
        if (!found) return [];
        const where = `${kind} ${item.name}${l.keys[0] === "body" ? "" : `, ${l.keys.join(".")}`}`;
        return [diagnostic("spec/secret", { where, kind: found, variable: variableFor(item.name, l.name || "key") }, { place: locate(kind, item, ...l.keys) })];
      }),
    ),
  );

/** Everything that is wrong with items whatever the targets; the place of each is told by `locate`. */
export const check = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] => [
  ...nameFaults(spec, locate),
  ...aimFaults(spec, known, locate),
  ...ruleFaults(spec, known, locate),
  ...secretFaults(spec, locate),
];
