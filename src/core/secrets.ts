/** A value that is a credential by its look. */
export interface SecretKind {
  kind: string;
}

/**
 * Prefixes that vendors give their keys, each with the length that tells a key from a word. Own list after the vendors' public
 * documents on secret scanning, 2026-11-25. Every pattern is anchored at its prefix and linear.
 */
const providers: readonly [kind: string, prefix: string, rest: RegExp][] = [
  ["Anthropic key", "sk-ant-", /^[\w-]{16,}/],
  ["OpenRouter key", "sk-or-", /^[\w-]{20,}/],
  ["OpenAI key", "sk-proj-", /^[\w-]{20,}/],
  ["OpenAI key", "sk-svcacct-", /^[\w-]{20,}/],
  ["OpenAI key", "sk-", /^[A-Za-z0-9]{32,}/],
  ["GitHub token", "ghp_", /^[A-Za-z0-9]{30,}/],
  ["GitHub token", "gho_", /^[A-Za-z0-9]{30,}/],
  ["GitHub token", "ghu_", /^[A-Za-z0-9]{30,}/],
  ["GitHub token", "ghs_", /^[A-Za-z0-9]{30,}/],
  ["GitHub token", "ghr_", /^[A-Za-z0-9]{30,}/],
  ["GitHub token", "github_pat_", /^\w{36,}/],
  ["GitLab token", "glpat-", /^[\w-]{18,}/],
  ["AWS access key", "AKIA", /^[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ["AWS access key", "ASIA", /^[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ["Google API key", "AIza", /^[\w-]{35}/],
  ["Google OAuth token", "ya29.", /^[\w-]{20,}/],
  ["Groq key", "gsk_", /^[A-Za-z0-9]{40,}/],
  ["Hugging Face token", "hf_", /^[A-Za-z0-9]{30,}/],
  ["npm token", "npm_", /^[A-Za-z0-9]{36}/],
  ["PyPI token", "pypi-", /^[\w-]{50,}/],
  ["xAI key", "xai-", /^[A-Za-z0-9]{40,}/],
  ["Perplexity key", "pplx-", /^[A-Za-z0-9]{40,}/],
  ["Replicate token", "r8_", /^[A-Za-z0-9]{30,}/],
  ["Slack token", "xoxb-", /^[\w-]{20,}/],
  ["Slack token", "xoxp-", /^[\w-]{20,}/],
  ["Slack token", "xoxa-", /^[\w-]{20,}/],
  ["Stripe key", "sk_live_", /^[A-Za-z0-9]{20,}/],
  ["Stripe key", "rk_live_", /^[A-Za-z0-9]{20,}/],
  ["Linear key", "lin_api_", /^[A-Za-z0-9]{30,}/],
  ["Notion token", "ntn_", /^[A-Za-z0-9]{40,}/],
  ["SendGrid key", "SG.", /^[\w-]{20,}\.[\w-]{20,}/],
  ["DigitalOcean token", "dop_v1_", /^[a-f0-9]{60,}/],
  ["Databricks token", "dapi", /^[a-f0-9]{32}(?![a-f0-9])/],
  ["private key", "-----BEGIN ", /^(?:[A-Z ]+ )?PRIVATE KEY-----/],
];
const anyPrefix = new RegExp(
  `(?<![A-Za-z0-9])(?:${providers.map(([, p]) => p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`,
  "g",
);
/** Written by people to show where a key goes: `sk-ant-xxxxxxxx`, `ghp_your_token_here`. */
const sample = /x{6}|\.{3}|\*{3}|your|example|placeholder|dummy|redacted|0{12}|1234567890/i;

/** The first provider key in a text, and where it starts and ends. */
export const providerKey = (text: string): (SecretKind & { at: number; end: number }) | undefined => {
  for (const m of text.matchAll(anyPrefix)) {
    for (const [kind, prefix, rest] of providers) {
      if (!text.startsWith(prefix, m.index)) continue;
      const tail = rest.exec(text.slice(m.index + prefix.length, m.index + prefix.length + 400));
      if (tail && !sample.test(tail[0]))
        return { kind, at: m.index, end: m.index + prefix.length + tail[0].length };
    }
  }
  return undefined;
};

const secretName =
  /(?:^|[^a-z])(?:api[-_ ]?key|token|secret|passw(?:or)?d|pwd|credential|authorization|auth|private[-_ ]?key|access[-_ ]?key)(?:$|[^a-z])/i;
const named = (name: string): boolean => secretName.test(name.replace(/([a-z])([A-Z])/g, "$1_$2"));

/** Bits a character, by how often each stands in the text. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
};

const urlPassword = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i;

/**
 * Says why a literal value is a secret: a provider's key, a password in a URL, or many random characters under a name that
 * says so. A reference such as `${NAME}` is none.
 */
export const secretIn = (name: string, value: string): SecretKind | undefined => {
  const key = providerKey(value);
  if (key) return { kind: key.kind };
  const password = urlPassword.exec(value)?.[1];
  if (password && !/^[$%{<]/.test(password) && !sample.test(password)) return { kind: "password in a URL" };
  if (!named(name)) return undefined;
  const bare = value.replace(/^(?:Bearer|Basic|token)\s+/i, "");
  const random =
    bare.length >= 16 &&
    /^[\w+/=.~-]+$/.test(bare) &&
    /\d/.test(bare) &&
    /[A-Za-z]/.test(bare) &&
    entropy(bare) >= 3.2;
  return random && !sample.test(bare) ? { kind: "random characters under a secret name" } : undefined;
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
