import { isObject } from "../core/data.ts";
import { providerKey, variableFor } from "../core/secrets.ts";
import type { Item, Kind } from "../core/spec.ts";
import { type Part, tidy } from "../core/template.ts";
import { type Literal, literalsOf, secretOf } from "./check.ts";

/** An item without its literal secrets. */
export interface Hidden {
  /** Undefined: a secret stands where no reference can take its place. */
  item: Item | undefined;
  /** What was found; `text` is the secret, never to be shown. */
  found: { literal: Literal; kind: string; variable: string }[];
}

/** Where the parts of an item that are templates stand; elsewhere a reference is written as text. */
const templated: Partial<Record<Kind, readonly string[]>> = {
  server: ["transport"],
  retrieval: ["source"],
  provider: ["apiKey", "origin", "headers"],
};

const SCHEME = /^(?:Bearer|Basic|token)\s+/i;
const URL_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/i;

/** From where to where the secret stands in a text that is or holds one. */
const extent = (text: string): [start: number, end: number] => {
  const key = providerKey(text);
  if (key) return [key.at, key.end];
  const url = URL_PASSWORD.exec(text);
  if (url) return [url[1]!.length, url[0].length];
  return [SCHEME.exec(text)?.[0].length ?? 0, text.length];
};

/** The text with references to `variable` for its secrets; undefined: it holds none. */
const cut = (text: string, secrets: ReadonlyMap<string, string>): Part[] | undefined => {
  const variable =
    secrets.get(text) ?? (providerKey(text) && [...secrets].find(([s]) => s.includes(text))?.[1]);
  if (variable === undefined) return undefined;
  const [start, end] = extent(text);
  const rest = text.slice(end);
  return [
    text.slice(0, start),
    { env: variable },
    ...(providerKey(rest) ? (cut(rest, new Map([[rest, variable]])) ?? []) : [rest]),
  ];
};
const asText = (parts: readonly Part[]): string =>
  parts.map((p) => (typeof p === "string" ? p : `\${${(p as { env: string }).env}}`)).join("");

const replaced = (v: unknown, secrets: ReadonlyMap<string, string>, template: boolean): unknown => {
  if (typeof v === "string") {
    const parts = cut(v, secrets);
    return parts ? asText(parts) : v;
  }
  if (Array.isArray(v)) {
    const parts = template && v.every((p) => typeof p === "string" || !Array.isArray(p));
    return parts
      ? tidy(
          v.flatMap((p) =>
            typeof p === "string" ? (cut(p, secrets) ?? [p]) : [replaced(p, secrets, false) as Part],
          ),
        )
      : v.map((x) => replaced(x, secrets, template));
  }
  if (isObject(v) && typeof v["or"] === "string" && secrets.has(v["or"])) return { env: v["env"] };
  return isObject(v) && !(v instanceof Uint8Array)
    ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, replaced(x, secrets, template)]))
    : v;
};

/** The literal secrets of an item. */
export const secretsOf = (kind: Kind, item: Item): Hidden["found"] =>
  literalsOf(kind, item).flatMap((literal) => {
    const secret = secretOf(literal);
    return secret === undefined
      ? []
      : [{ literal, kind: secret, variable: variableFor(item.name, literal.name || "key") }];
  });

/** References in place of literal secrets; what stands around them is kept. */
export const hide = (kind: Kind, item: Item): Hidden => {
  const found = secretsOf(kind, item);
  if (!found.length) return { item, found };
  const secrets = new Map(found.map((f) => [f.literal.text, f.variable]));
  const places = templated[kind] ?? [];
  const out = Object.fromEntries(
    Object.entries(item).map(([k, v]) => [k, replaced(v, secrets, places.includes(k))]),
  ) as unknown as Item;
  return { item: secretsOf(kind, out).length ? undefined : out, found };
};
