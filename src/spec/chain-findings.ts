import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Model, Spec, Step } from "../core/spec.ts";
import { rowOf } from "../providers/index.ts";
import { stepText } from "../providers/litellm.ts";
import { factsDate, factsOf } from "../providers/model-facts.ts";
import type { Locate } from "./check.ts";

/**
 * From which share of the first context on the next one is told. Clients compact a session at four fifths or more of the window that
 * they know: with less than half of it, an ordinary long session no longer fits. Smaller steps down are usual among equals
 * (1M to 922k, 400k to 272k).
 */
const ENOUGH = 0.5;
/** Roles whose models call no tools and hold no session. */
const aside = new Set(["embed", "autocomplete"]);

/** 262144 -> `262k`, 1000000 -> `1M`. */
const tokens = (n: number): string =>
  n >= 1_000_000 ? `${Number((n / 1e6).toFixed(2))}M` : n >= 1000 ? `${Math.round(n / 1000)}k` : String(n);

type Found = Diagnostic | undefined;
type Facing = (m: Model, steps: readonly Step[], more: Pick<Diagnostic, "place" | "item">) => Found;

const contextDrop: Facing = (m, [first, ...later], more) => {
  const top = first && factsOf(first).context;
  if (top === undefined) return undefined;
  const small = later.flatMap((s) => {
    const { context } = factsOf(s);
    return context !== undefined && context < top * ENOUGH ? [`${stepText(s)} (${tokens(context)})`] : [];
  });
  if (!small.length) return undefined;
  const facts = {
    model: m.name,
    first: `${stepText(first!)} (${tokens(top)})`,
    later: small,
    date: factsDate,
  };
  return diagnostic("model/context-drop", facts, more);
};

const noTools: Facing = (m, steps, more) => {
  const without = steps.filter((s) => factsOf(s).tools === false).map(stepText);
  return without.length
    ? diagnostic("model/no-tools", { model: m.name, steps: without, date: factsDate }, more)
    : undefined;
};

/** What all of them have in common; undefined: nothing, or it is not known of each. */
const shared = (all: readonly (string | undefined)[]): string | undefined =>
  new Set(all).size === 1 ? all[0] : undefined;
/** Who answers: the entry's server, else the vendor that its kind is. */
const serverOf = ({ provider: p }: Step): string => {
  const origin = p.origin?.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("");
  return origin ?? rowOf(p)?.title ?? p.name;
};
const sameVendor: Facing = (m, steps, more) => {
  if (steps.length < 2) return undefined;
  const server = shared(steps.map(serverOf));
  const vendor = shared(steps.map((s) => factsOf(s).vendor));
  if (server === undefined && vendor === undefined) return undefined;
  const facts = {
    model: m.name,
    ...(server !== undefined && { server }),
    ...(vendor !== undefined && { vendor }),
  };
  return diagnostic("model/same-vendor", facts, more);
};

/** What a chain does not protect from, told at its place in the spec. An id that nothing is known of is never told of. */
export const chainFindings = (spec: Spec, locate: Locate): Diagnostic[] =>
  spec.model.flatMap((m) => {
    const steps = m.steps ?? [];
    const checks = aside.has(m.name) ? [sameVendor] : [contextDrop, noTools, sameVendor];
    const item = `model ${m.name}`;
    // finding a place reads the file again
    const found = checks.flatMap((check) => check(m, steps, { item }) ?? []);
    const place = found.length ? locate("model", m, "chain") : undefined;
    return found.map((d) => ({ ...d, ...(place && { place }) }));
  });
