import type { Model, Step } from "../core/spec.ts";
import { type Template, tidy } from "../core/template.ts";
import { isLoopback, type ProviderRow, providers, servedBy, splitModel } from "./index.ts";

/** The steps of a chain; a provider that nobody described stands for itself. */
export const stepsOf = (model: Pick<Model, "chain" | "steps">): Step[] =>
  model.steps ??
  model.chain.flatMap((text) => {
    const split = splitModel(text);
    return split ? [{ provider: { name: split.provider }, id: split.id }] : [];
  });

/** A step as the spec writes it. */
export const stepText = ({ provider, id }: Step): string => `${provider.name}/${id}`;

/** LiteLLM's name of a step's model. */
export const litellmName = ({ provider, id }: Step): string => servedBy(provider).litellm.prefix + id;

/** LiteLLM finds these vendors by the id alone (1.108.6, get_llm_provider, 2026-11-25). */
const bare: readonly [RegExp, string][] = [
  [/^claude-/, "anthropic"],
  [/^(?:gpt-|chatgpt-|o\d)/, "openai"],
];

/** The kind of provider that LiteLLM's name of a model says, and the native id; undefined: none that is known. */
export const litellmKind = (name: string): { kind: string; id: string } | undefined => {
  if (!name.includes("/")) {
    const kind = bare.find(([pattern]) => pattern.test(name))?.[1];
    return kind === undefined ? undefined : { kind, id: name };
  }
  // several rows share a prefix: the first is the vendor's own
  const found = Object.entries(providers).find(([, row]) => name.startsWith(row.litellm.prefix));
  const id = found && name.slice(found[1].litellm.prefix.length);
  return found && id ? { kind: found[0], id } : undefined;
};

/** LiteLLM's name of a model in full: some vendors it finds by the bare id too. */
export const fullName = (name: string): string => {
  const known = name.includes("/") ? undefined : litellmKind(name);
  return known ? litellmName({ provider: { name: known.kind }, id: known.id }) : name;
};

/** Nobody knows where it is, unless the entry says so. */
export const isNowhere = ({ provider }: Step): boolean => {
  const { origin, litellm } = servedBy(provider);
  return !provider.origin && !origin && !litellm.base && !litellm.region;
};

/** Where the step's server is, as LiteLLM wants it: with the path of its dialect. Undefined: LiteLLM knows by itself, or nobody does. */
export const litellmBase = ({ provider }: Step): Template | undefined => {
  const row = servedBy(provider);
  const here = row.origin !== undefined && isLoopback(row.origin);
  const said = provider.origin ?? (here ? [row.origin!] : undefined);
  if (!said) return undefined;
  const path = row.litellm.path ?? row.paths.chat ?? "";
  const last = said.at(-1);
  const origin = typeof last === "string" ? [...said.slice(0, -1), last.replace(/\/+$/, "")] : said;
  const base = tidy([...origin, path]);
  return !here && base.length === 1 && base[0] === `${row.origin}${path}` ? undefined : base;
};

/** It is spelt as a vendor is whose key it must not get. */
export const isStandIn = ({ litellm }: ProviderRow): boolean =>
  !litellm.key && (litellm.prefix === "openai/" || litellm.prefix === "anthropic/");

/** A client of OpenAI's kind wants a key even where the server has none; without this it would send OpenAI's. */
export const needsNoKey = ({ provider }: Step): boolean => !provider.apiKey && isStandIn(servedBy(provider));
