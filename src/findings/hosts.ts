import { isLoopbackHost, providers } from "../providers/index.ts";

/** A host as `fetch` would reach it. */
export interface Host {
  /** As the URL parser writes it: lower case, no brackets, numbers as dotted decimals. */
  name: string;
  /** As it stands in the text. */
  written: string;
  plain: boolean;
  /** What stands before `@`. */
  user: string;
}

const own = Object.values(providers).flatMap(({ origin }) => (origin ? [new URL(origin).hostname] : []));
/**
 * Hosts of vendors of models beside the origins of the provider table: other regions, gateways, the login of the tools. After
 * the vendors' own API references, 2026-11-26. One that begins with a dot stands for every host below it.
 */
const more: readonly string[] = [
  "api.cohere.com",
  "api.cohere.ai",
  "api.perplexity.ai",
  "api.together.xyz",
  "api.moonshot.cn",
  "open.bigmodel.cn",
  "dashscope.aliyuncs.com",
  "dashscope-us.aliyuncs.com",
  "api.minimax.io",
  "api.minimaxi.com",
  "api.siliconflow.cn",
  "api.siliconflow.com",
  "integrate.api.nvidia.com",
  "router.huggingface.co",
  "api-inference.huggingface.co",
  "models.github.ai",
  "models.inference.ai.azure.com",
  "api.githubcopilot.com",
  ".githubcopilot.com",
  "gateway.ai.cloudflare.com",
  "ai-gateway.vercel.sh",
  "api.voyageai.com",
  "api.jina.ai",
  "api.sambanova.ai",
  "api.novita.ai",
  "api.deepinfra.com",
  "api.hyperbolic.xyz",
  "api.studio.nebius.ai",
  "ollama.com",
  "us.api.openai.com",
  "eu.api.openai.com",
  "platform.claude.com",
  ".openai.azure.com",
  ".services.ai.azure.com",
  ".cognitiveservices.azure.com",
  "cloudcode-pa.googleapis.com",
  "aiplatform.googleapis.com",
];
const known: ReadonlySet<string> = new Set([...own, ...more]);
const below = more.filter((h) => h.startsWith("."));
/** Hosts with a region in their name. */
const regional =
  /^(?:[a-z0-9-]{1,30}-aiplatform\.googleapis\.com|aiplatform\.[a-z0-9-]{1,30}\.rep\.googleapis\.com|bedrock(?:-runtime|-mantle)?(?:-fips)?\.[a-z0-9-]{1,30}\.(?:amazonaws\.com(?:\.cn)?|api\.aws))$/;

export const isVendor = (host: string): boolean =>
  known.has(host) || below.some((b) => host.endsWith(b)) || regional.test(host);

/** This machine, also as a container sees it. */
export const isLoopback = (host: string): boolean =>
  isLoopbackHost(host) || /^(?:(?:host|gateway)\.docker|host\.containers)\.internal$/.test(host);

/** A name or number that only one's own network knows. */
export const isPrivate = (host: string): boolean =>
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:|fe80:)|\.(?:local|lan|internal|intranet|home\.arpa|svc|cluster\.local)$/.test(
    host,
  ) || /^[a-z0-9_-]+$/.test(host);

const URL_SHAPE = /^[a-z][a-z0-9+.-]*:\/\/(?:([^/?#\\]*)@)?(\[[^\]/]*\]|[^/?#:\\]*)/i;
/** The host of a URL; undefined: it has none, or none that can be told. */
export const hostOf = (url: string): Host | undefined => {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  const [, user = "", written = ""] = URL_SHAPE.exec(url) ?? [];
  const name = parsed.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (!name) return undefined;
  const bare = written
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  // an address in brackets has several spellings, all of which people use
  return { name, written, plain: bare === name || written.startsWith("["), user };
};

/** Words that say whose a host is, and that no other host has by chance. */
const brands: readonly string[] =
  "anthropic openai claude chatgpt openrouter mistral deepseek moonshot cerebras perplexity huggingface githubcopilot generativelanguage dashscope".split(
    " ",
  );
/** Letters that look like others, as one of them. */
const skeleton = (text: string): string =>
  text
    .replace(/rn/g, "m")
    .replace(/vv/g, "w")
    .replace(/cl/g, "d")
    .replace(/[0-9]/g, (d) => "olzeasbtbg"[Number(d)]!)
    .replace(/i/g, "l");

/** One letter added, dropped, changed or swapped. */
const near = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [x, y] = [a.slice(i), b.slice(i)];
  return (
    x.slice(1) === y.slice(1) ||
    x.slice(1) === y ||
    x === y.slice(1) ||
    (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2))
  );
};

const imitated = brands.map((brand) => [brand, skeleton(brand)] as const);
/** The vendor whose name a foreign host carries or imitates. */
export const imitates = (host: string): string | undefined => {
  const name = host.slice(0, 253);
  const labels = name.split(/[.-]/).filter((l) => l.length > 4);
  const found = imitated.find(([brand, form]) => {
    if (name.includes(brand)) return true;
    return labels.some((l) => skeleton(l) === form || near(l, brand));
  });
  return found?.[0];
};
