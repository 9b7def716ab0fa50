import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import type { Model, Provider, Spec, Step } from "../core/spec.ts";
import { providers, splitModel } from "../providers/index.ts";
import { chainFindings } from "./chain-findings.ts";
import type { Locate } from "./check.ts";

/** A provider that the spec does not name but whose kind is known stands for itself. */
const providerOf = (name: string, spec: Spec): Provider | undefined =>
  spec.provider.find((p) => p.name === name) ?? (Object.hasOwn(providers, name) ? { name } : undefined);

const stepOf = (text: string, spec: Spec): Step | string => {
  const split = splitModel(text);
  if (!split) return text;
  const provider = providerOf(split.provider, spec);
  return provider ? { provider, id: split.id } : split.provider;
};

/** Models with the providers of their chains; a step whose provider nobody knows is a fault, and what a chain does not protect from is told. */
export const withSteps = (spec: Spec, locate: Locate): { spec: Spec; diagnostics: Diagnostic[] } => {
  const diagnostics: Diagnostic[] = [];
  const known = [...new Set([...spec.provider.map((p) => p.name), ...Object.keys(providers)])];
  const model = spec.model.map((m): Model => {
    const steps = m.chain.map((text) => stepOf(text, spec));
    for (const s of steps)
      if (typeof s === "string")
        diagnostics.push(
          diagnostic(
            "spec/unknown-provider",
            { name: s, near: nearest(s, known), known },
            { place: locate("model", m, "chain") },
          ),
        );
    return { ...m, steps: steps.filter((s) => typeof s !== "string") };
  });
  const whole = { ...spec, model };
  return { spec: whole, diagnostics: [...diagnostics, ...chainFindings(whole, locate)] };
};
