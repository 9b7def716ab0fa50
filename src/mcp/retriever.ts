import { type Data, isObject } from "../core/data.ts";
import type { Endpoint, Retrieval } from "../core/spec.ts";
import { specData } from "../core/spellings.ts";
import { type Environment, parse, type Template } from "../core/template.ts";
import { askEndpoint } from "./ask.ts";
import { type Ask, type Found, type Mapping, mappingOf, requestFor, resultsIn } from "./shapes.ts";
import { textOf } from "./text.ts";

/** Text for the model: results, or why there are none. */
export interface Said {
  text: string;
  isError: boolean;
}
/** An endpoint of the spec, with the environment filled in. */
export interface Retriever {
  id: string;
  description: string;
  /** Variables that it needs and that are not set. */
  missing: readonly string[];
  search(ask: Ask, cancelled: AbortSignal): Promise<Said>;
}

const DEFAULTS = { timeoutMs: 10_000, maxReplyBytes: 1024 * 1024, maxTextBytes: 64 * 1024 };
/** A value so short may stand in any text. */
const MIN_SECRET = 6;

/** What was filled in, and what could not be. */
interface Filled {
  secrets: Set<string>;
  missing: Set<string>;
}

/**
 * A variable as a tool hands it on: one that is not set arrives empty, or as the reference itself (Claude Code 2.1.330, Roo Code
 * 3.52.1; 2026-11-25).
 */
const given = (name: string, env: Environment): string | undefined => {
  const value = env[name];
  return value === "" || value === `\${${name}}` || value === `\${env:${name}}` ? undefined : value;
};
const filled = (t: Template, env: Environment, into: Filled): string =>
  t
    .map((part) => {
      if (typeof part === "string" || !("env" in part)) return part;
      const value = given(part.env, env);
      if (value !== undefined) into.secrets.add(value);
      else if (part.or === undefined) into.missing.add(part.env);
      return value ?? part.or ?? "";
    })
    .join("");
const filledData = (v: unknown, env: Environment, into: Filled): unknown => {
  if (typeof v === "string") return filled(parse(specData, v), env, into);
  if (Array.isArray(v)) return v.map((x) => filledData(x, env, into));
  return isObject(v)
    ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, filledData(x, env, into)]))
    : v;
};

/** A variable that says where an endpoint stands is no secret: results may well name that place. */
const filledAddress = (t: Template, env: Environment, into: Filled): string => {
  const inside = new Set<string>();
  const url = filled(t, env, { ...into, secrets: inside });
  const host = URL.canParse(url) ? new URL(url).host : "";
  for (const s of inside) if (!URL.canParse(s) && !host.includes(s)) into.secrets.add(s);
  return url;
};

const isSendable = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
const addressFault = (url: string): string | undefined => {
  if (!URL.canParse(url)) return "its address is not a URL";
  const { protocol, username, password } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return "its address is not http or https";
  return username || password ? "its address holds a user name or password: use a header" : undefined;
};
const headerFault = (headers: Readonly<Record<string, string>>): string | undefined => {
  const bad = Object.keys(headers).find((k) => !/^[\w!#$%&'*+.^`|~-]+$/.test(k) || !isSendable(headers[k]!));
  return bad === undefined ? undefined : `its header ${JSON.stringify(bad)} cannot be sent`;
};

/** An endpoint ready to be asked. */
interface Ready {
  url: string;
  headers: Record<string, string>;
  mapping: Mapping;
  fault: string | undefined;
}
const readyFrom = (e: Endpoint, env: Environment, agent: string, into: Filled): Ready => {
  const url = filledAddress(e.url, env, into);
  const own = Object.entries(e.headers ?? {}).map(
    ([k, v]) => [k.toLowerCase(), filled(v, env, into)] as const,
  );
  const mapping = mappingOf(e);
  const body = filledData(mapping.body, env, into) as Data;
  const headers = {
    accept: "application/json",
    "user-agent": agent,
    ...(mapping.method === "POST" && { "content-type": "application/json" }),
    ...Object.fromEntries(own),
  };
  const fault = addressFault(url) ?? headerFault(headers);
  return { url, headers, mapping: { ...mapping, body }, fault };
};

const mapped = (f: Found, to: (text: string) => string): Found =>
  Object.fromEntries(Object.entries(f).map(([k, v]) => [k, to(v)])) as unknown as Found;

const notSet = (missing: readonly string[]): string =>
  `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} not set in the environment of this tool`;
const failed = (id: string, reason: string): Said => ({ text: `${id}: ${reason}`, isError: true });

/** The endpoint of a retrieval entry; the environment is read once. `agent` names us to the endpoint. */
export const retrieverFor = (r: Retrieval, e: Endpoint, env: Environment, agent: string): Retriever => {
  const into: Filled = { secrets: new Set(), missing: new Set() };
  const ready = readyFrom(e, env, agent, into);
  const { timeoutMs, maxReplyBytes, maxTextBytes } = { ...DEFAULTS, ...e };
  const missing = [...into.missing];
  const secrets = [...into.secrets].filter((s) => s.length >= MIN_SECRET).sort((a, b) => b.length - a.length);
  const redacted = (text: string): string => secrets.reduce((out, s) => out.replaceAll(s, "***"), text);
  const fault = missing.length ? notSet(missing) : ready.fault;
  const search = async (ask: Ask, cancelled: AbortSignal): Promise<Said> => {
    if (fault !== undefined) return failed(r.name, fault);
    const { mapping, headers } = ready;
    const request = requestFor(mapping, ready.url, ask);
    const bounds = { timeoutMs, maxBytes: maxReplyBytes, cancelled };
    const answer = await askEndpoint({ ...request, method: mapping.method, headers, ...bounds });
    if ("reason" in answer) return failed(r.name, redacted(answer.reason));
    const found = resultsIn(mapping, answer.data);
    if (typeof found === "string") return failed(r.name, found);
    const some = found.slice(0, ask.limit).map((f) => mapped(f, redacted));
    return { text: textOf(some, maxTextBytes), isError: false };
  };
  return { id: r.name, description: r.description ?? `Search ${r.name}`, missing, search };
};
