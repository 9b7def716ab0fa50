import { expect } from "vitest";
import { type Plan, plan } from "../../src/core/plan.ts";
import {
  emptySpec,
  type Item,
  type Kind,
  type Model,
  type Provider,
  type Spec,
} from "../../src/core/spec.ts";
import { emptyWorld, type World } from "../../src/core/surface.ts";
import type { Target } from "../../src/core/target.ts";
import { readTool } from "../../src/spec/in-place.ts";

export const worldOf = (files: Record<string, string>): World => ({
  ...emptyWorld(),
  files: new Map(Object.entries(files)),
});
export const lines = (...text: string[]): string => `${text.join("\n")}\n`;

/** Items of one kind by name, as a tool's files say them: what they hold, and the tool's own keys. */
export const items = (t: Target, kind: Kind, files: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    (readTool(t, worldOf(files), false).spec[kind] as Item[]).map(({ name, at: _, targets: __, ...rest }) => [
      name,
      rest,
    ]),
  );
/** What is told of files when they are imported. */
export const told = (t: Target, files: Record<string, string>): string[] =>
  readTool(t, worldOf(files), true).diagnostics.map((d) => `${d.code}: ${d.reason}`);

export const build = (targets: readonly Target[], spec: Partial<Spec>, world: World = emptyWorld()): Plan =>
  plan({ targets, known: targets, spec: { ...emptySpec(), ...spec }, world });
export const filesOf = (p: Plan): Record<string, unknown> => Object.fromEntries(p.after.files);
export const lossesOf = (p: Plan): string[] =>
  p.losses.map((l) =>
    `${l.level} ${l.kind} ${l.name} ${l.field.join(".")}: ${l.why}`.replace("  ", " ").replace(" :", ":"),
  );
/** The files that a spec becomes, and what is told of it. */
export const written = (targets: readonly Target[], spec: Partial<Spec>) => {
  const p = build(targets, spec);
  expect(p.refusals).toEqual([]);
  return { files: filesOf(p), losses: lossesOf(p) };
};

/** A model whose chain is these steps. */
export const model = (name: string, ...steps: (readonly [Provider, string])[]): Model => ({
  name,
  chain: steps.map(([p, id]) => `${p.name}/${id}`),
  steps: steps.map(([provider, id]) => ({ provider, id })),
});
