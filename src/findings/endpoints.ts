import type { Level } from "../core/codec.ts";
import { providers } from "../providers/index.ts";
import { type Hit, shown } from "./hit.ts";
import { hostOf, imitates, isLoopback, isPrivate, isVendor } from "./hosts.ts";

export type EndpointRule = "endpoint" | "lookalike" | "proxy" | "trust" | "loads" | "registry";

export interface Declared {
  /** Hosts that the spec names in its providers and servers, lower case, without a port. */
  hosts?: readonly string[];
}

/** What a variable or setting of a name can do. */
type Redirect = Exclude<EndpointRule, "lookalike">;

/** No name of a host, file or option is longer. */
const LONGEST = 10_000;
/** First words of the variables of tools and vendors of models, with what ends the names of their bases. */
const prefixes: ReadonlySet<string> = new Set([
  ...Object.values(providers).flatMap((p) =>
    [...p.keys, p.litellm.base ?? ""].map((k) => k.replace(/_(?:API_KEY|API_BASE|KEY)$/, "")).filter(Boolean),
  ),
  ..."ANTHROPIC ANTHROPIC_BEDROCK ANTHROPIC_VERTEX ANTHROPIC_FOUNDRY CLAUDE CLAUDE_CODE OPENAI AZURE_OPENAI AZURE_AI CODEX GEMINI GOOGLE_GEMINI GOOGLE_VERTEX GOOGLE_GENAI CODE_ASSIST VERTEX VERTEXAI COPILOT COPILOT_PROVIDER GITHUB_MODELS BEDROCK BEDROCK_RUNTIME AWS_BEDROCK AWS_BEDROCK_RUNTIME LITELLM LITELLM_PROXY AIDER AIDER_OPENAI OPENCODE CLINE OLLAMA COHERE PERPLEXITY PERPLEXITYAI TOGETHER TOGETHER_AI NVIDIA NVIDIA_NIM QWEN KIMI ZHIPU GLM MINIMAX VOYAGE OPENAI_COMPATIBLE".split(
    " ",
  ),
]);
const BASE =
  /^(.+?)_(?:BASE_URL|BASEURL|API_BASE|API_BASE_URL|API_URL|API_HOST|API_ENDPOINT|ENDPOINT|ENDPOINT_URL|HOST)$/;
/** Keys of settings that say where requests go. */
const SETTING =
  /^(?:api[-_]?base(?:[-_]?url)?|base[-_]?url|api[-_]?(?:url|host|endpoint)|(?:openai|anthropic|ollama|lite-?llm|gemini|deep-?seek|mistral|open-?router)[a-z]*(?:base-?url|api-?base)|chatgpt[-_]base[-_]url|endpoint)$/i;
const TELEMETRY = /^OTEL_EXPORTER_OTLP(?:_(?:TRACES|METRICS|LOGS))?_ENDPOINT$/;
const PROXY =
  /^(?:(?:https?|all|ftp|socks|npm_config_(?:https?_)?)_?proxy|https?\.proxy|npm_config_https-proxy|global_agent_https?_proxy)$/i;
const TRUST =
  /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|AWS_CA_BUNDLE|GIT_SSL_CA(?:INFO|PATH)|PIP_CERT|DENO_CERT|NPM_CONFIG_CA(?:FILE)?)$/i;
/** Switches that turn the check of certificates off, with the value that does. */
const UNCHECKED: readonly (readonly [RegExp, RegExp])[] = [
  [/^NODE_TLS_REJECT_UNAUTHORIZED$/, /^0$/],
  [/^GIT_SSL_NO_VERIFY$/, /^(?!(?:0|false|)$)/i],
  [/^PYTHONHTTPSVERIFY$/, /^0$/],
  [
    /^(?:NPM_CONFIG_STRICT_SSL|SSL_VERIFY|AIDER_VERIFY_SSL|http\.proxyStrictSSL|HTTPX_VERIFY)$/i,
    /^(?:0|false|no)$/i,
  ],
  [/^(?:UV_INSECURE_HOST|PIP_TRUSTED_HOST)$/, /./],
];
/** Variables that make a program load or run something else, whatever their value. */
const LOADS =
  /^(?:LD_(?:PRELOAD|AUDIT)|DYLD_(?:INSERT_LIBRARIES|FRAMEWORK_PATH)|BASH_ENV|ZDOTDIR|PYTHONSTARTUP|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|GIT_SSH|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_PROXY_COMMAND|GIT_ASKPASS|SSH_ASKPASS|GIT_EXEC_PATH|GIT_TEMPLATE_DIR|GIT_CONFIG_(?:GLOBAL|SYSTEM|COUNT|PARAMETERS)|PROMPT_COMMAND|CLAUDE_ENV_FILE|CLAUDE_CODE_SHELL_PREFIX)$/;
/** The same for some values. */
const SOMETIMES: readonly (readonly [name: RegExp, value: RegExp, level: Level])[] = [
  [
    /^(?:NODE_OPTIONS|BUN_OPTIONS)$/,
    /(?:^|\s|=)(?:-r|--require|--import|--loader|--experimental-loader|--inspect(?:-brk)?|--env-file|--openssl-config)(?:\s|=|$)/,
    "error",
  ],
  [
    /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/,
    /-(?:javaagent|agentpath|agentlib|Xbootclasspath)/,
    "error",
  ],
  [
    /^PATH$/,
    /(?:^|[:;])(?:$|[:;]|\.|(?!\/|~|\$|%|[A-Za-z]:[\\/])\w|\/tmp\/|\/var\/tmp\/|\/dev\/shm|\$\{?(?:workspaceFolder|CLAUDE_PROJECT_DIR|PWD)|\$\{workspaceFolder)/,
    "error",
  ],
  [/^ENV$/, /[\\/]|^\./, "error"],
  [/^(?:LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|NODE_PATH|PYTHONPATH)$/, /./, "warning"],
  [
    /^(?:PAGER|GIT_PAGER|MANPAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|BROWSER|SHELL)$/,
    /[\s;|&$`/\\]/,
    "warning",
  ],
];
/** System programs and shells that those usually name. */
const USUAL =
  /^(?:\/(?:usr\/)?(?:local\/)?bin\/)?(?:cat|less|more|true|vim?|nvim|nano|emacs|code|sh|bash|zsh|fish|none)(?:\s+(?:-[A-Za-z]+|--wait))*$/;
const REGISTRY =
  /^(?:npm_config_(?:.*:)?registry|YARN_(?:NPM_REGISTRY_SERVER|REGISTRY)|BUN_CONFIG_REGISTRY|PIP_(?:EXTRA_)?INDEX_URL|UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL)|GOPROXY|NIX_PATH)$/i;
const SYSTEM_CERTIFICATES =
  /^\/(?:etc\/(?:ssl|pki|ca-certificates)|usr\/(?:local\/)?(?:share|lib|etc)\/(?:ca-certificates|ssl|openssl)|opt\/homebrew\/etc\/(?:ca-certificates|openssl))[/@]/;

/** Names that tools for coding and their vendors read. */
const ofTool = (name: string): boolean => prefixes.has(BASE.exec(name)?.[1] ?? "");
/** `*_BASE_URL` of anybody; of tools and vendors of models every spelling. */
const isBase = (name: string): boolean => /_(?:BASE_URL|BASEURL|API_BASE)$/.test(name) || ofTool(name);

/** What kind of detour a variable or a setting of this name can be; undefined: none. */
export const redirectKind = (name: string): Redirect | undefined => {
  if (PROXY.test(name)) return "proxy";
  if (TRUST.test(name) || UNCHECKED.some(([n]) => n.test(name))) return "trust";
  if (LOADS.test(name) || SOMETIMES.some(([n]) => n.test(name))) return "loads";
  if (REGISTRY.test(name)) return "registry";
  return SETTING.test(name) || TELEMETRY.test(name) || isBase(name) ? "endpoint" : undefined;
};
/** The redirect is one that tools for coding themselves read, whoever else does. */
export const isToolRedirect = (name: string): boolean => {
  const kind = redirectKind(name);
  return kind === "endpoint" ? ofTool(name) || TELEMETRY.test(name) : kind !== undefined;
};

type Judged = Pick<Hit<EndpointRule>, "rule" | "level" | "reason" | "note">;
const error = (rule: EndpointRule, reason: string, note: string): Judged => ({
  rule,
  level: "error",
  reason,
  note,
});

const DECLARE = "take it out, or name the host in the spec";
/** Why a host is not the one it seems to be. */
const trick = (url: string): Judged | undefined => {
  const host = hostOf(url)!;
  const say = (reason: string): Judged =>
    error("lookalike", reason, "take it out; whoever used it, replace the key that was sent");
  if (/[.@]|%2e|%40/i.test(host.user))
    return say(`shows "${shown(host.user)}" and goes to ${host.name}: what stands before @ is a user name`);
  if (/[\\\s\p{Cc}\p{Cf}]/u.test(url)) return say(`holds characters that programs read differently in a URL`);
  if (host.name.includes("xn--")) return say(`goes to ${host.name}, written with letters of another script`);
  return host.plain || isLoopback(host.name)
    ? undefined
    : say(`goes to ${host.name}, written so that nobody sees it`);
};

/** Where requests go. */
const hostFault = (url: string, declared: Declared, name: string): Judged | undefined => {
  const host = hostOf(url);
  if (!host) return undefined;
  const said = declared.hosts?.includes(host.name) || declared.hosts?.includes(`[${host.name}]`);
  const odd = trick(url);
  if (odd && !(said && !host.user)) return odd;
  if (said || isLoopback(host.name)) return undefined;
  if (isVendor(host.name))
    return /^https:|^wss:/i.test(url)
      ? undefined
      : error("endpoint", `sends its key to ${host.name} unencrypted`, "write https");
  const brand = imitates(host.name);
  if (brand)
    return error(
      "lookalike",
      `goes to ${host.name}, which carries the name "${brand}" and is no host of theirs`,
      DECLARE,
    );
  const own = ofTool(name) || SETTING.test(name);
  const level = isPrivate(host.name) || !(own || TELEMETRY.test(name)) ? "warning" : "error";
  const what = own
    ? "requests, and the key with them,"
    : TELEMETRY.test(name)
      ? "what the tool records"
      : "requests";
  return { rule: "endpoint", level, reason: `sends ${what} to ${host.name}`, note: DECLARE };
};

const proxyFault = (url: string, declared: Declared): Judged | undefined => {
  const host = hostOf(url);
  if (!host || isLoopback(host.name) || declared.hosts?.includes(host.name)) return undefined;
  return error("proxy", `sends every request through ${host.name}`, DECLARE);
};

const registryFault = (url: string, declared: Declared): Judged | undefined => {
  const host = hostOf(url.replace(/^[\w-]+=(?=https?:)/, ""));
  if (!host || isLoopback(host.name) || declared.hosts?.includes(host.name)) return undefined;
  return {
    rule: "registry",
    level: "warning",
    reason: `takes packages from ${host.name}`,
    note: "make sure that everybody means this place, then accept it in the spec",
  };
};

const trustFault = (value: string, _: Declared, name: string): Judged | undefined => {
  const off = UNCHECKED.find(([n]) => n.test(name));
  if (off)
    return off[1].test(value)
      ? error(
          "trust",
          `turns off the check of certificates: anybody on the way can read along`,
          "take it out",
        )
      : undefined;
  return SYSTEM_CERTIFICATES.test(value)
    ? undefined
    : error(
        "trust",
        `trusts certificates of ${shown(value)}: whoever made them can read along`,
        "take it out, or set it for one person outside the repository",
      );
};

const loadsFault = (value: string, _: Declared, name: string): Judged | undefined => {
  const note = "take it out, or run the program by name";
  if (LOADS.test(name)) return error("loads", `makes programs run ${shown(value)}`, note);
  const some = SOMETIMES.find(([n, v]) => n.test(name) && v.test(value));
  if (!some || USUAL.test(value)) return undefined;
  return {
    rule: "loads",
    level: some[2],
    reason: `makes programs run or load ${shown(value)}`,
    note,
  };
};

const REFERENCE = /\$\{[\w.:]+?(?::?-([^{}]*))?\}|\$\w+|\{env:\w+\}|\{\{[^{}]*\}\}|%\w+%/g;
/** A value with the defaults of its references; undefined: only the environment says where it goes. */
const settled = (value: string, url: boolean): string | undefined => {
  const text = value.trim().replace(REFERENCE, (_, or?: string) => or ?? "\0");
  if (text === "" || /^\0+$/.test(text)) return undefined;
  if (!url) return text.replaceAll("\0", "x");
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? text
    : text.replace(/^(\0?)(?:\/\/)?(?=[^/]*[.:\]]|localhost)/, "http://$1");
  const authority = /^[^:]*:\/\/([^/?#\\]*)/.exec(full)?.[1] ?? "";
  const host = authority.replace(/^.*@/s, "").replace(/:[\d\0]*$/, "");
  return host.endsWith("\0") ? undefined : full.replaceAll("\0", "x");
};

const judges: Readonly<
  Record<Redirect, (value: string, declared: Declared, name: string) => Judged | undefined>
> = {
  endpoint: hostFault,
  proxy: proxyFault,
  registry: registryFault,
  trust: trustFault,
  loads: loadsFault,
};

/** What is wrong with a value under a name that redirects or loads code; offsets are of the value. A reference is fine, its default is looked at. */
export const endpoint = (name: string, value: string, declared: Declared = {}): Hit<EndpointRule>[] => {
  const kind = redirectKind(name);
  if (kind === undefined || value.length > LONGEST) return [];
  const text = settled(value, kind === "endpoint" || kind === "proxy" || kind === "registry");
  const judged = text === undefined ? undefined : judges[kind](text, declared, name);
  return judged ? [{ ...judged, start: 0, end: value.length, evidence: shown(value) }] : [];
};
