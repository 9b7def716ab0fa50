import { type Diagnostic, diagnostic, nearest, type Place } from "../core/diagnostic.ts";
import { onlyBlocks } from "../core/lower.ts";
import { folded, unsafePath } from "../core/paths.ts";
import { providerKey, secretIn, variableFor } from "../core/secrets.ts";
import type {
  Hook,
  Item,
  Kind,
  Provider,
  Retrieval,
  Rule,
  Server,
  Setting,
  Spec,
  Transport,
} from "../core/spec.ts";
import { kinds } from "../core/spec.ts";
import { holes, type Template } from "../core/template.ts";
import { fileKinds } from "./surfaces.ts";

/** Finds the place of an item, of a key inside it, or of a line (from 0) of its body, for a message. */
export type Locate = (kind: Kind, item: Item, ...keys: (string | number)[]) => Place;

const nameFaults = (spec: Spec, locate: Locate): Diagnostic[] =>
  kinds.flatMap((kind) => {
    const seen = new Map<string, Item>();
    return (spec[kind] as Item[]).flatMap((item): Diagnostic[] => {
      const { name } = item;
      const other = seen.get(folded(name));
      seen.set(folded(name), item);
      const reason = other ? undefined : nameReason(kind, name);
      if (!other && !reason) return [];
      // finding a place reads the file again
      const place = locate(kind, item);
      if (other?.name === name)
        return [diagnostic("spec/duplicate", { kind, name, other: locate(kind, other).file }, { place })];
      if (other) return [diagnostic("spec/case", { kind, name, other: other.name }, { place })];
      return [diagnostic("spec/name", { kind, name, reason: reason! }, { place })];
    });
  });

/** Tools have retrieval among their servers: one name would be one row. */
const sharedNames = (spec: Spec, locate: Locate): Diagnostic[] =>
  spec.retrieval.flatMap((r) => {
    const server = spec.server.find((s) => s.name === r.name);
    if (!server || r.source.type === "vector_store") return [];
    const facts = {
      kind: "retrieval",
      name: r.name,
      other: `mcpServers in ${locate("server", server).file}`,
    };
    return [diagnostic("spec/duplicate", facts, { place: locate("retrieval", r) })];
  });

const nameReason = (kind: Kind, name: string): string | undefined => {
  if (["__proto__", "constructor", "prototype"].includes(name))
    return "it has a meaning of its own in JavaScript tools";
  if (kind === "permission" || kind === "ignore" || kind === "setting") return undefined;
  if (!name.trim()) return "it is empty";
  if (/[\0-\x1f\x7f]/.test(name)) return "it has a control character";
  return fileKinds.includes(kind) ? unsafePath(name) : undefined;
};

/** Where an item names targets: the keys of each place, and the name there. */
const namedTargets = (item: Item): [keys: (string | number)[], id: string][] => [
  ...(item.targets ?? []).map((id, i): [(string | number)[], string] => [["targets", i], id]),
  ...(item.except ?? []).map((id, i): [(string | number)[], string] => [["except", i], id]),
  ...Object.keys(item.overrides ?? {}).map((id): [string[], string] => [["overrides", id], id]),
  ...Object.keys(item.paths ?? {}).map((id): [string[], string] => [["paths", id], id]),
];
const unknownTarget = (id: string, known: readonly string[], place: Place): Diagnostic[] =>
  known.includes(id)
    ? []
    : [diagnostic("spec/unknown-target", { id, near: nearest(id, known), known }, { place })];

const aimFaults = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] =>
  kinds.flatMap((kind) =>
    (spec[kind] as Item[]).flatMap((item): Diagnostic[] => {
      const unknown = namedTargets(item).flatMap(([keys, id]) =>
        known.includes(id) ? [] : unknownTarget(id, known, locate(kind, item, ...keys)),
      );
      const paths = Object.entries(item.paths ?? {}).flatMap(([id, path]) => {
        const reason = unsafePath(path);
        return reason
          ? [diagnostic("spec/path", { path, reason }, { place: locate(kind, item, "paths", id) })]
          : [];
      });
      return [...unknown, ...paths];
    }),
  );

const blockFaults = (rule: Rule, known: readonly string[], locate: Locate): Diagnostic[] =>
  onlyBlocks(rule.body).flatMap((block) => {
    const place = locate("rule", rule, "body", block.line);
    if (block.closed) return block.targets.flatMap((id) => unknownTarget(id, known, place));
    return [
      diagnostic(
        "spec/only-block",
        { reason: "a `portable:only` block without `<!-- portable:end -->`" },
        { place },
      ),
    ];
  });

/** A bracket or brace of a glob that is never closed, such as a list that goes on where no list is read. */
const openBracket = (glob: string): string | undefined => {
  const open: string[] = [];
  for (const [c] of glob.matchAll(/\\.|[[\]{}]/gs)) {
    if (c === "[" || c === "{") open.push(c);
    else if ((c === "]" && open.at(-1) === "[") || (c === "}" && open.at(-1) === "{")) open.pop();
  }
  return open[0];
};
const globFaults = (rule: Rule, locate: Locate): Diagnostic[] => {
  const globs = rule.apply.on === "globs" ? rule.apply.globs : [];
  return globs.flatMap((glob) => {
    const bracket = openBracket(glob);
    if (bracket === undefined) return [];
    const facts = {
      where: `rule ${rule.name}, globs`,
      reason: `"${bracket}" is never closed in \`${glob}\``,
    };
    return [diagnostic("spec/value", facts, { place: locate("rule", rule, "globs"), level: "warning" })];
  });
};

const ruleFaults = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] =>
  spec.rule.flatMap((rule) => [
    ...(rule.apply.on === "relevant" && !rule.description?.trim()
      ? [diagnostic("spec/description", { name: rule.name }, { place: locate("rule", rule) })]
      : []),
    ...blockFaults(rule, known, locate),
    ...globFaults(rule, locate),
  ]);

/** A literal and the key it stands under. */
export interface Literal {
  keys: string[];
  name: string;
  text: string;
  /** Searched for vendors' keys only: what looks random in prose is mostly an example. */
  prose?: true;
}

const literal = (template: Template): string => template.filter((p) => typeof p === "string").join(" ");
/** The text of a template, and what stands where a variable is not set: `${KEY:-text}`. */
const said = (keys: string[], name: string, template: Template): Literal[] => [
  { keys, name, text: literal(template) },
  ...holes(template).flatMap((h) => ("or" in h && h.or ? [{ keys, name, text: h.or }] : [])),
];
const fromTransport = (t: Transport, at: string[] = []): Literal[] => {
  const one = (keys: string[], name: string, v: Template): Literal[] => said([...at, ...keys], name, v);
  const each = (key: string, of: Record<string, Template> = {}): Literal[] =>
    Object.entries(of).flatMap(([k, v]) => one([key, k], k, v));
  if (t.type !== "stdio") return [...one(["url"], "url", t.url), ...each("headers", t.headers)];
  const args = (t.args ?? []).flatMap((v, i) => one(["args"], flagBefore(t.args!, i), v));
  return [...one(["command"], "command", t.command), ...args, ...each("env", t.env)];
};
/** `--api-key VALUE`: the word before says what the value is. */
const flagBefore = (args: readonly Template[], i: number): string =>
  i > 0 ? literal(args[i - 1]!).replace(/^-+/, "") : "argument";

const strings = (v: unknown, keys: string[] = []): Literal[] => {
  if (typeof v === "string") return [{ keys, name: keys.at(-1) ?? "value", text: v }];
  if (typeof v !== "object" || v === null || v instanceof Uint8Array) return [];
  return Object.entries(v).flatMap(([k, x]) => strings(x, [...keys, k]));
};

const prose = (v: unknown, keys: string[]): Literal[] =>
  strings(v, keys).map((l) => ({ ...l, name: "", prose: true }));

const fromSource = ({ source }: Retrieval): Literal[] => {
  if (source.type === "mcp") return fromTransport(source.mcp, ["mcp"]);
  if (source.type === "http") {
    const { url, headers, request } = source.http;
    return [
      ...fromTransport({ type: "http", url, ...(headers && { headers }) }, ["http"]),
      ...strings(request?.body ?? {}, ["http", "request", "body"]),
    ];
  }
  return said(["vector_store"], "id", source.vector_store.id);
};
const fromProvider = (p: Provider): Literal[] => {
  const one = (keys: string[], v: Template | undefined): Literal[] => (v ? said(keys, keys.at(-1)!, v) : []);
  const headers = Object.entries(p.headers ?? {}).flatMap(([k, v]) => one(["headers", k], v));
  return [
    ...one(["apiKey"], p.apiKey),
    ...one(["origin"], p.origin),
    ...headers,
    ...strings(p.keyCommand ?? "", ["keyCommand"]),
  ];
};
const fromSetting = ({ value, path }: Setting): Literal[] => {
  const own = strings(value, [path.at(-1) ?? "value"]);
  return own.map((l) => ({ ...l, keys: l.keys.slice(1) }));
};

/** Texts whose names and values say what is a credential; all others are prose. */
const telling: { [K in Kind]?: (item: any) => Literal[] } = {
  server: (s: Server) => fromTransport(s.transport),
  retrieval: fromSource,
  provider: fromProvider,
  setting: fromSetting,
  hook: (h: Hook) => strings(h.run, ["run"]),
};

/** Every literal of an item that could be a credential. */
export const literalsOf = (kind: Kind, item: Item): Literal[] => {
  const told = [...(telling[kind]?.(item) ?? []), ...strings(item.overrides ?? {}, ["overrides"])];
  const fields = Object.entries(item).filter(([key]) => !["at", "overrides"].includes(key));
  const others = fields
    .flatMap(([key, v]) => prose(v, [key]))
    .filter((l) => !told.some((t) => t.text.includes(l.text)));
  return [...told, ...others];
};

export const secretOf = (l: Literal): string | undefined =>
  l.prose ? providerKey(l.text)?.kind : secretIn(l.name, l.text)?.kind;

/** Fields whose key says no more than the item's own name. */
const plain = new Set(["body", "name", "files", "scope"]);
/** What holds a literal, in words. */
export const whereOf = (kind: Kind, item: Item, l: Literal): string => {
  const name = providerKey(item.name) ? "" : ` ${item.name}`;
  return `${kind}${name}${!l.keys.length || plain.has(l.keys[0]!) ? "" : `, ${l.keys.join(".")}`}`;
};

const secretFaults = (spec: Spec, locate: Locate): Diagnostic[] =>
  kinds.flatMap((kind) =>
    (spec[kind] as Item[]).flatMap((item) => {
      const found = literalsOf(kind, item).flatMap((l) => {
        const secret = secretOf(l);
        if (!secret) return [];
        const facts = {
          where: whereOf(kind, item, l),
          kind: secret,
          variable: variableFor(item.name, l.name || "key"),
        };
        return [diagnostic("spec/secret", facts, { place: locate(kind, item, ...l.keys) })];
      });
      return found.filter((d, i) => i === 0 || d.reason !== found[i - 1]!.reason);
    }),
  );

/** Everything that is wrong with items whatever the targets; the place of each is told by `locate`. */
export const check = (spec: Spec, known: readonly string[], locate: Locate): Diagnostic[] => [
  ...nameFaults(spec, locate),
  ...sharedNames(spec, locate),
  ...aimFaults(spec, known, locate),
  ...ruleFaults(spec, known, locate),
  ...secretFaults(spec, locate),
];
