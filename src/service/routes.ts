import type { Model, Provider, Step } from "../core/spec.ts";
import { specData } from "../core/spellings.ts";
import { type Environment, holes, say, type Template } from "../core/template.ts";
import { isLoopback, rowOf, type WireDialect } from "../providers/index.ts";
import { factsOf } from "../providers/model-facts.ts";
import { defaultPolicy, type Key, type Policy, type Route, type Target } from "../proxy/types.ts";

/** The chains of a spec as the proxy takes them. */
export interface Chains {
  routes: Route[];
  policy: Policy;
  /** Steps that the proxy cannot ask, and why. */
  left: { step: string; why: string }[];
  /** What leaves this machine only because the spec says so: a line each, for a person to read. */
  trust: string[];
}

/** A template with its variables filled in; undefined: one is not set. */
const filled = (template: Template, env: Environment): string | undefined => {
  const parts = template.map((p) =>
    typeof p === "string" ? p : "env" in p ? env[p.env] || p.or : undefined,
  );
  return parts.every((p) => p !== undefined) ? parts.join("") : undefined;
};

const originOf = (provider: Provider, env: Environment): string | undefined => {
  const origin = provider.origin ? filled(provider.origin, env) : rowOf(provider)?.origin;
  return origin !== undefined && URL.canParse(origin) && /^https?:/i.test(origin)
    ? origin.replace(/\/+$/, "")
    : undefined;
};
const keyOf = (provider: Provider, env: Environment): Key | undefined => {
  if (provider.keyCommand !== undefined) return { command: provider.keyCommand };
  const [hole] = holes(provider.apiKey ?? []);
  if (hole && "env" in hole) return { env: hole.env };
  const { keys = [], local } = rowOf(provider) ?? {};
  const name = keys.find((n) => env[n]) ?? (local ? undefined : keys[0]);
  return name === undefined ? undefined : { env: name };
};

/** The variables that chains name: keys, and what stands in addresses and headers. */
export const variablesIn = (models: readonly Model[]): string[] => {
  const named = ({ origin = [], apiKey = [], headers = {} }: Provider): string[] =>
    [origin, apiKey, ...Object.values(headers)]
      .flatMap(holes)
      .flatMap((hole) => ("env" in hole ? hole.env : []));
  const providers = models.flatMap(({ steps = [] }) => steps.map(({ provider }) => provider));
  return [...new Set(providers.flatMap((p) => [...named(p), ...(rowOf(p)?.keys ?? [])]))];
};

const headersOf = (provider: Provider, env: Environment): Record<string, string> | undefined => {
  const all = Object.entries(provider.headers ?? {}).flatMap(([name, value]): [string, string][] => {
    const text = filled(value, env);
    // a host of its own would lead the key elsewhere than the origin says
    return text === undefined || name.toLowerCase() === "host" ? [] : [[name, text]];
  });
  return all.length ? Object.fromEntries(all) : undefined;
};

/** The dialects whose vendor a provider is, by the id of its row. */
const vendors: Readonly<Record<string, readonly WireDialect[]>> = {
  anthropic: ["messages"],
  openai: ["chat", "responses"],
  google: ["gemini"],
};
const typeOf = (p: Provider): string => p.type ?? p.name;

const targetOf = (step: Step, env: Environment): Target | string => {
  const { provider, id } = step;
  const row = rowOf(provider);
  if (!row) return `nothing is known of a provider of type ${typeOf(provider)}`;
  if (!Object.keys(row.paths).length)
    return `${row.title} speaks a protocol of its own, with signed requests`;
  const origin = originOf(provider, env);
  if (origin === undefined) return `${provider.name} has no origin`;
  const isOwn = row.origin !== undefined && origin === row.origin;
  const key = keyOf(provider, env);
  const headers = headersOf(provider, env);
  // a local server says itself how it was started
  const context = row.local ? provider.context : factsOf(step).context;
  return {
    id: `${provider.name}/${id}`,
    provider: provider.name,
    origin,
    paths: row.paths,
    model: id,
    ...(isOwn && vendors[typeOf(provider)] && { own: vendors[typeOf(provider)]! }),
    ...(key && { key }),
    ...(!vendors[typeOf(provider)] && { carrier: "bearer" as const }),
    ...(headers && { headers }),
    ...(row.local && { local: true as const }),
    ...(context !== undefined && { context }),
  };
};

/** What a person must have read before requests and keys go there. */
const trustLines = (provider: Provider, target: Target): string[] => {
  const own = provider.origin !== undefined && target.origin !== rowOf(provider)?.origin;
  const keys = [
    ...(provider.apiKey ? [say(specData, provider.apiKey).text] : []),
    ...Object.keys(provider.headers ?? {}),
  ];
  const what = keys.length ? `requests, with ${keys.join(", ")}, go` : "requests go";
  return [
    ...(own && !isLoopback(target.origin) ? [`  ${provider.name}: ${what} to ${target.origin}`] : []),
    ...(provider.keyCommand === undefined ? [] : [`  ${provider.name}: runs ${provider.keyCommand}`]),
  ];
};

const policyOf = ({ port: _, ...said }: Record<string, unknown>): Policy => ({ ...defaultPolicy, ...said });

/** The chains of a spec's models, with the variables as they are now; `proxy` is what the spec says under that key. */
export const chainsOf = (
  models: readonly Model[],
  proxy: Readonly<Record<string, unknown>>,
  env: Environment,
): Chains => {
  const left: Chains["left"] = [];
  const trust = new Set<string>();
  const route = (m: Model): Route => ({
    name: m.name,
    targets: (m.steps ?? []).flatMap((step) => {
      const target = targetOf(step, env);
      if (typeof target === "string") {
        left.push({ step: `${step.provider.name}/${step.id}`, why: target });
        return [];
      }
      for (const line of trustLines(step.provider, target)) trust.add(line);
      return target;
    }),
    ...(m.onOutage && { onOutage: m.onOutage }),
  });
  const routes = models.map(route).filter((r) => r.targets.length);
  return { routes, policy: policyOf(proxy), left, trust: [...trust] };
};
