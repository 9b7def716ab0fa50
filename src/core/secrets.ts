import { patterns } from "./secret-patterns.ts";

/** A value that is a credential by its look. */
export interface SecretKind {
  kind: string;
}

/** A credential in a text; offsets in UTF-16 units. */
export interface Secret extends SecretKind {
  start: number;
  end: number;
}

const quoted = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const prefixes = [...new Set(patterns.map(([, prefix]) => prefix))].sort((a, b) => b.length - a.length);
const anyPrefix = new RegExp(`(?<![A-Za-z0-9])(?:${prefixes.map(quoted).join("|")})`, "g");
/** What may stand where a prefix was found: its own patterns, then those of shorter prefixes. */
const under = new Map(prefixes.map((found) => [found, patterns.filter(([, p]) => found.startsWith(p))]));

/** Written by people to show where a key goes: `sk-ant-xxxxxxxx`, `ghp_your_token_here`. */
const sample =
  /x{6}|\.{3}|\*{3}|your|example|placeholder|dummy|redacted|changeme|0{12}|1234567890|abcdefghij|(?<![A-Za-z])fake|(?<![A-Za-z])test[-_]?(?:key|token)/i;
/** Keys that documents print for everybody: the first one of jwt.io, those of a local Supabase. */
const published = /eyJzdWIiOiIxMjM0NTY3ODkw|eyJpc3MiOiJzdXBhYmFzZS1kZW1v/;
/** Words that are joined: no key consists of them. */
const onlyWords = /^[a-z]*(?:[-_][a-z]+)*[-_]?$|^[A-Z]*(?:[-_][A-Z]+)*[-_]?$/;
const shown = (text: string): boolean => sample.test(text) || published.test(text) || onlyWords.test(text);

/** Longest that is looked at behind a prefix; what goes on as it ended belongs to the key. */
const REACH = 400;
const TOKEN_REACH = 6_000;
const more = /[\w+/=-]*/y;

const endOf = (text: string, from: number, kind: string, rest: RegExp): number | undefined => {
  const reach = kind === "JSON Web Token" ? TOKEN_REACH : REACH;
  const tail = rest.exec(text.slice(from, from + reach))?.[0];
  if (tail === undefined || shown(tail)) return undefined;
  if (tail.length < reach) return from + tail.length;
  more.lastIndex = from + tail.length;
  return more.lastIndex + more.exec(text)![0].length;
};

/** Where the body of a private key ends, its end line included; undefined: none follows the first line. */
const keyBody = (text: string, from: number, end: number): number | undefined => {
  const near = text.slice(from, from + 600);
  const body =
    /^[^A-Za-z0-9+/-]{0,20}(?:\\[nr])*(?:[A-Za-z-]+: [^\n]{0,100}(?:\\[nr]|[\s"',])+)*[A-Za-z0-9+/=]{24,}/.exec(
      near,
    );
  if (!body || shown(body[0])) return undefined;
  if (end < 0) return from + body[0].length;
  const close = text.indexOf("-----", end + 9);
  return close < 0 ? text.length : close + 5;
};

/** Every provider key in a text, in its order. */
export function* keysIn(text: string): Generator<Secret, undefined> {
  let at = 0;
  let block = -2;
  for (;;) {
    anyPrefix.lastIndex = at;
    const m = anyPrefix.exec(text);
    if (!m) return undefined;
    const start = m.index;
    at = start + m[0].length;
    for (const [kind, p, rest] of under.get(m[0])!) {
      let end = endOf(text, start + p.length, kind, rest);
      if (end !== undefined && kind === "private key") {
        if (block !== -1 && block < end) block = text.indexOf("-----END ", end);
        end = keyBody(text, end, block);
      }
      if (end === undefined) continue;
      yield { kind, start, end };
      at = end;
      break;
    }
  }
}

/** The first provider key in a text, and where it starts and ends. */
export const providerKey = (text: string): (SecretKind & { at: number; end: number }) | undefined => {
  const first = keysIn(text).next().value;
  return first && { kind: first.kind, at: first.start, end: first.end };
};

const secretName =
  /(?:^|[^a-z])(?:api[-_ ]?keys?|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|authorization|auth|bearer|cookie|(?:private|access|client|master|signing|encryption|service)[-_ ]?key)(?:$|[^a-z])/i;
/** `FIGMA_KEY`: a key by its last word; what is public says so. */
const keyName =
  /^(?!.*(?:PUBLIC|ANON|PUBLISHABLE|PRIMARY|FOREIGN|CACHE|SORT))[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_KEY$/;
/** Says something about a secret, and holds none. */
const about =
  /(?:file|path|dir|ur[il]|endpoint|host|name|env|var|type|header|prefix|suffix|id|length|limit|ttl|expir(?:y|es)|count|size|command|helper|pattern|regex|hash|algorithm|format|mode|scope)s?$/i;
const named = (name: string): boolean => {
  const snake = name.replace(/([a-z])([A-Z])/g, "$1_$2");
  return (secretName.test(snake) || keyName.test(name)) && !about.test(snake);
};

/** Bits a character, by how often each stands in the text. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
};

const mean = (words: readonly string[]): number => words.reduce((sum, w) => sum + w.length, 0) / words.length;
/** Joined words and numbers as people write them: `my-secret-token-1`, `getToken2FromVault`, `config.KEY_2`. */
const written = (text: string): boolean => {
  const parts = text.split(/[-_./~=+]+/).filter(Boolean);
  if (parts.every((p) => /^(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14}|\d{1,4})$/.test(p))) return true;
  const humps = text.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return (
    /[a-z]/.test(text) &&
    mean(humps) >= 3.3 &&
    mean(humps.filter((h) => !/\d/.test(h))) >= 3.3 &&
    humps.every((h) => h.length < 3 || /[aeiouy\d]/i.test(h))
  );
};

/**
 * Threshold for a value under a name that says "secret": of 56 real values of variables 27 are harmless literals and one is a
 * secret (107 repositories, 2026-11-22); none of the harmless ones has 16 characters of this mixture.
 */
const random = (bare: string): boolean =>
  bare.length >= 16 &&
  bare.length <= 2_000 &&
  /^[\w+/=.~-]+$/.test(bare) &&
  /\d/.test(bare) &&
  /[A-Za-z]/.test(bare) &&
  !/^(?:\.{0,2}|~)\//.test(bare) &&
  !written(bare) &&
  entropy(bare) >= 3.2;

/** Behind the scheme of a header, or the number of a Telegram bot. */
const SCHEME = /^(?:(?:Bearer|Basic|token)\s+|\d{8,10}:(?=AA))/i;
const urlPassword = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@([^\s/:?#]*)/i;
/** In examples everybody writes these: `postgres://user:password@localhost`. */
const usual =
  /^(?:[$%{<[].*|pass(?:word|wd)?|pwd|secret|user(?:name)?|postgres|root|admin|guest|mysql|redis|mongo|test|dev|changeme|p(?:ass)?w(?:or)?d?\d{0,3}|token|key|\*+|x+|\.+)$/i;
/** A database on this machine or in the same compose file. */
const nearHost = /^(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal|[a-z][a-z0-9_-]*)$/i;

/** Whether a password in front of a URL's host is one: not a reference, not what every example says. */
export const isPassword = (password: string, host: string): boolean =>
  !usual.test(password) && !sample.test(password) && (!nearHost.test(host) || random(password));

/** Why a value under this name is a secret, if it is none by itself. */
export const namedSecret = (name: string, value: string): SecretKind | undefined => {
  if (!named(name)) return undefined;
  const bare = value.replace(SCHEME, "");
  return random(bare) && !sample.test(bare) ? { kind: "random characters under a secret name" } : undefined;
};

/**
 * Says why a literal value is a secret: a provider's key, a password in a URL, or many random characters under a name that
 * says so. A reference such as `${NAME}` is none.
 */
export const secretIn = (name: string, value: string): SecretKind | undefined => {
  const key = providerKey(value);
  if (key) return { kind: key.kind };
  const [, password, host = ""] = urlPassword.exec(value) ?? [];
  if (password !== undefined && isPassword(password, host)) return { kind: "password in a URL" };
  return namedSecret(name, value);
};

/** A name for the environment variable that should hold it: `Authorization` of `tickets` -> `TICKETS_AUTHORIZATION`. */
export const variableFor = (item: string, key: string): string => {
  const word = (s: string): string =>
    s
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replace(/[^A-Za-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .toUpperCase();
  const [a, b] = [word(item), word(key)];
  if (/^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(b) && !/^(?:AUTHORIZATION|HEADERS)$/.test(b)) return b;
  return /^[0-9]/.test(a) ? `_${a}_${b}` : [a, b].filter(Boolean).join("_");
};
