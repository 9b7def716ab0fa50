import { plan } from "../../../src/core/plan.ts";
import type { Item, Kind, Spec } from "../../../src/core/spec.ts";
import { emptySpec } from "../../../src/core/spec.ts";
import { emptyWorld, type World } from "../../../src/core/surface.ts";
import { readTool } from "../../../src/spec/in-place.ts";
import { roo } from "../../../src/targets/roo.ts";

export const worldOf = (files: Record<string, string>): World => ({
  ...emptyWorld(),
  files: new Map(Object.entries(files)),
});

/** What Roo Code's files mean, as the tool reads them or (`meant`) as their author did, and what was said of them. */
export const read = (files: Record<string, string>, meant = false) => {
  const { spec, diagnostics } = readTool(roo, worldOf(files), meant);
  return { spec, said: diagnostics.map((d) => `${d.code}: ${d.reason}`) };
};

const content = ({ name: _, at: __, ...rest }: Item): object => rest;
/** The items of one kind, by name. */
export const items = (files: Record<string, string>, kind: Kind, meant = false): Record<string, unknown> =>
  Object.fromEntries((read(files, meant).spec[kind] as Item[]).map((i) => [i.name, content(i)]));

/** The files that a spec becomes, over those that stand there, and what is told of it. */
export const written = (spec: Partial<Spec>, files: Record<string, string> = {}) => {
  const p = plan({ targets: [roo], spec: { ...emptySpec(), ...spec }, world: worldOf(files) });
  return {
    files: Object.fromEntries(p.changes.map((c) => [c.path, c.after])),
    losses: p.losses.map((l) =>
      `${l.name} ${l.field.join(".")}: ${l.why}`.replace("  ", " ").replace(" :", ":"),
    ),
    refusals: p.refusals,
    after: p.after,
  };
};
export const lines = (...text: string[]): string => `${text.join("\n")}\n`;
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
